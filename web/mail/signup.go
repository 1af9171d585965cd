package mail

import (
	"context"
	"time"

	"shtab/internal/calendar"
	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/signup"
	"shtab/web/link"
)

// signupKinds tell volunteers how their sign-up stands.
func signupKinds() []kind {
	return []kind{
		declaration[signup.Letter]{
			Kind: outbox.SignupConfirmed, Load: loadSignup, Holds: in(signup.Confirmed), Read: readPlace,
			Calendar: signupCalendar, Copies: true,
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.SignupPromoted, Load: loadSignup, Holds: in(signup.Confirmed), Read: readPlace,
			Calendar: signupCalendar, Copies: true,
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.Reminder, Load: loadSignup, Holds: beforeStart, Read: readPlace, Copies: true,
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.SignupWaiting, Load: loadSignup, Holds: in(signup.Waitlisted), Read: readWaiting,
			Copies: true,
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.SignupAwaiting, Load: loadSignup, Holds: in(signup.AwaitingConsent), Read: readAwaiting,
			Follow: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) error {
				return s.Guardians.AskAgain(ctx, m)
			},
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.HoldExpired, Load: loadSignup, Holds: withoutHold, Read: readHoldExpired,
			Follow: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) error {
				return s.Guardians.TellExpired(ctx, m, now)
			},
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.SignupCancelled, Load: loadSignup, Holds: cancelled, Read: readCancelled, Copies: true,
			Follow: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) error {
				return s.Guardians.TellCoordinators(ctx, m)
			},
		}.kind(),
	}
}

func loadSignup(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (signup.Letter, error) {
	return s.Signups.Letter(ctx, m.SubjectID, m.PersonID)
}

// eventAhead: nothing is said of a sign-up to an event that is over or off.
func eventAhead(s signup.Letter, now time.Time) outbox.NoLonger {
	switch {
	case s.EventState != event.Published:
		return "the event is not published"
	case !now.Before(s.EndsAt):
		return "the shift is over"
	}
	return ""
}

// in is the Holds of a message that a sign-up to a coming event is in a state.
func in(state signup.State) func(signup.Letter, outbox.Message, time.Time) outbox.NoLonger {
	return func(s signup.Letter, _ outbox.Message, now time.Time) outbox.NoLonger {
		if s.State != state {
			return "the sign-up has another state"
		}
		return eventAhead(s, now)
	}
}

func beforeStart(s signup.Letter, m outbox.Message, now time.Time) outbox.NoLonger {
	if !now.Before(s.StartsAt) {
		return "the shift has begun"
	}
	return in(signup.Confirmed)(s, m, now)
}

func withoutHold(s signup.Letter, m outbox.Message, now time.Time) outbox.NoLonger {
	if s.HoldUntil != nil {
		return "the place is held again"
	}
	return in(signup.AwaitingConsent)(s, m, now)
}

func cancelled(s signup.Letter, _ outbox.Message, _ time.Time) outbox.NoLonger {
	if s.State != signup.Cancelled {
		return "the sign-up stands again"
	}
	return ""
}

// about begins a letter about a sign-up.
func (w *writer) about(s signup.Letter) Letter {
	l := w.letter("mail.common.why", "title", w.Text(s.Title), "name", s.Name)
	l.Card = w.card(eventFacts{
		Title: s.Title, Shift: s.ShiftTitle, Place: s.Place, District: s.District, StartsAt: s.StartsAt,
		EndsAt:      s.EndsAt,
		ContactName: s.ContactName, ContactPhone: s.ContactPhone,
	})
	l.Preheader = w.Moment(s.StartsAt, w.now) + ". " + w.Text(s.Place)
	l.Button = w.button("mail.common.event", link.Event(w.Lang(), s.EventID))
	return l
}

// howToCancel is until when the place can be given up; nil after that.
func (w *writer) howToCancel(s signup.Letter) []string {
	if !w.now.Before(s.Cutoff) {
		return nil
	}
	return []string{w.T("mail.common.cancel", w.dayAndClock(s.Cutoff)...)}
}

// moved says that a coordinator has moved somebody to another shift, where that is the cause.
func (w *writer) moved(l *Letter, m outbox.Message) {
	if m.Cause == "moved" {
		l.say(w.T("mail.common.moved"))
	}
}

func readPlace(w *writer, s signup.Letter, m outbox.Message) Letter {
	l := w.about(s)
	w.moved(&l, m)
	l.say(w.own("body"))
	l.Button = w.ownButton(link.Me(w.Lang()))
	l.List = w.bring(s.Bring)
	l.Closing = w.howToCancel(s)
	return l
}

// signupCalendar is the person's shift as a calendar file, the same entry as on the portal's pages.
func signupCalendar(w *writer, s signup.Letter) []byte {
	shift := event.Shift{ID: s.ShiftID, Title: s.ShiftTitle, StartsAt: s.StartsAt, EndsAt: s.EndsAt}
	return calendar.File([]calendar.Shift{s.CalendarEntry(s.EventID, shift, w.now, false)}, w.Printer,
		func(l i18n.Lang, event int64) string { return w.base + link.Event(l, event) }, w.city)
}

func readWaiting(w *writer, s signup.Letter, _ outbox.Message) Letter {
	l := w.about(s)
	l.say(w.own("body", "position", s.Position))
	if w.now.Before(s.Cutoff) {
		l.say(w.own("until", w.dayAndClock(s.Cutoff)...))
	}
	return l
}

func readAwaiting(w *writer, s signup.Letter, m outbox.Message) Letter {
	l := w.about(s)
	w.moved(&l, m)
	l.Button = w.ownButton(link.MyGuardian(w.Lang()))
	rules, zone := w.city.Rules, w.city.Location()
	if event.AgeAt(s.BirthDate, s.StartsAt, zone) < rules.AdultAge &&
		event.AtNight(s.StartsAt, s.EndsAt, rules, zone) {
		l.say(w.own("along", "age", rules.AdultAge))
	} else {
		l.say(w.own("body", "age", rules.GuardianAge()))
	}
	if s.HoldUntil != nil {
		l.say(w.own("held", w.dayAndClock(*s.HoldUntil)...))
	} else {
		l.say(w.own("not_held"))
	}
	return l
}

func readHoldExpired(w *writer, s signup.Letter, _ outbox.Message) Letter {
	l := w.about(s)
	l.say(w.own("body"))
	l.Button = w.ownButton(link.MyGuardian(w.Lang()))
	return l
}

func readCancelled(w *writer, s signup.Letter, m outbox.Message) Letter {
	l := w.about(s)
	switch signup.CancelCause(m.Cause) {
	case signup.ByOrganiser:
		if s.RemovalReason != "" {
			l.say(w.own("organiser_why"))
		} else {
			l.say(w.own("organiser"))
		}
	case signup.BySelf, signup.ByIneligible, signup.ByConsent, signup.ByEvent:
		l.say(w.own(m.Cause))
	}
	if s.RemovalReason != "" && s.RemovalReason != signup.Special {
		l.say(w.T("mail.removal." + s.RemovalReason))
	}
	if s.RemovalWords != "" {
		l.say(w.T("mail.removal.words", "words", s.RemovalWords))
	}
	l.Button = w.ownButton(link.Events(w.Lang(), nil))
	return l
}
