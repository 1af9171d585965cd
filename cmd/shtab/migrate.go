package main

import (
	"errors"
	"fmt"

	"shtab/internal/config"
	"shtab/internal/postgres/migrate"
)

type migrateCmd struct {
	config.Config
	Down int `help:"Take so many migrations back instead."`
}

// Run migrates and says to which version.
func (c *migrateCmd) Run(e *env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	if c.Down > 0 {
		if err := migrate.Down(e.ctx, c.DatabaseURL, c.Down); err != nil {
			return err
		}
	} else if err := migrateUp(e, c.DatabaseURL); err != nil {
		return err
	}
	version, _, err := migrate.Version(e.ctx, c.DatabaseURL)
	fmt.Fprintf(e.stdout, "schema version %d\n", version)
	return err
}

func migrateUp(e *env, url string) error { return migrate.Up(e.ctx, url) }
