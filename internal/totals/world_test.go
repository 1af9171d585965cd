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

// world is a headquarters with a past that is also kept in Go, to be counted again slowly.
type world struct {
	testing.TB
	ctx       context.Context
	db        *pgxpool.Pool
	totals    *Store
	city      *config.City
	now       time.Time
	orgs      []worldOrg
	campaigns []int64
	people    []worldPerson
	events    []worldEvent
	ledger    []worldRow
}

type worldOrg struct {
	id   int64
	kind org.Kind
}

type worldPerson struct {
	id   int64
	born time.Time
	team bool
}

type worldEvent struct {
	id, campaign, org int64
	cohosts           []int64
	district          string
	at                time.Time
	archived, minutes int // of an event from the archive
}

// worldRow is a row of the ledger.
type worldRow struct {
	signup, person                   int64
	event                            int // in world.events
	day                              time.Time
	age                              int
	first                            bool
	participations, noShows, minutes int
}

func newWorld(t testing.TB) *world {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	db := pgtest.Pool(t)
	now := time.Date(2025, 11, 23, 12, 0, 0, 0, city.Location())
	return &world{TB: t, ctx: t.Context(), db: db, totals: NewStore(db), city: city, now: now}
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
		w.orgs = append(w.orgs, worldOrg{w.id(`insert into org (slug, kind, name, joined_on)
			values ($1, $2, '{"ru":"О"}', '2019-01-01') returning id`, fmt.Sprintf("o%d", i), k), k})
	}
	for i := range 3 {
		w.campaigns = append(w.campaigns, w.id(
			`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
			values ($1, $2, '{"ru":"К"}', '{}', 'sky', 'sun', '2026-01-01') returning id`, fmt.Sprintf("c%d", i),
			w.orgs[0].id))
	}
	for i := range people {
		born := time.Date(1960+r.IntN(52), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
		h := worldPerson{born: born, team: i%7 == 0}
		h.id = w.id(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
			values ('А', 'Б', $1, $2, '2020-01-01') returning id`, h.born, fmt.Sprintf("t%d", i))
		if h.team {
			w.exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, h.id, w.orgs[1].id)
		}
		w.people = append(w.people, h)
	}
}

// event is a held one at an instant.
func (w *world) event(h worldEvent) int {
	w.Helper()
	h.id = w.id(`insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at,
		updated_at, published_at, imported, brought_participations, brought_minutes)
		values ($1, $2, 'published', '{"ru":"С"}', $3, $4, $4::timestamptz + interval '2 hours', now(), now(), now(),
			$5,
		$6, $7) returning id`,
		h.campaign, h.org, h.district, h.at, h.archived > 0, orNull(h.archived), orNull(h.minutes))
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
	w.exec(`update event set closed_at = now(), held_on = (starts_at at time zone $2)::date
		where id = $1`, w.events[i].id, w.city.Location().String())
}

func (w *world) day(at time.Time) time.Time {
	y, m, d := at.In(w.city.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// confirm writes one row of the ledger: a sign-up's first, or a correction.
func (w *world) confirm(i int, who worldPerson, signup int64, came bool, minutes int) (id int64) {
	w.Helper()
	h := w.events[i]
	first := signup == 0
	if first {
		shift := w.id(`insert into shift (event_id, starts_at, ends_at, capacity)
			values ($1, $2, $2::timestamptz + interval '2 hours', 5) returning id`, h.id, h.at)
		signup = w.id(`insert into signup (shift_id, person_id, during, state, cancel_cause, ticket, created_at,
			changed_at) select id, $2, during, 'cancelled', 'self', gen_random_uuid()::text, now(), now() from shift
			where id = $1 returning id`, shift, who.id)
	}
	e := worldRow{signup: signup, person: who.id, event: i, day: w.day(h.at), first: first}
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
		e.participations, e.minutes = 1, minutes
	case first:
		e.noShows = 1
	case came: // was a no-show
		e.participations, e.noShows, e.minutes, reason = 1, -1, minutes, "ошибка"
	default:
		e.participations, e.noShows, e.minutes, reason = -1, 1, -minutes, "ошибка"
	}
	w.exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, age, outcome, participations,
		no_shows, minutes, reason, recorded_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, now())`,
		signup, who.id, h.id, h.campaign, h.org, e.day, e.age, outcome, e.participations, e.noShows, e.minutes, reason)
	w.ledger = append(w.ledger, e)
	return signup
}

func (w *world) random(r *rand.Rand, events int) {
	districts := []string{"", "almaty", "yesil"}
	for range events {
		h := worldEvent{
			campaign: w.campaigns[r.IntN(3)], org: w.orgs[r.IntN(4)].id, district: districts[r.IntN(3)],
			at: time.Date(2024, 1, 1, 0, 0, 0, 0, w.city.Location()).
				Add(time.Duration(r.IntN(600*24*60)) * time.Minute),
		}
		for _, o := range w.orgs {
			if o.id != h.org && r.IntN(4) == 0 {
				h.cohosts = append(h.cohosts, o.id)
			}
		}
		if r.IntN(6) == 0 {
			h.archived, h.minutes = 1+r.IntN(40), 60*(1+r.IntN(50))
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

func (w *world) inScope(s Scope, e worldEvent) bool {
	kind := w.orgs[slices.IndexFunc(w.orgs, func(o worldOrg) bool { return o.id == e.org })].kind
	return (s.Campaign == 0 || s.Campaign == e.campaign) && (s.District == "" || s.eventDistrict() == e.district) &&
		(s.Kind == "" || s.Kind == kind) && (s.Org == 0 || s.Org == e.org || slices.Contains(e.cohosts, s.Org))
}

func group(age int) string {
	for _, g := range AgeGroups {
		if age >= g.From && (g.To == 0 || age <= g.To) {
			return g.Slug
		}
	}
	return UnknownAge
}

// countSlowly counts a query again from what the world remembers, row by row.
func (w *world) countSlowly(q Query) (s Sums, ages []int) {
	in := func(day time.Time) bool { return !day.Before(q.From) && day.Before(q.To) }
	for _, e := range w.events {
		if q.Age == "" && in(w.day(e.at)) && w.inScope(q.Scope, e) {
			s[Events]++
			s[Participations] += e.archived
			s[Archived] += e.archived
			s[Minutes] += e.minutes
		}
	}
	came := map[int64]int{}
	for _, r := range w.ledger {
		came[r.signup] += r.participations
	}
	type visit struct {
		day           time.Time
		event, signup int64
		age           int
	}
	first := map[int64]visit{}
	for _, r := range w.ledger {
		if !in(r.day) || !w.inScope(q.Scope, w.events[r.event]) || q.Age != "" && group(r.age) != q.Age {
			continue
		}
		if r.first {
			s[SignUps]++
		}
		s[Participations] += r.participations
		s[NoShows] += r.noShows
		s[Minutes] += r.minutes
		if came[r.signup] > 0 {
			was, ok := first[r.person]
			now := visit{r.day, w.events[r.event].id, r.signup, r.age}
			earlier := cmp.Or(now.day.Compare(was.day), cmp.Compare(now.event, was.event),
				cmp.Compare(now.signup, was.signup)) < 0
			if !ok || earlier {
				first[r.person] = now
			}
		}
	}
	for _, v := range first {
		ages = append(ages, v.age)
	}
	slices.Sort(ages)
	return s, ages
}

// check compares everything that the totals say to a query with a slow count and with the rows.
func (w *world) check(q Query) {
	w.Helper()
	report, err := w.totals.Report(w.ctx, Selection{Query: q, PeriodName: PeriodDates})
	if err != nil {
		w.Fatal(err)
	}
	what := fmt.Sprintf("%s to %s %+v", q.From.Format(time.DateOnly), q.To.Format(time.DateOnly), q.Scope)
	w.checkSums(what, q, &report.Now.Breakdown)
	w.checkAges(what, q, report.Now.Ages)
	w.checkFigures(what, &report)
}

func (w *world) checkSums(what string, q Query, got *Breakdown) {
	w.Helper()
	want, _ := w.countSlowly(q)
	if got.Sums != want {
		w.Errorf("%s: %v, counted slowly %v", what, got.Sums, want)
	}
	var months, campaigns, districts Sums
	for _, m := range got.Months {
		months.add(&m.Sums)
	}
	for _, c := range got.Campaigns {
		campaigns.add(&c.Sums)
	}
	for _, d := range got.Districts {
		districts.add(&d.Sums)
	}
	if months != want || campaigns != want || districts != want {
		w.Errorf("%s: the months make %v, the campaigns %v, the districts %v, not %v",
			what, months, campaigns, districts, want)
	}
	for _, o := range got.Orgs {
		of, err := q, error(nil)
		if of.Org, err = strconv.ParseInt(o.Key, 10, 64); err != nil {
			w.Fatal(err)
		}
		if sums, _ := w.countSlowly(of); sums != o.Sums {
			w.Errorf("%s: of organisation %s %v, counted slowly %v", what, o.Key, o.Sums, sums)
		}
	}
}

func (w *world) checkAges(what string, q Query, got AgeDistribution) {
	w.Helper()
	_, want := w.countSlowly(q)
	var ages []int
	for _, a := range got {
		for range a.N {
			ages = append(ages, *a.Age)
		}
	}
	slices.Sort(ages)
	if got.Total() != len(want) || !slices.Equal(ages, want) {
		w.Errorf("%s: %d people of ages %v, counted slowly %v", what, got.Total(), ages, want)
	}
	twenties := 0
	for _, age := range want {
		if age >= 20 && age <= 29 {
			twenties++
		}
	}
	w.checkRows(what+": volunteers in their twenties", q, Rows{Kind: VolunteerRows, Part: "20-29"}, twenties)
}

// checkFigures compares each figure with the rows behind it and with itself a year before.
func (w *world) checkFigures(what string, r *Report) {
	w.Helper()
	before, err := w.totals.Report(w.ctx, r.OnDates(r.PeriodBefore))
	if err != nil {
		w.Fatal(err)
	}
	for _, f := range Figures {
		what := what + ": " + f.Key
		value, ok := r.Value(&f)
		if ok && f.Unit != Percent {
			w.checkRows(what, r.ForRows(f.Rows).Query, f.Rows, int(value.Now))
		}
		if was, _ := before.Value(&f); ok && was.Now != value.Before {
			w.Errorf("%s: %v a year before, but %v when the year before is asked for", what, value.Before, was.Now)
		}
		if f.Parts == nil {
			continue
		}
		sum := 0
		for _, p := range f.Parts(r) {
			w.checkRows(what+" "+p.Label, p.Selection.Query, f.Rows, int(p.Value.Now))
			sum += int(p.Value.Now)
		}
		if sum != int(value.Now) {
			w.Errorf("%s: the parts make %d, not %v", what, sum, value.Now)
		}
	}
}

// checkRows checks that rows make a figure, and that the total above them says so.
func (w *world) checkRows(what string, q Query, rows Rows, want int) {
	w.Helper()
	column := slices.IndexFunc(rows.Kind.Columns(), func(c Column) bool { return c.Name == rows.Column })
	n := 0
	err := w.totals.EachRow(w.ctx, q, rows.Kind, rows.Part, 0, 0, func(r Row) error {
		switch {
		case column < 0:
			n++
		case rows.Kind.Columns()[column].Type == CellHours:
			n += r.Cells[column].(int)
		default:
			n += *r.Cells[column].(*int)
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
	total, minutes, err := w.totals.RowsTotal(w.ctx, q, rows.Kind, rows.Part)
	if err != nil {
		w.Fatal(err)
	}
	if column >= 0 && rows.Kind.Columns()[column].Type == CellHours {
		total = minutes
	}
	if n != want || total != want {
		w.Errorf("%s: %d, but the rows make %d, with %d above them", what, want, n, total)
	}
}

// verify checks that the summary is what the ledger says.
func (w *world) verify() {
	w.Helper()
	found, err := Verify(w.ctx, w.db)
	if err != nil || len(found) > 0 {
		w.Errorf("%v %v", found, err)
	}
}
