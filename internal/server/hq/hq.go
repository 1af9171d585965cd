// Package hq is the staff's front room: the city's totals, what waits for review, the registers.
package hq

import (
	"context"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/event"
	"shtab/internal/export"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/httpkit"
)

// Room holds what the handlers need.
type Room struct {
	*httpkit.Kit
	DB      *pgxpool.Pool
	Exports *export.Store
	Figures *totals.Store
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
