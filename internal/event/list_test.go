package event_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres/pgtest"
)

type world struct {
	*testing.T
	db   *pgxpool.Pool
	city *config.City
	now  time.Time
}

// newWorld has two campaigns, two organisations and now on Wednesday, 2 December 2026, 12:00.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, db: pgtest.Pool(t), city: astana(t)}
	w.now = time.Date(2026, 12, 2, 12, 0, 0, 0, w.city.Location())
	w.exec(`insert into org (slug, kind, name, joined_on) values
		('jastar', 'volunteer_organization', '{"kk":"Жастар"}', '2020-01-01'),
			('qamqor', 'ngo', '{"kk":"Қамқор"}', '2020-01-01')`)
	w.exec(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at) values
		('taza-alem', 1, '{"kk":"Taza Alem"}', '{}', 'leaf', 'leaf', '2026-01-01'),
			('bizbirgemiz', 1, '{"kk":"Bizbirgemiz"}', '{}', 'coral', 'basket', '2026-01-01')`)
	return w
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Exec(context.Background(), sql, args...); err != nil {
		w.Fatalf("%s: %v", sql, err)
	}
}

// add publishes an event of two hours on a day of December at an hour, with one shift.
func (w *world) add(title string, day, hour int, set string) (id int64) {
	w.Helper()
	at := time.Date(2026, 12, day, hour, 0, 0, 0, w.city.Location())
	err := w.db.QueryRow(context.Background(),
		`insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at, updated_at,
			published_at)
		values (1, 1, 'published', jsonb_build_object('kk', $1::text), 'yesil', $2, $3, now(), now(), now())
			returning id`, title, at, at.Add(2*time.Hour)).Scan(&id)
	if err != nil {
		w.Fatal(err)
	}
	w.exec(`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, $2, $3, 5)`, id, at,
		at.Add(2*time.Hour))
	if set != "" {
		w.exec(`update event set `+set+` where id = $1`, id)
	}
	return id
}

func (w *world) titles(query string) (titles []string) {
	w.Helper()
	q, err := url.ParseQuery(query)
	if err != nil {
		w.Fatal(err)
	}
	p, err := event.Coming(context.Background(), w.db, event.ParseComingQuery(q, w.city, w.now), w.city, w.now)
	if err != nil {
		w.Fatalf("%s: %v", query, err)
	}
	for _, c := range p.Cards {
		titles = append(titles, c.Title.KK)
	}
	if p.Next == (event.Cursor{}) && q.Get("after") == "" && p.Total != len(titles) {
		w.Errorf("%s: %d events, total %d", query, len(titles), p.Total)
	}
	return titles
}

func TestComing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("past", 1, 10, "")
	w.add("under way", 2, 11, "")
	w.add("today", 2, 18, "")
	w.add("night", 3, 22, "")
	w.add("Қарды тазалау", 5, 10, "campaign_id = 2")
	w.add("Sunday", 6, 10, "min_age = 16, district = 'nura'")
	w.add("adults", 9, 10, "adults_only = 'hazard'")
	full := w.add("full", 20, 10, "org_id = 2")
	w.exec(`update shift set confirmed = capacity where event_id = $1`, full)
	joint := w.add("joint", 30, 10, "")
	w.exec(`insert into event_cohost values ($1, 2)`, joint)
	w.add("cancelled", 31, 10, "state = 'cancelled'")
	w.add("draft", 31, 11, "state = 'draft'")

	for query, want := range map[string][]string{
		"": {
			"under way", "today", "night", "Қарды тазалау", "Sunday", "adults", "full", "joint",
			"cancelled",
		},
		"when=today":   {"under way", "today"},
		"when=weekend": {"Қарды тазалау", "Sunday"},
		"when=week":    {"under way", "today", "night", "Қарды тазалау", "Sunday"},
		"when=dates&from=2026-12-06&to=2026-12-09": {"Sunday", "adults"},
		"from=2026-12-20&to=2026-12-20":            {"full"},
		"q=кардЫ":                                  {"Қарды тазалау"},
		"q=tod":                                    {"today"},
		"q=%25":                                    nil,
		"campaign=bizbirgemiz":                     {"Қарды тазалау"},
		"campaign=unknown":                         nil,
		"org=qamqor":                               {"full", "joint"},
		"district=nura":                            {"Sunday"},
		"district=atlantis&when=weekend":           {"Қарды тазалау", "Sunday"},
		"age=15": {
			"under way", "today", "Қарды тазалау", "full", "joint",
			"cancelled",
		},
		"age=17&when=week": {"under way", "today", "Қарды тазалау", "Sunday"},
		"age=30&when=week": {"under way", "today", "night", "Қарды тазалау", "Sunday"},
		"open=1":           {"today", "night", "Қарды тазалау", "Sunday", "adults", "joint"},
	} {
		if got := w.titles(query); !slices.Equal(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", query, got, want)
		}
	}
}

func TestPagesByAStableKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range event.PageSize + 20 {
		w.add(fmt.Sprint(i), 5+i/40, 10, "") // many at the same instant
	}
	var all []string
	f := event.ComingQuery{}
	for page := 0; ; page++ {
		p, err := event.Coming(context.Background(), w.db, f, w.city, w.now)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Cards {
			all = append(all, c.Title.KK)
		}
		if p.Total != event.PageSize+20 {
			t.Errorf("page %d: total %d", page, p.Total)
		}
		if p.Next.ID == 0 {
			break
		}
		w.add(fmt.Sprint("early", page), 3, 10, "state = 'draft'") // what comes before moves nothing
		// The cursor goes through the address.
		f = event.ParseComingQuery(url.Values{"after": {p.Next.String()}}, w.city, w.now)
	}
	for i, title := range all {
		if title != fmt.Sprint(i) {
			t.Fatalf("at %d: %s", i, title)
		}
	}
	if len(all) != event.PageSize+20 {
		t.Errorf("%d events", len(all))
	}
}

func TestDraftsAreTheirOwnersOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("draft", 5, 10, "state = 'draft'")
	for name, c := range map[string]struct {
		actor account.Actor
		shown bool
	}{
		"visitor":   {account.Actor{}, false},
		"volunteer": {account.Actor{PersonID: 1, Role: account.Volunteer}, false},
		"own":       {account.Actor{PersonID: 1, Orgs: []int64{1}}, true},
		"other":     {account.Actor{PersonID: 1, Orgs: []int64{2}}, false},
		"staff":     {account.Actor{PersonID: 1, Role: account.Staff}, true},
	} {
		_, err := event.Show(context.Background(), w.db, c.actor, id)
		if (err == nil) != c.shown || err != nil && fault.Of(err) != fault.KindNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}
