package worker

import (
	"strings"

	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/web/link"
	"shtab/web/mail"
)

// invite asks somebody to act for an organisation.
func (c composer) invite(i org.InviteLetter) mail.Letter {
	const key = "mail.coordinator_invite"
	p := c.catalogue.For(i.Lang)
	l := c.letter(p, key, key+".why", "org", p.Text(i.Org), "by", i.By)
	l.Paragraphs = []string{p.T(key+".body", "org", p.Text(i.Org), "by", i.By)}
	l.Preheader = l.Paragraphs[0]
	l.Button = c.button(p, key+".button", link.Invitation(i.Lang, i.Token))
	l.Closing = []string{p.T(key + ".life")}
	return l
}

// removed tells somebody that they no longer act for an organisation.
func (c composer) removed(r org.RemovedLetter) mail.Letter {
	const key = "mail.coordinator_removed"
	p := c.catalogue.For(r.Lang)
	l := c.letter(p, key, key+".why", "org", p.Text(r.Org), "name", r.GivenName)
	l.Paragraphs = []string{p.T(key+".body", "org", p.Text(r.Org))}
	l.Preheader = l.Paragraphs[0]
	return l
}

// holds reports whether what m says of an organisation is still so.
func holds(m outbox.Message, l org.StateLetter) bool {
	switch m.Kind {
	case outbox.OrgReturned:
		return l.State == org.Applied && l.Words != ""
	case outbox.OrgState:
		return m.Cause == string(l.State) || l.State.Publishes() && org.State(m.Cause).Publishes()
	default:
		return true
	}
}

// standing tells an applicant or a coordinator how an organisation stands with the headquarters.
func (c composer) standing(kind outbox.Kind, s org.StateLetter) mail.Letter {
	key := "mail." + string(kind)
	p := c.catalogue.For(s.Lang)
	name := p.Text(s.Org)
	l := c.letter(p, key, key+".why", "org", name, "name", s.GivenName)
	body := key + ".body"
	if kind == outbox.OrgState {
		body = key + "." + string(s.State)
		if s.State.Publishes() {
			body = key + ".active"
		}
	}
	l.Paragraphs = []string{p.T(body, "org", name)}
	l.Preheader = l.Paragraphs[0]
	for line := range strings.Lines(s.Words) {
		if line = strings.TrimSpace(line); line != "" {
			l.Paragraphs = append(l.Paragraphs, line)
		}
	}
	switch {
	case kind == outbox.OrgReturned:
		l.Button = c.button(p, key+".button", link.Application(s.Lang, s.OrgID))
	case s.State != org.Closed:
		l.Button = c.button(p, key+".button", link.Desk(s.Lang))
	}
	return l
}
