package event_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// people makes the persons whom the actors are.
func (d *desk) people() *desk {
	d.Helper()
	d.exec(`insert into person (email, given_name, family_name, lang, calendar_token, joined_at)
		select 'p' || i || '@shtab.test', 'А', 'Б', 'kk', 'p' || i, now() from generate_series(1, 3) i`)
	return d
}

// rich is an event in which everything is filled in.
func (d *desk) rich() event.Details {
	p := d.plan()
	lat, lng := 51.12, 71.43
	opens, closes := d.at(1, 9), d.at(9, 18)
	p.Cohosts, p.Lat, p.Lng = []int64{2, 3}, &lat, &lng
	p.Title.EN, p.Summary.EN, p.Place.EN = "Planting", "We plant", "A park"
	p.Body, p.Bring, p.Needs = i18n.Text{KK: "Мәтін", RU: "Текст"}, i18n.Text{KK: "Қолғап", RU: "Перчатки"},
		i18n.Text{KK: "Курс", RU: "Курс"}
	p.ContactName, p.ContactPhone, p.AdultsOnly, p.MinAge, p.CutoffMinutes = "Айгүл", "+7 701 000 00 00", event.Hazard,
		21, 60
	p.SignupOpensAt, p.SignupClosesAt = &opens, &closes
	p.Slots = []event.Slot{
		{Title: i18n.Text{KK: "Таңғы", RU: "Утро"}, Day: "2026-12-10", From: "10:00", To: "13:00", Capacity: 20},
		{
			Title: i18n.Text{KK: "Түнгі", RU: "Ночь"}, Day: "2026-12-11", From: "20:00", To: "02:00", NextDay: true,
			Capacity: 7, MinAge: 25,
		},
	}
	return p
}

// at is an hour of a day of December in the city.
func (d *desk) at(day, hour int) time.Time {
	return time.Date(2026, 12, day, hour, 0, 0, 0, d.city.Location())
}

// columns is every column of an event but those that are of its own, and its co-hosts.
func (d *desk) columns(id int64) (row map[string]any) {
	d.Helper()
	if err := d.db.QueryRow(context.Background(),
		`select to_jsonb(e) - array['id', 'form_key', 'created_at', 'updated_at', 'version', 'series_id']
		|| jsonb_build_object('cohosts', array(select org_id from event_cohost where event_id = e.id order by 1))
		from event e where id = $1`, id).Scan(&row); err != nil {
		d.Fatal(err)
	}
	return row
}

// differing is the names of the columns in which two events differ.
func differing(a, b map[string]any) (names []string) {
	for _, name := range slices.Sorted(maps.Keys(a)) {
		if fmt.Sprint(a[name]) != fmt.Sprint(b[name]) {
			names = append(names, name)
		}
	}
	return names
}

// A duplicate keeps all but the dates, of a draft and of what is published and over.
func TestDuplicate(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t), context.Background()
	id := d.create(d.jastar, d.rich())
	copyOf := func(key string) int64 {
		made, err := d.store.Duplicate(ctx, d.jastar, id, key, d.now)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	first := copyOf("a")
	want := []string{"ends_at", "signup_closes_at", "signup_opens_at", "slots", "starts_at"}
	if got := differing(d.columns(id), d.columns(first)); !slices.Equal(got, want) {
		t.Errorf("a draft's copy differs in %v", got)
	}
	if row := d.columns(first); row["starts_at"] != nil || row["ends_at"] != nil || row["signup_opens_at"] != nil ||
		row["signup_closes_at"] != nil {
		t.Errorf("the copy has dates: %v", row)
	}
	h, err := d.store.Get(ctx, d.jastar, first)
	if err != nil {
		t.Fatal(err)
	}
	p := d.rich()
	p.Slots[0].Day, p.Slots[1].Day, p.SignupOpensAt, p.SignupClosesAt = "", "", nil, nil
	if left := h.Details.Diff(p); left != nil || h.State != event.Draft {
		t.Errorf("%s, differs in %v", h.State, left)
	}

	if _, err := d.store.Publish(ctx, d.jastar, id, 0, d.now); err != nil {
		t.Fatal(err)
	}
	d.exec(`update event set cancel_reason = '{"kk":"Боран"}', state = 'cancelled', closed_at = null where id = $1`,
		id)
	second := copyOf("b")
	want = []string{
		"cancel_reason", "ends_at", "looked_at", "published_at", "signup_closes_at", "signup_opens_at",
		"slots", "starts_at", "state",
	}
	if got := differing(d.columns(id), d.columns(second)); !slices.Equal(got, want) {
		t.Errorf("a published event's copy differs in %v", got)
	}
	if again, _ := d.store.Get(ctx, d.jastar, second); !slices.Equal(again.Slots, p.Slots) {
		t.Errorf("shifts become %v", again.Slots)
	}
	if copyOf("b") != second {
		t.Error("the form sent twice makes two")
	}
	if _, err := d.store.Duplicate(ctx, d.qamqor, id, "c", d.now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("a co-host's coordinator: %v", err)
	}
	if n := d.count(`select count(*) from event`); n != 3 {
		t.Errorf("%d events", n)
	}
}

// A series is published with its source, each event whole; sent twice, by ten at once, it is
// made once.
func TestRepeat(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t).people(), context.Background()
	id := d.create(d.jastar, d.rich())
	r := event.Recurrence{Weeks: 1, Days: []time.Weekday{time.Thursday}, Until: "2027-01-28"}
	repeat := func(version int, days []string, publish bool, key string) error {
		_, err := d.store.Repeat(ctx, d.jastar, id, version, r, days, publish, key, d.now)
		return err
	}
	t.Run("a draft's series is not published", func(t *testing.T) {
		if err := repeat(1, []string{"2026-12-17"}, true, "k"); fault.Of(err) != fault.KindConflict {
			t.Errorf("a draft's series is published: %v", err)
		}
	})
	if _, err := d.store.Publish(ctx, d.jastar, id, 0, d.now); err != nil {
		t.Fatal(err)
	}
	days := d.occurrences(id, r)
	if len(days) != 7 {
		t.Fatalf("%v", days)
	}
	days = slices.Delete(days, 2, 3) // unticked
	t.Run("ten make it at once", func(t *testing.T) {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := repeat(2, days, true, "k"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
	if n := d.count(
		`select count(*) from event where state = 'published'
			and series_id = (select series_id from event where id = $1)`, id); n != 7 {
		t.Fatalf("%d events in the series", n)
	}
	if n := d.count(`select count(*) from series`); n != 1 {
		t.Errorf("%d series", n)
	}
	if n := d.count(`select count(*) from event where id <> $1 and starts_at::date = date '2026-12-31'`, id); n != 0 {
		t.Error("the day left out is there")
	}
	if n := d.count(`select count(*) from audit where verb = 'event.publish' and object_id <> $1`, id); n != 6 {
		t.Errorf("%d entries in the audit", n)
	}
	source := d.columns(id)
	for _, made := range d.ids(`select id from event where id <> $1`, id) {
		columns := d.columns(made)
		alike := d.count(
			`select count(*) from shift a join shift b on b.event_id = $2 and b.title = a.title
				and b.capacity = a.capacity
			and b.min_age is not distinct from a.min_age
				and (b.starts_at - a.starts_at) = (select y.starts_at - x.starts_at from event x, event y
					where x.id = $1 and y.id = $2)
			and b.ends_at - b.starts_at = a.ends_at - a.starts_at where a.event_id = $1`, id, made)
		t.Run(fmt.Sprintf("event %d is like its source", made), func(t *testing.T) {
			if got := differing(source, columns); !slices.Equal(got,
				[]string{"ends_at", "looked_at", "signup_closes_at", "signup_opens_at", "starts_at"}) {
				t.Errorf("one of the series differs in %v", got)
			}
			if alike != 2 {
				t.Errorf("%d shifts like the source's", alike)
			}
		})
	}

	_, list, err := d.store.Occurrences(ctx, d.jastar, id, r, d.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the days made show their twins", func(t *testing.T) {
		for i, o := range list {
			if (o.SameDayID == 0) != (i == 2) {
				t.Errorf("%s: twin %d", o.Day, o.SameDayID)
			}
		}
	})
	t.Run("not from an older version", func(t *testing.T) {
		if err := repeat(1, days, true, "k2"); fault.Of(err) != fault.KindConflict {
			t.Errorf("made from an older version: %v", err)
		}
	})
	d.exec(`update campaign set state = 'archived' where id = $1`, d.open)
	t.Run("not under a campaign that is over", func(t *testing.T) {
		if err := repeat(2, days, true, "k2"); problems(err)["campaign"] == "" {
			t.Errorf("under a campaign that is over: %v", err)
		}
	})
	d.exec(`update campaign set state = 'published' where id = $1`, d.open)
	d.exec(`update org set state = 'active' where id = 1`)
	t.Run("not published past the review", func(t *testing.T) {
		if err := repeat(2, days, true, "k2"); fault.Of(err) != fault.KindConflict {
			t.Errorf("published past the review: %v", err)
		}
	})
	if err := repeat(2, []string{"2026-12-31"}, false, "k2"); err != nil {
		t.Fatal(err)
	}
	if n := d.count(
		`select count(*) from event where state = 'draft' and jsonb_array_length(slots) = 2
			and starts_at is not null`); n != 1 {
		t.Errorf("%d drafts", n)
	}
	for name, err := range map[string]error{
		"look by a co-host's":   second(d.store.Occurrences(ctx, d.qamqor, id, r, d.now)),
		"repeat by a co-host's": last(d.store.Repeat(ctx, d.qamqor, id, 2, r, days, false, "k3", d.now)),
	} {
		t.Run(name+" coordinator", func(t *testing.T) {
			if fault.Of(err) != fault.KindNotFound {
				t.Error(err)
			}
		})
	}
}

func second[A, B any](_ A, _ B, err error) error { return err }
func last[A any](_ A, err error) error           { return err }

func (d *desk) ids(sql string, args ...any) (ids []int64) {
	d.Helper()
	if err := d.db.QueryRow(context.Background(), `select array(`+sql+`)`, args...).Scan(&ids); err != nil {
		d.Fatal(err)
	}
	return ids
}

// Only drafts are deleted, whole, and only those for which nobody ever signed up.
func TestDeleteDraft(t *testing.T) {
	t.Parallel()
	d, ctx := newDesk(t).people(), context.Background()
	p := d.rich()
	p.OrgID, p.Cohosts, p.CampaignID = 2, []int64{1}, d.open // of an organisation that is not trusted yet
	id := d.create(d.qamqor, p)
	if _, err := d.store.Publish(ctx, d.qamqor, id, 0, d.now); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Delete(ctx, d.qamqor, id, d.now); fault.Of(err) != fault.KindConflict {
		t.Errorf("under review: %v", err)
	}
	d.exec(`update event set state = 'draft', returned = 'Мекенжай', returned_at = now() where id = $1`, id)
	other := d.create(d.jastar, d.plan())
	if err := d.store.Delete(ctx, d.qamqor, other, d.now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("somebody else's: %v", err)
	}
	for range 2 {
		if err := d.store.Delete(ctx, d.qamqor, id, d.now); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.store.Delete(ctx, d.jastar, id, d.now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("deleted by another: %v", err)
	}
	if n := d.count(
		`select (select count(*) from event where id = $1) + (select count(*) from event_cohost where event_id = $1)
		+ (select count(*) from audit where verb = 'event.delete')`, id); n != 1 {
		t.Errorf("left behind: %d", n)
	}

	d.exec(
		`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, now(), now() + interval '1 hour', 1)`,
		other)
	d.exec(`insert into signup (shift_id, person_id, during, state, cancel_cause, ticket, created_at, changed_at)
		select id, 1, during, 'cancelled', 'self', 't', now(), now() from shift`)
	if err := d.store.Delete(ctx, d.jastar, other, d.now); fault.Of(err) != fault.KindConflict {
		t.Errorf("somebody had signed up: %v", err)
	}
}
