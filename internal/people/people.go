// Package people is the headquarters' register of people: finding somebody, their role, suspending and
// merging accounts, correcting a birth date. What it changes in an account, a sign-up or an organisation
// it leaves to those packages.
package people

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Store finds people and changes their accounts.
type Store struct {
	db       *pgxpool.Pool
	out      *outbox.Outbox
	accounts *account.Store
	signups  *signup.Store
}

// NewStore makes one.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, accounts *account.Store, signups *signup.Store) *Store {
	return &Store{db, out, accounts, signups}
}

// Summary is somebody in the register.
type Summary struct {
	ID         int64
	GivenName  string
	FamilyName string
	Email      string
	Phone      string
	BirthDate  time.Time // zero: none
	Role       account.Role
	JoinedAt   time.Time
	Suspended  bool
	Orgs       int // organisations that they act for
}

func list[T any](ctx context.Context, db postgres.DB, sql string, args ...any) ([]T, error) {
	rows, _ := db.Query(ctx, sql, args...)
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// lockedPerson is what decides about somebody's account, its row locked.
type lockedPerson struct {
	ID         int64
	Role       account.Role
	Suspended  bool
	Erased     bool
	MergedInto int64
}

// lockPerson locks somebody's row. NotFound for an account that is erased or merged.
func lockPerson(ctx context.Context, tx pgx.Tx, id int64) (st lockedPerson, err error) {
	err = tx.QueryRow(ctx, `select id, role, suspended_at is not null, erased_at is not null, coalesce(merged_into, 0)
		from person where id = $1 for no key update`, id).
		Scan(&st.ID, &st.Role, &st.Suspended, &st.Erased, &st.MergedInto)
	if err == nil && (st.Erased || st.MergedInto != 0) {
		err = fault.NotFound()
	}
	return st, err
}

// ReasonMax is how long a reason may be, in characters.
const ReasonMax = 1000

// parseReason is a reason without space around it. Invalid "words" without one.
func parseReason(words string) (string, error) {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); n == 0 || n > ReasonMax {
		return "", fault.Invalid(map[string]string{"words": "people.error.words"})
	}
	return words, nil
}

func writeAudit(
	ctx context.Context, tx pgx.Tx, actor account.Actor, verb string, personID int64, field string, now time.Time,
) error {
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: verb, Object: "person", ObjectID: personID, Fields: []string{field},
	})
}

// writeNote keeps why staff did something.
func (s *Store) writeNote(
	ctx context.Context, tx pgx.Tx, actor account.Actor, personID int64, kind, words string, now time.Time,
) error {
	_, err := tx.Exec(ctx, `insert into person_note (person_id, kind, words, by_id, at)
		values ($1, $2, $3, $4, $5)`, personID, kind, words, actor.PersonID, now)
	return err
}

// notify tells somebody that their account was changed; orgID is that of the cause "coordinator".
func (s *Store) notify(
	ctx context.Context, tx pgx.Tx, personID int64, cause string, orgID int64, now time.Time,
) error {
	return s.out.Send(ctx, tx, outbox.Message{
		Kind: outbox.AccountChanged, PersonID: personID, Cause: cause,
		SubjectID: orgID, Seq: now.UnixMicro(),
	})
}

// Letter is what a mail about somebody's account needs.
type Letter struct {
	outbox.Recipient
	Org   i18n.Text // the organisation of "coordinator"
	Words string    // why, of a suspension
}

// Letter loads it; NoLonger when the recipient is erased.
func (s *Store) Letter(ctx context.Context, personID, orgID int64) (Letter, error) {
	rows, _ := s.db.Query(ctx, `select p.email as to, p.lang, p.given_name as name, coalesce((select name from org
		where id = $2), '{}') as org,
			case when p.suspended_at is not null then coalesce((select words from person_note where person_id = p.id
			and kind = 'suspend' order by id desc limit 1), '') else '' end as words
		from person p where p.id = $1 and p.email is not null and p.erased_at is null`, personID, orgID)
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Letter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the recipient is erased")
	}
	return l, postgres.Fault(err)
}
