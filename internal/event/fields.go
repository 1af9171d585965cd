package event

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
)

// Details is what those who run an event write about it. As a draft it may be incomplete;
// ValidateToPublish says what it still needs before it can be published.
//
// A new field is a line here and one in Fields, a column of the table, its words and its place on the
// pages. A test fails when one of them lacks the other.
type Details struct {
	OrgID          int64 // the host
	CampaignID     int64
	Cohosts        []int64 // organisations, in the order of their ids
	Title          i18n.Text
	Summary        i18n.Text
	Place          i18n.Text // the address as people say it
	District       string    // a slug of the city's
	Slots          []Slot
	Body           i18n.Text // Markdown
	Bring          i18n.Text // one thing a line
	AdultsOnly     Ground    // empty: not
	MinAge         int       // years, 0: none
	Needs          i18n.Text // what one must know or have done
	ContactName    string
	ContactPhone   string
	Lat, Lng       *float64
	Accessibility  i18n.Text  // how one gets in with a wheelchair or pram, is there a toilet, may one sit
	SignupOpensAt  *time.Time // nil: from publication
	SignupClosesAt *time.Time // nil: until the shift starts
	CutoffMinutes  int        // minutes before a shift's start until which one may cancel
}

// Field is a field of Details, and what else follows from a change of it.
type Field struct {
	field.Field[Details]
	Required bool // an event is not published without it
	Mailed   bool // those who signed up are told when it changes
	Imported bool // a column of the spreadsheet
	Dated    bool // belongs to one date: a copy does not take it over
}

// Lengths of the texts, in letters.
const (
	MaxTitle   = 120
	MaxSummary = 300
	MaxPlace   = 200
	MaxBody    = 6000
	MaxList    = 1500 // what to bring, what one must know, accessibility
	MaxContact = 80
	MaxPhone   = 30
)

// Fields is everything that is written of an event, in the order of its form.
var Fields = []Field{
	{Field: field.ID("org", "publishing.host", "org_id", func(d *Details) *int64 { return &d.OrgID })},
	{
		Field: field.ID("campaign", "publishing.campaign", "campaign_id",
			func(d *Details) *int64 { return &d.CampaignID }),
		Imported: true,
	},
	{
		Field:    textField("title", MaxTitle, func(d *Details) *i18n.Text { return &d.Title }),
		Required: true, Mailed: true, Imported: true,
	},
	{
		Field:    textField("summary", MaxSummary, func(d *Details) *i18n.Text { return &d.Summary }),
		Required: true, Imported: true,
	},
	{
		Field:    textField("place", MaxPlace, func(d *Details) *i18n.Text { return &d.Place }),
		Required: true, Mailed: true, Imported: true,
	},
	{Field: stringField("district", 0, func(d *Details) *string { return &d.District }), Imported: true},
	{Field: shiftsField, Mailed: true, Imported: true, Dated: true},
	{Field: textField("body", MaxBody, func(d *Details) *i18n.Text { return &d.Body })},
	{Field: textField("bring", MaxList, func(d *Details) *i18n.Text { return &d.Bring })},
	{
		Field: field.Nullable(stringField("adults_only", 0, func(d *Details) *Ground { return &d.AdultsOnly }),
			`''`),
		Imported: true,
	},
	{
		Field: field.Nullable(numberField("min_age", "min_age", 1, "age",
			func(d *Details) *int { return &d.MinAge }), `0`),
		Imported: true,
	},
	{Field: textField("needs", MaxList, func(d *Details) *i18n.Text { return &d.Needs })},
	{
		Field:    stringField("contact_name", MaxContact, func(d *Details) *string { return &d.ContactName }),
		Imported: true,
	},
	{
		Field:    stringField("contact_phone", MaxPhone, func(d *Details) *string { return &d.ContactPhone }),
		Imported: true,
	},
	{Field: pointField},
	{
		Field:    textField("accessibility", MaxList, func(d *Details) *i18n.Text { return &d.Accessibility }),
		Imported: true,
	},
	{Field: momentField("opens", func(d *Details) **time.Time { return &d.SignupOpensAt }), Dated: true},
	{Field: momentField("closes", func(d *Details) **time.Time { return &d.SignupClosesAt }), Dated: true},
	{Field: numberField("cutoff_minutes", "cutoff", 0, "cutoff", func(d *Details) *int { return &d.CutoffMinutes })},
	{Field: field.IDs("cohosts", "publishing.cohosts", func(d *Details) *[]int64 { return &d.Cohosts })},
}

// The kinds of an event's fields; the names of all but a few stand in the catalogue under their own.

func textField(name string, limit int, at func(*Details) *i18n.Text) field.Field[Details] {
	return field.Text(name, "publishing."+name, limit, at)
}

func stringField[S ~string](name string, limit int, at func(*Details) *S) field.Field[Details] {
	return field.String(name, "publishing."+name, limit, at)
}

func numberField(name, label string, least int, problem string, at func(*Details) *int) field.Field[Details] {
	return field.Number(name, "publishing."+label, least, "publishing.problem."+problem, at)
}

// shiftsField is the rows of a draft's form, or the shifts of what is published.
var shiftsField = field.Field[Details]{
	Name: "shifts", Label: "publishing.shifts",
	Equal: func(a, b *Details) bool { return slices.Equal(a.Slots, b.Slots) },
}

// pointField is the place on a map: one input, "51.12, 71.43", as maps write it.
var pointField = field.Field[Details]{
	Name: "point", Label: "publishing.point", Inputs: []string{"point"},
	Columns: []field.Column[Details]{
		{Name: "lat", Value: func(d *Details) any { return d.Lat }},
		{Name: "lng", Value: func(d *Details) any { return d.Lng }},
	},
	Equal: func(a, b *Details) bool { return sameDegrees(a.Lat, b.Lat) && sameDegrees(a.Lng, b.Lng) },
	Show: func(d *Details, _ *time.Location) []string {
		if d.Lat == nil || d.Lng == nil {
			return []string{""}
		}
		return []string{degrees(*d.Lat) + ", " + degrees(*d.Lng)}
	},
	Read: func(d *Details, value func(string) string, _ *time.Location, wrong fault.Fields) {
		s := value("point")
		if s == "" {
			return
		}
		parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
		if len(parts) == 2 {
			lat, err1 := strconv.ParseFloat(parts[0], 64)
			lng, err2 := strconv.ParseFloat(parts[1], 64)
			if err1 == nil && err2 == nil {
				d.Lat, d.Lng = &lat, &lng
				return
			}
		}
		wrong.Add("point", "publishing.problem.point")
	},
}

func sameDegrees(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

func degrees(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// momentField is an end of the sign-up window: an input for the day and one for the hour, both empty for none.
func momentField(name string, at func(*Details) **time.Time) field.Field[Details] {
	day, hour := name+"_day", name+"_hour"
	return field.Field[Details]{
		Name: "signup_" + name + "_at", Label: "publishing." + name, Inputs: []string{day, hour},
		Columns: []field.Column[Details]{{
			Name:  "signup_" + name + "_at",
			Value: func(d *Details) any { return *at(d) },
		}},
		Equal: func(a, b *Details) bool { return field.SameTime(*at(a), *at(b)) },
		Show: func(d *Details, zone *time.Location) []string {
			t := *at(d)
			if t == nil {
				return []string{"", ""}
			}
			return []string{t.In(zone).Format(time.DateOnly), t.In(zone).Format(clock)}
		},
		Read: func(d *Details, value func(string) string, zone *time.Location, wrong fault.Fields) {
			if value(day) == "" && value(hour) == "" {
				return
			}
			t, problem := Instant(value(day), value(hour), zone)
			switch problem {
			case "":
				*at(d) = &t
			case "publishing.problem.day":
				wrong.Add(day, problem)
			default:
				wrong.Add(hour, problem)
			}
		},
	}
}

// allFields is the fields without what follows from them, copiedFields those that a copy takes over.
var (
	allFields    = fieldsThat(func(Field) bool { return true })
	copiedFields = fieldsThat(func(f Field) bool { return !f.Dated })
)

func fieldsThat(pass func(Field) bool) (l field.List[Details]) {
	for _, f := range Fields {
		if pass(f) {
			l = append(l, f.Field)
		}
	}
	return l
}

// Form is the fields as a form shows and reads them; shifts and co-hosts it has to see to itself.
func Form() field.List[Details] { return allFields }

// Diff is the names of the fields in which d is not was.
func (d Details) Diff(was Details) []string { return allFields.Diff(&d, &was) }

// CopiedColumns are the columns that a copy of an event takes over.
func CopiedColumns() []string { return copiedFields.Columns() }

// SetColumns are the assignments that write details over an event, with Values as their arguments.
func SetColumns() string { return allFields.Set() }

// Values are the columns of d as they are written, by name. Shifts and co-hosts stand elsewhere.
func (d Details) Values() map[string]any { return allFields.Values(&d) }

// MailedTexts is the texts of d of which those who signed up are told when they change, by name.
func (d Details) MailedTexts() map[string]i18n.Text {
	texts := map[string]i18n.Text{}
	for _, f := range Fields {
		if f.Mailed && f.Text != nil {
			texts[f.Name] = *f.Text(&d)
		}
	}
	return texts
}
