// Package hqui is what the headquarters' pages share: their navigation, the count of what waits for
// review, and the files that several of them export.
package hqui

import (
	"context"
	"time"

	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// CountWaiting is how many events and applications of organisations wait for the headquarters.
func CountWaiting(ctx context.Context, db postgres.DB, now time.Time) (int, error) {
	events, err := event.Waiting(ctx, db, now)
	if err != nil {
		return 0, err
	}
	applications, err := org.CountWaiting(ctx, db)
	return events + applications, err
}
