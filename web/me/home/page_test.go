package home

import (
	"testing"
	"time"

	"shtab/internal/attendance"
	"shtab/internal/signup"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	hold := uitest.At(1, 12, 0)
	var rows []signup.Row
	for i, state := range []signup.State{
		signup.Confirmed, signup.Confirmed, signup.Waitlisted, signup.AwaitingConsent, signup.Cancelled,
		signup.Confirmed,
	} {
		r := signup.Row{
			Details: uitest.Event().Details, SignupID: int64(i + 1), EventID: 1, ShiftID: int64(i + 1), State: state,
			Position: 4,
			StartsAt: uitest.At(2+i, 10, 0), EndsAt: uitest.At(2+i, 13, 0),
			CutoffAt: uitest.At(2+i, 7, 0),
		}
		if state == signup.AwaitingConsent {
			r.HoldUntil = &hold
		}
		rows = append(rows, r)
	}
	rows[5].StartsAt, rows[5].EndsAt = uitest.At(-3, 10, 0), uitest.At(-3, 13, 0)
	full := homeView{
		Rows: rows, CalendarURL: "http://localhost:8080/calendar/x.ics", Minor: true,
		Hours: attendance.Hours{Minutes: 250, Events: 2, Year: [12]int{10: 250}},
		Missed: attendance.Missed{
			Limited: true,
			Rows: []attendance.MissedRow{{
				SignupID: 9, EventID: 1, Title: rows[0].Title,
				StartsAt: uitest.At(-2, 10, 0), Until: uitest.Now.Add(time.Hour),
			}},
		},
	}
	wrong := full
	wrong.Explaining, wrong.Explanation, wrong.Problems = 9, "x", map[string]string{"explanation": "missed.text"}
	uitest.Check(t,
		uitest.State{
			Name: "empty", Path: "/me", Actor: uitest.Volunteer,
			Page: homePage(homeView{CalendarURL: full.CalendarURL}),
		},
		uitest.State{Name: "full", Path: "/me", Actor: uitest.Volunteer, Page: homePage(full)},
		uitest.State{Name: "with a problem", Path: "/me", Actor: uitest.Volunteer, Page: homePage(wrong)},
		uitest.State{
			Name: "ticket", Path: "/me/tickets/1", Actor: uitest.Volunteer,
			Page: ticketPage(ticketView{Row: rows[0], URL: "http://localhost:8080/c/x"}),
		},
	)
}
