package event

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Duplicate makes a draft that is an event again, on a day yet to be chosen: all is kept, hours
// of the day and places too, but the days and the dates of the sign-up window. It returns the
// draft's id; the same formKey again returns the draft that it made and writes nothing.
//
// Coordinators of the host may, and staff; for anybody else, those of a co-host too, it is
// NotFound.
func (s *Store) Duplicate(ctx context.Context, actor account.Actor, id int64, formKey string,
	now time.Time,
) (made int64, err error) {
	err = s.hosted(ctx, actor, id, func(tx pgx.Tx, h ManagedEvent) error {
		slots := slices.Clone(h.Slots)
		for i := range slots {
			slots[i].Day = ""
		}
		key := "copy:" + strconv.FormatInt(id, 10) + ":" + formKey
		ids, err := insertCopies(ctx, tx, id, 0, Draft, []copySpec{{key: key, slots: slots}}, now)
		if err != nil {
			return err
		}
		if made = ids[key]; made == 0 { // the form was sent before
			return postgres.Fault(tx.QueryRow(ctx, `select id from event where form_key = $1 and org_id = $2`, key,
				h.OrgID).Scan(&made))
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "event.create",
			Object: "event", ObjectID: made,
		})
	})
	return made, err
}

// Delete takes a draft away for good, one that the headquarters has sent back too. Sent twice by
// the same person it does no more.
//
// Who runs the event may; for anybody else it is NotFound. What has been handed in or published
// is a Conflict series.not_a_draft, and so is a draft for which somebody has ever signed up.
func (s *Store) Delete(ctx context.Context, actor account.Actor, id int64, now time.Time) error {
	err := s.locked(ctx, actor, id, func(tx pgx.Tx, h ManagedEvent) error {
		if h.State != Draft {
			return fault.Conflict("series.not_a_draft")
		}
		if _, err := tx.Exec(ctx, `delete from event where id = $1`, id); err != nil {
			// somebody signed up, something is kept of it
			if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "23503" {
				return fault.Conflict("series.not_a_draft")
			}
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "event.delete",
			Object: "event", ObjectID: id,
		})
	})
	if fault.Of(err) != fault.KindNotFound {
		return err
	}
	var mine bool
	if e := s.db.QueryRow(ctx,
		`select exists (select from audit where object = 'event' and object_id = $1 and verb = 'event.delete'
			and actor_id = $2)`,
		id, actor.PersonID).Scan(&mine); e != nil || !mine {
		return err
	}
	return nil
}

// hosted is locked for coordinators of the event's host and staff: what is made of an event
// belongs to its host.
func (s *Store) hosted(ctx context.Context, actor account.Actor, id int64, do func(pgx.Tx, ManagedEvent) error) error {
	return s.locked(ctx, actor, id, func(tx pgx.Tx, h ManagedEvent) error {
		if !h.HostedBy(actor) {
			return fault.NotFound()
		}
		return do(tx, h)
	})
}

// HostedBy reports whether actor acts for the event's host, and not for a co-host alone.
func (h ManagedEvent) HostedBy(actor account.Actor) bool {
	return actor.ActsFor(h.OrgID)
}

// copySpec is one event to be made of another: what is its own.
type copySpec struct {
	key           string // of the form, unique: made once however often it is sent
	slots         []Slot
	from, to      time.Time // zero in a draft without days
	opens, closes *time.Time
}

// insertCopies makes events of the event id, each with all that is written in it, in one statement
// whatever their number; series is 0 for none. It returns the new ids by key: a key that was
// there before is left out. What is published gets its shifts. The caller sees to the
// permission and the audit.
func insertCopies(ctx context.Context, tx pgx.Tx, id, series int64, state State, list []copySpec,
	now time.Time,
) (map[string]int64, error) {
	n := len(list)
	keys, slots := make([]string, n), make([]string, n)
	from, to, opens, closes := make([]*time.Time, n), make([]*time.Time, n), make([]*time.Time, n),
		make([]*time.Time, n)
	for i, c := range list {
		written := c.slots
		if state == Published {
			written = nil // they become shifts
		}
		text, err := json.Marshal(append([]Slot{}, written...))
		if err != nil {
			return nil, err
		}
		keys[i], slots[i], from[i], to[i], opens[i], closes[i] = c.key, string(text), orNull(c.from), orNull(c.to),
			c.opens, c.closes
	}
	columns := CopiedColumns()
	rows, _ := tx.Query(ctx, `insert into event (form_key, series_id, state, published_at, slots, starts_at, ends_at,
			signup_opens_at, signup_closes_at, created_at, updated_at, `+strings.Join(columns, ", ")+`)
		select u.key, nullif(@series::bigint, 0), @state, case when @state = 'published' then @now::timestamptz end,
			u.slots::jsonb, u.starts_at, u.ends_at, u.opens, u.closes, @now, @now, e.`+strings.Join(columns, ", e.")+`
		from event e, unnest(@keys::text[], @slots::text[], @from::timestamptz[], @to::timestamptz[],
			@opens::timestamptz[], @closes::timestamptz[])
			with ordinality u (key, slots, starts_at, ends_at, opens, closes, n)
		where e.id = @id order by u.n
		on conflict (form_key) do nothing returning form_key, id`, pgx.StrictNamedArgs{
		"id": id, "series": series, "state": string(state), "now": now, "keys": keys, "slots": slots,
		"from": from, "to": to, "opens": opens, "closes": closes,
	})
	made := map[string]int64{}
	var key string
	var newID int64
	if _, err := pgx.ForEachRow(rows, []any{&key, &newID}, func() error {
		made[key] = newID
		return nil
	}); err != nil {
		return nil, postgres.Fault(err)
	}
	if _, err := tx.Exec(ctx, `insert into event_cohost (event_id, org_id)
		select u.id, h.org_id from unnest($2::bigint[]) u (id), event_cohost h where h.event_id = $1`, id,
		values(made)); err != nil {
		return nil, postgres.Fault(err)
	}
	return made, nil
}

func values(made map[string]int64) []int64 {
	ids := make([]int64, 0, len(made))
	for _, id := range made {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// sameTitle is the days on which an organisation has another event of the same title, by the
// calendar of zone, each with that event.
func sameTitle(ctx context.Context, db postgres.DB, orgID, except int64, title i18n.Text, from, to time.Time,
	zone *time.Location,
) (map[string]int64, error) {
	days := map[string]int64{}
	if title.IsZero() {
		return days, nil
	}
	rows, _ := db.Query(ctx, `select id, starts_at from event where org_id = $1 and starts_at >= $2 and starts_at < $3
		and state <> 'cancelled' and title = $4 and id <> $5 order by id desc`, orgID, from, to, title, except)
	var id int64
	var at time.Time
	_, err := pgx.ForEachRow(rows, []any{&id, &at}, func() error {
		days[at.In(zone).Format(time.DateOnly)] = id
		return nil
	})
	return days, postgres.Fault(err)
}
