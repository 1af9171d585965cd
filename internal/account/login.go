package account

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Login signs in, up to the second factor where there is one. Open to everybody; an unknown e-mail
// costs what a wrong password costs.
//
// Errors: Invalid with the field email for a wrong e-mail or password; TooMany beyond ten
// attempts in a quarter of an hour for one e-mail, known or not; Conflict for an account
// that is suspended or was joined with another, after its password was right; Unavailable.
func (s *Store) Login(ctx context.Context, email, password string, now time.Time) (SignedIn, error) {
	typed := email
	email, valid := ParseEmail(typed)
	if !valid {
		email = typed // counted like any other
	}
	if err := s.Throttle(ctx, loginLimit, email, now); err != nil {
		return SignedIn{}, err
	}
	var p struct {
		ID        int64
		Hash      string
		Epoch     int
		Lang      i18n.Lang
		Suspended bool
		Merged    bool
		Factor    bool
		Role      Role
	}
	if valid {
		err := s.db.QueryRow(ctx, `
			select id, coalesce(password_hash, ''), epoch, lang, suspended_at is not null, merged_into is not null,
				factor_since is not null, role
			from person where email = $1 and erased_at is null`, email).
			Scan(&p.ID, &p.Hash, &p.Epoch, &p.Lang, &p.Suspended, &p.Merged, &p.Factor, &p.Role)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return SignedIn{}, postgres.Fault(err)
		}
	}
	ok, rehash, err := s.hasher.Verify(ctx, password, p.Hash)
	if err != nil {
		return SignedIn{}, err
	}
	if !ok {
		return SignedIn{}, fault.Invalid(map[string]string{"email": "account.error.login"})
	}
	if err := s.forgive(ctx, s.db, loginLimit, email); err != nil {
		return SignedIn{}, postgres.Fault(err)
	}
	switch {
	case p.Merged: // for a day, until people.Sweep
		return SignedIn{}, fault.Conflict("account.error.merged")
	case p.Suspended:
		return SignedIn{}, fault.Conflict("account.error.suspended")
	}
	if rehash {
		if hash, err := s.hasher.Hash(ctx, password); err == nil { // else at the next log-in
			_, err := s.db.Exec(ctx, `update person set password_hash = $3 where id = $1 and password_hash = $2`, p.ID,
				p.Hash, hash)
			if err != nil {
				return SignedIn{}, postgres.Fault(err)
			}
		}
	}
	return SignedIn{
		PersonID: p.ID, Epoch: p.Epoch, Lang: p.Lang, HasMFA: p.Factor,
		MustAddMFA: !p.Factor && p.Role.Privileged(),
	}, nil
}

// ChangePassword replaces the actor's own password, ends every session, the asking one too
// until it takes the epoch returned, and voids open reset links. Wrong old passwords count as
// attempts to log in.
//
// Errors: Invalid with the fields old_password and password; TooMany as for Login; Unavailable.
func (s *Store) ChangePassword(ctx context.Context, actor Actor, old, password string,
	now time.Time,
) (SignedIn, error) {
	f := fault.Fields{}
	checkPassword(f, "password", password, actor.Email, actor.GivenName, actor.FamilyName)
	if err := f.Err(); err != nil {
		return SignedIn{}, err
	}
	if err := s.Throttle(ctx, loginLimit, actor.Email, now); err != nil {
		return SignedIn{}, err
	}
	wrong := fault.Invalid(map[string]string{"old_password": "account.error.old_password"})
	var was string
	err := s.db.QueryRow(ctx, `select coalesce(password_hash, '') from person where id = $1 and erased_at is null`,
		actor.PersonID).Scan(&was)
	if err != nil {
		return SignedIn{}, postgres.Fault(err)
	}
	ok, _, err := s.hasher.Verify(ctx, old, was)
	if err != nil {
		return SignedIn{}, err
	}
	if !ok {
		return SignedIn{}, wrong
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	in := SignedIn{PersonID: actor.PersonID}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var email string
		// The condition on the old hash lets one of two changes through.
		err := tx.QueryRow(ctx, `
			update person set password_hash = $3, epoch = epoch + 1 where id = $1 and password_hash = $2
			returning email, epoch, lang`, actor.PersonID, was, hash).Scan(&email, &in.Epoch, &in.Lang)
		if errors.Is(err, pgx.ErrNoRows) {
			return wrong
		}
		if err != nil {
			return err
		}
		return s.passwordChanged(ctx, tx, "account.change_password", actor.PersonID, email, now)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// passwordChanged is what follows a new password: open reset links are void, failed log-ins are
// forgotten, the action is in the audit.
func (s *Store) passwordChanged(ctx context.Context, tx pgx.Tx, verb string, personID int64, email string,
	now time.Time,
) error {
	if _, err := tx.Exec(ctx, `update password_reset set used_at = $2 where email = $1 and used_at is null`, email,
		now); err != nil {
		return err
	}
	if err := s.forgive(ctx, tx, loginLimit, email); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: personID, Verb: verb, Object: "person",
		ObjectID: personID, Fields: []string{"password"},
	})
}
