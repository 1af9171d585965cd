package campaign

import (
	"slices"
	"strconv"
	"time"

	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
)

// Details is what is written of a campaign. A new field is a line here and one in fields, a column of the
// table, its words and its place on the form; a test fails when one is missing.
type Details struct {
	OrgID    int64 // whose it is; fixed once it is made
	Name     i18n.Text
	Summary  i18n.Text
	Body     i18n.Text  // Markdown
	StartsOn *time.Time // a calendar date at midnight UTC; nil: open
	EndsOn   *time.Time
	Colour   string
	Emblem   string
	Goals    []Goal  `db:"-"`
	Invited  []int64 // organisations that may hold events under it, in the order of their ids
}

// Bounds of texts, in characters.
const (
	nameMax    = 120
	summaryMax = 300
	bodyMax    = 6_000
)

// fields is everything that is written of a campaign but whose it is, in the order of its form.
var fields = field.List[Details]{
	text("name", nameMax, func(d *Details) *i18n.Text { return &d.Name }),
	text("summary", summaryMax, func(d *Details) *i18n.Text { return &d.Summary }),
	text("body", bodyMax, func(d *Details) *i18n.Text { return &d.Body }),
	date("starts_on", func(d *Details) **time.Time { return &d.StartsOn }),
	date("ends_on", func(d *Details) **time.Time { return &d.EndsOn }),
	line("colour", func(d *Details) *string { return &d.Colour }),
	line("emblem", func(d *Details) *string { return &d.Emblem }),
	goals,
	field.IDs("invited", "campaign_desk.fold.invited", func(d *Details) *[]int64 { return &d.Invited }),
}

// Form is the fields as a form shows and reads them. The goals of deliveries and the invited
// organisations it has to see to itself.
func Form() field.List[Details] { return fields }

func text(name string, limit int, at func(*Details) *i18n.Text) field.Field[Details] {
	return field.Text(name, "campaign_desk.field."+name, limit, at)
}

func date(name string, at func(*Details) **time.Time) field.Field[Details] {
	return field.Date(name, "campaign_desk.field."+name, "campaign_desk.error.date", at)
}

func line(name string, at func(*Details) *string) field.Field[Details] {
	return field.String(name, "campaign_desk.field."+name, 0, at)
}

// goals are inputs for the kinds that every campaign has.
var goals = field.Field[Details]{
	Name: "goals", Label: "campaign_desk.fold.goals", Inputs: goalInputs(),
	Equal: func(a, b *Details) bool { return slices.Equal(sortedGoals(a.Goals), sortedGoals(b.Goals)) },
	Show: func(d *Details, _ *time.Location) []string {
		values := make([]string, len(GoalKinds))
		for _, g := range d.Goals {
			if i := slices.Index(GoalKinds, g.Kind); i >= 0 {
				values[i] = strconv.Itoa(g.Target)
			}
		}
		return values
	},
	Read: func(d *Details, value func(string) string, _ *time.Location, wrong fault.Fields) {
		for i, name := range goalInputs() {
			s := value(name)
			if s == "" {
				continue
			}
			n, err := strconv.Atoi(s)
			if err != nil {
				wrong.Add(name, "campaign_desk.error.goal")
				continue
			}
			d.Goals = append(d.Goals, Goal{GoalKinds[i], n})
		}
	},
}

func goalInputs() (names []string) {
	for _, k := range GoalKinds {
		names = append(names, "goal_"+string(k))
	}
	return names
}

func sortedGoals(goals []Goal) []Goal { return slices.SortedFunc(slices.Values(goals), byKind) }

// invitees is ids in order, each once, without the campaign's own organisation.
func invitees(ids []int64, own int64) []int64 {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == own })
	slices.Sort(ids)
	return append([]int64{}, slices.Compact(ids)...)
}
