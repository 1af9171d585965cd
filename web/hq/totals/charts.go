package totals

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"shtab/internal/totals"
	"shtab/web/ui"
)

// months are the columns of a figure's chart by month, or by year where the period is longer than two
// years, with the way to the rows of each.
func (v reportView) months(ctx context.Context, f *totals.Figure) (columns []ui.Column) {
	yearly := v.To.Sub(v.From) > 2*366*24*time.Hour
	at := map[string]int{}
	names := ui.P(ctx).Months()
	for m := time.Date(v.From.Year(), v.From.Month(), 1, 0, 0, 0, 0, time.UTC); m.Before(v.To); m = m.AddDate(0,
		1, 0) {
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

// ages are the columns of the histogram: five years each, as far as anybody is so old.
func (v reportView) ages(ctx context.Context) (columns []ui.Column) {
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
		columns = append(columns, ui.Column{
			Label: fmt.Sprintf("%d–%d", 5*b, 5*b+4), Name: name, Value: bins[b], Shown: ui.P(ctx).Number(bins[b]),
			Href: volunteers(ctx, v.Selection, fmt.Sprintf("%d-%d", 5*b, 5*b+4)),
		})
	}
	if unknown > 0 {
		columns = append(columns, ui.Column{
			Label: "?", Name: ui.T(ctx, "figures.age.unknown"), Value: unknown, Shown: ui.P(ctx).Number(unknown),
			Href: volunteers(ctx, v.Selection, totals.UnknownAge),
		})
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
