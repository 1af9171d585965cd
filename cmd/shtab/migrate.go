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
func (c *migrateCmd) Run(e *config.Env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	if c.Down > 0 {
		if err := migrate.Down(e.Context, c.DatabaseURL, c.Down); err != nil {
			return err
		}
	} else if err := migrate.Up(e.Context, c.DatabaseURL); err != nil {
		return err
	}
	version, _, err := migrate.Version(e.Context, c.DatabaseURL)
	fmt.Fprintf(e.Stdout, "schema version %d\n", version)
	return err
}
