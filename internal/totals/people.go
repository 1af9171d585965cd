package totals

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// AgeCount is how many people were so old when they first took part.
type AgeCount struct {
	Age  *int // nil: no birth date
	Team bool // of those who act for the headquarters or an organisation today
	N    int
}

// AgeDistribution is the people who took part, by age, each counted once.
type AgeDistribution []AgeCount

// AgeDistribution counts the people who took part in what q asks for, each once, at the age of the first day.
func (s *Store) AgeDistribution(ctx context.Context, q Query) (AgeDistribution, error) {
	if err := s.fresh(ctx); err != nil {
		return nil, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	team, err := s.team(ctx)
	return s.ageDistribution(q, names, team), err
}

// team are the people who act for the headquarters or an organisation today.
func (s *Store) team(ctx context.Context) (map[int64]bool, error) {
	rows, _ := s.db.Query(ctx, `select id from person where role <> 'volunteer' union select person_id from coordinator`)
	team := map[int64]bool{}
	var id int64
	_, err := pgx.ForEachRow(rows, []any{&id}, func() error {
		team[id] = true
		return nil
	})
	return team, postgres.Fault(err)
}

// ageDistribution goes once through the days of q; without a filter through its whole months at once.
func (s *Store) ageDistribution(q Query, names names, team map[int64]bool) (c AgeDistribution) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	acts := make([]int8, len(s.people.names))
	for id := range team {
		if i := s.people.find(id); i >= 0 {
			acts[i] = 1
		}
	}
	var counts [ageless + 1][2]int // of the movement and of the team
	seen, sieve := newBits(len(s.people.names)), s.sieve(q.Scope, names)
	from, to := s.span(q.Period)
	for d := from; d < to; {
		first, next := d.bounds()
		if m := s.months[first]; d == first && next <= to && q.Scope == (Scope{}) {
			if m != nil {
				seen.merge(m.came, func(i int32) { counts[m.ages[i]][acts[i]]++ })
			}
			d = next
			continue
		}
		next = min(next, to)
		for t := range s.visits(d, next, sieve) {
			if seen.add(t.person) {
				counts[t.age][acts[t.person]]++
			}
		}
		d = next
	}
	for age := range counts {
		for side, n := range counts[age] {
			if n == 0 {
				continue
			}
			a := AgeCount{Team: side == 1, N: n}
			if age != ageless {
				a.Age = &age
			}
			c = append(c, a)
		}
	}
	return c
}

// Of is the people of the team, or those of the movement: everybody else.
func (c AgeDistribution) Of(team bool) AgeDistribution {
	return slices.DeleteFunc(slices.Clone(c), func(a AgeCount) bool { return a.Team != team })
}

// part is those whom a part of Volunteers means.
func (c AgeDistribution) part(part string) AgeDistribution {
	in := partOf(part)
	return slices.DeleteFunc(slices.Clone(c), func(a AgeCount) bool { return !in(a.Age, a.Team) })
}

// partOf says who belongs to a part of Volunteers; what is none holds everybody.
func partOf(part string) func(age *int, team bool) bool {
	var from, to int
	switch n, _ := fmt.Sscanf(part, "%d-%d", &from, &to); {
	case part == PartTeam || part == PartMovement:
		return func(_ *int, team bool) bool { return team == (part == PartTeam) }
	case part == UnknownAge:
		return func(age *int, _ bool) bool { return age == nil }
	case n == 2:
		return func(age *int, _ bool) bool { return age != nil && *age >= from && *age <= to }
	default:
		return func(*int, bool) bool { return true }
	}
}

// Total is how many they are.
func (c AgeDistribution) Total() (n int) {
	for _, a := range c {
		n += a.N
	}
	return n
}

// MeanMedian is their mean and median age; ok is false when no age is known.
func (c AgeDistribution) MeanMedian() (mean, median float64, ok bool) {
	n, sum := 0, 0
	for _, a := range c {
		if a.Age != nil {
			n, sum = n+a.N, sum+a.N**a.Age
		}
	}
	if n == 0 {
		return 0, 0, false
	}
	return float64(sum) / float64(n), float64(c.nth((n-1)/2)+c.nth(n/2)) / 2, true
}

// nth is the age of the n-th, 0 the first: the crowd is in the order of the ages.
func (c AgeDistribution) nth(n int) int {
	for _, a := range c {
		if n -= a.N; n < 0 && a.Age != nil {
			return *a.Age
		}
	}
	return 0
}

// registeredBy counts those who had joined by the last day and are not erased: of a filter only
// their own district and age, on the last day or today, apply; ok is false under another. It costs
// by those who joined since, or with a filter by people.
func registeredBy(ctx context.Context, db postgres.DB, q Query) (n int, ok bool, err error) {
	if q.Campaign != 0 || q.Org != 0 || q.Kind != "" {
		return 0, false, nil
	}
	args := q.args()
	sql := `select people - (select count(*) from person p where erased_at is null and joined_at >= (@to::date)::timestamp at time zone @zone) from total_people`
	if q.District != "" || q.Age != "" {
		sql = `select count(*) from person p where ` + registered
	}
	err = db.QueryRow(ctx, sql, args).Scan(&n)
	return n, true, postgres.Fault(err)
}

const (
	lastDay    = `least(@to::date - 1, (@now::timestamptz at time zone @zone)::date)`
	registered = `p.erased_at is null and p.joined_at < (@to::date)::timestamp at time zone @zone
		and (@district::text = '' or coalesce(p.district, '') = @place) and (@age::text = '' or age_group(age_on(p.birth_date, ` + lastDay + `)) = @age)`
)
