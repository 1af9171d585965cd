package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"shtab/internal/config"
	"shtab/internal/postgres"
	"shtab/web/portal"
)

// After a signal the portal asks its clients for a while to close their connections, and goes on
// answering; then requests under way have the rest of drain to end.
const (
	farewell = time.Second
	drain    = 10 * time.Second
)

type serveCmd struct {
	config.Config
}

// Run serves until the context ends.
func (c *serveCmd) Run(e *env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed (shtab demo makes a database of its own)")
	}
	return serve(e, c.Config, false, nil)
}

// serve builds the portal over its database and serves it until the context ends; started is
// called once it listens.
func serve(e *env, cfg config.Config, demo bool, started func(url string)) error {
	log := logger(os.Stderr, cfg.LogLevel)
	slog.SetDefault(log)
	city, err := config.LoadCity(cfg.CityFile)
	if err != nil {
		return err
	}
	pool, err := postgres.Open(e.ctx, cfg.DatabaseURL, cfg.MaxConns)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := postgres.CheckLetters(e.ctx, pool); err != nil && !postgres.IsOutage(err) {
		return err // a database that is away now is waited for; a wrong one is not
	}
	if cfg.SMTPURL == "" && !demo {
		log.Warn("SMTP_URL is empty: mails are kept for a week and do not go out")
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))

	house, err := portal.NewLive(pool, portal.Options{Config: cfg, City: city, Metrics: registry, Log: log, Demo: demo})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return err
	}
	var leaving atomic.Bool
	httpServer := &http.Server{
		Handler:           closing(&leaving, house),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       20 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if cfg.MetricsAddr != "" {
		metrics := &http.Server{Addr: cfg.MetricsAddr, Handler: promhttp.HandlerFor(registry, promhttp.HandlerOpts{}), ReadHeaderTimeout: 5 * time.Second}
		go func() {
			if err := metrics.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
				log.Error("metrics listener", "error", err)
			}
		}()
		defer metrics.Close()
	}
	jobsCtx, stopJobs := context.WithCancel(context.WithoutCancel(e.ctx))
	defer stopJobs()
	go house.Run(jobsCtx)

	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(listener) }()
	log.Info("serving", "address", listener.Addr().String(), "base_url", cfg.BaseURL)
	if started != nil {
		started(cfg.BaseURL)
	}
	select {
	case err := <-failed:
		return err
	case <-e.ctx.Done():
	}
	log.Info("draining")
	leaving.Store(true)
	time.Sleep(farewell)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), drain-farewell)
	defer cancel()
	err = httpServer.Shutdown(ctx)
	if stopErr := house.Stop(ctx); stopErr != nil {
		log.Warn("jobs", "error", stopErr)
	}
	if err != nil {
		return fmt.Errorf("draining: %w", err)
	}
	return nil
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
