// Package poll lets a test wait for what happens beside it: a job that is done, a page that has
// changed, a transaction that waits.
package poll

import (
	"testing"
	"time"
)

// patience is how long a condition may take on a busy machine.
const patience = time.Minute

// Until waits until ok, and ends the test when that takes longer than a minute. ok is asked again
// and again; what says what is waited for.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(patience); !ok(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}
