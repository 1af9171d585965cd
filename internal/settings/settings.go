// Package settings keeps what an administrator sets over the city's file: names, districts, thresholds,
// colours, and the texts that people agree to. A portal is built of what it loads here, and built again
// when that changes (web/portal).
package settings

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Store reads and writes the settings.
type Store struct{ db *pgxpool.Pool }

// NewStore makes one.
func NewStore(db *pgxpool.Pool) *Store { return &Store{db} }

// Version names the state of the settings; each change gives another one.
type Version string

const version = `select coalesce(max(id), 0) || '/' || (select coalesce(max(id), 0) from consent_text)
	from city_setting`

// Version is the current one.
func (s *Store) Version(ctx context.Context) (v Version, err error) {
	err = s.db.QueryRow(ctx, version).Scan(&v)
	return v, postgres.Fault(err)
}

// Load is base with what has been set over it, and its version.
func (s *Store) Load(ctx context.Context, base *config.City) (c *config.City, v Version, err error) {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err = pgx.BeginTxFunc(ctx, s.db, options, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, version).Scan(&v); err != nil {
			return err
		}
		city := *base
		if _, city.Settings, err = current(ctx, tx, base); err != nil {
			return err
		}
		city.Consents, err = currentConsents(ctx, tx)
		c = &city
		return err
	})
	return c, v, postgres.Fault(err)
}

// current is the settings as they are, and the row that holds them, 0 when they are the city's file.
func current(ctx context.Context, db postgres.DB, base *config.City) (id int64, set config.Settings, err error) {
	set = base.Settings
	set.Districts = slices.Clone(set.Districts)
	rows, _ := db.Query(ctx, `select id, facts from city_setting order by id desc limit 1`)
	_, err = pgx.ForEachRow(rows, []any{&id, &set}, func() error { return nil })
	return id, set, err
}

// Current is the settings as they are, to be changed, and the number that Save asks for. It takes SetCity;
// for anybody else it is Forbidden.
func (s *Store) Current(ctx context.Context, actor account.Actor, base *config.City) (int64, config.Settings, error) {
	if !actor.Can(account.SetCity) {
		return 0, config.Settings{}, fault.Forbidden()
	}
	id, set, err := current(ctx, s.db, base)
	return id, set, postgres.Fault(err)
}

// Stale is the key of the Conflict when somebody else has changed the settings meanwhile.
const Stale = "settings.stale"

// Save replaces the settings. number is what Current gave: when somebody has saved since, that is a Conflict
// Stale and nothing is written. What is set already changes nothing. A new district gets its slug; one that
// is there stays, and may be closed.
//
// It takes SetCity; for anybody else it is Forbidden. Invalid with the fields to correct.
func (s *Store) Save(
	ctx context.Context, actor account.Actor, base *config.City, number int64, set config.Settings, now time.Time,
) error {
	if !actor.Can(account.SetCity) {
		return fault.Forbidden()
	}
	if err := validate(&set).Err(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table city_setting in share row exclusive mode`); err != nil {
			return err
		}
		id, was, err := current(ctx, tx, base)
		if err != nil {
			return err
		}
		set.Districts = mergeDistricts(was.Districts, set.Districts)
		fields := Fields.Diff(&set, &was)
		switch {
		case len(fields) == 0:
			return nil
		case id != number:
			return fault.Conflict(Stale)
		}
		err = tx.QueryRow(ctx, `insert into city_setting (facts, saved_by, saved_at) values ($1, $2, $3) returning id`,
			set, actor.PersonID, now).Scan(&id)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "settings.save", Object: "city_setting", ObjectID: id,
			Fields: fields,
		})
	})
}

// mergeDistricts is the districts that are there, as they are to be, and then the new ones with their slugs.
func mergeDistricts(there, wanted []config.District) []config.District {
	list := slices.Clone(there)
	taken := map[string]bool{}
	for i, d := range list {
		taken[d.Slug] = true
		if j := slices.IndexFunc(wanted, func(w config.District) bool { return w.Slug == d.Slug }); j >= 0 {
			list[i] = wanted[j]
		}
	}
	for _, d := range wanted {
		if d.Slug == "" {
			d.Slug = unused(i18n.Slug(d.Name), "district", taken)
			taken[d.Slug] = true
			list = append(list, d)
		}
	}
	return list
}
