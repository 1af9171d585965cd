package event

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"shtab/internal/i18n"
)

// Slot is one shift of an event's Details: a day and hours of the city's clock, as far as they are written.
type Slot struct {
	ShiftID  int64     `json:"-"` // of a published event; 0: to be added
	Title    i18n.Text `json:"title,omitzero"`
	Day      string    `json:"day,omitempty"`  // 2026-11-22
	From     string    `json:"from,omitempty"` // 09:30
	To       string    `json:"to,omitempty"`
	NextDay  bool      `json:"next_day,omitempty"` // To is on the day after Day
	Capacity int       `json:"capacity,omitempty"`
	MinAge   int       `json:"min_age,omitempty"`
}

// SlotOf is a shift as Details have it.
func SlotOf(s Shift, zone *time.Location) Slot {
	from, to := s.StartsAt.In(zone), s.EndsAt.In(zone)
	return Slot{
		ShiftID: s.ID, Title: s.Title, Day: from.Format(time.DateOnly), From: from.Format(clock), To: to.Format(clock),
		NextDay: from.Format(time.DateOnly) != to.Format(time.DateOnly), Capacity: s.Capacity, MinAge: s.MinAge,
	}
}

// SlotField is the name under which a problem of the slot at i is known, and its field.
func SlotField(i int, name string) string { return "shift[" + strconv.Itoa(i) + "]." + name }

const clock = "15:04"

// MaxSlots is how many shifts an event may have.
const MaxSlots = 40

// Instant is the moment at which the clocks of zone show day and hour ("2026-11-22", "09:30"), or
// the key of what is wrong with them: no day or hour at all, one that the change of a zone's
// clocks skips, or one that comes twice that night.
func Instant(day, hour string, zone *time.Location) (at time.Time, problem string) {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil || d.Year() < 2000 || d.Year() > 2200 {
		return time.Time{}, "publishing.problem.day"
	}
	h, err := time.Parse(clock, hour)
	if err != nil {
		return time.Time{}, "publishing.problem.hour"
	}
	at = time.Date(d.Year(), d.Month(), d.Day(), h.Hour(), h.Minute(), 0, 0, zone)
	shows := func(t time.Time) bool {
		return t.Format(time.DateOnly+clock) == d.Format(time.DateOnly)+h.Format(clock)
	}
	if !shows(at) {
		return time.Time{}, "publishing.problem.skipped"
	}
	_, offset := at.Zone()
	for _, near := range []time.Time{at.Add(-24 * time.Hour), at.Add(24 * time.Hour)} {
		if _, other := near.Zone(); other != offset && shows(at.Add(time.Duration(offset-other)*time.Second)) {
			return time.Time{}, "publishing.problem.doubled"
		}
	}
	return at, ""
}

// hours are the slot's start and end in zone; add is told the problem of each field.
func (s Slot) hours(zone *time.Location, add func(field, problem string)) (from, to time.Time) {
	if s.Day == "" {
		add("day", "publishing.problem.day")
		return from, to
	}
	from, problem := Instant(s.Day, s.From, zone)
	switch problem {
	case "":
	case "publishing.problem.day":
		add("day", problem)
		return from, to
	default:
		add("from", problem)
	}
	day := s.Day
	if s.NextDay {
		d, _ := time.Parse(time.DateOnly, s.Day)
		day = d.AddDate(0, 0, 1).Format(time.DateOnly)
	}
	if to, problem = Instant(day, s.To, zone); problem != "" {
		add("to", problem)
	}
	if from.IsZero() || to.IsZero() {
		return from, to
	}
	switch {
	case !to.After(from):
		add("to", "publishing.problem.end")
	case to.Sub(from) > 24*time.Hour:
		add("to", "publishing.problem.long")
	}
	return from, to
}

// shift is the slot as a shift; ok when its hours are whole and make sense.
func (s Slot) shift(event int64, zone *time.Location) (Shift, bool) {
	ok := true
	from, to := s.hours(zone, func(string, string) { ok = false })
	return Shift{
		ID: s.ShiftID, EventID: event, Title: s.Title, StartsAt: from, EndsAt: to, Capacity: s.Capacity,
		MinAge: s.MinAge,
	}, ok
}

// shiftsOf are the shifts that slots would make, those whose hours are whole, the earliest first.
func shiftsOf(slots []Slot, event int64, zone *time.Location) (shifts []Shift) {
	for _, s := range slots {
		if made, ok := s.shift(event, zone); ok {
			shifts = append(shifts, made)
		}
	}
	slices.SortStableFunc(shifts, func(a, b Shift) int { return a.StartsAt.Compare(b.StartsAt) })
	return shifts
}

// Shifts are the shifts that p would make, those whose hours are whole, the earliest first.
func (p Details) Shifts(zone *time.Location) []Shift { return shiftsOf(p.Slots, 0, zone) }

// ShiftsKeeping is Shifts for an event that has some: a shift whose hours are written as before keeps its
// own to the second, also where the clocks show them twice.
func (p Details) ShiftsKeeping(held []Shift, zone *time.Location) (shifts []Shift) {
	for _, s := range p.Slots {
		made, ok := s.shift(0, zone)
		if h, stands := s.unchangedIn(held, zone); stands {
			made.StartsAt, made.EndsAt, ok = h.StartsAt, h.EndsAt, true
		}
		if ok {
			shifts = append(shifts, made)
		}
	}
	return shifts
}

// unchangedIn finds the shift of held whose hours the slot leaves as they are.
func (s Slot) unchangedIn(held []Shift, zone *time.Location) (Shift, bool) {
	i := slices.IndexFunc(held, func(h Shift) bool { return h.ID == s.ShiftID })
	if i < 0 {
		return Shift{}, false
	}
	was := SlotOf(held[i], zone)
	return held[i], s.Day == was.Day && s.From == was.From && s.To == was.To && s.NextDay == was.NextDay
}

// span is the first start and the last end of shifts; zero without any, and where it is longer
// than an event may be.
func span(shifts []Shift) (from, to time.Time) {
	if len(shifts) == 0 {
		return from, to
	}
	from = slices.MinFunc(shifts, func(a, b Shift) int { return a.StartsAt.Compare(b.StartsAt) }).StartsAt
	to = slices.MaxFunc(shifts, func(a, b Shift) int { return cmp.Compare(a.EndsAt.Unix(), b.EndsAt.Unix()) }).EndsAt
	if to.Sub(from) > maxSpan {
		return time.Time{}, time.Time{}
	}
	return from, to
}

// maxSpan is how long an event may last from its first shift to its last.
const maxSpan = 31 * 24 * time.Hour
