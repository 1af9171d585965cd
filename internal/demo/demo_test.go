package demo

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/postgres/pgtest"
)

// now is a Sunday afternoon in the city.
func now(t *testing.T, city *config.City) time.Time {
	t.Helper()
	return time.Date(2026, 11, 22, 14, 20, 0, 0, city.Location())
}

func theCity(t *testing.T) *config.City {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	return city
}

// count runs a query that returns one number.
func count(t *testing.T, pool *pgxpool.Pool, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func TestSeed(t *testing.T) {
	city := theCity(t)
	pool := pgtest.Pool(t)
	at := now(t, city)
	began := time.Now()
	s, err := Seed(t.Context(), pool, city, at, "hash")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf(
		"%v: %v; %d consents, mean ages %.1f and %.1f", time.Since(began).Round(time.Millisecond), s, s.Consents,
		s.YoungMean,
		s.HeadquartersMean,
	)
	t.Run("mean ages", func(t *testing.T) {
		if math.Abs(s.YoungMean-15.5) > 1 || math.Abs(s.HeadquartersMean-30) > 1 {
			t.Errorf("mean ages %.1f and %.1f, want about 15.5 and 30", s.YoungMean, s.HeadquartersMean)
		}
	})
	for _, c := range []struct {
		what string
		want int
		sql  string
	}{
		{"campaigns", 9, `select count(*) from campaign where state = 'published' and body ->> 'kk' <> ''
			and body ->> 'ru' <> '' and body ->> 'en' <> ''`},
		{"colours", 9, `select count(distinct colour) from campaign`},
		{"emblems", 9, `select count(distinct emblem) from campaign`},
		{"bodies", 55, `select count(*) from org where state <> 'applied'`},
		{"applications", 2, `select count(*) from org where state = 'applied' and returned_at is null`},
		{"volunteer organisations", 30, `select count(*) from org where kind = 'volunteer_organization' and demo
			and state <> 'applied'`},
		{"initiative groups", 20, `select count(*) from org where kind = 'initiative_group' and demo
			and state <> 'applied'`},
		{"NGOs", 4, `select count(*) from org where kind = 'ngo' and demo and state <> 'applied'`},
		{"headquarters", 1, `select count(*) from org where kind = 'headquarters' and not demo`},
		{"organisations without a coordinator", 0, `select count(*) from org where demo and state <> 'applied'
			and id not in (select org_id from coordinator)`},
		{"people", 8205, `select count(*) from person where password_hash = 'hash'`},
		{"volunteers", 8200, `select count(*) from person where email ~ '^v[0-9]{4}@shtab\.test$'`},
		{"people in the totals", 8205, `select people from total_people`},
		{"people without agreement", 0, `select count(*) from person where id not in (select person_id
			from data_consent where version = '2026-11-22')`},
		{"events held", 1310, `select count(*) from event where closed_at is not null and state = 'published'`},
		{"events held of today or later", 0, `select count(*) from event where closed_at is not null
			and starts_at >= '2026-11-22 00:00+05'`},
		{"events closed in the future", 0, `select count(*) from event where closed_at > '2026-11-22 14:20+05'
			or closed_at < ends_at`},
		{"events to come", 60, `select count(*) from event where state in ('published', 'cancelled')
			and closed_at is null and ends_at > '2026-11-22 14:20+05' and starts_at < '2027-01-04 00:00+05'`},
		{"events without a text", 0, `select count(*) from event where title ->> 'kk' is null or body ->> 'en' is null
			or bring ->> 'ru' is null or place ->> 'kk' is null or contact_phone = ''`},
		{"kinds of place that say how one gets in", 5, `select count(distinct accessibility) from event
			where accessibility <> '{}'`},
		{"totals: events", 1310, `select sum(events) from total_event`},
		{"totals: participations", s.Participations, `select sum(participations) from total_event`},
		{"totals: minutes", s.Minutes, `select sum(minutes) from total_event`},
		{"kinds of things delivered", 8, `select count(distinct kind) from event_delivery d
			join event e on e.id = d.event_id where e.held_on is not null`},
		{"ledger: participations", s.Participations, `select sum(participations) from ledger`},
		{"ledger: minutes", s.Minutes, `select sum(minutes) from ledger`},
		{
			"the largest outing", 130,
			`select max(n) from (select sum(participations) n from ledger group by event_id) x`,
		},
		{"events that nobody came to", 0, `select count(*) from event where closed_at is not null
			and id not in (select event_id from ledger where participations = 1)`},
		{"hours out of range", 0, `select count(*) from ledger
			where case outcome when 'attended' then minutes not between 90 and 300
			or minutes % 15 <> 0 else minutes <> 0 end`},
		{"sign-ups before joining", 0, `select count(*) from signup s join person p on p.id = s.person_id
			where s.created_at < p.joined_at`},
		{"sign-ups out of time", 0, `select count(*) from signup s join shift h on h.id = s.shift_id
			join event e on e.id = h.event_id where s.created_at < e.published_at or s.created_at > h.starts_at
			or s.created_at > '2026-11-22 14:20+05' or s.changed_at > '2026-11-22 14:20+05'`},
		{"tickets that are twice", 0, `select count(*) - count(distinct ticket) from signup`},
		{"waiting though there are places", 0, `select count(*) from shift where waiting > 0
			and confirmed + held < capacity`},
		{"queues out of order", 0, `select count(*)
			from (select created_at < lag(created_at) over (partition by shift_id order by queue_no) bad from signup
			where state = 'waitlisted') x where bad`},
		{"holds that have passed", 0, `select count(*) from signup where hold_until <= '2026-11-22 14:20+05'`},
		{"awaiting at the age of consent", 0, `select count(*) from signup s join person p on p.id = s.person_id
			where state = 'awaiting_consent' and p.birth_date < '2010-11-22'`},
		{"consents without a guardian", 0, `select count(*) from guardian_consent c
			left join guardian g on g.id = c.guardian_id and g.person_id = c.person_id where g.verified_at
			is distinct from c.agreed_at`},
		{"teen@ waits, nobody asked", 1, `select count(*) from signup s join person p on p.id = s.person_id
			where p.email = 'teen@shtab.test' and s.hold_until > '2026-11-22 14:20+05'
				and p.id not in (select person_id
			from guardian)`},
		{"children of parent@ to answer for", 2, `select count(*) from guardian g
			join guardian_ask a on a.guardian_id = g.id join shift h on h.event_id = a.event_id
			join signup s on s.shift_id = h.id and s.person_id = g.person_id where g.email = 'parent@shtab.test'
			and s.state = 'awaiting_consent'`},
		{"refusals", 3, `select count(*) from guardian_ask a join guardian g on g.id = a.guardian_id
			join shift h on h.event_id = a.event_id
			join signup s on s.shift_id = h.id and s.person_id = g.person_id where a.refused_at is not null
			and s.cancel_cause = 'consent'`},
		{"volunteer@ fourth", 4, `select count(*) from signup s, (select shift_id, queue_no from signup
			where state = 'waitlisted' and person_id = (select id from person where email = 'volunteer@shtab.test')) v
			where s.shift_id = v.shift_id and s.queue_no <= v.queue_no`},
		{"drafts of coordinator@", 2, `select count(*) from event e join coordinator c using (org_id)
			join person p on p.id = c.person_id where p.email = 'coordinator@shtab.test' and e.state = 'draft'`},
		{"sent back to coordinator@", 1, `select count(*) from event where state = 'draft' and returned <> ''
			and returned_at > submitted_at`},
		{"in review", 2, `select count(*) from event e join org o on o.id = e.org_id where e.state = 'review'
			and o.state = 'active'`},
		{"in review again", 1, `select count(*) from event e join audit a on a.object_id = e.id
			and a.at > e.returned_at where e.state = 'review' and e.returned <> '' and a.verb = 'event.save'`},
		{"volunteer@ coming", 2, `select count(*) from signup where state = 'confirmed'
			and lower(during) > '2026-11-22 14:20+05' and person_id = (select id from person
			where email = 'volunteer@shtab.test')`},
	} {
		t.Run(c.what, func(t *testing.T) {
			if got := count(t, pool, c.sql); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
	for _, c := range []struct{ what, sql string }{
		{"a single place", `select count(*) from shift h join event e on e.id = event_id where closed_at is null
			and capacity = 1 and confirmed = 0`},
		{"each ground", `select count(distinct adults_only) / 4 from event where closed_at is null`},
		{"from 16", `select count(*) from event where closed_at is null and min_age = 16`},
		{"several shifts", `select count(*) from (select from shift h join event e on e.id = event_id
			where closed_at is null group by e.id having count(*) > 1) x`},
		{"cancelled", `select count(*) from event where state = 'cancelled' and cancel_reason ->> 'kk' <> ''`},
		{"not open yet", `select count(*) from event where signup_opens_at > '2026-11-22 14:20+05'`},
		{"closed", `select count(*) from event where signup_closes_at < '2026-11-22 14:20+05'
			and starts_at > '2026-11-22 14:20+05'`},
		{"under way", `select count(*) from event where starts_at <= '2026-11-22 14:20+05'
			and ends_at > '2026-11-22 14:20+05'`},
		{"later today", `select count(*) from event where starts_at > '2026-11-22 14:20+05'
			and starts_at < '2026-11-23 00:00+05'`},
		{"past 23:00", `select count(*) from event where closed_at is null
			and ends_at at time zone 'Asia/Almaty' > (starts_at at time zone 'Asia/Almaty')::date + interval
				'23 hours'`},
		{"a queue of 12", `select count(*) from shift where waiting >= 12 and confirmed = capacity`},
		{"full, nobody waits", `select count(*) from shift h join event e on e.id = event_id where closed_at is null
			and confirmed = capacity and waiting = 0`},
		{"places held", `select count(*) from shift where held > 0`},
		{"hours of volunteer@", `select count(*) from ledger where outcome = 'attended' and person_id = (select id
			from person where email = 'volunteer@shtab.test')`},
		{"events of coordinator@", `select count(*) / 6 from event where closed_at is null and org_id = (select org_id
			from coordinator where person_id = (select id from person where email = 'coordinator@shtab.test'))`},
		{"staff", `select count(*) from person where email = 'staff@shtab.test' and role = 'staff'`},
		{"admin", `select count(*) from person where email = 'admin@shtab.test' and role = 'admin'`},
		{"consents withdrawn", `select count(*) from guardian_consent where withdrawn_at is not null`},
		{"eventConsents", `select count(*) from guardian_consent where accompanied and event_id is not null`},
		{"awaiting, nobody asked", `select count(*) from signup s where state = 'awaiting_consent'
			and person_id not in (select person_id from guardian)`},
		{"awaiting, somebody asked", `select count(*) from signup s join guardian g using (person_id)
			where state = 'awaiting_consent'`},
		{"a coming night with places", `select count(*) from shift h join event e on e.id = h.event_id
			where closed_at is null and e.adults_only is null and e.min_age is null and h.min_age is null
			and h.confirmed + h.held < h.capacity and h.ends_at at time zone 'Asia/Almaty'
				> (h.starts_at at time zone 'Asia/Almaty')::date + interval '23 hours'`},
		{"joint events", `select count(*) from event_cohost`},
	} {
		t.Run("some: "+c.what, func(t *testing.T) {
			if count(t, pool, c.sql) < 1 {
				t.Error("none")
			}
		})
	}

	t.Run("a second seed writes nothing", func(t *testing.T) {
		again, err := Seed(t.Context(), pool, city, at.AddDate(0, 0, 1), "other")
		if err != nil || !again.Already || count(t, pool,
			`select count(*) from person where password_hash = 'other'`) != 0 {
			t.Errorf("a second seed: %+v, %v", again, err)
		}
	})
	t.Run("the next id is free", func(t *testing.T) {
		if _, err := pool.Exec(t.Context(), `insert into person (given_name, family_name, calendar_token, joined_at)
			values ('A', 'B', 'x', now())`); err != nil {
			t.Errorf("the next id is taken: %v", err)
		}
	})
}

func TestSeedRefusesOthers(t *testing.T) {
	city := theCity(t)
	for _, email := range []any{"somebody@example.com", nil} {
		pool := pgtest.Pool(t)
		_, err := pool.Exec(t.Context(), `insert into person (email, given_name, family_name, calendar_token,
			joined_at) values ($1, 'A', 'B', 'x', now())`, email)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Seed(t.Context(), pool, city, now(t, city), "hash"); !errors.Is(err, ErrOthers) {
			t.Errorf("%v: %v, want ErrOthers", email, err)
		}
		if n := count(t, pool, `select (select count(*) from person) + (select count(*) from org)`); n != 1 {
			t.Errorf("%v: %d rows after the refusal", email, n)
		}
	}
}

func TestSeedTwiceAtOnce(t *testing.T) {
	city := theCity(t)
	pool := pgtest.Pool(t)
	wrote := make(chan bool)
	for range 2 {
		go func() {
			s, err := Seed(context.WithoutCancel(t.Context()), pool, city, now(t, city), "hash")
			wrote <- err == nil && !s.Already
		}()
	}
	if a, b := <-wrote, <-wrote; a == b {
		t.Errorf("one of two must write: %v %v", a, b)
	}
}

// TestBuild checks that the same moment gives the same data, and the rules at any hour and season.
func TestBuild(t *testing.T) {
	city := theCity(t)
	at := now(t, city)
	first, err := build(city, at)
	if err != nil {
		t.Fatal(err)
	}
	second, err := build(city, at)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(first.listing(), second.listing()) {
		t.Error("two builds of one moment differ")
	}
	for _, at := range []time.Time{
		at,
		time.Date(2026, 11, 23, 2, 31, 0, 0, city.Location()),
		time.Date(2027, 7, 14, 19, 45, 0, 0, city.Location()),
		time.Date(2028, 2, 29, 23, 40, 0, 0, city.Location()),
		time.Date(2026, 12, 31, 8, 0, 0, 0, city.Location()),
		time.Date(2027, 4, 5, 21, 5, 0, 0, city.Location()),
	} {
		b, err := build(city, at)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(at.Format("2006-01-02T15:04"), b.check)
	}
}

// listing is the data of the demonstration that visitors see.
func (b *builder) listing() (all []any) {
	for _, p := range b.people {
		all = append(all, p.email, p.given, p.family, p.birth, p.joined, p.token)
	}
	for _, e := range b.events {
		all = append(all, e.template.Title, e.place, e.host.slug, e.starts)
		for _, s := range e.shifts {
			for _, u := range s.signups {
				all = append(all, u.person.n, u.state, u.created, u.minutes)
			}
		}
	}
	return all
}

// check checks the demonstration against the rules, without a database.
func (b *builder) check(t *testing.T) {
	s := b.summary()
	if s.Past != held || s.Coming != coming || s.People != volunteers+5 || s.Organizations != 55 {
		t.Errorf("%+v", s)
	}
	if math.Abs(s.YoungMean-15.5) > 1 || math.Abs(s.HeadquartersMean-30) > 1 {
		t.Errorf("mean ages %.1f and %.1f", s.YoungMean, s.HeadquartersMean)
	}
	type span struct{ from, to time.Time }
	confirmedAt := map[*person][]span{}
	minors := 0
	for _, e := range b.events {
		later := e.closed.IsZero()
		if later != e.ends.After(b.now) {
			t.Errorf("event %d of %v", e.n, e.starts)
		}
		if e.starts.Minute()%30 != 0 || e.published.After(e.starts) || e.published.After(b.now) ||
			e.published.Before(e.created) {
			t.Errorf("event %d: %v, published %v", e.n, e.starts, e.published)
		}
		for _, h := range e.shifts {
			taken := 0
			for _, u := range h.signups {
				if !u.hold.IsZero() || u.state == confirmed {
					taken++
				}
				if u.state == cancelled {
					continue
				}
				if u.state == confirmed {
					for _, o := range confirmedAt[u.person] {
						if o.from.Before(h.ends) && h.starts.Before(o.to) {
							t.Errorf("%s is in two places at %v", u.person.email, h.starts)
						}
					}
					confirmedAt[u.person] = append(confirmedAt[u.person], span{h.starts, h.ends})
				}
				ev, sh := e.rules(h)
				c := u.person.candidate(h.starts)
				c.Commitments, c.Open = nil, 0
				reasons := event.Recheck(c, ev, sh, b.city.Rules, b.zone)
				if event.Blocks(reasons) || (len(reasons) > 0) != (u.state == awaiting) {
					t.Errorf("%s in event %d (%s): %v", u.person.email, e.n, u.state, reasons)
				}
				if event.AgeAt(u.person.birth, h.starts, b.zone) < b.city.Rules.ConsentAge {
					minors++
				}
			}
			if taken > h.capacity {
				t.Errorf("event %d: %d in %d places", e.n, taken, h.capacity)
			}
		}
	}
	if minors < 500 {
		t.Errorf("only %d sign-ups of minors", minors)
	}
	for _, p := range b.people {
		if p.joined.After(b.now) || event.AgeAt(p.birth, p.joined, b.zone) < childhoodEnds-1 {
			t.Errorf("%s born %v joined %v", p.email, p.birth, p.joined)
		}
	}
}
