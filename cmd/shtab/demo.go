package main

import (
	"fmt"
	"path/filepath"
	"time"

	"shtab/internal/config"
	"shtab/internal/demo"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
	"shtab/internal/postgres/private"
	"shtab/web/link"
)

type demoCmd struct {
	config.Config
	Data string `default:".data" env:"SHTAB_DATA" placeholder:"DIR" help:"Where the private PostgreSQL keeps its data."`
}

// Run serves the demonstration headquarters until the context ends, and stops what it started.
func (c *demoCmd) Run(e *env) (err error) {
	if c.DatabaseURL == "" {
		dir, err := filepath.Abs(filepath.Join(c.Data, "postgres"))
		if err != nil {
			return err
		}
		cluster, err := private.Start(e.ctx, dir, private.Options{})
		if err != nil {
			return err
		}
		defer func() {
			if stopErr := cluster.Stop(); err == nil {
				err = stopErr
			}
		}()
		if err := cluster.EnsureDatabase(e.ctx, "shtab"); err != nil {
			return err
		}
		c.DatabaseURL = cluster.URL("shtab")
	}
	if err := migrateUp(e, c.DatabaseURL); err != nil {
		return err
	}
	if err := seed(e, c.Config); err != nil {
		return err
	}
	parent, err := c.parentLink(e)
	if err != nil {
		return err
	}
	return serve(e, c.Config, true, func(url string) {
		fmt.Fprintf(e.stdout, "\n  Shtab stands at %s\n\n", url)
		for _, who := range []string{"volunteer", "teen", "coordinator", "staff", "admin"} {
			fmt.Fprintf(e.stdout, "    %-11s  %s@shtab.test\n", who, who)
		}
		fmt.Fprintf(e.stdout, "    %-11s  v0001@shtab.test ... v8200@shtab.test\n", "volunteers")
		if parent != "" {
			fmt.Fprintf(e.stdout, "    %-11s  %s%s\n", "a parent", url, link.Guardian(i18n.KK, parent))
		}
		fmt.Fprintf(e.stdout, "\n    password     %s\n    codes        %s/dev/code (the second factor of staff and admin)\n    mails        %s/dev/outbox\n\n  Ctrl-C stops everything.\n\n", demo.Password, url, url)
	})
}

// parentLink draws a fresh link of the demonstration's parent.
func (c *demoCmd) parentLink(e *env) (string, error) {
	pool, err := postgres.Open(e.ctx, c.DatabaseURL, 1)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	return demo.ParentLink(e.ctx, pool, time.Now())
}
