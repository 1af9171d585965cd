package totals

import (
	"cmp"
	"iter"
	"math"
	"slices"
	"time"
)

// day counts the days since 1 January 1970.
type day int32

func dayOf(t time.Time) day { return day(t.Unix() / (24 * 60 * 60)) }

func (d day) time() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

// month is the first day of the day's month.
func (d day) month() time.Time {
	y, m, _ := d.time().Date()
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
}

// bounds are the first day of the day's month and of the month after it.
func (d day) bounds() (first, next day) {
	m := d.month()
	return dayOf(m), dayOf(m.AddDate(0, 1, 0))
}

// summary is the table total_event in memory.
type summary struct {
	days   map[day]dayEvents
	months map[day]*monthPeople // by the month's first day
	daysOf map[int64][]day      // by event: the days on which it counts
	first  day                  // of the first month that has anything
	end    day                  // the day after the last such month

	people        index[int64]
	campaigns     index[int64]
	orgs          index[int64]
	districts     index[string]
	deliveryKinds index[string]
}

func newSummary() summary {
	return summary{days: map[day]dayEvents{}, months: map[day]*monthPeople{}, daysOf: map[int64][]day{}}
}

// dayEvents is what counts on one day, by event. The events are small and the people of all of them lie
// in one list, because a query reads both from end to end.
type dayEvents struct {
	events  []eventDay
	details []eventDetails // of each event
	people  []attendee
}

// eventDay is an event on one of its days. Campaign, organisation and district are numbers of the
// summary's indexes.
type eventDay struct {
	event    int64
	campaign int32
	org      int32
	district int32
	from, to int32 // its people in those of the day
	joint    bool  // it has co-hosts
}

// eventDetails is the rest of an eventDay.
type eventDetails struct {
	cohosts   []int32
	delivered []amount
	sums      Sums
}

type amount struct {
	kind int32
	n    int
}

// attendee is what one sign-up of a person counts; a confirmation that was taken back leaves zeros.
type attendee struct {
	person         int32
	minutes        int32
	age            int8 // in years, or noAge
	signUps        int8
	participations int8
	noShows        int8
}

// noAge is the age of a person without a birth date.
const noAge = math.MaxInt8

// sums are the measures that are kept for each person.
func (a *attendee) sums() Sums {
	return Sums{
		SignUps: int(a.signUps), Participations: int(a.participations), NoShows: int(a.noShows),
		Minutes: int(a.minutes),
	}
}

// monthPeople is who took part in a month, each person once.
type monthPeople struct {
	people bitset
	ages   []int8 // by person, on the first day on which the person took part
}

// apply puts rows in the place of those that their events had before. The rows of one event are always
// written together.
func (s *summary) apply(rows []summaryRow) {
	replaced, added := map[int64]bool{}, map[day][]summaryRow{}
	changed := map[day]bool{}
	for _, r := range rows {
		if !replaced[r.event] {
			replaced[r.event] = true
			for _, d := range s.daysOf[r.event] {
				changed[d] = true
			}
			delete(s.daysOf, r.event)
		}
	}
	for _, r := range rows {
		d := dayOf(r.day)
		changed[d], added[d] = true, append(added[d], r)
		s.daysOf[r.event] = append(s.daysOf[r.event], d)
	}
	for d := range changed {
		s.days[d] = s.merge(s.days[d], replaced, added[d])
		first, next := d.bounds()
		if s.first == s.end {
			s.first, s.end = first, next
		}
		s.first, s.end = min(s.first, first), max(s.end, next)
		s.months[first] = nil
	}
	for first, m := range s.months {
		if m == nil {
			s.months[first] = s.countMonth(first)
		}
	}
}

// countMonth finds who took part in the month that begins on a day.
func (s *summary) countMonth(first day) *monthPeople {
	m := &monthPeople{newBitset(len(s.people.keys)), make([]int8, len(s.people.keys))}
	_, next := first.bounds()
	for a := range s.attended(first, next, &matcher{}) {
		if m.people.add(a.person) {
			m.ages[a.person] = a.age
		}
	}
	return m
}

// merge is a day without the replaced events and with the rows added, in the order of the events.
func (s *summary) merge(old dayEvents, replaced map[int64]bool, added []summaryRow) (d dayEvents) {
	type source struct {
		event int64
		at    int // in old, or in added
		isNew bool
	}
	var list []source
	for i, e := range old.events {
		if !replaced[e.event] {
			list = append(list, source{e.event, i, false})
		}
	}
	for i, r := range added {
		list = append(list, source{r.event, i, true})
	}
	slices.SortFunc(list, func(a, b source) int { return cmp.Compare(a.event, b.event) })
	for _, from := range list {
		var e eventDay
		var details eventDetails
		start := len(d.people)
		if from.isNew {
			e, details = s.eventDay(&added[from.at])
			d.people = append(d.people, s.attendees(&added[from.at])...)
		} else {
			e, details = old.events[from.at], old.details[from.at]
			d.people = append(d.people, old.people[e.from:e.to]...)
		}
		e.from, e.to = int32(start), int32(len(d.people))
		d.events, d.details = append(d.events, e), append(d.details, details)
	}
	d.people = slices.Clip(d.people)
	return d
}

func (s *summary) eventDay(r *summaryRow) (eventDay, eventDetails) {
	e := eventDay{
		event: r.event, campaign: s.campaigns.add(r.campaign), org: s.orgs.add(r.org),
		district: s.districts.add(r.district), joint: len(r.cohosts) > 0,
	}
	details := eventDetails{sums: r.sums}
	for _, id := range r.cohosts {
		details.cohosts = append(details.cohosts, s.orgs.add(id))
	}
	for kind, n := range r.delivered {
		details.delivered = append(details.delivered, amount{s.deliveryKinds.add(kind), n})
	}
	return e, details
}

func (s *summary) attendees(r *summaryRow) []attendee {
	list := make([]attendee, len(r.people))
	for i, id := range r.people {
		age := min(r.ages[i], noAge-1)
		if age < 0 {
			age = noAge
		}
		list[i] = attendee{
			person: s.people.add(id), age: int8(age), minutes: r.perPerson[Minutes][i],
			signUps: int8(r.perPerson[SignUps][i]), participations: int8(r.perPerson[Participations][i]),
			noShows: int8(r.perPerson[NoShows][i]),
		}
	}
	return list
}

// span is the days of a period on which there may be anything; all of them for the zero period. It cuts
// no month that lies in the period as a whole.
func (s *summary) span(p Period) (from, to day) {
	if p == (Period{}) {
		return s.first, s.end
	}
	return max(s.first, dayOf(p.From)), min(s.end, dayOf(p.To))
}

// matcher tells what lies in a scope.
type matcher struct {
	Scope
	campaign, org, district int32
	kind                    []bool // by organisation; nil: any
	age                     int8   // the number of an age group
}

func (s *summary) matcher(scope Scope, names directory) *matcher {
	m := &matcher{
		Scope: scope, campaign: s.campaigns.find(scope.Campaign), org: s.orgs.find(scope.Org),
		district: s.districts.find(scope.eventDistrict()),
	}
	if scope.Kind != "" {
		m.kind = make([]bool, len(s.orgs.keys))
		for i, id := range s.orgs.keys {
			m.kind[i] = names.orgs[id].kind == scope.Kind
		}
	}
	m.age = int8(slices.IndexFunc(AgeGroups, func(g AgeGroup) bool { return g.Slug == scope.Age }))
	return m
}

// event reports whether the i-th event of a day lies in the scope; the age group is not looked at.
func (m *matcher) event(d *dayEvents, i int) bool {
	e := &d.events[i]
	return (m.Campaign == 0 || e.campaign == m.campaign) && (m.District == "" || e.district == m.district) &&
		(m.Org == 0 || e.org == m.org || e.joint && slices.Contains(d.details[i].cohosts, m.org)) &&
		(m.kind == nil || m.kind[e.org])
}

// person reports whether somebody is of the scope's age group.
func (m *matcher) person(a *attendee) bool { return m.Age == "" || ageGroupOf[a.age] == m.age }

// sum is what the people of the scope's age group count.
func (m *matcher) sum(people []attendee) (sums Sums) {
	for i := range people {
		if a := &people[i]; m.person(a) {
			of := a.sums()
			sums.add(&of)
		}
	}
	return sums
}

// attended are those in the scope who took part on some days, in the order of the days.
func (s *summary) attended(from, to day, match *matcher) iter.Seq[*attendee] {
	return func(yield func(*attendee) bool) {
		for d := from; d < to; d++ {
			events := s.days[d]
			for i, e := range events.events {
				if !match.event(&events, i) {
					continue
				}
				people := events.people[e.from:e.to]
				for i := range people {
					if a := &people[i]; a.participations > 0 && match.person(a) && !yield(a) {
						return
					}
				}
			}
		}
	}
}
