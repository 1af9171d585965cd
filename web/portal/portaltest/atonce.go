package portaltest

import (
	"net/http"
	"net/url"
	"sync"
	"testing"

	"shtab/internal/postgres/pgtest"
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

// WaitForLock waits until some transaction of the portal waits for a lock.
func (h *Server) WaitForLock() {
	h.T.Helper()
	pgtest.WaitForLocks(h.T, h.Pool, 1)
}
