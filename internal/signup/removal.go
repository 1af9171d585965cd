package signup

import (
	"slices"
	"strings"
	"unicode/utf8"

	"shtab/internal/fault"
)

// The reasons for which an organiser takes somebody off a shift.
const (
	Asked   = "asked"   // they asked for it
	Fewer   = "fewer"   // fewer people are needed
	Unfit   = "unfit"   // what the work asks for is missing
	Rules   = "rules"   // they broke the rules
	Special = "special" // only the words say
)

// RemovalReasons is every reason in the order in which it is offered.
var RemovalReasons = []string{Asked, Fewer, Unfit, Rules, Special}

// MaxRemovalWords is how long the organiser's own words may be, in characters.
const MaxRemovalWords = 300

// Removal is why somebody is taken off a shift. The person reads it.
type Removal struct {
	Reason string // one of RemovalReasons
	Words  string // the organiser's own; Special does not go without
}

func (r Removal) words() string { return strings.TrimSpace(r.Words) }

func (r Removal) check() error {
	wrong := fault.Fields{}
	if !slices.Contains(RemovalReasons, r.Reason) {
		wrong.Add("reason", "signup.reason_missing")
	}
	switch n := utf8.RuneCountInString(r.words()); {
	case n > MaxRemovalWords:
		wrong.Add("words", "signup.words_long")
	case n == 0 && r.Reason == Special:
		wrong.Add("words", "signup.words_missing")
	}
	return wrong.Err()
}
