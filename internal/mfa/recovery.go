package mfa

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// How many recovery codes there are, and of how many letters (base32, five bits each): enough that a plain
// hash of one cannot be reversed.
const (
	recoveryCodes   = 10
	recoveryLetters = 16
)

// parseCode is a typed code as it is compared: six digits of an app, or the letters of a recovery code.
// Empty when nothing was typed.
func parseCode(typed string) (code string, isApp bool) {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, typed)
	return code, len(code) == 6 && strings.Trim(code, "0123456789") == ""
}

func hash(code string) []byte {
	sum := sha256.Sum256([]byte(code))
	return sum[:]
}

// replaceCodes makes a new set of recovery codes, in groups of four letters; the old ones no longer work.
func replaceCodes(ctx context.Context, tx pgx.Tx, personID int64) (codes []string, err error) {
	var hashes [][]byte
	for range recoveryCodes {
		c := rand.Text()[:recoveryLetters]
		codes = append(codes, strings.ToLower(c[:4]+"-"+c[4:8]+"-"+c[8:12]+"-"+c[12:]))
		hashes = append(hashes, hash(c))
	}
	if _, err := tx.Exec(ctx, `delete from recovery_code where person_id = $1`, personID); err != nil {
		return nil, err
	}
	_, err = tx.Exec(ctx, `insert into recovery_code (person_id, hash) select $1, unnest($2::bytea[])`, personID,
		hashes)
	return codes, err
}

// NewCodes makes a new set of the actor's recovery codes, to be shown once; the old ones no longer work.
// Conflict when there is no second factor that they could replace.
func (s *Store) NewCodes(ctx context.Context, actor account.Actor, now time.Time) (codes []string, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var any bool
		err := tx.QueryRow(ctx, `select factor_since is not null from person where id = $1 for no key update`,
			actor.PersonID).Scan(&any)
		if err != nil {
			return err
		}
		if !any {
			return fault.Conflict("factor.error.none")
		}
		if codes, err = replaceCodes(ctx, tx, actor.PersonID); err != nil {
			return err
		}
		return s.writeAudit(ctx, tx, actor.PersonID, "factor.new_codes", actor.PersonID, "recovery_code", now)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// useRecoveryCode marks a recovery code as used and tells the person how many are left.
func (s *Store) useRecoveryCode(ctx context.Context, who account.Actor, code string,
	now time.Time,
) (ok bool, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		used, err := tx.Exec(ctx,
			`update recovery_code set used_at = $3 where person_id = $1 and hash = $2 and used_at is null`,
			who.PersonID, hash(code), now)
		if err != nil {
			return err
		}
		if ok = used.RowsAffected() == 1; !ok {
			return nil
		}
		var left int64
		err = tx.QueryRow(ctx, `select count(*) from recovery_code where person_id = $1 and used_at is null`,
			who.PersonID).Scan(&left)
		if err != nil {
			return err
		}
		if err := s.writeAudit(ctx, tx, who.PersonID, "factor.recover", who.PersonID, "recovery_code",
			now); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.RecoveryUsed, PersonID: who.PersonID, Seq: left})
	})
	return ok, err
}
