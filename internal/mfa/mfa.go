// Package mfa is the second factor that a person shows besides the password: a code of an authenticator
// app, a recovery code when the phone is lost, or a passkey. Whoever has one is asked for it at each
// log-in; who has a privileged role has its rights only in a browser in which they have shown one
// (account.Actor). What a browser has shown is kept by account.
package mfa

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Store adds, checks and removes second factors.
type Store struct {
	db       *pgxpool.Pool
	out      *outbox.Outbox
	accounts *account.Store
	web      *webauthn.WebAuthn // nil: no passkeys
}

// NewStore makes one, for the portal at baseURL.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, accounts *account.Store, baseURL string) (*Store, error) {
	web, err := relyingParty(baseURL)
	if err != nil {
		return nil, err
	}
	return &Store{db: db, out: out, accounts: accounts, web: web}, nil
}

// codeLimit is how many codes of one person are checked, whoever types them.
var codeLimit = account.Limit{Name: "factor", Most: 6, Window: 15 * time.Minute, Key: "account.error.too_many"}

// Status is which second factors a person has.
type Status struct {
	AppSince *time.Time // nil: no app
	Codes    int        // recovery codes left
	Required bool       // the role needs one: the last cannot be removed
	Passkeys []Passkey  `db:"-"`
}

// CanRemove reports whether one factor may be removed: another is left, or none is required.
func (s Status) CanRemove() bool {
	n := len(s.Passkeys)
	if s.AppSince != nil {
		n++
	}
	return n > 1 || !s.Required
}

// Any reports whether there is a second factor at all.
func (s Status) Any() bool { return s.AppSince != nil || len(s.Passkeys) > 0 }

// StatusOf is the status of a person, who is signed in or on the way to it.
func (s *Store) StatusOf(ctx context.Context, who account.Actor) (Status, error) {
	rows, _ := s.db.Query(ctx, `
		select t.added_at as app_since, p.role = any(@privileged) as required,
			(select count(*) from recovery_code c where c.person_id = p.id and c.used_at is null) as codes
		from person p left join totp t on t.person_id = p.id where p.id = @person`,
		pgx.StrictNamedArgs{"person": who.PersonID, "privileged": account.PrivilegedRoles()})
	of, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Status])
	if err != nil {
		return of, postgres.Fault(err)
	}
	of.Passkeys, err = passkeys(ctx, s.db, who.PersonID)
	return of, postgres.Fault(err)
}

// Check accepts a code of the app or a recovery code, each once. The use of a recovery code is told by
// mail. What follows from a right code is the caller's.
//
// Errors: Invalid with the field code; TooMany beyond six in a quarter of an hour.
func (s *Store) Check(ctx context.Context, who account.Actor, typed string, now time.Time) error {
	code, isApp := parseCode(typed)
	if code == "" {
		return fault.Invalid(map[string]string{"code": "factor.error.code_missing"})
	}
	key := strconv.FormatInt(who.PersonID, 10)
	if err := s.accounts.Throttle(ctx, codeLimit, key, now); err != nil {
		return err
	}
	use := s.useRecoveryCode
	if isApp {
		use = s.useAppCode
	}
	ok, err := use(ctx, who, code, now)
	if err != nil {
		return postgres.Fault(err)
	}
	if !ok {
		return fault.Invalid(map[string]string{"code": "factor.error.code"})
	}
	return s.accounts.Forgive(ctx, codeLimit, key)
}

// afterAdding is what follows when a factor is added or replaced, in the same transaction: log-in asks for
// it, the browser in use has shown it, the person is told. With the first one it returns recovery codes.
func (s *Store) afterAdding(ctx context.Context, tx pgx.Tx, actor account.Actor, what string,
	now time.Time,
) (codes []string, err error) {
	var first bool
	// The row is locked: factors come and go one after the other.
	err = tx.QueryRow(ctx, `
		update person p set factor_since = coalesce(p.factor_since, $2)
		from (select id, factor_since from person where id = $1 and erased_at is null for no key update) was
		where p.id = was.id returning was.factor_since is null`, actor.PersonID, now).Scan(&first)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, err
	}
	if first {
		if codes, err = replaceCodes(ctx, tx, actor.PersonID); err != nil {
			return nil, err
		}
	}
	if err := account.KeepProof(ctx, tx, actor, false, true, now); err != nil {
		return nil, err
	}
	if err := s.writeAudit(ctx, tx, actor.PersonID, "factor.add", actor.PersonID, what, now); err != nil {
		return nil, err
	}
	return codes, s.out.Send(ctx, tx, outbox.Message{Kind: outbox.FactorAdded, PersonID: actor.PersonID, Cause: what})
}

// remove deletes a factor of the actor's own by the statement, whose second argument is id. NotFound when
// there is none; Conflict for the last one of somebody who must have one.
func (s *Store) remove(ctx context.Context, actor account.Actor, what, statement string, id int64,
	now time.Time,
) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var role account.Role
		err := tx.QueryRow(ctx, `select role from person where id = $1 for no key update`, actor.PersonID).Scan(&role)
		if err != nil {
			return err
		}
		removed, err := tx.Exec(ctx, statement, actor.PersonID, id)
		if err != nil {
			return err
		}
		if removed.RowsAffected() == 0 {
			return fault.NotFound()
		}
		var left bool
		err = tx.QueryRow(ctx, `
			select exists (select from totp where person_id = $1)
				or exists (select from passkey where person_id = $1)`, actor.PersonID).Scan(&left)
		if err != nil {
			return err
		}
		if !left && role.Privileged() {
			return fault.Conflict("factor.error.last")
		}
		if !left {
			if err := endAll(ctx, tx, actor.PersonID); err != nil {
				return err
			}
		}
		if err := s.writeAudit(ctx, tx, actor.PersonID, "factor.remove", actor.PersonID, what, now); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.FactorRemoved, PersonID: actor.PersonID, Cause: what})
	})
}

// Reset deletes every second factor of somebody who has lost them and signs them out everywhere; whoever
// has a privileged role adds one at the next log-in. It takes ManageStaff, and not for oneself: somebody
// who finds an unlocked computer could. Nothing happens where there is none.
//
// Errors: Forbidden; Conflict for oneself; NotFound.
func (s *Store) Reset(ctx context.Context, actor account.Actor, personID int64, now time.Time) error {
	switch {
	case !actor.Can(account.ManageStaff):
		return fault.Forbidden()
	case actor.PersonID == personID:
		return fault.Conflict("factor.error.own")
	}
	return s.reset(ctx, actor.PersonID, personID, now)
}

// ResetByEmail is Reset from the command line, for a lone administrator. NotFound when nobody has
// the e-mail.
func (s *Store) ResetByEmail(ctx context.Context, email string, now time.Time) error {
	id, err := account.Find(ctx, s.db, email)
	if err != nil {
		return err
	}
	return s.reset(ctx, 0, id, now)
}

func (s *Store) reset(ctx context.Context, actorID, personID int64, now time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var had bool
		err := tx.QueryRow(ctx, `
			select factor_since is not null from person where id = $1 and erased_at is null for no key update`,
			personID).Scan(&had)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.NotFound()
		}
		if err != nil || !had {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`delete from totp where person_id = $1`, personID)
		b.Queue(`delete from passkey where person_id = $1`, personID)
		b.Queue(`update person set epoch = epoch + 1 where id = $1`, personID)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		if err := endAll(ctx, tx, personID); err != nil {
			return err
		}
		if err := s.writeAudit(ctx, tx, actorID, "factor.reset", personID, "factor", now); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.FactorReset, PersonID: personID})
	})
}

// endAll is what ends with the last factor: log-in no longer asks, no browser has shown one.
func endAll(ctx context.Context, tx pgx.Tx, personID int64) error {
	b := &pgx.Batch{}
	b.Queue(`update person set factor_since = null where id = $1`, personID)
	b.Queue(`update person_session set factor_at = null where person_id = $1`, personID)
	b.Queue(`delete from recovery_code where person_id = $1`, personID)
	return tx.SendBatch(ctx, b).Close()
}

func (s *Store) writeAudit(ctx context.Context, tx pgx.Tx, actorID int64, verb string, personID int64, field string,
	now time.Time,
) error {
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actorID, Verb: verb, Object: "person",
		ObjectID: personID, Fields: []string{field},
	})
}
