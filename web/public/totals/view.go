package totals

import (
	"context"
	"strconv"

	"shtab/internal/totals"
	"shtab/web/link"
	"shtab/web/ui"
)

func yearHref(ctx context.Context, year int) string {
	if year == 0 {
		return link.Totals(ui.L(ctx))
	}
	return link.Totals(ui.L(ctx)) + "?year=" + strconv.Itoa(year)
}

func columns(ctx context.Context, v totals.PublicTotals) []ui.Column {
	var cs []ui.Column
	months := ui.P(ctx).Months()
	if v.Year == 0 {
		for _, m := range v.Months {
			y := ui.Year(m.Month.Year())
			cs = append(
				cs,
				ui.Column{
					Label: y, Name: y, Value: m.Sums[totals.Events],
					Shown: ui.P(ctx).Number(m.Sums[totals.Events]),
				},
			)
		}
		return cs
	}
	var events [12]int
	for _, m := range v.Months {
		events[m.Month.Month()-1] = m.Sums[totals.Events]
	}
	for i, name := range months {
		cs = append(
			cs,
			ui.Column{Label: strconv.Itoa(i + 1), Name: name, Value: events[i], Shown: ui.P(ctx).Number(events[i])},
		)
	}
	return cs
}

func mostEvents(v totals.PublicTotals) int {
	most := 0
	for _, c := range v.Campaigns {
		most = max(most, c.Sums[totals.Events])
	}
	return most
}

func chartTitle(ctx context.Context, v totals.PublicTotals) string {
	if v.Year == 0 {
		return ui.T(ctx, "totals.by_year")
	}
	return ui.T(ctx, "totals.by_month", "year", ui.Year(v.Year))
}

func chartHead(ctx context.Context, v totals.PublicTotals) string {
	if v.Year == 0 {
		return ui.T(ctx, "totals.year")
	}
	return ui.T(ctx, "totals.month")
}
