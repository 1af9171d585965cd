package imports

import (
	"context"
	"time"

	"shtab/internal/event"
	"shtab/internal/eventimport"
	"shtab/web/ui"
)

// uploadView is the page that takes a file of past events, and what is wrong with one.
type uploadView struct {
	Problems map[string]string
	Reading  *eventimport.ReadResult // nil: no file was read
}

// sums are the participations and minutes of all events together.
func sums(events []event.PastEvent) (people, minutes int) {
	for _, e := range events {
		people += e.Participations
		minutes += e.Minutes
	}
	return people, minutes
}

// day is the day of an event in words, or as the file has it.
func day(ctx context.Context, e event.PastEvent) string {
	d, err := time.Parse(time.DateOnly, e.Day)
	if err != nil {
		return e.Day
	}
	return ui.P(ctx).CalendarDate(d)
}
