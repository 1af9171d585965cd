// Package signup is the one place where a place is given. Joining, giving up, removal, a change
// of capacity, time or rules and a hold that runs out all go through one transaction with the
// concerned shifts locked (lockedTx): it decides in Go on what it has read, lets the queues move up
// by one function and writes everything at once. Who may have a place is decided by event.Check; what happens on the
// day is attendance's.
package signup

import (
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/outbox"
)

// State is how far a sign-up has come.
type State string

// The states. Confirmed people, and those awaiting consent whose hold has not run out, have a
// place; the waitlisted stand in the queue.
const (
	Confirmed       State = "confirmed"
	Waitlisted      State = "waitlisted"
	AwaitingConsent State = "awaiting_consent"
	Cancelled       State = "cancelled"
)

// CancelCause is why a sign-up was cancelled.
type CancelCause string

// The causes.
const (
	BySelf       CancelCause = "self"
	ByOrganiser  CancelCause = "organiser"
	ByEvent      CancelCause = "event"      // the event was cancelled
	ByIneligible CancelCause = "ineligible" // the event or the person has changed
	ByConsent    CancelCause = "consent"    // a guardian refused or withdrew
	ByErasure    CancelCause = "erased"
	ByMove       CancelCause = "moved" // into another shift of the event
)

// Result is what became of a request for a place.
type Result struct {
	SignupID int64 // 0 when refused
	ShiftID  int64
	EventID  int64
	State    State
	Position int        // in the queue, from 1; 0 for those who do not wait
	Hold     *time.Time // awaiting consent: the place is kept until then; nil when none is
	Refused  bool       // nothing was written; Reasons say why
	Reasons  []event.Reason
	Changed  bool // false when it was so already: nothing was written, nobody told
}

// Store gives places.
type Store struct {
	db      *pgxpool.Pool
	out     *outbox.Outbox
	city    *config.City
	batcher *batcher // nil: each Join is a transaction of its own
	noLock  bool     // for the negative control of the tests
}

// Option changes how a Store works.
type Option func(*Store)

// Unbatched makes each Join a transaction of its own, also in a rush.
func Unbatched() Option { return func(s *Store) { s.batcher = nil } }

// NewStore makes a store over db whose mails go through out.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City, options ...Option) *Store {
	s := &Store{db: db, out: out, city: city}
	s.batcher = newBatcher(s.joinAll)
	for _, o := range options {
		o(s)
	}
	return s
}
