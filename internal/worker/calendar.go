package worker

import (
	"fmt"
	"time"

	ics "github.com/arran4/golang-ical"

	"shtab/web/link"
)

// calendar is the person's shift as a calendar file; times are in UTC. Its UID is the shift's,
// so that the same shift from the portal's pages does not stand in a calendar twice.
func (c composer) calendar(s subject, now time.Time) []byte {
	p := c.catalogue.For(s.Lang)
	cal := ics.NewCalendarFor("Shtab")
	cal.SetMethod(ics.MethodPublish)
	e := cal.AddEvent(fmt.Sprintf("shift-%d@shtab", s.ShiftID))
	e.SetDtStampTime(now)
	e.SetStartAt(s.StartsAt)
	e.SetEndAt(s.EndsAt)
	summary := p.Text(s.Title)
	if sub := p.Text(s.ShiftTitle); sub != "" {
		summary += " · " + sub
	}
	e.SetSummary(summary)
	if place := c.place(p, s); place != "" {
		e.SetLocation(place + ", " + p.Text(c.city.Name))
	}
	e.SetURL(c.base + link.Event(s.Lang, s.EventID))
	return []byte(cal.Serialize(ics.WithNewLineWindows))
}
