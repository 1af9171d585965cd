// Package hq is the staff's front room: the city's totals, what waits for review, the registers.
package hq

import (
	"context"
	"net/http"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/attendance"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/export"
	"shtab/internal/factor"
	"shtab/internal/intake"
	"shtab/internal/org"
	"shtab/internal/people"
	"shtab/internal/server/kit"
	"shtab/internal/settings"
	"shtab/internal/totals"
	page "shtab/web/page/hq"
)

// Room holds what the handlers need.
type Room struct {
	*kit.Kit
	Factors *factor.Store
	DB      *pgxpool.Pool
	Review  *event.Reviewer

	Attendance *attendance.Store
	Orgs       *org.Store

	Intake   *intake.Store
	People   *people.Store
	Exports  *export.Store
	Settings *settings.Store
	Base     *config.City                // the city's file, without what is set over it
	Refresh  func(context.Context) error // makes a change of the settings hold
}

// Home is the headquarters' figures: GET /{lang}/hq.
func (h *Room) Home(w http.ResponseWriter, r *http.Request) error {
	v, err := totals.OfPublic(r.Context(), h.DB, h.Now().In(h.City.Location()).Year())
	if err != nil {
		return err
	}
	waiting, err := h.waiting(r.Context())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Home(v, waiting))
}

// waiting is how many events and applications wait for the headquarters.
func (h *Room) waiting(ctx context.Context) (int, error) {
	events, err := event.Waiting(ctx, h.DB, h.Now())
	if err != nil {
		return 0, err
	}
	bodies, err := org.WaitingCount(ctx, h.DB)
	return events + bodies, err
}
