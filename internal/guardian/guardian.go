// Package guardian asks a parent or other legal representative whether a volunteer under age may
// come, and keeps what they answered. The volunteer names them; the guardian answers by a mailed
// link, without an account. What an answer changes about places is decided by signup, in the
// same transaction; what the law asks stands in event's eligibility.
//
// Nothing here tells more of a volunteer than the given name and the first letter of the family
// name, and of coming events only those that the guardian was asked about, until a mailed code
// has shown that the guardian's address is theirs.
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
	linkLife      = 14 * 24 * time.Hour // of a link that was never used
	codeLife      = 15 * time.Minute
	codeAttempts  = 5
	askMails      = 5                   // about one question, at most
	unansweredFor = 60 * 24 * time.Hour // a guardian who never answered is forgotten after
)

var (
	mailLimit = account.Limit{Name: "guardian", Most: 5, Window: time.Hour, Key: "guardian.error.too_many_mails"}
	dayLimit  = account.Limit{Name: "guardian_day", Most: 10, Window: 24 * time.Hour, Key: "guardian.error.too_many_today"}
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

// Verified reports whether a mailed code has shown that the address is theirs.
func (g Guardian) Verified() bool { return g.VerifiedAt != nil }

// Scope is what an answer covers.
type Scope string

// The scopes.
const (
	All   Scope = "all"   // every event fit for the age
	Event Scope = "event" // one event
	Along Scope = "along" // one event, and the guardian comes along
)

// Given is a consent.
type Given struct {
	ID          int64
	GuardianID  int64 // 0: given before this portal asked itself
	Name        string
	Relation    Relation
	EventID     int64     // 0: every event
	Title       i18n.Text // the event's
	Accompanied bool
	AgreedAt    time.Time
}

// Store is the room's use cases.
type Store struct {
	db       *pgxpool.Pool
	out      *outbox.Outbox
	city     *config.City
	accounts *account.Store
	signups  *signup.Store
}

// NewStore makes the room over db.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City, accounts *account.Store, signups *signup.Store) *Store {
	return &Store{db, out, city, accounts, signups}
}
