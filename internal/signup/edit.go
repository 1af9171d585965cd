package signup

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/outbox"
)

// Effect is what a change does to those who are in.
type Effect struct {
	Told     int        // people who are told of a new title, place or time
	Fields   []string   // names of what differs
	Affected []Affected // whose sign-up ends or moves, and who are told so
}

// Silent reports whether nobody notices.
func (e Effect) Silent() bool { return e.Told == 0 && len(e.Affected) == 0 }

// Overbooked says in which shifts more places are taken than there are to be. It is the cause of a
// Conflict fault.capacity.
type Overbooked []OverbookedShift

// OverbookedShift is one of them, with the number of places taken.
type OverbookedShift struct {
	ShiftID int64
	Taken   int
}

func (s Overbooked) Error() string {
	return fmt.Sprintf("signup: more taken than places: %v", []OverbookedShift(s))
}

// Edit writes a published event over with p as ChangeEvent does. Shifts that p leaves out are removed, slots without a
// shift's id added. agreed are the sign-ups whose change the actor has looked at (PreviewEdit).
//
// Who runs the event may, with the errors of ChangeEvent and, for what p says, those of Create
// and Publish in event. The host stays. What is not published is a Conflict event.Stale.
func (s *Store) Edit(ctx context.Context, actor account.Actor, id int64, version int, p event.Details, agreed []int64,
	now time.Time,
) (Effect, error) {
	c, err := s.edit(ctx, actor, id, version, p, now)
	if err != nil {
		return Effect{}, err
	}
	c.Agreed = append([]int64{}, agreed...)
	return s.change(ctx, actor, c, now, false)
}

// PreviewEdit is what Edit would do, with the same permission and errors. It changes nothing.
func (s *Store) PreviewEdit(ctx context.Context, actor account.Actor, id int64, version int, p event.Details,
	now time.Time,
) (Effect, error) {
	c, err := s.edit(ctx, actor, id, version, p, now)
	if err != nil {
		return Effect{}, err
	}
	return s.change(ctx, actor, c, now, true)
}

// edit is the change that makes an event p.
func (s *Store) edit(ctx context.Context, actor account.Actor, id int64, version int, p event.Details,
	now time.Time,
) (Change, error) {
	events := event.NewStore(s.db, s.city)
	was, err := events.Get(ctx, actor, id)
	switch {
	case err != nil:
		return Change{}, err
	case !was.State.Public() || was.Version != version:
		return Change{}, fault.Conflict(event.Stale)
	case was.State == event.Cancelled:
		return Change{}, fault.Conflict("signup.event_cancelled")
	case !now.Before(was.EndsAt):
		return Change{}, fault.Conflict("signup.over")
	case p.OrgID != was.OrgID:
		return Change{}, fault.Invalid(map[string]string{"org": "publishing.problem.host_fixed"})
	}
	for _, slot := range p.Slots { // before any words about it: it is not there
		if slot.ShiftID != 0 && !slices.ContainsFunc(was.Shifts,
			func(h event.Shift) bool { return h.ID == slot.ShiftID }) {
			return Change{}, fault.NotFound()
		}
	}
	if err := p.ValidateToPublish(s.city, now, was.Shifts).Err(); err != nil {
		return Change{}, err
	}
	if err := events.CheckReferences(ctx, s.db, p, was.Details); err != nil {
		return Change{}, err
	}
	c := Change{EventID: id, Details: p, Version: version}
	for _, h := range was.Shifts {
		if !slices.ContainsFunc(p.Slots, func(s event.Slot) bool { return s.ShiftID == h.ID }) {
			c.Remove = append(c.Remove, h.ID)
		}
	}
	for _, made := range p.ShiftsKeeping(was.Shifts, s.city.Location()) {
		to := ShiftChange{
			ID: made.ID, Title: made.Title, StartsAt: made.StartsAt, EndsAt: made.EndsAt,
			Capacity: made.Capacity, MinAge: made.MinAge,
		}
		if made.ID == 0 {
			c.Add = append(c.Add, to)
		} else {
			c.Shifts = append(c.Shifts, to)
		}
	}
	return c, nil
}

// notified is how many people are told of a changed event.
func (t *lockedTx) notified() int {
	people := map[int64]bool{}
	for _, m := range t.mails {
		if m.Message.Kind == outbox.EventChanged {
			people[m.of.PersonID] = true
		}
	}
	return len(people)
}

// writeShifts writes the shifts that come and go, and the co-hosts.
func (t *lockedTx) writeShifts(ctx context.Context, c Change) error {
	if len(c.Add) > 0 {
		shifts := make([]event.Shift, len(c.Add))
		for i, s := range c.Add {
			shifts[i] = event.Shift{
				Title: s.Title, StartsAt: s.StartsAt, EndsAt: s.EndsAt, Capacity: s.Capacity,
				MinAge: s.MinAge,
			}
		}
		if err := event.AddShifts(ctx, t.tx, c.EventID, shifts); err != nil {
			return err
		}
	}
	if len(c.Remove) > 0 {
		var b pgx.Batch
		b.Queue(`delete from signup where shift_id = any($1) and state = 'cancelled'`, c.Remove)
		b.Queue(`delete from shift where id = any($1)`, c.Remove)
		err := t.tx.SendBatch(ctx, &b).Close()
		if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23503" { // something is kept of who was in
			return fault.Invalid(map[string]string{"shifts": "publishing.problem.shift_used"})
		}
		if err != nil {
			return err
		}
	}
	return event.WriteCohosts(ctx, t.tx, c.EventID, c.Cohosts)
}
