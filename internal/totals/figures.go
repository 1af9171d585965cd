package totals

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Sums are the figures that add up.
type Sums struct {
	Events         int // held; 0 under a filter by age, because an event has none
	Signups        int // on the lists, also of events to come
	Participations int
	NoShows        int
	Minutes        int
	Brought        int // of Participations: of the years before the portal, without names
}

// Rate is how many of a hundred came of those who came or should have; ok is false when nobody
// should have. What was brought says nothing of who did not come, and is left out.
func (s Sums) Rate() (percent float64, ok bool) {
	came := s.Participations - s.Brought
	if came+s.NoShows == 0 {
		return 0, false
	}
	return 100 * float64(came) / float64(came+s.NoShows), true
}

func (s *Sums) add(o Sums) {
	s.Events += o.Events
	s.Signups += o.Signups
	s.Participations += o.Participations
	s.NoShows += o.NoShows
	s.Minutes += o.Minutes
	s.Brought += o.Brought
}

// figures is what is public of them.
func (s Sums) figures() Figures { return Figures{s.Events, s.Participations, s.Minutes} }

// Breakdown is what a question asks for, together and told apart. A joint event stands under each of its
// hosts. Told apart, sign-ups are those of events held.
type Breakdown struct {
	Sums
	Months    []MonthSums // those with anything, in their order
	Campaigns []KeySums   // the most events first
	Orgs      []KeySums
	Districts []KeySums      // events without one stand under ""
	Delivered map[string]int // delivered, by kind; the filter by age does not apply
}

// MonthSums is one month of a period.
type MonthSums struct {
	Month time.Time // the first day
	Sums
}

// KeySums is what stands under one campaign, organisation or district.
type KeySums struct {
	Key  string // the id, or a district's slug
	Name i18n.Text
	Sums
}

// Breakdown adds up what q asks for. Staff may: the caller sees to it.
func (s *Store) Breakdown(ctx context.Context, q Query) (Breakdown, error) {
	if err := s.fresh(ctx); err != nil {
		return Breakdown{}, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return Breakdown{}, err
	}
	return s.breakdown(ctx, q, names)
}

// breakdown adds up what the summary holds, and the places taken at events to come.
func (s *Store) breakdown(ctx context.Context, q Query, names names) (Breakdown, error) {
	t := s.add(q, names)
	var places int
	err := s.db.QueryRow(ctx, `select count(*) from `+comingTables+` where `+coming, q.args()).Scan(&places)
	t.Signups += places
	return t, postgres.Fault(err)
}

// add goes once through the days of q.
func (s *Store) add(q Query, names names) Breakdown {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := Breakdown{Delivered: map[string]int{}}
	camps, orgs, places := make([]Sums, len(s.camps.names)), make([]Sums, len(s.orgs.names)), make([]Sums, len(s.places.names))
	sieve := s.sieve(q.Scope, names)
	from, to := s.span(q.Period)
	for d := from; d < to; d++ {
		var today Sums
		page := s.days[d]
		for i, p := range page.parts {
			if !sieve.passes(page, i) {
				continue
			}
			f := &page.facts[i]
			for _, a := range f.delivered {
				t.Delivered[s.things.names[a.thing]] += a.n
			}
			sums := f.sums
			if q.Age != "" {
				sums = sieve.sum(page.seats[p.from:p.to])
			}
			today.add(sums)
			camps[p.campaign].add(sums)
			places[p.district].add(sums)
			orgs[p.org].add(sums)
			for _, o := range f.cohosts {
				orgs[o].add(sums)
			}
		}
		if today == (Sums{}) {
			continue
		}
		t.Sums.add(today)
		month := d.month()
		if n := len(t.Months); n == 0 || t.Months[n-1].Month != month {
			t.Months = append(t.Months, MonthSums{Month: month})
		}
		t.Months[len(t.Months)-1].add(today)
	}
	if q.Org != 0 { // those with whom it was host were not asked for
		for o := range orgs {
			if int32(o) != sieve.org {
				orgs[o] = Sums{}
			}
		}
	}
	t.Campaigns = ranked(camps, func(i int) (string, i18n.Text) { return id(s.camps.names[i]), names.campaigns[s.camps.names[i]] })
	t.Orgs = ranked(orgs, func(i int) (string, i18n.Text) { return id(s.orgs.names[i]), names.orgs[s.orgs.names[i]].name })
	t.Districts = ranked(places, func(i int) (string, i18n.Text) { return s.places.names[i], i18n.Text{} })
	return t
}

func id(n int64) string { return strconv.FormatInt(n, 10) }

// ranked are those sums that are any, the most events first.
func ranked(sums []Sums, key func(int) (string, i18n.Text)) (list []KeySums) {
	for i, s := range sums {
		if s != (Sums{}) {
			k, name := key(i)
			list = append(list, KeySums{k, name, s})
		}
	}
	slices.SortFunc(list, func(a, b KeySums) int {
		return cmp.Or(cmp.Compare(b.Events, a.Events), cmp.Compare(b.Minutes, a.Minutes), cmp.Compare(a.Key, b.Key))
	})
	return list
}

// sum is what the people of an age group count. An event has no age.
func (v *sieve) sum(seats []seat) (s Sums) {
	for i := range seats {
		if t := &seats[i]; v.asks(t) {
			s.add(Sums{Signups: int(t.signups), Participations: int(t.came), NoShows: int(t.missed), Minutes: int(t.minutes)})
		}
	}
	return s
}

// names is what the database says today of campaigns and organisations, by id.
type names struct {
	campaigns map[int64]i18n.Text
	orgs      map[int64]named
}

type named struct {
	name i18n.Text
	kind org.Kind
}

func (s *Store) names(ctx context.Context) (n names, err error) {
	n = names{map[int64]i18n.Text{}, map[int64]named{}}
	rows, _ := s.db.Query(ctx, `select id, name, '' as kind from campaign union all select id, name, kind from org`)
	var id int64
	var it named
	_, err = pgx.ForEachRow(rows, []any{&id, &it.name, &it.kind}, func() error {
		if it.kind == "" {
			n.campaigns[id] = it.name
		} else {
			n.orgs[id] = it
		}
		it = named{}
		return nil
	})
	return n, postgres.Fault(err)
}

// ScopeNames is what a question's campaign, organisation and kind of thing are called; zero where it asks
// for none.
type ScopeNames struct{ Campaign, Org, Thing i18n.Text }

// ScopeNames looks up the names of a filter and of a part of a view.
func (s *Store) ScopeNames(ctx context.Context, f Scope, v RowKind, part string) (c ScopeNames, err error) {
	if f.Campaign != 0 || f.Org != 0 {
		n, err := s.names(ctx)
		if err != nil {
			return c, err
		}
		c.Campaign, c.Org = n.campaigns[f.Campaign], n.orgs[f.Org].name
	}
	if v == DeliveryRows {
		err = s.db.QueryRow(ctx, `select coalesce((select name from delivery_kind where slug = $1), '{}')`, part).Scan(&c.Thing)
	}
	return c, postgres.Fault(err)
}

// KindCount is how many organisations of a kind there are.
type KindCount struct {
	Kind org.Kind
	Now  int // joined before the period's end
	Was  int // before the end of the period to compare with
}

// kindsOf counts the organisations by kind, in the order of the pages: those that had joined by the
// last day and are neither applied nor closed today. Only the filters by organisation and by kind
// apply.
func kindsOf(ctx context.Context, db postgres.DB, q Query, before Period) ([]KindCount, error) {
	rows, _ := db.Query(ctx, `
		select k.kind, count(o.id)::int as now, count(o.id) filter (where o.joined_on < @before)::int as was
		from unnest(@kinds::text[]) with ordinality k (kind, position)
		left join org o on o.kind = k.kind and o.state not in ('applied', 'closed') and o.joined_on < @to and (@org = 0 or o.id = @org)
		where @kind = '' or k.kind = @kind
		group by k.kind, k.position order by k.position`,
		pgx.NamedArgs{"kinds": org.Kinds, "to": q.To, "before": before.To, "org": q.Org, "kind": string(q.Kind)})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[KindCount])
	return list, postgres.Fault(err)
}

// DeliveredAmount is how much of a kind of thing was delivered.
type DeliveredAmount struct {
	Slug string
	Name i18n.Text
	Unit i18n.Text
	Now  int `db:"-"`
	Was  int `db:"-"`
}

// deliveredAmounts are all kinds of deliveries, with the amount of each.
func deliveredAmounts(ctx context.Context, db postgres.DB, now, was map[string]int) ([]DeliveredAmount, error) {
	rows, _ := db.Query(ctx, `select slug, name, unit from delivery_kind order by position`)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[DeliveredAmount])
	for i, t := range list {
		list[i].Now, list[i].Was = now[t.Slug], was[t.Slug]
	}
	return list, postgres.Fault(err)
}
