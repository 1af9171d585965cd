package worker

import (
	"shtab/internal/account"
	"shtab/internal/outbox"
	"shtab/web/link"
	"shtab/web/mail"
)

// factor tells a person what has happened to their second factor.
func (c composer) factor(m outbox.Message, r reader) mail.Letter {
	key := "mail." + string(m.Kind)
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

// email is the code of a new e-mail, "you already have an account" where it has one, or, to the
// e-mail that was, that it is changed. The first two go to an address that nobody has shown to be
// theirs: they hold no name.
func (c composer) email(e account.EmailMail, done bool) mail.Letter {
	p := c.catalogue.For(e.Lang)
	key := "mail.email_code"
	switch {
	case done:
		key = "mail.email_changed"
	case e.Taken:
		key = "mail.email_in_use"
	}
	l := c.letter(p, key, key+".why", "name", e.GivenName, "code", e.Code)
	l.Paragraphs = []string{p.T(key + ".body")}
	l.Preheader = l.Paragraphs[0]
	if !done && !e.Taken {
		l.Code = e.Code
	}
	return l
}
