package portaltest

import (
	"fmt"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
)

// ChosenDays are instants on which pages must be right as on any other: ends of months and years, the
// 29th of February, a change of the zone, a Sunday, a night, the longest dates in Kazakh.
func ChosenDays() map[string]time.Time {
	days := map[string]time.Time{}
	for name, at := range map[string]string{
		"the end of a month":         "2026-11-29T10:00",
		"a Sunday":                   "2026-11-22T15:00",
		"the longest date":           "2026-12-29T10:00", // the next day is 30 желтоқсан, сәрсенбі
		"another long date":          "2026-09-29T18:30", // 30 қыркүйек, сәрсенбі
		"the last minutes of a year": "2026-12-31T23:50",
		"the first minutes of one":   "2027-01-01T00:05",
		"the end of January":         "2027-01-31T10:00",
		"the end of February":        "2027-02-28T10:00",
		"the eve of 29 February":     "2028-02-28T10:00",
		"29 February":                "2028-02-29T10:00",
		"the end of a quarter":       "2027-03-31T23:30",
		"a change of the zone":       "2024-02-29T23:40", // an hour later it is 23:40 again
		"the shortest date":          "2027-05-01T09:00",
	} {
		days[name], _ = time.ParseInLocation("2006-01-02T15:04", at, Day().Location())
	}
	return days
}

// DayPages are the pages of one day whose texts depend on dates.
type DayPages struct {
	Volunteer, Coordinator, Staff int64
	Event, Shift                  int64 // tomorrow, with the volunteer in it
}

// DayPages makes what the pages of the portal's present day show: what the volunteer is in, waits for
// and has missed, hours of the months before, an event under way, one that waits for review.
func (h *Server) DayPages(w World, name string) (d DayPages) {
	h.T.Helper()
	person := func(who string, age int) int64 { return h.Person(fmt.Sprintf("%s-%s@shtab.test", who, name), age) }
	d.Volunteer, d.Coordinator, d.Staff = person("volunteer", 33), person("coordinator", 40), person("staff", 50)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, d.Coordinator, w.Org)
	h.Exec(`update person set role = 'staff' where id = $1`, d.Staff)

	d.Event, d.Shift = h.Event(w, 26*time.Hour, 5)
	h.Event(w, -time.Hour, 5)
	_, full := h.Event(w, 7*24*time.Hour, 1)
	h.As(d.Coordinator).Post(link.Signup(i18n.KK, full), nil).Want(h.T, 303)
	for _, shift := range []int64{d.Shift, full} {
		h.As(d.Volunteer).Post(link.Signup(i18n.KK, shift), nil).Want(h.T, 303)
	}
	for i, minutes := range []int{0, 90, 120, 45} {
		event, shift := h.Event(w, -time.Duration(3+31*i)*24*time.Hour, 5)
		h.Attend(event, shift, d.Volunteer, minutes)
		h.CloseEvent(event)
	}
	h.Exec(
		`insert into event (campaign_id, org_id, state, title, slots, starts_at, ends_at, created_at, updated_at,
			submitted_at)
		values ($1, $2, 'review', '{"kk":"Кездесу"}',
			jsonb_build_array(jsonb_build_object('day', $3::text, 'from', '10:00', 'to', '13:00', 'capacity', 20)),
		now() + interval '9 days', now() + interval '10 days', now(), now(), now())`, w.Campaign, w.Org, h.Now().
			AddDate(0, 0, 9).Format(time.DateOnly))
	return d
}

// EachChosenDay runs do on each of ChosenDays, on the pages of that day.
func (h *Server) EachChosenDay(t *testing.T, do func(t *testing.T, d DayPages)) {
	t.Helper()
	w := h.World()
	for name, day := range ChosenDays() {
		t.Run(name, func(t *testing.T) {
			h.Travel(day)
			do(t, h.DayPages(w, fmt.Sprint(day.Unix())))
		})
	}
}
