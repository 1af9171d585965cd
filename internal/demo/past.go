package demo

import (
	"math/rand/v2"
	"slices"
	"sort"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
)

// held is the number of events since the headquarters was founded.
const held = 1310

// demoEvent is an event of the demonstration.
type demoEvent struct {
	n            int // 1 is the first
	campaign     *campaign
	template     *template
	host         *organization
	cohosts      []*organization
	state        event.State
	place        place
	body         i18n.Text
	adults       event.Ground
	minAge       int
	opens        time.Time // zero: from publication
	closes       time.Time // zero: at the start
	cancelReason i18n.Text
	starts, ends time.Time
	created      time.Time
	published    time.Time
	updated      time.Time
	closed       time.Time // zero: not held yet
	shifts       []*shift
}

type shift struct {
	n            int
	title        i18n.Text
	starts, ends time.Time
	capacity     int
	minAge       int
	signups      []*signup
}

type signup struct {
	person   *person
	state    string
	hold     time.Time
	ticket   string
	cause    string
	created  time.Time
	changed  time.Time
	reminded time.Time
	outcome  string // of the ledger; empty: not held yet
	minutes  int
}

// The states of a sign-up and the outcomes of the ledger, as they are stored.
const (
	confirmed = "confirmed"
	waiting   = "waitlisted"
	awaiting  = "awaiting_consent"
	cancelled = "cancelled"
	attended  = "attended"
	noShow    = "no_show"
	excused   = "excused"
)

// rules returns the event and the shift in the types of the eligibility rules.
func (e *demoEvent) rules(s *shift) (event.Event, event.Shift) {
	return event.Event{
			ID: int64(e.n), State: event.Published, Details: event.Details{AdultsOnly: e.adults, MinAge: e.minAge},
		},
		event.Shift{ID: int64(s.n), EventID: int64(e.n), StartsAt: s.starts, EndsAt: s.ends, MinAge: s.minAge}
}

// blockingReasons returns the reasons why the rules refuse the person a place.
func (b *builder) blockingReasons(p *person, e *demoEvent, s *shift) []event.Reason {
	ev, sh := e.rules(s)
	return event.Recheck(p.candidate(s.starts), ev, sh, b.city.Rules, b.zone)
}

// age is the age today, in full years.
func (b *builder) age(p *person) int { return event.AgeAt(p.birth, b.now, b.zone) }

// makePool lists the people by the day of joining; active people are in it several times.
func (b *builder) makePool() {
	for _, p := range b.people {
		if p.email[0] == 'v' && p != b.special["volunteer"] {
			for range p.activity {
				b.pool = append(b.pool, p)
			}
		}
	}
	slices.SortStableFunc(b.pool, func(x, y *person) int { return x.joined.Compare(y.joined) })
}

// joinedBy is the part of the pool that had joined before t.
func (b *builder) joinedBy(t time.Time) []*person {
	return b.pool[:sort.Search(len(b.pool), func(i int) bool { return !b.pool[i].joined.Before(t) })]
}

// makePast makes the past events, up to yesterday.
func (b *builder) makePast() {
	r := b.rand("past")
	var days []time.Time
	var weights []int
	for d := b.start.AddDate(0, 1, 0); ; d = d.AddDate(0, 0, 1) {
		y, m, day := d.Date()
		d = time.Date(y, m, day, 0, 0, 0, 0, b.zone)
		if !d.Before(b.today) {
			break
		}
		w := 10 + int(4*d.Sub(b.start).Hours()/24/365) // more from year to year
		w *= map[time.Weekday]int{time.Saturday: 10, time.Sunday: 8, time.Friday: 3}[d.Weekday()] + 2
		if m == time.January && day == 1 {
			w = 0
		}
		days, weights = append(days, d), append(weights, w)
	}
	var drawn []time.Time
	for range held {
		drawn = append(drawn, days[pick(r, weights)])
	}
	slices.SortFunc(drawn, time.Time.Compare)
	var largest *demoEvent
	for _, d := range drawn {
		t := b.drawTemplate(r, d, func(*template) bool { return true })
		e := b.addEvent(r, t, b.drawHour(r, t, d))
		if t.Largest > 0 && d.Before(b.today.AddDate(0, -1, 0)) {
			largest = e
		}
	}
	for _, e := range b.events {
		b.fillPast(r, e, e == largest)
	}
}

// drawTemplate draws a template for a day among those that ok accepts, out of season only when no
// other fits.
func (b *builder) drawTemplate(r *rand.Rand, day time.Time, ok func(*template) bool) *template {
	m := day.Month()
	weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
	for _, strict := range []bool{true, false} {
		var list []*template
		var weights []int
		for _, c := range b.data.Campaigns {
			sum := 0
			for _, t := range c.templates {
				if t.fits(m) {
					sum += t.Weight
				}
			}
			for _, t := range c.templates {
				season := c.Season[m-1]
				if !strict {
					season = max(season, 1)
				}
				if ok(t) && season > 0 && (t.fits(m) || !strict) && (!weekend || !t.Weekday) {
					w := 1000 * season * t.Weight / max(sum, 1) / (1 + 2*b.planned[t])
					list, weights = append(list, t), append(weights, max(1, w))
				}
			}
		}
		if len(list) > 0 {
			return list[pick(r, weights)]
		}
	}
	return b.data.Campaigns[0].templates[0]
}

// drawHour draws a start that suits the template and the day of the week.
func (b *builder) drawHour(r *rand.Rand, t *template, day time.Time) time.Time {
	halves := []int{20, 21, 22, 22, 24, 26, 28, 28, 29, 30, 30, 31, 32} // half hours since midnight
	if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday {
		halves = []int{28, 29, 30, 30, 31, 32, 32, 33, 34, 35}
	}
	if t.Night {
		halves = []int{42}
	}
	half := choose(r, halves)
	y, m, d := day.Date()
	return time.Date(y, m, d, half/2, half%2*30, 0, 0, b.zone)
}

// addEvent adds an event from a template with a place, a host and one shift.
func (b *builder) addEvent(r *rand.Rand, t *template, starts time.Time) *demoEvent {
	e := &demoEvent{
		n: len(b.events) + 1, campaign: t.campaign, template: t, state: event.Published, body: t.text(
			choose(r, t.campaign.Why),
		),
		adults: t.Adults, minAge: t.MinAge, starts: starts,
	}
	e.host, e.cohosts = b.drawHosts(r, t.campaign, starts)
	kinds := b.places[choose(r, b.city.Districts).Slug]
	e.place = choose(r, kinds[choose(r, t.At)])
	minutes := t.Minutes[0] + 30*r.IntN((t.Minutes[1]-t.Minutes[0])/30+1)
	e.ends = starts.Add(time.Duration(minutes) * time.Minute)
	size := t.Size[0] + r.IntN(t.Size[1]-t.Size[0]+1)
	e.shifts = []*shift{{starts: starts, ends: e.ends, capacity: size}}
	y, m, d := starts.Date()
	e.created = time.Date(y, m, d-10-r.IntN(15), 9, r.IntN(8*60), 0, 0, b.zone)
	e.published = e.created.Add(time.Duration(10+r.IntN(40*60)) * time.Minute)
	e.updated = e.published
	b.events = append(b.events, e)
	return e
}

// splitByRole splits an event with one shift into a shift for each role of its template.
func (e *demoEvent) splitByRole() {
	all := e.shifts[0]
	e.shifts = nil
	for i, role := range e.template.Roles {
		n := all.capacity / len(e.template.Roles)
		if i == 0 {
			n += all.capacity % len(e.template.Roles)
		}
		e.shifts = append(e.shifts, &shift{
			title: i18n.Text{KK: role.KK, RU: role.RU, EN: role.EN}, starts: all.starts, ends: all.ends,
			capacity: max(n, 2), minAge: role.MinAge,
		})
	}
}

// fillPast adds the sign-ups of a past event and their outcomes.
func (b *builder) fillPast(r *rand.Rand, e *demoEvent, largest bool) {
	if len(e.template.Roles) > 0 && r.IntN(2) == 0 {
		e.splitByRole()
	}
	if r.IntN(100) < 3 && !largest { // unusually large events
		for _, s := range e.shifts {
			s.capacity *= 2
		}
	}
	e.closed = earlier(between(r, e.ends.Add(time.Hour), e.ends.Add(50*time.Hour)), b.now)
	e.updated = e.closed
	for _, s := range e.shifts {
		come := s.capacity * 8 / 7 // some of them will not come
		if largest {
			come = e.template.Largest + e.template.Largest/10
			s.capacity = come
		} else {
			s.capacity = come + r.IntN(come/4+1)
		}
		for _, p := range b.specialParticipants(e) {
			b.addPastSignup(r, e, s, p)
		}
		pool := b.joinedBy(e.starts.Add(-36 * time.Hour))
		for tries := 0; len(s.signups) < come && tries < 30*come && len(pool) > 0; tries++ {
			b.addPastSignup(r, e, s, choose(r, pool))
		}
		for i, u := range s.signups {
			roll := r.IntN(100)
			if largest {
				roll = 0
				if i >= e.template.Largest {
					roll = 99
				}
			}
			b.setOutcome(r, s, u, roll)
		}
		for range pick(r, []int{40, 30, 18, 8, 4}) {
			b.addCancelled(r, e, s, pool)
		}
	}
}

// specialParticipants are the accounts with a known login that took part.
func (b *builder) specialParticipants(e *demoEvent) (who []*person) {
	if e.n%41 == 7 {
		who = append(who, b.special["volunteer"])
	}
	if e.n%67 == 5 {
		who = append(who, b.special["coordinator"])
	}
	return who
}

// addPastSignup adds a confirmed sign-up for a past shift if the rules allow it.
func (b *builder) addPastSignup(r *rand.Rand, e *demoEvent, s *shift, p *person) {
	if len(s.signups) >= s.capacity || !p.joined.Before(e.starts.Add(-36*time.Hour)) || b.isBusy(p, s) {
		return
	}
	reasons := b.blockingReasons(p, e, s)
	if len(reasons) == 1 && reasons[0].NeedsConsent() && p.consent == nil && r.IntN(60) == 0 {
		// A parent came along to this event.
		k := b.newConsent(r, p)
		k.event, k.accompanied, k.agreed = e, true, later(e.published, p.joined).Add(time.Hour)
		if k.agreed.Before(e.starts) {
			p.eventConsents = append(p.eventConsents, event.Consent{EventID: int64(e.n), Accompanied: true})
			reasons = nil
		} else {
			b.consents = b.consents[:len(b.consents)-1]
		}
	}
	if len(reasons) > 0 || !b.reserveDays(p, s) {
		return
	}
	from := later(e.published, p.joined)
	if p.consent != nil && p.consent.agreed.Before(s.starts) {
		from = later(from, p.consent.agreed)
	}
	u := &signup{person: p, state: confirmed, ticket: token(r)}
	u.created = between(r, from, s.starts.Add(-2*time.Hour))
	u.changed = u.created
	if remind := s.starts.Add(-24 * time.Hour); u.created.Before(remind) {
		u.reminded = remind
	}
	s.signups = append(s.signups, u)
}

// setOutcome draws the outcome of a confirmed sign-up: most people came and stayed to the end.
func (b *builder) setOutcome(r *rand.Rand, s *shift, u *signup, roll int) {
	switch {
	case roll < 88:
		u.outcome = attended
		u.minutes = int(s.ends.Sub(s.starts) / time.Minute)
		if r.IntN(100) < 22 {
			u.minutes = max(90, u.minutes-15*(1+r.IntN(4)))
		}
	case roll < 96:
		u.outcome = noShow
	default:
		u.outcome = excused
	}
}

// addCancelled adds a sign-up that its volunteer cancelled in time.
func (b *builder) addCancelled(r *rand.Rand, e *demoEvent, s *shift, pool []*person) {
	if len(pool) == 0 {
		return
	}
	p := choose(r, pool)
	if slices.ContainsFunc(s.signups, func(u *signup) bool { return u.person == p }) || len(
		b.blockingReasons(p, e, s),
	) > 0 {
		return
	}
	u := &signup{person: p, state: cancelled, cause: "self", ticket: token(r)}
	u.created = between(r, later(e.published, p.joined), s.starts.Add(-8*time.Hour))
	u.changed = between(r, u.created, s.starts.Add(-4*time.Hour))
	s.signups = append(s.signups, u)
}
