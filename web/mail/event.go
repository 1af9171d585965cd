package mail

import (
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
	case m.Was == nil || !newTitle(s, *m.Was) && !newTime(s, *m.Was) && !newPlace(s, *m.Was):
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
	if newTitle(s, was) {
		out = append(out, Change{Label: w.T("mail.common.title"), Was: w.Text(was.Title), Now: w.Text(s.Title)})
	}
	if newTime(s, was) {
		before, after := times(s, was)
		out = append(out, Change{
			Label: w.T("mail.common.when"), Was: w.when(before.from, before.to), Now: w.when(after.from, after.to),
		})
	}
	if newPlace(s, was) {
		out = append(out, Change{Label: w.T("mail.common.where"), Was: w.Text(was.Place), Now: dash(w.Text(s.Place))})
	}
	return out
}

// What has changed, as this person reads it: another language's text is no news to them.
func newTitle(s signup.Letter, was outbox.Was) bool {
	return was.Title.Str(s.Lang) != s.Title.Str(s.Lang)
}

func newPlace(s signup.Letter, was outbox.Was) bool {
	return was.Place.Str(s.Lang) != s.Place.Str(s.Lang)
}

func newTime(s signup.Letter, was outbox.Was) bool {
	before, after := times(s, was)
	return !before.from.Equal(after.from) || !before.to.Equal(after.to)
}

type span struct{ from, to time.Time }

// times are before and after a change: the shift's own where they are known, else the event's.
func times(s signup.Letter, was outbox.Was) (before, after span) {
	if was.ShiftStartsAt.IsZero() {
		return span{was.StartsAt, was.EndsAt}, span{s.EventStartsAt, s.EventEndsAt}
	}
	return span{was.ShiftStartsAt, was.ShiftEndsAt}, span{s.StartsAt, s.EndsAt}
}
