package totals

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres/pgtest"
	"shtab/web/locale"
)

// rowKinds are all kinds of rows in the order of the pages.
func rowKinds() (kinds []RowKind) {
	for _, s := range rowSources {
		kinds = append(kinds, s.kind)
	}
	return kinds
}

// Every text that the declarations name is in the catalogue, in three languages.
func TestFiguresHaveWords(t *testing.T) {
	t.Parallel()
	var keys []string
	for _, f := range Figures {
		for _, key := range []string{f.Words.Label, f.Words.Public, f.Words.Column, f.Words.Chart, f.Words.Parts} {
			if key != "" {
				keys = append(keys, key)
			}
		}
	}
	for _, kind := range rowKinds() {
		keys = append(keys, "figures.view."+string(kind))
		for _, c := range kind.Columns() {
			keys = append(keys, "figures.column."+c.Name)
		}
	}
	for _, name := range append(slices.Clone(PeriodNames), PeriodSince, PeriodDates) {
		keys = append(keys, "figures.period."+name)
	}
	for _, g := range AgeGroups {
		keys = append(keys, "figures.age."+g.Slug)
	}
	texts, err := i18n.Load(locale.FS, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs {
		for _, key := range keys {
			if text := texts.For(l).T(key, "n", 2, "year", 2019); text == "" || text == key {
				t.Errorf("%s: no text for %s", l, key)
			}
		}
	}
}

// A figure, rows or a measure that lacks a part of its declaration ends the program when it starts.
func TestIncompleteDeclarations(t *testing.T) {
	t.Parallel()
	panics := func(declare func()) (yes bool) {
		defer func() { yes = recover() != nil }()
		declare()
		return false
	}
	complete := Figure{
		Key: "new", Words: Words{Label: "figures.new", Public: "home.new", Column: "totals.new"}, Unit: Number,
		Rows: Rows{Kind: EventRows, Column: "came"}, Shown: FirstPage, Sum: new(Events),
	}
	if panics(func() { checkFigures([]Figure{complete}) }) {
		t.Fatal("a complete figure is not taken")
	}
	for what, spoil := range map[string]func(*Figure){
		"no key":                 func(f *Figure) { f.Key = "" },
		"no words":               func(f *Figure) { f.Words.Label = "" },
		"no unit":                func(f *Figure) { f.Unit = 0 },
		"no rows":                func(f *Figure) { f.Rows.Kind = "" },
		"unknown rows":           func(f *Figure) { f.Rows.Kind = "tickets" },
		"unknown column":         func(f *Figure) { f.Rows.Column = "tickets" },
		"column without numbers": func(f *Figure) { f.Rows.Column = "event" },
		"shown nowhere":          func(f *Figure) { f.Shown = 0 },
		"not computed":           func(f *Figure) { f.Sum = nil },
		"computed in two ways":   func(f *Figure) { f.Of = func(*Answer) (float64, bool) { return 0, true } },
		"half public":            func(f *Figure) { f.Words.Column = "" },
		"parts without a title":  func(f *Figure) { f.Parts = organizationsByKind },
		"a table of what is no sum": func(f *Figure) {
			f.Words.Public, f.Words.Column = "", ""
			f.Sum, f.Of, f.Shown = nil, func(*Answer) (float64, bool) { return 0, true }, PageTable
		},
	} {
		f := complete
		spoil(&f)
		if !panics(func() { checkFigures([]Figure{f}) }) {
			t.Errorf("a figure with %s is taken", what)
		}
	}
	if !panics(func() { checkFigures([]Figure{complete, complete}) }) {
		t.Error("a figure is declared twice")
	}
	if !panics(func() { checkMeasures([measureCount]measure{}) }) {
		t.Error("a measure without a column is taken")
	}
	rows := *EventRows.source()
	rows.total = nil
	if !panics(func() { checkRowSources([]rowSource{rows}) }) {
		t.Error("rows without a total are taken")
	}
}

// Every measure is added up, kept for each person where it is declared so, and part of a figure.
func TestMeasures(t *testing.T) {
	t.Parallel()
	var all Sums
	row := summaryRow{people: []int64{7}, ages: []int16{20}}
	for m := range measureCount {
		all[m] = int(m) + 1
		if measures[m].perPerson {
			row.perPerson[m] = []int32{int32(m) + 1}
		}
	}
	sum := all
	sum.add(&all)
	s := newSummary()
	person := s.attendees(&row)[0].sums()
	for m := range measureCount {
		if sum[m] != 2*all[m] {
			t.Errorf("%s is not added up", measures[m].column)
		}
		if want := all[m]; measures[m].perPerson && person[m] != want || !measures[m].perPerson && person[m] != 0 {
			t.Errorf("%s of a person is %d", measures[m].column, person[m])
		}
		before, after := Answer{Breakdown: Breakdown{Sums: all}}, Answer{Breakdown: Breakdown{Sums: all}}
		after.Sums[m]++
		if !slices.ContainsFunc(Figures, func(f Figure) bool {
			a, _ := f.of(&before)
			b, _ := f.of(&after)
			return a != b
		}) {
			t.Errorf("%s is part of no figure", measures[m].column)
		}
		if public := all.public(); public[m] != 0 && !slices.Contains([]Measure{Events, Participations, Minutes}, m) {
			t.Errorf("%s is public", measures[m].column)
		}
	}
}

// The table of the summary and the view that verifies it have a column for each measure, and no other.
func TestMeasureColumns(t *testing.T) {
	t.Parallel()
	want := []string{
		"event_id", "day", "campaign_id", "org_id", "cohosts", "district", "delivered", "people", "ages",
	}
	for _, m := range measures {
		want = append(want, m.column)
		if m.perPerson {
			want = append(want, "their_"+m.column)
		}
	}
	slices.Sort(want)
	db := pgtest.Pool(t)
	for _, table := range []string{"total_event", "total_event_truth"} {
		rows, _ := db.Query(t.Context(), `select column_name::text from information_schema.columns
			where table_name = $1 and column_name <> 'changed' order by column_name collate "C"`, table)
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s has the columns %v, declared are %v", table, got, want)
		}
	}
}

// Every figure has a value and rows that make it, and every kind of rows is behind a figure or a table.
func TestFiguresHaveRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := rand.New(rand.NewPCG(5, 5))
	w.base(12, r)
	w.random(r, 30)
	now := time.Date(2025, 12, 31, 12, 0, 0, 0, w.city.Location())
	q := Query{Period: PeriodOf("last_year", now), Zone: w.city.Location(), Now: now}
	w.check(q)
	report, err := w.totals.Report(w.ctx, Selection{Query: q, PeriodName: "last_year"})
	if err != nil {
		t.Fatal(err)
	}
	behind := []RowKind{DeliveryRows} // behind the table of what was delivered
	for _, f := range Figures {
		behind = append(behind, f.Rows.Kind)
		if v, ok := report.Value(&f); !ok || v.Now == 0 {
			t.Errorf("%s is %v", f.Key, v.Now)
		}
		rows := 0
		q := report.ForRows(f.Rows).Query
		err := w.totals.EachRow(w.ctx, q, f.Rows.Kind, f.Rows.Part, 10, 0, func(r Row) error {
			rows++
			if len(r.Cells) != len(f.Rows.Kind.Columns()) {
				t.Errorf("%s: %d cells", f.Key, len(r.Cells))
			}
			return nil
		})
		if err != nil || rows == 0 {
			t.Errorf("%s: %d rows behind it (%v)", f.Key, rows, err)
		}
	}
	for _, kind := range rowKinds() {
		if !slices.Contains(behind, kind) {
			t.Errorf("no figure leads to the rows %s", kind)
		}
	}
}
