// Package attendance owns the hours ledger: who was at which event and for how many minutes.
// It is append-only; a correction is a new row with the difference.
package attendance

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Hours is the sum of a volunteer's confirmed hours.
type Hours struct {
	Events  int
	Minutes int
	Year    [12]int // minutes by month of the current year in the city
}

// Mine is the confirmed hours of a person. It checks no permission: only the person's own page shows it.
func Mine(ctx context.Context, db postgres.DB, person int64, zone *time.Location, now time.Time) (Hours, error) {
	rows, _ := db.Query(ctx, `
		select date_trunc('month', day)::date as month, sum(participations)::int as events,
			sum(minutes)::int as minutes
		from ledger where person_id = $1 group by 1`, person)
	type month struct {
		Month           time.Time
		Events, Minutes int
	}
	months, err := pgx.CollectRows(rows, pgx.RowToStructByName[month])
	var h Hours
	for _, m := range months {
		h.Events += m.Events
		h.Minutes += m.Minutes
		if m.Month.Year() == now.In(zone).Year() {
			h.Year[m.Month.Month()-1] += m.Minutes
		}
	}
	return h, postgres.Fault(err)
}

// BookRow is one event in a volunteer's book of confirmed hours.
type BookRow struct {
	EventID  int64
	Title    i18n.Text
	Campaign i18n.Text
	Org      i18n.Text
	Day      time.Time // a calendar date of the city
	Minutes  int
}

// Book is the person's confirmed events, the latest first, at most 1,000. Corrections are summed into their
// event, and an event that the person did not attend in the end is left out.
func Book(ctx context.Context, db postgres.DB, person int64) ([]BookRow, error) {
	rows, _ := db.Query(ctx, `
		select l.event_id, e.title, c.name as campaign, o.name as org, min(l.day) as day,
			sum(l.minutes)::int as minutes
		from ledger l
		join event e on e.id = l.event_id
		join campaign c on c.id = l.campaign_id
		join org o on o.id = l.org_id
		where l.person_id = $1
		group by l.event_id, e.title, c.name, o.name
		having sum(l.participations) > 0
		order by min(l.day) desc, l.event_id desc limit 1000`, person)
	b, err := pgx.CollectRows(rows, pgx.RowToStructByName[BookRow])
	return b, postgres.Fault(err)
}
