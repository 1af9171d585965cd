package main

import (
	"errors"

	"shtab/internal/config"
	"shtab/internal/postgres"
	"shtab/internal/postgres/migrate"
)

type seedCmd struct {
	config.Config
}

// Run fills an empty, migrated database. A database with other people in it is refused.
func (c *seedCmd) Run(e *config.Env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	pool, err := postgres.Open(e.Context, c.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := migrate.Check(e.Context, pool); err != nil {
		return err
	}
	return seed(e, pool, c.Config)
}
