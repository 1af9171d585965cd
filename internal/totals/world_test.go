package totals

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/org"
	"shtab/internal/postgres/pgtest"
)

// world is a headquarters with a random past, which is also kept in Go, to be counted slowly.
type world struct {
	testing.TB
	ctx    context.Context
	db     *pgxpool.Pool
	totals *Store
	city   *config.City
	now    time.Time
	orgs   []body
	camps  []int64
	people []human
	events []happening
	ledger []entry
}

type body struct {
	id   int64
	kind org.Kind
}

type human struct {
	id   int64
	born time.Time
	team bool
}

type happening struct {
	id, campaign, org int64
	cohosts           []int64
	district          string
	at                time.Time
	people, minutes   int // of the years before the portal
}

type entry struct {
	signup, person       int64
	event                int // of world.events
	day                  time.Time
	age                  int
	first                bool
	came, absent, minute int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	db := pgtest.Pool(t)
	return &world{TB: t, ctx: t.Context(), db: db, totals: NewStore(db), city: city, now: time.Date(2025, 11, 23, 12, 0, 0, 0, city.Location())}
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Exec(w.ctx, sql, args...); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.Helper()
	if err := w.db.QueryRow(w.ctx, sql, args...).Scan(&id); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
	return id
}

func (w *world) base(people int, r *rand.Rand) {
	for i, k := range []org.Kind{org.Headquarters, org.Volunteers, org.Volunteers, org.NGO} {
		w.orgs = append(w.orgs, body{w.id(`insert into org (slug, kind, name, joined_on) values ($1, $2, '{"ru":"О"}', '2019-01-01') returning id`, fmt.Sprintf("o%d", i), k), k})
	}
	for i := range 3 {
		w.camps = append(w.camps, w.id(`insert into campaign (slug, org_id, name, summary, colour, emblem) values ($1, $2, '{"ru":"К"}', '{}', 'sky', 'sun') returning id`, fmt.Sprintf("c%d", i), w.orgs[0].id))
	}
	for i := range people {
		h := human{born: time.Date(1960+r.IntN(52), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC), team: i%7 == 0}
		h.id = w.id(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at) values ('А', 'Б', $1, $2, '2020-01-01') returning id`, h.born, fmt.Sprintf("t%d", i))
		if h.team {
			w.exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, h.id, w.orgs[1].id)
		}
		w.people = append(w.people, h)
	}
}

// event is a held one at an instant.
func (w *world) event(h happening) int {
	w.Helper()
	h.id = w.id(`insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at, updated_at, published_at, imported, brought_participations, brought_minutes)
		values ($1, $2, 'published', '{"ru":"С"}', $3, $4, $4::timestamptz + interval '2 hours', now(), now(), now(), $5, $6, $7) returning id`,
		h.campaign, h.org, h.district, h.at, h.people > 0, orNull(h.people), orNull(h.minutes))
	for _, c := range h.cohosts {
		w.exec(`insert into event_cohost values ($1, $2)`, h.id, c)
	}
	w.events = append(w.events, h)
	return len(w.events) - 1
}

func orNull(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func (w *world) close(i int) {
	w.exec(`update event set closed_at = now(), held_on = (starts_at at time zone $2)::date where id = $1`, w.events[i].id, w.city.Location().String())
}

func (w *world) day(at time.Time) time.Time {
	y, m, d := at.In(w.city.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// confirm writes one row of the ledger: a sign-up's first, or a correction.
func (w *world) confirm(i int, who human, signup int64, came bool, minutes int) (id int64) {
	w.Helper()
	h := w.events[i]
	first := signup == 0
	if first {
		shift := w.id(`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, $2, $2::timestamptz + interval '2 hours', 5) returning id`, h.id, h.at)
		signup = w.id(`insert into signup (shift_id, person_id, during, state, cancel_cause, ticket, created_at, changed_at) select id, $2, during, 'cancelled', 'self', gen_random_uuid()::text, now(), now() from shift where id = $1 returning id`, shift, who.id)
	}
	e := entry{signup: signup, person: who.id, event: i, day: w.day(h.at), first: first}
	e.age = e.day.Year() - who.born.Year()
	if who.born.AddDate(e.age, 0, 0).After(e.day) {
		e.age--
	}
	outcome, reason := "no_show", any(nil)
	if came {
		outcome = "attended"
	}
	switch {
	case first && came:
		e.came, e.minute = 1, minutes
	case first:
		e.absent = 1
	case came: // was a no-show
		e.came, e.absent, e.minute, reason = 1, -1, minutes, "ошибка"
	default:
		e.came, e.absent, e.minute, reason = -1, 1, -minutes, "ошибка"
	}
	w.exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, age, outcome, participations, no_shows, minutes, reason, recorded_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())`,
		signup, who.id, h.id, h.campaign, h.org, e.day, e.age, outcome, e.came, e.absent, e.minute, reason)
	w.ledger = append(w.ledger, e)
	return signup
}

func (w *world) random(r *rand.Rand, events int) {
	districts := []string{"", "almaty", "yesil"}
	for range events {
		h := happening{
			campaign: w.camps[r.IntN(3)], org: w.orgs[r.IntN(4)].id, district: districts[r.IntN(3)],
			at: time.Date(2024, 1, 1, 0, 0, 0, 0, w.city.Location()).Add(time.Duration(r.IntN(600*24*60)) * time.Minute),
		}
		for _, o := range w.orgs {
			if o.id != h.org && r.IntN(4) == 0 {
				h.cohosts = append(h.cohosts, o.id)
			}
		}
		if r.IntN(6) == 0 {
			h.people, h.minutes = 1+r.IntN(40), 60*(1+r.IntN(50))
			w.close(w.event(h))
			continue
		}
		i := w.event(h)
		for _, who := range w.people {
			if r.IntN(4) != 0 {
				continue
			}
			came, minutes := r.IntN(4) != 0, 30*(1+r.IntN(6))
			s := w.confirm(i, who, 0, came, minutes)
			if r.IntN(5) == 0 {
				w.confirm(i, who, s, !came, minutes)
			}
		}
		w.close(i)
	}
}

func (w *world) passes(f Scope, h happening) bool {
	kind := w.orgs[slices.IndexFunc(w.orgs, func(b body) bool { return b.id == h.org })].kind
	return (f.Campaign == 0 || f.Campaign == h.campaign) && (f.District == "" || f.place() == h.district) && (f.Kind == "" || f.Kind == kind) &&
		(f.Org == 0 || f.Org == h.org || slices.Contains(h.cohosts, f.Org))
}

func group(age int) string {
	for _, g := range AgeGroups {
		if age >= g.From && (g.To == 0 || age <= g.To) {
			return g.Slug
		}
	}
	return UnknownAge
}

// slow counts everything again, row by row.
func (w *world) slow(q Query) (s Sums, people int, ages []int) {
	in := func(day time.Time) bool { return !day.Before(q.From) && day.Before(q.To) }
	for _, h := range w.events {
		if q.Age == "" && in(w.day(h.at)) && w.passes(q.Scope, h) {
			s.Events++
			s.Participations += h.people
			s.Brought += h.people
			s.Minutes += h.minutes
		}
	}
	net := map[int64]int{}
	for _, e := range w.ledger {
		net[e.signup] += e.came
	}
	type visit struct {
		day           time.Time
		event, signup int64
		age           int
	}
	first := map[int64]visit{}
	for _, e := range w.ledger {
		if !in(e.day) || !w.passes(q.Scope, w.events[e.event]) || q.Age != "" && group(e.age) != q.Age {
			continue
		}
		if e.first {
			s.Signups++
		}
		s.Participations += e.came
		s.NoShows += e.absent
		s.Minutes += e.minute
		if net[e.signup] > 0 {
			was, ok := first[e.person]
			now := visit{e.day, w.events[e.event].id, e.signup, e.age}
			if !ok || cmp.Or(now.day.Compare(was.day), cmp.Compare(now.event, was.event), cmp.Compare(now.signup, was.signup)) < 0 {
				first[e.person] = now
			}
		}
	}
	for _, v := range first {
		ages = append(ages, v.age)
	}
	slices.Sort(ages)
	return s, len(first), ages
}

func (w *world) holds(q Query) {
	w.Helper()
	what := fmt.Sprintf("%s to %s %+v", q.From.Format(time.DateOnly), q.To.Format(time.DateOnly), q.Scope)
	want, people, ages := w.slow(q)
	got, err := w.totals.Breakdown(w.ctx, q)
	if err != nil {
		w.Fatal(err)
	}
	if got.Sums != want {
		w.Errorf("%s: %+v, by hand %+v", what, got.Sums, want)
	}
	crowd, err := w.totals.AgeDistribution(w.ctx, q)
	if err != nil {
		w.Fatal(err)
	}
	var seen []int
	for _, a := range crowd {
		for range a.N {
			seen = append(seen, *a.Age)
		}
	}
	slices.Sort(seen)
	if crowd.Total() != people || !slices.Equal(seen, ages) {
		w.Errorf("%s: %d people of ages %v, by hand %d of %v", what, crowd.Total(), seen, people, ages)
	}
	var months, campaigns, districts Sums
	for _, m := range got.Months {
		months.add(m.Sums)
	}
	for _, c := range got.Campaigns {
		campaigns.add(c.Sums)
	}
	for _, d := range got.Districts {
		districts.add(d.Sums)
	}
	if months != want || campaigns != want || districts != want {
		w.Errorf("%s: the months make %+v, the campaigns %+v, the districts %+v, not %+v", what, months, campaigns, districts, want)
	}
	for _, o := range got.Orgs {
		of := q
		if of.Org, err = strconv.ParseInt(o.Key, 10, 64); err != nil {
			w.Fatal(err)
		}
		if hers, _, _ := w.slow(of); hers != o.Sums {
			w.Errorf("%s: of organisation %s %+v, by hand %+v", what, o.Key, o.Sums, hers)
		}
	}
	// The rows make the figure.
	twenties := 0
	for _, age := range ages {
		if age >= 20 && age <= 29 {
			twenties++
		}
	}
	for _, c := range []struct {
		view RowKind
		part string
		want int
	}{{EventRows, "", want.Events}, {AttendanceRows, PartAttended, want.Participations}, {AttendanceRows, PartNoShow, want.NoShows}, {SignupRows, "", want.Signups}, {VolunteerRows, "", people}, {VolunteerRows, "20-29", twenties}} {
		n, minutes := 0, 0
		came := slices.IndexFunc(c.view.Columns(), func(x Column) bool { return x.Name == "came" })
		hours := slices.IndexFunc(c.view.Columns(), func(x Column) bool { return x.Type == CellHours })
		err := w.totals.EachRow(w.ctx, q, c.view, c.part, 0, 0, func(r Row) error {
			if c.view == AttendanceRows {
				n += *r.Cells[came].(*int)
				minutes += r.Cells[hours].(int)
			} else {
				n++
			}
			return nil
		})
		if err != nil {
			w.Fatal(err)
		}
		total, _, err := w.totals.RowsTotal(w.ctx, q, c.view, c.part)
		if err != nil || n != c.want || total != c.want {
			w.Errorf("%s: %s %s: %d rows, %d above them, %d by hand (%v)", what, c.view, c.part, n, total, c.want, err)
		}
		if c.part == PartAttended && minutes != want.Minutes {
			w.Errorf("%s: the rows make %d minutes, not %d", what, minutes, want.Minutes)
		}
	}
}

func (w *world) verified() {
	w.Helper()
	found, err := Verify(w.ctx, w.db)
	if err != nil || len(found) > 0 {
		w.Errorf("%v %v", found, err)
	}
}
