package worker

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/web/link"
	"shtab/web/mail"
)

// message is a coordinator's own words on their way to one reader.
type message struct {
	Email        string
	Lang         i18n.Lang
	GivenName    string
	Subject      i18n.Text
	Body         i18n.Text
	Sender       string // the coordinator's given name
	OrgName      i18n.Text
	EventID      int64
	Title        i18n.Text
	Place        i18n.Text
	District     string
	ContactName  string
	ContactPhone string
	StartsAt     time.Time
	EndsAt       time.Time
}

// loadMessage reads what m says and to whom; false when its reader is gone, from the portal or
// from the event.
func loadMessage(ctx context.Context, db postgres.DB, m outbox.Message) (message, bool, error) {
	rows, _ := db.Query(ctx, `
		select p.email, p.lang, p.given_name, m.subject, m.body, c.given_name as sender, o.name as org_name,
			e.id as event_id, e.title, e.place, e.district, e.contact_name, e.contact_phone, e.starts_at, e.ends_at
		from message m
		join event e on e.id = m.event_id
		join org o on o.id = e.org_id
		join person c on c.id = m.sent_by
		join person p on p.id = @person
		where m.id = @message and p.email is not null and p.erased_at is null and exists (
			select from signup g join shift s on s.id = g.shift_id
			where s.event_id = e.id and g.person_id = p.id and g.state <> 'cancelled')`,
		pgx.StrictNamedArgs{"message": m.SubjectID, "person": m.PersonID})
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[message])
	if errors.Is(err, pgx.ErrNoRows) {
		return message{}, false, nil
	}
	return found, err == nil, postgres.Fault(err)
}

// message is the letter of a coordinator's own words: who wrote them, about which event, and how
// to answer.
func (c composer) message(m message, now time.Time) mail.Letter {
	const key = "mail.message"
	p := c.catalogue.For(m.Lang)
	title := p.Text(m.Title)
	l := c.letter(p, key, "mail.common.why", "title", title, "name", m.GivenName, "subject", oneLine(p.Text(m.Subject)))
	for line := range strings.Lines(p.Text(m.Body)) {
		if line = strings.TrimSpace(line); line != "" {
			l.Paragraphs = append(l.Paragraphs, line)
		}
	}
	l.Preheader = title
	l.Card = c.card(p, subject{
		Title: m.Title, Place: m.Place, District: m.District, ContactName: m.ContactName, ContactPhone: m.ContactPhone,
		StartsAt: m.StartsAt, EndsAt: m.EndsAt,
	}, now)
	l.Button = c.button(p, "mail.common.event", link.Event(m.Lang, m.EventID))
	l.Closing = append(l.Closing, p.T(key+".from", "name", m.Sender, "org", p.Text(m.OrgName)))
	if contact := strings.Trim(m.ContactName+", "+unbroken(m.ContactPhone), ", "); contact != "" {
		l.Closing = append(l.Closing, p.T(key+".answer", "contact", contact))
	} else {
		l.Closing = append(l.Closing, p.T(key+".answer_hq", "email", c.city.Email, "phone", unbroken(c.city.Phone)))
	}
	return l
}
