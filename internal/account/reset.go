package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// How long a reset link works, and how long the request for one is kept.
const (
	resetLife = 30 * time.Minute
	resetKept = 24 * time.Hour
)

// RequestReset has a link for a new password mailed, if there is such an account, which is found
// out by the worker. Open to everybody; lang is the page's.
//
// Errors: Invalid with the field email when it is none; TooMany beyond five an hour for one
// e-mail, known or not.
func (s *Store) RequestReset(ctx context.Context, email string, lang i18n.Lang, now time.Time) error {
	f := fault.Fields{}
	email = readEmail(f, email)
	if err := f.Err(); err != nil {
		return err
	}
	if err := s.Throttle(ctx, resetLimit, email, now); err != nil {
		return err
	}
	lang = i18n.ParseOr(string(lang))
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx,
			`insert into password_reset (email, lang, requested_at) values ($1, $2, $3) returning id`,
			email, lang, now).Scan(&id)
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.PasswordReset, SubjectID: id})
	})
}

// ResetLetter is what the mail with a link needs.
type ResetLetter struct {
	outbox.Recipient
	Token string // 43 characters of a URL; kept only as its hash
}

// ResetLetter draws the token of a request; a second call, when the mail has to be sent again, voids
// the first token. NoLonger when there is no such account, it is suspended, or the request is over.
func (s *Store) ResetLetter(ctx context.Context, resetID int64, now time.Time) (ResetLetter, error) {
	var secret [32]byte
	rand.Read(secret[:]) // never fails
	l := ResetLetter{Token: base64.RawURLEncoding.EncodeToString(secret[:])}
	err := s.db.QueryRow(ctx, `
		update password_reset r set token_hash = @hash, expires_at = @expires
		from person p
		where r.id = @id and r.used_at is null and r.requested_at > @since
			and p.email = r.email and p.erased_at is null and p.suspended_at is null
		returning p.email, r.lang, p.given_name`,
		pgx.StrictNamedArgs{
			"id": resetID, "hash": tokenHash(l.Token), "expires": now.Add(resetLife),
			"since": now.Add(-resetKept),
		}).
		Scan(&l.To, &l.Lang, &l.Name)
	if errors.Is(err, pgx.ErrNoRows) {
		return ResetLetter{}, outbox.NoLonger("no account that may have a new password, or the request is over")
	}
	return l, postgres.Fault(err)
}

// CheckReset is nil while token would be taken. Gone when it is wrong, used, expired or cut off:
// which of these is not told.
func (s *Store) CheckReset(ctx context.Context, token string, now time.Time) error {
	_, err := s.resetOwner(ctx, token, now)
	return err
}

// owner is whose password a token may replace.
type owner struct{ Email, GivenName, FamilyName string }

func (s *Store) resetOwner(ctx context.Context, token string, now time.Time) (owner, error) {
	rows, _ := s.db.Query(ctx, `
		select p.email, p.given_name, p.family_name
		from password_reset r join person p on p.email = r.email
		where r.token_hash = $1 and r.used_at is null and r.expires_at > $2
			and p.erased_at is null and p.suspended_at is null`, tokenHash(token), now)
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[owner])
	if errors.Is(err, pgx.ErrNoRows) {
		return o, fault.Gone("account.error.reset_gone")
	}
	return o, postgres.Fault(err)
}

// ResetPassword sets a new password with the token of a mail, once: of two that come at once
// one wins. It stands for the password alone: a second factor is still to be shown. Every session of the person ends
// and their other links are void.
//
// Errors: Gone as for CheckReset; Invalid with the field password; Unavailable.
func (s *Store) ResetPassword(ctx context.Context, token, password string, now time.Time) (SignedIn, error) {
	o, err := s.resetOwner(ctx, token, now)
	if err != nil {
		return SignedIn{}, err
	}
	f := fault.Fields{}
	checkPassword(f, "password", password, o.Email, o.GivenName, o.FamilyName)
	if err := f.Err(); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	var in SignedIn
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var email string
		var role Role
		// The person's row first, then the links: the order of ChangePassword.
		err := tx.QueryRow(ctx, `
			select p.id, p.email, p.lang from person p join password_reset r on r.email = p.email
			where r.token_hash = $1 and p.suspended_at is null for no key update of p`, tokenHash(token)).
			Scan(&in.PersonID, &email, &in.Lang)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Gone("account.error.reset_gone")
		}
		if err != nil {
			return err
		}
		used, err := tx.Exec(ctx, `
			update password_reset set used_at = $2
			where token_hash = $1 and used_at is null and expires_at > $2`, tokenHash(token), now)
		if err != nil {
			return err
		}
		if used.RowsAffected() == 0 {
			return fault.Gone("account.error.reset_gone")
		}
		err = tx.QueryRow(ctx, `update person set password_hash = $2, epoch = epoch + 1 where id = $1
			returning epoch, factor_since is not null, role`,
			in.PersonID, hash).Scan(&in.Epoch, &in.HasMFA, &role)
		if err != nil {
			return err
		}
		in.MustAddMFA = !in.HasMFA && role.Privileged()
		return s.passwordChanged(ctx, tx, "account.reset_password", in.PersonID, email, now)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
