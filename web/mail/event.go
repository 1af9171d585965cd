package mail

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/outbox"
	"shtab/internal/signup"
	"shtab/web/link"
)

// eventKinds tell those who have signed up what becomes of the event.
func eventKinds() []kind {
	return []kind{
		declaration[signup.Letter]{
			Kind: outbox.EventChanged, Load: loadSignup, Holds: changed, Read: readChanged, Copies: true,
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.EventCancelled, Load: loadSignup, Holds: eventOff, Read: readEventCancelled, Copies: true,
		}.kind(),
	}
}

func changed(s signup.Letter, m outbox.Message, now time.Time) outbox.NoLonger {
	switch {
	case s.State == signup.Cancelled:
		return "the sign-up is cancelled"
	case m.Was == nil || !slices.ContainsFunc(event.Fields, func(f event.Field) bool { return isNew(f, s, *m.Was) }):
		return "nothing has changed for them"
	}
	return eventAhead(s, now)
}

func eventOff(s signup.Letter, _ outbox.Message, _ time.Time) outbox.NoLonger {
	switch {
	case s.EventState != event.Cancelled:
		return "the event is not cancelled"
	case s.State == signup.Cancelled && s.Cause != signup.ByEvent:
		return "the sign-up was cancelled before"
	}
	return ""
}

func readChanged(w *writer, s signup.Letter, m outbox.Message) Letter {
	l := w.about(s)
	l.say(w.own("body"))
	l.Changes = w.changes(s, *m.Was)
	l.Closing = w.howToCancel(s)
	return l
}

func readEventCancelled(w *writer, s signup.Letter, _ outbox.Message) Letter {
	l := w.about(s)
	l.say(w.own("body"))
	if reason := strings.TrimSpace(w.Text(s.CancelReason)); reason != "" {
		l.say(w.own("reason", "reason", reason))
	}
	l.Button = w.ownButton(link.Events(w.Lang(), nil))
	return l
}

// changes is what of the event has changed, and nothing else.
func (w *writer) changes(s signup.Letter, was outbox.Was) (out []Change) {
	s.Lang = w.Lang() // of a copy it is the guardian's
	for _, f := range event.Fields {
		if !isNew(f, s, was) {
			continue
		}
		if f.Text != nil {
			out = append(out, Change{
				Label: w.T(cmp.Or(changeLabels[f.Name], f.Label)), Was: w.Text(was.Texts[f.Name]),
				Now: dash(w.Text(*f.Text(&s.Details))),
			})
			continue
		}
		before, after := times(s, was)
		out = append(out, Change{
			Label: w.T("mail.common.when"), Was: w.when(before.from, before.to), Now: w.when(after.from, after.to),
		})
	}
	return out
}

// changeLabels are the names of fields in a message where they are not those of the form.
var changeLabels = map[string]string{"title": "mail.common.title", "place": "mail.common.where"}

// isNew reports whether this person is told of a change of f, a text or the time: another language's text
// is no news to them.
func isNew(f event.Field, s signup.Letter, was outbox.Was) bool {
	switch {
	case !f.Mailed:
		return false
	case f.Text != nil:
		return was.Texts[f.Name].Str(s.Lang) != f.Text(&s.Details).Str(s.Lang)
	default:
		before, after := times(s, was)
		return !before.from.Equal(after.from) || !before.to.Equal(after.to)
	}
}

type span struct{ from, to time.Time }

// times are before and after a change: the shift's own where they are known, else the event's.
func times(s signup.Letter, was outbox.Was) (before, after span) {
	if was.ShiftStartsAt.IsZero() {
		return span{was.StartsAt, was.EndsAt}, span{s.EventStartsAt, s.EventEndsAt}
	}
	return span{was.ShiftStartsAt, was.ShiftEndsAt}, span{s.StartsAt, s.EndsAt}
}
