package totals

import (
	"cmp"
	"context"
	"fmt"
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

// reportView is the first page.
type reportView struct {
	totals.Report
	Orgs      []org.Org
	Campaigns []campaign.Choice
	Waiting   int // for review
}

// countingRules are the rules by which figures are counted, explained under the report.
var countingRules = []string{
	"joint", "people", "cancelled", "days", "active", "registered", "age", "team", "rate", "before",
}

// change is how much more or less a figure is than a year before, in words and not in colour alone.
func (v reportView) change(ctx context.Context, unit totals.Unit, value totals.Value) string {
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
func (v reportView) tableFigures() []totals.Figure {
	return slices.DeleteFunc(totals.FiguresIn(totals.PageTable),
		func(f totals.Figure) bool { return !f.AppliesTo(v.Scope) })
}

// period is the period in words.
func (v reportView) period(ctx context.Context) string {
	return ui.T(ctx, "figures.from_to", "from", ui.P(ctx).CalendarDate(v.From), "to", ui.P(ctx).CalendarDate(v.Last()))
}

func (v reportView) periodOptions(ctx context.Context) (options []ui.Option) {
	for _, n := range append(append([]string{}, totals.PeriodNames...), totals.PeriodSince, totals.PeriodDates) {
		options = append(options, ui.Option{
			Value: n,
			Text:  ui.T(ctx, "figures.period."+n, "year", ui.Year(ui.From(ctx).City.Since)),
		})
	}
	return options
}

func (v reportView) campaignOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, c := range v.Campaigns {
		options = append(options, ui.Option{Value: ui.Num(c.ID), Text: ui.S(ctx, c.Name)})
	}
	return options
}

func (v reportView) orgOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, o := range v.Orgs {
		options = append(options, ui.Option{Value: ui.Num(o.ID), Text: ui.S(ctx, o.Name)})
	}
	return options
}

func (v reportView) districtOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, d := range ui.From(ctx).City.Districts {
		options = append(options, ui.Option{Value: d.Slug, Text: ui.S(ctx, d.Name)})
	}
	return append(options, ui.Option{Value: totals.NoDistrict, Text: ui.T(ctx, "figures.no_district")})
}

func (v reportView) ageOptions(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "bodies.any")}}
	for _, g := range totals.AgeGroups {
		options = append(options, ui.Option{Value: g.Slug, Text: ui.T(ctx, "figures.age."+g.Slug)})
	}
	return options
}

// date is a day as its field takes it.
func date(t time.Time) string { return t.Format(time.DateOnly) }

// under is the page's selection with one more filter.
func (v reportView) under(filter, key string) totals.Selection {
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

// barLength makes bars of events and of tens of hours comparable.
func barLength(k totals.KeySums) int { return max(k.Sums[totals.Events], k.Sums[totals.Minutes]/600) }

// most is the longest bar of a table, at least 1.
func most(list []totals.KeySums) (n int) {
	for _, k := range list {
		n = max(n, barLength(k))
	}
	return max(n, 1)
}

// narrowed is the page with one more filter.
func (v reportView) narrowed(ctx context.Context, filter, key string) string {
	return link.HQTotals(ui.L(ctx), v.under(filter, key).Values())
}

// delivered reports whether anything was, in the period or a year before.
func (v reportView) delivered() bool {
	return slices.ContainsFunc(v.Delivered, func(t totals.DeliveredAmount) bool { return t.Now > 0 || t.Before > 0 })
}

func districtName(ctx context.Context, slug string) string {
	d, ok := ui.From(ctx).City.District(slug)
	if !ok {
		return ui.T(ctx, "figures.no_district")
	}
	return ui.S(ctx, d.Name)
}

// filters are the page's filters in words.
func (v reportView) filters(ctx context.Context) string {
	name := func(options []ui.Option, id int64) string {
		i := slices.IndexFunc(options, func(o ui.Option) bool { return o.Value == ui.Num(id) })
		if i < 0 {
			return ""
		}
		return options[i].Text
	}
	campaign, org := name(v.campaignOptions(ctx), v.Scope.Campaign), name(v.orgOptions(ctx), v.Scope.Org)
	return strings.Join(filters(ctx, v.Scope, campaign, org), " · ")
}

// filters are those of a scope in words, each with its label.
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
