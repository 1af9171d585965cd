package worker

import (
	"time"

	"shtab/internal/calendar"
)

// calendar is the person's shift as a calendar file, the same entry as on the portal's pages.
func (c composer) calendar(s subject, now time.Time) []byte {
	return calendar.File([]calendar.Entry{{
		ID: s.ShiftID, Event: s.EventID, Title: s.Title, Shift: s.ShiftTitle, Place: s.Place,
		StartsAt: s.StartsAt, EndsAt: s.EndsAt, UpdatedAt: now,
	}}, c.catalogue.For(s.Lang), c.base, c.city)
}
