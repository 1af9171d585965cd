// Package totals reads the headquarters' figures. It never writes: the figures are kept by
// triggers on the tables of the rooms that own them (migrations 0008, 0019, 0027-0029). A
// page takes a constant number of statements; its time still grows with the summaries, and where a
// period cuts a month or filters are combined, with the ledger (-bench Headquarters).
package totals

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/campaign"
	"shtab/internal/postgres"
)

// Figures are what was done: events held (hours confirmed), participations (one person at one
// event) and the minutes they gave.
type Figures struct {
	Events         int
	Participations int
	Minutes        int
}

// City is the headquarters on one line. A joint event is counted once.
type City struct {
	Figures
	People        int // registered
	Organizations int
}

// OfCity is the headquarters' figures since the beginning. Anyone may.
func OfCity(ctx context.Context, db postgres.DB) (City, error) {
	rows, _ := db.Query(ctx, `
		select coalesce(sum(events), 0)::int as events, coalesce(sum(participations), 0)::int as participations,
		       coalesce(sum(minutes), 0)::int as minutes,
		       (select people from total_people)::int as people,
		       (select count(*) from org where kind <> 'headquarters' and state not in ('applied', 'closed'))::int as organizations
		from total_month where part = 'host'`)
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[City])
	return c, postgres.Fault(err)
}

// OfCampaign is what was done under one campaign; a joint event is counted once.
func OfCampaign(ctx context.Context, db postgres.DB, id int64) (Figures, error) {
	return sum(ctx, db, `campaign_id = $1 and part = 'host'`, id)
}

// OfOrg is what one organisation did as host or co-host.
func OfOrg(ctx context.Context, db postgres.DB, id int64) (Figures, error) {
	return sum(ctx, db, `org_id = $1`, id)
}

// Delivered is what the events of one campaign have brought, by kind, once their hours are
// confirmed.
func Delivered(ctx context.Context, db postgres.DB, campaignID int64) (map[string]int, error) {
	rows, _ := db.Query(ctx, `select d.kind, sum(d.amount)::int from event_delivery d join event e on e.id = d.event_id
		where e.campaign_id = $1 and e.closed_at is not null group by d.kind`, campaignID)
	got := map[string]int{}
	var kind string
	var amount int
	_, err := pgx.ForEachRow(rows, []any{&kind, &amount}, func() error {
		got[kind] = amount
		return nil
	})
	return got, postgres.Fault(err)
}

func sum(ctx context.Context, db postgres.DB, where string, id int64) (Figures, error) {
	rows, _ := db.Query(ctx, `
		select coalesce(sum(events), 0)::int as events, coalesce(sum(participations), 0)::int as participations,
		       coalesce(sum(minutes), 0)::int as minutes
		from total_month where `+where, id)
	f, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Figures])
	return f, postgres.Fault(err)
}

// Month is what was done in one month of the city's calendar.
type Month struct {
	Month time.Time // the first day
	Figures
}

// ByCampaign is what was done under one campaign, beside it.
type ByCampaign struct {
	campaign.Ref
	Figures
}

// Public is the page of public totals.
type Public struct {
	City      City
	Year      int // 0: since the beginning
	Years     []int
	Selected  Figures // of Year
	Months    []Month // of Year, or by the year's first month when Year is 0
	Campaigns []ByCampaign
}

// OfPublic is the page of public totals for a year, 0 for all years. Anyone may. It takes four
// statements whatever the number of rows.
func OfPublic(ctx context.Context, db postgres.DB, year int) (Public, error) {
	p := Public{Year: year}
	var err error
	if p.City, err = OfCity(ctx, db); err != nil {
		return p, err
	}
	rows, _ := db.Query(ctx, `select distinct extract(year from month)::int from total_month order by 1 desc`)
	if p.Years, err = pgx.CollectRows(rows, pgx.RowTo[int]); err != nil {
		return p, postgres.Fault(err)
	}
	rows, _ = db.Query(ctx, `
		select date_trunc(case when $1 = 0 then 'year' else 'month' end, month)::date as month,
		       sum(events)::int as events, sum(participations)::int as participations, sum(minutes)::int as minutes
		from total_month
		where part = 'host' and ($1 = 0 or extract(year from month) = $1)
		group by 1 order by 1`, year)
	if p.Months, err = pgx.CollectRows(rows, pgx.RowToStructByName[Month]); err != nil {
		return p, postgres.Fault(err)
	}
	for _, m := range p.Months {
		p.Selected.Events += m.Events
		p.Selected.Participations += m.Participations
		p.Selected.Minutes += m.Minutes
	}
	rows, _ = db.Query(ctx, `
		select c.slug, c.name, c.colour, c.emblem, coalesce(sum(t.events), 0)::int as events,
		       coalesce(sum(t.participations), 0)::int as participations, coalesce(sum(t.minutes), 0)::int as minutes
		from campaign c
		left join total_month t on t.campaign_id = c.id and t.part = 'host' and ($1 = 0 or extract(year from t.month) = $1)
		where c.state <> 'draft'
		group by c.id order by coalesce(sum(t.events), 0) desc, c.position, c.id`, year)
	p.Campaigns, err = pgx.CollectRows(rows, pgx.RowToStructByName[ByCampaign])
	return p, postgres.Fault(err)
}
