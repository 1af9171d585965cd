// Package home is where a coordinator's day begins: today's events, what waits, what comes.
package home

import (
	"net/http"

	"shtab/internal/event"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
)

// Handler answers the page's requests.
type Handler struct {
	*httpkit.Kit
	DB postgres.DB
}

// ShowHome: GET /{lang}/desk.
func (h *Handler) ShowHome(w http.ResponseWriter, r *http.Request) error {
	overview, err := event.LoadOverview(r.Context(), h.DB, httpkit.Actor(r), h.City, h.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page(view{overview}))
}
