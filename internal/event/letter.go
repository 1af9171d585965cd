package event

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// DecisionLetter is what the headquarters has decided about an event, on its way to a coordinator.
type DecisionLetter struct {
	outbox.Recipient
	EventID  int64
	Title    i18n.Text
	Place    i18n.Text
	District string
	StartsAt time.Time
	EndsAt   time.Time
	State    State
	Words    string // why it came back
}

// ApprovedLetter loads the message that an event is published. NoLonger when the recipient is erased
// or does not act for the host any more, or the event has moved on since.
func (r *Reviewer) ApprovedLetter(ctx context.Context, eventID, personID int64) (DecisionLetter, error) {
	return r.letter(ctx, eventID, personID, false)
}

// ReturnedLetter is ApprovedLetter for an event that came back.
func (r *Reviewer) ReturnedLetter(ctx context.Context, eventID, personID int64) (DecisionLetter, error) {
	return r.letter(ctx, eventID, personID, true)
}

func (r *Reviewer) letter(ctx context.Context, eventID, personID int64, returned bool) (DecisionLetter, error) {
	rows, _ := r.events.db.Query(ctx, `
		select p.email as to, p.lang, p.given_name as name,
			e.id as event_id, e.title, e.place, e.district, e.starts_at, e.ends_at, e.state, e.returned as words
		from event e
		join coordinator c on c.org_id = e.org_id
		join person p on p.id = c.person_id
		where e.id = @event and p.id = @person and p.email is not null and p.erased_at is null
			and e.starts_at is not null
			and (e.state = 'published' or @returned and e.state = 'draft') and (not @returned or e.returned <> '')`,
		pgx.StrictNamedArgs{"event": eventID, "person": personID, "returned": returned})
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[DecisionLetter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the event has moved on, or the recipient does not act for its host")
	}
	return l, postgres.Fault(err)
}
