package totals

import (
	"cmp"
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// volunteer is somebody who took part, with what they did.
type volunteer struct {
	id      int64
	age     *int // in years; nil: no birth date
	team    bool
	times   int
	minutes int
}

// volunteers are the people who took part in the events of a query, those with the most hours first.
func (s *Store) volunteers(q Query, names directory, team map[int64]bool, part string) (list []volunteer) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all, in := make([]volunteer, len(s.people.keys)), volunteerPart(part)
	from, to := s.span(q.Period)
	for a := range s.attended(from, to, s.matcher(q.Scope, names)) {
		v := &all[a.person]
		if v.times == 0 && a.age != noAge {
			v.age = new(int(a.age))
		}
		v.times++
		v.minutes += int(a.minutes)
	}
	for i, v := range all {
		v.id = s.people.keys[i]
		if v.team = team[v.id]; v.times > 0 && in(v.age, v.team) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, func(a, b volunteer) int {
		return cmp.Or(cmp.Compare(b.minutes, a.minutes), cmp.Compare(a.id, b.id))
	})
	return list
}

// eachVolunteer reads VolunteerRows. The names come from the database, 2,000 at a time.
func (s *Store) eachVolunteer(ctx context.Context, q Query, part string, limit, offset int, do func(Row) error) error {
	if err := s.refresh(ctx); err != nil {
		return err
	}
	names, err := s.directory(ctx)
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
	for chunk := range slices.Chunk(list, 2000) {
		ids := make([]int64, len(chunk))
		for i, v := range chunk {
			ids[i] = v.id
		}
		rows, _ := s.db.Query(ctx, `select `+personName+` from unnest($1::bigint[]) with ordinality o (id, n)
			join person p on p.id = o.id order by o.n`, ids)
		people, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return postgres.Fault(err)
		}
		for i, v := range chunk {
			side := PartMovement
			if v.team {
				side = PartTeam
			}
			if err := do(Row{Cells: []any{people[i], v.age, side, &v.times, v.minutes}}); err != nil {
				return err
			}
		}
	}
	return nil
}
