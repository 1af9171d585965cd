package portal_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

const clients = 64

// load lets clients ask until b.N answers have come and reports requests per second.
func load(b *testing.B, ask func(client, n int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	began := time.Now()
	for c := range clients {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= b.N {
					return
				}
				if err := ask(c, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "requests/s")
}

// BenchmarkEventsPage asks for the list of 50 events as a visitor, and a bare handler for the
// same bytes: the ratio is what the portal costs.
func BenchmarkEventsPage(b *testing.B) {
	h := portaltest.Start(b, portaltest.WithoutWorker)
	w := h.World()
	for i := range 50 {
		h.Event(w, time.Duration(24+i)*time.Hour, 20)
	}
	page := h.Browser().Get("/kk/events")
	if page.Status != http.StatusOK {
		b.Fatal(page.Status)
	}
	body := []byte(page.Body)
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer bare.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	for name, address := range map[string]string{"bare": bare.URL, "portal": h.URL + "/kk/events"} {
		b.Run(name, func(b *testing.B) {
			load(b, func(int, int) error {
				resp, err := client.Get(address)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				n, err := io.Copy(io.Discard, resp.Body)
				if err == nil && (resp.StatusCode != http.StatusOK || n < int64(len(body))-500) {
					err = fmt.Errorf("%d, %d bytes", resp.StatusCode, n)
				}
				return err
			})
		})
	}
}

// BenchmarkHotShift lets 64 browsers sign volunteers up for one shift.
func BenchmarkHotShift(b *testing.B) {
	h := portaltest.Start(b, portaltest.WithoutWorker)
	_, shift := h.Event(h.World(), 72*time.Hour, 100_000)
	path := portaltest.Path("/kk/shifts/%d/signup", shift)
	made := 0
	var browsers []*portaltest.Browser
	b.Run(fmt.Sprintf("%d-clients", clients), func(b *testing.B) {
		b.StopTimer()
		for len(browsers) < made+b.N {
			browsers = append(browsers, h.As(h.Person(fmt.Sprintf("v%d@shtab.test", len(browsers)), 20)))
		}
		first := made
		made += b.N
		b.StartTimer()
		load(b, func(_, n int) error {
			a, err := browsers[first+n].Try(http.MethodPost, path, url.Values{})
			if err == nil && a.Status != http.StatusSeeOther {
				err = fmt.Errorf("%d", a.Status)
			}
			return err
		})
	})
	var confirmed int
	if err := h.Pool.QueryRow(context.Background(), `select confirmed from shift`).Scan(&confirmed); err != nil ||
		confirmed != made {
		b.Fatalf("%d confirmed of %d, %v", confirmed, made, err)
	}
	b.Logf("%d cores, %d signed up", runtime.NumCPU(), confirmed)
}
