// Package org manages the organisations that work with the headquarters, and their coordinators.
package org

import (
	"context"

	"github.com/jackc/pgx/v5"

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

// State is an organisation's standing with the headquarters.
type State string

// The states. Applied and Closed organisations are on no public list; a Paused one keeps what it has
// published but publishes nothing new.
const (
	Applied State = "applied" // an application, not approved yet
	Active  State = "active"  // its events are reviewed before they are published
	Trusted State = "trusted" // its events are published at once
	Paused  State = "paused"
	Closed  State = "closed"
)

// States is every state in the order of the pages.
var States = []State{Applied, Active, Trusted, Paused, Closed}

// Publishes reports whether an organisation in this state may publish something new.
func (s State) Publishes() bool { return s == Active || s == Trusted }

// Ref is what an event shows of a host.
type Ref struct {
	Slug string    `json:"slug"`
	Name i18n.Text `json:"name"`
	Demo bool      `json:"demo"`
}

// Org is the public view of an organisation.
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
	State   State
}

const columns = `id, slug, kind, name, summary, coalesce(contact_email, '') as email,
	coalesce(contact_phone, '') as phone, extract(year from joined_on)::int as year, demo, state,
	coalesce((select l.hash from logo l where l.org_id = org.id), '') as logo, body, links`

// List returns the organisations of the public list, by kind and then in the alphabetical order of l.
// Anyone may.
func List(ctx context.Context, db postgres.DB, l i18n.Lang) ([]Org, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from org where state not in ('applied', 'closed')
		order by array_position($1::text[], kind),
		coalesce(name ->> $2, name ->> 'kk', name ->> 'ru') collate "kk-x-icu", id`, Kinds, string(l))
	os, err := pgx.CollectRows(rows, pgx.RowToStructByName[Org])
	return os, postgres.Fault(err)
}

// BySlug returns the organisation with this URL slug. For the slug of a merged organisation it
// returns the one that it was merged into, whose Slug then differs. NotFound for an unknown slug and
// for an application. Anyone may.
func BySlug(ctx context.Context, db postgres.DB, slug string) (Org, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from org where state <> 'applied'
		and (slug = $1 or id = (select org_id from org_slug where slug = $1))`, slug)
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Org])
	return o, postgres.Fault(err)
}

// IsDemonstration reports whether the database holds demonstration data.
func IsDemonstration(ctx context.Context, db postgres.DB) (demo bool, err error) {
	err = db.QueryRow(ctx, `select exists (select from org where demo)`).Scan(&demo)
	return demo, postgres.Fault(err)
}
