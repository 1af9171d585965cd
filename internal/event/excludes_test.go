package event_test

import (
	"slices"
	"testing"
	"time"

	"shtab/internal/event"
)

func TestExcludes(t *testing.T) {
	t.Parallel()
	city := astana(t)
	rules, zone := city.Rules, city.Location()
	shift := func(hour, hours, age int) event.Shift {
		from := time.Date(2026, 12, 31, hour, 0, 0, 0, zone)
		return event.Shift{StartsAt: from, EndsAt: from.Add(time.Duration(hours) * time.Hour), MinAge: age}
	}
	consent := event.Exclusion{Cause: event.ConsentNeeded, Age: rules.ConsentAge}
	night := event.Exclusion{Cause: event.Night, Age: rules.AdultAge}
	adults := event.Exclusion{Cause: event.AdultsOnly, Age: rules.AdultAge}
	young := func(age int, some bool) event.Exclusion {
		return event.Exclusion{Cause: event.TooYoung, Age: age, Some: some}
	}
	in := func(x event.Exclusion) event.Exclusion { x.Some = true; return x }
	for name, c := range map[string]struct {
		e      event.Event
		shifts []event.Shift
		want   []event.Exclusion
	}{
		"open to all":            {event.Event{}, nil, []event.Exclusion{consent}},
		"in daylight":            {event.Event{}, []event.Shift{shift(10, 3, 0)}, []event.Exclusion{consent}},
		"adults only":            {event.Event{AdultsOnly: event.Hazard}, []event.Shift{shift(22, 3, 0)}, []event.Exclusion{adults}},
		"adults only, and older": {event.Event{AdultsOnly: event.Hazard, MinAge: 21}, nil, []event.Exclusion{young(21, false)}},
		"from twelve":            {event.Event{MinAge: 12}, nil, []event.Exclusion{young(12, false), consent}},
		"from the age of consent": {
			event.Event{MinAge: rules.ConsentAge},
			nil,
			[]event.Exclusion{young(rules.ConsentAge, false)},
		},
		"at night":          {event.Event{}, []event.Shift{shift(22, 3, 0)}, []event.Exclusion{night}},
		"at night, adults":  {event.Event{MinAge: 18}, []event.Shift{shift(22, 3, 0)}, []event.Exclusion{young(18, false)}},
		"one shift of many": {event.Event{}, []event.Shift{shift(10, 3, 0), shift(10, 3, 18), shift(22, 3, 0)}, []event.Exclusion{young(18, true), in(night), in(consent)}},
	} {
		if got := event.Excludes(c.e, c.shifts, rules, zone); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}
