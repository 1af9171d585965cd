package portal

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/settings"
)

// Live is a portal that follows the city's settings: after a change the portal is built anew, and
// the next request goes to the new one. Requests and jobs under way end in the old one.
type Live struct {
	process *process
	current atomic.Pointer[Portal]

	mu      sync.Mutex // one builds at a time
	version settings.Version
	working context.Context // of Run; nil: no worker runs
	retired sync.WaitGroup  // workers of older portals that finish their jobs
}

// watch is how often another process's change is looked for.
const watch = 2 * time.Second

// NewLive builds a portal over pool, which must be migrated by the time it is asked something. It
// begins with the city's file: Run, or Refresh, loads what is set over it.
func NewLive(pool *pgxpool.Pool, o Options) (*Live, error) {
	pr, err := newProcess(pool, o)
	if err != nil {
		return nil, err
	}
	l := &Live{process: pr}
	pr.refreshed = l.Refresh
	p, err := pr.build(o.City, o.City)
	if err != nil {
		return nil, err
	}
	l.current.Store(p)
	return l, nil
}

// Portal is the portal as it is now.
func (l *Live) Portal() *Portal { return l.current.Load() }

// ServeHTTP serves from the portal as it is now.
func (l *Live) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.Portal().ServeHTTP(w, r) }

// Refresh builds the portal anew when the settings are not those that it was built of.
func (l *Live) Refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, err := l.process.settings.Version(ctx)
	if err != nil || v == l.version || v == "0/0" && l.version == "" {
		return err
	}
	base := l.process.City
	city, v, err := l.process.settings.Load(ctx, base)
	if err != nil {
		return err
	}
	p, err := l.process.build(city, base)
	if err != nil {
		return err
	}
	old := l.current.Swap(p)
	l.version = v
	if l.working != nil {
		go p.Worker.Run(l.working)
		l.retired.Go(func() {
			end, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if err := old.Worker.Stop(end); err != nil {
				l.process.Log.Warn("jobs of the old settings", "error", err)
			}
		})
	}
	return nil
}

// Run works the jobs and follows the settings until ctx ends; Stop ends the jobs.
func (l *Live) Run(ctx context.Context) {
	l.mu.Lock()
	l.working = ctx
	go l.Portal().Worker.Run(ctx)
	l.mu.Unlock()
	tick := time.NewTicker(watch)
	defer tick.Stop()
	failing := false // said once, not at every look
	for {
		err := l.Refresh(ctx)
		if err != nil && !failing && !errors.Is(err, context.Canceled) {
			l.process.Log.WarnContext(ctx, "settings", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Stop lets the jobs under way end, at most until ctx does.
func (l *Live) Stop(ctx context.Context) error {
	l.mu.Lock()
	l.working = nil
	l.mu.Unlock()
	err := l.Portal().Worker.Stop(ctx)
	l.retired.Wait()
	return err
}
