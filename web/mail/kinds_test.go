package mail

import (
	"regexp"
	"strings"
	"testing"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

// example is a message of one kind and what its mail must hold.
type example struct {
	kind    outbox.Kind
	message func(f *fixture, l i18n.Lang) outbox.Message
	path    string                     // the button's, after the language, as a regular expression; empty: no button
	event   bool                       // the title stands in subject and bodies, the hours in the text
	says    func(l i18n.Lang) []string // in the text and in the HTML; nil: nothing
	hides   string                     // a regular expression of what is in no part; empty: nothing
}

const token = `/[A-Za-z0-9_-]{43}`

func says(all ...string) func(i18n.Lang) []string { return func(i18n.Lang) []string { return all } }

// TestEveryKindInEveryLanguage writes an example of each kind of message, or several where it reads
// in several ways, in each language.
func TestEveryKindInEveryLanguage(t *testing.T) {
	f := newFixture(t)
	examples := map[outbox.Kind]bool{}
	seen := map[string]outbox.Kind{}
	for _, group := range [][]example{
		signupExamples(), eventExamples(), hoursExamples(), guardianExamples(), coordinatorExamples(), orgExamples(),
		accountExamples(), factorExamples(),
	} {
		for _, e := range group {
			examples[e.kind] = true
			for _, l := range i18n.Langs {
				f.newEvent()
				m := e.message(f, l)
				m.Kind = e.kind
				mail, ok := f.compose(m)
				if !ok {
					t.Errorf("%s %s %s: no mail", e.kind, m.Cause, l)
					continue
				}
				e.check(t, mail, l)
				if other, twice := seen[mail.Text]; twice {
					t.Errorf("%s %s %s: the same words as %s", e.kind, m.Cause, l, other)
				}
				seen[mail.Text] = e.kind
			}
		}
	}
	for _, kind := range outbox.Kinds() {
		if !examples[kind] {
			t.Errorf("%s: no example", kind)
		}
	}
}

func (e example) check(t *testing.T, m outbox.Email, l i18n.Lang) {
	t.Helper()
	readable(t, e.kind, m)
	if m.Lang != l {
		t.Errorf("%s %s: in %s", e.kind, l, m.Lang)
	}
	var want []string
	if e.says != nil {
		want = e.says(l)
	}
	if e.event {
		want = append(want, titles[l])
		if !strings.Contains(m.Subject, titles[l]) {
			t.Errorf("%s %s: the title is missing in %q", e.kind, l, m.Subject)
		}
		if !strings.Contains(m.Text, "10:00–13:00") {
			t.Errorf("%s %s: not at Astana's time:\n%s", e.kind, l, m.Text)
		}
	}
	for _, s := range want {
		if !strings.Contains(m.Text, s) || !strings.Contains(m.HTML, s) {
			t.Errorf("%s %s: %q is missing in\n%s", e.kind, l, s, m.Text)
		}
	}
	path := regexp.QuoteMeta(base+"/"+string(l)) + e.path
	switch {
	case e.path == "" && strings.Contains(m.Text, base):
		t.Errorf("%s %s: a link in\n%s", e.kind, l, m.Text)
	case e.path != "" && !regexp.MustCompile(`(?m)^`+path+`$`).MatchString(m.Text):
		t.Errorf("%s %s: no link like %s in\n%s", e.kind, l, path, m.Text)
	case e.path != "" && !regexp.MustCompile(`href="`+path+`"`).MatchString(m.HTML):
		t.Errorf("%s %s: no link like %s in the HTML", e.kind, l, path)
	}
	parts := m.Subject + m.Text + m.HTML
	if strings.Contains(parts, "Серікқызы") {
		t.Errorf("%s %s: the whole family name", e.kind, l)
	}
	if e.hides != "" && regexp.MustCompile(e.hides).MatchString(m.Subject+m.Text) {
		t.Errorf("%s %s: it must not say %s:\n%s", e.kind, l, e.hides, m.Text)
	}
}

// signupExample is about a sign-up in a state, to its volunteer.
func signupExample(kind outbox.Kind, state, cause, path string) example {
	return example{kind: kind, path: path, event: true, message: func(f *fixture, l i18n.Lang) outbox.Message {
		person, signup := f.signup(l, state)
		return outbox.Message{PersonID: person, SubjectID: signup, Cause: cause}
	}}
}

// after is e where a statement on the sign-up, $1, comes between the message and its mail.
func (e example) after(sql string) example {
	message := e.message
	e.message = func(f *fixture, l i18n.Lang) outbox.Message {
		m := message(f, l)
		f.exec(sql, m.SubjectID)
		return m
	}
	return e
}

func (e example) saying(says func(i18n.Lang) []string) example { e.says = says; return e }
