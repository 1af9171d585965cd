package eventimport

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/sheet"
)

// Columns are the columns of a file in the order of the template: a number of the sender's own and the
// imported fields of an event. Heading is how each is headed.
var Columns = columns()

// own are the fields that a file gives in its own way, with their columns; the others' columns are the
// inputs of the form.
var own = map[string][]string{
	"campaign":    {"campaign"},    // by its name
	"district":    {"district"},    // likewise
	"adults_only": {"adults_only"}, // the ground in words
	"shifts":      {"date", "from", "to", "capacity", "min_age"},
	"min_age":     {}, // stands with the shift, of which a file has one an event
}

func columns() []string {
	all := []string{"number"}
	for _, f := range event.Fields {
		if of, ok := own[f.Name]; ok {
			all = append(all, of...)
		} else if f.Imported {
			all = append(all, f.Inputs...)
		}
	}
	return all
}

// Heading is the head of a column: a word of its own, or the field's name on the form.
func Heading(p *i18n.Printer, column string) string {
	key := "intake.column." + column
	if s := p.T(key); s != key {
		return s
	}
	f, _ := event.Form().Of(column)
	return p.LabelIn(p.T(f.Label), column)
}

// needed are the columns without which a file says nothing of events.
var needed = []string{
	"campaign", "title_kk", "title_ru", "place_kk", "place_ru", "district", "date", "from", "to",
	"capacity",
}

// vocabulary are what a file may call its columns and the grounds of "adults only", and the number by
// which the template's example is known, in small letters.
type vocabulary struct {
	columns  map[string]string
	history  map[string]string
	grounds  map[string]event.Ground
	examples map[string]bool
}

func wordsOf(texts *i18n.Catalogue) vocabulary {
	w := vocabulary{map[string]string{}, map[string]string{}, map[string]event.Ground{}, map[string]bool{}}
	for _, l := range i18n.Langs {
		p := texts.For(l)
		w.examples[strings.ToLower(p.T("intake.example"))] = true
		for _, c := range Columns {
			w.columns[c] = c
			w.columns[strings.ToLower(Heading(p, c))] = c
		}
		for _, c := range HistoryColumns {
			w.history[c] = c
			w.history[strings.ToLower(p.T("history.column."+c))] = c
		}
		for _, g := range event.Grounds {
			w.grounds[string(g)] = g
			w.grounds[strings.ToLower(p.T("intake.ground."+string(g)))] = g
		}
	}
	return w
}

// parser makes Details of rows and gathers what is wrong with them.
type parser struct {
	city      *config.City
	campaigns []campaign.Choice
	org       int64
	trusted   bool
	now       time.Time
	words     vocabulary

	columns  map[string]int // from 0
	events   []event.Imported
	seen     map[string]bool // keys
	problems []Problem
	count    int
}

func (p *parser) wrong(w Problem) {
	if p.count++; len(p.problems) < maxProblems {
		p.problems = append(p.problems, w)
	}
}

// row takes the head first, then events; the template's example is none.
func (p *parser) row(r sheet.Row) error {
	if p.columns == nil {
		p.head(r)
		return nil
	}
	if p.words.examples[strings.ToLower(p.cell(r, "number"))] {
		return nil
	}
	if len(p.events) == MaxEvents {
		return &sheet.Problem{Key: "intake.error.too_many", Sheet: r.Sheet, Row: r.Number}
	}
	if p.count > 20*maxProblems {
		return &sheet.Problem{Key: "intake.error.hopeless", Sheet: r.Sheet, Row: r.Number}
	}
	before := p.count
	details := p.details(r)
	if p.count > before {
		return nil
	}
	key := keyOf(p.cell(r, "number"), details)
	if p.seen[key] {
		p.wrong(Problem{r.Sheet, r.Number, 0, "intake.error.twice"})
		return nil
	}
	p.seen[key] = true
	p.events = append(p.events, event.Imported{Details: details, Key: key})
	return nil
}

// head finds the columns by their names. One that is not known is a problem: what stands in it
// would be lost without a word.
func (p *parser) head(r sheet.Row) {
	p.columns = map[string]int{}
	for i, cell := range r.Cells {
		if cell == "" {
			continue
		}
		name := p.words.columns[strings.ToLower(strings.Trim(cell, " *"))]
		_, twice := p.columns[name]
		switch {
		case name == "":
			p.wrong(Problem{r.Sheet, r.Number, i + 1, "intake.error.column"})
		case twice:
			p.wrong(Problem{r.Sheet, r.Number, i + 1, "intake.error.column_twice"})
		default:
			p.columns[name] = i
		}
	}
	for _, name := range needed {
		if _, ok := p.columns[name]; !ok {
			p.wrong(Problem{r.Sheet, r.Number, 0, "intake.missing." + name})
		}
	}
}

func (p *parser) cell(r sheet.Row, column string) string {
	if i, ok := p.columns[column]; ok {
		return r.Cell(i)
	}
	return ""
}

// details makes Details of a row. Everything that is wrong with it is noted, one problem a cell.
func (p *parser) details(r sheet.Row) event.Details {
	noted := map[string]bool{} // columns
	at := func(column, key string) {
		if noted[column] {
			return
		}
		noted[column] = true
		n := 0
		if i, ok := p.columns[column]; ok {
			n = i + 1
		}
		p.wrong(Problem{r.Sheet, r.Number, n, key})
	}
	get := func(column string) string { return p.cell(r, column) }
	number := func(column string) (n int) {
		s := get(column)
		if s == "" {
			return 0
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			at(column, "intake.error.number")
		}
		return n
	}
	details := event.Details{OrgID: p.org, CutoffMinutes: p.city.Rules.CutoffMinutes, MinAge: number("min_age")}
	for _, f := range event.Fields {
		if _, ok := own[f.Name]; f.Imported && !ok {
			f.Read(&details, get, p.city.Location(), fault.Fields{})
		}
	}
	short := details.Summary.IsZero()
	if short {
		details.Summary = details.Title // the shortest summary there is
	}
	if s := get("campaign"); s != "" {
		if i := slices.IndexFunc(p.campaigns, func(c campaign.Choice) bool { return among(s, c.Name) }); i >= 0 {
			details.CampaignID = p.campaigns[i].ID
		} else {
			at("campaign", "intake.error.campaign")
		}
	}
	if s := get("district"); s != "" {
		if i := slices.IndexFunc(p.city.Districts,
			func(d config.District) bool { return strings.EqualFold(s, d.Slug) || among(s, d.Name) }); i >= 0 {
			details.District = p.city.Districts[i].Slug
		} else {
			at("district", "intake.error.district")
		}
	}
	if s := get("adults_only"); s != "" {
		if details.AdultsOnly = p.words.grounds[strings.ToLower(s)]; details.AdultsOnly == "" {
			at("adults_only", "intake.error.ground")
		}
	}
	slot := event.Slot{Capacity: number("capacity")}
	if day, ok := sheet.Date(get("date")); ok {
		slot.Day = day.Format(time.DateOnly)
	}
	from, fromOK := sheet.Clock(get("from"))
	to, toOK := sheet.Clock(get("to"))
	if fromOK {
		slot.From = clock(from)
	}
	if toOK {
		slot.To = clock(to)
	}
	if fromOK && toOK && to < from {
		slot.NextDay = true
		if to+24*60-from > longestNight {
			at("to", "intake.error.turned")
		}
	}
	if slot.Day == "" { // without a day its hours are not looked at
		if !fromOK {
			at("from", "publishing.problem.hour")
		}
		if !toOK {
			at("to", "publishing.problem.hour")
		}
	}
	details.Slots = []event.Slot{slot}

	now := p.now
	if shifts := details.Shifts(p.city.Location()); len(shifts) > 0 && !shifts[0].EndsAt.After(p.now) {
		now = time.Time{} // what is over may lie in the past
		if !p.trusted {
			at("date", "intake.error.untrusted")
		}
	}
	problems := details.ValidateToPublish(p.city, now, nil)
	for _, field := range slices.Sorted(maps.Keys(problems)) {
		if short && strings.HasPrefix(field, "summary") {
			continue
		}
		at(columnOf(field), problems[field])
	}
	return details
}

// longestNight is how many minutes an event may last that begins on one day and ends on the next:
// longer, and the hours are more likely the wrong way round.
const longestNight = 12 * 60

// columnOf is the column of a field of Details.
func columnOf(field string) string {
	switch _, slot, _ := strings.Cut(field, "]."); slot {
	case "day":
		return "date"
	case "from", "to", "capacity", "min_age":
		return slot
	}
	return field
}

func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }

// among reports whether s is a text in one of its languages, whatever the case.
func among(s string, t i18n.Text) bool {
	for _, l := range i18n.Langs {
		if name := t.Get(l); name != "" && strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}
