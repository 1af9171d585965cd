package mail

import (
	"strings"
	"time"

	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/i18n"
)

// writer writes one letter in its recipient's language.
type writer struct {
	*i18n.Printer
	city  *config.City
	base  string
	texts string // the table of the letter's own texts in the catalogue: "mail.<kind>"
	now   time.Time
}

// own is a text of the letter's own table.
func (w *writer) own(key string, args ...any) string { return w.T(w.texts+"."+key, args...) }

// with is a writer of another table's texts.
func (w *writer) with(texts string) *writer {
	other := *w
	other.texts = texts
	return &other
}

// letter begins a letter: subject and heading are the table's own, why is the key of why it came.
func (w *writer) letter(why string, args ...any) Letter {
	return Letter{
		Lang:    w.Lang(),
		Subject: oneLine(w.own("subject", args...)),
		Heading: w.own("heading", args...),
		Sender:  w.Text(w.city.Headquarters),
		Why:     w.T(why, args...),
		Contact: w.T("mail.common.questions", "email", w.city.Email, "phone", unbroken(w.city.Phone)),
	}
}

// short is a letter of its own texts whose first paragraph, which the list of mails shows too, is body.
func (w *writer) short(why, body string, args ...any) Letter {
	l := w.letter(why, args...)
	l.Preheader = body
	l.Paragraphs = []string{body}
	return l
}

// button is the one thing to do, labelled by the text of key; path is of ours.
func (w *writer) button(key, path string) *Button {
	return &Button{Label: w.T(key), URL: w.base + path}
}

// ownButton is button with the table's own label.
func (w *writer) ownButton(path string) *Button { return w.button(w.texts+".button", path) }

// eventFacts is what a card shows of an event.
type eventFacts struct {
	Title, Shift, Place       i18n.Text
	District                  string
	StartsAt, EndsAt          time.Time
	ContactName, ContactPhone string
}

func (w *writer) card(e eventFacts) *Card {
	title, lang := e.Title.In(w.Lang())
	c := &Card{Title: title, TitleLang: lang, Sub: w.Text(e.Shift)}
	row := func(key, value string) {
		if value != "" {
			c.Rows = append(c.Rows, Row{Label: w.T(key), Value: value})
		}
	}
	row("mail.common.when", w.when(e.StartsAt, e.EndsAt))
	row("mail.common.where", w.place(e))
	row("mail.common.contact", contact(e.ContactName, e.ContactPhone))
	return c
}

// place is the address, or at least the district.
func (w *writer) place(e eventFacts) string {
	if place := w.Text(e.Place); place != "" {
		return place
	}
	d, _ := w.city.District(e.District)
	return w.Text(d.Name)
}

// bring is what to bring, one thing a line in the event's text; nil for nothing.
func (w *writer) bring(t i18n.Text) *List {
	items := event.ListItems(w.Text(t))
	if len(items) == 0 {
		return nil
	}
	return &List{Heading: w.T("mail.common.bring"), Items: items}
}

func (w *writer) when(from, to time.Time) string { return w.Day(from, w.now) + ", " + w.Span(from, to) }

// dayAndClock are an instant as the texts name it.
func (w *writer) dayAndClock(t time.Time) []any {
	return []any{"day", w.DayMonth(t), "clock", w.Clock(t)}
}

// contact is who answers questions, empty when nobody is named.
func contact(name, phone string) string { return strings.Trim(name+", "+unbroken(phone), ", ") }

// lines are the lines of a person's own words, the empty ones left out.
func lines(words string) (out []string) {
	for line := range strings.Lines(words) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
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
