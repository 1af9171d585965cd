package totals

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"shtab/internal/config"
	"shtab/internal/org"
)

// Selection is a query as the address of a page puts it, with the name of its period.
type Selection struct {
	Query
	PeriodName string // of PeriodNames, PeriodSince or PeriodDates
}

// The periods beside PeriodNames.
const (
	PeriodSince = "since" // since the headquarters' first year
	PeriodDates = "dates" // any days
)

// ParseSelection reads a query from an address: period, from, to, campaign, org, kind, district, age. A value
// that makes no sense is left out; without a period it is the year that now lies in.
func ParseSelection(v url.Values, city *config.City, now time.Time) Selection {
	now = now.In(city.Location())
	s := Selection{PeriodName: v.Get("period"), Query: Query{Zone: city.Location(), Now: now}}
	id := func(name string) int64 {
		n, err := strconv.ParseInt(v.Get(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	s.Campaign, s.Org = id("campaign"), id("org")
	if k := org.Kind(v.Get("kind")); slices.Contains(org.Kinds, k) {
		s.Kind = k
	}
	if d := v.Get("district"); d == NoDistrict {
		s.District = d
	} else if _, ok := city.District(d); ok {
		s.District = d
	}
	if IsAgeGroup(v.Get("age")) {
		s.Age = v.Get("age")
	}
	first := time.Date(city.Since, time.January, 1, 0, 0, 0, 0, time.UTC)
	nextYear := time.Date(now.Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case s.PeriodName == PeriodSince:
		s.Period = Period{first, nextYear}
	case s.PeriodName == PeriodDates:
		s.Period = parseDates(v.Get("from"), v.Get("to"), Period{first, nextYear})
	case slices.Contains(PeriodNames, s.PeriodName):
		s.Period = PeriodOf(s.PeriodName, now)
	default:
		s.PeriodName, s.Period = "year", PeriodOf("year", now)
	}
	return s
}

// parseDates reads a first and a last day within bounds, in either order.
func parseDates(first, last string, bounds Period) Period {
	from, err := time.Parse(time.DateOnly, first)
	if err != nil || from.Before(bounds.From) {
		from = bounds.From
	}
	to, err := time.Parse(time.DateOnly, last)
	if err != nil || to.After(bounds.To) {
		to = bounds.Last()
	}
	if to.Before(from) {
		from, to = to, from
	}
	return Period{from, to.AddDate(0, 0, 1)}
}

// Values is the query as an address puts it; ParseSelection reads it back.
func (s Selection) Values() url.Values {
	v := url.Values{"period": {s.PeriodName}}
	if s.PeriodName == PeriodDates {
		v.Set("from", s.From.Format(time.DateOnly))
		v.Set("to", s.Last().Format(time.DateOnly))
	}
	set := func(name, value string, yes bool) {
		if yes {
			v.Set(name, value)
		}
	}
	set("campaign", strconv.FormatInt(s.Campaign, 10), s.Campaign != 0)
	set("org", strconv.FormatInt(s.Org, 10), s.Org != 0)
	set("kind", string(s.Kind), s.Kind != "")
	set("district", s.District, s.District != "")
	set("age", s.Age, s.Age != "")
	return v
}

// Compares reports whether there is a year before to compare the period with.
func (s Selection) Compares() bool { return s.PeriodName != PeriodSince }

// OnDates is the same selection of other days.
func (s Selection) OnDates(p Period) Selection {
	s.PeriodName, s.Period = PeriodDates, p
	return s
}

// ForRows is the selection of the rows behind a figure of this one.
func (s Selection) ForRows(r Rows) Selection {
	if r.Period == nil {
		return s
	}
	return s.OnDates(r.Period(s.Query))
}
