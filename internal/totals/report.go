package totals

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"shtab/internal/config"
	"shtab/internal/org"
)

// Selection is a question as an address puts it: with the name of its period.
type Selection struct {
	Query
	PeriodName string // of PeriodNames, "since" or "dates"
}

// The periods beside PeriodNames.
const (
	PeriodSince = "since" // the headquarters' first year
	PeriodDates = "dates" // any days
)

// ParseSelection reads a question from an address: period, from, to, campaign, org, kind, district, age. What
// makes no sense there asks for nothing; without a period it is the year that now is in.
func ParseSelection(v url.Values, city *config.City, now time.Time) Selection {
	now = now.In(city.Location())
	a := Selection{PeriodName: v.Get("period"), Query: Query{Zone: city.Location(), Now: now}}
	id := func(name string) int64 {
		n, err := strconv.ParseInt(v.Get(name), 10, 64)
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	a.Campaign, a.Org = id("campaign"), id("org")
	if k := org.Kind(v.Get("kind")); slices.Contains(org.Kinds, k) {
		a.Kind = k
	}
	if d := v.Get("district"); d == NoDistrict {
		a.District = d
	} else if _, ok := city.District(d); ok {
		a.District = d
	}
	if IsAgeGroup(v.Get("age")) {
		a.Age = v.Get("age")
	}
	first := time.Date(city.Since, time.January, 1, 0, 0, 0, 0, time.UTC)
	next := time.Date(now.Year()+1, time.January, 1, 0, 0, 0, 0, time.UTC)
	switch {
	case a.PeriodName == PeriodSince:
		a.Period = Period{first, next}
	case a.PeriodName == PeriodDates:
		from, err := time.Parse(time.DateOnly, v.Get("from"))
		if err != nil || from.Before(first) {
			from = first
		}
		to, err := time.Parse(time.DateOnly, v.Get("to"))
		if err != nil || to.After(next) {
			to = next.AddDate(0, 0, -1)
		}
		if to.Before(from) {
			from, to = to, from
		}
		a.Period = Period{from, to.AddDate(0, 0, 1)}
	case slices.Contains(PeriodNames, a.PeriodName):
		a.Period = PeriodOf(a.PeriodName, now)
	default:
		a.PeriodName, a.Period = "year", PeriodOf("year", now)
	}
	return a
}

// Values is the question as an address puts it; Ask reads it back.
func (a Selection) Values() url.Values {
	v := url.Values{"period": {a.PeriodName}}
	if a.PeriodName == PeriodDates {
		v.Set("from", a.From.Format(time.DateOnly))
		v.Set("to", a.Last().Format(time.DateOnly))
	}
	set := func(name, value string, yes bool) {
		if yes {
			v.Set(name, value)
		}
	}
	set("campaign", strconv.FormatInt(a.Campaign, 10), a.Campaign != 0)
	set("org", strconv.FormatInt(a.Org, 10), a.Org != 0)
	set("kind", string(a.Kind), a.Kind != "")
	set("district", a.District, a.District != "")
	set("age", a.Age, a.Age != "")
	return v
}

// Compares reports whether the period has one a year before to stand beside.
func (a Selection) Compares() bool { return a.PeriodName != PeriodSince }

// Count is how many there are in a period, and were in the one to compare with.
type Count struct{ Now, Was int }

// Report is everything that the headquarters' first page says.
type Report struct {
	Selection
	Before        Period // to compare with
	Now           Breakdown
	Was           Breakdown       // of Before; what was is empty where nothing compares
	Ages          AgeDistribution // who took part
	AgesBefore    AgeDistribution // in Before
	People        Count           // of the crowds
	Active        Count           // in twelve months
	Registered    Count
	HasRegistered bool // the filter can be asked of people who never took part
	Kinds         []KindCount
	Delivered     []DeliveredAmount
}

// Report gathers it, in ten statements whatever the number of rows. Staff may: the caller sees to it.
func (s *Store) Report(ctx context.Context, a Selection) (r Report, err error) {
	r = Report{Selection: a, Before: a.YearBefore(a.Query.Now)}
	if err := s.fresh(ctx); err != nil {
		return r, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return r, err
	}
	team, err := s.team(ctx)
	if err != nil {
		return r, err
	}
	before := a.On(r.Before)
	active := a.Active(a.Query.Now)
	periods := []Period{a.Period, active, r.Before, {active.From.AddDate(-1, 0, 0), active.To.AddDate(-1, 0, 0)}}
	if !a.Compares() {
		periods = periods[:2]
	}
	var crowds [4]AgeDistribution
	var counting sync.WaitGroup // people are counted while the database is asked
	for i, p := range periods {
		counting.Go(func() { crowds[i] = s.ageDistribution(a.On(p), names, team) })
	}
	if r.Now, err = s.breakdown(ctx, a.Query, names); err != nil {
		return r, err
	}
	if a.Compares() {
		if r.Was, err = s.breakdown(ctx, before, names); err != nil {
			return r, err
		}
	}
	if r.Registered.Now, r.HasRegistered, err = registeredBy(ctx, s.db, a.Query); err != nil {
		return r, err
	}
	if r.Registered.Was, _, err = registeredBy(ctx, s.db, before); err != nil {
		return r, err
	}
	if r.Kinds, err = kindsOf(ctx, s.db, a.Query, r.Before); err != nil {
		return r, err
	}
	if r.Delivered, err = deliveredAmounts(ctx, s.db, r.Now.Delivered, r.Was.Delivered); err != nil {
		return r, err
	}
	counting.Wait()
	r.Ages, r.AgesBefore = crowds[0], crowds[2]
	r.People = Count{r.Ages.Total(), r.AgesBefore.Total()}
	r.Active = Count{crowds[1].Total(), crowds[3].Total()}
	return r, nil
}
