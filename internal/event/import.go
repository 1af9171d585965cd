package event

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Imported is an event that comes from elsewhere. Key tells it from its host's others that came
// so; one that is there already is left as it is.
type Imported struct {
	Details Details `json:"details"`
	Key     string  `json:"key"`
}

// ImportedKeys are the keys of those of imported that a host has already, however they came there: under
// the same key, or with the same title and start unless both carry numbers of the host's own.
func (s *Store) ImportedKeys(ctx context.Context, db postgres.DB, orgID int64,
	imported []Imported,
) (map[string]bool, error) {
	n := len(imported)
	keys, kk, ru, starts := make([]string, n), make([]string, n), make([]string, n), make([]time.Time, n)
	for i, e := range imported {
		keys[i], kk[i], ru[i] = e.Key, strings.TrimSpace(e.Details.Title.KK), strings.TrimSpace(e.Details.Title.RU)
		starts[i], _ = span(e.Details.Shifts(s.city.Location()))
	}
	rows, _ := db.Query(ctx, `select r.key
		from unnest(@keys::text[], @starts::timestamptz[], @kk::text[], @ru::text[]) r (key, starts_at, kk, ru)
		where exists (select from event e where e.org_id = @org and e.import_key = r.key)
			or exists (select from event e where e.org_id = @org and e.starts_at = r.starts_at
				and (e.import_key is null or not starts_with(e.import_key, @own) or not starts_with(r.key, @own))
				and (r.kk <> '' and lower(e.title ->> 'kk') = lower(r.kk) or r.ru <> ''
					and lower(e.title ->> 'ru') = lower(r.ru)))`,
		pgx.StrictNamedArgs{"org": orgID, "keys": keys, "starts": starts, "kk": kk, "ru": ru, "own": NumberKey})
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	known := make(map[string]bool, len(found))
	for _, k := range found {
		known[k] = true
	}
	return known, postgres.Fault(err)
}

// NumberKey is what the key of an event begins with that is a number of its host's own.
const NumberKey = "own:"

// Import makes events of one host of Details that have no problems, in the caller's transaction and a
// fixed number of statements, and returns how many are new. Those that are over are published as
// they were, without sign-ups; coming ones become drafts or, with publish, are published, or go to
// the headquarters' review where the host is not trusted. A paused host's stay drafts.
//
// The permission is the caller's to check; campaigns must be open to the host.
func (s *Store) Import(ctx context.Context, tx pgx.Tx, actor account.Actor, orgID int64, imported []Imported,
	publish bool, now time.Time,
) (int, error) {
	var host org.State // its lock makes two files of one host wait for each other
	if err := tx.QueryRow(ctx, `select state from org where id = $1 for no key update`, orgID).
		Scan(&host); err != nil {
		return 0, postgres.Fault(err)
	}
	trusted := host == org.Trusted || actor.Can(account.RunAllEvents)
	publish = publish && host.Publishes()
	known, err := s.ImportedKeys(ctx, tx, orgID, imported)
	if err != nil {
		return 0, err
	}
	zone := s.city.Location()
	type shift struct {
		Key      string    `json:"key"`
		StartsAt time.Time `json:"starts_at"`
		EndsAt   time.Time `json:"ends_at"`
		Capacity int       `json:"capacity"`
		MinAge   int       `json:"min_age"`
	}
	events := make([]map[string]any, 0, len(imported))
	shifts := make([]shift, 0, len(imported))
	for _, e := range imported {
		if known[e.Key] {
			continue
		}
		p := e.Details
		made := p.Shifts(zone)
		from, to := span(made)
		if len(made) == 0 || from.IsZero() {
			return 0, fault.Invalid(map[string]string{"shifts": "publishing.problem.no_shift"})
		}
		state, over := Draft, !to.After(now)
		switch {
		case trusted && (over || publish):
			state = Published
		case over:
			return 0, fault.Forbidden()
		case publish:
			state = Review
		}
		slots := p.Slots
		if state == Published {
			slots = []Slot{}
			for _, m := range made {
				shifts = append(shifts, shift{e.Key, m.StartsAt, m.EndsAt, m.Capacity, m.MinAge})
			}
		}
		row := p.Values()
		row["state"], row["slots"], row["starts_at"], row["ends_at"] = state, slots, from, to
		row["org_id"], row["imported"], row["import_key"] = orgID, over, e.Key
		events = append(events, row)
	}
	eventsJSON, err := json.Marshal(events)
	if err != nil {
		return 0, err
	}
	shiftsJSON, err := json.Marshal(shifts)
	if err != nil {
		return 0, err
	}
	var n int
	err = tx.QueryRow(ctx, `
		with made as (
			insert into event (`+columnsOf(allFields)+`, state, slots, starts_at, ends_at, imported, import_key,
				created_at, updated_at, published_at, submitted_at)
			select `+columnsOf(allFields)+`, state, slots, starts_at, ends_at, imported, import_key, @now, @now,
				case when state = 'published' then @now::timestamptz end, case
					when state = 'review' then @now::timestamptz end
			from jsonb_populate_recordset(null::event, @events)
			on conflict (org_id, import_key) where import_key is not null do nothing
			returning id, import_key),
		shifts as (
			insert into shift (event_id, starts_at, ends_at, capacity, min_age)
			select m.id, r.starts_at, r.ends_at, r.capacity, nullif(r.min_age, 0)
			from made m join jsonb_to_recordset(@shifts) r (key text, starts_at timestamptz, ends_at timestamptz,
				capacity int, min_age int) on r.key = m.import_key),
		noted as (
			insert into audit (at, actor_id, verb, object, object_id, from_ip)
			select @now, @actor, 'event.import', 'event', id, nullif(@from, '') from made)
		select count(*) from made`,
		pgx.StrictNamedArgs{
			"now": now, "actor": actor.PersonID, "from": audit.Address(ctx),
			"events": string(eventsJSON), "shifts": string(shiftsJSON),
		}).Scan(&n)
	return n, postgres.Fault(err)
}
