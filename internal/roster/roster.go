// Package roster is who is in an event, as its coordinators see it: the list with its filters,
// the files made of it, and the messages to its people. It shows no birth date to anybody, and a
// phone only while it may be needed. Places are signup's: whoever is added, moved or removed is
// so there.
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

// PhonesFor is for how long after an event's end its coordinators may call its people and write
// to them.
const PhonesFor = 7 * 24 * time.Hour

// Store is the room's use cases.
type Store struct {
	db   *pgxpool.Pool
	out  *outbox.Outbox
	city *config.City
}

// NewStore makes the room over db; its messages go through out.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City) *Store {
	return &Store{db: db, out: out, city: city}
}

// Event is what a roster says of its event.
type Event struct {
	event.Head
	Shifts []Shift
	// Phones says that the actor may see phones: coordinators of the event, from its publication
	// until PhonesFor after its end. Others who run it, staff, do not.
	Phones bool
}

// Shift is one of the event's, with how many people are in it in which way.
type Shift struct {
	ID        int64
	Title     i18n.Text // empty in a simple event
	StartsAt  time.Time
	EndsAt    time.Time
	Capacity  int
	Confirmed int
	Held      int // places kept while a guardian is asked
	Waiting   int
	Awaiting  int // a guardian's consent, with a held place or without
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

// Open reports whether one may write to the event's people: from its publication until PhonesFor
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

// Consent is how far a guardian's consent has come. More about guardians no roster says.
type Consent string

// The states of a consent.
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
	Position   int                // in the queue, from 1; 0 for those who do not wait
	HoldUntil  *time.Time
	GivenName  string
	FamilyName string
	Age        Age     `db:"-"`
	Consent    Consent `db:"-"`
	Lang       i18n.Lang
	Phone      string // empty where there is none, or it may not be seen
}

// Name is the person's, the family's first.
func (p Person) Name() string { return p.FamilyName + " " + p.GivenName }

// In reports whether the person is in, in whatever way.
func (p Person) In() bool { return p.State != signup.Cancelled }

// record is a Person with what is only there to be judged.
type record struct {
	Person
	BirthDate   time.Time
	Consented   bool
	Accompanied bool
}

// judge is the person of r, without the birth date.
func (s *Store) judge(r record) Person {
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
	against := event.Recheck(c, event.Event{ID: p.EventID, State: event.Published}, event.Shift{StartsAt: p.StartsAt, EndsAt: p.EndsAt}, rules, zone)
	switch {
	case slices.ContainsFunc(against, event.Reason.NeedsConsent):
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
