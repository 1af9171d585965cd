package main

import (
	"context"
	"errors"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/postgres/migrate"
	"shtab/web/portal"
)

type serveCmd struct {
	config.Config
}

// Run serves until the context ends.
func (c *serveCmd) Run(e *config.Env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	pool, err := postgres.Open(e.Context, c.DatabaseURL, c.MaxConns)
	if err != nil {
		return err
	}
	defer pool.Close()
	return portal.Serve(e.Context, pool, portal.ServeOptions{
		Config: c.Config, LogTo: os.Stderr,
		Check: func(ctx context.Context) error { return checkDatabase(ctx, pool) },
	})
}

// checkDatabase returns why a city's portal must not serve this database.
func checkDatabase(ctx context.Context, pool *pgxpool.Pool) error {
	if err := migrate.Check(ctx, pool); err != nil {
		return err
	}
	demo, err := org.IsDemonstration(ctx, pool)
	if err == nil && demo {
		err = errors.New("the database holds the demonstration, whose passwords everybody knows: serve another one")
	}
	return err
}
