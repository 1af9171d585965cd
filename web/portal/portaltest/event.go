package portaltest

import (
	"fmt"
	"testing"
	"time"

	"shtab/internal/account"
)

// EventDesk is a portal with an event and its coordinator, and a coordinator of another organisation that
// has an event too.
type EventDesk struct {
	*Server
	World
	EventID, ShiftID int64
	LaterID          int64 // a second shift of the event; 0 where it has one
	OtherEventID     int64 // the other organisation's event
	OtherShiftID     int64
	HostID           int64
	Host             *Browser // coordinator of World.Org, host@shtab.test
	Stranger         *Browser // coordinator of the other organisation

	confirmed int
}

// StartEvent runs one whose event begins in two days and has two shifts of three places.
func StartEvent(t testing.TB, with ...Option) *EventDesk {
	t.Helper()
	return EventOn(Start(t, with...))
}

// StartEventIn runs one whose event has one shift of 100 places and begins so far from now.
func StartEventIn(t testing.TB, in time.Duration, with ...Option) *EventDesk {
	t.Helper()
	d := StartEvent(t, with...)
	d.LaterID = 0
	d.EventID, d.ShiftID = d.Event(d.World, in, 100)
	return d
}

// EventOn is StartEvent in a portal that runs already.
func EventOn(s *Server) *EventDesk {
	s.T.Helper()
	d := &EventDesk{Server: s, World: s.World()}
	at := s.Now().Add(48 * time.Hour).Truncate(time.Minute)
	d.EventID, d.ShiftID = s.Event(d.World, 48*time.Hour, 3)
	d.LaterID = s.Shift(d.EventID, at.Add(3*time.Hour), 3)
	s.Exec(`update event set ends_at = $2 where id = $1`, d.EventID, at.Add(5*time.Hour))
	var org int64
	s.Scan(
		`insert into org (slug, kind, name, joined_on) values ('other', 'ngo', '{"kk":"Басқа"}', '2020-01-01')
			returning id`, nil, &org)
	d.OtherEventID, d.OtherShiftID = s.Event(d.World, 72*time.Hour, 3)
	s.Exec(`update event set org_id = $2 where id = $1`, d.OtherEventID, org)
	d.HostID = s.Person("host@shtab.test", 30)
	stranger := s.Person("stranger@shtab.test", 30)
	s.Exec(`insert into coordinator (person_id, org_id) values ($1, $2), ($3, $4)`, d.HostID, d.Org, stranger, org)
	d.Host, d.Stranger = s.As(d.HostID), s.As(stranger)
	return d
}

// Coordinator is the event's coordinator, for a store.
func (d *EventDesk) Coordinator() account.Actor {
	return account.Actor{PersonID: d.HostID, Orgs: []int64{d.Org}}
}

// Path is the address of the event's page at the desk, in Russian.
func (d *EventDesk) Path(format string, args ...any) string {
	return fmt.Sprintf("/ru/desk/events/%d/", d.EventID) + fmt.Sprintf(format, args...)
}

// Volunteer is somebody with a name and a phone.
func (d *EventDesk) Volunteer(email, family, given string, age int) (id int64) {
	d.T.Helper()
	id = d.Person(email, age)
	d.Exec(`update person set family_name = $2, given_name = $3, phone = '+7 701 555 01 01' where id = $1`, id, family,
		given)
	return id
}

// SignUp signs a person up as they would themselves and returns the sign-up.
func (d *EventDesk) SignUp(person, shift int64) (id int64) {
	d.T.Helper()
	d.As(person).Post(Path("/kk/shifts/%d/signup", shift), nil)
	d.Scan(`select id from signup where person_id = $1 and shift_id = $2`, []any{person, shift}, &id)
	return id
}

// Confirmed is somebody new with a place in ShiftID: the person, the sign-up and its ticket.
func (d *EventDesk) Confirmed(family string) (person, signup int64, ticket string) {
	d.T.Helper()
	d.confirmed++
	person = d.Volunteer(fmt.Sprintf("g%d@shtab.test", d.confirmed), family, "Асан", 20)
	d.Scan(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
		select id, $2::bigint, during, 'confirmed', 'TICKET' || $2::bigint::text, now(), now() from shift
			where id = $1 returning id, ticket`,
		[]any{d.ShiftID, person}, &signup, &ticket)
	return person, signup, ticket
}

// SignupState is the state of a sign-up.
func (d *EventDesk) SignupState(signup int64) (state string) {
	d.T.Helper()
	d.Scan(`select state from signup where id = $1`, []any{signup}, &state)
	return state
}
