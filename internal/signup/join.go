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

// request is one person's wish for a place.
type request struct {
	personID int64
}

// answer is what a request gets: a result, or a fault of its own.
type answer struct {
	Result
	err error
}

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
	r := request{actor.PersonID}
	if s.gather != nil {
		return s.gather.join(ctx, shiftID, r, now)
	}
	a, err := s.joinAll(ctx, shiftID, []request{r}, now)
	if err != nil {
		return Result{}, err
	}
	return a[0].Result, a[0].err
}

// joinAll answers requests for one shift in one transaction.
func (s *Store) joinAll(ctx context.Context, shiftID int64, requests []request, now time.Time) (answers []answer, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		answers, err = s.join(ctx, tx, shiftID, requests, now)
		return err
	})
	return answers, err
}

// join is the core of joining: requests for one shift, answered in their order, in the caller's
// transaction. The number of statements does not depend on how many they are.
func (s *Store) join(ctx context.Context, tx pgx.Tx, shiftID int64, requests []request, now time.Time) ([]answer, error) {
	people := make([]int64, len(requests))
	for i, r := range requests {
		people[i] = r.personID
	}
	t, err := s.begin(ctx, tx, now, scope{shifts: []int64{shiftID}, people: people})
	if err != nil {
		return nil, err
	}
	p := t.places[shiftID]
	if p == nil || !p.Event.State.Public() {
		return nil, fault.NotFound()
	}
	if err := t.promote(ctx); err != nil { // whoever waits comes first
		return nil, err
	}
	answers := make([]answer, len(requests))
	for i, r := range requests {
		answers[i] = t.ask(p, t.people[r.personID])
	}
	if err := t.flush(ctx); err != nil {
		return nil, err
	}
	for i, r := range requests { // new rows have their ids now
		if a := &answers[i]; a.err == nil && !a.Refused {
			a.SignupID = t.people[r.personID].entries[shiftID].ID
		}
	}
	return answers, nil
}

// ask decides on one wish.
func (t *turn) ask(p *place, who *person) answer {
	if who == nil {
		return answer{err: fault.NotFound()}
	}
	return t.decide(p, who, t.against(who, p))
}

// decide gives who what p has to give, when nothing stands against it.
func (t *turn) decide(p *place, who *person, against []event.Reason) answer {
	if who.barred {
		return answer{err: fault.Forbidden()}
	}
	e := who.entries[p.ID]
	if in := e != nil && e.State != Cancelled; in {
		if e.State == Confirmed || len(against) > 0 || e.State == Waitlisted && p.Free() == 0 {
			return answer{Result: t.result(e, false)}
		}
	} else if event.Refuses(against) {
		return answer{Result: Result{ShiftID: p.ID, EventID: p.EventID, Refused: true, Reasons: against}}
	}
	if e == nil {
		e = &entry{ShiftID: p.ID, PersonID: who.id, EventID: p.EventID, Title: p.Event.Title, StartsAt: p.StartsAt, EndsAt: p.EndsAt, State: Cancelled}
		who.entries[p.ID] = e
	}
	t.settle(e, p, needsConsent(against))
	return answer{Result: t.result(e, true)}
}

// settle gives e what p has to give to somebody who may come: a place, a place held until a
// guardian agrees, or a wait.
func (t *turn) settle(e *entry, p *place, consent bool) {
	free := p.Free() > 0 || e.holds()
	switch {
	case consent && free:
		t.set(e, AwaitingConsent, t.holdUntil(p))
		t.tell(e, outbox.Message{Kind: outbox.SignupAwaiting})
	case consent:
		t.set(e, AwaitingConsent, nil)
		t.tell(e, outbox.Message{Kind: outbox.SignupAwaiting})
	case free:
		t.set(e, Confirmed, nil)
		t.tell(e, outbox.Message{Kind: outbox.SignupConfirmed})
	default:
		t.set(e, Waitlisted, nil)
		e.Position = p.Waiting
		t.tell(e, outbox.Message{Kind: outbox.SignupWaiting})
	}
}

// result is where e stands.
func (t *turn) result(e *entry, changed bool) Result {
	r := Result{SignupID: e.ID, ShiftID: e.ShiftID, EventID: e.EventID, State: e.State, Hold: e.HoldUntil, Changed: changed}
	if e.State == Waitlisted {
		r.Position = e.Position
		for _, o := range t.changed {
			if o.ShiftID == e.ShiftID && o.was == Waitlisted && e.was == Waitlisted && o.QueueNo < e.QueueNo {
				r.Position-- // moved up in this turn
			}
		}
	}
	return r
}
