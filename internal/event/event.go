// Package event owns events and their shifts: what they are, who may come (eligibility), and
// how they are listed and shown. It does not give places: that is signup's.
package event

import (
	"time"

	"shtab/internal/i18n"
)

// State is how far an event has come.
type State string

// The states of an event.
const (
	Draft     State = "draft"
	Review    State = "review" // the headquarters looks at it first
	Published State = "published"
	Cancelled State = "cancelled"
)

// Public reports whether visitors see the event: it is published, or was before it was cancelled.
func (s State) Public() bool { return s == Published || s == Cancelled }

// Ground is the ground in Art. 12 of the law on which an event is for adults only.
type Ground string

// The grounds.
const (
	Emergency Ground = "emergency" // disasters and emergencies
	Victims   Ground = "victims"   // victims of accidents, conflicts, crimes; refugees
	Convicts  Ground = "convicts"  // people with a criminal record
	Hazard    Ground = "hazard"    // heavy, harmful or dangerous work
)

// Grounds is every ground in the order of the pages.
var Grounds = []Ground{Emergency, Victims, Convicts, Hazard}

// Event is one action: one place, one time, one host, possibly co-hosts, counted once.
type Event struct {
	Details
	ID           int64
	State        State
	CancelReason i18n.Text
	StartsAt     time.Time // the first shift's; zero in a draft without hours
	EndsAt       time.Time // the last shift's; likewise
	PublishedAt  *time.Time
	UpdatedAt    time.Time
	Version      int  // grows with each change that a person makes
	Archived     bool // of the years before the portal: no hours, no names
}

// Shift is a time slot or role inside an event, with its own capacity. A simple event has one.
type Shift struct {
	ID        int64
	EventID   int64
	Title     i18n.Text // empty in a simple event
	StartsAt  time.Time
	EndsAt    time.Time
	Capacity  int
	MinAge    int // years, 0: the event's
	Confirmed int
	Held      int // places kept while a guardian is asked
	Waiting   int
}

// Free is how many places can be given now.
func (s Shift) Free() int { return max(0, s.Capacity-s.Confirmed-s.Held) }

// Cutoff is the instant until which a place may be given back and the queue moves up.
func (e Event) Cutoff(s Shift) time.Time {
	return s.StartsAt.Add(-time.Duration(e.CutoffMinutes) * time.Minute)
}
