package event

import (
	"context"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// Publish publishes a draft: at once when the headquarters trusts its host or staff publish it,
// otherwise it goes to the headquarters' review. It returns the state that the event has then.
// What is published, or under review, stays as it is: the button pressed twice does no more.
//
// Who runs the event may; for anybody else it is NotFound. What is still missing is Invalid by
// field. version is the one looked at, 0 for whichever; another is a Conflict Stale. A cancelled
// event is a Conflict signup.event_cancelled.
func (s *Store) Publish(ctx context.Context, actor account.Actor, id int64, version int, now time.Time) (state State, err error) {
	err = s.locked(ctx, actor, id, func(tx pgx.Tx, h Held) error {
		state = h.State
		switch {
		case h.State == Published || h.State == Review && !actor.IsStaff():
			return nil
		case h.State == Cancelled:
			return fault.Conflict("signup.event_cancelled")
		case version != 0 && version != h.Version:
			return fault.Conflict(Stale)
		}
		if err := h.Problems(s.city, now, nil).Err(); err != nil {
			return err
		}
		if h.Trusted || actor.IsStaff() {
			state = Published
			return s.publish(ctx, tx, actor, h, "event.publish", now)
		}
		state = Review
		if _, err := tx.Exec(ctx, `update event set state = 'review', submitted_at = $2, version = version + 1, updated_at = $2 where id = $1`, id, now); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "event.submit", Object: "event", ObjectID: id, Fields: []string{"state"}})
	})
	return state, err
}

// Approve publishes an event that is under review. Staff may; for anybody else it is NotFound.
// version is the one looked at, 0 for whichever; another is a Conflict Stale. A day that has
// passed meanwhile, like anything else missing, is Invalid. What is published stays so; what is
// no longer under review is a Conflict publishing.not_in_review.
func (s *Store) Approve(ctx context.Context, actor account.Actor, id int64, version int, now time.Time) error {
	return s.reviewed(ctx, actor, id, version, func(tx pgx.Tx, h Held) error {
		if h.State == Published {
			return nil
		}
		if err := h.Problems(s.city, now, nil).Err(); err != nil {
			return err
		}
		return s.publish(ctx, tx, actor, h, "event.approve", now)
	})
}

// MaxReturned is how long the headquarters' words may be, in letters.
const MaxReturned = 1000

// Return sends an event under review back to its host as a draft, with words that say what is to
// be done. Staff may; the errors are those of Approve. Without words it is Invalid "words".
func (s *Store) Return(ctx context.Context, actor account.Actor, id int64, version int, words string, now time.Time) error {
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); n == 0 || n > MaxReturned {
		return fault.Invalid(map[string]string{"words": "publishing.problem.words"})
	}
	return s.reviewed(ctx, actor, id, version, func(tx pgx.Tx, h Held) error {
		if h.State == Published {
			return fault.Conflict("publishing.not_in_review")
		}
		if _, err := tx.Exec(ctx, `update event set state = 'draft', returned = $2, returned_at = $3, version = version + 1, updated_at = $3 where id = $1`,
			id, words, now); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "event.return", Object: "event", ObjectID: id, Fields: []string{"state", "returned"}})
	})
}

// reviewed runs do for staff on an event that is under review, or was and is published.
func (s *Store) reviewed(ctx context.Context, actor account.Actor, id int64, version int, do func(pgx.Tx, Held) error) error {
	if !actor.IsStaff() {
		return fault.NotFound()
	}
	return s.locked(ctx, actor, id, func(tx pgx.Tx, h Held) error {
		switch {
		case h.State == Published && h.SubmittedAt != nil:
		case h.State != Review:
			return fault.Conflict("publishing.not_in_review")
		case version != 0 && version != h.Version:
			return fault.Conflict(Stale)
		}
		return do(tx, h)
	})
}

// locked runs do in a transaction that holds the event, which actor must run.
func (s *Store) locked(ctx context.Context, actor account.Actor, id int64, do func(pgx.Tx, Held) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		h, err := s.get(ctx, tx, actor, id, ` for no key update of e`)
		if err != nil {
			return err
		}
		return do(tx, h)
	})
}

// publish makes the slots shifts and the event visible to all.
func (s *Store) publish(ctx context.Context, tx pgx.Tx, actor account.Actor, h Held, verb string, now time.Time) error {
	shifts := h.Plan.Shifts(s.city.Location())
	if len(h.Shifts) == 0 {
		if err := AddShifts(ctx, tx, h.ID, shifts); err != nil {
			return err
		}
	}
	from, to := span(shifts)
	if _, err := tx.Exec(ctx, `update event set state = 'published', published_at = $2, starts_at = $3, ends_at = $4, slots = '[]',
			returned = '', returned_at = null, version = version + 1, updated_at = $2 where id = $1`, h.ID, now, from, to); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: verb, Object: "event", ObjectID: h.ID, Fields: []string{"state"}})
}

// AddShifts writes new shifts of an event, in the caller's transaction; the caller sees to the
// permission, the event's own hours and the audit.
func AddShifts(ctx context.Context, tx pgx.Tx, id int64, shifts []Shift) error {
	n := len(shifts)
	titles, from, to := make([]string, n), make([]time.Time, n), make([]time.Time, n)
	capacities, ages := make([]int, n), make([]int, n)
	for i, s := range shifts {
		title, err := json.Marshal(s.Title)
		if err != nil {
			return err
		}
		titles[i], from[i], to[i], capacities[i], ages[i] = string(title), s.StartsAt, s.EndsAt, s.Capacity, s.MinAge
	}
	_, err := tx.Exec(ctx, `insert into shift (event_id, title, starts_at, ends_at, capacity, min_age)
		select $1, u.title::jsonb, u.starts_at, u.ends_at, u.capacity, nullif(u.min_age, 0)
		from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[])
			with ordinality u (title, starts_at, ends_at, capacity, min_age, n) order by u.n`,
		id, titles, from, to, capacities, ages)
	return postgres.Fault(err)
}
