package desk

import (
	"context"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/ui"
)

// EventForm is an event as its form sends it, and takes it back when it needs another look.
type EventForm struct {
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

	Shifts []ShiftForm `form:"shift"`
}

// ShiftForm is one shift of the form.
type ShiftForm struct {
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

// FormOf is the form of an event as it is.
func FormOf(h event.Held, zone *time.Location) EventForm {
	p := h.Plan
	f := EventForm{
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
		shift := ShiftForm{
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
func (f *EventForm) Clean() {
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
func (f EventForm) Plan(zone *time.Location) (event.Plan, fault.Fields) {
	wrong := fault.Fields{}
	p := event.Plan{
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
func (f *EventForm) DropEmpty() {
	f.Shifts = slices.DeleteFunc(f.Shifts, func(s ShiftForm) bool { return s == ShiftForm{} })
}

// AddShift adds a row that begins where the last one ends.
func (f *EventForm) AddShift() {
	next := ShiftForm{}
	if n := len(f.Shifts); n > 0 {
		last := f.Shifts[n-1]
		next = ShiftForm{Day: last.Day, From: last.To, Capacity: last.Capacity}
		if last.NextDay != "" {
			next.From = ""
		}
	}
	f.Shifts = append(f.Shifts, next)
}

// RemoveShift takes the row at i away.
func (f *EventForm) RemoveShift(i int) {
	if i >= 0 && i < len(f.Shifts) {
		f.Shifts = slices.Delete(f.Shifts, i, i+1)
	}
}

// words are the shifts as a person reads them, one a line.
func (f *EventForm) words() string {
	lines := make([]string, len(f.Shifts))
	for i, s := range f.Shifts {
		to := s.To
		if s.NextDay != "" {
			to += " (+1)"
		}
		line := strings.TrimSpace(s.Day + " " + s.From + "–" + to + " · " + s.Capacity)
		if s.MinAge != "" {
			line += " · " + s.MinAge + "+"
		}
		for _, title := range []string{s.TitleKK, s.TitleRU, s.TitleEN} {
			if title != "" {
				line += " · " + title
			}
		}
		lines[i] = line
	}
	return strings.Join(lines, "\n")
}

// eventField is a field of the form in its order: where its text stands, or how it is read and
// taken over when it is no single text.
type eventField struct {
	name  string
	label string // a key
	at    func(*EventForm) *string
	value func(*EventForm) string
	take  func(mine, theirs *EventForm)
}

func plain(name, label string, at func(*EventForm) *string) eventField {
	return eventField{name, label, at, func(f *EventForm) string { return *at(f) }, func(mine, theirs *EventForm) { *at(mine) = *at(theirs) }}
}

var eventFields = []eventField{
	plain("org", "publishing.host", func(f *EventForm) *string { return &f.Org }),
	plain("campaign", "publishing.campaign", func(f *EventForm) *string { return &f.Campaign }),
	plain("title_kk", "publishing.title", func(f *EventForm) *string { return &f.TitleKK }),
	plain("title_ru", "publishing.title", func(f *EventForm) *string { return &f.TitleRU }),
	plain("summary_kk", "publishing.summary", func(f *EventForm) *string { return &f.SummaryKK }),
	plain("summary_ru", "publishing.summary", func(f *EventForm) *string { return &f.SummaryRU }),
	plain("place_kk", "publishing.place", func(f *EventForm) *string { return &f.PlaceKK }),
	plain("place_ru", "publishing.place", func(f *EventForm) *string { return &f.PlaceRU }),
	plain("district", "publishing.district", func(f *EventForm) *string { return &f.District }),
	{
		name: "shifts", label: "publishing.shifts",
		value: (*EventForm).words,
		take:  func(mine, theirs *EventForm) { mine.Shifts = slices.Clone(theirs.Shifts) },
	},
	plain("body_kk", "publishing.body", func(f *EventForm) *string { return &f.BodyKK }),
	plain("body_ru", "publishing.body", func(f *EventForm) *string { return &f.BodyRU }),
	plain("bring_kk", "publishing.bring", func(f *EventForm) *string { return &f.BringKK }),
	plain("bring_ru", "publishing.bring", func(f *EventForm) *string { return &f.BringRU }),
	plain("adults_only", "publishing.adults_only", func(f *EventForm) *string { return &f.AdultsOnly }),
	plain("min_age", "publishing.min_age", func(f *EventForm) *string { return &f.MinAge }),
	plain("needs_kk", "publishing.needs", func(f *EventForm) *string { return &f.NeedsKK }),
	plain("needs_ru", "publishing.needs", func(f *EventForm) *string { return &f.NeedsRU }),
	plain("contact_name", "publishing.contact_name", func(f *EventForm) *string { return &f.ContactName }),
	plain("contact_phone", "publishing.contact_phone", func(f *EventForm) *string { return &f.ContactPhone }),
	plain("point", "publishing.point", func(f *EventForm) *string { return &f.Point }),
	plain("opens_day", "publishing.opens", func(f *EventForm) *string { return &f.OpensDay }),
	plain("opens_hour", "publishing.opens", func(f *EventForm) *string { return &f.OpensHour }),
	plain("closes_day", "publishing.closes", func(f *EventForm) *string { return &f.ClosesDay }),
	plain("closes_hour", "publishing.closes", func(f *EventForm) *string { return &f.ClosesHour }),
	plain("cutoff_minutes", "publishing.cutoff", func(f *EventForm) *string { return &f.Cutoff }),
	{
		name: "cohosts", label: "publishing.cohosts",
		value: func(f *EventForm) string { return strings.Join(f.Cohosts, " ") },
		take:  func(mine, theirs *EventForm) { mine.Cohosts = slices.Clone(theirs.Cohosts) },
	},
	plain("title_en", "publishing.title", func(f *EventForm) *string { return &f.TitleEN }),
	plain("summary_en", "publishing.summary", func(f *EventForm) *string { return &f.SummaryEN }),
	plain("place_en", "publishing.place", func(f *EventForm) *string { return &f.PlaceEN }),
	plain("body_en", "publishing.body", func(f *EventForm) *string { return &f.BodyEN }),
	plain("bring_en", "publishing.bring", func(f *EventForm) *string { return &f.BringEN }),
	plain("needs_en", "publishing.needs", func(f *EventForm) *string { return &f.NeedsEN }),
}

// Fingerprint is short for what every field holds. A form carries that of the event it was made
// from, so that it can be said later who changed what.
func (f *EventForm) Fingerprint() string {
	prints := make([]string, len(eventFields))
	for i, field := range eventFields {
		h := fnv.New32a()
		_, _ = h.Write([]byte(field.value(f)))
		prints[i] = strconv.FormatUint(uint64(h.Sum32()), 36)
	}
	return strings.Join(prints, ".")
}

// Difference is one field of which somebody else has written another value meanwhile.
type Difference struct {
	Name         string // of the field
	Label        string // a key
	Theirs, Mine string
	Both         bool // I changed it too: the form keeps mine; otherwise it has theirs now
}

// Merge brings f, which was made from an older version, up to theirs, the event as it is: what
// only they changed becomes theirs, what I changed stays mine. It returns what they changed, and
// whether anything of mine is left to save.
func (f *EventForm) Merge(theirs EventForm) (differences []Difference, left bool) {
	mine, now, base := strings.Split(f.Fingerprint(), "."), strings.Split(theirs.Fingerprint(), "."), strings.Split(f.Base, ".")
	for i, field := range eventFields {
		was := ""
		if len(base) == len(eventFields) {
			was = base[i]
		}
		if mine[i] == now[i] {
			continue
		}
		if was == now[i] { // mine alone
			left = true
			continue
		}
		d := Difference{Name: field.name, Label: field.label, Theirs: field.value(&theirs), Mine: field.value(f), Both: mine[i] != was}
		if d.Both {
			left = true
		} else {
			field.take(f, &theirs)
		}
		differences = append(differences, d)
	}
	for i := range f.Shifts { // a shift that they have removed would be a new one
		if known := slices.ContainsFunc(theirs.Shifts, func(s ShiftForm) bool { return s.ID == f.Shifts[i].ID }); !known {
			f.Shifts[i].ID = ""
		}
	}
	f.Version, f.Base = theirs.Version, theirs.Base
	return differences, left
}

// fieldLabel is the name of a field as its problems say it, its language or shift included.
func fieldLabel(ctx context.Context, name string, shifts int) string {
	if rest, ok := strings.CutPrefix(name, "shift["); ok {
		n, field, _ := strings.Cut(rest, "].")
		i, _ := strconv.Atoi(n)
		label := map[string]string{"day": "day", "from": "from", "to": "to", "capacity": "capacity", "min_age": "shift_age"}[field]
		if strings.HasPrefix(field, "title") {
			label = "shift_title"
		}
		if shifts > 1 {
			return ui.T(ctx, "publishing.shift_n", "n", i+1) + ", " + lower(ui.T(ctx, "publishing."+label)) + tongue(ctx, field)
		}
		return ui.T(ctx, "publishing."+label) + tongue(ctx, field)
	}
	for _, f := range eventFields {
		if f.name == name {
			return ui.T(ctx, f.label) + tongue(ctx, name)
		}
	}
	return ui.T(ctx, "publishing.shifts")
}

// tongue says in which language a field is written, for the fields whose name ends in one.
func tongue(ctx context.Context, name string) string {
	switch {
	case strings.HasSuffix(name, "_kk"):
		return ", " + lower(ui.T(ctx, "publishing.kazakh"))
	case strings.HasSuffix(name, "_ru"):
		return ", " + lower(ui.T(ctx, "publishing.russian"))
	case strings.HasSuffix(name, "_en"):
		return ", " + lower(ui.T(ctx, "publishing.english"))
	}
	return ""
}

func lower(s string) string {
	if s == "Kazakh" || s == "Russian" || s == "English" {
		return s
	}
	r := []rune(s)
	return strings.ToLower(string(r[:1])) + string(r[1:])
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
