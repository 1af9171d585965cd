package totals

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/postgres"
)

// AgeCount is how many people were of an age when they first took part.
type AgeCount struct {
	Age  *int // in years; nil: no birth date
	Team bool // of those who act for the headquarters or an organisation today
	N    int
}

// AgeDistribution is the people who took part, each counted once, the youngest first.
type AgeDistribution []AgeCount

// AgeDistribution counts the people who took part in the events of a query, each once, at the age of
// their first day. The caller checks the permission.
func (s *Store) AgeDistribution(ctx context.Context, q Query) (AgeDistribution, error) {
	if err := s.refresh(ctx); err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	team, err := s.team(ctx)
	return s.ageDistribution(q, names, team), err
}

// team are the people who act for the headquarters or an organisation today.
func (s *Store) team(ctx context.Context) (map[int64]bool, error) {
	rows, _ := s.db.Query(ctx, `select id from person where role = any($1) union select person_id from coordinator`,
		account.PrivilegedRoles())
	team := map[int64]bool{}
	var id int64
	_, err := pgx.ForEachRow(rows, []any{&id}, func() error {
		team[id] = true
		return nil
	})
	return team, postgres.Fault(err)
}

// ageDistribution goes once through the days of a query; in the scope of everything it takes whole months
// at once.
func (s *Store) ageDistribution(q Query, names directory, team map[int64]bool) (ages AgeDistribution) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	side := make([]int8, len(s.people.keys)) // 1: of the team
	for id := range team {
		if i := s.people.find(id); i >= 0 {
			side[i] = 1
		}
	}
	var counts [noAge + 1][2]int
	seen, match := newBitset(len(s.people.keys)), s.matcher(q.Scope, names)
	from, to := s.span(q.Period)
	for d := from; d < to; {
		first, next := d.bounds()
		if m := s.months[first]; d == first && next <= to && q.Scope == (Scope{}) {
			if m != nil {
				seen.merge(m.people, func(i int32) { counts[m.ages[i]][side[i]]++ })
			}
			d = next
			continue
		}
		next = min(next, to)
		for a := range s.attended(d, next, match) {
			if seen.add(a.person) {
				counts[a.age][side[a.person]]++
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
			if age != noAge {
				a.Age = &age
			}
			ages = append(ages, a)
		}
	}
	return ages
}

// Of is the people of the team, or those of the movement: everybody else.
func (d AgeDistribution) Of(team bool) AgeDistribution {
	return slices.DeleteFunc(slices.Clone(d), func(a AgeCount) bool { return a.Team != team })
}

// part is the people of a part of VolunteerRows.
func (d AgeDistribution) part(part string) AgeDistribution {
	in := volunteerPart(part)
	return slices.DeleteFunc(slices.Clone(d), func(a AgeCount) bool { return !in(a.Age, a.Team) })
}

// volunteerPart tells who belongs to a part of VolunteerRows; to an unknown part everybody does.
func volunteerPart(part string) func(age *int, team bool) bool {
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

// Total is the number of people.
func (d AgeDistribution) Total() (n int) {
	for _, a := range d {
		n += a.N
	}
	return n
}

// MeanMedian is the mean and the median age in years; ok is false when no age is known.
func (d AgeDistribution) MeanMedian() (mean, median float64, ok bool) {
	n, sum := 0, 0
	for _, a := range d {
		if a.Age != nil {
			n, sum = n+a.N, sum+a.N**a.Age
		}
	}
	if n == 0 {
		return 0, 0, false
	}
	return float64(sum) / float64(n), float64(d.nth((n-1)/2)+d.nth(n/2)) / 2, true
}

// nth is the age of the n-th youngest, from 0, of those whose age is known.
func (d AgeDistribution) nth(n int) int {
	for _, a := range d {
		if n -= a.N; n < 0 && a.Age != nil {
			return *a.Age
		}
	}
	return 0
}

// registeredBy counts the people who had joined by the last day of a query and are not erased. Of the
// scope only the district and the age group apply, to their own district and to the age on the last day
// or today; see Scope.ofPeople. Without them it reads those who joined since only, otherwise everybody.
func registeredBy(ctx context.Context, db postgres.DB, q Query) (n int, err error) {
	if !q.ofPeople() {
		return 0, nil
	}
	sql := `select people - (select count(*) from person p
			where erased_at is null and joined_at >= (@to::date)::timestamp at time zone @zone)
		from total_people`
	if q.District != "" || q.Age != "" {
		sql = `select count(*) from person p where ` + registered
	}
	err = db.QueryRow(ctx, sql, q.args(sql, "")).Scan(&n)
	return n, postgres.Fault(err)
}

const (
	lastDay    = `least(@to::date - 1, (@now::timestamptz at time zone @zone)::date)`
	registered = `p.erased_at is null and p.joined_at < (@to::date)::timestamp at time zone @zone
		and (@district::text = '' or coalesce(p.district, '') = @event_district)
		and (@age::text = '' or age_group(age_on(p.birth_date, ` + lastDay + `)) = @age)`
)
