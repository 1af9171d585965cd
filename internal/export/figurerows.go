package export

import (
	"context"
	"errors"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/totals"
)

// figureRowSheets is the rows behind a figure of the totals, with the filters of their page, and the kind of
// rows as the filter "view".
func figureRowSheets(ctx context.Context, s *Store, in input) ([]Sheet, error) {
	selection := totals.ParseSelection(in.filters, s.city, in.now)
	kind, part := totals.RowKind(in.filters.Get("view")), in.filters.Get("part")
	n, _, err := s.totals.RowsTotal(ctx, selection.Query, kind, part)
	if errors.Is(err, totals.ErrUnknownRows) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, err
	}
	columns := kind.Columns()
	sheet := Sheet{Name: in.printer.T("figures.view." + string(kind)), Rows: n}
	sheet.Each = func(ctx context.Context, row func([]any) error) error {
		return s.totals.EachRow(ctx, selection.Query, kind, part, 0, 0, func(r totals.Row) error {
			cells := make([]any, len(columns))
			for i, c := range r.Cells {
				cells[i] = s.cell(in.printer, columns[i], c)
			}
			return row(cells)
		})
	}
	for _, c := range columns {
		sheet.Head = append(sheet.Head, in.printer.T("figures.column."+c.Name))
	}
	return []Sheet{sheet}, nil
}

// cell is a cell as a file has it: numbers and dates as such, everything else in words.
func (s *Store) cell(p *i18n.Printer, c totals.Column, value any) any {
	switch v := value.(type) {
	case i18n.Text:
		return p.Text(v)
	case *int:
		if v == nil {
			return nil
		}
		return *v
	case int:
		if c.Type == totals.CellHours {
			return hours(v)
		}
		return v
	case string:
		switch c.Type {
		case totals.CellDistrict:
			return s.district(p, v)
		case totals.CellWord:
			return p.T("figures.word." + v)
		}
		return v
	default:
		return v
	}
}

// district is the name of a district, empty when there is none.
func (s *Store) district(p *i18n.Printer, slug string) string {
	d, _ := s.city.District(slug)
	return p.Text(d.Name)
}

func hours(minutes int) float64 { return float64(minutes) / 60 }
