package totals

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"shtab/internal/totals"
	"shtab/web/link"
	"shtab/web/ui"
)

// rowsShown is how many rows a page holds.
const rowsShown = 100

// rowsView is the rows that make a figure.
type rowsView struct {
	totals.Selection
	View    totals.RowKind
	Part    string
	Names   totals.ScopeNames
	Total   int
	Minutes int
	Rows    []totals.Row // one more than a page where there are more
	Page    int
}

func (v rowsView) query() url.Values {
	q := v.Values()
	if v.Part != "" {
		q.Set("part", v.Part)
	}
	return q
}

func (v rowsView) pageRows() []totals.Row { return v.Rows[:min(len(v.Rows), rowsShown)] }

func (v rowsView) next(ctx context.Context) string {
	if len(v.Rows) <= rowsShown {
		return ""
	}
	q := v.query()
	q.Set("page", strconv.Itoa(v.Page+1))
	return link.HQRows(ui.L(ctx), string(v.View), q)
}

func (v rowsView) filters(ctx context.Context) string {
	list := filters(ctx, v.Scope, ui.S(ctx, v.Names.Campaign), ui.S(ctx, v.Names.Org))
	if p := v.part(ctx); p != "" {
		list = append([]string{p}, list...)
	}
	return strings.Join(list, " · ")
}

// part is the part of the view in words; empty: it has none.
func (v rowsView) part(ctx context.Context) string {
	var from, to int
	switch n, _ := fmt.Sscanf(v.Part, "%d-%d", &from, &to); {
	case v.View == totals.DeliveryRows:
		return ui.S(ctx, v.Names.Delivery)
	case v.View == totals.AttendanceRows && v.Part == totals.PartNoShow:
		return ui.T(ctx, "figures.absent")
	case v.View != totals.VolunteerRows:
		return ""
	case n == 2:
		return ui.T(ctx, "figures.years", "from", strconv.Itoa(from), "to", strconv.Itoa(to))
	case v.Part == totals.UnknownAge:
		return ui.T(ctx, "figures.age.unknown")
	case v.Part == totals.PartTeam || v.Part == totals.PartMovement:
		return ui.T(ctx, "figures."+v.Part)
	default:
		return ""
	}
}

func (v rowsView) title(ctx context.Context) string {
	return ui.T(ctx, "figures.view."+string(v.View))
}
