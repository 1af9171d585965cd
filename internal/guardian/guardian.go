// Package guardian asks a parent or other legal representative for consent to a minor's events, and stores the
// answer. The volunteer names the guardian, who answers through a mailed link, without an account. Package signup
// changes the sign-ups that depend on an answer, in the same transaction; the rules of the law are in package
// event (eligibility).
//
// Until the guardian has entered a mailed code, which proves that the address is theirs, a guardian sees only the
// volunteer's given name and the first letter of the family name, and only the events that they were asked about.
package guardian

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/signup"
)

const (
	linkLife      = 14 * 24 * time.Hour // of a link through which nobody has answered
	codeLife      = 15 * time.Minute
	codeAttempts  = 5
	askMails      = 5                   // at most, about one question
	unansweredFor = 60 * 24 * time.Hour // after this, a guardian who never answered is deleted
)

var (
	mailLimit = account.Limit{Name: "guardian", Most: 5, Window: time.Hour, Key: "guardian.error.too_many_mails"}
	dayLimit  = account.Limit{
		Name: "guardian_day", Most: 10, Window: 24 * time.Hour, Key: "guardian.error.too_many_today",
	}
	codeLimit = account.Limit{Name: "guardian_code", Most: 5, Window: time.Hour, Key: "guardian.error.too_many_codes"}
	askLimit  = account.Limit{Name: "guardian_ask", Most: 6, Window: time.Hour, Key: "guardian.error.too_many_asks"}
)

// Relation is what a guardian is to the volunteer.
type Relation string

// The relations, in the order of the form.
const (
	Mother Relation = "mother"
	Father Relation = "father"
	Other  Relation = "guardian" // any other legal representative
)

// Relations is every relation in the order of the form.
var Relations = []Relation{Mother, Father, Other}

// Guardian is somebody whom a volunteer has named.
type Guardian struct {
	ID         int64
	PersonID   int64 // the volunteer
	Name       string
	Relation   Relation
	Email      string
	Lang       i18n.Lang
	Copies     bool // gets a copy of each mail about a sign-up
	VerifiedAt *time.Time
}

// Verified reports whether a mailed code has proved that the address is theirs.
func (g Guardian) Verified() bool { return g.VerifiedAt != nil }

// Scope is what an answer covers.
type Scope string

// The scopes.
const (
	All   Scope = "all"   // every event that the age allows
	Event Scope = "event" // one event
	Along Scope = "along" // one event, and the guardian comes along
)

// Consent is a consent in force.
type Consent struct {
	ID          int64
	GuardianID  int64 // 0: given before this portal asked for consents
	Name        string
	Relation    Relation
	EventID     int64     // 0: every event
	Title       i18n.Text // the event's
	Accompanied bool
	AgreedAt    time.Time
}

// Store holds the use cases.
type Store struct {
	db       *pgxpool.Pool
	out      *outbox.Outbox
	city     *config.City
	accounts *account.Store
	signups  *signup.Store
}

// NewStore makes a store over db. It sends its mails through out.
func NewStore(
	db *pgxpool.Pool, out *outbox.Outbox, city *config.City, accounts *account.Store, signups *signup.Store,
) *Store {
	return &Store{db, out, city, accounts, signups}
}
