package worker

import (
	"strings"
	"time"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/signup"
	"shtab/web/link"
	"shtab/web/mail"
)

// composer turns what happened into a letter in the reader's language.
type composer struct {
	catalogue *i18n.Catalogue
	city      *config.City
	base      string // BASE_URL, without a slash at the end
}

// letter begins a letter of one kind: key is the table of its texts in the catalogue.
func (c composer) letter(p *i18n.Printer, key, why string, args ...any) mail.Letter {
	return mail.Letter{
		Lang:    p.Lang(),
		Subject: oneLine(p.T(key+".subject", args...)),
		Heading: p.T(key+".heading", args...),
		Sender:  p.Text(c.city.Headquarters),
		Why:     p.T(why, args...),
		Contact: p.T("mail.common.questions", "email", c.city.Email, "phone", unbroken(c.city.Phone)),
	}
}

func (c composer) button(p *i18n.Printer, key, path string) *mail.Button {
	return &mail.Button{Label: p.T(key), URL: c.base + path}
}

// registration is the mail with a code, or "you already have an account". It holds no word that
// was typed into the form: whoever typed it has not shown that the address is theirs.
func (c composer) registration(r account.RegistrationMail) mail.Letter {
	p := c.catalogue.For(r.Lang)
	if r.HasAccount {
		const key = "mail.already_have_account"
		l := c.letter(p, key, key+".why")
		l.Paragraphs = []string{p.T(key + ".body")}
		l.Button = c.button(p, key+".button", link.Login(r.Lang, r.Next))
		l.Preheader = l.Paragraphs[0]
		return l
	}
	const key = "mail.register_code"
	l := c.letter(p, key, key+".why", "code", r.Code)
	l.Paragraphs = []string{p.T(key + ".body")}
	l.Code = r.Code
	l.Preheader = l.Paragraphs[0]
	return l
}

// reset is the mail with the link to a new password.
func (c composer) reset(r account.ResetMail) mail.Letter {
	const key = "mail.password_reset"
	p := c.catalogue.For(r.Lang)
	l := c.letter(p, key, key+".why")
	l.Paragraphs = []string{p.T(key + ".body")}
	l.Button = c.button(p, key+".button", link.PasswordToken(r.Lang, r.Token))
	l.Preheader = l.Paragraphs[0]
	return l
}

// about is a mail about a sign-up.
func (c composer) about(m outbox.Message, s subject, now time.Time) mail.Letter {
	p := c.catalogue.For(s.Lang)
	key := "mail." + string(m.Kind)
	l := c.letter(p, key, "mail.common.why", "title", p.Text(s.Title), "name", s.GivenName)
	l.Card = c.card(p, s, now)
	l.Preheader = p.Moment(s.StartsAt, now) + ". " + p.Text(s.Place)
	l.Button = c.button(p, "mail.common.event", link.Event(s.Lang, s.EventID))
	say := func(key string, args ...any) { l.Paragraphs = append(l.Paragraphs, p.T(key, args...)) }
	at := func(t time.Time) []any { return []any{"day", p.DayMonth(t), "clock", p.Clock(t)} }

	switch m.Kind {
	case outbox.SignupConfirmed, outbox.SignupPromoted, outbox.Reminder:
		if m.Cause == "moved" {
			say("mail.common.moved")
		}
		say(key + ".body")
		l.Button = c.button(p, key+".button", link.Me(s.Lang))
		l.List = bring(p, s.Bring)
		if now.Before(s.Cutoff) {
			l.Closing = append(l.Closing, p.T("mail.common.cancel", at(s.Cutoff)...))
		}
	case outbox.SignupWaiting:
		say(key+".body", "position", s.Position)
		if now.Before(s.Cutoff) {
			say(key+".until", at(s.Cutoff)...)
		}
	case outbox.SignupAwaiting:
		if m.Cause == "moved" {
			say("mail.common.moved")
		}
		rules, zone := c.city.Rules, c.city.Location()
		l.Button = c.button(p, key+".button", link.MyGuardian(s.Lang))
		if event.AgeAt(s.BirthDate, s.StartsAt, zone) < rules.AdultAge && event.AtNight(s.StartsAt, s.EndsAt, rules, zone) {
			say(key+".along", "age", rules.AdultAge)
		} else {
			say(key+".body", "age", rules.AskAge())
		}
		if s.HoldUntil != nil {
			say(key+".held", at(*s.HoldUntil)...)
		} else {
			say(key + ".not_held")
		}
	case outbox.HoldExpired:
		say(key + ".body")
		l.Button = c.button(p, key+".button", link.MyGuardian(s.Lang))
	case outbox.ConsentLost:
		l.Heading = p.T(key+".heading", "volunteer", s.Volunteer)
		l.Why = p.T("mail.common.why_coordinator")
		say(key+".body", "volunteer", s.Volunteer)
	case outbox.SignupCancelled:
		switch cause := m.Cause; cause {
		case "self", "organiser", "ineligible", "consent", "event":
			if cause == "organiser" && s.RemovalReason != "" {
				cause += "_why"
			}
			say(key + "." + cause)
		}
		if s.RemovalReason != "" && s.RemovalReason != signup.Special {
			say("mail.removal." + s.RemovalReason)
		}
		if s.RemovalWords != "" {
			say("mail.removal.words", "words", s.RemovalWords)
		}
		l.Button = c.button(p, key+".button", link.Events(s.Lang, nil))
	case outbox.EventChanged:
		say(key + ".body")
		l.Changes = c.changes(p, s, *m.Was, now)
		if now.Before(s.Cutoff) {
			l.Closing = append(l.Closing, p.T("mail.common.cancel", at(s.Cutoff)...))
		}
	case outbox.HoursAttended:
		say(key+".body", "hours", p.Hours(s.Minutes))
		l.Button = c.button(p, key+".button", link.Book(s.Lang))
	case outbox.HoursNoShow:
		say(key+".body", "days", c.city.Rules.ExplainDays)
		if r := c.city.Rules; r.NoShows > 0 {
			say(key+".rule", "times", r.NoShows, "open", r.NoShowSignups)
		}
		l.Button = c.button(p, key+".button", link.Me(s.Lang)+"#missed")
	case outbox.EventCancelled:
		say(key + ".body")
		if reason := strings.TrimSpace(p.Text(s.CancelReason)); reason != "" {
			say(key+".reason", "reason", reason)
		}
		l.Button = c.button(p, key+".button", link.Events(s.Lang, nil))
	}
	return l
}

// card is the event as a letter shows it, with the time of the person's own shift.
func (c composer) card(p *i18n.Printer, s subject, now time.Time) *mail.Card {
	title, lang := s.Title.In(p.Lang())
	k := &mail.Card{Title: title, TitleLang: lang, Sub: p.Text(s.ShiftTitle)}
	row := func(key, value string) {
		if value != "" {
			k.Rows = append(k.Rows, mail.Row{Label: p.T(key), Value: value})
		}
	}
	row("mail.common.when", when(p, s.StartsAt, s.EndsAt, now))
	row("mail.common.where", c.place(p, s))
	row("mail.common.contact", strings.Trim(s.ContactName+", "+unbroken(s.ContactPhone), ", "))
	return k
}

// place is the address, or at least the district.
func (c composer) place(p *i18n.Printer, s subject) string {
	if place := p.Text(s.Place); place != "" {
		return place
	}
	d, _ := c.city.District(s.District)
	return p.Text(d.Name)
}

// changes is what of the event has changed, and nothing else.
func (c composer) changes(p *i18n.Printer, s subject, was outbox.Was, now time.Time) (out []mail.Change) {
	if s.newTitle(was) {
		out = append(out, mail.Change{Label: p.T("mail.common.title"), Was: p.Text(was.Title), Now: p.Text(s.Title)})
	}
	if s.newTime(was) {
		before, after := s.times(was)
		out = append(out, mail.Change{
			Label: p.T("mail.common.when"),
			Was:   when(p, before.from, before.to, now), Now: when(p, after.from, after.to, now),
		})
	}
	if s.newPlace(was) {
		out = append(out, mail.Change{Label: p.T("mail.common.where"), Was: p.Text(was.Place), Now: dash(p.Text(s.Place))})
	}
	return out
}

// bring is what to bring, one thing a line in the event's text; nil for nothing.
func bring(p *i18n.Printer, t i18n.Text) *mail.List {
	items := event.ListItems(p.Text(t))
	if len(items) == 0 {
		return nil
	}
	return &mail.List{Heading: p.T("mail.common.bring"), Items: items}
}

func when(p *i18n.Printer, from, to, now time.Time) string {
	return p.Day(from, now) + ", " + p.Span(from, to)
}

func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// unbroken keeps a phone number on one line.
func unbroken(phone string) string { return strings.ReplaceAll(phone, " ", "\u00a0") }

// oneLine keeps a title with a line break from breaking a header.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
