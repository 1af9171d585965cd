package roster

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// MessageLetter is a coordinator's message as it is mailed to one recipient.
type MessageLetter struct {
	outbox.Recipient
	Subject      i18n.Text
	Body         i18n.Text
	Coordinator  string // given name of the author
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

// MessageLetter loads a message for one recipient. NoLonger when they are erased or have no sign-up
// at the event any more.
func (s *Store) MessageLetter(ctx context.Context, messageID, personID int64) (MessageLetter, error) {
	rows, _ := s.db.Query(ctx, `
		select p.email as to, p.lang, p.given_name as name, m.subject, m.body,
			c.given_name as coordinator, o.name as org_name,
			e.id as event_id, e.title, e.place, e.district, e.contact_name, e.contact_phone, e.starts_at, e.ends_at
		from message m
		join event e on e.id = m.event_id
		join org o on o.id = e.org_id
		join person c on c.id = m.sent_by
		join person p on p.id = @person
		where m.id = @message and p.email is not null and p.erased_at is null and exists (
			select from signup g join shift s on s.id = g.shift_id
			where s.event_id = e.id and g.person_id = p.id and g.state <> 'cancelled')`,
		pgx.StrictNamedArgs{"message": messageID, "person": personID})
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[MessageLetter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the recipient is erased or has no sign-up at the event")
	}
	return l, postgres.Fault(err)
}
