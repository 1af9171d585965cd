package main

import (
	"errors"
	"fmt"
	"time"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/demo"
	"shtab/internal/postgres"
)

type seedCmd struct {
	config.Config
}

// Run fills an empty, migrated database. A database with other people in it is refused.
func (c *seedCmd) Run(e *env) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is needed")
	}
	return seed(e, c.Config)
}

func seed(e *env, cfg config.Config) error {
	city, err := config.LoadCity(cfg.CityFile)
	if err != nil {
		return err
	}
	pool, err := postgres.Open(e.ctx, cfg.DatabaseURL, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	if done, err := demo.Seeded(e.ctx, pool); err != nil || done {
		return err
	}
	began := time.Now()
	hash, err := account.NewHasher().Hash(e.ctx, demo.Password)
	if err != nil {
		return err
	}
	summary, err := demo.Seed(e.ctx, pool, city, began, hash)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "seeded in %.1f s: %v\n", time.Since(began).Seconds(), summary)
	return nil
}
