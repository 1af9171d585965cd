// Package hq is the staff's front room. So far it shows the city's totals and the events that wait
// for review; the registers come with the headquarters' own issue.
package hq

import (
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/attendance"
	"shtab/internal/event"
	"shtab/internal/server/kit"
	"shtab/internal/totals"
	page "shtab/web/page/hq"
)

// Room holds what the handlers need.
type Room struct {
	*kit.Kit
	DB     *pgxpool.Pool
	Review *event.Reviewer

	Attendance *attendance.Store
}

// Home is the headquarters' figures: GET /{lang}/hq.
func (h *Room) Home(w http.ResponseWriter, r *http.Request) error {
	v, err := totals.OfPublic(r.Context(), h.DB, h.Now().In(h.City.Location()).Year())
	if err != nil {
		return err
	}
	waiting, err := event.Waiting(r.Context(), h.DB)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Home(v, waiting))
}
