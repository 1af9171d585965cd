// Package desk is the coordinators' front room: what waits for them, their events, who is in.
package desk

import (
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/attendance"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/intake"
	"shtab/internal/org"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"
)

// Room holds what the handlers need.
type Room struct {
	*httpkit.Kit
	DB            *pgxpool.Pool
	Events        *event.Store
	CampaignStore *campaign.Store
	Intake        *intake.Store
	Orgs          *org.Store
	Signups       *signup.Store
	Roster        *roster.Store
	Attendance    *attendance.Store
	Figures       *totals.Store
}

// Home is where a coordinator's day begins: GET /{lang}/desk.
func (d *Room) Home(w http.ResponseWriter, r *http.Request) error {
	v, err := event.DeskOf(r.Context(), d.DB, httpkit.Actor(r), d.City, d.Now())
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.Home(page.HomeView{Overview: v}))
}

// AllEvents is every event that one runs, searched: GET /{lang}/desk/events.
func (d *Room) AllEvents(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), httpkit.Actor(r)
	v := page.EventsView{Search: event.SearchFrom(r.URL.Query(), d.City)}
	orgs, err := org.List(ctx, d.DB, httpkit.Lang(r))
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if actor.IsStaff() || slices.Contains(actor.Orgs, o.ID) {
			v.Orgs = append(v.Orgs, o)
		}
	}
	if v.Lines, v.More, err = event.Mine(ctx, d.DB, actor, v.Search, d.City, d.Now()); err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.Events(v))
}
