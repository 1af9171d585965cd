package export

import (
	"context"

	"shtab/internal/i18n"
	"shtab/internal/totals"
)

// reportSheets is the headquarters' first page: a sheet of its figures, and one for each of its tables.
func reportSheets(ctx context.Context, s *Store, in input) ([]Sheet, error) {
	r, err := s.totals.Report(ctx, totals.ParseSelection(in.filters, s.city, in.now))
	if err != nil {
		return nil, err
	}
	p := in.printer
	t := func(key string) string { return p.T("figures." + key) }
	days := p.T("figures.from_to", "from", p.CalendarDate(r.From), "to", p.CalendarDate(r.Last()))
	compared := []string{t("amount"), t("year_before")}
	if !r.Compares() {
		compared = compared[:1]
	}
	var months [][]any
	for _, m := range r.Now.Months {
		months = append(months, append([]any{m.Month}, sumCells(&m.Sums)...))
	}
	byName := func(list []totals.KeySums) (rows [][]any) {
		for _, k := range list {
			rows = append(rows, append([]any{p.Text(k.Name)}, sumCells(&k.Sums)...))
		}
		return rows
	}
	var districts [][]any
	for _, k := range r.Now.Districts {
		name := t("no_district")
		if _, ok := s.city.District(k.Key); ok {
			name = s.district(p, k.Key)
		}
		districts = append(districts, append([]any{name}, sumCells(&k.Sums)...))
	}
	return []Sheet{
		fixedSheet(t("title"), append([]string{days}, compared...), figureCells(p, &r)),
		fixedSheet(t("by_events"), sumHead(p, t("period_label")), months),
		fixedSheet(t("campaigns"), sumHead(p, t("campaigns")), byName(r.Now.Campaigns)),
		fixedSheet(t("orgs"), sumHead(p, t("orgs")), byName(r.Now.Orgs)),
		fixedSheet(t("districts"), sumHead(p, t("districts")), districts),
		fixedSheet(t("ages"), []string{t("age_label"), t("column.side"), t("volunteers")}, ageCells(p, r.Now.Ages)),
		fixedSheet(t("things"), append([]string{t("thing"), ""}, compared...), deliveredCells(p, &r)),
	}, nil
}

// fixedSheet is a sheet of rows that are in memory. A row has no more cells than there are columns.
func fixedSheet(name string, head []string, rows [][]any) Sheet {
	return Sheet{Name: name, Head: head, Rows: len(rows), Each: func(_ context.Context, row func([]any) error) error {
		for _, r := range rows {
			if err := row(r[:min(len(r), len(head))]); err != nil {
				return err
			}
		}
		return nil
	}}
}

// figureCells are the figures of the first page with their values now and a year before. A figure that has parts
// is replaced by them.
func figureCells(p *i18n.Printer, r *totals.Report) (rows [][]any) {
	add := func(label string, unit totals.Unit, v totals.Value) {
		rows = append(rows, []any{label, unitCell(unit, v.Now), unitCell(unit, v.Before)})
	}
	for _, f := range totals.FiguresIn(totals.FirstPage) {
		value, ok := r.Value(&f)
		switch {
		case !ok:
			continue
		case f.Parts == nil:
			add(p.T(f.Words.Label), f.Unit, value)
			continue
		}
		for _, part := range f.Parts(r) {
			add(p.T(part.Label), f.Unit, part.Value)
		}
	}
	for _, side := range []struct {
		label string
		team  bool
	}{{"figures.movement", false}, {"figures.team", true}} {
		mean, median, ok := r.Now.Ages.Of(side.team).MeanMedian()
		if !ok {
			continue
		}
		var meanBefore, medianBefore any
		if m, n, ok := r.Before.Ages.Of(side.team).MeanMedian(); ok {
			meanBefore, medianBefore = m, n
		}
		rows = append(rows, []any{p.T(side.label) + ": " + p.T("figures.mean_age"), mean, meanBefore},
			[]any{p.T(side.label) + ": " + p.T("figures.median_age"), median, medianBefore})
	}
	return rows
}

// unitCell is a figure as a number that a spreadsheet can reckon with: hours, and a share of 1.
func unitCell(unit totals.Unit, n float64) any {
	switch unit {
	case totals.Hours:
		return n / 60
	case totals.Percent:
		return n / 100
	default:
		return int(n)
	}
}

// sumHead and sumCells are the figures of the tables, after a first column.
func sumHead(p *i18n.Printer, first string) []string {
	head := []string{first}
	for _, f := range totals.FiguresIn(totals.ReportTables) {
		head = append(head, p.T(f.Words.Label))
	}
	return head
}

func sumCells(s *totals.Sums) (cells []any) {
	for _, f := range totals.FiguresIn(totals.ReportTables) {
		cells = append(cells, unitCell(f.Unit, float64(f.In(s))))
	}
	return cells
}

func ageCells(p *i18n.Printer, ages totals.AgeDistribution) (rows [][]any) {
	for _, a := range ages {
		var age any
		if a.Age != nil {
			age = *a.Age
		}
		side := p.T("figures.movement")
		if a.Team {
			side = p.T("figures.team")
		}
		rows = append(rows, []any{age, side, a.N})
	}
	return rows
}

func deliveredCells(p *i18n.Printer, r *totals.Report) (rows [][]any) {
	for _, d := range r.Delivered {
		rows = append(rows, []any{p.Text(d.Name), p.Text(d.Unit), d.Now, d.Before})
	}
	return rows
}
