// Package org owns the organisations of the headquarters and who acts for them.
package org

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Kind is the kind of an organisation.
type Kind string

// The kinds, in the order in which they are listed.
const (
	Headquarters   Kind = "headquarters"
	Volunteers     Kind = "volunteer_organization"
	Initiative     Kind = "initiative_group"
	NGO            Kind = "ngo"
	EnterpriseKind Kind = "enterprise"
)

// Kinds is every kind in the order of the pages.
var Kinds = []Kind{Headquarters, Volunteers, Initiative, NGO, EnterpriseKind}

// Ref is what an event shows of a host.
type Ref struct {
	Slug string    `json:"slug"`
	Name i18n.Text `json:"name"`
	Demo bool      `json:"demo"`
}

// Org is an organisation, as everyone may see it.
type Org struct {
	ID      int64
	Slug    string
	Kind    Kind
	Name    i18n.Text
	Summary i18n.Text
	Email   string
	Phone   string
	Year    int       // joined the headquarters
	Demo    bool      // invented for the demonstration
	Logo    string    // a hash; empty: none
	Body    i18n.Text // Markdown
	Links   []string
	Trusted bool // its events are published at once
}

const columns = `id, slug, kind, name, summary, coalesce(contact_email, '') as email,
	coalesce(contact_phone, '') as phone, extract(year from joined_on)::int as year, demo, trusted,
	coalesce((select l.hash from logo l where l.org_id = org.id), '') as logo, body, links`

// List is every organisation, by kind and then by the alphabet of l. Anyone may.
func List(ctx context.Context, db postgres.DB, l i18n.Lang) ([]Org, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from org order by array_position($1::text[], kind),
		coalesce(name ->> $2, name ->> 'kk', name ->> 'ru') collate "kk-x-icu", id`, Kinds, string(l))
	os, err := pgx.CollectRows(rows, pgx.RowToStructByName[Org])
	return os, postgres.Fault(err)
}

// BySlug is one organisation, or NotFound. Anyone may.
func BySlug(ctx context.Context, db postgres.DB, slug string) (Org, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from org where slug = $1`, slug)
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Org])
	return o, postgres.Fault(err)
}

// Trust says whether an organisation's events are published at once, or looked at by the
// headquarters first. A repeat changes nothing. Staff may; for anybody else it is Forbidden.
// What is none is NotFound.
func Trust(ctx context.Context, db postgres.DB, actor account.Actor, id int64, trusted bool, now time.Time) error {
	if !actor.IsStaff() {
		return fault.Forbidden()
	}
	return postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		var was bool
		if err := tx.QueryRow(ctx, `select trusted from org where id = $1 for no key update`, id).Scan(&was); err != nil || was == trusted {
			return postgres.Fault(err)
		}
		if _, err := tx.Exec(ctx, `update org set trusted = $2 where id = $1`, id, trusted); err != nil {
			return postgres.Fault(err)
		}
		verb := "org.trust"
		if !trusted {
			verb = "org.distrust"
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: verb, Object: "org", ObjectID: id, Fields: []string{"trusted"}})
	})
}
