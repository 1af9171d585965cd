package events

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/ui"
)

// eventForm is an event as its form sends it, and takes it back when it needs another look.
type eventForm struct {
	Key     string `form:"key"`     // of a new event's form: sent twice, it makes one event
	Version string `form:"version"` // of the event that the form was made from
	Base    string `form:"base"`    // what the fields held then (Fingerprint)

	Op     string  `form:"op"`     // the button
	Agreed []int64 `form:"agreed"` // the sign-ups whose change has been looked at

	Org      string   `form:"org"`
	Campaign string   `form:"campaign"`
	Cohosts  []string `form:"cohosts"`

	TitleKK   string `form:"title_kk"`
	TitleRU   string `form:"title_ru"`
	TitleEN   string `form:"title_en"`
	SummaryKK string `form:"summary_kk"`
	SummaryRU string `form:"summary_ru"`
	SummaryEN string `form:"summary_en"`
	PlaceKK   string `form:"place_kk"`
	PlaceRU   string `form:"place_ru"`
	PlaceEN   string `form:"place_en"`
	BodyKK    string `form:"body_kk"`
	BodyRU    string `form:"body_ru"`
	BodyEN    string `form:"body_en"`
	BringKK   string `form:"bring_kk"`
	BringRU   string `form:"bring_ru"`
	BringEN   string `form:"bring_en"`
	NeedsKK   string `form:"needs_kk"`
	NeedsRU   string `form:"needs_ru"`
	NeedsEN   string `form:"needs_en"`

	District     string `form:"district"`
	Point        string `form:"point"`
	ContactName  string `form:"contact_name"`
	ContactPhone string `form:"contact_phone"`
	AdultsOnly   string `form:"adults_only"`
	MinAge       string `form:"min_age"`
	OpensDay     string `form:"opens_day"`
	OpensHour    string `form:"opens_hour"`
	ClosesDay    string `form:"closes_day"`
	ClosesHour   string `form:"closes_hour"`
	Cutoff       string `form:"cutoff_minutes"`

	Shifts []shiftForm `form:"shift"`
}

// shiftForm is one shift of the form.
type shiftForm struct {
	ID       string `form:"id"`
	TitleKK  string `form:"title_kk"`
	TitleRU  string `form:"title_ru"`
	TitleEN  string `form:"title_en"`
	Day      string `form:"day"`
	From     string `form:"from"`
	To       string `form:"to"`
	NextDay  string `form:"next_day"`
	Capacity string `form:"capacity"`
	MinAge   string `form:"min_age"`
}

// formOf is the form of an event as it is.
func formOf(h event.ManagedEvent, zone *time.Location) eventForm {
	p := h.Details
	f := eventForm{
		Version: strconv.Itoa(h.Version), Org: number(p.OrgID), Campaign: number(p.CampaignID),
		TitleKK: p.Title.KK, TitleRU: p.Title.RU, TitleEN: p.Title.EN,
		SummaryKK: p.Summary.KK, SummaryRU: p.Summary.RU, SummaryEN: p.Summary.EN,
		PlaceKK: p.Place.KK, PlaceRU: p.Place.RU, PlaceEN: p.Place.EN,
		BodyKK: p.Body.KK, BodyRU: p.Body.RU, BodyEN: p.Body.EN,
		BringKK: p.Bring.KK, BringRU: p.Bring.RU, BringEN: p.Bring.EN,
		NeedsKK: p.Needs.KK, NeedsRU: p.Needs.RU, NeedsEN: p.Needs.EN,
		District: p.District, ContactName: p.ContactName, ContactPhone: p.ContactPhone,
		AdultsOnly: string(p.AdultsOnly), MinAge: number(p.MinAge), Cutoff: strconv.Itoa(p.CutoffMinutes),
	}
	for _, c := range p.Cohosts {
		f.Cohosts = append(f.Cohosts, number(c))
	}
	if p.Lat != nil && p.Lng != nil {
		f.Point = degrees(*p.Lat) + ", " + degrees(*p.Lng)
	}
	f.OpensDay, f.OpensHour = dayAndHour(p.SignupOpensAt, zone)
	f.ClosesDay, f.ClosesHour = dayAndHour(p.SignupClosesAt, zone)
	for _, s := range p.Slots {
		shift := shiftForm{
			ID: number(s.ShiftID), TitleKK: s.Title.KK, TitleRU: s.Title.RU, TitleEN: s.Title.EN,
			Day: s.Day, From: s.From, To: s.To, Capacity: number(s.Capacity), MinAge: number(s.MinAge),
		}
		if s.NextDay {
			shift.NextDay = "1"
		}
		f.Shifts = append(f.Shifts, shift)
	}
	f.Clean()
	f.Base = f.Fingerprint()
	return f
}

// Clean takes off the edges of what was typed.
func (f *eventForm) Clean() {
	trim := func(s *string) { *s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n")) }
	for _, field := range eventFields {
		if field.at != nil {
			trim(field.at(f))
		}
	}
	for i := range f.Shifts {
		s := &f.Shifts[i]
		for _, p := range []*string{&s.ID, &s.TitleKK, &s.TitleRU, &s.TitleEN, &s.Day, &s.From, &s.To, &s.NextDay, &s.Capacity, &s.MinAge} {
			trim(p)
		}
	}
	slices.Sort(f.Cohosts)
	f.Cohosts = slices.Compact(f.Cohosts)
}

// Plan is what the form says, and what in it cannot be read, by field.
func (f eventForm) Plan(zone *time.Location) (event.Details, fault.Fields) {
	wrong := fault.Fields{}
	p := event.Details{
		OrgID: id(f.Org), CampaignID: id(f.Campaign), Cohosts: []int64{},
		Title:    i18n.Text{KK: f.TitleKK, RU: f.TitleRU, EN: f.TitleEN},
		Summary:  i18n.Text{KK: f.SummaryKK, RU: f.SummaryRU, EN: f.SummaryEN},
		Place:    i18n.Text{KK: f.PlaceKK, RU: f.PlaceRU, EN: f.PlaceEN},
		Body:     i18n.Text{KK: f.BodyKK, RU: f.BodyRU, EN: f.BodyEN},
		Bring:    i18n.Text{KK: f.BringKK, RU: f.BringRU, EN: f.BringEN},
		Needs:    i18n.Text{KK: f.NeedsKK, RU: f.NeedsRU, EN: f.NeedsEN},
		District: f.District, ContactName: f.ContactName, ContactPhone: f.ContactPhone,
		AdultsOnly: event.Ground(f.AdultsOnly),
	}
	for _, c := range f.Cohosts {
		p.Cohosts = append(p.Cohosts, id(c))
	}
	slices.Sort(p.Cohosts)
	whole := func(name, s, problem string) int {
		if s == "" {
			return 0
		}
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			wrong.Add(name, problem)
			return 0
		}
		return n
	}
	p.MinAge = whole("min_age", f.MinAge, "publishing.problem.age")
	if f.Cutoff != "0" {
		p.CutoffMinutes = whole("cutoff_minutes", f.Cutoff, "publishing.problem.cutoff")
	}
	p.Lat, p.Lng = point(f.Point, wrong)
	p.SignupOpensAt = moment("opens", f.OpensDay, f.OpensHour, zone, wrong)
	p.SignupClosesAt = moment("closes", f.ClosesDay, f.ClosesHour, zone, wrong)
	for i, s := range f.Shifts {
		p.Slots = append(p.Slots, event.Slot{
			ShiftID: id(s.ID), Title: i18n.Text{KK: s.TitleKK, RU: s.TitleRU, EN: s.TitleEN}, Day: s.Day, From: s.From, To: s.To,
			NextDay: s.NextDay != "", Capacity: whole(event.SlotField(i, "capacity"), s.Capacity, "publishing.problem.capacity"),
			MinAge: whole(event.SlotField(i, "min_age"), s.MinAge, "publishing.problem.age"),
		})
	}
	return p, wrong
}

// DropEmpty takes away the rows that nobody has filled in.
func (f *eventForm) DropEmpty() {
	f.Shifts = slices.DeleteFunc(f.Shifts, func(s shiftForm) bool { return s == shiftForm{} })
}

// AddShift adds a row that begins where the last one ends.
func (f *eventForm) AddShift() {
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

// RemoveShift takes the row at i away.
func (f *eventForm) RemoveShift(i int) {
	if i >= 0 && i < len(f.Shifts) {
		f.Shifts = slices.Delete(f.Shifts, i, i+1)
	}
}

// number is n as a field holds it, empty for none.
func number[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

// id is the id in a field: 0 for none, -1 for what no page of ours sends, which nothing has.
func id(s string) int64 {
	if s == "" {
		return 0
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return -1
	}
	return n
}

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// point reads "51.12, 71.43", as maps write it.
func point(s string, wrong fault.Fields) (lat, lng *float64) {
	if s == "" {
		return nil, nil
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	if len(parts) == 2 {
		a, err1 := strconv.ParseFloat(parts[0], 64)
		b, err2 := strconv.ParseFloat(parts[1], 64)
		if err1 == nil && err2 == nil {
			return &a, &b
		}
	}
	wrong.Add("point", "publishing.problem.point")
	return nil, nil
}

// moment reads a day and an hour that may both be empty.
func moment(name, day, hour string, zone *time.Location, wrong fault.Fields) *time.Time {
	if day == "" && hour == "" {
		return nil
	}
	at, problem := event.Instant(day, hour, zone)
	switch {
	case problem == "publishing.problem.day":
		wrong.Add(name+"_day", problem)
	case problem != "":
		wrong.Add(name+"_hour", problem)
	default:
		return &at
	}
	return nil
}

func dayAndHour(t *time.Time, zone *time.Location) (day, hour string) {
	if t == nil {
		return "", ""
	}
	return t.In(zone).Format(time.DateOnly), t.In(zone).Format("15:04")
}

func kindOf(p ui.FieldProps, kind string) ui.FieldProps { p.Type = kind; return p }

func digits(p ui.FieldProps) ui.FieldProps {
	p.Inputmode, p.MaxLength, p.Narrow = "numeric", 6, "8"
	return p
}

func tall(p ui.FieldProps) ui.FieldProps { p.Rows = 8; return p }
