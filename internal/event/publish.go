package event

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Publish publishes a draft: at once when the headquarters trusts its host or staff publish it,
// otherwise it goes to the headquarters' review. It returns the state that the event has then.
// What is published, or under review, stays as it is: the button pressed twice does no more.
//
// Who runs the event may; for anybody else it is NotFound. What is still missing is Invalid by
// field. version is the one looked at, 0 for whichever; another is a Conflict Stale. A cancelled
// event is a Conflict signup.event_cancelled.
func (s *Store) Publish(ctx context.Context, actor account.Actor, id int64, version int,
	now time.Time,
) (state State, err error) {
	err = s.locked(ctx, actor, id, func(tx pgx.Tx, h ManagedEvent) error {
		state = h.State
		switch {
		case h.State == Published || h.State == Review && !actor.Can(account.RunAllEvents):
			return nil
		case h.State == Cancelled:
			return fault.Conflict("signup.event_cancelled")
		case version != 0 && version != h.Version:
			return fault.Conflict(Stale)
		}
		if err := h.ValidateToPublish(s.city, now, nil).Err(); err != nil {
			return err
		}
		if h.Host == org.Trusted || actor.Can(account.RunAllEvents) {
			state = Published
			return s.publish(ctx, tx, actor, h, "event.publish", now)
		}
		state = Review
		if _, err := tx.Exec(ctx,
			`update event set state = 'review', submitted_at = $2, version = version + 1, updated_at = $2
				where id = $1`, id, now); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "event.submit",
			Object: "event", ObjectID: id, Fields: []string{"state"},
		})
	})
	return state, err
}

// locked runs do in a transaction that holds the event, which actor must run.
func (s *Store) locked(ctx context.Context, actor account.Actor, id int64, do func(pgx.Tx, ManagedEvent) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		h, err := s.get(ctx, tx, actor, id, ` for no key update of e`)
		if err != nil {
			return err
		}
		return do(tx, h)
	})
}

// publish makes the slots shifts and the event visible to all.
func (s *Store) publish(ctx context.Context, tx pgx.Tx, actor account.Actor, h ManagedEvent, verb string,
	now time.Time,
) error {
	shifts := h.Details.Shifts(s.city.Location())
	if len(h.Shifts) == 0 {
		if err := AddShifts(ctx, tx, h.ID, shifts); err != nil {
			return err
		}
	}
	from, to := span(shifts)
	if _, err := tx.Exec(ctx,
		`update event set state = 'published', published_at = $2, starts_at = $3, ends_at = $4, slots = '[]',
			looked_at = $5,
			returned = '', returned_at = null, version = version + 1, updated_at = $2 where id = $1`, h.ID, now, from,
		to, h.Details); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: verb, Object: "event",
		ObjectID: h.ID, Fields: []string{"state"},
	})
}

// AddShifts writes new shifts of an event, in the caller's transaction; the caller sees to the
// permission, the event's own hours and the audit.
func AddShifts(ctx context.Context, tx pgx.Tx, id int64, shifts []Shift) error {
	shifts = slices.Clone(shifts)
	for i := range shifts {
		shifts[i].EventID = id
	}
	return addShifts(ctx, tx, shifts)
}

// addShifts is AddShifts for shifts that say which event is theirs.
func addShifts(ctx context.Context, tx pgx.Tx, shifts []Shift) error {
	n := len(shifts)
	ids, titles, from, to := make([]int64, n), make([]string, n), make([]time.Time, n), make([]time.Time, n)
	capacities, ages := make([]int, n), make([]int, n)
	for i, s := range shifts {
		title, err := json.Marshal(s.Title)
		if err != nil {
			return err
		}
		ids[i], titles[i], from[i], to[i], capacities[i], ages[i] = s.EventID, string(title), s.StartsAt, s.EndsAt,
			s.Capacity, s.MinAge
	}
	_, err := tx.Exec(ctx, `insert into shift (event_id, title, starts_at, ends_at, capacity, min_age)
		select u.event_id, u.title::jsonb, u.starts_at, u.ends_at, u.capacity, nullif(u.min_age, 0)
		from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[])
			with ordinality u (event_id, title, starts_at, ends_at, capacity, min_age, n) order by u.n`,
		ids, titles, from, to, capacities, ages)
	return postgres.Fault(err)
}
