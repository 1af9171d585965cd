package demo

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/mfa"
	"shtab/internal/postgres"
)

// Code is the current and the next authenticator code of a person of the demonstration.
type Code struct {
	Email string `json:"email"`
	Code  string `json:"code"`
	Next  string `json:"next"`
}

// Codes returns the codes of the demonstration's people at now.
func Codes(ctx context.Context, db postgres.DB, now time.Time) ([]Code, error) {
	rows, _ := db.Query(ctx, `
		select p.email, t.secret from totp t join person p on p.id = t.person_id
		where p.email like '%@shtab.test' order by p.role desc, p.email limit 50`)
	var list []Code
	var email, secret string
	_, err := pgx.ForEachRow(rows, []any{&email, &secret}, func() error {
		code, err := mfa.Code(secret, now)
		if err != nil {
			return err
		}
		next, err := mfa.Code(secret, now.Add(mfa.CodeLife))
		list = append(list, Code{email, code, next})
		return err
	})
	return list, postgres.Fault(err)
}
