package hq

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/link"
	"shtab/web/ui"
)

// TotalsView is the headquarters' first page.
type TotalsView struct {
	totals.Report
	Orgs      []org.Org
	Campaigns []campaign.Choice
	Waiting   int // for review
}

// change is how much more or less a figure is than a year before, in words and not in colour alone.
func (v TotalsView) change(ctx context.Context, unit totals.Unit, value totals.Value) string {
	if !v.Compares() {
		return ""
	}
	now, before := value.Now, value.Before
	if unit == totals.Hours {
		now, before = float64(int(now)/60), float64(int(before)/60)
	}
	switch {
	case now == before:
		return ui.T(ctx, "figures.same")
	case before == 0:
		return ui.T(ctx, "figures.from_zero")
	default:
		percent := fmt.Sprintf("%+.0f", 100*(now-before)/before)
		return ui.T(ctx, "figures.change", "percent", percent, "was", ui.P(ctx).Number(int(before)))
	}
}

// shown is a figure as the page writes it.
func shown(ctx context.Context, unit totals.Unit, n float64) string {
	switch unit {
	case totals.Hours:
		return ui.P(ctx).Hours(int(n))
	case totals.Percent:
		return ui.P(ctx).Number(int(n+.5)) + " %"
	default:
		return ui.P(ctx).Number(int(n))
	}
}

// rows is the way to the rows behind a figure of a selection.
func rows(ctx context.Context, s totals.Selection, r totals.Rows) string {
	v := s.ForRows(r).Values()
	if r.Part != "" {
		v.Set("part", r.Part)
	}
	return link.HQRows(ui.L(ctx), string(r.Kind), v)
}

// volunteers is the way to a part of the people who took part.
func volunteers(ctx context.Context, s totals.Selection, part string) string {
	return rows(ctx, s, totals.Rows{Kind: totals.VolunteerRows, Part: part})
}

// tableFigures are the figures of the page's tables.
func (v TotalsView) tableFigures() []totals.Figure {
	return slices.DeleteFunc(totals.FiguresIn(totals.PageTable), func(f totals.Figure) bool { return !f.AppliesTo(v.Scope) })
}

// period is the period in words.
func (v TotalsView) period(ctx context.Context) string {
	return ui.T(ctx, "figures.from_to", "from", ui.P(ctx).CalendarDate(v.From), "to", ui.P(ctx).CalendarDate(v.Last()))
}

func (v TotalsView) periodOptions(ctx context.Context) (options []ui.Option) {
	for _, n := range append(append([]string{}, totals.PeriodNames...), totals.PeriodSince, totals.PeriodDates) {
		options = append(options, ui.Option{Value: n, Text: ui.T(ctx, "figures.period."+n, "year", ui.Year(ui.From(ctx).City.Since))})
	}
	return options
}

func (v TotalsView) campaignOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, c := range v.Campaigns {
		options = append(options, ui.Option{Value: ui.Num(c.ID), Text: ui.S(ctx, c.Name)})
	}
	return options
}

func (v TotalsView) orgOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, o := range v.Orgs {
		options = append(options, ui.Option{Value: ui.Num(o.ID), Text: ui.S(ctx, o.Name)})
	}
	return options
}

func (v TotalsView) districtOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, d := range ui.From(ctx).City.Districts {
		options = append(options, ui.Option{Value: d.Slug, Text: ui.S(ctx, d.Name)})
	}
	return append(options, ui.Option{Value: totals.NoDistrict, Text: ui.T(ctx, "figures.no_district")})
}

func (v TotalsView) ageOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, g := range totals.AgeGroups {
		options = append(options, ui.Option{Value: g.Slug, Text: ui.T(ctx, "figures.age."+g.Slug)})
	}
	return options
}

// date is a day as its field takes it.
func date(t time.Time) string { return t.Format(time.DateOnly) }

// months are the columns of a figure's chart by month, or by year where the period is longer than two
// years, with the way to the rows of each.
func (v TotalsView) months(ctx context.Context, f *totals.Figure) (columns []ui.Column) {
	yearly := v.To.Sub(v.From) > 2*366*24*time.Hour
	at := map[string]int{}
	names := ui.P(ctx).Months()
	for m := time.Date(v.From.Year(), v.From.Month(), 1, 0, 0, 0, 0, time.UTC); m.Before(v.To); m = m.AddDate(0, 1, 0) {
		key, label := m.Format("2006-01"), strconv.Itoa(int(m.Month()))
		name := names[m.Month()-1] + " " + ui.Year(m.Year())
		if yearly {
			key, label, name = m.Format("2006"), ui.Year(m.Year()), ui.Year(m.Year())
		}
		if _, ok := at[key]; !ok {
			at[key] = len(columns)
			to := m.AddDate(0, 1, 0)
			if yearly {
				to = time.Date(m.Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC)
			}
			span := v.OnDates(totals.Period{From: later(m, v.From), To: earlier(to, v.To)})
			columns = append(columns, ui.Column{Label: label, Name: name, Href: rows(ctx, span, f.Rows)})
		}
	}
	for _, m := range v.Now.Months {
		key := m.Month.Format("2006-01")
		if yearly {
			key = m.Month.Format("2006")
		}
		if i, ok := at[key]; ok {
			columns[i].Value += f.In(&m.Sums)
		}
	}
	for i := range columns {
		columns[i].Shown = shown(ctx, f.Unit, float64(columns[i].Value))
	}
	return columns
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// under is the page's question with one more filter.
func (v TotalsView) under(filter, key string) totals.Selection {
	a := v.Selection
	id, _ := strconv.ParseInt(key, 10, 64)
	switch filter {
	case "campaign":
		a.Campaign = id
	case "org":
		a.Org = id
	case "district":
		a.District = cmp.Or(key, totals.NoDistrict)
	}
	return a
}

// ages are the columns of the histogram: five years each, as far as anybody is so old.
func (v TotalsView) ages(ctx context.Context) (columns []ui.Column) {
	bins, unknown, first, last := map[int]int{}, 0, 100, 0
	for _, a := range v.Now.Ages {
		if a.Age == nil {
			unknown += a.N
			continue
		}
		bin := *a.Age / 5
		bins[bin] += a.N
		first, last = min(first, bin), max(last, bin)
	}
	for b := first; b <= last; b++ {
		name := ui.T(ctx, "figures.years", "from", strconv.Itoa(5*b), "to", strconv.Itoa(5*b+4))
		columns = append(columns, ui.Column{Label: fmt.Sprintf("%d–%d", 5*b, 5*b+4), Name: name, Value: bins[b], Shown: ui.P(ctx).Number(bins[b]), Href: volunteers(ctx, v.Selection, fmt.Sprintf("%d-%d", 5*b, 5*b+4))})
	}
	if unknown > 0 {
		columns = append(columns, ui.Column{Label: "?", Name: ui.T(ctx, "figures.age.unknown"), Value: unknown, Shown: ui.P(ctx).Number(unknown), Href: volunteers(ctx, v.Selection, totals.UnknownAge)})
	}
	return columns
}

// ageText is the mean and the median age of a crowd, in words.
func ageText(ctx context.Context, c totals.AgeDistribution) string {
	mean, median, ok := c.MeanMedian()
	if !ok {
		return ui.T(ctx, "figures.no_age")
	}
	return ui.T(ctx, "figures.mean", "mean", tenth(ctx, mean), "median", tenth(ctx, median))
}

func tenth(ctx context.Context, x float64) string { return ui.P(ctx).Hours(int(x*60 + .5)) }

// barLength makes bars of events and of tens of hours comparable.
func barLength(k totals.KeySums) int { return max(k.Sums[totals.Events], k.Sums[totals.Minutes]/600) }

func most(list []totals.KeySums) (n int) {
	for _, k := range list {
		n = max(n, barLength(k))
	}
	return max(n, 1)
}

// narrowed is the page with one more filter.
func (v TotalsView) narrowed(ctx context.Context, filter, key string) string {
	return link.HQTotals(ui.L(ctx), v.under(filter, key).Values())
}

// delivered reports whether anything was, in the period or a year before.
func (v TotalsView) delivered() bool {
	return slices.ContainsFunc(v.Delivered, func(t totals.DeliveredAmount) bool { return t.Now > 0 || t.Before > 0 })
}

func districtName(ctx context.Context, slug string) string {
	d, ok := ui.From(ctx).City.District(slug)
	if !ok {
		return ui.T(ctx, "figures.no_district")
	}
	return ui.S(ctx, d.Name)
}

// RowsPage is how many rows a page of them holds.
const RowsPage = 100

// RowsView is the rows that make a figure.
type RowsView struct {
	totals.Selection
	View    totals.RowKind
	Part    string
	Names   totals.ScopeNames
	Total   int
	Minutes int
	Rows    []totals.Row // one more than a page where there are more
	Page    int
}

func (v RowsView) query() url.Values {
	q := v.Values()
	if v.Part != "" {
		q.Set("part", v.Part)
	}
	return q
}

func (v RowsView) shownRows() []totals.Row { return v.Rows[:min(len(v.Rows), RowsPage)] }

func (v RowsView) next(ctx context.Context) string {
	if len(v.Rows) <= RowsPage {
		return ""
	}
	q := v.query()
	q.Set("page", strconv.Itoa(v.Page+1))
	return link.HQRows(ui.L(ctx), string(v.View), q)
}

func (v RowsView) filters(ctx context.Context) string {
	list := filters(ctx, v.Scope, ui.S(ctx, v.Names.Campaign), ui.S(ctx, v.Names.Org))
	if p := v.part(ctx); p != "" {
		list = append([]string{p}, list...)
	}
	return strings.Join(list, " · ")
}

// filters are the filters in words.
func (v TotalsView) filters(ctx context.Context) string {
	name := func(options []ui.Option, id int64) string {
		i := slices.IndexFunc(options, func(o ui.Option) bool { return o.Value == ui.Num(id) })
		if i < 0 {
			return ""
		}
		return options[i].Text
	}
	return strings.Join(filters(ctx, v.Scope, name(v.campaignOptions(ctx), v.Scope.Campaign), name(v.orgOptions(ctx), v.Scope.Org)), " · ")
}

// part is the part of the view in words; empty: it has none.
func (v RowsView) part(ctx context.Context) string {
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

func filters(ctx context.Context, f totals.Scope, campaign, org string) (list []string) {
	add := func(set bool, label, value string) {
		if set {
			list = append(list, ui.T(ctx, label)+": "+value)
		}
	}
	add(f.Campaign != 0, "events.campaign", campaign)
	add(f.Org != 0, "events.org", org)
	add(f.Kind != "", "bodies.field.kind", ui.T(ctx, "organization.one_kind."+string(f.Kind)))
	add(f.District != "", "events.district", districtName(ctx, f.District))
	add(f.Age != "", "figures.age_label", ui.T(ctx, "figures.age."+f.Age))
	return list
}

func (v RowsView) title(ctx context.Context) string {
	return ui.T(ctx, "figures.view."+string(v.View))
}
