// Package campaigns is the public pages of campaigns: all of them, and one with its figures and events.
package campaigns

import (
	"net/http"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/postgres"
	"shtab/internal/totals"
	"shtab/web/httpkit"
)

// pastEvents is how many past events a campaign's page shows.
const pastEvents = 6

// Handler answers /{lang}/campaigns.
type Handler struct {
	*httpkit.Kit
	DB     postgres.DB
	Totals *totals.Store
}

// ListCampaigns lists them: GET /{lang}/campaigns.
func (h *Handler) ListCampaigns(w http.ResponseWriter, r *http.Request) error {
	campaigns, err := campaign.Published(r.Context(), h.DB)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(campaigns))
}

// ShowCampaign is one of them with its figures and events: GET /{lang}/campaigns/{slug}.
func (h *Handler) ShowCampaign(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, slug := r.Context(), r.PathValue("slug")
	var v campaignView
	if v.Campaign, err = campaign.BySlug(ctx, h.DB, slug); err != nil {
		return err
	}
	if v.Sums, v.Delivered, err = h.Totals.Campaign(ctx, v.Campaign.ID); err != nil {
		return err
	}
	if v.Goals, err = campaign.Goals(ctx, h.DB, v.Campaign.ID); err != nil {
		return err
	}
	if v.Coming, err = event.Coming(ctx, h.DB, event.ComingQuery{Campaign: slug}, h.City, h.Now()); err != nil {
		return err
	}
	if v.Past, err = event.Past(ctx, h.DB, v.Campaign.ID, 0, h.Now(), pastEvents); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, campaignPage(v))
}
