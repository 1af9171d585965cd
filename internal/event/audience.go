package event

import (
	"time"

	"shtab/internal/config"
)

// AgeLimit is one thing that an event's rules do to the young: whom they exclude, or of whom
// they ask more. Cause is AdultsOnly, TooYoung, Night or ConsentNeeded.
type AgeLimit struct {
	Cause Cause
	Age   int  // people younger than so many years
	Some  bool // in some of the shifts only
}

// AgeLimits is what e's ground and minimum age and the hours and ages of its shifts do to people
// of each age, by the rules that eligibility asks (Check): what refuses, first, then what lets
// people come with a guardian beside them or with a guardian's consent. Without shifts it speaks
// of an event at noon.
func AgeLimits(e Event, shifts []Shift, rules config.Rules, zone *time.Location) (list []AgeLimit) {
	if len(shifts) == 0 {
		noon := time.Date(2026, time.June, 1, 12, 0, 0, 0, zone)
		shifts = []Shift{{StartsAt: noon, EndsAt: noon.Add(time.Hour)}}
	}
	type at struct {
		cause Cause
		age   int
	}
	in := map[at]int{} // shifts
	for _, s := range shifts {
		here := map[at]bool{}
		for age := range 100 {
			if r, ok := e.decides(age, s, rules, zone); ok {
				here[at{r.Cause, r.Age}] = true
			}
		}
		for k := range here {
			in[k]++
		}
	}
	for _, cause := range []Cause{AdultsOnly, TooYoung, Night, ConsentNeeded} {
		for age := 99; age > 0; age-- {
			if n := in[at{cause, age}]; n > 0 {
				list = append(list, AgeLimit{Cause: cause, Age: age, Some: n < len(shifts)})
			}
		}
	}
	return list
}

// decides is what stands in the way of somebody of age without any consent: the highest bar.
func (e Event) decides(age int, s Shift, rules config.Rules, zone *time.Location) (decisive Reason, ok bool) {
	y, m, d := s.StartsAt.In(zone).Date()
	c := Candidate{BirthDate: time.Date(y-age, m, min(d, 28), 0, 0, 0, 0, time.UTC)}
	rules.MaxOpenSignups = 1
	for _, r := range c.check(e, s, rules, zone) {
		switch {
		case !ok, r.Cause == TooYoung && r.Age > decisive.Age:
			decisive, ok = r, true
		}
	}
	return decisive, ok
}
