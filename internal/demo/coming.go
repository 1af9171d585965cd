package demo

import (
	"math/rand/v2"
	"slices"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
)

// coming is the number of events in the next six weeks, including cancelled ones and the one under
// way.
const coming = 60

// scenario describes what one of the coming events shows. The zero scenario is an ordinary event.
type scenario struct {
	from, to        int  // days from today; the weekend is preferred
	ownOrg          bool // held by the organisation of coordinator@
	ground          event.Ground
	minAge          int
	night           bool
	roles           bool // a shift for each role
	slots           bool // three shifts, one after the other
	capacity        int  // 0: that of its template
	fill            int  // percentage of the places that are taken
	left            int  // with fill 100: places left free
	queue           int
	awaiting        int  // sign-ups that wait for a guardian
	accompanied     int  // minors whose guardian comes along
	volunteerIn     bool // volunteer@ is signed up
	volunteerFourth bool // volunteer@ is the fourth in the queue
	cancelled       bool
	notYet          bool // sign-up opens later
	closed          bool // sign-up has closed
	underWay        bool
	today           bool
	cohosts         bool
}

// scenarios cover every state that a page can show, and what volunteer@ and coordinator@ see first.
var scenarios = []scenario{
	{underWay: true, ownOrg: true, fill: 85},
	{today: true, ownOrg: true, fill: 70},
	{from: 1, to: 1, ownOrg: true, fill: 60, volunteerIn: true},
	{from: 6, to: 9, capacity: 24, fill: 100, left: 2, volunteerIn: true},
	{from: 3, to: 6, ownOrg: true, capacity: 20, fill: 100, queue: 14, volunteerFourth: true},
	{from: 5, to: 8, capacity: 16, fill: 100, queue: 3},
	{from: 8, to: 12, capacity: 12, fill: 100, queue: 19},
	{from: 10, to: 14, capacity: 25, fill: 100, queue: 7, cohosts: true},
	{from: 2, to: 4, capacity: 18, fill: 100}, // full, and nobody waits
	{from: 4, to: 7, capacity: 30, fill: 100, left: 3, awaiting: 2},
	{from: 11, to: 15, capacity: 22, fill: 100, left: 1},
	{from: 7, to: 12, capacity: 1}, // a single place
	{from: 6, to: 20, ground: event.Emergency, fill: 55},
	{from: 8, to: 24, ground: event.Victims, fill: 40},
	{from: 10, to: 28, ground: event.Convicts, fill: 30},
	{from: 12, to: 30, ground: event.Hazard, fill: 70},
	{from: 5, to: 12, minAge: 16, fill: 50},
	{from: 15, to: 25, minAge: 16, fill: 20},
	{from: 9, to: 16, roles: true, ownOrg: true, fill: 65, cohosts: true},
	{from: 16, to: 26, roles: true, fill: 25},
	{from: 6, to: 11, slots: true, capacity: 36, fill: 75, queue: 5},
	{from: 3, to: 10, ownOrg: true, fill: 45, cancelled: true},
	{from: 20, to: 34, notYet: true, ownOrg: true},
	{from: 2, to: 3, closed: true, fill: 80},
	{from: 4, to: 9, night: true, fill: 60, accompanied: 2},
	{from: 7, to: 13, fill: 60, awaiting: 3, accompanied: 2, ownOrg: true},
	{from: 9, to: 15, fill: 50, awaiting: 2, accompanied: 3, cohosts: true},
}

// makeComing makes the events of the next six weeks.
func (b *builder) makeComing() {
	r := b.rand("coming")
	all := slices.Clone(scenarios)
	for i := len(all); i < coming; i++ {
		from := 1 + (i-len(scenarios))*38/(coming-len(scenarios))
		p := scenario{from: from, to: min(from+4, 41), fill: max(4, 88-2*from-r.IntN(30))}
		if i%7 == 0 {
			p.awaiting = 1
		}
		all = append(all, p)
	}
	for _, p := range all {
		b.addScenario(r, p)
	}
}

// addScenario makes one coming event.
func (b *builder) addScenario(r *rand.Rand, p scenario) {
	day := b.pickDay(r, p)
	t := b.drawTemplate(r, day, func(t *template) bool {
		return t.Adults == p.ground && t.Night == p.night && (!p.roles || len(t.Roles) > 0) &&
			(p.minAge > 0 || t.MinAge == 0) && (!p.slots && p.capacity == 0 || len(t.Roles) == 0)
	})
	starts := b.drawHour(r, t, day)
	switch {
	case p.slots:
		starts = day.Add(10 * time.Hour)
	case p.underWay:
		starts = b.now.Truncate(30 * time.Minute).Add(-30 * time.Minute)
	case p.today:
		starts = b.laterToday()
	}
	if (p.today || p.underWay) && event.AtNight(starts, starts.Add(150*time.Minute), b.city.Rules, b.zone) {
		t = b.drawTemplate(r, day, func(t *template) bool { return t.Night })
	}
	b.planned[t]++
	e := b.addEvent(r, t, starts)
	if p.underWay {
		e.ends = later(e.ends, starts.Add(150*time.Minute))
		e.shifts[0].ends = e.ends
	}
	e.minAge = max(e.minAge, p.minAge)
	b.setHosts(r, e, p)
	if p.capacity > 0 {
		e.shifts[0].capacity = p.capacity
	}
	if p.roles {
		e.splitByRole()
	}
	if p.slots {
		b.splitBySlots(e)
	}
	b.setWindows(r, e, p)
	for i, s := range e.shifts {
		b.fillShift(r, e, s, p, i)
	}
	if p.cancelled {
		b.cancelEvent(e)
	}
}

// pickDay draws a day of the scenario, nearly always at the weekend if there is one.
func (b *builder) pickDay(r *rand.Rand, p scenario) time.Time {
	var days []time.Time
	var weights []int
	for i := p.from; i <= p.to; i++ {
		d := b.today.AddDate(0, 0, i)
		w := map[time.Weekday]int{time.Saturday: 9, time.Sunday: 7, time.Friday: 2}[d.Weekday()] + 1
		if d.YearDay() == 1 {
			w = 0
		}
		days, weights = append(days, d), append(weights, w)
	}
	return days[pick(r, weights)]
}

// laterToday is a start today for which sign-up is still open or, late in the evening, in about an hour.
func (b *builder) laterToday() time.Time {
	half := func(t time.Time) time.Time { return t.Add(30*time.Minute - time.Second).Truncate(30 * time.Minute) }
	t := half(b.now.Add(150 * time.Minute))
	if ten := b.today.Add(10 * time.Hour); t.Before(ten) {
		return ten
	}
	if t.Before(b.today.Add(20*time.Hour + time.Minute)) {
		return t
	}
	return half(b.now.Add(time.Hour))
}

// setHosts makes the organisation of coordinator@ the host, and adds a co-host, where the scenario
// says so.
func (b *builder) setHosts(r *rand.Rand, e *demoEvent, p scenario) {
	if p.ownOrg {
		e.host = b.orgs[1]
	}
	e.cohosts = slices.DeleteFunc(e.cohosts, func(o *organization) bool { return o == e.host })
	for p.cohosts && len(e.cohosts) == 0 {
		if o := choose(r, b.orgs); o != e.host {
			e.cohosts = append(e.cohosts, o)
		}
	}
}

// splitBySlots replaces the only shift with three consecutive shifts of two hours.
func (b *builder) splitBySlots(e *demoEvent) {
	n := e.shifts[0].capacity / len(b.data.Slots)
	e.shifts = nil
	for i, title := range b.data.Slots {
		from := e.starts.Add(time.Duration(2*i) * time.Hour)
		e.shifts = append(e.shifts, &shift{title: title, starts: from, ends: from.Add(2 * time.Hour), capacity: n})
		e.ends = from.Add(2 * time.Hour)
	}
}

// setWindows sets when the event was published and when sign-up opens and closes.
func (b *builder) setWindows(r *rand.Rand, e *demoEvent, p scenario) {
	y, m, d := b.today.Date()
	latest := time.Date(y, m, d-3-r.IntN(6), 10, r.IntN(420), 0, 0, b.zone)
	e.created = earlier(e.created, latest)
	e.published = earlier(e.published, e.created.Add(time.Duration(10+r.IntN(1200))*time.Minute))
	if e.published.Before(e.created) {
		e.published = e.created.Add(20 * time.Minute)
	}
	e.updated = e.published
	if p.notYet {
		o := e.starts.AddDate(0, 0, -10)
		e.opens = time.Date(o.Year(), o.Month(), o.Day(), 10, 0, 0, 0, b.zone)
	}
	if p.closed {
		c := b.today.AddDate(0, 0, -1)
		e.closes = time.Date(c.Year(), c.Month(), c.Day(), 18, 0, 0, 0, b.zone)
	}
}

// fillShift signs people up for the i-th shift of a coming event, in the order of their sign-ups.
func (b *builder) fillShift(r *rand.Rand, e *demoEvent, s *shift, p scenario, i int) {
	until := b.now.Add(-10 * time.Minute)
	if !e.closes.IsZero() {
		until = earlier(until, e.closes)
	}
	until = earlier(until, s.starts.Add(-time.Hour))
	n := s.capacity*min(p.fill-15*i*boolInt(p.slots || p.roles), 100)/100 - p.left
	queue := p.queue
	if p.slots { // the first is full and has a queue, the others are not
		n, queue = s.capacity, 0
		if i == 0 {
			queue = p.queue
		} else {
			n = s.capacity * (p.fill - 30*i) / 100
		}
	}
	n = max(n, 0)
	if i == 0 {
		for range p.accompanied {
			b.addAccompanied(r, e, s, until)
		}
		if p.volunteerIn {
			b.addSignup(r, e, s, b.special["volunteer"], confirmed)
		}
	}
	b.addSignups(r, e, s, confirmed, n)
	full := len(s.signups)
	for range queue {
		if p.volunteerFourth && len(s.signups) == full+3 {
			b.addSignup(r, e, s, b.special["volunteer"], waiting)
			continue
		}
		b.addSignups(r, e, s, waiting, len(s.signups)+1)
	}
	b.setSignupTimes(r, e, s, until)
	if i == 0 {
		for range p.awaiting {
			b.addAwaiting(r, e, s)
		}
	}
	for range r.IntN(3) * boolInt(n > 4) {
		b.addCancelled(r, e, s, b.pool)
	}
	for _, u := range s.signups {
		soon := s.starts.Sub(b.now) < time.Duration(b.city.Rules.ReminderHours)*time.Hour
		if u.state == confirmed && soon && u.person != b.special["volunteer"] {
			u.reminded = b.now
		}
		if u.state == cancelled { // addCancelled draws times in the past only
			u.changed = earlier(u.changed, until)
			u.created = earlier(u.created, u.changed)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// addSignups signs eligible people up until the shift has n sign-ups.
func (b *builder) addSignups(r *rand.Rand, e *demoEvent, s *shift, state string, n int) {
	for tries := 0; len(s.signups) < n && tries < 4000; tries++ {
		if p := choose(r, b.pool); b.free(p, e, s) && len(b.blockingReasons(p, e, s)) == 0 {
			b.addSignup(r, e, s, p, state)
		}
	}
}

// free reports whether the person joined before publication and has nothing else on those days.
func (b *builder) free(p *person, e *demoEvent, s *shift) bool {
	return p.joined.Before(e.published) && !b.isBusy(p, s) &&
		(p.consent == nil || p.consent.agreed.Before(e.published))
}

// addSignup signs the person up; setSignupTimes sets the time.
func (b *builder) addSignup(r *rand.Rand, e *demoEvent, s *shift, p *person, state string) *signup {
	b.reserveDays(p, s)
	u := &signup{person: p, state: state, ticket: token(r)}
	s.signups = append(s.signups, u)
	if state == confirmed {
		p.coming = append(p.coming, event.Commitment{
			EventID: int64(e.n), ShiftID: -1, Title: e.template.Title, StartsAt: s.starts, EndsAt: s.ends,
		})
	}
	return u
}

// setSignupTimes spreads the sign-ups over the time since publication, in their order.
func (b *builder) setSignupTimes(r *rand.Rand, e *demoEvent, s *shift, until time.Time) {
	times := make([]time.Time, len(s.signups))
	for i := range times {
		times[i] = between(r, e.published.Add(time.Minute), until).Add(time.Duration(r.IntN(60)) * time.Second)
	}
	slices.SortFunc(times, time.Time.Compare)
	for i, u := range s.signups {
		u.created, u.changed = times[i], times[i]
	}
}

// addAwaiting holds a place for a minor whose guardian has not answered yet.
func (b *builder) addAwaiting(r *rand.Rand, e *demoEvent, s *shift) {
	for range 4000 {
		p := choose(r, b.pool)
		if p.consent != nil || !b.free(p, e, s) {
			continue
		}
		if reasons := b.blockingReasons(p, e, s); len(reasons) != 1 || !reasons[0].NeedsConsent() {
			continue
		}
		u := b.addSignup(r, e, s, p, awaiting)
		u.created = later(e.published, b.now.Add(-time.Duration(2+r.IntN(36))*time.Hour))
		u.changed = u.created
		u.hold = u.created.Add(time.Duration(b.city.Rules.ConsentMinutes) * time.Minute)
		return
	}
}

// addAccompanied confirms a minor whose guardian comes along to this event.
func (b *builder) addAccompanied(r *rand.Rand, e *demoEvent, s *shift, until time.Time) {
	for range 8000 {
		p := choose(r, b.pool)
		if p.consent != nil || b.age(p) >= b.city.Rules.AccompaniedAge || !b.free(p, e, s) ||
			len(p.eventConsents) > 0 {
			continue
		}
		p.eventConsents = []event.Consent{{EventID: int64(e.n), Accompanied: true}}
		if len(b.blockingReasons(p, e, s)) > 0 {
			p.eventConsents = nil
			continue
		}
		k := b.newConsent(r, p)
		k.event, k.accompanied, k.agreed = e, true, earlier(e.published.Add(time.Minute), until)
		b.addSignup(r, e, s, p, confirmed)
		return
	}
}

// cancelEvent cancels the event and every sign-up.
func (b *builder) cancelEvent(e *demoEvent) {
	e.state, e.cancelReason = event.Cancelled, b.data.CancelReason
	e.updated = b.now.Add(-5 * time.Hour)
	for _, s := range e.shifts {
		for _, u := range s.signups {
			if u.state != cancelled {
				u.state, u.cause, u.changed = cancelled, "event", later(u.created, e.updated)
			}
		}
	}
}

// bring is the text about what to take along, which belongs to the template.
func (e *demoEvent) bring(d *dataset) i18n.Text { return d.Bring[e.template.Bring] }
