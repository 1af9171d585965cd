package mail

import (
	"context"
	"time"

	"shtab/internal/guardian"
	"shtab/internal/outbox"
	"shtab/web/link"
)

// guardianKinds are about a guardian's consent.
func guardianKinds() []kind {
	return []kind{
		declaration[guardian.Letter]{
			Kind: outbox.GuardianAsk, Holds: stillSo[guardian.Letter], Read: readQuestions,
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (guardian.Letter, error) {
				return s.Guardians.AskLetter(ctx, m.GuardianID, m.SubjectID, now)
			},
		}.kind(),
		declaration[guardian.Letter]{
			Kind: outbox.GuardianExpired, Holds: stillSo[guardian.Letter], Read: readQuestions,
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (guardian.Letter, error) {
				return s.Guardians.ExpiredLetter(ctx, m.GuardianID, m.SubjectID, now)
			},
		}.kind(),
		declaration[guardian.Letter]{
			Kind: outbox.GuardianCode, Urgency: outbox.Code, Holds: stillSo[guardian.Letter],
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (guardian.Letter, error) {
				return s.Guardians.CodeLetter(ctx, m.GuardianID, now)
			},
			Read: func(w *writer, g guardian.Letter, _ outbox.Message) Letter {
				l := w.toGuardian(g, w.own("body", "child", g.Child))
				l.Code = g.Code
				return l
			},
		}.kind(),
		declaration[guardian.Letter]{
			Kind: outbox.GuardianReceipt, Holds: stillSo[guardian.Letter], Read: readReceipt,
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (guardian.Letter, error) {
				return s.Guardians.ReceiptLetter(ctx, m.GuardianID, m.SubjectID, now)
			},
		}.kind(),
		declaration[outbox.Recipient]{
			Kind: outbox.GuardianStranger, Load: loadRecipient, Holds: stillSo[outbox.Recipient],
			Read: func(w *writer, r outbox.Recipient, _ outbox.Message) Letter {
				l := w.short("mail.common.why", w.own("body"), "name", r.Name)
				l.Button = w.ownButton(link.MyGuardian(w.Lang()))
				return l
			},
		}.kind(),
	}
}

// toGuardian begins a letter to a guardian.
func (w *writer) toGuardian(g guardian.Letter, body string) Letter {
	return w.short("mail.guardian_common.why", body, "child", g.Child, "name", g.Name, "code", g.Code)
}

// readQuestions asks a guardian, or tells them that a place is no longer held.
func readQuestions(w *writer, g guardian.Letter, _ outbox.Message) Letter {
	l := w.toGuardian(g, w.own("body", "child", g.Child))
	if len(g.Questions) == 0 {
		l.say(w.T("mail.guardian_common.ahead"))
	} else {
		q := g.Questions[0]
		l.Card = w.card(eventFacts{
			Title: q.Title, Shift: q.ShiftTitle, Place: q.Place, District: q.District, StartsAt: q.StartsAt,
			EndsAt:      q.EndsAt,
			ContactName: q.ContactName, ContactPhone: q.ContactPhone,
		})
		if q.HoldUntil != nil {
			l.say(w.own("held", w.dayAndClock(*q.HoldUntil)...))
		}
		if q.AlongOnly {
			l.say(w.T("mail.guardian_common.along"))
		}
		for _, other := range g.Questions[1:] {
			if l.List == nil {
				l.List = &List{Heading: w.T("mail.guardian_common.others")}
			}
			l.List.Items = append(l.List.Items, w.Text(other.Title)+", "+w.when(other.StartsAt, other.EndsAt))
		}
	}
	l.Button = w.ownButton(link.Guardian(w.Lang(), g.Token))
	l.Closing = []string{w.T("mail.guardian_common.unused"), w.T("mail.guardian_common.stranger")}
	return l
}

// readReceipt repeats what a guardian has agreed to.
func readReceipt(w *writer, g guardian.Letter, _ outbox.Message) Letter {
	scope := guardian.All
	switch {
	case g.Consent.Accompanied:
		scope = guardian.Along
	case g.Consent.EventID != 0:
		scope = guardian.Event
	}
	g.Name = g.Consent.Name // as they signed
	l := w.toGuardian(g, w.own(string(scope), "child", g.Child, "title", w.Text(g.Consent.Title)))
	l.Button = w.ownButton(link.Guardian(w.Lang(), g.Token))
	l.Closing = []string{w.own("withdraw")}
	return l
}

// copied is a volunteer's letter as a guardian gets it, with the guardian's own link in place of the
// volunteer's pages.
func copied(w *writer, l Letter, g guardian.Letter) Letter {
	w = w.with("mail.guardian_copy")
	l.Subject = oneLine(w.own("subject", "child", g.Child, "subject", l.Subject))
	l.Paragraphs = append([]string{w.own("body", "child", g.Child)}, l.Paragraphs...)
	l.Why = w.own("why", "child", g.Child)
	l.Button = w.ownButton(link.Guardian(w.Lang(), g.Token))
	return l
}
