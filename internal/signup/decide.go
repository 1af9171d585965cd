package signup

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/outbox"
)

// candidate is who as eligibility sees them for s.
func (t *lockedTx) candidate(who *person, s *lockedShift) event.Candidate {
	c := event.Candidate{BirthDate: who.birth, Consents: who.consents, NoShows: who.noShows}
	for _, e := range who.signups {
		if e.State == Cancelled {
			continue
		}
		if e.ShiftID == s.ID {
			c.In = true
			continue
		}
		from, to := t.hours(e)
		if to.After(t.now) {
			c.Open++
			if e.holds() {
				c.Placed++
			}
		}
		if e.State == Confirmed {
			c.Commitments = append(c.Commitments, event.Commitment{
				EventID: e.EventID, ShiftID: e.ShiftID, Title: e.Title, StartsAt: from, EndsAt: to,
			})
		}
	}
	slices.SortFunc(c.Commitments, func(a, b event.Commitment) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.ShiftID, b.ShiftID))
	})
	return c
}

// hours are a sign-up's, as this transaction will leave them.
func (t *lockedTx) hours(e *record) (from, to time.Time) {
	if s := t.shifts[e.ShiftID]; s != nil {
		return s.StartsAt, s.EndsAt
	}
	return e.StartsAt, e.EndsAt
}

// check says why who may not join s, the sign-up window included.
func (t *lockedTx) check(who *person, s *lockedShift) []event.Reason {
	return event.Check(t.candidate(who, s), *s.Event, s.Shift, t.city.Rules, t.city.Location(), t.now)
}

// recheck is check for somebody who is in already, without the window.
func (t *lockedTx) recheck(who *person, s *lockedShift) []event.Reason {
	return event.Recheck(t.candidate(who, s), *s.Event, s.Shift, t.city.Rules, t.city.Location())
}

// needsConsent reports whether a guardian must agree first.
func needsConsent(reasons []event.Reason) bool {
	return slices.ContainsFunc(reasons, event.Reason.NeedsConsent)
}

// holds reports whether the sign-up has a place.
func (e *record) holds() bool { return e.State == Confirmed || e.HoldUntil != nil }

// set changes a sign-up and its shift's counters. hold counts only while consent is awaited.
func (t *lockedTx) set(e *record, to State, hold *time.Time) {
	s := t.shifts[e.ShiftID]
	if e.State == Confirmed && to != Confirmed {
		t.releaseHours(e)
	}
	s.count(e, -1)
	e.State, e.HoldUntil, e.cause = to, hold, ""
	s.count(e, 1)
	if !e.dirty {
		e.dirty = true
		t.changed = append(t.changed, e)
	}
}

func (s *lockedShift) count(e *record, by int) {
	switch {
	case e.State == Confirmed:
		s.Confirmed += by
	case e.HoldUntil != nil:
		s.Held += by
	case e.State == Waitlisted:
		s.Waiting += by
	}
}

// cancel ends a sign-up.
func (t *lockedTx) cancel(e *record, cause CancelCause) {
	t.set(e, Cancelled, nil)
	e.cause = cause
}

// releaseHours notes that the person of e is no longer busy at its stored hours: where they wait for a
// place at those hours, the queue may move, from its head.
func (t *lockedTx) releaseHours(e *record) {
	for _, o := range t.people[e.PersonID].signups {
		if o.State != Waitlisted || !o.StartsAt.Before(e.EndsAt) || !e.StartsAt.Before(o.EndsAt) {
			continue
		}
		if s := t.shifts[o.ShiftID]; s != nil {
			s.next = 0
		} else {
			t.missing = append(t.missing, o.ShiftID)
		}
	}
}

// notify enqueues a mail about e, to its person.
func (t *lockedTx) notify(e *record, m outbox.Message) {
	m.PersonID, m.Seq = e.PersonID, t.now.UnixMicro()
	t.mails = append(t.mails, mail{m, e})
}

// holdUntil is until when a place of s is kept while a guardian is asked: a while, never beyond
// the end of the sign-up nor, so that the queue still gets the place, the cut-off. Which of
// these has passed already, as for somebody whom a coordinator adds late, is no limit.
func (t *lockedTx) holdUntil(s *lockedShift) *time.Time {
	until := t.now.Add(time.Duration(t.city.Rules.ConsentMinutes) * time.Minute)
	limits := []time.Time{s.Event.Cutoff(s.Shift), s.StartsAt, s.EndsAt}
	if s.Event.SignupClosesAt != nil {
		limits = append(limits, *s.Event.SignupClosesAt)
	}
	for _, l := range limits {
		if t.now.Before(l) && l.Before(until) {
			until = l
		}
	}
	until = until.Truncate(time.Microsecond) // as the database keeps it
	return &until
}

// queueMoves reports whether s's queue moves up when a place is free: until the cut-off.
func (t *lockedTx) queueMoves(s *lockedShift) bool {
	return s.Event.State == event.Published && t.now.Before(s.Event.Cutoff(s.Shift))
}

// promote gives the free places of all locked shifts to the first people waiting who may
// have them. Everything that frees a place ends here. Who is not eligible just now is passed
// over and keeps the place in the queue. After the cut-off nobody moves up: free places are open
// to whoever joins.
func (t *lockedTx) promote(ctx context.Context) error {
	order := slices.SortedFunc(maps.Values(t.shifts), func(a, b *lockedShift) int { return cmp.Compare(a.ID, b.ID) })
	for {
		var shifts, after []int64
		var page int
		for _, s := range order {
			if !t.queueMoves(s) {
				continue
			}
			t.moveUp(s)
			if s.Free() > 0 && !s.complete {
				shifts, after = append(shifts, s.ID), append(after, s.readTo)
				page = max(page, s.page, min(2*s.Free(), 1000))
				s.page *= 4
			}
		}
		if len(shifts) == 0 {
			return nil
		}
		var more []rowKey
		rows, _ := t.tx.Query(ctx, `select q.shift_id, q.person_id, q.state, q.queue_no
			from unnest(@shifts::bigint[], @after::bigint[]) s (shift_id, after)
			cross join lateral (
				select shift_id, person_id, state, queue_no from signup
				where shift_id = s.shift_id and state = 'waitlisted' and queue_no > s.after
				order by queue_no limit @page::int) q
			order by q.queue_no`, pgx.StrictNamedArgs{"shifts": shifts, "after": after, "page": page})
		if err := collect(&more)(rows); err != nil {
			return err
		}
		if err := t.lockPeople(ctx, nil, more); err != nil {
			return err
		}
	}
}

// moveUp promotes from as much of s's queue as is loaded.
func (t *lockedTx) moveUp(s *lockedShift) {
	for ; s.Free() > 0 && s.next < len(s.queue); s.next++ {
		e := s.queue[s.next]
		who := t.people[e.PersonID]
		if e.State != Waitlisted || who.suspended || len(t.recheck(who, s)) > 0 {
			continue
		}
		t.set(e, Confirmed, nil)
		t.notify(e, outbox.Message{Kind: outbox.SignupPromoted})
	}
}
