package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/signup"
	"shtab/web/portal/portaltest"
)

// rush lets 500 volunteers post at once for 50 places and says what is wrong afterwards.
func rush(t *testing.T, options ...portaltest.Option) (wrong []string) {
	const volunteers, places = 500, 50
	h := portaltest.Start(t, options...)
	_, shift := h.Event(h.World(), 72*time.Hour, places)
	browsers := make([]*portaltest.Browser, volunteers)
	for i := range browsers {
		browsers[i] = h.As(h.Person(fmt.Sprintf("v%d@shtab.test", i), 20))
	}
	start := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for _, b := range browsers {
		wg.Go(func() {
			<-start
			a, err := b.Try(http.MethodPost, portaltest.Path("/kk/shifts/%d/signup", shift), url.Values{})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				wrong = append(wrong, err.Error())
			}
			statuses[a.Status]++
		})
	}
	close(start)
	wg.Wait()
	check := func(what string, want, got int) {
		if got != want {
			wrong = append(wrong, fmt.Sprintf("%s: %d, want %d", what, got, want))
		}
	}
	check("303 answers", volunteers, statuses[http.StatusSeeOther])
	check("confirmed", places, h.Count(`select count(*) from signup where state = 'confirmed'`))
	check("waiting", volunteers-places, h.Count(`select count(*) from signup where state = 'waitlisted'`))
	check("confirmed by the counter", places, h.Count(`select confirmed from shift`))
	check("confirmed after somebody had to wait", 0, h.Count(`select count(*) from signup c where c.state = 'confirmed'
		and exists (select from signup w where w.state = 'waitlisted' and w.id < c.id)`))
	check("mails", volunteers, h.Count(`select count(*) from river_job where kind = 'mail'`))
	// The page shows each of the last ten their gapless number.
	numbers := map[int]bool{}
	for _, b := range browsers {
		if len(numbers) == 10 {
			break
		}
		body := b.Get("/en/me").Body
		var n int
		if _, after, ok := strings.Cut(body, "Your number in the queue: "); ok {
			if _, err := fmt.Sscan(after, &n); err != nil || n < 1 || n > volunteers-places || numbers[n] {
				wrong = append(wrong, fmt.Sprintf("queue number %d", n))
			}
			numbers[n] = true
		}
	}
	return wrong
}

func TestFiveHundredAtOnce(t *testing.T) {
	if wrong := rush(t); len(wrong) > 0 {
		t.Errorf("%s\n", strings.Join(wrong, "\n"))
	}
}

// TestTheLockIsNeeded is the negative control: without the lock on the shift the same rush goes
// wrong, though the database's constraint still keeps the shift from being overbooked.
func TestTheLockIsNeeded(t *testing.T) {
	for range 5 { // the first round very probably goes wrong, but on a busy machine the posts may not meet
		if wrong := rush(t, portaltest.Signups(signup.WithoutLock())); len(wrong) > 0 {
			t.Logf("without the lock:\n%.600s", strings.Join(wrong, "\n"))
			return
		}
	}
	t.Error("nothing went wrong without the lock")
}

func TestFiftyIdenticalPosts(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	_, shift := h.Event(h.World(), 72*time.Hour, 5)
	b := h.As(h.Person("a@shtab.test", 20))
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			a, err := b.Try(http.MethodPost, portaltest.Path("/kk/shifts/%d/signup", shift), url.Values{})
			if err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	if rows, mails := h.Count(`select count(*) from signup`),
		h.Count(`select count(*) from river_job where kind = 'mail'`); rows != 1 || mails != 1 {
		t.Errorf("%d rows and %d mails", rows, mails)
	}
}
