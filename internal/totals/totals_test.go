package totals

import (
	"context"
	"math/rand/v2"
	"net/url"
	"sync"
	"testing"
	"time"

	"shtab/internal/config"
	"shtab/internal/org"
)

// Figures, rows and a slow count by hand agree for random data, periods and filters, and the
// summaries are what the ledger says.
func TestFiguresAgree(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	w := newWorld(t)
	w.base(14, r)
	w.random(r, 45)
	some := func(n int) bool { return r.IntN(n) == 0 }
	for range 60 {
		from := time.Date(2024, 1, 1+r.IntN(600), 0, 0, 0, 0, time.UTC)
		to := from.AddDate(0, 0, 1+r.IntN(400))
		if some(2) { // whole months
			from = time.Date(2024, time.Month(1+r.IntN(12)), 1, 0, 0, 0, 0, time.UTC)
			to = time.Date(2025, time.Month(r.IntN(10)), 1, 0, 0, 0, 0, time.UTC)
		}
		q := Query{Period: Period{from, to}, Zone: w.city.Location(), Now: w.now}
		if some(3) {
			q.Campaign = w.campaigns[r.IntN(3)]
		}
		if some(3) {
			q.Org = w.orgs[r.IntN(4)].id
		}
		if some(5) {
			q.Kind = w.orgs[r.IntN(4)].kind
		}
		if some(4) {
			q.District = []string{"almaty", "yesil", NoDistrict}[r.IntN(3)]
		}
		if some(4) {
			q.Age = AgeGroups[r.IntN(6)].Slug
		}
		w.check(q)
		if t.Failed() {
			return
		}
	}
	w.verify()
}

// Rows that are written at one event at once all count, whoever commits last.
func TestConfirmedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.base(24, rand.New(rand.NewPCG(1, 1)))
	at := time.Date(2024, 5, 4, 10, 0, 0, 0, w.city.Location())
	for range 5 {
		i := w.event(worldEvent{campaign: w.campaigns[0], org: w.orgs[1].id, at: at})
		var all sync.WaitGroup
		for _, who := range w.people {
			shift := w.id(`insert into shift (event_id, starts_at, ends_at, capacity)
				values ($1, $2, $2::timestamptz + interval '2 hours', 5) returning id`, w.events[i].id, at)
			s := w.id(
				`insert into signup (shift_id, person_id, during, state, cancel_cause, ticket, created_at, changed_at)
				select id, $2, during, 'cancelled', 'self', gen_random_uuid()::text, now(), now() from shift
					where id = $1
				returning id`, shift, who.id)
			all.Go(func() {
				w.exec(
					`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome,
						participations,
					no_shows, minutes, recorded_at)
					values ($1, $2, $3, $4, $5, $6, 'attended', 1, 0, 60, now())`,
					s, who.id, w.events[i].id, w.campaigns[0], w.orgs[1].id, w.day(at))
			})
		}
		all.Wait()
	}
	w.verify()
	sums, _, err := w.totals.Campaign(t.Context(), w.campaigns[0])
	if err != nil || sums[Participations] != 5*24 || sums[Minutes] != 5*24*60 {
		t.Errorf("%v %v", sums, err)
	}
}

// A reader that has seen a younger transaction still finds what an older one commits after it.
func TestCommittedLate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.base(1, rand.New(rand.NewPCG(4, 4)))
	at := time.Date(2024, 5, 4, 10, 0, 0, 0, w.city.Location())
	event := worldEvent{campaign: w.campaigns[0], org: w.orgs[1].id, at: at}
	older, younger := w.event(event), w.event(event)
	held := func(want int) {
		t.Helper()
		if f, _, err := w.totals.Campaign(t.Context(), w.campaigns[0]); err != nil || f[Events] != want {
			t.Errorf("%d events held, not %d (%v)", f[Events], want, err)
		}
	}
	held(0)
	tx, err := w.db.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.Background()) }()
	_, err = tx.Exec(t.Context(), `update event set closed_at = now(), held_on = '2024-05-04' where id = $1`,
		w.events[older].id)
	if err != nil {
		t.Fatal(err)
	}
	w.close(younger)
	held(1)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	held(2)
}

// The days are the city's: the last evening of December belongs to the old year, and the night in
// which the city's clocks changed is no exception.
func TestZoneEdges(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	w := newWorld(t)
	w.base(1, r)
	zone := w.city.Location()
	for _, at := range []time.Time{
		time.Date(2023, 12, 31, 23, 30, 0, 0, zone), time.Date(2024, 1, 1, 0, 30, 0, 0, zone),
		time.Date(2024, 2, 29, 22, 30, 0, 0, zone), time.Date(2024, 3, 1, 0, 30, 0, 0, zone),
	} {
		i := w.event(worldEvent{campaign: w.campaigns[0], org: w.orgs[1].id, at: at})
		w.confirm(i, w.people[0], 0, true, 60)
		w.close(i)
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		from, to time.Time
		n        int
	}{
		{day(2023, 1, 1), day(2024, 1, 1), 1},
		{day(2024, 1, 1), day(2025, 1, 1), 3},
		{day(2023, 12, 31), day(2024, 1, 1), 1},
		{day(2024, 1, 1), day(2024, 1, 2), 1},
		{day(2024, 2, 1), day(2024, 3, 1), 1},
		{day(2024, 2, 29), day(2024, 3, 1), 1},
		{day(2024, 3, 1), day(2024, 3, 2), 1},
		{day(2024, 3, 1), day(2024, 4, 1), 1},
	} {
		q := Query{Period: Period{c.from, c.to}, Zone: zone, Now: w.now}
		if s, err := w.totals.Breakdown(w.ctx, q); err != nil || s.Sums[Events] != c.n ||
			s.Sums[Participations] != c.n {
			t.Errorf("%s to %s: %+v, not %d (%v)", c.from, c.to, s, c.n, err)
		}
		w.check(q)
	}
}

// A summary that somebody has broken is reported, row by row.
func TestVerify(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	w := newWorld(t)
	w.base(5, r)
	w.random(r, 8)
	w.verify()
	for _, broken := range []string{
		`update total_event set minutes = minutes + 60 where (event_id, day) in (select event_id, day from total_event
			order by 1, 2 limit 1)`,
		`update total_event set people[1] = people[1] + 1
			where (event_id, day) in (select event_id, day from total_event
			where people <> '{}' order by 1 desc, 2 limit 1)`,
		`delete from total_event where (event_id, day) in (select event_id, day from total_event order by 1, 2 offset 2
			limit 1)`,
		`update total_people set people = people - 1`,
	} {
		before, err := Verify(w.ctx, w.db)
		if err != nil {
			t.Fatal(err)
		}
		w.exec(broken)
		after, err := Verify(w.ctx, w.db)
		if err != nil || len(after) != len(before)+1 {
			t.Errorf("%s: %v (%v)", broken, after, err)
		}
	}
	if err := Rebuild(t.Context(), w.db); err != nil {
		t.Fatal(err)
	}
	w.verify()
}

// A selection is read back from the address that it makes.
func TestParseSelection(t *testing.T) {
	t.Parallel()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 1, 0, 30, 0, 0, city.Location())
	for address, want := range map[string]string{
		"":                 "2026-01-01 2027-01-01",
		"period=month":     "2026-01-01 2026-02-01",
		"period=quarter":   "2026-01-01 2026-04-01",
		"period=last_year": "2025-01-01 2026-01-01",
		"period=since":     "2019-01-01 2027-01-01",
		"period=dates&from=2024-02-29&to=2024-03-01":                  "2024-02-29 2024-03-02",
		"period=dates&from=2025-03-01&to=2024-03-01":                  "2024-03-01 2025-03-02",
		"period=dates&from=x&to=y":                                    "2019-01-01 2027-01-01",
		"period=nonsense&campaign=-1&kind=club&age=old&district=moon": "2026-01-01 2027-01-01",
	} {
		values, err := url.ParseQuery(address)
		if err != nil {
			t.Fatal(err)
		}
		s := ParseSelection(values, city, now.UTC())
		if got := s.From.Format(time.DateOnly) + " " + s.To.Format(time.DateOnly); got != want ||
			s.Scope != (Scope{}) {
			t.Errorf("%q is %s %+v, not %s", address, got, s.Scope, want)
		}
		s.Org, s.Kind, s.Age, s.District = 7, org.NGO, "14-17", "yesil"
		if again := ParseSelection(s.Values(), city, now); again.Period != s.Period || again.Scope != s.Scope {
			t.Errorf("%q is read back as %+v", s.Values().Encode(), again)
		}
	}
}
