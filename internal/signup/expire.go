package signup

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// expireMost is how many holds one transaction lets go of.
const expireMost = 100

// ExpireHolds lets go of the places held for a consent that has not come in time, and the queues
// move up. The sign-ups go on awaiting consent, without a place, and their people are told. The
// worker calls it.
func (s *Store) ExpireHolds(ctx context.Context, now time.Time) error {
	for {
		var due []rowKey
		err := s.withShifts(ctx, now, func(tx pgx.Tx) (about scope, err error) {
			rows, _ := tx.Query(ctx, `select shift_id, person_id, state, queue_no from signup
				where state = 'awaiting_consent' and hold_until <= $1 order by shift_id, person_id limit $2`, now,
				expireMost)
			due = due[:0]
			err = collect(&due)(rows)
			for _, k := range due {
				about.shifts, about.people = append(about.shifts, k.ShiftID), append(about.people, k.PersonID)
			}
			about.freeing = min(len(due), 4)
			return about, err
		}, func(t *lockedTx) error {
			for _, k := range due {
				e := t.people[k.PersonID].signups[k.ShiftID]
				if e.HoldUntil != nil && !e.HoldUntil.After(now) {
					t.set(e, AwaitingConsent, nil)
					t.notify(e, outbox.Message{Kind: outbox.HoldExpired})
				}
			}
			return nil
		})
		if err != nil || len(due) < expireMost {
			return err
		}
	}
}

// RemindDue puts a reminder into the outbox for everybody confirmed in a shift that starts within
// the city's reminder hours, once each; not for those who came in so late that the mail about
// their place is reminder enough. The worker calls it.
func (s *Store) RemindDue(ctx context.Context, now time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `
			update signup set reminded_at = @now where id in (
				select g.id from shift s
				join event e on e.id = s.event_id and e.state = 'published'
				join signup g on g.shift_id = s.id
				where s.starts_at > @now and s.starts_at <= @now::timestamptz + make_interval(hours => @hours)
					and g.state = 'confirmed' and g.reminded_at is null
					and g.changed_at < s.starts_at - make_interval(hours => @hours)
				for update of g skip locked)
			returning id, person_id`, pgx.StrictNamedArgs{"now": now, "hours": s.city.Rules.ReminderHours})
		mails, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (outbox.Message, error) {
			m := outbox.Message{Kind: outbox.Reminder, Seq: now.UnixMicro()}
			return m, row.Scan(&m.SubjectID, &m.PersonID)
		})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, mails...)
	})
}
