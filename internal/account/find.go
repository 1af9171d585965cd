package account

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// Find is who has the account of an e-mail as somebody typed it. Invalid on email when it is no
// address, when nobody has registered with it, or when the account is suspended: so it tells
// who has an account, and its caller must have asked whether the asker may know.
func Find(ctx context.Context, db postgres.DB, email string) (id int64, err error) {
	wrong := fault.Fields{}
	email = readEmail(wrong, email)
	if err := wrong.Err(); err != nil {
		return 0, err
	}
	var suspended bool
	err = db.QueryRow(ctx, `select id, suspended_at is not null from person where email = $1`, email).Scan(&id, &suspended)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		wrong.Add("email", "account.error.no_account")
	case err != nil:
		return 0, postgres.Fault(err)
	case suspended:
		wrong.Add("email", "account.error.suspended")
	}
	return id, wrong.Err()
}
