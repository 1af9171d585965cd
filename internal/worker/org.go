package worker

import (
	"shtab/internal/org"
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
