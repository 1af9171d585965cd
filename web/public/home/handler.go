// Package home is the first page of the portal.
package home

import (
	"net/http"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/postgres"
	"shtab/internal/totals"
	"shtab/web/httpkit"
)

// nextEvents is how many events the page shows.
const nextEvents = 6

// Handler answers /{lang}.
type Handler struct {
	*httpkit.Kit
	DB     postgres.DB
	Totals *totals.Store
}

// ShowHome is the first page: GET /{lang}.
func (h *Handler) ShowHome(w http.ResponseWriter, r *http.Request) (err error) {
	ctx := r.Context()
	var v view
	if v.City, err = h.Totals.City(ctx); err != nil {
		return err
	}
	if v.Next, err = event.Next(ctx, h.DB, h.City, h.Now(), nextEvents); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Published(ctx, h.DB); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page(v))
}
