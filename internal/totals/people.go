package totals

import (
	"cmp"
	"context"
	"iter"
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

// Crowd is the people who took part, by age, each counted once.
type Crowd []AgeCount

// Crowd counts the people who took part in what q asks for, each once, at the age of the first day.
func (s *Store) Crowd(ctx context.Context, q Query) (Crowd, error) {
	if err := s.fresh(ctx); err != nil {
		return nil, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	team, err := s.team(ctx)
	return s.crowd(q, names, team), err
}

// volunteer is one of a crowd, with what they did.
type volunteer struct {
	id      int64
	age     int8
	team    bool
	times   int
	minutes int
}

// volunteers are the people of a crowd, those with the most hours first.
func (s *Store) volunteers(q Query, names names, team map[int64]bool, part string) (list []volunteer) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]volunteer, len(s.people.names))
	for t := range s.visits(q, names) {
		v := &all[t.person]
		if v.times == 0 {
			v.age = t.age
		}
		v.times++
		v.minutes += int(t.minutes)
	}
	for i, v := range all {
		v.id = s.people.names[i]
		if v.team = team[v.id]; v.times > 0 && (part == "" || v.team == (part == Team)) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b volunteer) int { return cmp.Or(cmp.Compare(b.minutes, a.minutes), cmp.Compare(a.id, b.id)) })
	return list
}

// eachVolunteer is Each of Volunteers. The names are read a few at a time.
func (s *Store) eachVolunteer(ctx context.Context, q Query, part string, limit, offset int, do func(Row) error) error {
	if err := s.fresh(ctx); err != nil {
		return err
	}
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	team, err := s.team(ctx)
	if err != nil {
		return err
	}
	list := s.volunteers(q, names, team, part)
	list = list[min(offset, len(list)):]
	if limit > 0 {
		list = list[:min(limit, len(list))]
	}
	for some := range slices.Chunk(list, 2000) {
		ids := make([]int64, len(some))
		for i, v := range some {
			ids[i] = v.id
		}
		rows, _ := s.db.Query(ctx, `select `+personName+` from unnest($1::bigint[]) with ordinality o (id, n) join person p on p.id = o.id order by o.n`, ids)
		called, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return postgres.Fault(err)
		}
		for i, v := range some {
			side, age := Movement, new(int(v.age))
			if v.team {
				side = Team
			}
			if v.age == ageless {
				age = nil
			}
			if err := do(Row{Cells: []any{called[i], age, side, &v.times, v.minutes}}); err != nil {
				return err
			}
		}
	}
	return nil
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

// crowd goes once through the days of q.
func (s *Store) crowd(q Query, names names, team map[int64]bool) (c Crowd) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var counts [ageless + 1][2]int // of the movement and of the team
	seen, acts := make([]bool, len(s.people.names)), make([]int8, len(s.people.names))
	for id := range team {
		if i := s.people.find(id); i >= 0 {
			acts[i] = 1
		}
	}
	for t := range s.visits(q, names) {
		if !seen[t.person] {
			seen[t.person] = true
			counts[t.age][acts[t.person]]++
		}
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

// visits are the seats of q that were taken, in the order of the days. mu is held.
func (s *Store) visits(q Query, names names) iter.Seq[*seat] {
	return func(yield func(*seat) bool) {
		sieve := s.sieve(q.Filter, names)
		from, to := s.span(q.Period)
		for d := from; d < to; d++ {
			page := s.days[d]
			for i := range page.parts {
				p := &page.parts[i]
				if !sieve.passes(p) {
					continue
				}
				seats := page.seats[p.from:p.to]
				for i := range seats {
					if t := &seats[i]; t.came > 0 && (q.Age == "" || ageGroup(t.age) == q.Age) && !yield(t) {
						return
					}
				}
			}
		}
	}
}

// Of is the people of the team, or those of the movement: everybody else.
func (c Crowd) Of(team bool) Crowd {
	return slices.DeleteFunc(slices.Clone(c), func(a AgeCount) bool { return a.Team != team })
}

// People is how many they are.
func (c Crowd) People() (n int) {
	for _, a := range c {
		n += a.N
	}
	return n
}

// Ages is their mean and median age; ok is false when no age is known.
func (c Crowd) Ages() (mean, median float64, ok bool) {
	var ages []int // one for each person, and the crowd is in their order
	sum := 0
	for _, a := range c {
		if a.Age != nil {
			ages, sum = append(ages, slices.Repeat([]int{*a.Age}, a.N)...), sum+a.N**a.Age
		}
	}
	n := len(ages)
	if n == 0 {
		return 0, 0, false
	}
	return float64(sum) / float64(n), float64(ages[(n-1)/2]+ages[n/2]) / 2, true
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
		and (@district::text = '' or p.district = @district) and (@age::text = '' or age_group(age_on(p.birth_date, ` + lastDay + `)) = @age)`
)
