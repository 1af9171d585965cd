package worker

import (
	"context"
	"strings"

	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/web/link"
	"shtab/web/mail"
)

// People is what the worker asks of the register of people: the letters about an account, false
// when there is nothing to send any more, and what a closed one keeps no longer.
type People interface {
	Letter(ctx context.Context, personID, orgID int64) (people.Letter, bool, error)
	Sweeper
}

// account tells somebody what the headquarters has done to their account.
func (c composer) account(m outbox.Message, who people.Letter) mail.Letter {
	key := "mail." + string(m.Kind)
	p := c.catalogue.For(who.Lang)
	l := c.letter(p, key, key+".why", "name", who.GivenName)
	if m.Kind == outbox.AccountMerged {
		l.Paragraphs = []string{p.T(key + ".body")}
		if m.PersonID == m.SubjectID {
			l.Paragraphs = append(l.Paragraphs, p.T(key+".closed"))
		}
	} else {
		l.Paragraphs = []string{p.T(key+"."+m.Cause, "org", p.Text(who.Org))}
		if m.Cause == "suspended" {
			for line := range strings.Lines(who.Words) {
				if line = strings.TrimSpace(line); line != "" {
					l.Paragraphs = append(l.Paragraphs, line)
				}
			}
		}
		switch m.Cause {
		case "coordinator":
			l.Button = c.button(p, "mail.org_approved.button", link.Desk(who.Lang))
		case "restored":
			l.Button = c.button(p, "mail.already_have_account.button", link.Login(who.Lang, ""))
		}
	}
	l.Preheader = l.Paragraphs[0]
	return l
}
