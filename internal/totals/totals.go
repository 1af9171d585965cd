// Package totals adds up what the headquarters did: events, participations, hours and people, in any
// period and scope, with the rows behind each figure.
//
// The summary is the table total_event with one row for each event and day. Triggers keep it inside the
// transactions that write the ledger, so a confirmation of hours touches the rows of its own event only.
// A Store keeps the summary in memory and adds up from there.
//
// Tables by month and key were tried before. They could answer whole months in a scope of one kind; people
// who must be counted once in a scope of two kinds, or up to a day in the middle of a month, still had to
// be read from the ledger; and a confirmation of 50 people took 120 ms more. BenchmarkHeadquarters
// measures what is here now.
//
// A new figure needs a Measure when it is to be added up, with its column in total_event, and a Figure,
// with its words in web/locale. The tests name whatever part of the two is missing.
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

// CityTotals is the headquarters in one line, with public sums only. A joint event counts once.
type CityTotals struct {
	Sums
	People        int // registered
	Organizations int
}

// City is the headquarters' totals since the beginning. Anyone may.
func (s *Store) City(ctx context.Context) (c CityTotals, err error) {
	if c.Sums, err = s.sinceBeginning(ctx, Scope{}); err != nil {
		return c, err
	}
	err = s.db.QueryRow(ctx, `select (select people from total_people)::int,
		(select count(*) from org where kind <> 'headquarters' and state not in ('applied', 'closed'))::int`).
		Scan(&c.People, &c.Organizations)
	return c, postgres.Fault(err)
}

// Campaign is the public sums of one campaign, in which a joint event counts once, and what its events
// delivered, by kind. Anyone may.
func (s *Store) Campaign(ctx context.Context, id int64) (Sums, map[string]int, error) {
	if err := s.refresh(ctx); err != nil {
		return Sums{}, nil, err
	}
	b := s.addUp(Query{Scope: Scope{Campaign: id}}, directory{})
	return b.public(), b.Delivered, nil
}

// Organization is the public sums of one organisation, as host or co-host. Anyone may.
func (s *Store) Organization(ctx context.Context, id int64) (Sums, error) {
	return s.sinceBeginning(ctx, Scope{Org: id})
}

func (s *Store) sinceBeginning(ctx context.Context, scope Scope) (Sums, error) {
	if err := s.refresh(ctx); err != nil {
		return Sums{}, err
	}
	return s.addUp(Query{Scope: scope}, directory{}).public(), nil
}

// CampaignTotals is a campaign with its sums.
type CampaignTotals struct {
	campaign.Ref
	Sums
}

// PublicTotals is the page of public totals; all its sums are public.
type PublicTotals struct {
	City      CityTotals
	Year      int // 0: since the beginning
	Years     []int
	Selected  Sums        // of Year
	Months    []MonthSums // of Year; whole years, by their first month, when Year is 0
	Campaigns []CampaignTotals
}

// Public is the page of public totals for a year, 0 for all years. Anyone may.
func (s *Store) Public(ctx context.Context, year int) (p PublicTotals, err error) {
	p.Year = year
	if p.City, err = s.City(ctx); err != nil {
		return p, err
	}
	all := s.addUp(Query{}, directory{})
	for _, m := range all.Months {
		if y := m.Month.Year(); len(p.Years) == 0 || p.Years[0] != y {
			p.Years = slices.Insert(p.Years, 0, y)
		}
	}
	selected := all
	if year != 0 {
		first := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
		selected = s.addUp(Query{Period: Period{first, first.AddDate(1, 0, 0)}}, directory{})
	}
	p.Selected = selected.public()
	for _, m := range selected.Months {
		month, sums := m.Month, m.public()
		if year == 0 {
			month = time.Date(month.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
		}
		p.Months = addMonth(p.Months, month, &sums)
	}
	p.Campaigns, err = s.publicCampaigns(ctx, selected.Campaigns)
	return p, err
}

// publicCampaigns are all published campaigns with their public sums, the most events first.
func (s *Store) publicCampaigns(ctx context.Context, campaigns []KeySums) (list []CampaignTotals, err error) {
	sums := map[string]Sums{}
	for _, c := range campaigns {
		sums[c.Key] = c.public()
	}
	rows, _ := s.db.Query(ctx, `select id, slug, name, colour, emblem from campaign
		where state <> 'draft' order by position, id`)
	var id int64
	var c campaign.Ref
	_, err = pgx.ForEachRow(rows, []any{&id, &c.Slug, &c.Name, &c.Colour, &c.Emblem}, func() error {
		list = append(list, CampaignTotals{c, sums[formatID(id)]})
		c.Name = i18n.Text{}
		return nil
	})
	slices.SortStableFunc(list, func(a, b CampaignTotals) int { return cmp.Compare(b.Sums[Events], a.Sums[Events]) })
	return list, postgres.Fault(err)
}
