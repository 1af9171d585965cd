package worker

import (
	"time"

	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/signup"
	"shtab/web/link"
	"shtab/web/mail"
)

// question is the mail that asks a guardian, or tells them that a place is no longer held.
func (c composer) question(kind outbox.Kind, g guardian.Letter, now time.Time) mail.Letter {
	p := c.catalogue.For(g.Lang)
	key := "mail." + string(kind)
	l := c.letter(p, key, "mail.guardian_common.why", "child", g.Child, "name", g.Name)
	l.Paragraphs = []string{p.T(key+".body", "child", g.Child)}
	l.Preheader = l.Paragraphs[0]
	if len(g.Questions) > 0 {
		q := g.Questions[0]
		l.Card = c.card(p, asSubject(q.Row), now)
		if q.HoldUntil != nil {
			l.Paragraphs = append(l.Paragraphs, p.T(key+".held", "day", p.DayMonth(*q.HoldUntil), "clock", p.Clock(*q.HoldUntil)))
		}
		if q.AlongOnly {
			l.Paragraphs = append(l.Paragraphs, p.T("mail.guardian_common.along"))
		}
		for _, o := range g.Questions[1:] {
			if l.List == nil {
				l.List = &mail.List{Heading: p.T("mail.guardian_common.others")}
			}
			l.List.Items = append(l.List.Items, p.Text(o.Title)+", "+when(p, o.StartsAt, o.EndsAt, now))
		}
	} else {
		l.Paragraphs = append(l.Paragraphs, p.T("mail.guardian_common.ahead"))
	}
	l.Button = c.button(p, key+".button", link.Guardian(g.Lang, g.Token))
	l.Closing = []string{p.T("mail.guardian_common.unused"), p.T("mail.guardian_common.stranger")}
	return l
}

// asSubject is as much of a sign-up's row as a card shows.
func asSubject(r signup.Row) subject {
	return subject{
		Title: r.Title, ShiftTitle: r.ShiftTitle, StartsAt: r.StartsAt, EndsAt: r.EndsAt, Place: r.Place, District: r.District,
		ContactName: r.ContactName, ContactPhone: r.ContactPhone,
	}
}

// guardianCode is the mail with the code that makes an answer the guardian's.
func (c composer) guardianCode(g guardian.Letter) mail.Letter {
	const key = "mail.guardian_code"
	p := c.catalogue.For(g.Lang)
	l := c.letter(p, key, "mail.guardian_common.why", "child", g.Child, "name", g.Name, "code", g.Code)
	l.Paragraphs = []string{p.T(key+".body", "child", g.Child)}
	l.Code = g.Code
	l.Preheader = l.Paragraphs[0]
	return l
}

// receipt repeats what a guardian has agreed to.
func (c composer) receipt(g guardian.Letter) mail.Letter {
	const key = "mail.guardian_receipt"
	p := c.catalogue.For(g.Lang)
	l := c.letter(p, key, "mail.guardian_common.why", "child", g.Child, "name", g.Given.Name)
	scope := guardian.All
	switch {
	case g.Given.Accompanied:
		scope = guardian.Along
	case g.Given.EventID != 0:
		scope = guardian.Event
	}
	l.Paragraphs = []string{p.T(key+"."+string(scope), "child", g.Child, "title", p.Text(g.Given.Title))}
	l.Preheader = l.Paragraphs[0]
	l.Button = c.button(p, key+".button", link.Guardian(g.Lang, g.Token))
	l.Closing = []string{p.T(key + ".withdraw")}
	return l
}

// stranger tells a volunteer that the address they gave is somebody else's.
func (c composer) stranger(r reader) mail.Letter {
	const key = "mail.guardian_stranger"
	p := c.catalogue.For(r.Lang)
	l := c.letter(p, key, "mail.common.why", "name", r.GivenName)
	l.Paragraphs = []string{p.T(key + ".body")}
	l.Preheader = l.Paragraphs[0]
	l.Button = c.button(p, key+".button", link.MyGuardian(r.Lang))
	return l
}

// copied is a volunteer's mail as a guardian gets it, in the guardian's language and with the
// guardian's own link in place of the volunteer's pages.
func (c composer) copied(m outbox.Message, s subject, g guardian.Letter, now time.Time) mail.Letter {
	s.Lang = i18n.ParseOr(string(g.Lang))
	p := c.catalogue.For(s.Lang)
	l := c.about(m, s, now)
	l.Subject = oneLine(p.T("mail.guardian_copy.subject", "child", g.Child, "subject", l.Subject))
	l.Paragraphs = append([]string{p.T("mail.guardian_copy.body", "child", g.Child)}, l.Paragraphs...)
	l.Why = p.T("mail.guardian_copy.why", "child", g.Child)
	l.Button = c.button(p, "mail.guardian_copy.button", link.Guardian(s.Lang, g.Token))
	return l
}
