package outbox

import (
	"github.com/riverqueue/river"

	"shtab/internal/i18n"
)

// Recipient is who a message goes to by mail.
type Recipient struct {
	To   string // e-mail
	Lang i18n.Lang
	Name string // how they are greeted: mostly the given name
}

// Addressee is the recipient itself, of whatever embeds one.
func (r Recipient) Addressee() Recipient { return r }

// Email is a message as it goes out by mail, in its recipient's language.
type Email struct {
	To       string
	Sender   string // the headquarters' name
	Lang     i18n.Lang
	Subject  string
	Text     string
	HTML     string
	Calendar []byte // an .ics file to attach; nil: none
}

// NoLonger is the answer of whoever composes a message that must not go out any more, since what it
// says is no longer so: it tells why, without a personal value, for the log. It is no failure.
type NoLonger string

func (n NoLonger) Error() string { return "no longer so: " + string(n) }

// Urgency is how fast a message must arrive, and for how long it is tried.
type Urgency int

// The urgencies. For a code or a link somebody waits in front of the screen: it overtakes the
// others.
const (
	Ordinary Urgency = iota // tried for about half a day
	Link                    // likewise
	Code                    // lives fifteen minutes, so it is tried for six
)

func (u Urgency) insertOpts() river.InsertOpts {
	switch u {
	case Code:
		return river.InsertOpts{MaxAttempts: 5}
	case Link:
		return river.InsertOpts{MaxAttempts: 12}
	default:
		return river.InsertOpts{MaxAttempts: 12, Priority: 2}
	}
}
