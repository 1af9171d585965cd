package org

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// check returns the errors of d by field.
func (d Details) check(now time.Time) fault.Fields {
	f := Profile{Summary: d.Summary, Email: d.Email, Phone: d.Phone}.check()
	if !slices.Contains(Kinds, d.Kind) {
		f.Add("kind", "bodies.error.kind")
	}
	DetailFields.CheckLengths(&d, "team.error.long", f)
	for _, l := range []i18n.Lang{i18n.KK, i18n.RU} {
		if strings.TrimSpace(d.Name.Get(l)) == "" {
			f.Add("name_"+string(l), "bodies.error.name")
		}
	}
	if d.JoinedOn.IsZero() || d.JoinedOn.Year() < 1990 || d.JoinedOn.After(now.AddDate(0, 0, 1)) {
		f.Add("joined_on", "bodies.error.joined")
	}
	return f
}

// Organization is an organisation in the register, in whatever state, as staff see it. Org is the
// public view.
type Organization struct {
	Details
	ID           int64
	Slug         string
	State        State
	StateWords   string // why it is paused or closed
	Version      int
	Coordinators int
	Held         int // hosted events whose hours are confirmed
	Coming       int // published events that have not ended
	AppliedBy    int64
	Applicant    string     // the applicant's name; empty: nobody applied
	AppliedAt    *time.Time // the last time
	Returned     string     // what the headquarters wrote when it returned the application
	ReturnedAt   *time.Time // waiting for the applicant since then
	LookedAt     *Details   // the details when it was returned
	MergedInto   int64      // 0: not merged
}

var organizationColumns = DetailFields.Select("o") + `,
	o.id, o.slug, o.state, o.state_words, o.version,
	(select count(*)::int from coordinator c where c.org_id = o.id) as coordinators,
	(select count(*)::int from event e where e.org_id = o.id and e.closed_at is not null) as held,
	(select count(*)::int from event e where e.org_id = o.id and e.state = 'published' and e.ends_at > @now) as coming,
	coalesce(o.applied_by, 0) as applied_by, coalesce((select p.given_name || ' ' || p.family_name from person p
	where p.id = o.applied_by), '') as applicant,
	o.applied_at, o.returned, o.returned_at, o.looked_at, coalesce(o.merged_into, 0) as merged_into`

// Query is a search of the register; empty fields match everything.
type Query struct {
	Text  string // a part of the name; case and spelling variants are folded
	Kind  Kind
	State State
}

// PageSize is the number of organisations on a page of the register.
const PageSize = 50

// Search returns a page of the register, in the alphabetical order of l, and whether there are
// more pages. Page numbers start at 0. Merged organisations are left out. Staff may; Forbidden
// otherwise.
func (s *Store) Search(
	ctx context.Context, actor account.Actor, q Query, page int, l i18n.Lang, now time.Time,
) ([]Organization, bool, error) {
	if !actor.Can(account.ManageOrganizations) {
		return nil, false, fault.Forbidden()
	}
	rows, _ := s.db.Query(ctx, `select `+organizationColumns+` from org o
		where o.merged_into is null and (@kind = '' or o.kind = @kind) and (@state = '' or o.state = @state)
			and (@text = '' or o.search like '%' || replace(replace(replace(fold(@text), '\', '\\'), '%', '\%'), '_',
			'\_') || '%' or o.search %> fold(@text))
		order by coalesce(o.name ->> @lang, o.name ->> 'kk', o.name ->> 'ru') collate "kk-x-icu", o.id
		limit @limit offset @offset`, pgx.StrictNamedArgs{
		"kind": q.Kind, "state": q.State, "text": strings.TrimSpace(q.Text), "lang": string(l), "now": now,
		"limit": PageSize + 1, "offset": max(page, 0) * PageSize,
	})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Organization])
	if err != nil {
		return nil, false, postgres.Fault(err)
	}
	if len(list) > PageSize {
		return list[:PageSize], true, nil
	}
	return list, false, nil
}

// Get returns an organisation of the register. Staff may; NotFound otherwise.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64, now time.Time) (Organization, error) {
	if !actor.Can(account.ManageOrganizations) {
		return Organization{}, fault.NotFound()
	}
	return load(ctx, s.db, id, now, "")
}

func load(ctx context.Context, db postgres.DB, id int64, now time.Time, lock string) (Organization, error) {
	rows, _ := db.Query(ctx, `select `+organizationColumns+` from org o
		where o.id = @id`+lock, pgx.StrictNamedArgs{"id": id, "now": now})
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Organization])
	return o, postgres.Fault(err)
}

// withLocked runs do in a transaction with the row of the organisation locked.
func (s *Store) withLocked(ctx context.Context, id int64, now time.Time, do func(pgx.Tx, Organization) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		o, err := load(ctx, tx, id, now, ` for no key update of o`)
		if err != nil {
			return err
		}
		return do(tx, o)
	})
}

// Create adds an organisation to the register and returns its id. A repeat with the same formKey
// returns the id of the first call. Staff may; Forbidden otherwise. Invalid with the fields to
// correct.
func (s *Store) Create(
	ctx context.Context, actor account.Actor, d Details, formKey string, now time.Time,
) (id int64, err error) {
	if !actor.Can(account.ManageOrganizations) {
		return 0, fault.Forbidden()
	}
	if err := d.check(now).Err(); err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		id, err = insert(ctx, tx, actor, d, Active, formKey, "org.enter", now)
		return err
	})
	return id, err
}

// insert writes a new organisation and its audit entry. A repeated formKey returns the existing id.
func insert(
	ctx context.Context, tx pgx.Tx, actor account.Actor, d Details, state State, formKey, verb string, now time.Time,
) (id int64, err error) {
	slug, err := freeSlug(ctx, tx, d.Name)
	if err != nil {
		return 0, err
	}
	d = d.trimmed()
	args := pgx.StrictNamedArgs(DetailFields.Values(&d))
	args["slug"], args["state"], args["actor"], args["now"], args["key"] = slug, state, actor.PersonID, now, formKey
	rows, _ := tx.Query(ctx, `insert into org (`+strings.Join(DetailFields.Columns(), ", ")+`,
			slug, state, applied_by, applied_at, form_key)
		values (`+DetailFields.Params()+`, @slug, @state,
			case when @state = 'applied' then @actor::bigint end,
			case when @state = 'applied' then @now::timestamptz end, nullif(@key, ''))
		on conflict (form_key) do nothing returning id`, args)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, postgres.Fault(err)
	}
	if len(ids) == 0 { // the form was sent before, by the same person
		err := tx.QueryRow(ctx, `select id from org where form_key = $1
			and ($2 or applied_by = $3)`, formKey, actor.Can(account.ManageOrganizations), actor.PersonID).Scan(&id)
		return id, postgres.Fault(err)
	}
	return ids[0], audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: verb, Object: "org", ObjectID: ids[0],
	})
}

// trimmed is d without the spaces around its texts.
func (d Details) trimmed() Details {
	d.Name, d.Summary, d.Documents = trimmed(d.Name), trimmed(d.Summary), strings.TrimSpace(d.Documents)
	return d
}

func trimmed(t i18n.Text) i18n.Text {
	return i18n.Text{KK: strings.TrimSpace(t.KK), RU: strings.TrimSpace(t.RU), EN: strings.TrimSpace(t.EN)}
}

// Update replaces an organisation's details. version is the version that the form was made from:
// when it is no longer current, the error is a Conflict Stale and nothing is written. Staff may;
// NotFound otherwise. Invalid with the fields to correct.
func (s *Store) Update(
	ctx context.Context, actor account.Actor, id int64, version int, d Details, now time.Time,
) error {
	if !actor.Can(account.ManageOrganizations) {
		return fault.NotFound()
	}
	if err := d.check(now).Err(); err != nil {
		return err
	}
	return s.withLocked(ctx, id, now, func(tx pgx.Tx, o Organization) error {
		return update(ctx, tx, actor, o, version, d, "org.correct", now)
	})
}

func update(
	ctx context.Context, tx pgx.Tx, actor account.Actor, o Organization, version int, d Details, verb string,
	now time.Time,
) error {
	d = d.trimmed()
	fields := DetailFields.Diff(&d, &o.Details)
	switch {
	case len(fields) == 0:
		return nil
	case o.Version != version:
		return fault.Conflict(Stale)
	}
	args := pgx.StrictNamedArgs(DetailFields.Values(&d))
	args["id"] = o.ID
	_, err := tx.Exec(ctx, `update org set `+DetailFields.Set()+`, version = version + 1 where id = @id`, args)
	if err != nil {
		return postgres.Fault(err)
	}
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: verb, Object: "org", ObjectID: o.ID, Fields: fields,
	})
}

// freeSlug makes a URL slug from the name, with a number appended when another organisation has or
// had it. A lock until the transaction's end keeps two transactions from taking the same slug.
func freeSlug(ctx context.Context, db postgres.DB, name i18n.Text) (slug string, err error) {
	base := i18n.Slug(name)
	if base == "" {
		base = "org"
	}
	if _, err := db.Exec(ctx, `select pg_advisory_xact_lock(hashtext('org.slug'))`); err != nil {
		return "", postgres.Fault(err)
	}
	err = db.QueryRow(ctx, `with taken as (select slug from org union all select slug from org_slug
		union all select 'apply')
		select s from (select $1::text as s, 1 as n union all select $1 || '-' || n, n
			from generate_series(2, 1000) n) x
		where not exists (select from taken t where t.slug = x.s) order by n limit 1`, base).Scan(&slug)
	return slug, postgres.Fault(err)
}
