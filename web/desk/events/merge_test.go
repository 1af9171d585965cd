package events

import (
	"testing"

	"shtab/internal/event"
)

// Whatever somebody else has changed alone is taken over, part by part.
func TestEveryPartIsMerged(t *testing.T) {
	form := func() eventForm {
		f := eventForm{inputs: map[string]string{}}
		for _, name := range event.Form().Inputs() {
			f.inputs[name] = "before"
		}
		f.Base = f.fingerprint()
		return f
	}
	for _, name := range event.Form().Order() {
		mine, theirs := form(), form()
		switch name {
		case "shifts":
			theirs.Shifts = []shiftForm{{Day: "2026-12-10"}}
		case "cohosts":
			theirs.Cohosts = []string{"7"}
		default:
			theirs.inputs[name] = "after"
		}
		found, left := mine.merge(theirs)
		if len(found) != 1 || found[0].Name != name || found[0].Both || left {
			t.Errorf("%s: %+v, left %v", name, found, left)
		}
		if mine.fingerprint() != theirs.fingerprint() {
			t.Errorf("%s is not taken over", name)
		}
	}
}
