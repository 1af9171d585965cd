package portaltest

import (
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"
)

// PostAtOnce sends a form n times at once, as somebody does who presses a button again and again, and
// fails the test unless each is answered with a redirect.
func (b *Browser) PostAtOnce(t testing.TB, n int, path string, form url.Values) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			if a, err := b.Try(http.MethodPost, path, form); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("POST %s: %d %v", path, a.Status, err)
			}
		})
	}
	wg.Wait()
}

// WaitForLock waits until some transaction of the portal waits for a lock, at most half a minute.
func (h *Server) WaitForLock() {
	h.T.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if h.Count(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) > 0 {
			return
		}
	}
	h.T.Fatal("nothing waits for a lock")
}
