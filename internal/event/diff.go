package event

import (
	"slices"
	"time"
)

// Diff is the names of the fields in which p is not was, for the audit.
func (p Details) Diff(was Details) (fields []string) {
	differs := func(name string, yes bool) {
		if yes {
			fields = append(fields, name)
		}
	}
	differs("org", p.OrgID != was.OrgID)
	differs("campaign", p.CampaignID != was.CampaignID)
	differs("cohosts", !slices.Equal(slices.Sorted(slices.Values(p.Cohosts)), slices.Sorted(slices.Values(was.Cohosts))))
	differs("title", p.Title != was.Title)
	differs("summary", p.Summary != was.Summary)
	differs("body", p.Body != was.Body)
	differs("bring", p.Bring != was.Bring)
	differs("needs", p.Needs != was.Needs)
	differs("place", p.Place != was.Place || p.District != was.District || !samePoint(p.Lat, was.Lat) || !samePoint(p.Lng, was.Lng))
	differs("contact", p.ContactName != was.ContactName || p.ContactPhone != was.ContactPhone)
	differs("adults_only", p.AdultsOnly != was.AdultsOnly)
	differs("min_age", p.MinAge != was.MinAge)
	differs("signup_opens_at", !sameTime(p.SignupOpensAt, was.SignupOpensAt))
	differs("signup_closes_at", !sameTime(p.SignupClosesAt, was.SignupClosesAt))
	differs("cutoff_minutes", p.CutoffMinutes != was.CutoffMinutes)
	differs("shifts", !slices.Equal(p.Slots, was.Slots))
	return fields
}

func samePoint(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

func sameTime(a, b *time.Time) bool { return a == b || a != nil && b != nil && a.Equal(*b) }
