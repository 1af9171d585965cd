package signup

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Recheck checks all coming sign-ups of a person by the rules, in the caller's transaction,
// when what the rules ask of the person has changed: the birth date, a guardian's consent. What
// may no longer be is cancelled and told, what needs consent awaits it, what no longer does is
// confirmed or takes its place in the queue. The caller sees to the permission and the audit,
// and has written what changed: whoever joins meanwhile waits for the person's row.
func (s *Store) Recheck(ctx context.Context, tx pgx.Tx, personID int64, now time.Time) error {
	return s.eachComing(ctx, tx, personID, now, true,
		func(t *lockedTx, e *record) { t.reassess(e, t.shifts[e.ShiftID]) })
}

// CancelUnconsented cancels the coming sign-ups of a person that only a guardian's word could allow and
// that no consent in force allows any more, after a refusal or withdrawal, in the caller's
// transaction; those of one event, or of every event when eventID is 0. The queues move up and
// the person is told. The caller sees to the permission and the audit.
func (s *Store) CancelUnconsented(ctx context.Context, tx pgx.Tx, personID, eventID int64, now time.Time) error {
	return s.eachComing(ctx, tx, personID, now, false, func(t *lockedTx, e *record) {
		shift := t.shifts[e.ShiftID]
		if (eventID == 0 || shift.EventID == eventID) && needsConsent(t.recheck(t.people[personID], shift)) {
			t.cancel(e, ByConsent)
			t.notify(e, outbox.Message{Kind: outbox.SignupCancelled, Cause: string(ByConsent)})
		}
	})
}

// eachComing locks all of a person's coming sign-ups in the caller's transaction and runs do on
// each. Where do may put the person into a queue, the queues are read whole.
func (s *Store) eachComing(ctx context.Context, tx pgx.Tx, personID int64, now time.Time, queues bool,
	do func(*lockedTx, *record),
) error {
	rows, _ := tx.Query(ctx,
		`select shift_id from signup where person_id = $1 and state <> 'cancelled' and lower(during) > $2`, personID,
		now)
	shifts, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return postgres.Fault(err)
	}
	for {
		// Shifts are locked before the person. A sign-up that was made in between is seen once the
		// person is locked; its shift joins them, late: a deadlock that could follow is retried.
		about := scope{shifts: shifts, people: []int64{personID}, freeing: 1}
		if queues {
			about.all = shifts
		}
		t, err := s.lock(ctx, tx, now, about)
		if err != nil {
			return err
		}
		who := t.people[personID]
		if who == nil {
			return nil
		}
		known := len(shifts)
		for _, e := range who.signups {
			if t.shifts[e.ShiftID] == nil && e.State != Cancelled && e.StartsAt.After(now) {
				shifts = append(shifts, e.ShiftID)
			}
		}
		if len(shifts) > known {
			continue
		}
		for _, id := range sorted(shifts) {
			// nil: it has become another account's meanwhile
			if e := who.signups[id]; e != nil && e.State != Cancelled {
				do(t, e)
			}
		}
		return t.finish(ctx)
	}
}

// ReleaseAll cancels all sign-ups of a person whose shifts have not begun, in the caller's
// transaction, and lets the queues move up: for an account that is suspended or erased. Call it
// before anything else locks the person's row, since shifts are locked before people. The person
// is told, unless erased. The caller sees to the permission and the audit.
func (s *Store) ReleaseAll(ctx context.Context, tx pgx.Tx, personID int64, cause CancelCause, now time.Time) error {
	return s.eachComing(ctx, tx, personID, now, false, func(t *lockedTx, e *record) {
		t.cancel(e, cause)
		t.people[personID].suspended = true // whatever the caller is about to write
		if cause != ByErasure {
			t.notify(e, outbox.Message{Kind: outbox.SignupCancelled, Cause: string(cause)})
		}
	})
}

// ReleaseConflicting gives up the coming sign-ups of a person that cannot become another one's, in the caller's
// transaction, for two accounts of one person that become one: those in whose shift the other has
// a sign-up, and those confirmed at hours at which the other is confirmed. The queues move up;
// nobody is told that somebody whom they know as themselves lost a place. Call it before anything
// locks a person's row, and again once both are locked: by then either may have joined something.
// The caller sees to the permission and the audit.
func (s *Store) ReleaseConflicting(ctx context.Context, tx pgx.Tx, personID, toID int64, now time.Time) error {
	rows, _ := tx.Query(ctx,
		`select g.shift_id from signup g where g.person_id = $1 and g.state <> 'cancelled' and lower(g.during) > $3
		and exists (select from signup k where k.person_id = $2
			and (k.shift_id = g.shift_id or k.state = 'confirmed' and g.state = 'confirmed'
				and k.during && g.during))`, personID, toID, now)
	shifts, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return postgres.Fault(err)
	}
	if len(shifts) == 0 {
		return nil
	}
	return s.eachComing(ctx, tx, personID, now, false, func(t *lockedTx, e *record) {
		if slices.Contains(shifts, e.ShiftID) {
			t.cancel(e, ByOrganiser)
		}
	})
}

// Coming is a person's coming sign-ups that are not cancelled, as far as a guardian may see them.
func Coming(rows []Row, now time.Time) (coming []Row) {
	for _, r := range rows {
		if r.State != Cancelled && r.EventState == event.Published && r.EndsAt.After(now) {
			coming = append(coming, r)
		}
	}
	return coming
}
