// Package settings keeps what an administrator sets over the city's file: names, districts,
// thresholds, colours, and the texts that people agree to. A portal is built of what it loads
// here, and built anew when that changes (internal/portal).
package settings

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Facts are what an administrator sets of a city.
type Facts struct {
	Name         i18n.Text
	Headquarters i18n.Text
	Centre       i18n.Text
	Email        string
	Phone        string
	Palette      string // of config.Palettes
	Districts    []config.District
	Rules        config.Rules
}

// Of is the facts of a city as it is.
func Of(c *config.City) Facts {
	return Facts{
		Name: c.Name, Headquarters: c.Headquarters, Centre: c.Centre, Email: c.Email, Phone: c.Phone,
		Palette: c.Palette, Districts: slices.Clone(c.Districts), Rules: c.Rules,
	}
}

// over is a city with f in place of its own facts.
func (f Facts) over(base *config.City) *config.City {
	c := *base
	c.Name, c.Headquarters, c.Centre, c.Email, c.Phone = f.Name, f.Headquarters, f.Centre, f.Email, f.Phone
	c.Palette, c.Districts, c.Rules = f.Palette, f.Districts, f.Rules
	return &c
}

// Store reads and writes the settings.
type Store struct{ db *pgxpool.Pool }

// NewStore makes one.
func NewStore(db *pgxpool.Pool) *Store { return &Store{db} }

// Version names what the settings are; it is another one after each change. "" is the city's file
// alone.
type Version string

const version = `select coalesce(max(id), 0) || '/' || (select coalesce(max(id), 0) from consent_text) from city_setting`

// Version is the one that holds now.
func (s *Store) Version(ctx context.Context) (v Version, err error) {
	err = s.db.QueryRow(ctx, version).Scan(&v)
	return v, postgres.Fault(err)
}

// Load is base with what has been set over it, and its version.
func (s *Store) Load(ctx context.Context, base *config.City) (c *config.City, v Version, err error) {
	err = pgx.BeginTxFunc(ctx, s.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, version).Scan(&v); err != nil {
			return err
		}
		_, f, err := current(ctx, tx, base)
		if err != nil {
			return err
		}
		c = f.over(base)
		c.Consents = map[config.Purpose]config.Consent{}
		rows, _ := tx.Query(ctx, `select distinct on (purpose) purpose, version, body from consent_text order by purpose, id desc`)
		var p config.Purpose
		var t config.Consent
		_, err = pgx.ForEachRow(rows, []any{&p, &t.Version, &t.Body}, func() error {
			c.Consents[p] = t
			t.Body = i18n.Text{}
			return nil
		})
		return err
	})
	return c, v, postgres.Fault(err)
}

// current is the facts as they are, and the row that holds them, 0 when it is the city's file.
func current(ctx context.Context, db postgres.DB, base *config.City) (id int64, f Facts, err error) {
	f = Of(base)
	rows, _ := db.Query(ctx, `select id, facts from city_setting order by id desc limit 1`)
	_, err = pgx.ForEachRow(rows, []any{&id, &f}, func() error { return nil })
	return id, f, err
}

// Current is the facts as they are, to be changed, and the number that Save asks for.
// Administrators may; for anybody else it is Forbidden.
func (s *Store) Current(ctx context.Context, actor account.Actor, base *config.City) (int64, Facts, error) {
	if !actor.Can(account.SetCity) {
		return 0, Facts{}, fault.Forbidden()
	}
	id, f, err := current(ctx, s.db, base)
	return id, f, postgres.Fault(err)
}

// Stale is the key of the Conflict when somebody else has changed the settings meanwhile.
const Stale = "settings.stale"

// Save sets facts over the city's file. was is the number that Current gave: when somebody has
// saved since, that is a Conflict Stale and nothing is written. What is set already changes
// nothing. A new district gets its slug; one that is there is closed, not taken away.
//
// Administrators may; for anybody else it is Forbidden. Invalid with the fields to correct.
func (s *Store) Save(ctx context.Context, actor account.Actor, base *config.City, was int64, f Facts, now time.Time) error {
	if !actor.Can(account.SetCity) {
		return fault.Forbidden()
	}
	if err := f.check().Err(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table city_setting in share row exclusive mode`); err != nil {
			return err
		}
		id, is, err := current(ctx, tx, base)
		if err != nil {
			return err
		}
		f.Districts = named(is.Districts, f.Districts)
		fields := f.differs(is)
		switch {
		case len(fields) == 0:
			return nil
		case id != was:
			return fault.Conflict(Stale)
		}
		if err := tx.QueryRow(ctx, `insert into city_setting (facts, saved_by, saved_at) values ($1, $2, $3) returning id`, f, actor.PersonID, now).Scan(&id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "settings.save", Object: "city_setting", ObjectID: id, Fields: fields})
	})
}

// named is the districts that are there, as wish has them, and then the new ones with their slugs.
func named(are, wish []config.District) []config.District {
	list := slices.Clone(are)
	taken := map[string]bool{}
	for i, d := range list {
		taken[d.Slug] = true
		if j := slices.IndexFunc(wish, func(w config.District) bool { return w.Slug == d.Slug }); j >= 0 {
			list[i] = wish[j]
		}
	}
	for _, w := range wish {
		if w.Slug != "" {
			continue
		}
		base := i18n.Slug(w.Name)
		if base == "" {
			base = "district"
		}
		w.Slug = base
		for n := 2; taken[w.Slug]; n++ {
			w.Slug = fmt.Sprintf("%s-%d", base, n)
		}
		taken[w.Slug] = true
		list = append(list, w)
	}
	return list
}

// differs names what f says otherwise than was.
func (f Facts) differs(was Facts) (fields []string) {
	for _, d := range []struct {
		name string
		yes  bool
	}{
		{"name", f.Name != was.Name},
		{"headquarters", f.Headquarters != was.Headquarters},
		{"centre", f.Centre != was.Centre},
		{"email", f.Email != was.Email},
		{"phone", f.Phone != was.Phone},
		{"palette", f.Palette != was.Palette},
		{"districts", !slices.Equal(f.Districts, was.Districts)},
		{"rules", f.Rules != was.Rules},
	} {
		if d.yes {
			fields = append(fields, d.name)
		}
	}
	return fields
}

// Bounds of what is set.
const (
	NameMax      = 120
	DistrictsMax = 60
)

// check is what is wrong with f, by field. The law's own ages and hours (No. 42-VI, Art. 12; the
// night of minors) may be made stricter, never looser.
func (f Facts) check() fault.Fields {
	wrong := fault.Fields{}
	text := func(name string, t i18n.Text) {
		for _, l := range i18n.Langs {
			if n := utf8.RuneCountInString(strings.TrimSpace(t.Get(l))); n > NameMax || n == 0 && l != i18n.EN {
				wrong.Add(name+"_"+string(l), "settings.error.name")
			}
		}
	}
	text("name", f.Name)
	text("headquarters", f.Headquarters)
	text("centre", f.Centre)
	if _, ok := account.ParseEmail(f.Email); !ok {
		wrong.Add("email", "account.error.email")
	}
	if n := len(f.Phone); n == 0 || n > 30 {
		wrong.Add("phone", "account.error.phone")
	}
	if !slices.Contains(config.Palettes, f.Palette) {
		wrong.Add("palette", "fault.invalid")
	}
	if len(f.Districts) > DistrictsMax || !slices.ContainsFunc(f.Districts, func(d config.District) bool { return !d.Closed }) {
		wrong.Add("districts", "settings.error.districts")
	}
	for i, d := range f.Districts {
		text(fmt.Sprintf("district[%d].name", i), d.Name)
	}
	for name, r := range Ranges {
		if n := r.At(&f.Rules); *n < r.Least || *n > r.Most {
			wrong.Add(name, "settings.error.range")
		}
	}
	if f.Rules.ConsentAge < f.Rules.AccompaniedAge || f.Rules.AdultAge < f.Rules.ConsentAge {
		wrong.Add("consent_age", "settings.error.ages")
	}
	return wrong
}

// Range is what one threshold may be.
type Range struct {
	Least, Most int
	At          func(*config.Rules) *int
}

// Ranges are the thresholds by name.
var Ranges = map[string]Range{
	"consent_age":      {14, 21, func(r *config.Rules) *int { return &r.ConsentAge }},
	"accompanied_age":  {14, 18, func(r *config.Rules) *int { return &r.AccompaniedAge }},
	"adult_age":        {18, 21, func(r *config.Rules) *int { return &r.AdultAge }},
	"night_from":       {20, 23, func(r *config.Rules) *int { return &r.NightFrom }},
	"night_to":         {6, 9, func(r *config.Rules) *int { return &r.NightTo }},
	"cutoff_minutes":   {0, 20160, func(r *config.Rules) *int { return &r.CutoffMinutes }},
	"consent_minutes":  {60, 20160, func(r *config.Rules) *int { return &r.ConsentMinutes }},
	"reminder_hours":   {1, 168, func(r *config.Rules) *int { return &r.ReminderHours }},
	"max_open_signups": {1, 500, func(r *config.Rules) *int { return &r.MaxOpenSignups }},
	"no_shows":         {0, 20, func(r *config.Rules) *int { return &r.NoShows }},
	"no_show_signups":  {1, 50, func(r *config.Rules) *int { return &r.NoShowSignups }},
	"explain_days":     {1, 90, func(r *config.Rules) *int { return &r.ExplainDays }},
}

// RangeNames are their names in the order of the pages.
var RangeNames = []string{
	"consent_age", "accompanied_age", "adult_age", "night_from", "night_to", "cutoff_minutes", "consent_minutes",
	"reminder_hours", "max_open_signups", "no_shows", "no_show_signups", "explain_days",
}

// Published is a text that people agree to, or have agreed to.
type Published struct {
	Purpose     config.Purpose
	Version     string
	Body        i18n.Text
	PublishedAt time.Time
	Agreed      int // people whose agreement names it
}

// Texts are all that were published, the latest first. Administrators may; for anybody else it is
// Forbidden.
func (s *Store) Texts(ctx context.Context, actor account.Actor) ([]Published, error) {
	if !actor.Can(account.SetCity) {
		return nil, fault.Forbidden()
	}
	rows, _ := s.db.Query(ctx, `select t.purpose, t.version, t.body, t.published_at,
			case t.purpose when 'registration' then (select count(*) from data_consent d where d.purpose = 'registration' and d.version = t.version and d.withdrawn_at is null)
				else (select count(distinct g.person_id) from guardian_consent g where g.text_version = t.version and g.withdrawn_at is null) end::int as agreed
		from consent_text t order by t.id desc limit 100`)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Published])
	return list, postgres.Fault(err)
}

// Text is one that was published, also one that is no longer asked for. Anyone may; NotFound.
func Text(ctx context.Context, db postgres.DB, p config.Purpose, version string) (t config.Consent, err error) {
	err = db.QueryRow(ctx, `select version, body from consent_text where purpose = $1 and version = $2`, p, version).Scan(&t.Version, &t.Body)
	return t, postgres.Fault(err)
}

// BodyMax is how long a text that people agree to may be, in characters.
const BodyMax = 20_000

// Publish makes a text the one that people are asked to agree to from now on. Its version is the
// day, with a number from the day's second. The text that is asked for already publishes nothing.
//
// Administrators may; for anybody else it is Forbidden. All three languages are needed: Invalid
// with the fields to correct.
func (s *Store) Publish(ctx context.Context, actor account.Actor, base *config.City, p config.Purpose, body i18n.Text, now time.Time) error {
	if !actor.Can(account.SetCity) {
		return fault.Forbidden()
	}
	wrong := fault.Fields{}
	for _, l := range i18n.Langs {
		if n := utf8.RuneCountInString(strings.TrimSpace(body.Get(l))); n == 0 || n > BodyMax {
			wrong.Add("body_"+string(l), "settings.error.text")
		}
	}
	if !slices.Contains(config.Purposes, p) {
		wrong.Add("purpose", "fault.invalid")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table consent_text in share row exclusive mode`); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select version, body from consent_text where purpose = $1 order by id desc`, p)
		before, err := pgx.CollectRows(rows, pgx.RowToStructByPos[config.Consent])
		if err != nil {
			return err
		}
		if len(before) > 0 && before[0].Body == body {
			return nil
		}
		used := map[string]bool{(&config.City{}).Consent(p).Version: true}
		for _, b := range before {
			used[b.Version] = true
		}
		day := now.In(base.Location()).Format(time.DateOnly)
		name := day
		for n := 2; used[name]; n++ {
			name = fmt.Sprintf("%s-%d", day, n)
		}
		var id int64
		if err := tx.QueryRow(ctx, `insert into consent_text (purpose, version, body, published_by, published_at) values ($1, $2, $3, $4, $5) returning id`,
			p, name, body, actor.PersonID, now).Scan(&id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "consent_text.publish", Object: "consent_text", ObjectID: id, Fields: []string{string(p)}})
	})
}
