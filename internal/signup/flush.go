package signup

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// finish lets the queues move up and writes what was decided.
func (t *lockedTx) finish(ctx context.Context) error {
	if err := t.promote(ctx); err != nil {
		return err
	}
	return t.flush(ctx)
}

// flush writes what was decided: freed places first, so that the database's own limits hold
// after each statement, then beforeAssigning, then the places given, then afterWriting, then
// the mails.
func (t *lockedTx) flush(ctx context.Context) error {
	var first, second []*record
	split := t.beforeAssigning != nil
	for _, e := range t.changed {
		split = split || e.held && !e.holds()
	}
	for _, e := range t.changed {
		if split && e.holds() {
			second = append(second, e)
		} else {
			first = append(first, e)
		}
	}
	if err := t.write(ctx, first); err != nil {
		return err
	}
	if t.beforeAssigning != nil {
		if err := t.beforeAssigning(ctx); err != nil {
			return err
		}
	}
	if err := t.write(ctx, second); err != nil {
		return err
	}
	if t.afterWriting != nil {
		if err := t.afterWriting(ctx); err != nil {
			return err
		}
	}
	mails := make([]outbox.Message, 0, len(t.mails))
	for _, m := range t.mails {
		if m.Message.Kind == outbox.SignupWaiting && m.of.State != Waitlisted {
			continue // moved up in the same transaction
		}
		m.SubjectID = m.of.ID
		mails = append(mails, m.Message)
	}
	return t.out.Send(ctx, t.tx, mails...)
}

// write puts entries in their order: queue numbers are drawn here, under the shift's lock, so
// that their order is that of the commits. Who cancelled earlier comes back by the same row and
// with the same ticket.
func (t *lockedTx) write(ctx context.Context, entries []*record) error {
	if len(entries) == 0 {
		return nil
	}
	n := len(entries)
	shifts, people := make([]int64, n), make([]int64, n)
	states, causes, tickets := make([]string, n), make([]string, n), make([]string, n)
	holds := make([]*time.Time, n)
	type place struct{ shift, person int64 }
	byPlace := make(map[place]*record, n)
	for i, e := range entries {
		shifts[i], people[i], states[i], causes[i], holds[i] = e.ShiftID, e.PersonID, string(e.State), string(e.cause),
			e.HoldUntil
		tickets[i] = rand.Text() // 130 bits; an old row keeps its own
		byPlace[place{e.ShiftID, e.PersonID}] = e
	}
	rows, _ := t.tx.Query(ctx, `
		insert into signup as g (shift_id, person_id, during, state, queue_no, hold_until, ticket, cancel_cause,
			created_at, changed_at)
		select u.shift_id, u.person_id, s.during, u.state,
			case when u.state = 'waitlisted' then nextval('signup_queue') end,
			u.hold_until, u.ticket, nullif(u.cause, ''), @now, @now
		from unnest(@shifts::bigint[], @people::bigint[], @states::text[], @holds::timestamptz[], @tickets::text[],
			@causes::text[])
			with ordinality u (shift_id, person_id, state, hold_until, ticket, cause, ord)
		join shift s on s.id = u.shift_id
		order by u.ord
		on conflict (shift_id, person_id) do update
		set state = excluded.state, queue_no = excluded.queue_no, hold_until = excluded.hold_until,
			cancel_cause = excluded.cancel_cause, changed_at = excluded.changed_at,
			reminded_at = case when g.state = 'cancelled' then null else g.reminded_at end
		returning g.id, g.shift_id, g.person_id`,
		pgx.StrictNamedArgs{
			"now": t.now, "shifts": shifts, "people": people, "states": states,
			"holds": holds, "tickets": tickets, "causes": causes,
		})
	var id int64
	var at place
	_, err := pgx.ForEachRow(rows, []any{&id, &at.shift, &at.person}, func() error {
		byPlace[at].ID = id
		return nil
	})
	return postgres.Fault(err)
}
