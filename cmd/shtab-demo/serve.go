package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/demo"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/postgres/migrate"
	"shtab/internal/postgres/private"
	"shtab/web/link"
	"shtab/web/portal"
	"shtab/web/public/dev"
)

type serveCmd struct {
	config.Config
	Data string `default:".data" env:"SHTAB_DATA" placeholder:"DIR" help:"Where the private PostgreSQL keeps its data."`
}

// Run serves the demonstration until the context ends, and stops what it started.
func (c *serveCmd) Run(e *config.Env) (err error) {
	for _, address := range []string{c.Listen, c.MetricsAddr} {
		if address == "" {
			continue
		}
		if err := onLoopback(address); err != nil {
			return err
		}
	}
	ours := c.DatabaseURL == "" // where whoever registers is trying the demonstration out
	if ours {
		cluster, err := startCluster(e.Context, c.Data)
		if err != nil {
			return err
		}
		defer func() {
			if stopErr := cluster.Stop(); err == nil {
				err = stopErr
			}
		}()
		c.DatabaseURL = cluster.URL("shtab")
	}
	pool, err := postgres.Open(e.Context, c.DatabaseURL, c.MaxConns)
	if err != nil {
		return err
	}
	defer pool.Close()
	if !ours {
		if err := demo.NobodyElse(e.Context, pool); err != nil {
			return err
		}
	}
	if err := migrate.Up(e.Context, c.DatabaseURL); err != nil {
		return err
	}
	if err := seed(e, pool, c.Config); err != nil {
		return err
	}
	parent, err := demo.ParentLink(e.Context, pool, time.Now())
	if err != nil {
		return err
	}
	return portal.Serve(e.Context, pool, portal.ServeOptions{
		Config: c.Config, LogTo: os.Stderr, Demo: dev.New, Started: func(url string) { greet(e.Stdout, url, parent) },
	})
}

func startCluster(ctx context.Context, data string) (*private.Cluster, error) {
	dir, err := filepath.Abs(filepath.Join(data, "postgres"))
	if err != nil {
		return nil, err
	}
	cluster, err := private.Start(ctx, dir, private.Options{})
	if err != nil {
		return nil, err
	}
	if err := cluster.EnsureDatabase(ctx, "shtab"); err != nil {
		return nil, errors.Join(err, cluster.Stop())
	}
	return cluster, nil
}

// seed writes the demonstration if it is missing, and says so.
func seed(e *config.Env, pool *pgxpool.Pool, cfg config.Config) error {
	city, err := config.LoadCity(cfg.CityFile)
	if err != nil {
		return err
	}
	if there, err := org.IsDemonstration(e.Context, pool); err != nil || there {
		return err
	}
	began := time.Now()
	hash, err := account.NewHasher().Hash(e.Context, demo.Password)
	if err != nil {
		return err
	}
	summary, err := demo.Seed(e.Context, pool, city, began, hash)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.Stdout, "seeded in %.1f s: %v\n", time.Since(began).Seconds(), summary)
	return nil
}

// greet prints where the portal is and how to sign in.
func greet(w io.Writer, url, parent string) {
	fmt.Fprintf(w, "\n  Shtab is at %s\n\n", url)
	for _, who := range demo.Accounts {
		fmt.Fprintf(w, "    %-11s  %s@shtab.test\n", who, who)
	}
	fmt.Fprintf(w, "    %-11s  v0001@shtab.test ... v8200@shtab.test\n", "volunteers")
	if parent != "" {
		fmt.Fprintf(w, "    %-11s  %s%s\n", "a parent", url, link.Guardian(i18n.KK, parent))
	}
	fmt.Fprintf(w, "\n    password     %s\n", demo.Password)
	fmt.Fprintf(w, "    codes        %s/dev/code (the second factor of staff and admin)\n", url)
	fmt.Fprintf(w, "    mails        %s/dev/outbox\n\n  Ctrl-C stops everything.\n\n", url)
}
