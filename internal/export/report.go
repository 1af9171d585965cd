package export

import (
	"context"
	"net/url"
	"time"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/totals"
)

// Report is the headquarters' first page: a sheet of its figures, and one for each of its tables.
const Report Kind = "report"

func reportTables(ctx context.Context, s *Store, query string, p *i18n.Printer) ([]Table, error) {
	v, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.BadRequest(err)
	}
	r, err := s.totals.Report(ctx, totals.ParseSelection(v, s.city, time.Now()))
	if err != nil {
		return nil, err
	}
	t := func(key string) string { return p.T("figures." + key) }
	table := func(name string, head []string, rows ...[]any) Table {
		return Table{Name: name, Head: head, Rows: len(rows), Each: func(_ context.Context, row func([]any) error) error {
			for _, r := range rows {
				if err := row(r); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	hours := func(minutes int) float64 { return float64(minutes) / 60 }

	days := p.T("figures.from_to", "from", p.CalendarDate(r.From), "to", p.CalendarDate(r.Last()))
	figures := [][]any{{t("volunteers"), r.People.Now, r.People.Was}, {t("active"), r.Active.Now, r.Active.Was}}
	if r.HasRegistered {
		figures = append(figures, []any{t("registered"), r.Registered.Now, r.Registered.Was})
	}
	if r.Age == "" {
		figures = append(figures, []any{t("events"), r.Now.Events, r.Was.Events})
	}
	figures = append(figures, []any{t("signups"), r.Now.Signups, r.Was.Signups}, []any{t("came"), r.Now.Participations, r.Was.Participations})
	if now, ok := r.Now.Rate(); ok {
		was, _ := r.Was.Rate()
		figures = append(figures, []any{t("rate"), now / 100, was / 100})
	}
	figures = append(figures, []any{t("hours"), hours(r.Now.Minutes), hours(r.Was.Minutes)})
	for _, k := range r.Kinds {
		figures = append(figures, []any{p.T("organization.one_kind." + string(k.Kind)), k.Now, k.Was})
	}
	for _, c := range []struct {
		name string
		team bool
	}{{t("movement"), false}, {t("team"), true}} {
		if mean, median, ok := r.Ages.Of(c.team).MeanMedian(); ok {
			var meanWas, medianWas any
			if m, n, ok := r.AgesBefore.Of(c.team).MeanMedian(); ok {
				meanWas, medianWas = m, n
			}
			figures = append(figures, []any{c.name + ": " + t("mean_age"), mean, meanWas}, []any{c.name + ": " + t("median_age"), median, medianWas})
		}
	}

	sums := func(s totals.Sums) []any {
		return []any{s.Events, s.Signups, s.Participations, s.NoShows, hours(s.Minutes)}
	}
	head := func(first string) []string {
		return []string{first, t("events"), t("signups"), t("came"), t("absent"), t("hours")}
	}
	var months [][]any
	for _, m := range r.Now.Months {
		months = append(months, append([]any{m.Month}, sums(m.Sums)...))
	}
	by := func(list []totals.KeySums, name func(totals.KeySums) string) (rows [][]any) {
		for _, k := range list {
			rows = append(rows, append([]any{name(k)}, sums(k.Sums)...))
		}
		return rows
	}
	named := func(k totals.KeySums) string { return p.Text(k.Name) }
	district := func(k totals.KeySums) string {
		d, ok := s.city.District(k.Key)
		if !ok {
			return t("no_district")
		}
		return p.Text(d.Name)
	}
	var ages, things [][]any
	for _, a := range r.Ages {
		var age any
		if a.Age != nil {
			age = *a.Age
		}
		side := t("movement")
		if a.Team {
			side = t("team")
		}
		ages = append(ages, []any{age, side, a.N})
	}
	for _, x := range r.Delivered {
		things = append(things, []any{p.Text(x.Name), p.Text(x.Unit), x.Now, x.Was})
	}
	figureHead, thingHead := []string{days, t("amount"), t("year_before")}, []string{t("thing"), "", t("amount"), t("year_before")}
	if !r.Compares() {
		figureHead, thingHead = figureHead[:2], thingHead[:3]
		for i := range figures {
			figures[i] = figures[i][:2]
		}
		for i := range things {
			things[i] = things[i][:3]
		}
	}
	return []Table{
		table(t("title"), figureHead, figures...),
		table(t("by_events"), head(t("period_label")), months...),
		table(t("campaigns"), head(t("campaigns")), by(r.Now.Campaigns, named)...),
		table(t("orgs"), head(t("orgs")), by(r.Now.Orgs, named)...),
		table(t("districts"), head(t("districts")), by(r.Now.Districts, district)...),
		table(t("ages"), []string{t("age_label"), t("column.side"), t("volunteers")}, ages...),
		table(t("things"), thingHead, things...),
	}, nil
}
