package signup

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

// Change is what becomes of an event: all its details are written but the slots, and its shifts.
type Change struct {
	EventID int64
	event.Details
	Shifts []ShiftChange // those left out stay as they are
	Add    []ShiftChange // new ones, without an id
	Remove []int64       // shifts in which nobody is

	Version int     // the event's that the change was made from, 0: whichever
	Agreed  []int64 // the sign-ups whose change has been looked at; nil: nobody looked
	known   bool    // the headquarters makes it: it need not review it
}

// ShiftChange is what becomes of one of the event's shifts.
type ShiftChange struct {
	ID       int64
	Title    i18n.Text
	StartsAt time.Time
	EndsAt   time.Time
	Capacity int
	MinAge   int
}

// Affected is somebody whose sign-up a change ends or moves.
type Affected struct {
	SignupID   int64
	ShiftID    int64
	PersonID   int64
	GivenName  string
	FamilyName string
	From, To   State
	Reasons    []event.Reason // why it was cancelled or awaits consent
}

// ChangeEvent changes an event's details and times in one go. Whoever is in and may
// no longer come (age, adults only, night, another confirmed shift at the new hours) is
// cancelled and told; whose guardian must now agree awaits that, and keeps the place for a
// while; everybody else is told when the time, place or title changed. Then the queues move up.
// It returns those whose sign-up changed.
//
// Coordinators of the event's hosts and staff may; for anybody else the event is NotFound, and a
// shift that is not the event's too. Times that make no sense are Invalid, like removing a shift
// in which somebody is; capacities below what is taken are a Conflict fault.capacity that says
// which (Overbooked). A cancelled event is a Conflict signup.event_cancelled, one that is over
// signup.over; a Version that is no longer the current one event.Stale; and when somebody's
// sign-up would change who is not among those Agreed, publishing.more_affected.
func (s *Store) ChangeEvent(ctx context.Context, actor account.Actor, c Change, now time.Time) ([]Affected, error) {
	effect, err := s.change(ctx, actor, c, now, false)
	return effect.Affected, err
}

// Affected is whom ChangeEvent would affect, with the same permission and errors. It changes
// nothing.
func (s *Store) Affected(ctx context.Context, actor account.Actor, c Change, now time.Time) ([]Affected, error) {
	effect, err := s.change(ctx, actor, c, now, true)
	return effect.Affected, err
}

// errPreview rolls a transaction back that was only to look.
var errPreview = errors.New("signup: only looked")

func (s *Store) change(ctx context.Context, actor account.Actor, c Change, now time.Time,
	dry bool,
) (effect Effect, err error) {
	if err := c.check(); err != nil {
		return Effect{}, err
	}
	err = s.withShifts(ctx, now, s.wholeEvent(ctx, actor, c.EventID), func(t *lockedTx) error {
		e := t.shiftsOf(c.EventID)[0].Event
		var err error
		if e.Details, err = event.LoadDetails(ctx, t.tx, c.EventID); err != nil {
			return err
		}
		shifts, fields, err := t.apply(c)
		if err != nil {
			return err
		}
		effect = Effect{Fields: fields}
		var short Overbooked
		for _, shift := range shifts {
			for _, e := range t.signedUp(shift) {
				if !shift.was.StartsAt.After(now) {
					break // who came has come
				}
				if reasons := t.reassess(e, shift); e.State != e.was {
					effect.Affected = append(effect.Affected,
						Affected{
							SignupID: e.ID, ShiftID: shift.ID, PersonID: e.PersonID, From: e.was, To: e.State,
							Reasons: reasons,
						})
				}
			}
			if taken := shift.Confirmed + shift.Held; taken > shift.Capacity {
				short = append(short, OverbookedShift{shift.ID, taken})
			}
		}
		if len(short) > 0 {
			return &fault.Error{Kind: fault.KindConflict, Key: "fault.capacity", Err: short}
		}
		if err := t.fillNames(ctx, effect.Affected); err != nil {
			return err
		}
		t.notifyChange(shifts)
		effect.Told = t.notified()
		if dry {
			return errPreview
		}
		if c.Agreed != nil && slices.ContainsFunc(effect.Affected,
			func(a Affected) bool { return !slices.Contains(c.Agreed, a.SignupID) }) {
			return fault.Conflict("publishing.more_affected")
		}
		if len(fields) == 0 {
			return nil
		}
		c.known = actor.Can(account.RunAllEvents)
		t.beforeAssigning = func(ctx context.Context) error { return t.writeChange(ctx, c, e, shifts) }
		return audit.Write(ctx, t.tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "event.change",
			Object: "event", ObjectID: c.EventID, Fields: fields,
		})
	})
	if dry && errors.Is(err, errPreview) {
		err = nil
	}
	if err != nil {
		return Effect{}, err
	}
	return effect, nil
}

// wholeEvent is the scope of all shifts of an event that actor runs.
func (s *Store) wholeEvent(ctx context.Context, actor account.Actor, eventID int64) func(pgx.Tx) (scope, error) {
	return func(tx pgx.Tx) (scope, error) {
		rows, _ := tx.Query(ctx, `select s.id from shift s join event e on e.id = s.event_id where e.id = @id and `+
			event.Managing+` order by s.id`,
			event.Manager(actor, eventID))
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err == nil && len(ids) == 0 {
			err = fault.NotFound()
		}
		return scope{shifts: ids, all: ids}, err
	}
}

// shiftsOf is the locked shifts of one event, the latest first: when two of somebody's shifts come to
// overlap, the later one is given up.
func (t *lockedTx) shiftsOf(eventID int64) []*lockedShift {
	shifts := slices.SortedFunc(maps.Values(t.shifts), func(a, b *lockedShift) int {
		return cmp.Or(b.StartsAt.Compare(a.StartsAt), cmp.Compare(b.ID, a.ID))
	})
	return slices.DeleteFunc(shifts, func(s *lockedShift) bool { return s.EventID != eventID })
}

// signedUp is everybody in s, the oldest sign-up first. Only for shifts that are loaded whole.
func (t *lockedTx) signedUp(s *lockedShift) (in []*record) {
	for _, who := range t.people {
		if e := who.signups[s.ID]; e != nil && e.State != Cancelled {
			in = append(in, e)
		}
	}
	slices.SortFunc(in, func(a, b *record) int { return cmp.Compare(a.ID, b.ID) })
	return in
}

// reassess checks a sign-up by the rules as they are now: whoever may no longer have a place is
// cancelled, a place without the consent it needs awaits one, and a consent that is no longer needed
// is no longer awaited. It returns why.
//
// Somebody who only waits may well be busy at those hours: they are passed over while they are.
func (t *lockedTx) reassess(e *record, s *lockedShift) (reasons []event.Reason) {
	for _, r := range t.recheck(t.people[e.PersonID], s) {
		if r.Cause != event.TooMany && r.Cause != event.NoShows && (r.Cause != event.Clash || e.State == Confirmed) {
			reasons = append(reasons, r)
		}
	}
	consent := needsConsent(reasons)
	switch {
	case event.Blocks(reasons):
		t.cancel(e, ByIneligible)
		t.notify(e, outbox.Message{Kind: outbox.SignupCancelled, Cause: string(ByIneligible)})
	case e.holds() && consent != (e.State == AwaitingConsent):
		t.assignPlace(e, s, consent)
	case e.State == Waitlisted && consent:
		t.set(e, AwaitingConsent, nil)
		t.notify(e, outbox.Message{Kind: outbox.SignupAwaiting})
	case e.State == AwaitingConsent && !e.holds() && !consent && s.Free() > 0 && !t.queueMoves(s):
		t.assignPlace(e, s, false) // as for anybody who comes so late
	case e.State == AwaitingConsent && !e.holds() && !consent: // to the end of the queue
		t.set(e, Waitlisted, nil)
		t.notify(e, outbox.Message{Kind: outbox.SignupWaiting})
		s.queue = append(s.queue, e)
	}
	return reasons
}
