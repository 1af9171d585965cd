package worker

import (
	"time"

	"shtab/internal/calendar"
	"shtab/internal/i18n"
	"shtab/web/link"
)

// calendar is the person's shift as a calendar file, the same entry as on the portal's pages.
func (c composer) calendar(s subject, now time.Time) []byte {
	return calendar.File([]calendar.Entry{{
		ID: s.ShiftID, Event: s.EventID, Title: s.Title, Shift: s.ShiftTitle, Place: s.Place,
		StartsAt: s.StartsAt, EndsAt: s.EndsAt, UpdatedAt: now,
	}}, c.catalogue.For(s.Lang), func(l i18n.Lang, event int64) string { return c.base + link.Event(l, event) }, c.city)
}
