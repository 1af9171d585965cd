package event

import (
	"time"

	"shtab/internal/calendar"
)

// CalendarEntry is a shift of an event with these details in a calendar.
func (d Details) CalendarEntry(eventID int64, s Shift, updated time.Time, cancelled bool) calendar.Shift {
	return calendar.Shift{
		ID: s.ID, EventID: eventID, Title: d.Title, ShiftTitle: s.Title, Place: d.Place, StartsAt: s.StartsAt,
		EndsAt: s.EndsAt,
		Lat:    d.Lat, Lng: d.Lng, Accessibility: d.Accessibility, UpdatedAt: updated, Cancelled: cancelled,
	}
}
