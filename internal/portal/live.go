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
	"shtab/internal/totals"
)

// Live is a portal that follows the city's settings: after a change the house is built anew, and
// the next request goes to the new one. Requests and jobs under way end in the old one.
type Live struct {
	pool     *pgxpool.Pool
	options  Options
	settings *settings.Store
	current  atomic.Pointer[Portal]

	mu      sync.Mutex // one builds at a time
	version settings.Version
	working context.Context // of Run; nil: no worker runs
	retired sync.WaitGroup  // workers of older houses that finish their jobs
}

// watch is how often another process's change is looked for.
const watch = 2 * time.Second

// NewLive builds a portal over pool, which must be migrated by the time it is asked something. It
// begins with the city's file: Run, or Refresh, loads what is set over it.
func NewLive(pool *pgxpool.Pool, o Options) (*Live, error) {
	l := &Live{pool: pool, options: o, settings: settings.NewStore(pool)}
	l.options.Refresh, l.options.Totals = l.Refresh, totals.NewStore(pool)
	p, err := New(pool, l.options)
	if err != nil {
		return nil, err
	}
	l.current.Store(p)
	return l, nil
}

// Portal is the house as it is now.
func (l *Live) Portal() *Portal { return l.current.Load() }

// ServeHTTP serves from the house as it is now.
func (l *Live) ServeHTTP(w http.ResponseWriter, r *http.Request) { l.Portal().ServeHTTP(w, r) }

// Refresh builds the house anew when the settings are not those that it was built of.
func (l *Live) Refresh(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, err := l.settings.Version(ctx)
	if err != nil || v == l.version || v == "0/0" && l.version == "" {
		return err
	}
	city, v, err := l.settings.Load(ctx, l.options.City)
	if err != nil {
		return err
	}
	o := l.options
	o.City, o.Base = city, l.options.City
	p, err := New(l.pool, o)
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
				l.options.Log.Warn("jobs of the old settings", "error", err)
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
			l.options.Log.WarnContext(ctx, "settings", "error", err)
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
