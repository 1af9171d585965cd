package signup

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Join signs the actor up for a shift: at once when a place is free, else at the end of the
// queue; without a guardian's consent, where one is needed, the sign-up awaits it and keeps a
// free place for a while. It is Refused, with all reasons, when the actor may not come. A
// repeat changes nothing and tells where the actor stands; only after the cut-off, when the
// queue no longer moves, it takes a free place for somebody waiting.
//
// Anyone signed in may, for themselves; Forbidden otherwise and for a suspended account. A shift
// of what is not published yet is NotFound.
func (s *Store) Join(ctx context.Context, actor account.Actor, shiftID int64, now time.Time) (Result, error) {
	if !actor.SignedIn() {
		return Result{}, fault.Forbidden()
	}
	if s.batcher != nil {
		return s.batcher.join(ctx, shiftID, actor.PersonID, now)
	}
	a, err := s.joinAll(ctx, shiftID, []int64{actor.PersonID}, now)
	if err != nil {
		return Result{}, err
	}
	return a[0].Result, a[0].err
}

// joinAll results requests for one shift in one transaction.
func (s *Store) joinAll(ctx context.Context, shiftID int64, people []int64,
	now time.Time,
) (results []result, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		results, err = s.join(ctx, tx, shiftID, people, now)
		return err
	})
	return results, err
}

// join is the core of joining: people who ask for one shift, answered in their order, in the caller's
// transaction. The number of statements does not depend on how many they are.
func (s *Store) join(ctx context.Context, tx pgx.Tx, shiftID int64, people []int64, now time.Time) ([]result, error) {
	t, err := s.lock(ctx, tx, now, scope{shifts: []int64{shiftID}, people: people})
	if err != nil {
		return nil, err
	}
	shift := t.shifts[shiftID]
	if shift == nil || !shift.Event.State.Public() {
		return nil, fault.NotFound()
	}
	if err := t.promote(ctx); err != nil { // whoever waits comes first
		return nil, err
	}
	results := make([]result, len(people))
	for i, id := range people {
		results[i] = t.join(shift, t.people[id])
	}
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	for i, id := range people { // new rows have their ids now
		if a := &results[i]; a.err == nil && !a.Refused {
			a.SignupID = t.people[id].signups[shiftID].ID
		}
	}
	return results, nil
}

// join results one request.
func (t *lockedTx) join(s *lockedShift, who *person) result {
	if who == nil {
		return result{err: fault.NotFound()}
	}
	return t.decide(s, who, t.check(who, s))
}

// decide gives who what s has to give, unless one of reasons blocks it.
func (t *lockedTx) decide(s *lockedShift, who *person, reasons []event.Reason) result {
	if who.suspended {
		return result{err: fault.Forbidden()}
	}
	e := who.signups[s.ID]
	if in := e != nil && e.State != Cancelled; in {
		if e.State == Confirmed || len(reasons) > 0 || e.State == Waitlisted && s.Free() == 0 {
			return result{Result: t.result(e, false)}
		}
	} else if event.Blocks(reasons) {
		return result{Result: Result{ShiftID: s.ID, EventID: s.EventID, Refused: true, Reasons: reasons}}
	}
	if e == nil {
		e = &record{
			ShiftID: s.ID, PersonID: who.id, EventID: s.EventID, Title: s.Event.Title, StartsAt: s.StartsAt,
			EndsAt: s.EndsAt, State: Cancelled,
		}
		who.signups[s.ID] = e
	}
	t.assignPlace(e, s, needsConsent(reasons))
	return result{Result: t.result(e, true)}
}

// assignPlace gives e what s has to give to somebody who may come: a place, a place held until a
// guardian agrees, or a wait.
func (t *lockedTx) assignPlace(e *record, s *lockedShift, consent bool) {
	free := s.Free() > 0 || e.holds()
	switch {
	case consent && free:
		t.set(e, AwaitingConsent, t.holdUntil(s))
		t.notify(e, outbox.Message{Kind: outbox.SignupAwaiting})
	case consent:
		t.set(e, AwaitingConsent, nil)
		t.notify(e, outbox.Message{Kind: outbox.SignupAwaiting})
	case free:
		t.set(e, Confirmed, nil)
		t.notify(e, outbox.Message{Kind: outbox.SignupConfirmed})
	default:
		t.set(e, Waitlisted, nil)
		e.Position = s.Waiting
		t.notify(e, outbox.Message{Kind: outbox.SignupWaiting})
	}
}

// result is where e stands.
func (t *lockedTx) result(e *record, changed bool) Result {
	r := Result{
		SignupID: e.ID, ShiftID: e.ShiftID, EventID: e.EventID, State: e.State, Hold: e.HoldUntil,
		Changed: changed,
	}
	if e.State == Waitlisted {
		r.Position = e.Position
		for _, o := range t.changed {
			if o.ShiftID == e.ShiftID && o.was == Waitlisted && e.was == Waitlisted && o.QueueNo < e.QueueNo {
				r.Position-- // moved up in this transaction
			}
		}
	}
	return r
}
