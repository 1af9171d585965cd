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

// figure is one of the page: its words, the number, what it was a year before, and its rows.
type figure struct {
	Label    string
	Shown    string
	Now, Was float64
	Compare  bool
	Href     string
}

// change is how much more or less than a year before, in words and not in colour alone.
func (f figure) change(ctx context.Context) string {
	if !f.Compare {
		return ""
	}
	d := f.Now - f.Was
	switch {
	case d == 0:
		return ui.T(ctx, "figures.same")
	case f.Was == 0:
		return ui.T(ctx, "figures.from_zero")
	default:
		return ui.T(ctx, "figures.change", "percent", fmt.Sprintf("%+.0f", 100*d/f.Was), "was", ui.P(ctx).Number(int(f.Was)))
	}
}

// rows is the way to the rows of a figure, with the page's own filters.
func rows(ctx context.Context, a totals.Selection, view, part string) string {
	v := a.Values()
	if part != "" {
		v.Set("part", part)
	}
	return link.HQRows(ui.L(ctx), view, v)
}

// change is that of a figure which stands alone.
func (v TotalsView) change(ctx context.Context, now, was int) string {
	return figure{Now: float64(now), Was: float64(was), Compare: v.Compares()}.change(ctx)
}

func (v TotalsView) figures(ctx context.Context) []figure {
	n := func(label string, now, was int, view, part string) figure {
		return figure{ui.T(ctx, "figures."+label), ui.P(ctx).Number(now), float64(now), float64(was), v.Compares(), rows(ctx, v.Selection, view, part)}
	}
	things := func() (now, was int) {
		for _, k := range v.Kinds {
			now, was = now+k.Now, was+k.Was
		}
		return now, was
	}
	list := []figure{n("volunteers", v.People.Now, v.People.Was, "volunteers", "")}
	active := n("active", v.Active.Now, v.Active.Was, "volunteers", "")
	twelve := v.Selection
	twelve.PeriodName, twelve.Period = totals.PeriodDates, v.Period.Active(v.Query.Now)
	active.Href = rows(ctx, twelve, "volunteers", "")
	list = append(list, active)
	if v.HasRegistered {
		list = append(list, n("registered", v.Registered.Now, v.Registered.Was, "registered", ""))
	}
	if v.Age == "" {
		list = append(list, n("events", v.Now.Events, v.Was.Events, "events", ""))
	}
	list = append(list,
		n("signups", v.Now.Signups, v.Was.Signups, "signups", ""),
		n("came", v.Now.Participations, v.Was.Participations, "attendance", totals.PartAttended))
	if now, ok := v.Now.Rate(); ok {
		was, _ := v.Was.Rate()
		list = append(list, figure{ui.T(ctx, "figures.rate"), ui.P(ctx).Number(int(now+.5)) + " %", now, was, v.Compares(), rows(ctx, v.Selection, "attendance", totals.PartNoShow)})
	}
	hours := n("hours", v.Now.Minutes/60, v.Was.Minutes/60, "attendance", totals.PartAttended)
	hours.Shown = ui.P(ctx).Hours(v.Now.Minutes)
	list = append(list, hours)
	now, was := things()
	return append(list, n("bodies", now, was, "bodies", ""))
}

// title is the period in words.
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

// months are the columns of a chart by month, or by year where the period is longer than two, with
// the way to the rows of a view.
func (v TotalsView) months(ctx context.Context, view, part string, of func(totals.Sums) int, shown func(int) string) (columns []ui.Column) {
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
			span := v.on(totals.Period{From: later(m, v.From), To: earlier(to, v.To)})
			columns = append(columns, ui.Column{Label: label, Name: name, Href: rows(ctx, span, view, part)})
		}
	}
	for _, m := range v.Now.Months {
		key := m.Month.Format("2006-01")
		if yearly {
			key = m.Month.Format("2006")
		}
		if i, ok := at[key]; ok {
			columns[i].Value += of(m.Sums)
		}
	}
	for i := range columns {
		columns[i].Shown = shown(columns[i].Value)
	}
	return columns
}

// on is the page's question for some days.
func (v TotalsView) on(p totals.Period) totals.Selection {
	a := v.Selection
	a.PeriodName, a.Period = totals.PeriodDates, p
	return a
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
	for _, a := range v.Ages {
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
		columns = append(columns, ui.Column{Label: fmt.Sprintf("%d–%d", 5*b, 5*b+4), Name: name, Value: bins[b], Shown: ui.P(ctx).Number(bins[b]), Href: rows(ctx, v.Selection, "volunteers", fmt.Sprintf("%d-%d", 5*b, 5*b+4))})
	}
	if unknown > 0 {
		columns = append(columns, ui.Column{Label: "?", Name: ui.T(ctx, "figures.age.unknown"), Value: unknown, Shown: ui.P(ctx).Number(unknown), Href: rows(ctx, v.Selection, "volunteers", totals.UnknownAge)})
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

func most(list []totals.KeySums) (n int) {
	for _, k := range list {
		n = max(n, k.Events, k.Minutes/600)
	}
	return max(n, 1)
}

// narrowed is the page with one more filter.
func (v TotalsView) narrowed(ctx context.Context, filter, key string) string {
	return link.HQTotals(ui.L(ctx), v.under(filter, key).Values())
}

// ofKind is the way to the organisations of a kind.
func (v TotalsView) ofKind(ctx context.Context, k org.Kind) string {
	a := v.Selection
	a.Kind = k
	return rows(ctx, a, "bodies", "")
}

// delivered reports whether anything was, in the period or a year before.
func (v TotalsView) delivered() bool {
	return slices.ContainsFunc(v.Delivered, func(t totals.DeliveredAmount) bool { return t.Now > 0 || t.Was > 0 })
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
	Called  totals.ScopeNames
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

func (v RowsView) shown() []totals.Row { return v.Rows[:min(len(v.Rows), RowsPage)] }

func (v RowsView) next(ctx context.Context) string {
	if len(v.Rows) <= RowsPage {
		return ""
	}
	q := v.query()
	q.Set("page", strconv.Itoa(v.Page+1))
	return link.HQRows(ui.L(ctx), string(v.View), q)
}

func (v RowsView) filters(ctx context.Context) string {
	list := filters(ctx, v.Scope, ui.S(ctx, v.Called.Campaign), ui.S(ctx, v.Called.Org))
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
		return ui.S(ctx, v.Called.Thing)
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
