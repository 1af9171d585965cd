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

// applyMost is how many applications one person may have open at a time.
const applyMost = 3

// Apply asks the headquarters to take a body in, and returns its id: once it is approved the
// applicant acts for it. The same formKey again returns the one that it made.
//
// Who has an account may; a visitor is Forbidden. Invalid with the fields to correct; a Conflict
// bodies.error.applications beyond three open ones.
func (s *Store) Apply(ctx context.Context, actor account.Actor, e Entry, formKey string, now time.Time) (id int64, err error) {
	if !actor.SignedIn() {
		return 0, fault.Forbidden()
	}
	e.JoinedOn = s.today(now)
	if err := e.applied(now); err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// The applicant's row makes two forms sent at once wait for each other.
		var open int
		if err := tx.QueryRow(ctx, `select 1 from person where id = $1 for no key update`, actor.PersonID).Scan(&open); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select count(*) from org where applied_by = $1 and state = 'applied' and form_key <> $2`, actor.PersonID, formKey).Scan(&open); err != nil {
			return err
		}
		if open >= applyMost {
			return fault.Conflict("bodies.error.applications")
		}
		id, err = insert(ctx, tx, actor, e, Applied, formKey, "org.apply", now)
		return err
	})
	return id, err
}

// applied is what stands against e as an application: as for the register, and there is only one
// headquarters.
func (e Entry) applied(now time.Time) error {
	f := e.check(now)
	if e.Kind == Headquarters {
		f.Add("kind", "bodies.error.kind")
	}
	if e.Email == "" {
		f.Add("email", "account.error.email")
	}
	return f.Err()
}

// Application is the actor's own, as long as it has not been approved; NotFound otherwise.
func (s *Store) Application(ctx context.Context, actor account.Actor, id int64, now time.Time) (Body, error) {
	b, err := body(ctx, s.db, id, now, "")
	if err == nil && (b.State != Applied || b.AppliedBy != actor.PersonID) {
		err = fault.NotFound()
	}
	return b, err
}

// Applications are the actor's own, the latest first.
func (s *Store) Applications(ctx context.Context, actor account.Actor, now time.Time) ([]Body, error) {
	rows, _ := s.db.Query(ctx, `select `+bodyColumns+` from org o where o.applied_by = @person and o.state = 'applied' order by o.applied_at desc, o.id desc`,
		pgx.StrictNamedArgs{"person": actor.PersonID, "now": now})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Body])
	return list, postgres.Fault(err)
}

// Reapply writes the actor's own application over and hands it in again, where it came back.
// version is the one that the form was made from; another is a Conflict Stale. NotFound as for
// Application; Invalid with the fields to correct.
func (s *Store) Reapply(ctx context.Context, actor account.Actor, id int64, version int, e Entry, now time.Time) error {
	e.JoinedOn = s.today(now)
	if err := e.applied(now); err != nil {
		return err
	}
	return s.lockedBody(ctx, id, now, func(tx pgx.Tx, b Body) error {
		if b.State != Applied || b.AppliedBy != actor.PersonID {
			return fault.NotFound()
		}
		e.JoinedOn = b.JoinedOn
		if err := write(ctx, tx, actor, b, version, e, "org.reapply", now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update org set applied_at = $2, returned_at = null where id = $1 and returned_at is not null`, id, now)
		return err
	})
}

// today is the day of the city's calendar.
func (s *Store) today(now time.Time) time.Time {
	y, m, d := now.In(s.city.Location()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// Waiting are the applications that wait for the headquarters, who has waited longest first, at
// most a hundred. Staff may; for anybody else it is Forbidden.
func (s *Store) Waiting(ctx context.Context, actor account.Actor, now time.Time) ([]Body, error) {
	if !actor.Can(account.Review) {
		return nil, fault.Forbidden()
	}
	rows, _ := s.db.Query(ctx, `select `+bodyColumns+` from org o where o.state = 'applied' and o.returned_at is null order by o.applied_at, o.id limit 100`,
		pgx.StrictNamedArgs{"now": now})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Body])
	return list, postgres.Fault(err)
}

// WaitingCount is how many applications wait for the headquarters. For staff's pages.
func WaitingCount(ctx context.Context, db postgres.DB) (n int, err error) {
	err = db.QueryRow(ctx, `select count(*)::int from org where state = 'applied' and returned_at is null`).Scan(&n)
	return n, postgres.Fault(err)
}

// Approve takes an application in: the body is active from this day of the city's calendar, its
// applicant acts for it and is told. Staff may; for anybody else it is NotFound. version is the
// one looked at; another is a Conflict Stale. What is approved stays so; what was returned
// meanwhile, or is no application, is a Conflict bodies.not_waiting.
func (s *Store) Approve(ctx context.Context, actor account.Actor, id int64, version int, now time.Time) error {
	return s.decide(ctx, actor, id, now, func(tx pgx.Tx, b Body) error {
		switch {
		case b.State != Applied && b.State != Closed && b.AppliedBy != 0:
			return nil
		case b.State != Applied || b.ReturnedAt != nil:
			return fault.Conflict("bodies.not_waiting")
		case b.Version != version:
			return fault.Conflict(Stale)
		}
		var batch pgx.Batch
		batch.Queue(`update org set state = 'active', joined_on = $2, returned = '', looked_at = null, version = version + 1 where id = $1`, id, s.today(now))
		batch.Queue(`insert into coordinator (person_id, org_id, since) values ($1, $2, $3) on conflict do nothing`, b.AppliedBy, id, now)
		if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "org.approve", Object: "org", ObjectID: id, Fields: []string{"state", "coordinator"}}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.OrgApproved, PersonID: b.AppliedBy, SubjectID: id})
	})
}

// Return sends an application back with words that say what is to be done; its applicant is told.
// Staff may; the errors are those of Approve, and Invalid "words" without any. The same words
// again do no more.
func (s *Store) Return(ctx context.Context, actor account.Actor, id int64, version int, words string, now time.Time) error {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); actor.Can(account.Review) && (n == 0 || n > WordsMax) {
		return fault.Invalid(map[string]string{"words": "publishing.problem.words"})
	}
	return s.decide(ctx, actor, id, now, func(tx pgx.Tx, b Body) error {
		switch {
		case b.State == Applied && b.ReturnedAt != nil && b.Returned == words:
			return nil
		case b.State != Applied || b.ReturnedAt != nil:
			return fault.Conflict("bodies.not_waiting")
		case b.Version != version:
			return fault.Conflict(Stale)
		}
		if _, err := tx.Exec(ctx, `update org set returned = $2, returned_at = $3, looked_at = $4, version = version + 1 where id = $1`, id, words, now, b.Entry); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "org.return", Object: "org", ObjectID: id, Fields: []string{"returned"}}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.OrgReturned, PersonID: b.AppliedBy, SubjectID: id, Seq: now.UnixMicro()})
	})
}

func (s *Store) decide(ctx context.Context, actor account.Actor, id int64, now time.Time, do func(pgx.Tx, Body) error) error {
	if !actor.Can(account.Review) {
		return fault.NotFound()
	}
	return s.lockedBody(ctx, id, now, do)
}
