package signup

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
)

// noon is now in these tests: a Monday, 12:00 in Astana.
var noon = time.Date(2026, 6, 1, 7, 0, 0, 0, time.UTC)

// world is a database with one organisation, a store over it and what the tests put in.
type world struct {
	testing.TB
	ctx   context.Context
	db    *pgxpool.Pool
	store *Store
	city  *config.City
	out   *outbox.Outbox
	org   int64
	camp  int64
	host  account.Actor // coordinator of org
}

func newWorld(t testing.TB, conns int32, options ...Option) *world {
	t.Helper()
	return worldOver(t, pgtest.PoolN(t, conns), options...)
}

// countedWorld is a world whose statements are counted.
func countedWorld(t testing.TB) (*world, *pgtest.Statements) {
	t.Helper()
	pool, count := pgtest.Counted(t, 2)
	return worldOver(t, pool), count
}

func worldOver(t testing.TB, pool *pgxpool.Pool, options ...Option) *world {
	t.Helper()
	w := &world{TB: t, ctx: t.Context(), db: pool}
	var err error
	if w.city, err = config.LoadCity(""); err != nil {
		t.Fatal(err)
	}
	if w.out, err = outbox.New(w.db, nil); err != nil {
		t.Fatal(err)
	}
	w.store = NewStore(w.db, w.out, w.city, options...)
	w.org = w.id(
		`insert into org (slug, kind, name, joined_on) values ('host', 'ngo', '{"ru": "Хозяин"}', '2020-01-01')
			returning id`)
	w.camp = w.id(
		`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
			values ('c', $1, '{}', '{}', 'leaf', 'tree', '2026-01-01') returning id`, w.org)
	w.host = account.Actor{PersonID: w.person(30), Orgs: []int64{w.org}}
	return w
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.Helper()
	if err := w.db.QueryRow(w.ctx, sql, args...).Scan(&id); err != nil {
		w.Fatal(err)
	}
	return id
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Exec(w.ctx, sql, args...); err != nil {
		w.Fatal(err)
	}
}

// people makes n of them who turned age last January.
func (w *world) people(n, age int) []int64 {
	w.Helper()
	rows, _ := w.db.Query(w.ctx, `insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
		select 'Айдана', 'Т' || i, $2::date, gen_random_uuid()::text, $3 from generate_series(1, $1) i returning id`,
		n, time.Date(2026-age, 1, 15, 0, 0, 0, 0, time.UTC), noon)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		w.Fatal(err)
	}
	return ids
}

func (w *world) person(age int) int64 { w.Helper(); return w.people(1, age)[0] }

// event makes a published one of shifts that last two hours each, so many hours after noon.
func (w *world) event(capacity int, after ...int) (id int64, shifts []int64) {
	w.Helper()
	from, to := noon.Add(time.Duration(after[0])*time.Hour), noon.Add(time.Duration(after[len(after)-1]+2)*time.Hour)
	id = w.id(
		`insert into event (campaign_id, org_id, state, title, place, starts_at, ends_at, created_at, published_at,
			updated_at)
		values ($1, $2, 'published', '{"ru": "Посадка"}', '{"ru": "Парк"}', $3, $4, $5, $5, $5) returning id`, w.camp,
		w.org, from, to, noon.AddDate(0, 0, -7))
	for _, h := range after {
		from := noon.Add(time.Duration(h) * time.Hour)
		shifts = append(shifts,
			w.id(`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, $2, $3, $4) returning id`,
				id, from, from.Add(2*time.Hour), capacity))
	}
	return id, shifts
}

func as(person int64) account.Actor { return account.Actor{PersonID: person} }

// join signs person up and expects what comes of it.
func (w *world) join(person, shift int64, want State, position int) Result {
	w.Helper()
	return w.joinAt(person, shift, noon, want, position)
}

func (w *world) joinAt(person, shift int64, now time.Time, want State, position int) Result {
	w.Helper()
	r, err := w.store.Join(w.ctx, as(person), shift, now)
	if err != nil || r.State != want || r.Position != position {
		w.Fatalf("join of %d: %+v, %v; want %s at %d", person, r, err, want, position)
	}
	return r
}

func (w *world) cancel(r Result, person int64) {
	w.Helper()
	if r, err := w.store.Cancel(w.ctx, as(person), r.SignupID, noon); err != nil || !r.Changed ||
		r.State != Cancelled {
		w.Fatalf("cancel: %+v, %v", r, err)
	}
}

// state expects a person's state in a shift.
func (w *world) state(person, shift int64, want State) {
	w.Helper()
	var got State
	if err := w.db.QueryRow(w.ctx, `select state from signup where person_id = $1 and shift_id = $2`, person, shift).
		Scan(&got); err != nil || got != want {
		w.Errorf("%d in shift %d is %s, %v; want %s", person, shift, got, err, want)
	}
}

// mails are the kinds of the mails to a person, in order.
func (w *world) mails(person int64) (kinds []string) {
	w.Helper()
	rows, _ := w.db.Query(w.ctx,
		`select args ->> 'kind' from river_job where kind = 'mail' and (args ->> 'person_id')::bigint = $1
			order by id`, person)
	kinds, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.Fatal(err)
	}
	return kinds
}

func (w *world) wantMails(person int64, want ...string) {
	w.Helper()
	if got := w.mails(person); fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("mails to %d: %v, want %v", person, got, want)
	}
}

func (w *world) wantFault(err error, kind fault.Kind) {
	w.Helper()
	if fault.Of(err) != kind {
		w.Errorf("%v; want kind %d", err, kind)
	}
}

// change is the event as it is, to be changed.
func (w *world) change(eventID int64) Change {
	w.Helper()
	f, err := event.NewStore(w.db, w.city).Get(w.ctx, w.host, eventID)
	if err != nil {
		w.Fatal(err)
	}
	return changeOf(f)
}

func changeOf(f event.ManagedEvent) Change {
	c := Change{EventID: f.ID, Details: f.Details}
	for _, s := range f.Shifts {
		c.Shifts = append(c.Shifts, ShiftChange{
			ID: s.ID, Title: s.Title, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
			Capacity: s.Capacity, MinAge: s.MinAge,
		})
	}
	return c
}

func text(ru string) i18n.Text { return i18n.Text{RU: ru} }

func both(s string) i18n.Text { return i18n.Text{KK: s, RU: s} }

// invariants are what must hold whenever nothing is under way.
func (w *world) invariants(now time.Time) (broken []string) {
	w.Helper()
	rows, _ := w.db.Query(w.ctx, `
		select format('shift %s: %s confirmed, %s held of %s, %s waiting; rows say %s, %s, %s', s.id, s.confirmed,
			s.held, s.capacity, s.waiting, c, h, q)
		from shift s cross join lateral (
			select count(*) filter (where state = 'confirmed') c,
				count(*) filter (where state = 'awaiting_consent' and hold_until is not null) h,
				count(*) filter (where state = 'waitlisted') q from signup where shift_id = s.id) r
		where s.confirmed + s.held > s.capacity or (s.confirmed, s.held, s.waiting) <> (c, h, q)
		union all
		select format('%s has %s sign-ups for shift %s', person_id, count(*), shift_id) from signup
			group by person_id, shift_id having count(*) > 1
		union all
		select format('%s is confirmed in %s and %s at once', a.person_id, a.shift_id, b.shift_id) from signup a
		join signup b on a.person_id = b.person_id and a.id < b.id and a.during && b.during
			where a.state = 'confirmed' and b.state = 'confirmed'
		union all
		select format('sign-up %s is not at its shift''s hours', g.id) from signup g join shift s on s.id = g.shift_id
			where g.during <> s.during
		union all
		select format('sign-up %s is %s in a cancelled event', g.id, g.state) from signup g join shift s
			on s.id = g.shift_id join event e on e.id = s.event_id
		where e.state = 'cancelled' and g.state <> 'cancelled' and s.ends_at > $1
		union all
		select format('sign-up %s: confirmed %s times, mails say %s', id, state, n) from (
			select g.id, g.state, count(*) n from signup g
			left join river_job j on j.kind = 'mail' and (j.args ->> 'subject_id')::bigint = g.id
				and j.args ->> 'kind' in ('signup_confirmed', 'signup_promoted')
			where g.state = 'confirmed' group by g.id, g.state having count(j.id) = 0) x`, now)
	broken, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		w.Fatal(err)
	}

	// Eligibility, asked as the rules ask it.
	rows, _ = w.db.Query(w.ctx, `select distinct event_id from shift order by 1`)
	events, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		w.Fatal(err)
	}
	for _, id := range events {
		f, err := event.Show(w.ctx, w.db, w.host, id)
		if err != nil {
			w.Fatal(err)
		}
		t := &lockedTx{Store: w.store, now: now, shifts: map[int64]*lockedShift{}, people: map[int64]*person{}}
		for _, s := range f.Shifts {
			t.shifts[s.ID] = &lockedShift{Shift: s, was: s, Event: &f.Event}
		}
		rows, _ := w.db.Query(w.ctx, `select id from person order by id`)
		people, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			w.Fatal(err)
		}
		if err := t.load(w.ctx, w.db, people, nil, ``); err != nil {
			w.Fatal(err)
		}
		for _, who := range t.people {
			for _, shift := range t.shifts {
				e := who.signups[shift.ID]
				if e == nil || e.State == Cancelled || !now.Before(shift.EndsAt) {
					continue
				}
				reasons := t.recheck(who, shift)
				if e.State == Confirmed && len(reasons) > 0 {
					broken = append(broken, fmt.Sprintf("%d is confirmed in %d despite %v", who.id, shift.ID, reasons))
				}
				if e.holds() && event.Blocks(reasons) && reasons[0].Cause != event.Clash {
					broken = append(broken, fmt.Sprintf("%d has a place in %d despite %v", who.id, shift.ID, reasons))
				}
				if e.State == Waitlisted && shift.Free() > 0 && t.queueMoves(shift) && len(reasons) == 0 &&
					!who.suspended {
					broken = append(broken, fmt.Sprintf("%d waits for %d, which has %d free places", who.id, shift.ID,
						shift.Free()))
				}
				if e.HoldUntil != nil && len(reasons) == 0 {
					broken = append(broken, fmt.Sprintf("%d awaits consent in %d for nothing", who.id, shift.ID))
				}
			}
		}
	}
	return broken
}

func (w *world) check(now time.Time) {
	w.Helper()
	for _, b := range w.invariants(now) {
		w.Error(b)
	}
}
