package totals

import (
	"context"
	"sync"
)

// Answer is what the totals say of one period.
type Answer struct {
	Breakdown
	Ages          AgeDistribution // of the people who took part
	Active        int             // people who took part in the twelve months of Period.Active
	Registered    int             // people, by the last day; 0 when the scope is not of people
	Organizations int             // that had joined by the last day
}

// Report is everything on the headquarters' first page.
type Report struct {
	Selection
	PeriodBefore Period // a year before, to compare with
	Now          Answer
	Before       Answer      // of PeriodBefore; without events and people when nothing compares
	Kinds        []KindCount // organisations
	Delivered    []DeliveredAmount
}

// Value is a figure in a period and in the one to compare with.
type Value struct{ Now, Before float64 }

// Value is the value of a figure; ok is false when it does not apply to the report's scope, or when there
// is nothing to say.
func (r *Report) Value(f *Figure) (v Value, ok bool) {
	if !f.AppliesTo(r.Scope) {
		return v, false
	}
	if v.Now, ok = f.of(&r.Now); ok {
		v.Before, _ = f.of(&r.Before)
	}
	return v, ok
}

// Part is one of the parts of which a figure consists.
type Part struct {
	Label     string // a key of the catalogue
	Value     Value
	Selection Selection // of its rows
}

func organizationsByKind(r *Report) (parts []Part) {
	for _, k := range r.Kinds {
		of := r.Selection
		of.Kind = k.Kind
		parts = append(parts, Part{
			"organization.one_kind." + string(k.Kind),
			Value{float64(k.Now), float64(k.Before)},
			of,
		})
	}
	return parts
}

// Report answers in ten statements whatever the number of rows. The caller checks the permission.
func (s *Store) Report(ctx context.Context, of Selection) (r Report, err error) {
	r = Report{Selection: of, PeriodBefore: of.YearBefore(of.Query.Now)}
	if err := s.refresh(ctx); err != nil {
		return r, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return r, err
	}
	team, err := s.team(ctx)
	if err != nil {
		return r, err
	}
	before := of.On(r.PeriodBefore)
	var counting sync.WaitGroup // people are counted during the queries of the database
	count := func(a *Answer, ages, active Period) {
		counting.Go(func() { a.Ages = s.ageDistribution(of.On(ages), names, team) })
		counting.Go(func() { a.Active = s.ageDistribution(of.On(active), names, team).Total() })
	}
	active := of.Active(of.Query.Now)
	count(&r.Now, of.Period, active)
	if of.Compares() {
		count(&r.Before, r.PeriodBefore, Period{active.From.AddDate(-1, 0, 0), active.To.AddDate(-1, 0, 0)})
	}
	err = s.queryReport(ctx, &r, before, names)
	counting.Wait()
	return r, err
}

// queryReport fills in what the database is asked for, and the sums.
func (s *Store) queryReport(ctx context.Context, r *Report, before Query, names directory) (err error) {
	if r.Now.Breakdown, err = s.breakdown(ctx, r.Query, names); err != nil {
		return err
	}
	if r.Compares() {
		if r.Before.Breakdown, err = s.breakdown(ctx, before, names); err != nil {
			return err
		}
	}
	if r.Now.Registered, err = registeredBy(ctx, s.db, r.Query); err != nil {
		return err
	}
	if r.Before.Registered, err = registeredBy(ctx, s.db, before); err != nil {
		return err
	}
	if r.Kinds, err = organizationsIn(ctx, s.db, r.Query, r.PeriodBefore); err != nil {
		return err
	}
	for _, k := range r.Kinds {
		r.Now.Organizations += k.Now
		r.Before.Organizations += k.Before
	}
	r.Delivered, err = deliveredAmounts(ctx, s.db, r.Now.Delivered, r.Before.Delivered)
	return err
}
