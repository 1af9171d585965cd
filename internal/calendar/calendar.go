// Package calendar writes iCalendar files (RFC 5545). Times are in UTC, so that every calendar
// shows the city's hour right without knowing its time zone.
package calendar

import (
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"shtab/internal/config"
	"shtab/internal/i18n"
)

// ContentType is the media type of a calendar file.
const ContentType = "text/calendar; charset=utf-8"

// Shift is one shift in a calendar.
type Shift struct {
	ID        int64 // the shift's, which keeps an updated entry the same entry
	EventID     int64
	Title     i18n.Text
	ShiftTitle     i18n.Text // empty in a simple event
	Place     i18n.Text
	StartsAt  time.Time
	EndsAt    time.Time
	Lat, Lng  *float64
	UpdatedAt time.Time
	Cancelled bool
}

// File is a calendar of entries in p's language. url is the address of an event's page in l.
func File(entries []Shift, p *i18n.Printer, url func(l i18n.Lang, event int64) string, city *config.City) []byte {
	c := ics.NewCalendarFor("Shtab")
	c.SetMethod(ics.MethodPublish)
	c.SetName(p.Text(city.Headquarters))
	c.SetXWRCalName(p.Text(city.Headquarters))
	c.SetXPublishedTTL("PT1H")
	for _, e := range entries {
		v := c.AddEvent(fmt.Sprintf("shift-%d@shtab", e.ID))
		v.SetDtStampTime(e.UpdatedAt)
		v.SetModifiedAt(e.UpdatedAt)
		v.SetStartAt(e.StartsAt)
		v.SetEndAt(e.EndsAt)
		title := p.Text(e.Title)
		if !e.ShiftTitle.IsZero() {
			title += " · " + p.Text(e.ShiftTitle)
		}
		v.SetSummary(title)
		place := p.Text(e.Place)
		if place != "" {
			v.SetLocation(place + ", " + p.Text(city.Name))
		}
		if e.Lat != nil && e.Lng != nil {
			v.SetGeo(*e.Lat, *e.Lng)
		}
		v.SetURL(url(p.Lang(), e.EventID))
		v.SetStatus(ics.ObjectStatusConfirmed)
		if e.Cancelled {
			v.SetStatus(ics.ObjectStatusCancelled)
		}
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}
