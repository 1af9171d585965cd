// Package campaign owns the city's campaigns (programmes and action lines) under which events
// are held.
package campaign

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Ref is what an event shows of its campaign.
type Ref struct {
	Slug   string
	Name   i18n.Text
	Colour string // a name of the palette in web/static/css
	Emblem string // a name of web/ui's emblems
}

// Campaign is a programme or action line of the headquarters or an organisation.
type Campaign struct {
	ID               int64
	Slug             string
	Name             i18n.Text
	Summary          i18n.Text
	Body             i18n.Text // Markdown
	Colour           string
	Emblem           string
	StartsOn, EndsOn *time.Time // calendar dates at midnight UTC; nil: open
	Archived         bool
}

// Ref is what an event shows of c.
func (c Campaign) Ref() Ref { return Ref{c.Slug, c.Name, c.Colour, c.Emblem} }

const columns = `id, slug, name, summary, body, colour, emblem, starts_on, ends_on, state = 'archived' as archived`

// NamedGoal is a goal with the words for things delivered.
type NamedGoal struct {
	Goal
	Name i18n.Text // of a thing; empty for the others
	Unit i18n.Text
}

// Goals is what a campaign hopes for, in the order of the kinds. Anyone may.
func Goals(ctx context.Context, db postgres.DB, id int64) ([]NamedGoal, error) {
	rows, _ := db.Query(ctx, `select g.kind, g.target, coalesce(k.name, '{}') as name, coalesce(k.unit, '{}') as unit
		from campaign_goal g left join delivery_kind k on k.slug = g.kind where g.campaign_id = $1
		order by array_position($2::text[], g.kind), k.position`, id, GoalKinds)
	g, err := pgx.CollectRows(rows, pgx.RowToStructByName[NamedGoal])
	return g, postgres.Fault(err)
}

// Published lists the published campaigns in the headquarters' order. Anyone may.
func Published(ctx context.Context, db postgres.DB) ([]Campaign, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from campaign where state = 'published' order by position, id`)
	cs, err := pgx.CollectRows(rows, pgx.RowToStructByName[Campaign])
	return cs, postgres.Fault(err)
}

// BySlug is one campaign that is published or archived; NotFound otherwise. Anyone may.
func BySlug(ctx context.Context, db postgres.DB, slug string) (Campaign, error) {
	rows, _ := db.Query(ctx, `select `+columns+` from campaign where slug = $1 and state <> 'draft'`, slug)
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Campaign])
	return c, postgres.Fault(err)
}
