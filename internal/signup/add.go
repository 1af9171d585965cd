package signup

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// Add signs somebody up by e-mail, as if they had joined, but also outside the sign-up window,
// until the shift's end: at once when a place is free, else at the end of the queue; without the
// consent that they need they await it. Nobody who waits and may come is passed over while the
// queue moves. The person is told by the usual mail. It is Refused, with all reasons, when they
// may not come; a repeat changes nothing and tells where they stand.
//
// Coordinators of the event's hosts and staff may; for anybody else the shift is NotFound. An
// e-mail without an account is Invalid on email; an event that is not published a Conflict
// signup.not_published.
func (s *Store) Add(ctx context.Context, actor account.Actor, shiftID int64, email string,
	now time.Time,
) (Result, error) {
	return s.add(ctx, actor, shiftID, now, func(tx pgx.Tx) (int64, error) { return account.Find(ctx, tx, email) })
}

// AddPerson is Add for somebody known by id, such as who stands at the door with a ticket for
// another shift. An account that is suspended or erased is NotFound.
func (s *Store) AddPerson(ctx context.Context, actor account.Actor, shiftID, personID int64,
	now time.Time,
) (Result, error) {
	return s.add(ctx, actor, shiftID, now, func(tx pgx.Tx) (id int64, err error) {
		err = tx.QueryRow(ctx, `select id from person where id = $1 and suspended_at is null and erased_at is null`,
			personID).Scan(&id)
		return id, err
	})
}

// Restore is Add for whoever has a cancelled sign-up: it takes a removal back, as far as there is
// a place. For a sign-up of an event that the actor does not run it is NotFound.
func (s *Store) Restore(ctx context.Context, actor account.Actor, signupID int64, now time.Time) (Result, error) {
	var shift, person int64
	err := s.db.QueryRow(ctx, `select shift_id, person_id from signup where id = $1`, signupID).Scan(&shift, &person)
	if err != nil {
		return Result{}, postgres.Fault(err)
	}
	return s.AddPerson(ctx, actor, shift, person, now)
}

// add signs up the person whom who finds, once it is clear that the actor may.
func (s *Store) add(ctx context.Context, actor account.Actor, shiftID int64, now time.Time,
	who func(pgx.Tx) (int64, error),
) (r Result, err error) {
	var person int64
	err = s.withShifts(ctx, now, func(tx pgx.Tx) (scope, error) {
		if err := checkManages(ctx, tx, actor, shiftID); err != nil {
			return scope{}, err
		}
		var err error
		person, err = who(tx)
		return scope{shifts: []int64{shiftID}, people: []int64{person}}, err
	}, func(t *lockedTx) error {
		if err := t.promote(ctx); err != nil { // whoever waits comes first
			return err
		}
		shift, who := t.shifts[shiftID], t.people[person]
		a := t.decide(shift, who, t.checkAdded(who, shift))
		r = a.Result
		if a.err != nil || !a.Changed {
			return a.err
		}
		t.afterWriting = func(ctx context.Context) error { // a new row has its id now
			r.SignupID = who.signups[shiftID].ID
			return audit.Write(ctx, t.tx, audit.Entry{
				At: now, ActorID: actor.PersonID, Verb: "signup.add",
				Object: "signup", ObjectID: r.SignupID,
			})
		}
		return nil
	})
	return r, err
}

// checkManages is NotFound unless actor runs the event of a shift, and a Conflict until it is published.
func checkManages(ctx context.Context, tx pgx.Tx, actor account.Actor, shiftID int64) error {
	var state event.State
	err := tx.QueryRow(ctx, `select e.state from shift s join event e on e.id = s.event_id where s.id = @id and `+
		event.Managing,
		event.Manager(actor, shiftID)).Scan(&state)
	if err == nil && !state.Public() {
		return fault.Conflict("signup.not_published")
	}
	return err
}

// checkAdded says why somebody may not have a place in s that a coordinator gives them: the rules
// without the sign-up window, and the shift's end.
func (t *lockedTx) checkAdded(who *person, s *lockedShift) []event.Reason {
	reasons := t.recheck(who, s)
	if !t.now.Before(s.EndsAt) {
		reasons = append([]event.Reason{{Cause: event.EventOver, At: s.EndsAt}}, reasons...)
	}
	return reasons
}
