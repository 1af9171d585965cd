package mail

import (
	"context"
	"time"

	"shtab/internal/event"
	"shtab/internal/outbox"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/link"
)

// coordinatorKinds go from and to coordinators about their events.
func coordinatorKinds() []kind {
	return []kind{
		declaration[roster.MessageLetter]{
			Kind: outbox.CoordinatorMessage, Holds: stillSo[roster.MessageLetter], Read: readMessage,
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (roster.MessageLetter, error) {
				return s.Rosters.MessageLetter(ctx, m.SubjectID, m.PersonID)
			},
		}.kind(),
		declaration[signup.Letter]{
			Kind: outbox.ConsentLost, Holds: consentLost,
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (signup.Letter, error) {
				return s.Signups.CoordinatorLetter(ctx, m.SubjectID, m.PersonID)
			},
			Read: func(w *writer, s signup.Letter, _ outbox.Message) Letter {
				l := w.about(s)
				l.Heading = w.own("heading", "volunteer", s.Volunteer)
				l.Why = w.T("mail.common.why_coordinator")
				l.say(w.own("body", "volunteer", s.Volunteer))
				return l
			},
		}.kind(),
		declaration[event.DecisionLetter]{
			Kind: outbox.EventApproved, Holds: stillSo[event.DecisionLetter],
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (event.DecisionLetter, error) {
				return s.Reviews.ApprovedLetter(ctx, m.SubjectID, m.PersonID)
			},
			Read: func(w *writer, d event.DecisionLetter, _ outbox.Message) Letter {
				l := w.decision(d, w.own("body"))
				l.Button = w.ownButton(link.DeskEvent(w.Lang(), d.EventID))
				return l
			},
		}.kind(),
		declaration[event.DecisionLetter]{
			Kind: outbox.EventReturned, Holds: stillSo[event.DecisionLetter],
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (event.DecisionLetter, error) {
				return s.Reviews.ReturnedLetter(ctx, m.SubjectID, m.PersonID)
			},
			Read: func(w *writer, d event.DecisionLetter, _ outbox.Message) Letter {
				body := w.own("body")
				if d.State == event.Published {
					body = w.own("live")
				}
				l := w.decision(d, body)
				l.say(lines(d.Words)...)
				l.Button = w.ownButton(link.DeskEventEdit(w.Lang(), d.EventID))
				return l
			},
		}.kind(),
	}
}

func consentLost(s signup.Letter, _ outbox.Message, now time.Time) outbox.NoLonger {
	if s.State != signup.Cancelled || s.Cause != signup.ByConsent {
		return "the sign-up stands again"
	}
	return eventAhead(s, now)
}

// decision begins a letter about what the headquarters has decided.
func (w *writer) decision(d event.DecisionLetter, body string) Letter {
	l := w.short("mail.common.why_coordinator", body, "title", w.Text(d.Title), "name", d.Name)
	l.Card = w.card(eventFacts{
		Title: d.Title, Place: d.Place, District: d.District, StartsAt: d.StartsAt, EndsAt: d.EndsAt,
	})
	return l
}

// readMessage is a coordinator's own words: who wrote them, about which event, and how to answer.
func readMessage(w *writer, m roster.MessageLetter, _ outbox.Message) Letter {
	title := w.Text(m.Title)
	l := w.letter("mail.common.why", "title", title, "name", m.Name, "subject", oneLine(w.Text(m.Subject)))
	l.say(lines(w.Text(m.Body))...)
	l.Preheader = title
	l.Card = w.card(eventFacts{
		Title: m.Title, Place: m.Place, District: m.District, StartsAt: m.StartsAt, EndsAt: m.EndsAt,
		ContactName: m.ContactName, ContactPhone: m.ContactPhone,
	})
	l.Button = w.button("mail.common.event", link.Event(w.Lang(), m.EventID))
	l.Closing = []string{w.own("from", "name", m.Coordinator, "org", w.Text(m.OrgName))}
	if contact := contact(m.ContactName, m.ContactPhone); contact != "" {
		l.Closing = append(l.Closing, w.own("answer", "contact", contact))
	} else {
		l.Closing = append(l.Closing, w.own("answer_hq", "email", w.city.Email, "phone", unbroken(w.city.Phone)))
	}
	return l
}
