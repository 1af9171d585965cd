package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"shtab/internal/config"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
)

// After a signal the portal asks its clients for a while to close their connections, and goes on
// answering; then requests under way have the rest of drain to end.
const (
	farewell = time.Second
	drain    = 10 * time.Second
)

// ServeOptions are what a program serves with.
type ServeOptions struct {
	Config  config.Config
	LogTo   io.Writer                                         // JSON lines without personal data
	Demo    func(*httpkit.Kit, postgres.DB) httpkit.DemoPages // as in Options
	Started func(url string)                                  // called once it listens; may be nil

	// Check returns why the database must not be served; nil: any is. A database that is away at the start
	// is waited for, and checked before it is used.
	Check func(context.Context) error
}

// Serve builds the portal over its database and serves it until ctx ends; then it drains for at most
// ten seconds.
func Serve(ctx context.Context, pool *pgxpool.Pool, o ServeOptions) error {
	cfg := o.Config
	log := slog.New(slog.NewJSONHandler(o.LogTo, &slog.HandlerOptions{Level: cfg.LogLevel}))
	slog.SetDefault(log)
	city, err := config.LoadCity(cfg.CityFile)
	if err != nil {
		return err
	}
	check := func(ctx context.Context) error {
		if o.Check != nil {
			if err := o.Check(ctx); err != nil {
				return err
			}
		}
		return postgres.CheckLetters(ctx, pool)
	}
	err = check(ctx)
	if err != nil && !postgres.IsOutage(err) {
		return err // a database that is away now is waited for; a wrong one is not
	}
	var known atomic.Bool // that the database is one to serve
	known.Store(err == nil)
	if cfg.SMTPURL == "" && o.Demo == nil {
		log.Warn("SMTP_URL is empty: mails are kept for a week and do not go out")
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	live, err := NewLive(pool, Options{Config: cfg, City: city, Metrics: registry, Log: log, Demo: o.Demo})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return err
	}
	if cfg.MetricsAddr != "" {
		defer serveMetrics(cfg.MetricsAddr, registry, log).Close()
	}
	jobsCtx, stopJobs := context.WithCancel(context.WithoutCancel(ctx))
	defer stopJobs()
	failed := make(chan error, 2)
	go func() {
		if err := waitFor(jobsCtx, check, &known); err != nil {
			failed <- err
			return
		}
		live.Run(jobsCtx)
	}()

	var leaving atomic.Bool
	server := &http.Server{
		Handler:           closing(&leaving, guard(&known, check, live)),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() { failed <- server.Serve(listener) }()
	log.Info("serving", "address", listener.Addr().String(), "base_url", cfg.BaseURL)
	if o.Started != nil {
		o.Started(cfg.BaseURL)
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	log.Info("draining")
	leaving.Store(true)
	time.Sleep(farewell)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain-farewell)
	defer cancel()
	err = server.Shutdown(end)
	if stopErr := live.Stop(end); stopErr != nil {
		log.Warn("jobs", "error", stopErr)
	}
	if err != nil {
		return fmt.Errorf("draining: %w", err)
	}
	return nil
}

// waitFor returns once check has found the database fit to be served, or what is wrong with it.
func waitFor(ctx context.Context, check func(context.Context) error, known *atomic.Bool) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for !known.Load() {
		switch err := check(ctx); {
		case err == nil:
			known.Store(true)
		case ctx.Err() != nil:
			return nil
		case !postgres.IsOutage(err):
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
	return nil
}

// guard keeps requests off a database that was away at the start until it has been checked: while it is
// still away, pages say so themselves.
func guard(known *atomic.Bool, check func(context.Context) error, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !known.Load() && r.URL.Path != "/healthz" {
			ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
			err := check(ctx)
			late := ctx.Err() != nil
			cancel()
			if err != nil && !late && !postgres.IsOutage(err) {
				http.Error(w, err.Error(), http.StatusServiceUnavailable)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// serveMetrics starts the listener of the metrics.
func serveMetrics(address string, registry *prometheus.Registry, log *slog.Logger) *http.Server {
	metrics := &http.Server{
		Addr: address, Handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}),
		ReadHeaderTimeout: 5 * time.Second,
	}
	go func() {
		if err := metrics.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics listener", "error", err)
		}
	}()
	return metrics
}

// closing lets each answer end its connection once the portal is leaving, so that no client
// sends a request into a connection that is being closed. A load balancer hears it from /readyz.
func closing(leaving *atomic.Bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if leaving.Load() {
			w.Header().Set("Connection", "close")
			if r.URL.Path == "/readyz" {
				http.Error(w, "leaving", http.StatusServiceUnavailable)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}
