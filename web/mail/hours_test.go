package mail

import (
	"strings"

	"shtab/internal/outbox"
)

func hoursExamples() []example {
	noted := `insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome,
			participations, no_shows, minutes, recorded_at)
		select g.id, g.person_id, e.id, e.campaign_id, e.org_id, s.starts_at, '%', 0, 0, 90, now()
		from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id where g.id = $1`
	return []example{
		signupExample(outbox.HoursAttended, "confirmed", "", "/me/book").
			after(strings.Replace(noted, "%", "attended", 1)),
		signupExample(outbox.HoursNoShow, "confirmed", "", "/me#missed").
			after(strings.Replace(noted, "%", "no_show", 1)),
	}
}
