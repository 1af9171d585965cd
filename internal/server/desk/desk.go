// Package desk is the coordinators' front room. So far it shows their organisations' coming
// events; publishing, rosters and hours come with the desk's own issue.
package desk

import (
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/roster"
	"shtab/internal/server/kit"
	"shtab/internal/signup"
	page "shtab/web/page/desk"
)

// Room holds what the handlers need.
type Room struct {
	*kit.Kit
	DB            *pgxpool.Pool
	Events        *event.Store
	CampaignStore *campaign.Store
	Signups       *signup.Store
	Roster        *roster.Store
}

// Home is the coming events of the actor's organisations: GET /{lang}/desk.
func (d *Room) Home(w http.ResponseWriter, r *http.Request) error {
	cards, err := event.OfOrgs(r.Context(), d.DB, kit.Actor(r).Orgs, d.Now(), 50)
	if err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.Home(cards))
}
