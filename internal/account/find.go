package account

import (
	"context"
	"errors"
	"maps"
	"slices"

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
	err = db.QueryRow(ctx, `select id, suspended_at is not null from person where email = $1`, email).
		Scan(&id, &suspended)
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

// FindAll is who has the accounts of e-mails as somebody typed them, and what is wrong with each
// other one; as Find, its caller must have asked whether the asker may know.
func FindAll(ctx context.Context, db postgres.DB,
	emails []string,
) (ids map[string]int64, wrong map[string]string, err error) {
	ids, wrong = map[string]int64{}, map[string]string{}
	typed := map[string][]string{} // by the form in which they are kept
	for _, e := range emails {
		kept, ok := ParseEmail(e)
		if !ok {
			wrong[e] = "account.error.email"
			continue
		}
		typed[kept] = append(typed[kept], e)
		wrong[e] = "account.error.no_account"
	}
	rows, _ := db.Query(ctx, `select id, email, suspended_at is not null from person where email = any($1)`,
		slices.Collect(maps.Keys(typed)))
	var id int64
	var email string
	var suspended bool
	_, err = pgx.ForEachRow(rows, []any{&id, &email, &suspended}, func() error {
		for _, e := range typed[email] {
			if suspended {
				wrong[e] = "account.error.suspended"
				continue
			}
			delete(wrong, e)
			ids[e] = id
		}
		return nil
	})
	return ids, wrong, postgres.Fault(err)
}
