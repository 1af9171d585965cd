package event_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// Each thing that stands against publication is a problem of its field.
func TestProblems(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	long := strings.Repeat("а", 121)
	slot := func(set func(*event.Slot)) func(*event.Details) { return func(p *event.Details) { set(&p.Slots[0]) } }
	for name, c := range map[string]struct {
		set  func(*event.Details)
		want map[string]string
	}{
		"whole": {func(*event.Details) {}, map[string]string{}},
		"no Kazakh title": {
			func(p *event.Details) { p.Title.KK = " " },
			map[string]string{"title_kk": "publishing.problem.kk"},
		},
		"nothing written": {func(p *event.Details) {
			p.Title, p.Summary, p.Place = i18n.Text{}, i18n.Text{},
				i18n.Text{}
		}, map[string]string{
			"title_kk": "publishing.problem.kk", "title_ru": "publishing.problem.ru",
			"summary_kk": "publishing.problem.kk",
			"summary_ru": "publishing.problem.ru", "place_kk": "publishing.problem.kk",
			"place_ru": "publishing.problem.ru",
		}},
		"text in English only": {
			func(p *event.Details) { p.Body.EN = "Come" },
			map[string]string{"body_kk": "publishing.problem.kk", "body_ru": "publishing.problem.ru"},
		},
		"long title": {
			func(p *event.Details) { p.Title.RU = long },
			map[string]string{"title_ru": "publishing.problem.long_text"},
		},
		"no host": {
			func(p *event.Details) { p.OrgID = 0 },
			map[string]string{"org": "publishing.problem.org"},
		},
		"no campaign": {
			func(p *event.Details) { p.CampaignID = 0 },
			map[string]string{"campaign": "publishing.problem.campaign"},
		},
		"no district": {
			func(p *event.Details) { p.District = "" },
			map[string]string{"district": "publishing.problem.district"},
		},
		"another city's district": {
			func(p *event.Details) { p.District = "medeu" },
			map[string]string{"district": "publishing.problem.district"},
		},
		"no shift": {
			func(p *event.Details) { p.Slots = nil },
			map[string]string{"shifts": "publishing.problem.no_shift"},
		},
		"too many shifts": {
			func(p *event.Details) { p.Slots = slices.Repeat(p.Slots, 41) },
			map[string]string{"shifts": "publishing.problem.many_shifts"},
		},
		"no day": {
			slot(func(s *event.Slot) { s.Day = "" }),
			map[string]string{"shift[0].day": "publishing.problem.day"},
		},
		"no such day": {
			slot(func(s *event.Slot) { s.Day = "2026-02-30" }),
			map[string]string{"shift[0].day": "publishing.problem.day"},
		},
		"no hours": {
			slot(func(s *event.Slot) { s.From, s.To = "", "" }),
			map[string]string{"shift[0].from": "publishing.problem.hour", "shift[0].to": "publishing.problem.hour"},
		},
		"the past": {
			slot(func(s *event.Slot) { s.Day = "2026-12-02" }),
			map[string]string{"shift[0].day": "publishing.problem.past"},
		},
		"ends before it starts": {
			slot(func(s *event.Slot) { s.To = "09:00" }),
			map[string]string{"shift[0].to": "publishing.problem.end"},
		},
		"ends when it starts": {
			slot(func(s *event.Slot) { s.To = "10:00" }),
			map[string]string{"shift[0].to": "publishing.problem.end"},
		},
		"until the next day": {
			slot(func(s *event.Slot) { s.To, s.NextDay = "10:00", true }),
			map[string]string{},
		},
		"longer than a day": {
			slot(func(s *event.Slot) { s.To, s.NextDay = "10:01", true }),
			map[string]string{"shift[0].to": "publishing.problem.long"},
		},
		"no capacity": {
			slot(func(s *event.Slot) { s.Capacity = 0 }),
			map[string]string{"shift[0].capacity": "publishing.problem.capacity"},
		},
		"too much capacity": {
			slot(func(s *event.Slot) { s.Capacity = 100_001 }),
			map[string]string{"shift[0].capacity": "publishing.problem.capacity"},
		},
		"half a shift's title": {
			slot(func(s *event.Slot) { s.Title.KK = "Таң" }),
			map[string]string{"shift[0].title_ru": "publishing.problem.ru"},
		},
		"a shift's age": {
			slot(func(s *event.Slot) { s.MinAge = 100 }),
			map[string]string{"shift[0].min_age": "publishing.problem.age"},
		},
		"longer than a month": {func(p *event.Details) {
			p.Slots = append(p.Slots, event.Slot{Day: "2027-01-20", From: "10:00", To: "11:00", Capacity: 1})
		}, map[string]string{"shifts": "publishing.problem.span"}},
		"age": {
			func(p *event.Details) { p.MinAge = 100 },
			map[string]string{"min_age": "publishing.problem.age"},
		},
		"ground": {
			func(p *event.Details) { p.AdultsOnly = "whim" },
			map[string]string{"adults_only": "fault.invalid"},
		},
		"cut-off": {
			func(p *event.Details) { p.CutoffMinutes = 20161 },
			map[string]string{"cutoff_minutes": "publishing.problem.cutoff"},
		},
		"half a point": {
			func(p *event.Details) { p.Lat = new(51.1) },
			map[string]string{"point": "publishing.problem.point"},
		},
		"a point beyond the globe": {
			func(p *event.Details) { p.Lat, p.Lng = new(91.0), new(71.4) },
			map[string]string{"point": "publishing.problem.point"},
		},
		"co-host of its own": {
			func(p *event.Details) { p.Cohosts = []int64{1} },
			map[string]string{"cohosts": "publishing.problem.cohost"},
		},
		"window turned round": {func(p *event.Details) {
			p.SignupOpensAt, p.SignupClosesAt = new(d.now.Add(2*time.Hour)), new(d.now.Add(time.Hour))
		}, map[string]string{"closes_day": "publishing.problem.window"}},
		"opens when it is over": {
			func(p *event.Details) { p.SignupOpensAt = new(d.now.AddDate(0, 1, 0)) },
			map[string]string{"opens_day": "publishing.problem.opens_late"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := d.plan()
			c.set(&p)
			if got := p.ValidateToPublish(d.city, d.now, nil); !maps.Equal(got, fault.Fields(c.want)) {
				t.Errorf("%v, not %v", got, c.want)
			}
		})
	}
}

// A change of the clocks skips an hour in spring and gives one twice in autumn.
func TestInstantWhereClocksChange(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	astana, _ := time.LoadLocation("Asia/Almaty")
	for _, c := range []struct {
		day, hour, want string
		zone            *time.Location
	}{
		{"2026-03-29", "01:59", "", zone},
		{"2026-03-29", "02:00", "publishing.problem.skipped", zone},
		{"2026-03-29", "02:59", "publishing.problem.skipped", zone},
		{"2026-03-29", "03:00", "", zone},
		{"2026-10-25", "01:59", "", zone},
		{"2026-10-25", "02:00", "publishing.problem.doubled", zone},
		{"2026-10-25", "02:59", "publishing.problem.doubled", zone},
		{"2026-10-25", "03:00", "", zone},
		{"2024-02-29", "23:30", "publishing.problem.doubled", astana}, // the city's own change of 2024
		{"2024-03-01", "00:00", "", astana},
		{"2026-11-22", "24:00", "publishing.problem.hour", astana},
		{"22.11.2026", "10:00", "publishing.problem.day", astana},
	} {
		if _, got := event.Instant(c.day, c.hour, c.zone); got != c.want {
			t.Errorf("%s %s: %q, not %q", c.day, c.hour, got, c.want)
		}
	}
	// Of a night with 25 hours, all 24 that the clock shows are no longer a day.
	p := event.Details{Slots: []event.Slot{{
		Day: "2026-10-24", From: "12:00", To: "12:00", NextDay: true,
		Capacity: 1,
	}}}
	if len(p.Shifts(zone)) != 0 {
		t.Error("25 hours are a shift")
	}
}

// A shift that stands as it was is no problem, though its hour comes twice and has passed; its
// seconds stand too. Of one that has begun the end may move, the start may not.
func TestShiftsThatStand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	zone := d.city.Location()
	from := time.Date(2024, 2, 29, 18, 10, 7, 0, time.UTC) // 23:10 of the night in which it was 23:10 again
	held := []event.Shift{{ID: 5, StartsAt: from, EndsAt: from.Add(30 * time.Minute), Capacity: 3}}
	p := d.plan()
	p.Slots = []event.Slot{event.SlotOf(held[0], zone)}
	p.Slots[0].Capacity = 4
	if wrong := p.ValidateToPublish(d.city, d.now, held); len(wrong) != 0 {
		t.Error(wrong)
	}
	if over := p.ShiftsKeeping(held, zone); len(over) != 1 || !over[0].StartsAt.Equal(from) || over[0].Capacity != 4 {
		t.Errorf("%+v", over)
	}
	if wrong := p.ValidateToPublish(d.city, d.now, nil); wrong["shift[0].from"] == "" {
		t.Error("of nobody's, an hour that comes twice", wrong)
	}
	from = d.now.Add(-time.Hour)
	held[0].StartsAt, held[0].EndsAt = from, from.Add(3*time.Hour)
	p.Slots = []event.Slot{event.SlotOf(held[0], zone)}
	p.Slots[0].To = "16:00"
	if wrong := p.ValidateToPublish(d.city, d.now, held); len(wrong) != 0 {
		t.Error(wrong)
	}
	p.Slots[0].From = "10:00"
	if wrong := p.ValidateToPublish(d.city, d.now, held); wrong["shift[0].day"] != "publishing.problem.past" {
		t.Error(wrong)
	}
}
