package portal_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"shtab/internal/postgres/pgtest"
	"shtab/web/portal/portaltest"
)

// TestStatements holds that a page costs the same number of SQL statements at 10 and at 1,000
// events, sign-ups and organisations.
func TestStatements(t *testing.T) {
	pool, count := pgtest.Counted(t, 4)
	h := portaltest.On(t, pool, portaltest.WithoutWorker)
	w := h.World()
	me := h.Person("me@shtab.test", 30)
	h.Exec(`insert into coordinator values ($1, $2)`, me, w.Org)
	h.Exec(`update person set role = 'staff' where id = $1`, me)
	first, shift := h.Event(w, 48*time.Hour, 5)
	done, _ := h.Event(w, -20_000*time.Hour, 5)
	in := h.As(me)
	in.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	in.Get("/ru/me") // which says once that the place is won

	grow := func(from, to int) {
		h.Exec(
			`insert into org (slug, kind, name, joined_on)
				select 'o' || i, 'ngo', jsonb_build_object('kk', 'Ұйым ' || i), now()
					from generate_series($1::int, $2::int) i`, from, to)
		h.Exec(
			`insert into event (campaign_id, org_id, state, title, starts_at, ends_at, created_at, updated_at,
				published_at)
			select $3, $4, 'published', jsonb_build_object('kk', 'Іс ' || i), begins, begins + interval '1 hour',
				now(), now(), now()
			from generate_series($1::int, $2::int) i,
				lateral (select now() + make_interval(hours => case when i % 2 = 0 then -10 * i else 60 + i end) as
					begins) x`, from, to, w.Campaign, w.Org)
		h.Exec(
			`update event set closed_at = now(), held_on = starts_at::date where ends_at < now()
				and closed_at is null`)
		h.Exec(
			`insert into shift (event_id, starts_at, ends_at, capacity) select id, starts_at, ends_at, 5 from event
				where state = 'published' and id not in (select event_id from shift)`)
		h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select id, $1, during, 'confirmed', 't' || id, now(), now() from shift where ends_at < now()
				and id not in (select shift_id from signup)`, me)
		h.Exec(
			`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations,
				no_shows, minutes, recorded_at)
			select g.id, g.person_id, s.event_id, $1, $2, (lower(g.during))::date, 'attended', 1, 0, 60, now()
			from signup g join shift s on s.id = g.shift_id where upper(g.during) < now()
				and not exists (select from ledger where signup_id = g.id)`, w.Campaign, w.Org)
	}
	growDesk := func(from, to int) {
		h.Exec(`insert into event (campaign_id, org_id, state, title, created_at, updated_at, submitted_at)
			select $3, $4, case when i % 2 = 0 then 'draft' else 'review' end, jsonb_build_object('kk', 'Жоба ' || i),
				now(), now(), now()
			from generate_series($1::int, $2::int) i`, from, to, w.Campaign, w.Org)
		h.Exec(`update event set closed_at = null, held_on = null where ends_at < now() and id % 3 = 0`)
		h.Exec(
			`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
				select 'c' || i, $3, jsonb_build_object('kk', 'Науқан ' || i), '{}', 'sky', 'sun', '2026-01-01'
			from generate_series($1::int, $2::int) i`, from, to, w.Org)
		h.Exec(`insert into person (email, given_name, family_name, birth_date, calendar_token, joined_at)
			select 'p' || i || '@shtab.test', 'Айдана', 'Т' || i, '1990-01-01', 'p' || i, now()
				from generate_series($1::int, $2::int) i`, from, to)
		h.Exec(
			`insert into coordinator (person_id, org_id) select id, $1 from person where email like 'p%'
				on conflict do nothing`, w.Org)
		h.Exec(`update shift set capacity = 1000 where event_id = any($1)`, []int64{first, done})
		h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select s.id, p.id, s.during, 'confirmed', gen_random_uuid()::text, now(), now() from shift s, person p
				where s.event_id = any($1) and p.email like 'p%'
				and not exists (select from signup g where g.shift_id = s.id and g.person_id = p.id)`,
			[]int64{first, done})
	}
	paths := []string{
		"/ru/desk/events", "/ru/desk/events?q=%D1%96%D1%81&stage=ahead&org=1", "/ru/hq/review",
		"/ru", "/ru/events", "/ru/events?q=%D1%96%D1%81&open=1&age=20", portaltest.Path("/ru/events/%d", first),
		"/ru/campaigns", "/ru/campaigns/taza-alem",
		"/ru/organizations", "/ru/organizations/jastar", "/ru/totals", "/ru/totals?year=2026", "/ru/help", "/ru/login",
		"/ru/me", "/ru/me/book", "/ru/me/profile", "/ru/desk", "/ru/hq", "/sitemap.xml", "/ru/events.atom",
		portaltest.Path("/ru/events/%d.ics", first),
	}
	paths = append(paths, "/ru/desk/events/new", portaltest.Path("/ru/desk/events/%d", first),
		portaltest.Path("/ru/desk/events/%d/edit", first))
	at := func(event int64, pages ...string) (all []string) {
		for _, page := range pages {
			all = append(all, portaltest.Path("/ru/desk/events/%d/%s", event, page))
		}
		return all
	}
	paths = append(paths, at(first, "roster", "checkin", "doors", "hours")...)
	paths = append(paths, at(done, "roster", "checkin", "hours")...)
	for _, page := range []string{"", "/people", "/totals"} {
		paths = append(paths, portaltest.Path("/ru/desk/organizations/%d%s", w.Org, page))
	}
	paths = append(paths, "/ru/desk/campaigns", "/ru/desk/campaigns/new", "/ru/desk/import", "/ru/me/guardian")
	paths = append(paths, "/ru/hq?period=since", "/ru/hq?period=dates&from=2020-02-15&to=2027-03-10&age=25-34",
		"/ru/hq/totals/attendance?period=since&part=attended", "/ru/hq/totals/volunteers?period=since",
		"/ru/hq/people", "/ru/hq/people?q=%D0%90%D0%B9%D0%B4%D0%B0%D0%BD%D0%B0",
		portaltest.Path("/ru/hq/people/%d", me), "/ru/hq/organizations",
		portaltest.Path("/ru/hq/organizations/%d", w.Org),
		"/ru/hq/audit", "/ru/hq/deliveries", "/ru/hq/exports", "/ru/hq/import")
	measure := func(b *portaltest.Browser) map[string]int64 {
		got := map[string]int64{}
		for _, path := range paths {
			before := count.Count()
			if a := b.Get(path); a.Status != http.StatusOK && a.Status != http.StatusSeeOther {
				t.Fatalf("%s: %d", path, a.Status)
			}
			got[path] = count.Count() - before
		}
		return got
	}
	visitor := h.Browser()
	grow(1, 10)
	growDesk(1, 10)
	few, fewIn := measure(visitor), measure(in)
	grow(11, 1000)
	growDesk(11, 200)
	many, manyIn := measure(visitor), measure(in)
	table := ""
	for _, path := range paths {
		table += fmt.Sprintf("%-45s visitor %2d, signed in %2d\n", path, many[path], manyIn[path])
		t.Run(path, func(t *testing.T) {
			if few[path] != many[path] || fewIn[path] != manyIn[path] {
				t.Errorf("%d statements at 10 rows, %d at 1,000; signed in %d and %d", few[path], many[path],
					fewIn[path], manyIn[path])
			}
		})
	}
	t.Logf("statements at 10 and at 1,000 rows:\n%s", table)
}
