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

// bounds are the first day of the day's month and that of the next.
func (d day) bounds() (first, next day) {
	m := d.month()
	return dayOf(m), dayOf(m.AddDate(0, 1, 0))
}

// summary is the table total_event in memory.
type summary struct {
	days   map[day]page
	months map[day]*month  // by the first day
	stand  map[int64][]day // the days on which parts of an event stand
	first  day             // of the first month that has anything
	end    day             // the day after the last such month

	people ids[int64]
	camps  ids[int64]
	orgs   ids[int64]
	places ids[string]
	things ids[string]
}

func newSummary() summary {
	return summary{days: map[day]page{}, months: map[day]*month{}, stand: map[int64][]day{}}
}

// page is what is counted on one day, by event. The parts are small and the seats of all of them lie
// in one list, because a question reads them from end to end.
type page struct {
	parts []part
	facts []facts // of each part
	seats []seat
}

// part is what an event counts on one of its days. Names are places in the summary's lists.
type part struct {
	event    int64
	campaign int32
	org      int32
	district int32
	from, to int32 // its seats in those of the page
	joint    bool  // it has co-hosts
}

// facts is the rest of a part.
type facts struct {
	cohosts   []int32
	delivered []amount
	sums      Sums
}

// month is who came in a month of the city, each once.
type month struct {
	came bits
	ages []int8 // on the first day, by person
}

// ageless is the age of who has told no birth date.
const ageless = math.MaxInt8

type amount struct {
	thing int32
	n     int
}

// seat is what one person counts by one sign-up; what was confirmed and taken back leaves zeros.
type seat struct {
	person  int32
	minutes int32
	age     int8 // in years, or ageless
	signups int8
	came    int8
	missed  int8
}

// take puts rows in the place of what their events had before; the rows of one event are always
// written together.
func (s *summary) take(found []row) {
	gone, more := map[int64]bool{}, map[day][]row{}
	touched := map[day]bool{}
	for _, r := range found {
		if !gone[r.event] {
			gone[r.event] = true
			for _, d := range s.stand[r.event] {
				touched[d] = true
			}
			delete(s.stand, r.event)
		}
	}
	for _, r := range found {
		d := dayOf(r.day)
		touched[d], more[d] = true, append(more[d], r)
		s.stand[r.event] = append(s.stand[r.event], d)
	}
	for d := range touched {
		s.days[d] = s.rewrite(s.days[d], gone, more[d])
		first, next := d.bounds()
		if s.first == s.end {
			s.first, s.end = first, next
		}
		s.first, s.end = min(s.first, first), max(s.end, next)
		s.months[first] = nil
	}
	for first, m := range s.months {
		if m == nil {
			s.months[first] = s.month(first)
		}
	}
}

// month goes through the days of one.
func (s *summary) month(first day) *month {
	m := &month{newBits(len(s.people.names)), make([]int8, len(s.people.names))}
	_, next := first.bounds()
	for t := range s.visits(first, next, &sieve{}) {
		if m.came.add(t.person) {
			m.ages[t.person] = t.age
		}
	}
	return m
}

// rewrite is a page without what is gone and with more, in the order of the events.
func (s *summary) rewrite(old page, gone map[int64]bool, more []row) (p page) {
	type entry struct {
		event int64
		at    int // in old, or in more
		fresh bool
	}
	var list []entry
	for i, t := range old.parts {
		if !gone[t.event] {
			list = append(list, entry{t.event, i, false})
		}
	}
	for i, r := range more {
		list = append(list, entry{r.event, i, true})
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.event, b.event) })
	for _, e := range list {
		var t part
		var f facts
		from := len(p.seats)
		if e.fresh {
			t, f = s.part(more[e.at])
			p.seats = append(p.seats, s.seats(more[e.at])...)
		} else {
			t, f = old.parts[e.at], old.facts[e.at]
			p.seats = append(p.seats, old.seats[t.from:t.to]...)
		}
		t.from, t.to = int32(from), int32(len(p.seats))
		p.parts, p.facts = append(p.parts, t), append(p.facts, f)
	}
	p.seats = slices.Clip(p.seats)
	return p
}

func (s *summary) part(r row) (part, facts) {
	p := part{event: r.event, campaign: s.camps.of(r.campaign), org: s.orgs.of(r.org), district: s.places.of(r.district), joint: len(r.cohosts) > 0}
	f := facts{sums: r.sums}
	for _, id := range r.cohosts {
		f.cohosts = append(f.cohosts, s.orgs.of(id))
	}
	for thing, n := range r.delivered {
		f.delivered = append(f.delivered, amount{s.things.of(thing), n})
	}
	return p, f
}

func (s *summary) seats(r row) []seat {
	seats := make([]seat, len(r.people))
	for i, id := range r.people {
		age := min(r.ages[i], ageless-1)
		if age < 0 {
			age = ageless
		}
		seats[i] = seat{s.people.of(id), r.minutes[i], int8(age), int8(r.signups[i]), int8(r.came[i]), int8(r.missed[i])}
	}
	return seats
}

// span is the days of a period in which there may be anything, all of them for the zero one. It cuts
// no month that the period has whole.
func (s *summary) span(p Period) (from, to day) {
	if p == (Period{}) {
		return s.first, s.end
	}
	return max(s.first, dayOf(p.From)), min(s.end, dayOf(p.To))
}

// sieve lets through what stands under a filter.
type sieve struct {
	Scope
	campaign, org, district int32
	kind                    []bool // by organisation; nil: any
	age                     int8   // the number of an age group
}

func (s *summary) sieve(f Scope, names names) *sieve {
	v := &sieve{Scope: f, campaign: s.camps.find(f.Campaign), org: s.orgs.find(f.Org), district: s.places.find(f.place())}
	if f.Kind != "" {
		v.kind = make([]bool, len(s.orgs.names))
		for i, id := range s.orgs.names {
			v.kind[i] = names.orgs[id].kind == f.Kind
		}
	}
	v.age = int8(slices.IndexFunc(AgeGroups, func(g AgeGroup) bool { return g.Slug == f.Age }))
	return v
}

// passes reports whether the i-th part of a page stands under the filter, but for the age.
func (v *sieve) passes(page page, i int) bool {
	p := &page.parts[i]
	return (v.Campaign == 0 || p.campaign == v.campaign) && (v.District == "" || p.district == v.district) &&
		(v.Org == 0 || p.org == v.org || p.joint && slices.Contains(page.facts[i].cohosts, v.org)) && (v.kind == nil || v.kind[p.org])
}

// asks reports whether a seat stands under the filter by age.
func (v *sieve) asks(t *seat) bool { return v.Age == "" || ageGroup[t.age] == v.age }

// visits are the seats that were taken on some days, in their order.
func (s *summary) visits(from, to day, v *sieve) iter.Seq[*seat] {
	return func(yield func(*seat) bool) {
		for d := from; d < to; d++ {
			page := s.days[d]
			for i, p := range page.parts {
				if !v.passes(page, i) {
					continue
				}
				seats := page.seats[p.from:p.to]
				for i := range seats {
					if t := &seats[i]; t.came > 0 && v.asks(t) && !yield(t) {
						return
					}
				}
			}
		}
	}
}
