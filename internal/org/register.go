package org

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Entry is what the register says of a body, and what an application says of it.
type Entry struct {
	Kind      Kind
	Name      i18n.Text
	Summary   i18n.Text
	Email     string
	Phone     string
	JoinedOn  time.Time // a day of the city's calendar; an application's is the day of its approval
	Documents string    // numbers and dates of its papers, in words; for staff
}

// Bounds of the register's texts, in characters.
const (
	NameMax      = 120
	DocumentsMax = 4000
)

// check is what is wrong with e, by field.
func (e Entry) check(now time.Time) fault.Fields {
	f := Plan{Summary: e.Summary, Email: e.Email, Phone: e.Phone}.check()
	if !slices.Contains(Kinds, e.Kind) {
		f.Add("kind", "bodies.error.kind")
	}
	for _, l := range i18n.Langs {
		name := strings.TrimSpace(e.Name.Get(l))
		if utf8.RuneCountInString(name) > NameMax {
			f.Add("name_"+string(l), "team.error.long")
		}
		if name == "" && l != i18n.EN {
			f.Add("name_"+string(l), "bodies.error.name")
		}
	}
	if utf8.RuneCountInString(e.Documents) > DocumentsMax {
		f.Add("documents", "team.error.long")
	}
	if e.JoinedOn.IsZero() || e.JoinedOn.Year() < 1990 || e.JoinedOn.After(now.AddDate(0, 0, 1)) {
		f.Add("joined_on", "bodies.error.joined")
	}
	return f
}

// Differs names the fields in which e is not was.
func (e Entry) Differs(was Entry) (fields []string) {
	for _, f := range []struct {
		name string
		yes  bool
	}{
		{"kind", e.Kind != was.Kind},
		{"name", e.Name != was.Name},
		{"summary", e.Summary != was.Summary},
		{"email", e.Email != was.Email},
		{"phone", e.Phone != was.Phone},
		{"joined_on", !e.JoinedOn.Equal(was.JoinedOn)},
		{"documents", e.Documents != was.Documents},
	} {
		if f.yes {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// Body is an organisation as the register has it, whatever its state.
type Body struct {
	Entry
	ID           int64
	Slug         string
	State        State
	StateWords   string // why it is paused or closed
	Version      int
	Coordinators int
	Held         int // events whose hours are confirmed, as the host
	Coming       int // published events that are not over
	AppliedBy    int64
	Applicant    string     // the name of who has applied; empty: nobody
	AppliedAt    *time.Time // for the last time
	Returned     string     // the headquarters' words when it came back
	ReturnedAt   *time.Time // waits for its applicant since then
	LookedAt     *Entry     // what it said then
	MergedInto   int64      // 0: it is its own
}

const bodyColumns = `o.kind, o.name, o.summary, coalesce(o.contact_email, '') as email, coalesce(o.contact_phone, '') as phone, o.joined_on, o.documents,
	o.id, o.slug, o.state, o.state_words, o.version,
	(select count(*)::int from coordinator c where c.org_id = o.id) as coordinators,
	(select count(*)::int from event e where e.org_id = o.id and e.closed_at is not null) as held,
	(select count(*)::int from event e where e.org_id = o.id and e.state = 'published' and e.ends_at > @now) as coming,
	coalesce(o.applied_by, 0) as applied_by, coalesce((select p.given_name || ' ' || p.family_name from person p where p.id = o.applied_by), '') as applicant,
	o.applied_at, o.returned, o.returned_at, o.looked_at, coalesce(o.merged_into, 0) as merged_into`

// Search is what the register is searched for; empty fields ask for nothing.
type Search struct {
	Text  string // a part of the name, in whatever spelling
	Kind  Kind
	State State
}

// RegisterPage is how many bodies a page of the register holds.
const RegisterPage = 50

// Register is a page of the bodies, 0 the first, by the alphabet of l, and whether there are
// more. Merged ones stand under the one that they became. Staff may; for anybody else it is
// Forbidden.
func (s *Store) Register(ctx context.Context, actor account.Actor, q Search, page int, l i18n.Lang, now time.Time) ([]Body, bool, error) {
	if !actor.Can(account.ManageOrganizations) {
		return nil, false, fault.Forbidden()
	}
	rows, _ := s.db.Query(ctx, `select `+bodyColumns+` from org o
		where o.merged_into is null and (@kind = '' or o.kind = @kind) and (@state = '' or o.state = @state)
			and (@text = '' or o.search like '%' || replace(replace(replace(fold(@text), '\', '\\'), '%', '\%'), '_', '\_') || '%' or o.search %> fold(@text))
		order by coalesce(o.name ->> @lang, o.name ->> 'kk', o.name ->> 'ru') collate "kk-x-icu", o.id limit @limit offset @offset`, pgx.StrictNamedArgs{
		"kind": q.Kind, "state": q.State, "text": strings.TrimSpace(q.Text), "lang": string(l), "now": now,
		"limit": RegisterPage + 1, "offset": max(page, 0) * RegisterPage,
	})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Body])
	if err != nil {
		return nil, false, postgres.Fault(err)
	}
	if len(list) > RegisterPage {
		return list[:RegisterPage], true, nil
	}
	return list, false, nil
}

// Body is one of them. Staff may; for anybody else it is NotFound.
func (s *Store) Body(ctx context.Context, actor account.Actor, id int64, now time.Time) (Body, error) {
	if !actor.Can(account.ManageOrganizations) {
		return Body{}, fault.NotFound()
	}
	return body(ctx, s.db, id, now, "")
}

func body(ctx context.Context, db postgres.DB, id int64, now time.Time, lock string) (Body, error) {
	rows, _ := db.Query(ctx, `select `+bodyColumns+` from org o where o.id = @id`+lock, pgx.StrictNamedArgs{"id": id, "now": now})
	b, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Body])
	return b, postgres.Fault(err)
}

// lockedBody runs do on a body whose row is locked.
func (s *Store) lockedBody(ctx context.Context, id int64, now time.Time, do func(pgx.Tx, Body) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		b, err := body(ctx, tx, id, now, ` for no key update of o`)
		if err != nil {
			return err
		}
		return do(tx, b)
	})
}

// Enter puts a body into the register and returns its id. The same formKey again returns the one
// that it made. Staff may; for anybody else it is Forbidden. Invalid with the fields to correct.
func (s *Store) Enter(ctx context.Context, actor account.Actor, e Entry, formKey string, now time.Time) (id int64, err error) {
	if !actor.Can(account.ManageOrganizations) {
		return 0, fault.Forbidden()
	}
	if err := e.check(now).Err(); err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		id, err = insert(ctx, tx, actor, e, Active, formKey, "org.enter", now)
		return err
	})
	return id, err
}

// insert writes a new body and says so in the audit; a form that has made one makes no other.
func insert(ctx context.Context, tx pgx.Tx, actor account.Actor, e Entry, state State, formKey, verb string, now time.Time) (id int64, err error) {
	slug, err := freeSlug(ctx, tx, e.Name)
	if err != nil {
		return 0, err
	}
	rows, _ := tx.Query(ctx, `insert into org (slug, kind, name, summary, contact_email, contact_phone, joined_on, documents, state, applied_by, applied_at, form_key)
		values (@slug, @kind, @name, @summary, nullif(@email, ''), nullif(@phone, ''), @joined_on, @documents, @state,
			case when @state = 'applied' then @actor::bigint end, case when @state = 'applied' then @now::timestamptz end, nullif(@key, ''))
		on conflict (form_key) do nothing returning id`, e.args(pgx.StrictNamedArgs{"slug": slug, "state": state, "actor": actor.PersonID, "now": now, "key": formKey}))
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, postgres.Fault(err)
	}
	if len(ids) == 0 { // the form was sent before, by the same person
		err := tx.QueryRow(ctx, `select id from org where form_key = $1 and ($2 or applied_by = $3)`, formKey, actor.Can(account.ManageOrganizations), actor.PersonID).Scan(&id)
		return id, postgres.Fault(err)
	}
	return ids[0], audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: verb, Object: "org", ObjectID: ids[0]})
}

// args adds what e says to args.
func (e Entry) args(args pgx.StrictNamedArgs) pgx.StrictNamedArgs {
	args["kind"], args["name"], args["summary"], args["documents"] = e.Kind, trimmed(e.Name), trimmed(e.Summary), strings.TrimSpace(e.Documents)
	args["email"], args["phone"], args["joined_on"] = e.Email, e.Phone, e.JoinedOn
	return args
}

func trimmed(t i18n.Text) i18n.Text {
	return i18n.Text{KK: strings.TrimSpace(t.KK), RU: strings.TrimSpace(t.RU), EN: strings.TrimSpace(t.EN)}
}

// Correct writes what the register says of a body over. version is the one that the form was made
// from; when it is no longer the current one, that is a Conflict Stale and nothing is written.
// Staff may; for anybody else it is NotFound. Invalid with the fields to correct.
func (s *Store) Correct(ctx context.Context, actor account.Actor, id int64, version int, e Entry, now time.Time) error {
	if !actor.Can(account.ManageOrganizations) {
		return fault.NotFound()
	}
	if err := e.check(now).Err(); err != nil {
		return err
	}
	return s.lockedBody(ctx, id, now, func(tx pgx.Tx, b Body) error { return write(ctx, tx, actor, b, version, e, "org.correct", now) })
}

func write(ctx context.Context, tx pgx.Tx, actor account.Actor, b Body, version int, e Entry, verb string, now time.Time) error {
	e.Name, e.Summary, e.Documents = trimmed(e.Name), trimmed(e.Summary), strings.TrimSpace(e.Documents)
	fields := e.Differs(b.Entry)
	switch {
	case len(fields) == 0:
		return nil
	case b.Version != version:
		return fault.Conflict(Stale)
	}
	_, err := tx.Exec(ctx, `update org set kind = @kind, name = @name, summary = @summary, contact_email = nullif(@email, ''), contact_phone = nullif(@phone, ''),
		joined_on = @joined_on, documents = @documents, version = version + 1 where id = @id`, e.args(pgx.StrictNamedArgs{"id": b.ID}))
	if err != nil {
		return postgres.Fault(err)
	}
	return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: verb, Object: "org", ObjectID: b.ID, Fields: fields})
}

// freeSlug is the name's part of an address, with a number where another body has or had it. One body
// after the other takes its own.
func freeSlug(ctx context.Context, db postgres.DB, name i18n.Text) (slug string, err error) {
	base := i18n.Slug(name)
	if base == "" {
		base = "org"
	}
	if _, err := db.Exec(ctx, `select pg_advisory_xact_lock(hashtext('org.slug'))`); err != nil {
		return "", postgres.Fault(err)
	}
	err = db.QueryRow(ctx, `with taken as (select slug from org union all select slug from org_slug union all select 'apply')
		select s from (select $1::text as s, 1 as n union all select $1 || '-' || n, n from generate_series(2, 1000) n) x
		where not exists (select from taken t where t.slug = x.s) order by n limit 1`, base).Scan(&slug)
	return slug, postgres.Fault(err)
}
