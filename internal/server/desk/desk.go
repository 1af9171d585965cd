// Package desk is the coordinators' front room: what waits for them, their events, who is in.
package desk

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/eventimport"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/httpkit"
)

// Room holds what the handlers need.
type Room struct {
	*httpkit.Kit
	DB      *pgxpool.Pool
	Intake  *eventimport.Store
	Orgs    *org.Store
	Figures *totals.Store
}
