package export

import (
	"context"
	"errors"
	"net/url"
	"time"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/totals"
)

// Totals is the rows that make a figure of the headquarters, as the rows' page has them.
const Totals Kind = "totals"

func totalsTables(ctx context.Context, s *Store, query string, p *i18n.Printer) ([]Table, error) {
	v, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.BadRequest(err)
	}
	asked, view, part := totals.ParseSelection(v, s.city, time.Now()), totals.RowKind(v.Get("view")), v.Get("part")
	n, _, err := s.totals.RowsTotal(ctx, asked.Query, view, part)
	if errors.Is(err, totals.ErrUnknownRows) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, err
	}
	columns := view.Columns()
	t := Table{Name: p.T("figures.view." + string(view)), Rows: n, Each: func(ctx context.Context, row func([]any) error) error {
		return s.totals.EachRow(ctx, asked.Query, view, part, 0, 0, func(r totals.Row) error {
			line := make([]any, len(columns))
			for i, c := range r.Cells {
				line[i] = s.value(p, columns[i], c)
			}
			return row(line)
		})
	}}
	for _, c := range columns {
		t.Head = append(t.Head, p.T("figures.column."+c.Name))
	}
	return []Table{t}, nil
}

// value is a cell of a figure's rows as a file has it: real numbers and dates, words for the rest.
func (s *Store) value(p *i18n.Printer, c totals.Column, v any) any {
	switch v := v.(type) {
	case i18n.Text:
		return p.Text(v)
	case *int:
		if v == nil {
			return nil
		}
		return *v
	case int:
		if c.Type == totals.CellHours {
			return float64(v) / 60
		}
		return v
	case string:
		switch c.Type {
		case totals.CellDistrict:
			d, _ := s.city.District(v)
			return p.Text(d.Name)
		case totals.CellWord:
			return p.T("figures.word." + v)
		}
		return v
	default:
		return v
	}
}
