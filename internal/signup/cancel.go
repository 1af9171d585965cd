package signup

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/outbox"
)

// Cancel gives the actor's own sign-up up: a place until the event's cut-off, a wait until the
// shift's end. The queue moves up. A repeat changes nothing.
//
// Somebody else's sign-up is NotFound; after the cut-off it is a Conflict signup.cutoff_passed,
// after the end signup.over.
func (s *Store) Cancel(ctx context.Context, actor account.Actor, signupID int64, now time.Time) (Result, error) {
	return s.cancelOne(ctx, actor, signupID, now,
		`select shift_id, person_id from signup where id = @id and person_id = @person`,
		pgx.StrictNamedArgs{"id": signupID, "person": actor.PersonID},
		func(t *lockedTx, shift *lockedShift, e *record) error {
			if e.State == Confirmed && !now.Before(shift.Event.Cutoff(shift.Shift)) {
				return fault.Conflict("signup.cutoff_passed")
			}
			t.cancel(e, BySelf)
			return audit.Write(ctx, t.tx, audit.Entry{
				At: now, ActorID: actor.PersonID, Verb: "signup.cancel",
				Object: "signup", ObjectID: e.ID,
			})
		})
}

// Remove takes somebody off a shift and tells them why. The queue moves up. A repeat changes
// nothing.
//
// Coordinators of the event's hosts and staff may, until the shift's end (then it is a Conflict
// signup.over); for anybody else the sign-up is NotFound. A reason that is not one is Invalid.
func (s *Store) Remove(ctx context.Context, actor account.Actor, signupID int64, removal Removal,
	now time.Time,
) (Result, error) {
	if err := removal.check(); err != nil {
		return Result{}, err
	}
	return s.cancelOne(ctx, actor, signupID, now, `
		select g.shift_id, g.person_id from signup g join shift s on s.id = g.shift_id join event e
			on e.id = s.event_id
		where g.id = @id and `+event.Managing, event.Manager(actor, signupID),
		func(t *lockedTx, shift *lockedShift, e *record) error {
			t.cancel(e, ByOrganiser)
			t.notify(e, outbox.Message{Kind: outbox.SignupCancelled, Cause: string(ByOrganiser)})
			_, err := t.tx.Exec(ctx, `
				insert into removal (signup_id, reason, words, removed_by, removed_at) values ($1, $2, $3, $4, $5)
				on conflict (signup_id) do update set reason = excluded.reason, words = excluded.words,
					removed_by = excluded.removed_by, removed_at = excluded.removed_at`, e.ID, removal.Reason,
				removal.words(), actor.PersonID, now)
			if err != nil {
				return err
			}
			return audit.Write(ctx, t.tx, audit.Entry{
				At: now, ActorID: actor.PersonID, Verb: "signup.remove",
				Object: "signup", ObjectID: e.ID, Fields: []string{"reason"},
			})
		})
}

// cancelOne runs do on one sign-up that is not cancelled yet and whose shift has not ended; sql
// finds its shift and person, if the actor may. A Conflict comes with the sign-up as it is.
func (s *Store) cancelOne(ctx context.Context, actor account.Actor, id int64, now time.Time, sql string,
	args pgx.StrictNamedArgs, do func(*lockedTx, *lockedShift, *record) error,
) (r Result, err error) {
	if !actor.SignedIn() {
		return Result{}, fault.Forbidden()
	}
	var shiftID, person int64
	err = s.withShifts(ctx, now, func(tx pgx.Tx) (scope, error) {
		err := tx.QueryRow(ctx, sql, args).Scan(&shiftID, &person)
		return scope{shifts: []int64{shiftID}, people: []int64{person}, freeing: 1}, err
	}, func(t *lockedTx) error {
		shift, e := t.shifts[shiftID], t.people[person].signups[shiftID]
		r = t.result(e, false)
		if e.State == Cancelled {
			return nil
		}
		if !now.Before(shift.EndsAt) {
			return fault.Conflict("signup.over")
		}
		err := do(t, shift, e)
		r = t.result(e, true)
		return err
	})
	return r, err
}

// SetCapacity changes how many places a shift has; more places go to the queue at once.
//
// Coordinators of the event's hosts and staff may; for anybody else the shift is NotFound. Fewer
// places than are taken are a Conflict fault.capacity, a number outside 1 to 100,000 is Invalid,
// and after the shift's end it is a Conflict signup.over.
func (s *Store) SetCapacity(ctx context.Context, actor account.Actor, shiftID int64, capacity int,
	now time.Time,
) error {
	if capacity < 1 || capacity > 100_000 {
		return fault.Invalid(map[string]string{"capacity": "signup.capacity_range"})
	}
	return s.withShifts(ctx, now, func(tx pgx.Tx) (scope, error) {
		about := scope{shifts: []int64{shiftID}}
		var now int
		err := tx.QueryRow(ctx,
			`select s.capacity from shift s join event e on e.id = s.event_id where s.id = @id and `+event.Managing,
			event.Manager(actor, shiftID)).Scan(&now)
		about.freeing = max(0, capacity-now)
		return about, err
	}, func(t *lockedTx) error {
		shift := t.shifts[shiftID]
		switch {
		case shift.Capacity == capacity:
			return nil
		case !now.Before(shift.EndsAt):
			return fault.Conflict("signup.over")
		case capacity < shift.Confirmed+shift.Held:
			return fault.Conflict("fault.capacity")
		}
		shift.Capacity = capacity
		var b pgx.Batch
		b.Queue(`update shift set capacity = $2 where id = $1`, shiftID, capacity)
		b.Queue(`update event set version = version + 1 where id = $1`, shift.EventID)
		if err := t.tx.SendBatch(ctx, &b).Close(); err != nil {
			return err
		}
		return audit.Write(ctx, t.tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "shift.capacity",
			Object: "shift", ObjectID: shiftID, Fields: []string{"capacity"},
		})
	})
}
