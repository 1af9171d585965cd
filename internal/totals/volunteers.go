package totals

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// volunteer is one of a crowd, with what they did.
type volunteer struct {
	id      int64
	age     *int // nil: no birth date
	team    bool
	times   int
	minutes int
}

// volunteers are the people of a crowd, those with the most hours first.
func (s *Store) volunteers(q Query, names names, team map[int64]bool, part string) (list []volunteer) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all, in := make([]volunteer, len(s.people.names)), partOf(part)
	from, to := s.span(q.Period)
	for t := range s.visits(from, to, s.sieve(q.Scope, names)) {
		v := &all[t.person]
		if v.times == 0 && t.age != ageless {
			v.age = new(int(t.age))
		}
		v.times++
		v.minutes += int(t.minutes)
	}
	for i, v := range all {
		v.id = s.people.names[i]
		if v.team = team[v.id]; v.times > 0 && in(v.age, v.team) {
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
			side := PartMovement
			if v.team {
				side = PartTeam
			}
			if err := do(Row{Cells: []any{called[i], v.age, side, &v.times, v.minutes}}); err != nil {
				return err
			}
		}
	}
	return nil
}
