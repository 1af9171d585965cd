package totals

import (
	"errors"
	"fmt"
	"slices"
)

// Figure is a number that the totals show. Everything that pages and files need of it is declared here
// once: a figure without one of its parts ends the program when it starts, and TestFigures asks for its
// words and its rows.
type Figure struct {
	Key   string
	Words Words
	Unit  Unit
	Rows  Rows // behind it
	Shown Place

	// How it is computed: the sum of a measure, or else of everything that is known of a period; ok is
	// false when there is nothing to say. Only a sum can be shown in a table or on a public page.
	Sum *Measure
	Of  func(a *Answer) (n float64, ok bool)

	// Applies reports whether the figure can be told in a scope; nil: in each.
	Applies func(Scope) bool

	// Parts are what the figure consists of; nil: it is not divided.
	Parts func(r *Report) []Part
}

// Words are the keys of a figure's texts in the catalogue.
type Words struct {
	Label  string // on the headquarters' pages and in its files
	Public string // with a plural, after the number on a public page; "": the figure is not public
	Column string // at the head of a public table
	Chart  string // the title of a chart by month; "": none
	Parts  string // the title of its parts
}

// Unit is what a figure is counted in.
type Unit int

// The units.
const (
	Number Unit = iota + 1
	Hours       // the figure itself is in minutes
	Percent
)

// Rows are the rows behind a figure.
type Rows struct {
	Kind RowKind
	Part string
	// Column is the name of the column that adds up to the figure; "": the figure is the number of rows.
	// Of Percent the rows are those that count against it.
	Column string
	// Period is the period of the rows where it is not the figure's.
	Period func(q Query) Period
}

// Place is where a figure is shown.
type Place int

// The places, which a figure may have more than one of.
const (
	FirstPage    Place = 1 << iota // on top of the headquarters' first page, and on the first sheet of its file
	PageTable                      // in the tables of the first page by campaign, organisation and district
	ReportTables                   // in the tables of the file, also by month
)

// Figures are all figures in the order of the pages.
var Figures = checkFigures([]Figure{
	{
		Key: "volunteers", Words: Words{Label: "figures.volunteers"}, Unit: Number, Shown: FirstPage,
		Rows: Rows{Kind: VolunteerRows},
		Of:   func(a *Answer) (float64, bool) { return float64(a.Ages.Total()), true },
	},
	{
		Key: "active", Words: Words{Label: "figures.active"}, Unit: Number, Shown: FirstPage,
		Rows: Rows{Kind: VolunteerRows, Period: func(q Query) Period { return q.Active(q.Now) }},
		Of:   func(a *Answer) (float64, bool) { return float64(a.Active), true },
	},
	{
		Key: "registered", Words: Words{Label: "figures.registered"}, Unit: Number, Shown: FirstPage,
		Rows:    Rows{Kind: RegisteredRows},
		Of:      func(a *Answer) (float64, bool) { return float64(a.Registered), true },
		Applies: Scope.ofPeople,
	},
	{
		Key: "events", Unit: Number, Shown: FirstPage | PageTable | ReportTables,
		Words: Words{
			Label: "figures.events", Public: "home.events", Column: "totals.events",
			Chart: "figures.by_events",
		},
		Rows: Rows{Kind: EventRows},
		Sum:  new(Events), Applies: func(s Scope) bool { return s.Age == "" },
	},
	{
		Key: "signups", Words: Words{Label: "figures.signups"}, Unit: Number, Shown: FirstPage | ReportTables,
		Rows: Rows{Kind: SignupRows},
		Sum:  new(SignUps),
	},
	{
		Key: "came", Unit: Number, Shown: FirstPage | PageTable | ReportTables,
		Words: Words{Label: "figures.came", Public: "totals.participations", Column: "totals.came"},
		Rows:  Rows{Kind: AttendanceRows, Part: PartAttended, Column: "came"},
		Sum:   new(Participations),
	},
	{
		Key: "absent", Words: Words{Label: "figures.absent"}, Unit: Number, Shown: ReportTables,
		Rows: Rows{Kind: AttendanceRows, Part: PartNoShow, Column: "came"},
		Sum:  new(NoShows),
	},
	{
		Key: "rate", Words: Words{Label: "figures.rate"}, Unit: Percent, Shown: FirstPage,
		Rows: Rows{Kind: AttendanceRows, Part: PartNoShow},
		Of:   func(a *Answer) (float64, bool) { return a.Sums.attendanceRate() },
	},
	{
		Key: "hours", Unit: Hours, Shown: FirstPage | PageTable | ReportTables,
		Words: Words{Label: "figures.hours", Public: "home.hours", Column: "totals.hours", Chart: "figures.by_hours"},
		Rows:  Rows{Kind: AttendanceRows, Part: PartAttended, Column: "hours"},
		Sum:   new(Minutes),
	},
	{
		Key: "organizations", Words: Words{Label: "figures.bodies", Parts: "figures.kinds"}, Unit: Number,
		Shown: FirstPage,
		Rows:  Rows{Kind: OrganizationRows},
		Of:    func(a *Answer) (float64, bool) { return float64(a.Organizations), true },
		Parts: organizationsByKind,
	},
})

// PublicFigures are the figures that anybody may see. Each is the sum of a measure.
func PublicFigures() []Figure { return publicFigures }

var publicFigures = slices.DeleteFunc(slices.Clone(Figures), func(f Figure) bool { return f.Words.Public == "" })

// FiguresIn are the figures that a place shows, in their order.
func FiguresIn(place Place) []Figure {
	return slices.DeleteFunc(slices.Clone(Figures), func(f Figure) bool { return f.Shown&place == 0 })
}

// In is the figure's amount in sums. The figure is the sum of a measure.
func (f *Figure) In(s *Sums) int { return s[*f.Sum] }

// WholeIn is the same in whole units: hours, not minutes.
func (f *Figure) WholeIn(s *Sums) int {
	if f.Unit == Hours {
		return f.In(s) / 60
	}
	return f.In(s)
}

// AppliesTo reports whether the figure can be told in a scope.
func (f *Figure) AppliesTo(s Scope) bool { return f.Applies == nil || f.Applies(s) }

// of is the figure's value in an answer; ok is false when there is nothing to say.
func (f *Figure) of(a *Answer) (n float64, ok bool) {
	if f.Sum != nil {
		return float64(a.Sums[*f.Sum]), true
	}
	return f.Of(a)
}

// checkFigures panics when the program starts with a figure that lacks one of its parts.
func checkFigures(list []Figure) []Figure {
	keys := map[string]bool{}
	for _, f := range list {
		if err := f.check(); err != nil {
			panic(fmt.Sprintf("totals: figure %q: %v", f.Key, err))
		}
		if keys[f.Key] {
			panic(fmt.Sprintf("totals: figure %q is declared twice", f.Key))
		}
		keys[f.Key] = true
	}
	return list
}

// check says what the declaration lacks.
func (f *Figure) check() error {
	switch {
	case f.Key == "":
		return errors.New("no key")
	case f.Words.Label == "":
		return errors.New("no label")
	case f.Unit == 0:
		return errors.New("no unit")
	case f.Shown == 0:
		return errors.New("shown nowhere")
	case f.Rows.source() == nil:
		return errors.New("no rows behind it")
	case f.Rows.Column != "" && !f.Rows.source().has(f.Rows.Column):
		return errors.New("its rows do not have the column that adds up to it")
	case (f.Sum == nil) == (f.Of == nil):
		return errors.New("it must be a sum or be computed")
	case f.Sum == nil && (f.Shown&^FirstPage != 0 || f.Words.Public != "" || f.Words.Chart != ""):
		return errors.New("only a sum can be shown in a table, in a chart or on a public page")
	case (f.Words.Public == "") != (f.Words.Column == ""):
		return errors.New("a public figure needs both of its public texts")
	case (f.Parts == nil) != (f.Words.Parts == ""):
		return errors.New("parts need a title")
	}
	return nil
}
