package mail

import (
	"time"

	"shtab/internal/outbox"
	"shtab/internal/signup"
	"shtab/web/link"
)

// hoursKinds tell volunteers what was noted of them after an event.
func hoursKinds() []kind {
	return []kind{
		declaration[signup.Letter]{
			Kind: outbox.HoursAttended, Load: loadSignup, Holds: noted("attended"),
			Read: func(w *writer, s signup.Letter, _ outbox.Message) Letter {
				l := w.about(s)
				l.say(w.own("body", "hours", w.Hours(s.Minutes)))
				l.Button = w.ownButton(link.Book(w.Lang()))
				return l
			},
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.HoursNoShow, Load: loadSignup, Holds: noted("no_show"),
			Read: func(w *writer, s signup.Letter, _ outbox.Message) Letter {
				l := w.about(s)
				rules := w.city.Rules
				l.say(w.own("body", "days", rules.ExplainDays))
				if rules.NoShows > 0 {
					l.say(w.own("rule", "times", rules.NoShows, "open", rules.NoShowSignups))
				}
				l.Button = w.ownButton(link.Me(w.Lang()) + "#missed")
				return l
			},
		}.kind(),
	}
}

// noted is the Holds of a message that the hours ledger says an outcome of a sign-up.
func noted(outcome string) func(signup.Letter, outbox.Message, time.Time) outbox.NoLonger {
	return func(s signup.Letter, _ outbox.Message, _ time.Time) outbox.NoLonger {
		if s.Outcome != outcome {
			return "the ledger has another outcome"
		}
		return ""
	}
}
