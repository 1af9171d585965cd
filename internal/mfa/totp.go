package mfa

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// What every authenticator app takes: RFC 6238 with SHA-1, six digits, half a minute. A code of
// the half minute before or after is accepted too: clocks differ.
const (
	stepSeconds = 30
	skewSteps   = 1
	secretBytes = 20
)

// CodeLife is how long an app shows one code.
const CodeLife = stepSeconds * time.Second

var secrets = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret makes the secret of an app that is to be added.
func NewSecret() string {
	b := make([]byte, secretBytes)
	rand.Read(b) // never fails
	return secrets.EncodeToString(b)
}

// KeyURI is what the QR of a secret holds: issuer is the headquarters, email says which account of
// it. The issuer stands in it once, as every app of today reads it: its name in Cyrillic is long
// enough, and the QR has to be scanned from a small screen.
func KeyURI(issuer, email, secret string) string {
	return "otpauth://totp/" + url.PathEscape(email) + "?secret=" + secret + "&issuer=" + strings.ReplaceAll(
		url.QueryEscape(issuer), "+", "%20")
}

// Code is what an app with this secret shows at an instant.
func Code(secret string, at time.Time) (string, error) { return codeOf(secret, at.Unix()/stepSeconds) }

func codeOf(secret string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(secret, uint64(step),
		hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
}

// matchingStep is the half minute to which code belongs, about now; false when there is none.
func matchingStep(secret, code string, now time.Time) (step int64, ok bool, err error) {
	at := now.Unix() / stepSeconds
	for s := at - skewSteps; s <= at+skewSteps; s++ {
		right, err := codeOf(secret, s)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(right), []byte(code)) == 1 {
			step, ok = s, true // the latest one, if two are alike
		}
	}
	return step, ok, nil
}

// AddApp adds an authenticator app that shows code for secret, or replaces the one before. With
// the first second factor come recovery codes, to be shown once. Everybody may, for themselves.
//
// Errors: Invalid with the field code; BadRequest for a secret that NewSecret did not make.
func (s *Store) AddApp(ctx context.Context, actor account.Actor, secret, typed string,
	now time.Time,
) (codes []string, err error) {
	if b, err := secrets.DecodeString(secret); err != nil || len(b) != secretBytes {
		return nil, fault.BadRequest(errors.New("mfa: not a secret of NewSecret"))
	}
	code, isApp := parseCode(typed)
	if !isApp {
		return nil, fault.Invalid(map[string]string{"code": "factor.error.code_format"})
	}
	step, ok, err := matchingStep(secret, code, now)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.Invalid(map[string]string{"code": "factor.error.first_code"})
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if codes, err = s.afterAdding(ctx, tx, actor, "app", now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into totp (person_id, secret, added_at, last_step) values ($1, $2, $3, $4)
			on conflict (person_id) do update set secret = excluded.secret, added_at = excluded.added_at,
				last_step = excluded.last_step`,
			actor.PersonID, secret, now, step)
		return err
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemoveApp removes the actor's app. NotFound when there is none; Conflict for the last factor of
// somebody who must have one.
func (s *Store) RemoveApp(ctx context.Context, actor account.Actor, now time.Time) error {
	return s.remove(ctx, actor, "app", `delete from totp where person_id = $1 and $2 = 0::bigint`, 0, now)
}

// useAppCode accepts a code of the app. The statement that keeps its half minute lets one of several
// through.
func (s *Store) useAppCode(ctx context.Context, who account.Actor, code string, now time.Time) (bool, error) {
	var secret string
	err := s.db.QueryRow(ctx, `select secret from totp where person_id = $1`, who.PersonID).Scan(&secret)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	step, ok, err := matchingStep(secret, code, now)
	if err != nil || !ok {
		return false, err
	}
	taken, err := s.db.Exec(ctx,
		`update totp set last_step = $3 where person_id = $1 and secret = $2 and last_step < $3`, who.PersonID, secret,
		step)
	return taken.RowsAffected() == 1, err
}
