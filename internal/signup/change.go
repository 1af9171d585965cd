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

// Change is what becomes of an event: its title, place, rules and times. All fields are written.
// What does not concern those who are in (texts, contacts) is event's own to change.
type Change struct {
	EventID        int64
	Title          i18n.Text
	Place          i18n.Text
	District       string
	Lat, Lng       *float64
	AdultsOnly     event.Ground
	MinAge         int
	SignupOpensAt  *time.Time
	SignupClosesAt *time.Time
	CutoffMinutes  int
	Shifts         []ShiftChange // those left out stay as they are
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

// ChangeEvent changes an event's title, place, rules and times in one go. Whoever is in and may
// no longer come (age, adults only, night, another confirmed shift at the new hours) is
// cancelled and told; whose guardian must now agree awaits that, and keeps the place for a
// while; everybody else is told when the time, place or title changed. Then the queues move up.
// It returns those whose sign-up changed.
//
// Coordinators of the event's hosts and staff may; for anybody else the event is NotFound, and a
// shift that is not the event's too. Times that make no sense are Invalid, capacities below what
// is taken a Conflict fault.capacity; a cancelled event is a Conflict signup.event_cancelled, one
// that is over signup.over.
func (s *Store) ChangeEvent(ctx context.Context, actor account.Actor, c Change, now time.Time) ([]Affected, error) {
	return s.change(ctx, actor, c, now, false)
}

// Affected is whom ChangeEvent would affect, with the same permission and errors. It changes
// nothing.
func (s *Store) Affected(ctx context.Context, actor account.Actor, c Change, now time.Time) ([]Affected, error) {
	return s.change(ctx, actor, c, now, true)
}

// errLooked ends a turn that was only to look.
var errLooked = errors.New("signup: only looked")

func (s *Store) change(ctx context.Context, actor account.Actor, c Change, now time.Time, dry bool) (affected []Affected, err error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	err = s.take(ctx, now, s.wholeEvent(ctx, actor, c.EventID), func(t *turn) error {
		places, fields, err := t.apply(c)
		if err != nil {
			return err
		}
		affected = nil
		for _, p := range places {
			for _, e := range t.in(p) {
				if !p.was.StartsAt.After(now) {
					break // who came has come
				}
				if reasons := t.review(e, p); e.State != e.was {
					affected = append(affected, Affected{SignupID: e.ID, ShiftID: p.ID, PersonID: e.PersonID, From: e.was, To: e.State, Reasons: reasons})
				}
			}
			if p.Confirmed+p.Held > p.Capacity {
				return fault.Conflict("fault.capacity")
			}
		}
		if err := t.name(ctx, affected); err != nil {
			return err
		}
		if dry {
			return errLooked
		}
		t.tellChange(places)
		t.between = func(ctx context.Context) error { return t.writeChange(ctx, places) }
		return audit.Write(ctx, t.tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "event.change", Object: "event", ObjectID: c.EventID, Fields: fields})
	})
	if dry && errors.Is(err, errLooked) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return affected, nil
}

// wholeEvent is the scope of a turn over all shifts of an event that actor runs.
func (s *Store) wholeEvent(ctx context.Context, actor account.Actor, eventID int64) func(pgx.Tx) (scope, error) {
	return func(tx pgx.Tx) (scope, error) {
		rows, _ := tx.Query(ctx, `select s.id from shift s join event e on e.id = s.event_id where e.id = @id and `+event.Managing+` order by s.id`,
			event.Manager(actor, eventID))
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err == nil && len(ids) == 0 {
			err = fault.NotFound()
		}
		return scope{shifts: ids, all: ids}, err
	}
}

// of is the places of one event, the latest first: when two of somebody's shifts come to
// overlap, the later one yields.
func (t *turn) of(eventID int64) []*place {
	places := slices.SortedFunc(maps.Values(t.places), func(a, b *place) int {
		return cmp.Or(b.StartsAt.Compare(a.StartsAt), cmp.Compare(b.ID, a.ID))
	})
	return slices.DeleteFunc(places, func(p *place) bool { return p.EventID != eventID })
}

// in is everybody in p, by the age of their sign-up. Only for places loaded whole.
func (t *turn) in(p *place) (in []*entry) {
	for _, who := range t.people {
		if e := who.entries[p.ID]; e != nil && e.State != Cancelled {
			in = append(in, e)
		}
	}
	slices.SortFunc(in, func(a, b *entry) int { return cmp.Compare(a.ID, b.ID) })
	return in
}

// review holds somebody who is in against the rules as they are now: whoever may no longer have
// a place is cancelled, a place without the consent it needs awaits one, and a consent that is
// no longer needed is no longer awaited. It returns what stands against them.
//
// Somebody who only waits may well be busy at those hours: they are passed over while they are.
func (t *turn) review(e *entry, p *place) (against []event.Reason) {
	for _, r := range t.stillAgainst(t.people[e.PersonID], p) {
		if r.Cause != event.TooMany && (r.Cause != event.Clash || e.State == Confirmed) {
			against = append(against, r)
		}
	}
	consent := needsConsent(against)
	switch {
	case event.Refuses(against):
		t.cancel(e, ByIneligible)
		t.tell(e, outbox.Mail{Mail: outbox.SignupCancelled, Cause: string(ByIneligible)})
	case e.holds() && consent != (e.State == AwaitingConsent):
		t.settle(e, p, consent)
	case e.State == Waitlisted && consent:
		t.set(e, AwaitingConsent, nil)
		t.tell(e, outbox.Mail{Mail: outbox.SignupAwaiting})
	case e.State == AwaitingConsent && !e.holds() && !consent && p.Free() > 0 && !t.moves(p):
		t.settle(e, p, false) // as for anybody who comes so late
	case e.State == AwaitingConsent && !e.holds() && !consent: // to the end of the queue
		t.set(e, Waitlisted, nil)
		t.tell(e, outbox.Mail{Mail: outbox.SignupWaiting})
		p.queue = append(p.queue, e)
	}
	return against
}
