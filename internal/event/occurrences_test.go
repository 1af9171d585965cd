package event_test

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"shtab/internal/config"
	"shtab/internal/event"
)

func (d *desk) occurrences(id int64, r event.Recurrence) (days []string) {
	d.Helper()
	_, list, err := d.store.Occurrences(context.Background(), d.jastar, id, r, d.now)
	if err != nil {
		d.Fatal(err)
	}
	for _, o := range list {
		days = append(days, o.Day)
	}
	return days
}

// A series goes on across the ends of months and of the year, on the days of its weeks.
func TestOccurrences(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	p := d.plan()
	p.Slots[0].Day = "2026-12-10" // a Thursday
	id := d.create(d.jastar, p)
	thursday := []time.Weekday{time.Thursday}
	for name, c := range map[string]struct {
		r    event.Recurrence
		days []string
	}{
		"weekly over the year's end": {
			event.Recurrence{Weeks: 1, Days: thursday, Until: "2027-01-14"},
			[]string{"2026-12-17", "2026-12-24", "2026-12-31", "2027-01-07", "2027-01-14"},
		},
		"every other week": {
			event.Recurrence{Weeks: 2, Days: thursday, Until: "2027-01-21"},
			[]string{"2026-12-24", "2027-01-07", "2027-01-21"},
		},
		"several days": {
			event.Recurrence{
				Weeks: 2,
				Days:  []time.Weekday{time.Sunday, time.Monday, time.Friday}, Until: "2026-12-27",
			},
			[]string{"2026-12-11", "2026-12-13", "2026-12-21", "2026-12-25", "2026-12-27"},
		},
	} {
		got := d.occurrences(id, c.r)
		t.Run(name, func(t *testing.T) {
			if !slices.Equal(got, c.days) {
				t.Errorf("%v", got)
			}
		})
	}
	for name, c := range map[string]struct {
		r     event.Recurrence
		field string
	}{
		"no weeks":   {event.Recurrence{Days: thursday, Until: "2027-01-14"}, "weeks"},
		"no day":     {event.Recurrence{Weeks: 1, Until: "2027-01-14"}, "weekday"},
		"no end":     {event.Recurrence{Weeks: 1, Days: thursday}, "until"},
		"end before": {event.Recurrence{Weeks: 1, Days: thursday, Until: "2026-12-10"}, "until"},
		"too far":    {event.Recurrence{Weeks: 1, Days: thursday, Until: "2028-01-01"}, "until"},
		"nothing":    {event.Recurrence{Weeks: 1, Days: thursday, Until: "2026-12-16"}, "until"},
		"too many":   {event.Recurrence{Weeks: 1, Days: event.Weekdays, Until: "2027-02-09"}, "until"}, // 61
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := d.store.Occurrences(context.Background(), d.jastar, id, c.r, d.now)
			if problems(err)[c.field] == "" {
				t.Error(err)
			}
		})
	}
	most := len(d.occurrences(id, event.Recurrence{Weeks: 1, Days: event.Weekdays, Until: "2027-02-08"}))
	t.Run("as many as there may be", func(t *testing.T) {
		if most != event.MaxSeries {
			t.Errorf("%d days, not %d", most, event.MaxSeries)
		}
	})
	empty := d.plan()
	empty.Slots[0].Day = ""
	hourless := d.create(d.jastar, empty)
	t.Run("without hours", func(t *testing.T) {
		if _, _, err := d.store.Occurrences(context.Background(), d.jastar, hourless,
			event.Recurrence{Weeks: 1, Days: thursday, Until: "2027-01-14"}, d.now); problems(err)["hours"] == "" {
			t.Error(err)
		}
	})
}

// What a zone does to its clocks does not move a series: the hours stay those of the clock, and a
// day on which they do not come, or come twice, is a problem of that day alone.
func TestOccurrencesZoneChange(t *testing.T) {
	t.Parallel()
	d := newDesk(t).people()
	text, err := os.ReadFile("../config/astana.toml")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "berlin.toml")
	if err := os.WriteFile(file, bytes.Replace(text, []byte("Asia/Almaty"), []byte("Europe/Berlin"), 1),
		0o600); err != nil {
		t.Fatal(err)
	}
	berlin, err := config.LoadCity(file)
	if err != nil {
		t.Fatal(err)
	}
	store := event.NewStore(d.db, berlin)
	p := d.plan()
	p.Slots = []event.Slot{{Day: "2027-03-14", From: "02:30", To: "05:00", Capacity: 5}}
	opens := time.Date(2027, 3, 13, 12, 0, 0, 0, berlin.Location())
	p.SignupOpensAt = &opens
	id, err := store.Create(context.Background(), d.jastar, p, "", d.now)
	if err != nil {
		t.Fatal(err)
	}
	r := event.Recurrence{Weeks: 1, Days: []time.Weekday{time.Sunday}, Until: "2027-04-04"}
	_, list, err := store.Occurrences(context.Background(), d.jastar, id, r, d.now)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range list {
		from, _ := o.Hours()
		got[o.Day] = from.UTC().Format("15:04 ") + o.Problem
	}
	want := map[string]string{
		"2027-03-21": "01:30 ", "2027-03-28": "00:00 publishing.problem.skipped",
		"2027-04-04": "00:30 ",
	}
	if !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if _, err := store.Repeat(context.Background(), d.jastar, id, 1, r, []string{"2027-03-21", "2027-03-28"}, false,
		"k", d.now); problems(err)["day"] == "" {
		t.Errorf("a day that cannot be: %v", err)
	}
	if _, err := store.Repeat(context.Background(), d.jastar, id, 1, r, []string{"2027-03-21", "2027-04-04"}, false,
		"k", d.now); err != nil {
		t.Fatal(err)
	}
	if n := d.count(
		`select count(*) from event where starts_at - signup_opens_at = interval '14 hours 30 minutes' and id <> $1
		and to_char(starts_at at time zone 'Europe/Berlin', 'HH24:MI') = '02:30'`, id); n != 2 {
		t.Errorf("%d events at their hour", n)
	}
}
