package event_test

import (
	"slices"
	"testing"
	"time"

	"shtab/internal/event"
)

func TestAgeLimits(t *testing.T) {
	t.Parallel()
	city := astana(t)
	rules, zone := city.Rules, city.Location()
	shift := func(hour, hours, age int) event.Shift {
		from := time.Date(2026, 12, 31, hour, 0, 0, 0, zone)
		return event.Shift{StartsAt: from, EndsAt: from.Add(time.Duration(hours) * time.Hour), MinAge: age}
	}
	consent := event.AgeLimit{Cause: event.ConsentNeeded, Age: rules.ConsentAge}
	night := event.AgeLimit{Cause: event.Night, Age: rules.AdultAge}
	adults := event.AgeLimit{Cause: event.AdultsOnly, Age: rules.AdultAge}
	young := func(age int, some bool) event.AgeLimit {
		return event.AgeLimit{Cause: event.TooYoung, Age: age, Some: some}
	}
	in := func(x event.AgeLimit) event.AgeLimit { x.Some = true; return x }
	for name, c := range map[string]struct {
		e      event.Event
		shifts []event.Shift
		want   []event.AgeLimit
	}{
		"open to all": {event.Event{}, nil, []event.AgeLimit{consent}},
		"in daylight": {event.Event{}, []event.Shift{shift(10, 3, 0)}, []event.AgeLimit{consent}},
		"adults only": {
			event.Event{Details: event.Details{AdultsOnly: event.Hazard}},
			[]event.Shift{shift(22, 3, 0)},
			[]event.AgeLimit{adults},
		},
		"adults only, and older": {
			event.Event{Details: event.Details{AdultsOnly: event.Hazard, MinAge: 21}},
			nil,
			[]event.AgeLimit{young(21, false)},
		},
		"from twelve": {
			event.Event{Details: event.Details{MinAge: 12}},
			nil,
			[]event.AgeLimit{young(12, false), consent},
		},
		"from the age of consent": {
			event.Event{Details: event.Details{MinAge: rules.ConsentAge}},
			nil,
			[]event.AgeLimit{young(rules.ConsentAge, false)},
		},
		"at night": {event.Event{}, []event.Shift{shift(22, 3, 0)}, []event.AgeLimit{night}},
		"at night, adults": {
			event.Event{Details: event.Details{MinAge: 18}},
			[]event.Shift{shift(22, 3, 0)},
			[]event.AgeLimit{young(18, false)},
		},
		"one shift of many": {
			event.Event{},
			[]event.Shift{shift(10, 3, 0), shift(10, 3, 18), shift(22, 3, 0)},
			[]event.AgeLimit{young(18, true), in(night), in(consent)},
		},
	} {
		if got := event.AgeLimits(c.e, c.shifts, rules, zone); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}
