package account

import (
	"context"
	"crypto/subtle"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// emailLimit is how many new e-mails one person may have written to.
var emailLimit = Limit{"email", 5, time.Hour, "account.error.too_many_mails"}

// RequestEmail has a code mailed to an e-mail that is to take the place of the actor's own; to one
// that has an account, "you already have an account". What happens here does not depend on which.
//
// Errors: Invalid with the field email; TooMany beyond five an hour, of one person or to one e-mail.
func (s *Store) RequestEmail(ctx context.Context, actor Actor, typed string, now time.Time) error {
	f := fault.Fields{}
	email := readEmail(f, typed)
	if email == actor.Email {
		f.Add("email", "factor.error.same_email")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if err := s.Throttle(ctx, emailLimit, strconv.FormatInt(actor.PersonID, 10), now); err != nil {
		return err
	}
	if err := s.Throttle(ctx, registerLimit, email, now); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			insert into email_change (person_id, email, was, code, requested_at, expires_at)
			values (@person, @email, @was, @code, @now, @expires) returning id`,
			pgx.StrictNamedArgs{
				"person": actor.PersonID, "email": email, "was": actor.Email, "code": NewCode(), "now": now,
				"expires": now.Add(codeLife),
			}).Scan(&id)
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.EmailCode, SubjectID: id})
	})
}

// lastChange is the actor's last request: the one whose code counts.
const lastChange = `id = (select id from email_change where person_id = $1 order by id desc limit 1)`

// AwaitedEmail is the new e-mail whose code is waited for; empty: none.
func (s *Store) AwaitedEmail(ctx context.Context, actor Actor, now time.Time) (email string, err error) {
	err = s.db.QueryRow(ctx, `
		select email from email_change where `+lastChange+` and done_at is null and expires_at > $2 and attempts < $3`,
		actor.PersonID, now, codeAttempts).Scan(&email)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return email, postgres.Fault(err)
}

// ConfirmEmail puts the new e-mail in the place of the old one, with the code mailed to it. Links
// to a new password that were mailed before are void, the old e-mail is told. Of two people who
// confirm one e-mail at once one gets it.
//
// Errors: Invalid with the field code; Gone when the code has expired or was tried five times;
// Conflict when somebody else has the e-mail meanwhile.
func (s *Store) ConfirmEmail(ctx context.Context, actor Actor, code string, now time.Time) error {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return fault.Invalid(map[string]string{"code": "account.error.code_format"})
	}
	var refusal error // of a transaction that commits: the attempt counts
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		refusal = nil
		var id int64
		var email, was, right string
		var done bool
		err := tx.QueryRow(ctx, `
			update email_change set attempts = attempts + 1
			where `+lastChange+` and expires_at > $2 and attempts < $3
			returning id, email, was, code, done_at is not null`, actor.PersonID, now, codeAttempts).
			Scan(&id, &email, &was, &right, &done)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Gone("factor.error.email_expired")
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(right)) != 1 {
			refusal = fault.Invalid(map[string]string{"code": "account.error.code_wrong"})
			return nil
		}
		if done { // sent twice: the same answer
			return nil
		}
		if _, err := tx.Exec(ctx, `update person set email = $2 where id = $1 and erased_at is null`, actor.PersonID,
			email); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update email_change set done_at = $2 where id = $1`, id, now); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update password_reset set used_at = $3 where email in ($1, $2) and used_at is null`,
			email, was, now); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "account.change_email", Object: "person", ObjectID: actor.PersonID,
			Fields: []string{"email"},
		}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.EmailChanged, SubjectID: id})
	})
	if fault.Of(err) == fault.KindConflict { // the e-mail is unique
		return fault.Conflict("factor.error.email_taken")
	}
	if err != nil {
		return err
	}
	return refusal
}

// EmailCodeLetter is what the mail to a new e-mail needs.
type EmailCodeLetter struct {
	outbox.Recipient
	Code  string
	Taken bool // somebody else has an account with it: no code
}

// EmailCodeLetter loads the mail of a change that waits for its code; NoLonger when it does not.
func (s *Store) EmailCodeLetter(ctx context.Context, changeID int64, now time.Time) (EmailCodeLetter, error) {
	rows, _ := s.db.Query(ctx, `
		select c.email as to, p.lang, p.given_name as name, c.code,
			exists (select from person o where o.email = c.email and o.id <> c.person_id) as taken
		from email_change c join person p on p.id = c.person_id
		where c.id = $1 and p.erased_at is null and c.done_at is null and c.expires_at > $2`, changeID, now)
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[EmailCodeLetter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the change of the e-mail is over")
	}
	return l, postgres.Fault(err)
}

// EmailChangedLetter is who is told of a change that is done, at the e-mail that was; NoLonger when
// they are erased.
func (s *Store) EmailChangedLetter(ctx context.Context, changeID int64) (outbox.Recipient, error) {
	rows, _ := s.db.Query(ctx, `
		select c.was as to, p.lang, p.given_name as name
		from email_change c join person p on p.id = c.person_id
		where c.id = $1 and p.erased_at is null and c.done_at is not null`, changeID)
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[outbox.Recipient])
	if errors.Is(err, pgx.ErrNoRows) {
		return r, outbox.NoLonger("the e-mail is not changed, or its owner is erased")
	}
	return r, postgres.Fault(err)
}

// Recipient is somebody with an account, for a message about themselves; NoLonger when they are erased.
func (s *Store) Recipient(ctx context.Context, personID int64) (outbox.Recipient, error) {
	rows, _ := s.db.Query(ctx, `
		select email as to, lang, given_name as name
		from person where id = $1 and email is not null and erased_at is null`, personID)
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[outbox.Recipient])
	if errors.Is(err, pgx.ErrNoRows) {
		return r, outbox.NoLonger("the recipient is erased")
	}
	return r, postgres.Fault(err)
}
