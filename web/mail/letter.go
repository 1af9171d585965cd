// Package mail is the messages of the portal, as pages are: each kind is declared once, with what it
// loads, when it still holds and how it reads. One Letter becomes the HTML body and the text body, so
// that the two cannot disagree. How a mail travels is internal/worker's business.
//
// A new kind takes: its name in internal/outbox/kind.go, a function of the domain that loads what it
// says, its declaration here (signup.go, org.go ...), its texts under mail.<kind> in the catalogue, and
// an example in the test beside the declaration. Tests fail while one of these is missing.
package mail

import (
	"strings"

	"shtab/internal/i18n"
)

// Letter is a mail in one language, ready to be shown. Every field is plain text.
type Letter struct {
	Lang       i18n.Lang
	Subject    string
	Preheader  string // what a list of mails shows after the subject
	Heading    string
	Paragraphs []string
	Code       string // to type in elsewhere; empty: none
	Changes    []Change
	Card       *Card
	Button     *Button
	List       *List
	Closing    []string // after the button: what else to know
	Sender     string   // the headquarters' name
	Why        string   // why this mail came
	Contact    string   // where questions go
}

// say adds paragraphs.
func (l *Letter) say(paragraphs ...string) { l.Paragraphs = append(l.Paragraphs, paragraphs...) }

// Change is one thing that has become another. Was is empty where there was nothing before.
type Change struct{ Label, Was, Now string }

// Card is the event a letter speaks of.
type Card struct {
	Title     string
	TitleLang i18n.Lang // the language the title is written in
	Sub       string    // the shift's own title, if it has one
	Rows      []Row
}

// Row is a fact on a card.
type Row struct{ Label, Value string }

// Button is the one thing to do. URL is absolute.
type Button struct{ Label, URL string }

// List is a short list, such as what to bring.
type List struct {
	Heading string
	Items   []string
}

// Text is the letter as plain text, for readers of mail who want no HTML.
func (l Letter) Text() string {
	var b strings.Builder
	block := func(lines ...string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		for _, s := range lines {
			b.WriteString(s)
			b.WriteByte('\n')
		}
	}
	block(l.Heading)
	for _, p := range l.Paragraphs {
		block(p)
	}
	if l.Code != "" {
		block("    " + l.Code)
	}
	if len(l.Changes) > 0 {
		lines := make([]string, len(l.Changes))
		for i, c := range l.Changes {
			lines[i] = c.Label + ": " + c.Now
			if c.Was != "" {
				lines[i] = c.Label + ": " + c.Was + " → " + c.Now
			}
		}
		block(lines...)
	}
	if c := l.Card; c != nil {
		lines := []string{c.Title}
		if c.Sub != "" {
			lines = append(lines, c.Sub)
		}
		for _, r := range c.Rows {
			lines = append(lines, r.Label+": "+r.Value)
		}
		block(lines...)
	}
	if l.Button != nil {
		block(l.Button.Label+":", l.Button.URL)
	}
	if l.List != nil {
		lines := []string{l.List.Heading + ":"}
		for _, s := range l.List.Items {
			lines = append(lines, "- "+s)
		}
		block(lines...)
	}
	for _, p := range l.Closing {
		block(p)
	}
	block("-- ", l.Sender, l.Why, l.Contact) // the signature mark of old: readers fold what follows
	return b.String()
}
