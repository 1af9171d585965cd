package main

import (
	"errors"
	"os"

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
		return errors.New("DATABASE_URL is needed (shtab-demo makes a database of its own)")
	}
	pool, err := postgres.Open(e.Context, c.DatabaseURL, c.MaxConns)
	if err != nil {
		return err
	}
	defer pool.Close()
	// It waits for an unreachable database, but not for one with a wrong schema.
	if err := migrate.Check(e.Context, pool); err != nil && !postgres.IsOutage(err) {
		return err
	}
	demo, err := org.IsDemonstration(e.Context, pool)
	switch {
	case postgres.IsOutage(err):
	case err != nil:
		return err
	case demo:
		return errors.New("the database holds the demonstration, whose passwords everybody knows: serve another one")
	}
	return portal.Serve(e.Context, pool, portal.ServeOptions{Config: c.Config, LogTo: os.Stderr})
}
