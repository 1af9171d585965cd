package account

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// SessionLife is how long one stays signed in; seenEvery how often it is kept that a session is
// in use.
const (
	SessionLife = 30 * 24 * time.Hour
	seenEvery   = 10 * time.Minute
)

// Begin keeps that in has signed in on a device, having shown a second factor or not, and returns
// the id that the browser's session holds from now on.
func (s *Store) Begin(ctx context.Context, in SignedIn, device string, mfaShown bool,
	now time.Time,
) (sessionID int64, err error) {
	err = s.db.QueryRow(ctx, `
		insert into person_session (person_id, epoch, device, began_at, seen_at, proved_at, factor_at)
		values (@person, @epoch, @device, @now, @now, @now, case when @mfa then @now::timestamptz end)
		returning id`,
		pgx.StrictNamedArgs{"person": in.PersonID, "epoch": in.Epoch, "device": device, "mfa": mfaShown, "now": now}).
		Scan(&sessionID)
	return sessionID, postgres.Fault(err)
}

// Actor is the person of a session. NotFound when the session is over: it was ended, the person
// is erased or suspended, or has signed out everywhere since (another epoch). That the session is
// in use is kept every ten minutes.
func (s *Store) Actor(ctx context.Context, sessionID int64, now time.Time) (Actor, error) {
	rows, _ := s.db.Query(ctx, `
		select p.id as person_id, given_name, family_name, coalesce(email, '') as email, lang, role,
			array(select c.org_id from coordinator c join org o on o.id = c.org_id and o.state <> 'closed'
				where c.person_id = p.id order by 1) as orgs,
			b.id as session_id, b.proved_at, b.seen_at, b.factor_at is not null as mfa_shown,
				p.factor_since is not null as has_mfa,
			false as withheld
		from person_session b join person p on p.id = b.person_id and p.epoch = b.epoch
		where b.id = $1 and p.erased_at is null and p.suspended_at is null`, sessionID)
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[struct {
		Actor
		SeenAt time.Time
	}])
	if err != nil {
		return Actor{}, postgres.Fault(err)
	}
	if now.Sub(a.SeenAt) >= seenEvery {
		if _, err := s.db.Exec(ctx, `update person_session set seen_at = $2 where id = $1`, sessionID,
			now); err != nil {
			return Actor{}, postgres.Fault(err)
		}
	}
	a.withhold()
	return a.Actor, nil
}

// Prove checks the actor's own password again. It does not keep that it was right: KeepProof does,
// once all that is asked for was shown.
//
// Errors: Invalid with the field password; TooMany as for Login; Unavailable.
func (s *Store) Prove(ctx context.Context, actor Actor, password string, now time.Time) error {
	if err := s.Throttle(ctx, loginLimit, actor.Email, now); err != nil {
		return err
	}
	var hash string
	err := s.db.QueryRow(ctx, `select coalesce(password_hash, '') from person where id = $1 and erased_at is null`,
		actor.PersonID).Scan(&hash)
	if err != nil {
		return postgres.Fault(err)
	}
	ok, _, err := s.hasher.Verify(ctx, password, hash)
	if err != nil {
		return err
	}
	if !ok {
		return fault.Invalid(map[string]string{"password": "account.error.old_password"})
	}
	return postgres.Fault(s.forgive(ctx, s.db, loginLimit, actor.Email))
}

// KeepProof keeps what the actor has just shown in the browser in use: the password or what stands
// for it, the second factor, or both.
func KeepProof(ctx context.Context, db postgres.DB, actor Actor, password, mfaShown bool, now time.Time) error {
	_, err := db.Exec(ctx, `
		update person_session set
			proved_at = case when @password then @now::timestamptz else proved_at end,
			factor_at = case when @mfa then @now::timestamptz else factor_at end
		where id = @session and person_id = @person`,
		pgx.StrictNamedArgs{
			"session": actor.SessionID, "person": actor.PersonID, "password": password,
			"mfa": mfaShown, "now": now,
		})
	return postgres.Fault(err)
}

// Session is a browser in which a person is signed in.
type Session struct {
	ID      int64
	Device  string // "Chrome, Android"; empty: not known
	BeganAt time.Time
	SeenAt  time.Time
}

// sessionsMost is how many sessions are listed.
const sessionsMost = 50

// Sessions is where the actor is signed in, last used first.
func (s *Store) Sessions(ctx context.Context, actor Actor, now time.Time) ([]Session, error) {
	rows, _ := s.db.Query(ctx, `
		select b.id, b.device, b.began_at, b.seen_at
		from person_session b join person p on p.id = b.person_id and p.epoch = b.epoch
		where b.person_id = $1 and b.began_at > $2
		order by b.id = $3 desc, b.seen_at desc, b.id desc limit $4`, actor.PersonID, now.Add(-SessionLife),
		actor.SessionID, sessionsMost)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Session])
	return list, postgres.Fault(err)
}

// EndSession signs one of the actor's browsers out, at its next request. NotFound when it is not
// theirs or has ended.
func (s *Store) EndSession(ctx context.Context, actor Actor, sessionID int64, now time.Time) error {
	return s.endSessions(ctx, actor, `id = $2`, sessionID, "account.end_session", now)
}

// EndOthers signs all of the actor's browsers out but the one in use.
func (s *Store) EndOthers(ctx context.Context, actor Actor, now time.Time) error {
	err := s.endSessions(ctx, actor, `id <> $2`, actor.SessionID, "account.end_sessions", now)
	if fault.Of(err) == fault.KindNotFound {
		return nil // there was no other
	}
	return err
}

func (s *Store) endSessions(ctx context.Context, actor Actor, which string, id int64, verb string,
	now time.Time,
) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		ended, err := tx.Exec(ctx, `delete from person_session where person_id = $1 and `+which, actor.PersonID, id)
		if err != nil {
			return err
		}
		if ended.RowsAffected() == 0 {
			return fault.NotFound()
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: verb, Object: "person",
			ObjectID: actor.PersonID,
		})
	})
}

// Leave ends the session in use.
func (s *Store) Leave(ctx context.Context, sessionID int64) error {
	_, err := s.db.Exec(ctx, `delete from person_session where id = $1`, sessionID)
	return postgres.Fault(err)
}

// Known is somebody whom a passkey has named, about to be signed in. NotFound when they are erased;
// Conflict when the account is suspended.
func (s *Store) Known(ctx context.Context, personID int64) (SignedIn, error) {
	in, suspended := SignedIn{PersonID: personID}, false
	err := s.db.QueryRow(ctx,
		`select epoch, lang, suspended_at is not null from person where id = $1 and erased_at is null`, personID).
		Scan(&in.Epoch, &in.Lang, &suspended)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return in, fault.NotFound()
	case err == nil && suspended:
		return in, fault.Conflict("account.error.suspended")
	}
	return in, postgres.Fault(err)
}

// Resume is who goes on to the second factor after the password: the person as they are now.
// NotFound when they may no longer sign in, or have signed out everywhere since.
func (s *Store) Resume(ctx context.Context, personID int64, epoch int) (Actor, error) {
	var a Actor
	err := s.db.QueryRow(ctx, `
		select id, given_name, family_name, coalesce(email, ''), lang, factor_since is not null
		from person where id = $1 and epoch = $2 and erased_at is null and suspended_at is null`, personID, epoch).
		Scan(&a.PersonID, &a.GivenName, &a.FamilyName, &a.Email, &a.Lang, &a.HasMFA)
	if errors.Is(err, pgx.ErrNoRows) {
		return Actor{}, fault.NotFound()
	}
	a.Role = Volunteer
	return a, postgres.Fault(err)
}
