package totals

import (
	"context"
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

// OfCrowd counts the people who took part in what q asks for, each once, at the age of the first
// time. Whole months come from the summary, without it being read how often anybody came; for who
// came on the edges, and for the few of the team, the ledger is read.
func OfCrowd(ctx context.Context, db postgres.DB, q Query) (Crowd, error) {
	scope, key, ok := q.scope()
	if q.Age != "" {
		scope, key, ok = "age", q.Age, ok && scope == "city"
	}
	rows, _ := db.Query(ctx, `
		with team as (
			select id as person_id from person where role <> 'volunteer' union select person_id from coordinator
		), read as (
			select l.person_id from ledger l where l.participations <> 0 and `+daysAtEdges+` and `+ofLedger+`
			union select person_id from team
		), attended as (
			select l.person_id, l.signup_id, l.day, l.age from read join ledger l using (person_id)
			where l.day >= @from and l.day < @to and `+ofLedger+`
			group by 1, 2, 3, 4 having sum(l.participations) > 0
		), firsts as (
			select person_id, (array_agg(age order by day, signup_id))[1] as age, bool_or(day >= @a and day < @b) as in_months,
				(array_agg(age order by day, signup_id) filter (where day >= @a and day < @b))[1] as age_in_months
			from attended group by 1
		)
		select age, team, sum(n)::int as n from (
			select r.age, false as team, r.n
			from generate_series(@a::date, @b::date - 1, interval '1 month') m
			join total_return r on r.scope = @scope and r.key = @key and r.month = m::date and r.prev_month < @a
			union all
			select age, person_id in (select person_id from team), 1 from firsts
			union all
			select age_in_months, false, -1 from firsts where in_months) x
		group by 1, 2 having sum(n) <> 0 order by 1 nulls last, 2`, q.args(scope, key, ok))
	c, err := pgx.CollectRows(rows, pgx.RowToStructByName[AgeCount])
	return c, postgres.Fault(err)
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

// OfRegistered counts those who had joined by the last day and are not erased: of a filter only
// their own district and age, on the last day or today, apply; ok is false under another. It costs
// by those who joined since, or with a filter by people.
func OfRegistered(ctx context.Context, db postgres.DB, q Query) (n int, ok bool, err error) {
	if q.Campaign != 0 || q.Org != 0 || q.Kind != "" {
		return 0, false, nil
	}
	args := q.args("", "", false)
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
