package desk

import (
	"shtab/internal/attendance"
	"shtab/internal/event"
)

// DoorsView is an event's links for helpers, and the form of another.
type DoorsView struct {
	Event    event.Head
	Doors    []attendance.Door
	URL      string // of the link just made: it is shown this once
	Label    string
	OpensAt  string // as typed
	ClosesAt string
	Key      string // the form's own
	Problems map[string]string
}

var doorFields = []string{"label", "opens_at", "closes_at"}
