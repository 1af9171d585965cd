// Package account holds people: registration, log-in, forgotten passwords, the profile, and who
// an Actor is. Nothing in it tells a stranger whether an e-mail has an account: the answers of
// Register, Confirm, Resend, Login and RequestReset, the statements behind them and the work of
// hashing are the same either way; only the mail differs.
//
// Cookies and pages are web's, and so are the texts of the mails; organisations and sign-ups have
// packages of their own.
package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Store does the work with accounts. Set its fields before the first use.
type Store struct {
	// RateLimits bounds attempts per e-mail; NewStore switches it on. Load tests go without.
	RateLimits bool
	// OnBirthDate, if set, is called in the transaction that has corrected a birth date: coming
	// sign-ups may no longer be allowed. It may be called again when the transaction is retried.
	OnBirthDate func(ctx context.Context, tx pgx.Tx, personID int64) error

	db     *pgxpool.Pool
	out    *outbox.Outbox
	city   *config.City
	hasher *Hasher
}

// NewStore makes a Store over db.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City, hasher *Hasher) *Store {
	return &Store{RateLimits: true, db: db, out: out, city: city, hasher: hasher}
}

// SignedIn is what a session keeps of a person who has just proved who they are.
type SignedIn struct {
	PersonID   int64
	Epoch      int // a session of an older epoch is over
	Lang       i18n.Lang
	Next       string // the page to go on to, a path of ours; may be empty
	HasMFA     bool   // a second factor is to be shown first
	MustAddMFA bool   // the role needs a second factor, and there is none yet
}

// Limit is how many attempts one e-mail, or whatever else names somebody, has in a window of
// time. Windows stand on the clock (each quarter of an hour, each full hour), so that counting is
// one statement; none is longer than an hour.
type Limit struct {
	Name   string
	Most   int
	Window time.Duration
	Key    string // what is said beyond it
}

var (
	loginLimit    = Limit{"login", 10, 15 * time.Minute, "account.error.too_many"}
	registerLimit = Limit{"register", 5, time.Hour, "account.error.too_many_mails"}
	resetLimit    = Limit{"reset", 5, time.Hour, "account.error.too_many_mails"}
)

func (l Limit) row(email string) string {
	sum := sha256.Sum256([]byte(l.Name + ":" + email))
	return l.Name + ":" + hex.EncodeToString(sum[:16])
}

// Throttle counts one attempt for email, whether it has an account or not, and refuses with
// TooMany when there were too many.
func (s *Store) Throttle(ctx context.Context, l Limit, email string, now time.Time) error {
	if !s.RateLimits {
		return nil
	}
	n, err := count(ctx, s.db, l.row(email), now.UTC().Truncate(l.Window))
	if err != nil {
		return postgres.Fault(err)
	}
	if n > l.Most {
		return fault.TooMany(l.Key)
	}
	return nil
}

// Forgive forgets the attempts that Throttle has counted for somebody who was right.
func (s *Store) Forgive(ctx context.Context, l Limit, key string) error {
	return postgres.Fault(s.forgive(ctx, s.db, l, key))
}

// forgive forgets the attempts of somebody who has proved to be the owner.
func (s *Store) forgive(ctx context.Context, db postgres.DB, l Limit, email string) error {
	_, err := db.Exec(ctx, `delete from throttle where key = $1`, l.row(email))
	return err
}

func count(ctx context.Context, db postgres.DB, key string, starts time.Time) (n int, err error) {
	err = db.QueryRow(ctx, `
		insert into throttle (key, starts, attempts) values ($1, $2, 1)
		on conflict (key, starts) do update set attempts = throttle.attempts + 1
		returning attempts`, key, starts).Scan(&n)
	return n, err
}

// sweepCookies deletes the cookies' sessions that have run out, also by the database's clock, which is
// what their library compares them with.
const sweepCookies = `delete from sessions where expiry < least($1, current_timestamp)`

// Sweep deletes what has run out: registrations, requests for a new password or e-mail older than
// a day, counted attempts and sessions.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`delete from registration where expires_at < $1`, now)
	b.Queue(`delete from password_reset where requested_at < $1`, now.Add(-resetKept))
	b.Queue(`delete from throttle where starts < $1`, now.Add(-2*time.Hour))
	b.Queue(sweepCookies, now)
	b.Queue(`delete from person_session where began_at < $1`, now.Add(-SessionLife))
	b.Queue(`delete from email_change where requested_at < $1`, now.Add(-resetKept))
	return postgres.Fault(s.db.SendBatch(ctx, b).Close())
}
