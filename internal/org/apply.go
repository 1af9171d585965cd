package org

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// applyMost is the number of applications that one person may have open at a time.
const applyMost = 3

// Apply hands in an application for a new organisation and returns its id. Once the headquarters
// approves it, the applicant becomes its coordinator. A repeat with the same formKey returns the id
// of the first call.
//
// Who is signed in may; Forbidden otherwise. Invalid with the fields to correct; a Conflict
// bodies.error.applications beyond three open ones.
func (s *Store) Apply(
	ctx context.Context, actor account.Actor, d Details, formKey string, now time.Time,
) (id int64, err error) {
	if !actor.SignedIn() {
		return 0, fault.Forbidden()
	}
	d.JoinedOn = s.today(now)
	if err := d.validApplication(now); err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// The applicant's row makes two forms sent at once wait for each other.
		var open int
		if err := tx.QueryRow(ctx, `select 1 from person
			where id = $1 for no key update`, actor.PersonID).Scan(&open); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select count(*) from org where applied_by = $1 and state = 'applied'
			and form_key <> $2`, actor.PersonID, formKey).Scan(&open); err != nil {
			return err
		}
		if open >= applyMost {
			return fault.Conflict("bodies.error.applications")
		}
		id, err = insert(ctx, tx, actor, d, Applied, formKey, "org.apply", now)
		return err
	})
	return id, err
}

// validApplication checks d as an application: as for the register, but the e-mail is required and
// the kind cannot be the headquarters.
func (d Details) validApplication(now time.Time) error {
	f := d.check(now)
	if d.Kind == Headquarters {
		f.Add("kind", "bodies.error.kind")
	}
	if d.Email == "" {
		f.Add("email", "account.error.email")
	}
	return f.Err()
}

// Application returns the actor's own application until it is approved; NotFound otherwise.
func (s *Store) Application(ctx context.Context, actor account.Actor, id int64, now time.Time) (Organization, error) {
	o, err := load(ctx, s.db, id, now, "")
	if err == nil && (o.State != Applied || o.AppliedBy != actor.PersonID) {
		err = fault.NotFound()
	}
	return o, err
}

// Applications returns the actor's own open applications, the latest first.
func (s *Store) Applications(ctx context.Context, actor account.Actor, now time.Time) ([]Organization, error) {
	rows, _ := s.db.Query(ctx, `select `+organizationColumns+` from org o where o.applied_by = @person
		and o.state = 'applied' order by o.applied_at desc, o.id desc`,
		pgx.StrictNamedArgs{"person": actor.PersonID, "now": now})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Organization])
	return list, postgres.Fault(err)
}

// Reapply replaces the details of the actor's own application and, when it was returned, hands it in
// again. version is the version that the form was made from; another is a Conflict Stale. NotFound
// as for Application; Invalid with the fields to correct.
func (s *Store) Reapply(
	ctx context.Context, actor account.Actor, id int64, version int, d Details, now time.Time,
) error {
	d.JoinedOn = s.today(now)
	if err := d.validApplication(now); err != nil {
		return err
	}
	return s.withLocked(ctx, id, now, func(tx pgx.Tx, o Organization) error {
		if o.State != Applied || o.AppliedBy != actor.PersonID {
			return fault.NotFound()
		}
		d.JoinedOn = o.JoinedOn
		if err := update(ctx, tx, actor, o, version, d, "org.reapply", now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update org set applied_at = $2, returned_at = null
			where id = $1 and returned_at is not null`, id, now)
		return err
	})
}

// today is the current date in the city.
func (s *Store) today(now time.Time) time.Time {
	y, m, d := now.In(s.city.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Waiting returns the applications that wait for a decision, the longest waiting first, at most a
// hundred. Staff may; Forbidden otherwise.
func (s *Store) Waiting(ctx context.Context, actor account.Actor, now time.Time) ([]Organization, error) {
	if !actor.Can(account.Review) {
		return nil, fault.Forbidden()
	}
	rows, _ := s.db.Query(ctx, `select `+organizationColumns+` from org o where o.state = 'applied'
		and o.returned_at is null order by o.applied_at, o.id limit 100`,
		pgx.StrictNamedArgs{"now": now})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Organization])
	return list, postgres.Fault(err)
}

// CountWaiting counts the applications that wait for a decision. The caller checks that it is staff.
func CountWaiting(ctx context.Context, db postgres.DB) (n int, err error) {
	err = db.QueryRow(ctx, `select count(*)::int from org where state = 'applied' and returned_at is null`).Scan(&n)
	return n, postgres.Fault(err)
}

// Approve accepts an application: the organisation is active from today in the city, its applicant
// becomes its coordinator and gets a mail. Staff may; NotFound otherwise. version is the version
// that was reviewed; another is a Conflict Stale. A repeat changes nothing; an application that was
// returned meanwhile, or anything else, is a Conflict bodies.not_waiting.
func (s *Store) Approve(ctx context.Context, actor account.Actor, id int64, version int, now time.Time) error {
	return s.decide(ctx, actor, id, now, func(tx pgx.Tx, o Organization) error {
		switch {
		case o.State != Applied && o.State != Closed && o.AppliedBy != 0:
			return nil
		case o.State != Applied || o.ReturnedAt != nil:
			return fault.Conflict("bodies.not_waiting")
		case o.Version != version:
			return fault.Conflict(Stale)
		}
		var batch pgx.Batch
		batch.Queue(`update org set state = 'active', joined_on = $2, returned = '', looked_at = null,
			version = version + 1 where id = $1`, id, s.today(now))
		batch.Queue(`insert into coordinator (person_id, org_id, since) values ($1, $2, $3)
			on conflict do nothing`, o.AppliedBy, id, now)
		if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.approve", Object: "org", ObjectID: id,
			Fields: []string{"state", "coordinator"},
		}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.OrgApproved, PersonID: o.AppliedBy, SubjectID: id})
	})
}

// Return sends an application back with words that say what to correct, and mails the applicant.
// Staff may; the errors are those of Approve, and Invalid "words" when there are none or too many.
// A repeat with the same words changes nothing.
func (s *Store) Return(
	ctx context.Context, actor account.Actor, id int64, version int, words string, now time.Time,
) error {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); actor.Can(account.Review) && (n == 0 || n > WordsMax) {
		return fault.Invalid(map[string]string{"words": "publishing.problem.words"})
	}
	return s.decide(ctx, actor, id, now, func(tx pgx.Tx, o Organization) error {
		switch {
		case o.State == Applied && o.ReturnedAt != nil && o.Returned == words:
			return nil
		case o.State != Applied || o.ReturnedAt != nil:
			return fault.Conflict("bodies.not_waiting")
		case o.Version != version:
			return fault.Conflict(Stale)
		}
		if _, err := tx.Exec(ctx, `update org set returned = $2, returned_at = $3, looked_at = $4,
			version = version + 1 where id = $1`, id, words, now, o.Details); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.return", Object: "org", ObjectID: id,
			Fields: []string{"returned"},
		}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{
			Kind: outbox.OrgReturned, PersonID: o.AppliedBy, SubjectID: id, Seq: now.UnixMicro(),
		})
	})
}

func (s *Store) decide(
	ctx context.Context, actor account.Actor, id int64, now time.Time, do func(pgx.Tx, Organization) error,
) error {
	if !actor.Can(account.Review) {
		return fault.NotFound()
	}
	return s.withLocked(ctx, id, now, do)
}
