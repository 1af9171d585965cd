package main

import (
	"errors"
	"fmt"

	"shtab/internal/config"
	"shtab/internal/postgres"
	"shtab/internal/totals"
)

type totalsCmd struct {
	Verify totalsVerifyCmd `cmd:"" help:"Recompute the headquarters' figures from the ledger and print what differs; fails when something does."`
}

type totalsVerifyCmd struct {
	config.Config
}

// Run compares every summary with the ledger.
func (c *totalsVerifyCmd) Run(e *env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	pool, err := postgres.Open(e.ctx, c.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	found, err := totals.Verify(e.ctx, pool)
	if err != nil {
		return err
	}
	for _, d := range found {
		fmt.Fprintln(e.stdout, d)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d figures are not what the ledger says", len(found))
	}
	fmt.Fprintln(e.stdout, "the figures are what the ledger says")
	return nil
}
