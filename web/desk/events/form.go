package events

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
	"shtab/web/httpkit"
)

// eventForm is an event as its form sends it, and shows it again when it needs another look.
type eventForm struct {
	Key     string `form:"key"`     // of a new event's form: sent twice, it makes one event
	Version string `form:"version"` // of the event that the form was made from
	Base    string `form:"base"`    // what the fields held then (fingerprint)

	Op     string  `form:"op"`     // the button
	Agreed []int64 `form:"agreed"` // the sign-ups whose change has been looked at

	Cohosts []string    `form:"cohosts"`
	Shifts  []shiftForm `form:"shift"`

	inputs map[string]string // all other fields, by their inputs (event.Form)
}

// shiftForm is one shift of the form.
type shiftForm struct {
	ID       string    `form:"id"`
	Title    i18n.Text `form:"title"`
	Day      string    `form:"day"`
	From     string    `form:"from"`
	To       string    `form:"to"`
	NextDay  string    `form:"next_day"`
	Capacity string    `form:"capacity"`
	MinAge   string    `form:"min_age"`
}

// shiftInputs are the inputs of a shift in the order of the form.
var shiftInputs = []string{"day", "from", "to", "capacity", "title_kk", "title_ru", "title_en", "min_age"}

// get is what an input holds.
func (f *eventForm) get(input string) string { return f.inputs[input] }

// text is what the inputs of a text hold.
func (f *eventForm) text(name string) i18n.Text {
	return i18n.Text{KK: f.get(name + "_kk"), RU: f.get(name + "_ru"), EN: f.get(name + "_en")}
}

// read reads a posted form.
func (f *eventForm) read(w http.ResponseWriter, r *http.Request) error {
	if err := httpkit.LongForm(w, r, f, maxEventForm); err != nil {
		return err
	}
	f.inputs = httpkit.Inputs(r, event.Form().Inputs())
	for i := range f.Shifts {
		s := &f.Shifts[i]
		for _, p := range []*string{&s.ID, &s.Day, &s.From, &s.To, &s.NextDay, &s.Capacity, &s.MinAge} {
			*p = field.Clean(*p)
		}
	}
	slices.Sort(f.Cohosts)
	f.Cohosts = slices.Compact(f.Cohosts)
	return nil
}

// formOf is the form of an event as it is.
func formOf(e event.ManagedEvent, zone *time.Location) eventForm {
	f := eventForm{Version: strconv.Itoa(e.Version), inputs: event.Form().Show(&e.Details, zone)}
	for name, value := range f.inputs {
		f.inputs[name] = field.Clean(value)
	}
	for _, id := range e.Cohosts {
		f.Cohosts = append(f.Cohosts, field.ShowID(id))
	}
	slices.Sort(f.Cohosts)
	for _, s := range e.Slots {
		shift := shiftForm{
			ID: field.ShowID(s.ShiftID), Title: s.Title, Day: s.Day, From: s.From, To: s.To,
			Capacity: number(s.Capacity), MinAge: number(s.MinAge),
		}
		if s.NextDay {
			shift.NextDay = "1"
		}
		f.Shifts = append(f.Shifts, shift)
	}
	f.Base = f.fingerprint()
	return f
}

// details is what the form says, and what in it cannot be read, by input.
func (f *eventForm) details(zone *time.Location) (event.Details, fault.Fields) {
	d, wrong := event.Form().Read(f.get, zone)
	d.Cohosts = []int64{}
	for _, id := range f.Cohosts {
		d.Cohosts = append(d.Cohosts, field.ReadID(id))
	}
	slices.Sort(d.Cohosts)
	for i, s := range f.Shifts {
		whole := func(name, value, problem string) int {
			return field.Whole(event.SlotField(i, name), value, 1, "publishing.problem."+problem, wrong)
		}
		d.Slots = append(d.Slots, event.Slot{
			ShiftID: field.ReadID(s.ID), Title: s.Title, Day: s.Day, From: s.From, To: s.To, NextDay: s.NextDay != "",
			Capacity: whole("capacity", s.Capacity, "capacity"), MinAge: whole("min_age", s.MinAge, "age"),
		})
	}
	return d, wrong
}

// dropEmpty removes the rows that nobody has filled in.
func (f *eventForm) dropEmpty() {
	f.Shifts = slices.DeleteFunc(f.Shifts, func(s shiftForm) bool { return s == shiftForm{} })
}

// addShift adds a row that begins where the last one ends.
func (f *eventForm) addShift() {
	next := shiftForm{}
	if n := len(f.Shifts); n > 0 {
		last := f.Shifts[n-1]
		next = shiftForm{Day: last.Day, From: last.To, Capacity: last.Capacity}
		if last.NextDay != "" {
			next.From = ""
		}
	}
	f.Shifts = append(f.Shifts, next)
}

// removeShift removes the row at i.
func (f *eventForm) removeShift(i int) {
	if i >= 0 && i < len(f.Shifts) {
		f.Shifts = slices.Delete(f.Shifts, i, i+1)
	}
}

// press does what a button asks of the form alone, such as another row for a shift, and reports whether
// that was all.
func (f *eventForm) press() (done bool) {
	op, rest, _ := strings.Cut(f.Op, " ")
	switch op {
	case "add_shift":
		f.addShift()
	case "remove_shift":
		if i, err := strconv.Atoi(rest); err == nil {
			f.removeShift(i)
		}
	case "keep": // "keep 0 12": the first shift keeps the 12 places that are taken
		a, b, _ := strings.Cut(rest, " ")
		i, err1 := strconv.Atoi(a)
		n, err2 := strconv.Atoi(b)
		if err1 == nil && err2 == nil && i >= 0 && i < len(f.Shifts) && n > 0 {
			f.Shifts[i].Capacity = strconv.Itoa(n)
		}
	case "look":
	default:
		f.dropEmpty()
		return false
	}
	return true
}

// number is n as an input holds it, empty for 0.
func number(n int) string { return field.ShowID(int64(n)) }
