package totals

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Breakdown is the sums of a query, in all and by month, campaign, organisation and district. A joint
// event counts once in all, and under each of its hosts. Sign-ups for events to come are in the whole
// sum only.
type Breakdown struct {
	Sums
	Months    []MonthSums // those that have anything, the first month first
	Campaigns []KeySums   // most events first
	Orgs      []KeySums
	Districts []KeySums      // events without a district have the key ""
	Delivered map[string]int // amounts by kind of delivery; a scope's age group does not apply
}

// MonthSums is the sums of one month.
type MonthSums struct {
	Month time.Time // its first day
	Sums
}

// KeySums is the sums of one campaign, organisation or district.
type KeySums struct {
	Key  string // the id, or the district's slug
	Name i18n.Text
	Sums
}

// Breakdown adds up the events of a query. The caller checks the permission.
func (s *Store) Breakdown(ctx context.Context, q Query) (Breakdown, error) {
	if err := s.refresh(ctx); err != nil {
		return Breakdown{}, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return Breakdown{}, err
	}
	return s.breakdown(ctx, q, names)
}

// breakdown adds the sign-ups for events to come to what the summary holds.
func (s *Store) breakdown(ctx context.Context, q Query, names directory) (Breakdown, error) {
	b := s.addUp(q, names)
	var places int
	sql := `select count(*) from ` + comingTables + ` where ` + coming
	err := s.db.QueryRow(ctx, sql, q.args(sql, "")).Scan(&places)
	b.Sums[SignUps] += places
	return b, postgres.Fault(err)
}

// addUp goes once through the days of a query.
func (s *Store) addUp(q Query, names directory) Breakdown {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b := Breakdown{Delivered: map[string]int{}}
	campaigns := make([]Sums, len(s.campaigns.keys))
	orgs, districts := make([]Sums, len(s.orgs.keys)), make([]Sums, len(s.districts.keys))
	match := s.matcher(q.Scope, names)
	from, to := s.span(q.Period)
	var ofAge Sums // of the scope's age group
	for d := from; d < to; d++ {
		var today Sums
		events := s.days[d]
		for i := range events.events {
			if !match.event(&events, i) {
				continue
			}
			e, details := &events.events[i], &events.details[i]
			for _, a := range details.delivered {
				b.Delivered[s.deliveryKinds.keys[a.kind]] += a.n
			}
			sums := &details.sums
			if q.Age != "" {
				ofAge = match.sum(events.people[e.from:e.to])
				sums = &ofAge
			}
			today.add(sums)
			campaigns[e.campaign].add(sums)
			districts[e.district].add(sums)
			orgs[e.org].add(sums)
			for _, o := range details.cohosts {
				orgs[o].add(sums)
			}
		}
		if today == (Sums{}) {
			continue
		}
		b.Sums.add(&today)
		b.Months = addMonth(b.Months, d.month(), &today)
	}
	if q.Org != 0 { // its partners at joint events were not asked for
		for o := range orgs {
			if int32(o) != match.org {
				orgs[o] = Sums{}
			}
		}
	}
	b.Campaigns = ranked(campaigns, func(i int) (string, i18n.Text) {
		return formatID(s.campaigns.keys[i]), names.campaigns[s.campaigns.keys[i]]
	})
	b.Orgs = ranked(orgs, func(i int) (string, i18n.Text) {
		return formatID(s.orgs.keys[i]), names.orgs[s.orgs.keys[i]].name
	})
	b.Districts = ranked(districts, func(i int) (string, i18n.Text) { return s.districts.keys[i], i18n.Text{} })
	return b
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }

// addMonth adds sums to the last month of a list, or to a new one at its end.
func addMonth(months []MonthSums, month time.Time, sums *Sums) []MonthSums {
	if n := len(months); n == 0 || months[n-1].Month != month {
		months = append(months, MonthSums{Month: month})
	}
	months[len(months)-1].add(sums)
	return months
}

// ranked leaves out what has nothing and puts the most events first.
func ranked(sums []Sums, key func(int) (string, i18n.Text)) (list []KeySums) {
	for i, s := range sums {
		if s != (Sums{}) {
			k, name := key(i)
			list = append(list, KeySums{k, name, s})
		}
	}
	slices.SortFunc(list, func(a, b KeySums) int {
		return cmp.Or(cmp.Compare(b.Sums[Events], a.Sums[Events]), cmp.Compare(b.Sums[Minutes], a.Sums[Minutes]),
			cmp.Compare(a.Key, b.Key))
	})
	return list
}
