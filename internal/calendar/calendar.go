// Package calendar writes iCalendar files (RFC 5545). Times are in UTC: every calendar program shows them
// right without knowing the city's time zone.
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

// Shift is an entry of a calendar.
type Shift struct {
	ID         int64 // the shift's id, by which a calendar program knows an entry again that has changed
	EventID    int64
	Title      i18n.Text
	ShiftTitle i18n.Text // empty in an event of one shift
	Place      i18n.Text
	StartsAt   time.Time
	EndsAt     time.Time
	Lat, Lng   *float64
	// Accessibility is its description: how one gets in, is there a toilet, may one sit.
	Accessibility i18n.Text
	UpdatedAt     time.Time
	Cancelled     bool
}

// File is a calendar of shifts in the language of p. url is the address of an event's page in a language.
func File(shifts []Shift, p *i18n.Printer, url func(l i18n.Lang, event int64) string, city *config.City) []byte {
	c := ics.NewCalendarFor("Shtab")
	c.SetMethod(ics.MethodPublish)
	c.SetName(p.Text(city.Headquarters))
	c.SetXWRCalName(p.Text(city.Headquarters))
	c.SetXPublishedTTL("PT1H")
	for _, s := range shifts {
		v := c.AddEvent(fmt.Sprintf("shift-%d@shtab", s.ID))
		v.SetDtStampTime(s.UpdatedAt)
		v.SetModifiedAt(s.UpdatedAt)
		v.SetStartAt(s.StartsAt)
		v.SetEndAt(s.EndsAt)
		title := p.Text(s.Title)
		if !s.ShiftTitle.IsZero() {
			title += " · " + p.Text(s.ShiftTitle)
		}
		v.SetSummary(title)
		place := p.Text(s.Place)
		if place != "" {
			v.SetLocation(place + ", " + p.Text(city.Name))
		}
		if s.Lat != nil && s.Lng != nil {
			v.SetGeo(*s.Lat, *s.Lng)
		}
		if text := p.Text(s.Accessibility); text != "" {
			v.SetDescription(p.T("publishing.accessibility") + ": " + text)
		}
		v.SetURL(url(p.Lang(), s.EventID))
		v.SetStatus(ics.ObjectStatusConfirmed)
		if s.Cancelled {
			v.SetStatus(ics.ObjectStatusCancelled)
		}
	}
	return []byte(c.Serialize(ics.WithNewLineWindows))
}
