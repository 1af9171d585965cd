package event

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Recurrence says on which days an event comes again.
type Recurrence struct {
	Weeks int            // every so many weeks
	Days  []time.Weekday // of those weeks, which begin on Monday
	Until string         // the last day, 2026-12-31
}

// MaxSeries is how many events a series makes at once, MaxWeeks how far apart they may be.
const (
	MaxSeries = 60
	MaxWeeks  = 8
)

// Occurrence is one event of a series before it is made.
type Occurrence struct {
	Day       string // of the first shift
	Problem   string // the key of why it cannot be, empty when it can
	SameDayID int64  // another event of the same title and host on that day, 0: none

	copySpec
}

// Hours are from when to when it lasts; zero where its hours cannot be.
func (o Occurrence) Hours() (from, to time.Time) { return o.from, o.to }

// Weekdays is every day of a week, as weeks go here.
var Weekdays = []time.Weekday{
	time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday,
	time.Sunday,
}

// FirstDay is the day of an event's first shift; false when it has no whole hours yet.
func (p Details) FirstDay() (day time.Time, ok bool) {
	for _, s := range p.Slots {
		d, err := time.Parse(time.DateOnly, s.Day)
		if err != nil || s.From == "" || s.To == "" {
			return time.Time{}, false
		}
		if day.IsZero() || d.Before(day) {
			day = d
		}
	}
	return day, !day.IsZero()
}

// WeeklyRecurrence is the weekly pattern that a form begins with: eight times in all, on the event's own weekday.
func (p Details) WeeklyRecurrence(city *config.City, now time.Time) Recurrence {
	first, _ := p.FirstDay()
	if today := calendarOf(now, city); first.Before(today) {
		first = first.AddDate(0, 0, 7*int(today.Sub(first).Hours()/24/7))
	}
	return Recurrence{Weeks: 1, Days: []time.Weekday{first.Weekday()}, Until: first.AddDate(0, 0, 7*7).
		Format(time.DateOnly)}
}

// calendarOf is the city's day at now, as a date without a zone.
func calendarOf(now time.Time, city *config.City) time.Time {
	y, m, d := now.In(city.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// days are the pattern's days after first and from today on, or what is wrong with it.
func (r Recurrence) days(first, today time.Time) (days []time.Time, err error) {
	wrong := fault.Fields{}
	if r.Weeks < 1 || r.Weeks > MaxWeeks {
		wrong.Add("weeks", "series.problem.weeks")
	}
	if len(r.Days) == 0 {
		wrong.Add("weekday", "series.problem.weekday")
	}
	until, bad := time.Parse(time.DateOnly, r.Until)
	switch {
	case bad != nil:
		wrong.Add("until", "publishing.problem.day")
	case until.Before(today) || !until.After(first):
		wrong.Add("until", "series.problem.until_past")
	case until.After(today.AddDate(1, 0, 0)):
		wrong.Add("until", "series.problem.until_far")
	}
	if len(wrong) > 0 {
		return nil, wrong.Err()
	}
	monday := first.AddDate(0, 0, -(int(first.Weekday())+6)%7)
	for week := monday; !week.After(until); week = week.AddDate(0, 0, 7*r.Weeks) {
		for i, wd := range Weekdays {
			day := week.AddDate(0, 0, i)
			if slices.Contains(r.Days, wd) && day.After(first) && !day.Before(today) && !day.After(until) {
				days = append(days, day)
			}
		}
	}
	switch {
	case len(days) == 0:
		wrong.Add("until", "series.problem.none")
	case len(days) > MaxSeries:
		wrong.Add("until", "series.problem.too_many")
	}
	return days, wrong.Err()
}

// occurrences are the events that a pattern makes of h, the earliest first: each at the same hours
// of the city's clock, its sign-up window as long before it.
func occurrences(h ManagedEvent, r Recurrence, city *config.City, now time.Time) ([]Occurrence, error) {
	first, ok := h.FirstDay()
	if !ok {
		return nil, fault.Invalid(map[string]string{"hours": "series.problem.no_hours"})
	}
	days, err := r.days(first, calendarOf(now, city))
	if err != nil {
		return nil, err
	}
	zone := city.Location()
	list := make([]Occurrence, len(days))
	for i, day := range days {
		apart := int(day.Sub(first).Hours() / 24)
		p := h.Details
		p.Slots = slices.Clone(h.Slots)
		for j := range p.Slots {
			d, _ := time.Parse(time.DateOnly, p.Slots[j].Day)
			p.Slots[j].ShiftID, p.Slots[j].Day = 0, d.AddDate(0, 0, apart).Format(time.DateOnly)
		}
		p.SignupOpensAt, p.SignupClosesAt = later(p.SignupOpensAt, apart, zone), later(p.SignupClosesAt, apart, zone)
		from, to := span(p.Shifts(zone))
		list[i] = Occurrence{
			Day: day.Format(time.DateOnly), Problem: p.hoursProblem(city, now),
			copySpec: copySpec{slots: p.Slots, from: from, to: to, opens: p.SignupOpensAt, closes: p.SignupClosesAt},
		}
	}
	return list, nil
}

// later is an instant so many days later at the same hour of zone's clock.
func later(t *time.Time, days int, zone *time.Location) *time.Time {
	if t == nil {
		return nil
	}
	moved := t.In(zone).AddDate(0, 0, days)
	return &moved
}

// hoursProblem is the first problem of p's hours.
func (p Details) hoursProblem(city *config.City, now time.Time) string {
	wrong := p.ValidateToPublish(city, now, nil)
	for i := range p.Slots {
		for _, field := range []string{"day", "from", "to"} {
			if key := wrong[SlotField(i, field)]; key != "" {
				return key
			}
		}
	}
	return wrong["shifts"]
}

// CanPublishCopies reports whether what is made of h is published at once: h is, its host is trusted
// (or staff ask), and nothing is missing in it but the days.
func (h ManagedEvent) CanPublishCopies(actor account.Actor, city *config.City, now time.Time) bool {
	if h.State != Published || h.Host != org.Trusted && !actor.Can(account.RunAllEvents) {
		return false
	}
	for field := range h.ValidateToPublish(city, now, h.Shifts) {
		slot, _ := strings.CutPrefix(field, "shift[")
		if slot == field || strings.HasSuffix(field, "].capacity") || strings.Contains(field, "].title") {
			return false
		}
	}
	return true
}

// Occurrences is an event with what a pattern makes of it, before anything is made.
//
// Coordinators of the host may, and staff; for anybody else it is NotFound. A pattern that makes
// nothing, or too much, is Invalid by field, and "hours" is an event that has none yet: the
// event comes with both.
func (s *Store) Occurrences(ctx context.Context, actor account.Actor, id int64, r Recurrence,
	now time.Time,
) (ManagedEvent, []Occurrence, error) {
	h, err := s.Get(ctx, actor, id)
	if err == nil && !h.HostedBy(actor) {
		err = fault.NotFound()
	}
	if err != nil {
		return ManagedEvent{}, nil, err
	}
	list, err := occurrences(h, r, s.city, now)
	if err != nil {
		return h, nil, err
	}
	zone := s.city.Location()
	day := func(o Occurrence, plus int) time.Time {
		d, _ := time.ParseInLocation(time.DateOnly, o.Day, zone)
		return d.AddDate(0, 0, plus)
	}
	twins, err := sameTitle(ctx, s.db, h.OrgID, h.ID, h.Title, day(list[0], 0), day(list[len(list)-1], 1), zone)
	for i := range list {
		list[i].SameDayID = twins[list[i].Day]
	}
	return h, list, err
}

// Repeat makes of an event the series of those days of a pattern that are chosen: published at
// once, or drafts. It returns the series. A day that the same formKey made before is not made
// again, so that the form sent twice does no more.
//
// Who may is as for Occurrences, with the same Invalid faults; "day" is no day chosen, or one that
// cannot be. version is the one that the list was made from; another is a Conflict Stale. To
// publish what may not follow at once (CanPublishCopies) is a Conflict series.drafts_only, a campaign
// that is closed meanwhile Invalid "campaign".
func (s *Store) Repeat(ctx context.Context, actor account.Actor, id int64, version int, r Recurrence, days []string,
	publish bool, formKey string, now time.Time,
) (series int64, err error) {
	err = s.hosted(ctx, actor, id, func(tx pgx.Tx, h ManagedEvent) error {
		if h.Version != version {
			return fault.Conflict(Stale)
		}
		state := Draft
		if publish {
			if state = Published; !h.CanPublishCopies(actor, s.city, now) {
				return fault.Conflict("series.drafts_only")
			}
		}
		all, err := occurrences(h, r, s.city, now)
		if err != nil {
			return err
		}
		if may, err := campaign.MayUse(ctx, tx, h.CampaignID, h.OrgID); err != nil {
			return err
		} else if !may {
			return fault.Invalid(map[string]string{"campaign": "series.problem.campaign"})
		}
		var list []copySpec
		for _, o := range all {
			if slices.Contains(days, o.Day) && o.Problem == "" {
				o.key = "series:" + strconv.FormatInt(id, 10) + ":" + formKey + ":" + o.Day
				list = append(list, o.copySpec)
			}
		}
		if chosen := slices.Compact(slices.Sorted(slices.Values(days))); len(list) == 0 || len(list) != len(chosen) {
			return fault.Invalid(map[string]string{"day": "series.problem.day"})
		}
		if series = h.SeriesID; series == 0 {
			if err := tx.QueryRow(ctx,
				`with new as (insert into series (created_by, created_at) values ($2, $3) returning id)
				update event set series_id = (select id from new) where id = $1 returning series_id`, id,
				actor.PersonID, now).Scan(&series); err != nil {
				return postgres.Fault(err)
			}
		}
		made, err := insertCopies(ctx, tx, id, series, state, list, now)
		if err != nil || len(made) == 0 { // the form was sent before
			return err
		}
		verb := "event.create"
		if state == Published {
			verb = "event.publish"
			var shifts []Shift
			for _, c := range list {
				if id, ok := made[c.key]; ok {
					shifts = append(shifts, shiftsOf(c.slots, id, s.city.Location())...)
				}
			}
			if err := addShifts(ctx, tx, shifts); err != nil {
				return err
			}
		}
		return audit.WriteEach(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: verb, Object: "event",
			Fields: []string{"series"},
		}, values(made))
	})
	return series, err
}
