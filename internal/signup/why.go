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

// Reasons is every reason in the order in which it is offered.
var Reasons = []string{Asked, Fewer, Unfit, Rules, Special}

// WordsMax is how long the organiser's own words may be, in characters.
const WordsMax = 300

// Why is why somebody is taken off a shift. The person reads it.
type Why struct {
	Reason string // one of Reasons
	Words  string // the organiser's own; Special does not go without
}

func (w Why) words() string { return strings.TrimSpace(w.Words) }

func (w Why) check() error {
	wrong := fault.Fields{}
	if !slices.Contains(Reasons, w.Reason) {
		wrong.Add("reason", "signup.reason_missing")
	}
	switch n := utf8.RuneCountInString(w.words()); {
	case n > WordsMax:
		wrong.Add("words", "signup.words_long")
	case n == 0 && w.Reason == Special:
		wrong.Add("words", "signup.words_missing")
	}
	return wrong.Err()
}
