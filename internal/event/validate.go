package event

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
)

// Validate is what is wrong with p even as a draft, by field: what is too long or out of range.
func (p Details) Validate() fault.Fields {
	wrong := fault.Fields{}
	allFields.CheckLengths(&p, "publishing.problem.long_text", wrong)
	if p.AdultsOnly != "" && !slices.Contains(Grounds, p.AdultsOnly) {
		wrong.Add("adults_only", "fault.invalid")
	}
	if p.MinAge < 0 || p.MinAge > 99 {
		wrong.Add("min_age", "publishing.problem.age")
	}
	if p.CutoffMinutes < 0 || p.CutoffMinutes > 20160 {
		wrong.Add("cutoff_minutes", "publishing.problem.cutoff")
	}
	if (p.Lat == nil) != (p.Lng == nil) || p.Lat != nil &&
		!(*p.Lat >= -90 && *p.Lat <= 90 && *p.Lng >= -180 && *p.Lng <= 180) {
		wrong.Add("point", "publishing.problem.point")
	}
	if p.SignupOpensAt != nil && p.SignupClosesAt != nil && !p.SignupClosesAt.After(*p.SignupOpensAt) {
		wrong.Add("closes_day", "publishing.problem.window")
	}
	if slices.Contains(p.Cohosts, p.OrgID) {
		wrong.Add("cohosts", "publishing.problem.cohost")
	}
	if len(p.Slots) > MaxSlots {
		wrong.Add("shifts", "publishing.problem.many_shifts")
		return wrong
	}
	for i, s := range p.Slots {
		tooLong(wrong, SlotField(i, "title"), s.Title, MaxTitle)
		if len(s.Day) > len(time.DateOnly) {
			wrong.Add(SlotField(i, "day"), "publishing.problem.day")
		}
		if len(s.From) > len(clock) {
			wrong.Add(SlotField(i, "from"), "publishing.problem.hour")
		}
		if len(s.To) > len(clock) {
			wrong.Add(SlotField(i, "to"), "publishing.problem.hour")
		}
		if s.Capacity < 0 || s.Capacity > 100_000 {
			wrong.Add(SlotField(i, "capacity"), "publishing.problem.capacity")
		}
		if s.MinAge < 0 || s.MinAge > 99 {
			wrong.Add(SlotField(i, "min_age"), "publishing.problem.age")
		}
	}
	return wrong
}

func tooLong(wrong fault.Fields, name string, t i18n.Text, limit int) {
	for _, l := range i18n.Langs {
		if utf8.RuneCountInString(t.Get(l)) > limit {
			wrong.Add(name+"_"+string(l), "publishing.problem.long_text")
		}
	}
}

// ValidateToPublish is the problems of publishing p at now, by field, each as the
// key of words that say what to do. existing are the shifts that the event has already: they may lie
// in the past as they are.
func (p Details) ValidateToPublish(city *config.City, now time.Time, existing []Shift) fault.Fields {
	wrong := p.Validate()
	if p.OrgID == 0 {
		wrong.Add("org", "publishing.problem.org")
	}
	if p.CampaignID == 0 {
		wrong.Add("campaign", "publishing.problem.campaign")
	}
	for _, f := range Fields {
		if f.Text != nil && (f.Required || !f.Text(&p).IsZero()) {
			bothWritten(wrong, f.Name, *f.Text(&p))
		}
	}
	if _, ok := city.District(p.District); !ok {
		wrong.Add("district", "publishing.problem.district")
	}
	if len(p.Slots) == 0 {
		wrong.Add("shifts", "publishing.problem.no_shift")
	}
	zone := city.Location()
	for i, s := range p.Slots {
		if !s.Title.IsZero() {
			bothWritten(wrong, SlotField(i, "title"), s.Title)
		}
		if s.Capacity == 0 {
			wrong.Add(SlotField(i, "capacity"), "publishing.problem.capacity")
		}
		h, stands := s.unchangedIn(existing, zone)
		if stands {
			continue
		}
		from, _ := s.hours(zone, func(field, problem string) { wrong.Add(SlotField(i, field), problem) })
		begun := from.Equal(h.StartsAt.Truncate(time.Minute)) // only the end moves
		if !from.IsZero() && !from.After(now) && !begun {
			wrong.Add(SlotField(i, "day"), "publishing.problem.past")
		}
	}
	shifts := p.ShiftsKeeping(existing, zone)
	if from, to := span(shifts); len(shifts) > 0 && from.IsZero() {
		wrong.Add("shifts", "publishing.problem.span")
	} else if len(shifts) > 0 && p.SignupOpensAt != nil && !p.SignupOpensAt.Before(to) {
		wrong.Add("opens_day", "publishing.problem.opens_late")
	}
	return wrong
}

// bothWritten checks that t is written in Kazakh and in Russian; English may be missing.
func bothWritten(wrong fault.Fields, name string, t i18n.Text) {
	if strings.TrimSpace(t.KK) == "" {
		wrong.Add(name+"_kk", "publishing.problem.kk")
	}
	if strings.TrimSpace(t.RU) == "" {
		wrong.Add(name+"_ru", "publishing.problem.ru")
	}
}
