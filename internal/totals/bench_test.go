package totals

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/postgres/pgtest"
)

// BenchmarkHeadquarters says what the headquarters' page costs, in ms and statements, by the rows
// of the ledger, what the summary takes to load and to keep in memory, and what it adds to a
// confirmation of 50 people's hours. SHTAB_BENCH_ROWS names another number of rows: ten million take
// minutes to fill.
func BenchmarkHeadquarters(b *testing.B) {
	sizes := []int{100_000, 1_000_000}
	if n, err := strconv.Atoi(os.Getenv("SHTAB_BENCH_ROWS")); err == nil {
		sizes = []int{n}
	}
	city, err := config.LoadCity("")
	if err != nil {
		b.Fatal(err)
	}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, city.Location())
	for _, n := range sizes {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			db, count := pgtest.Counted(b, 2)
			fill(b, db, n)
			asServed(b, db)
			var store *Store
			b.Run("load", func(b *testing.B) {
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				for b.Loop() {
					store = NewStore(db)
					if err := store.refresh(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB")
			})
			for _, page := range []struct{ name, asked string }{
				{"year", "period=year"},
				{"last_year", "period=last_year"},
				{"since", "period=since"},
				{"days", "period=dates&from=2025-02-10&to=2025-08-20"},
				{"campaign", "period=year&campaign=1"},
				{"kind", "period=year&kind=ngo"},
				{"two_filters", "period=year&campaign=1&district=yesil"},
			} {
				v, err := url.ParseQuery(page.asked)
				if err != nil {
					b.Fatal(err)
				}
				b.Run(page.name, func(b *testing.B) {
					count.Take()
					for b.Loop() {
						if _, err := store.Report(b.Context(), ParseSelection(v, city, now)); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
					b.ReportMetric(float64(count.Take())/float64(b.N), "statements")
				})
			}
			q := ParseSelection(url.Values{"period": {"year"}}, city, now).Query
			for _, v := range rowKinds() {
				b.Run("rows_"+string(v), func(b *testing.B) {
					part := map[RowKind]string{AttendanceRows: PartAttended, DeliveryRows: "trees"}[v]
					for b.Loop() {
						if err := store.EachRow(b.Context(), q, v, part, 51,
							0, func(Row) error { return nil }); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/page")
				})
			}
			for _, triggers := range []string{"without", "with"} {
				b.Run("confirm_50_"+triggers, func(b *testing.B) {
					for b.Loop() {
						confirm50(b, db, triggers == "with")
					}
					b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/confirmation")
				})
			}
		})
	}
}

// asServed sets what the portal's own connections and a private cluster are set to.
func asServed(b *testing.B, db *pgxpool.Pool) {
	b.Helper()
	for _, set := range []string{"plan_cache_mode = force_generic_plan", "jit = off"} {
		sql := `do $$ begin execute format('alter database %I set ` + set + `', current_database()); end $$`
		if _, err := db.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	db.Reset()
}

// fill makes a ledger of n rows, 25 an event and 50 a person, from March 2019 to November 2026,
// without its triggers, the summaries at once from what they should be.
func fill(b *testing.B, db *pgxpool.Pool, n int) {
	b.Helper()
	began := time.Now()
	people, events := n/50, n/25
	err := pgx.BeginFunc(b.Context(), db, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`set local session_replication_role = replica`, // neither triggers nor foreign keys
			`insert into org (slug, kind, name, joined_on)
				select 'o' || i, (array['headquarters', 'volunteer_organization',
				'initiative_group', 'ngo'])[least(i, 2 + i % 3)], '{}', '2019-01-01' from generate_series(1, 55) i`,
			`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
				select 'c' || i, 1, '{}', '{}', 'sky', 'sun', '2026-01-01'
				from generate_series(1, 9) i`,
			fmt.Sprintf(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
				select 'А', 'Б', date '1975-01-01' + (i * 7919 %% 14000), 't' || i, '2019-02-01'
				from generate_series(1, %d) i`, people),
			fmt.Sprintf(
				`insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at,
				updated_at, published_at, closed_at, held_on)
				select 1 + i %% 9, 1 + i * 31 %% 55, 'published', '{}', (array['almaty', 'baiqonyr', 'yesil', 'nura',
				'saraishyq', 'saryarqa'])[1 + i * 17 %% 6],
					at, at + interval '2 hours', at, at, at, at, (at at time zone 'Asia/Almaty')::date
				from generate_series(1, %[1]d) i, lateral (select timestamptz '2019-03-01 10:00+06'
					+ make_interval(days => (i::bigint * 2820 / %[1]d)::int) as at) d`, events),
			fmt.Sprintf(`insert into event_cohost select i, 1 + (i * 31 + 1) %% 55 from generate_series(1, %d, 4) i`,
				events),
			fmt.Sprintf(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome,
				participations, minutes, recorded_at, age, no_shows)
				select i, p.id, e.id, e.campaign_id, e.org_id, (e.starts_at at time zone 'Asia/Almaty')::date,
				case when i %% 11 = 0 then 'no_show' else 'attended' end,
					(i %% 11 <> 0)::int, case when i %% 11 = 0 then 0 else 60 + i %% 5 * 30 end, now(),
						age_on(p.birth_date,
					e.starts_at::date), (i %% 11 = 0)::int
				from generate_series(1, %d) i join event e on e.id = 1 + (i - 1) / 25
				join person p on p.id = 1 + hashint8(i)::bigint %% %[2]d
					+ case when hashint8(i) < 0 then %[2]d - 1 else 0 end`, n, people),
			`insert into total_event select * from total_event_truth`,
			`update total_people set people = (select count(*) from person)`,
		} {
			if _, err := tx.Exec(b.Context(), sql); err != nil {
				return fmt.Errorf("%.60s: %w", sql, err)
			}
		}
		return nil
	})
	if err == nil {
		// The event that confirm50 closes: 50 places in one shift.
		_, err = db.Exec(b.Context(), `
			with e as (insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at,
			updated_at, published_at)
				values (1, 2, 'published', '{}', 'yesil', '2026-11-20 10:00+05', '2026-11-20 12:00+05', now(), now(),
					now())
				returning id, starts_at, ends_at),
			s as (insert into shift (event_id, starts_at, ends_at, capacity) select id, starts_at, ends_at, 50 from e
			returning id, starts_at, ends_at)
			insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select s.id, p.id, tstzrange(s.starts_at, s.ends_at), 'confirmed', 'b' || p.id, now(), now()
				from s, person p
			where p.id <= 50`)
	}
	if err == nil {
		_, err = db.Exec(b.Context(), `vacuum analyze`)
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d rows in %s", n, time.Since(began).Round(time.Second))
}

// confirm50 writes 50 people's hours and closes their event, and takes it back.
func confirm50(b *testing.B, db *pgxpool.Pool, summaries bool) {
	b.Helper()
	err := pgx.BeginFunc(b.Context(), db, func(tx pgx.Tx) error {
		if !summaries {
			for _, sql := range []string{
				`alter table ledger disable trigger ledger_counted`, `alter table event disable trigger event_counted`,
			} {
				b.StopTimer()
				if _, err := tx.Exec(b.Context(), sql); err != nil {
					return err
				}
				b.StartTimer()
			}
		}
		for _, sql := range []string{
			`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, age, outcome,
				participations,
				no_shows, minutes, recorded_at)
				select g.id, g.person_id, e.id, e.campaign_id, e.org_id, '2026-11-20',
					age_on(p.birth_date, '2026-11-20'),
				'attended', 1, 0, 120, now()
				from signup g join person p on p.id = g.person_id join shift s on s.id = g.shift_id
				join event e on e.id = s.event_id`,
			`update event set closed_at = now(), held_on = '2026-11-20' where id = (select max(id) from event)`,
		} {
			if _, err := tx.Exec(b.Context(), sql); err != nil {
				return err
			}
		}
		return errTaken
	})
	if !errors.Is(err, errTaken) {
		b.Fatal(err)
	}
}

// errTaken takes a confirmation back.
var errTaken = errors.New("taken back")
