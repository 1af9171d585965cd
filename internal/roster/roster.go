// Package roster is the list of an event's people for its coordinators: the list with its filters, the files made
// of it, and the messages to its people. It shows no birth date to anybody, and a phone only around the event.
// Package signup adds, moves and removes people.
package roster

import (
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/signup"
)

// PhonesFor is for how long after an event's end its coordinators see its people's phones and may write to them.
const PhonesFor = 7 * 24 * time.Hour

// Store holds the use cases.
type Store struct {
	db   *pgxpool.Pool
	out  *outbox.Outbox
	city *config.City
}

// NewStore makes a store over db. It sends its messages through out.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City) *Store {
	return &Store{db: db, out: out, city: city}
}

// Event is an event with its shifts.
type Event struct {
	event.Head
	Shifts []Shift
	// Phones says that the actor may see phones: coordinators of the event's hosts may, from its publication until
	// PhonesFor after its end. Staff may not.
	Phones bool
}

// Shift is one shift of the event, with the number of its sign-ups in each state.
type Shift struct {
	ID        int64
	Title     i18n.Text // empty in a simple event
	StartsAt  time.Time
	EndsAt    time.Time
	Capacity  int
	Confirmed int
	Held      int // places kept for people whose guardian is asked
	Waiting   int
	Awaiting  int // waiting for a guardian's consent, with a held place or without
	Cancelled int
}

// Free is how many places can be given now.
func (s Shift) Free() int { return max(0, s.Capacity-s.Confirmed-s.Held) }

// Shift is the event's shift of an id; the zero Shift for none.
func (e Event) Shift(id int64) Shift {
	for _, s := range e.Shifts {
		if s.ID == id {
			return s
		}
	}
	return Shift{}
}

// Open reports whether coordinators may write to the event's people: from its publication until PhonesFor
// after its end.
func (e Event) Open(now time.Time) bool {
	return e.State.Public() && now.Before(e.EndsAt.Add(PhonesFor))
}

// Several reports whether the event has more than one shift.
func (e Event) Several() bool { return len(e.Shifts) > 1 }

// Totals is the sum over all shifts, or over the one of an id.
func (e Event) Totals(shift int64) (t Shift) {
	for _, s := range e.Shifts {
		if shift == 0 || shift == s.ID {
			t.Capacity, t.Confirmed, t.Held = t.Capacity+s.Capacity, t.Confirmed+s.Confirmed, t.Held+s.Held
			t.Waiting, t.Awaiting, t.Cancelled = t.Waiting+s.Waiting, t.Awaiting+s.Awaiting, t.Cancelled+s.Cancelled
		}
	}
	return t
}

// Consent is whether a guardian has consented. A roster shows no more about guardians.
type Consent string

// The values of Consent.
const (
	NotNeeded   Consent = "not_needed"
	Given       Consent = "given"
	Accompanied Consent = "accompanied" // a guardian comes along
	Missing     Consent = "missing"
)

// Age is a group of ages, in years at the start of the shift: from From to before To.
type Age struct {
	From int // 0: from the youngest
	To   int // 0: to the oldest
}

// Person is a sign-up as the event's coordinators see it.
type Person struct {
	SignupID   int64
	ShiftID    int64
	EventID    int64
	ShiftTitle i18n.Text
	StartsAt   time.Time // the shift's
	EndsAt     time.Time
	State      signup.State
	Cause      signup.CancelCause // of a cancelled one
	Reason     string             // of one that an organiser removed: one of signup.RemovalReasons
	Position   int                // on the waiting list, from 1; 0 for those not on it
	HoldUntil  *time.Time
	GivenName  string
	FamilyName string
	Age        Age     `db:"-"`
	Consent    Consent `db:"-"`
	Lang       i18n.Lang
	Phone      string // empty when there is none or the actor may not see it
}

// Name is the person's, the family name first.
func (p Person) Name() string { return p.FamilyName + " " + p.GivenName }

// In reports whether the sign-up is not cancelled.
func (p Person) In() bool { return p.State != signup.Cancelled }

// record is a Person as it is loaded, with what its Age and Consent follow from.
type record struct {
	Person
	BirthDate   time.Time
	Consented   bool
	Accompanied bool
}

// person makes the person of r, without the birth date.
func (s *Store) person(r record) Person {
	p, rules, zone := r.Person, s.city.Rules, s.city.Location()
	age := event.AgeAt(r.BirthDate, p.StartsAt, zone)
	bounds := []int{rules.AccompaniedAge, rules.ConsentAge, rules.AdultAge}
	slices.Sort(bounds)
	for _, b := range bounds {
		if age < b {
			p.Age.To = b
			break
		}
		p.Age.From = b
	}

	c := event.Candidate{BirthDate: r.BirthDate}
	if r.Consented {
		c.Consents = []event.Consent{{Accompanied: r.Accompanied}}
	}
	reasons := event.Recheck(c, event.Event{ID: p.EventID, State: event.Published},
		event.Shift{StartsAt: p.StartsAt, EndsAt: p.EndsAt}, rules, zone)
	switch {
	case slices.ContainsFunc(reasons, event.Reason.NeedsConsent):
		p.Consent = Missing
	case age >= rules.AdultAge || !r.Consented:
		p.Consent = NotNeeded
	case r.Accompanied:
		p.Consent = Accompanied
	default:
		p.Consent = Given
	}
	return p
}

// phones reports whether actor may see the phones of an event.
func phones(actor account.Actor, hosts []int64, publishedAt *time.Time, endsAt, now time.Time) bool {
	return publishedAt != nil && now.Before(endsAt.Add(PhonesFor)) &&
		slices.ContainsFunc(hosts, func(org int64) bool { return slices.Contains(actor.Orgs, org) })
}
