package signup

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/outbox"
)

// errRefused rolls a transaction back in which nothing may change: the Result says why.
var errRefused = errors.New("signup: refused")

// Move puts somebody into another shift of the event, in exchange for the sign-up that they
// have: a place there, if one is free that nobody waiting may have, and the rules allow it; a
// place held for a consent, if one is needed. Otherwise nothing changes. The person is told once,
// of the new shift; the old one's queue moves up. A repeat changes nothing.
//
// Coordinators of the event's hosts and staff may; for anybody else the sign-up is NotFound, and
// so is a shift of another event. It is Refused, with all reasons, when the rules do not allow
// it; a Conflict signup.full without a place, signup.already_there when they have one,
// signup.not_in for a cancelled sign-up, signup.over after the end of the shift that they are in.
func (s *Store) Move(ctx context.Context, actor account.Actor, signupID, shiftID int64,
	now time.Time,
) (r Result, err error) {
	var from, person int64
	err = s.withShifts(ctx, now, func(tx pgx.Tx) (scope, error) {
		args := event.Manager(actor, signupID)
		args["shift"] = shiftID
		err := tx.QueryRow(ctx, `select g.shift_id, g.person_id
			from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
			where g.id = @id and exists (select from shift where id = @shift and event_id = e.id) and `+event.Managing,
			args).Scan(&from, &person)
		return scope{shifts: []int64{from, shiftID}, people: []int64{person}, freeing: 1}, err
	}, func(t *lockedTx) error {
		shift, who := t.shifts[shiftID], t.people[person]
		old, there := who.signups[from], who.signups[shiftID]
		r = t.result(old, false)
		switch {
		case from == shiftID:
			return nil
		case old.State == Cancelled && there != nil && there.State != Cancelled:
			r = t.result(there, false) // moved already
			return nil
		case old.State == Cancelled:
			return fault.Conflict("signup.not_in")
		case there != nil && there.holds():
			return fault.Conflict("signup.already_there")
		case !now.Before(t.shifts[from].EndsAt):
			return fault.Conflict("signup.over")
		}
		if err := t.promote(ctx); err != nil { // whoever waits there comes first
			return err
		}
		if shift.Free() == 0 {
			return fault.Conflict("signup.full")
		}
		t.cancel(old, ByMove)
		a := t.decide(shift, who, t.checkAdded(who, shift))
		switch {
		case a.err != nil:
			return a.err
		case !a.Changed: // still waiting there: something blocks it
			a.Refused, a.Reasons = true, t.checkAdded(who, shift)
			fallthrough
		case a.Refused:
			r.Refused, r.Reasons = true, a.Reasons
			return errRefused
		}
		t.markMoved(who.signups[shiftID])
		r = a.Result
		t.afterWriting = func(ctx context.Context) error {
			r.SignupID = who.signups[shiftID].ID
			return audit.Write(ctx, t.tx, audit.Entry{
				At: now, ActorID: actor.PersonID, Verb: "signup.move",
				Object: "signup", ObjectID: r.SignupID, Fields: []string{"shift"},
			})
		}
		return nil
	})
	if errors.Is(err, errRefused) {
		err = nil
	}
	return r, err
}

// markMoved lets the mail about e, which has just been decided on, say that e came from another shift.
func (t *lockedTx) markMoved(e *record) {
	for i := range t.mails {
		if t.mails[i].of == e {
			t.mails[i].Cause = "moved"
		}
	}
}

// Promote gives a free place to somebody waiting before those who wait longer: after the
// cut-off, when the queue no longer moves by itself, or when nobody before them may come. The
// rules are the same for them as for everybody. The person is told; a repeat changes nothing.
//
// Coordinators of the event's hosts and staff may; for anybody else the sign-up is NotFound. It
// is Refused, with all reasons, when the rules do not allow it; a Conflict signup.full without a
// free place, signup.not_in for a cancelled sign-up, signup.over after the shift's end.
func (s *Store) Promote(ctx context.Context, actor account.Actor, signupID int64,
	now time.Time,
) (r Result, err error) {
	var shiftID, person int64
	err = s.withShifts(ctx, now, func(tx pgx.Tx) (scope, error) {
		err := tx.QueryRow(ctx, `
			select g.shift_id, g.person_id from signup g join shift s on s.id = g.shift_id join event e
				on e.id = s.event_id
			where g.id = @id and `+event.Managing, event.Manager(actor, signupID)).Scan(&shiftID, &person)
		return scope{shifts: []int64{shiftID}, people: []int64{person}, freeing: 1}, err
	}, func(t *lockedTx) error {
		shift, who := t.shifts[shiftID], t.people[person]
		e := who.signups[shiftID]
		if err := t.promote(ctx); err != nil {
			return err
		}
		r = t.result(e, e.dirty) // it may have been their turn anyway
		switch reasons := t.checkAdded(who, shift); {
		case e.State == Confirmed:
			return nil
		case e.State == Cancelled:
			return fault.Conflict("signup.not_in")
		case !now.Before(shift.EndsAt):
			return fault.Conflict("signup.over")
		case len(reasons) > 0:
			r.Refused, r.Reasons = true, reasons
			return nil
		case who.suspended:
			return fault.Forbidden()
		case shift.Free() == 0:
			return fault.Conflict("signup.full")
		}
		t.set(e, Confirmed, nil)
		t.notify(e, outbox.Message{Kind: outbox.SignupPromoted})
		r = t.result(e, true)
		return audit.Write(ctx, t.tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "signup.promote",
			Object: "signup", ObjectID: e.ID,
		})
	})
	return r, err
}
