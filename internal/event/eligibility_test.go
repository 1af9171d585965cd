package event_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"shtab/internal/config"
	"shtab/internal/event"
)

func astana(t *testing.T) *config.City {
	t.Helper()
	c, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func causes(rs []event.Reason) (cs []event.Cause) {
	for _, r := range rs {
		cs = append(cs, r.Cause)
	}
	return cs
}

// TestLaw checks the law's ages with kinds of event and consent, on the day before, on and
// after the birthday, at the start of the shift in the city.
func TestLaw(t *testing.T) {
	city := astana(t)
	zone := city.Location()
	start := time.Date(2026, 12, 5, 10, 0, 0, 0, zone)
	now := start.AddDate(0, 0, -7)
	shift := event.Shift{ID: 1, StartsAt: start, EndsAt: start.Add(3 * time.Hour), Capacity: 5}
	night := event.Shift{ID: 2, StartsAt: start.Add(11 * time.Hour), EndsAt: start.Add(14 * time.Hour), Capacity: 5}

	given := []event.Consent{{}}
	along := []event.Consent{{EventID: 1, Accompanied: true}}
	elsewhere := []event.Consent{{EventID: 99}}
	for age := 12; age <= 18; age++ {
		for _, day := range []int{-1, 0, 1} { // the birthday lies so many days after the shift
			birth := time.Date(2026-age, 12, 5+day, 0, 0, 0, 0, time.UTC)
			years := age
			if day > 0 {
				years--
			}
			for name, consents := range map[string][]event.Consent{
				"none": nil, "given": given, "accompanied": along,
				"elsewhere": elsewhere,
			} {
				for kind, e := range map[string]event.Event{
					"open":   {ID: 1, State: event.Published},
					"adults": {ID: 1, State: event.Published, Details: event.Details{AdultsOnly: event.Hazard}},
					"16+":    {ID: 1, State: event.Published, Details: event.Details{MinAge: 16}},
				} {
					for _, s := range []event.Shift{shift, night} {
						var want []event.Cause
						if kind == "adults" && years < 18 {
							want = append(want, event.AdultsOnly)
						}
						if kind == "16+" && years < 16 {
							want = append(want, event.TooYoung)
						}
						if s.ID == night.ID && years < 18 && name != "accompanied" {
							want = append(want, event.Night)
						}
						if years < 16 && (name == "none" || name == "elsewhere") {
							want = append(want, event.ConsentNeeded)
						}
						got := causes(event.Check(event.Candidate{BirthDate: birth, Consents: consents}, e, s,
							city.Rules, zone, now))
						if !slices.Equal(got, want) {
							t.Errorf("age %d (birthday %+d), %s, consent %s, shift %d: %v, want %v", age, day, kind,
								name, s.ID, got, want)
						}
					}
				}
			}
		}
	}
}

func TestReasonsInFixedOrder(t *testing.T) {
	city := astana(t)
	start := time.Date(2026, 12, 5, 22, 0, 0, 0, city.Location())
	opens := start.AddDate(0, 0, -1)
	e := event.Event{
		ID: 1, State: event.Cancelled,
		Details: event.Details{AdultsOnly: event.Victims, MinAge: 21, SignupOpensAt: &opens},
	}
	s := event.Shift{ID: 1, StartsAt: start, EndsAt: start.Add(4 * time.Hour)}
	c := event.Candidate{
		BirthDate: time.Date(2014, 1, 1, 0, 0, 0, 0, time.UTC), Open: 50, NoShows: 2,
		Commitments: []event.Commitment{{ShiftID: 7, StartsAt: start.Add(-time.Hour), EndsAt: start.Add(time.Minute)}},
	}
	want := []event.Cause{
		event.EventCancelled, event.SignupNotOpen, event.AdultsOnly, event.TooYoung, event.Clash,
		event.TooMany, event.NoShows, event.Night, event.ConsentNeeded,
	}
	if got := causes(event.Check(c, e, s, city.Rules, city.Location(), start.AddDate(0, 0, -3))); !slices.Equal(got,
		want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

func TestSignupWindow(t *testing.T) {
	city := astana(t)
	start := time.Date(2026, 12, 5, 10, 0, 0, 0, city.Location())
	opens, closes := start.Add(-48*time.Hour), start.Add(-2*time.Hour)
	e := event.Event{
		ID: 1, State: event.Published,
		Details: event.Details{SignupOpensAt: &opens, SignupClosesAt: &closes},
	}
	s := event.Shift{ID: 1, StartsAt: start, EndsAt: start.Add(time.Hour)}
	adult := event.Candidate{BirthDate: time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)}
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{opens.Add(-time.Second), "[signup_not_open]"},
		{opens, "[]"},
		{closes.Add(-time.Second), "[]"},
		{closes, "[signup_closed]"},
		{start, "[signup_closed]"},
		{s.EndsAt, "[event_over]"},
	} {
		if got := fmt.Sprint(causes(event.Check(adult, e, s, city.Rules, city.Location(), c.at))); got != c.want {
			t.Errorf("%s: %s, want %s", c.at, got, c.want)
		}
	}
}

func TestClashNeedsAnOverlap(t *testing.T) {
	city := astana(t)
	start := time.Date(2026, 12, 5, 10, 0, 0, 0, city.Location())
	s := event.Shift{ID: 1, StartsAt: start, EndsAt: start.Add(time.Hour)}
	for _, c := range []struct {
		from, to time.Duration
		shift    int64
		clashes  bool
	}{{-time.Hour, 0, 2, false}, {time.Hour, 2 * time.Hour, 2, false}, {-time.Hour, time.Minute, 2, true}, {
		0,
		time.Hour, 1, false,
	}} {
		person := event.Candidate{
			BirthDate:   time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC),
			Commitments: []event.Commitment{{ShiftID: c.shift, StartsAt: start.Add(c.from), EndsAt: start.Add(c.to)}},
		}
		got := len(event.Check(person, event.Event{State: event.Published}, s, city.Rules, city.Location(),
			start.AddDate(0, 0, -1))) > 0
		if got != c.clashes {
			t.Errorf("%+v: clash %v", c, got)
		}
	}
}

func TestAgeAt(t *testing.T) {
	zone := astana(t).Location()
	leap := time.Date(2012, 2, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		birth time.Time
		at    time.Time
		want  int
	}{
		{leap, time.Date(2028, 2, 28, 12, 0, 0, 0, zone), 15},
		{leap, time.Date(2028, 2, 29, 0, 0, 0, 0, zone), 16},
		{leap, time.Date(2026, 2, 28, 23, 59, 0, 0, zone), 13},
		{leap, time.Date(2026, 3, 1, 0, 0, 0, 0, zone), 14},
		// It is already the birthday in Astana while it is the day before in UTC.
		{time.Date(2010, 6, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 5, 31, 20, 0, 0, 0, time.UTC), 16},
	} {
		if got := event.AgeAt(c.birth, c.at, zone); got != c.want {
			t.Errorf("born %s, at %s: %d, want %d", c.birth.Format(time.DateOnly), c.at, got, c.want)
		}
	}
}

func TestAtNight(t *testing.T) {
	city := astana(t)
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 12, day, hour, minute, 0, 0, city.Location())
	}
	for _, c := range []struct {
		from, to time.Time
		want     bool
	}{
		{at(5, 6, 0), at(5, 23, 0), false},
		{at(5, 5, 59), at(5, 8, 0), true},
		{at(5, 20, 0), at(5, 23, 1), true},
		{at(5, 23, 30), at(5, 23, 45), true},
		{at(5, 1, 0), at(5, 2, 0), true},
		{at(5, 20, 0), at(6, 7, 0), true},
		{at(5, 10, 0), at(5, 18, 0), false},
	} {
		if got := event.AtNight(c.from, c.to, city.Rules, city.Location()); got != c.want {
			t.Errorf("%s – %s: %v", c.from, c.to, got)
		}
	}
}
