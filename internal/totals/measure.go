package totals

import "strings"

// Measure is a number that the summary keeps for each event and day. Its amounts add up over days,
// events, campaigns, organisations and districts.
type Measure int

// The measures.
const (
	Events         Measure = iota // held; 0 in a scope with an age group, because an event has no age
	SignUps                       // with confirmed hours; a whole period also counts those of events to come
	Participations                // one person at one event
	NoShows
	Minutes
	Archived // of Participations: from the years before the portal, without names
	measureCount
)

// measures says of each measure in which column of the table total_event it stands, and whether the
// column "their_" and that name lists it for each person too. Only such measures are known by age.
var measures = checkMeasures([measureCount]measure{
	Events:         {column: "events"},
	SignUps:        {column: "signups", perPerson: true},
	Participations: {column: "participations", perPerson: true},
	NoShows:        {column: "no_shows", perPerson: true},
	Minutes:        {column: "minutes", perPerson: true},
	Archived:       {column: "brought"},
})

type measure struct {
	column    string
	perPerson bool
}

// checkMeasures panics when the program starts with a measure that has no column.
func checkMeasures(list [measureCount]measure) [measureCount]measure {
	for _, m := range list {
		if m.column == "" {
			panic("totals: a measure has no column of total_event")
		}
	}
	return list
}

// measureColumns lists the columns of the measures, and personColumns those of each person's.
func measureColumns() string {
	columns := make([]string, 0, measureCount)
	for _, m := range measures {
		columns = append(columns, m.column)
	}
	return strings.Join(columns, ", ")
}

func personColumns() string {
	var columns []string
	for _, m := range measures {
		if m.perPerson {
			columns = append(columns, "their_"+m.column)
		}
	}
	return strings.Join(columns, ", ")
}

// Sums is an amount of each measure.
type Sums [measureCount]int

func (s *Sums) add(more *Sums) {
	for m, n := range more {
		s[m] += n
	}
}

// public is what anybody may see of the sums; the other measures are 0.
func (s Sums) public() (p Sums) {
	for _, f := range PublicFigures() {
		p[*f.Sum] = s[*f.Sum]
	}
	return p
}

// attendanceRate is how many of a hundred came of those who came or should have come; ok is false when
// nobody should have. The archive does not say who stayed away, so its participations are left out.
func (s *Sums) attendanceRate() (percent float64, ok bool) {
	came := s[Participations] - s[Archived]
	if came+s[NoShows] == 0 {
		return 0, false
	}
	return 100 * float64(came) / float64(came+s[NoShows]), true
}
