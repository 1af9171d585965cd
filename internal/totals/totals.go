// Package totals answers what the headquarters is asked: how much was done, by whom, when and where.
//
// The summary is the table total_event, one row for each event and day, kept by triggers inside the
// transactions that write the ledger (migrations/0013_totals.up.sql), so that a confirmation touches
// the row of its own event alone. A Store keeps it in memory and adds up from there. Tables by month and key were
// tried before: they answered whole months under one filter, but people counted once under two
// filters, or up to a day in the middle of a month, had to be read from the ledger; and a
// confirmation of 50 people took 120 ms more. -bench Headquarters measures.
package totals

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/campaign"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Figures are what was done: events held (hours confirmed), participations (one person at one
// event) and the minutes they gave.
type Figures struct {
	Events         int
	Participations int
	Minutes        int
}

func (f *Figures) add(o Figures) {
	f.Events += o.Events
	f.Participations += o.Participations
	f.Minutes += o.Minutes
}

// CityTotals is the headquarters on one line. A joint event is counted once.
type CityTotals struct {
	Figures
	People        int // registered
	Organizations int
}

// City is the headquarters' figures since the beginning. Anyone may.
func (s *Store) City(ctx context.Context) (c CityTotals, err error) {
	if c.Figures, err = s.since(ctx, Scope{}); err != nil {
		return c, err
	}
	err = s.db.QueryRow(ctx, `select (select people from total_people)::int,
		(select count(*) from org where kind <> 'headquarters' and state not in ('applied', 'closed'))::int`).Scan(&c.People, &c.Organizations)
	return c, postgres.Fault(err)
}

// Campaign is what was done under one campaign, a joint event counted once, and what its events
// have brought, by kind of thing. Anyone may.
func (s *Store) Campaign(ctx context.Context, id int64) (Figures, map[string]int, error) {
	if err := s.fresh(ctx); err != nil {
		return Figures{}, nil, err
	}
	t := s.add(Query{Scope: Scope{Campaign: id}}, names{})
	return t.figures(), t.Delivered, nil
}

// Organization is what one organisation did as host or co-host. Anyone may.
func (s *Store) Organization(ctx context.Context, id int64) (Figures, error) {
	return s.since(ctx, Scope{Org: id})
}

// since is what stands under a filter since the beginning.
func (s *Store) since(ctx context.Context, f Scope) (Figures, error) {
	if err := s.fresh(ctx); err != nil {
		return Figures{}, err
	}
	return s.add(Query{Scope: f}, names{}).figures(), nil
}

// MonthTotals is what was done in one month of the city's calendar.
type MonthTotals struct {
	Month time.Time // the first day
	Figures
}

// CampaignTotals is what was done under one campaign, beside it.
type CampaignTotals struct {
	campaign.Ref
	Figures
}

// PublicTotals is the page of public totals.
type PublicTotals struct {
	City      CityTotals
	Year      int // 0: since the beginning
	Years     []int
	Selected  Figures       // of Year
	Months    []MonthTotals // of Year, or by the year's first month when Year is 0
	Campaigns []CampaignTotals
}

// Public is the page of public totals for a year, 0 for all years. Anyone may.
func (s *Store) Public(ctx context.Context, year int) (p PublicTotals, err error) {
	p.Year = year
	if p.City, err = s.City(ctx); err != nil {
		return p, err
	}
	all := s.add(Query{}, names{})
	for _, m := range all.Months {
		if y := m.Month.Year(); len(p.Years) == 0 || p.Years[0] != y {
			p.Years = slices.Insert(p.Years, 0, y)
		}
	}
	chosen := all
	if year != 0 {
		first := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
		chosen = s.add(Query{Period: Period{first, first.AddDate(1, 0, 0)}}, names{})
	}
	p.Selected = chosen.figures()
	for _, m := range chosen.Months {
		if year == 0 {
			m.Month = time.Date(m.Month.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
		}
		if n := len(p.Months); n == 0 || p.Months[n-1].Month != m.Month {
			p.Months = append(p.Months, MonthTotals{Month: m.Month})
		}
		p.Months[len(p.Months)-1].add(m.figures())
	}
	of := map[string]Figures{}
	for _, c := range chosen.Campaigns {
		of[c.Key] = c.figures()
	}
	rows, _ := s.db.Query(ctx, `select id, slug, name, colour, emblem from campaign where state <> 'draft' order by position, id`)
	var n int64
	var c campaign.Ref
	_, err = pgx.ForEachRow(rows, []any{&n, &c.Slug, &c.Name, &c.Colour, &c.Emblem}, func() error {
		p.Campaigns = append(p.Campaigns, CampaignTotals{c, of[id(n)]})
		c.Name = i18n.Text{}
		return nil
	})
	slices.SortStableFunc(p.Campaigns, func(a, b CampaignTotals) int { return cmp.Compare(b.Events, a.Events) })
	return p, postgres.Fault(err)
}
