package main

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/postgres"
	"shtab/internal/postgres/migrate"
	"shtab/internal/totals"
)

type totalsCmd struct {
	Verify  totalsVerifyCmd  `cmd:"" help:"Recompute the headquarters' figures from the ledger and print what differs; fails when something does."`
	Rebuild totalsRebuildCmd `cmd:"" help:"Write the summary of the figures anew from the ledger."`
}

type totalsVerifyCmd struct {
	config.Config
}

type totalsRebuildCmd struct {
	config.Config
}

// Run recomputes the summaries from the ledger.
func (c *totalsRebuildCmd) Run(e *config.Env) error {
	pool, err := open(e, c.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := totals.Rebuild(e.Context, pool); err != nil {
		return err
	}
	fmt.Fprintln(e.Stdout, "the figures are written anew")
	return nil
}

// Run compares every summary with the ledger.
func (c *totalsVerifyCmd) Run(e *config.Env) error {
	pool, err := open(e, c.DatabaseURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	found, err := totals.Verify(e.Context, pool)
	if err != nil {
		return err
	}
	for _, d := range found {
		fmt.Fprintln(e.Stdout, d)
	}
	if len(found) > 0 {
		return fmt.Errorf("figures that are not what the ledger says: %d", len(found))
	}
	fmt.Fprintln(e.Stdout, "the figures are what the ledger says")
	return nil
}

// open opens a migrated database for a command.
func open(e *config.Env, url string) (*pgxpool.Pool, error) {
	if url == "" {
		return nil, errors.New("DATABASE_URL is needed")
	}
	pool, err := postgres.Open(e.Context, url, 2)
	if err != nil {
		return nil, err
	}
	if err := migrate.Check(e.Context, pool); err != nil {
		pool.Close()
		return nil, err
	}
	return pool, nil
}
