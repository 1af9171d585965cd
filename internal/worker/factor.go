package worker

import (
	"shtab/internal/outbox"
	"shtab/web/link"
	"shtab/web/mail"
)

// factor tells a person what has happened to their second factor.
func (c composer) factor(m outbox.Mail, r reader) mail.Letter {
	key := "mail." + string(m.Mail)
	p := c.catalogue.For(r.Lang)
	l := c.letter(p, key, "mail.factor_common.why", "name", r.GivenName, "n", int(m.Seq))
	body := key + ".body"
	if m.Cause != "" {
		body = key + "." + m.Cause
	}
	l.Paragraphs = []string{p.T(body, "n", int(m.Seq))}
	l.Preheader = l.Paragraphs[0]
	l.Button = c.button(p, "mail.factor_common.button", link.Security(r.Lang))
	l.Closing = []string{p.T("mail.factor_common.stranger")}
	return l
}
