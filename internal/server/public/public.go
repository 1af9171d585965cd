// Package public is the front room of visitors: events, campaigns, organisations, totals, and
// the way to an account. A volunteer's own pages stand in me.
package public

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/guardian"
	"shtab/internal/org"
	"shtab/internal/signup"
	"shtab/web/httpkit"
)

// Room holds what the handlers need.
type Room struct {
	*httpkit.Kit
	DB        *pgxpool.Pool
	Signups   *signup.Store
	Guardians *guardian.Store
	Orgs      *org.Store
}
