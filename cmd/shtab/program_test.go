package main

import (
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"shtab/internal/postgres/pgtest"
)

// TestProgramHoldsNoDemonstration checks that the program is built without made-up people, public
// passwords or second factors, and without a private PostgreSQL.
func TestProgramHoldsNoDemonstration(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if !slices.Contains(packages, "shtab/web/portal") {
		t.Fatalf("not the program's packages: %d", len(packages))
	}
	for _, p := range packages {
		if strings.HasPrefix(p, "shtab/internal/demo") || strings.HasPrefix(p, "shtab/internal/postgres/private") ||
			strings.HasPrefix(p, "shtab/web/public/dev") {
			t.Errorf("shtab is built with %s", p)
		}
	}
}

// TestServeNeedsAMigratedDatabase checks that serve ends with one line that says what to do when the
// schema is empty or older.
func TestServeNeedsAMigratedDatabase(t *testing.T) {
	for name, sql := range map[string]string{
		"empty":           `drop schema public cascade; create schema public`,
		"older":           `update schema_migrations set version = version - 1`,
		"half migrated":   `update schema_migrations set dirty = true`,
		"without a queue": `drop table river_migration`,
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.New(t)
			if _, err := pgtest.PoolOf(t, url, 1).Exec(t.Context(), sql); err != nil {
				t.Fatal(err)
			}
			err := run(t.Context(), []string{"serve", "--database-url", url, "--listen", "127.0.0.1:0"}, noEnv,
				io.Discard)
			if err == nil || strings.Contains(err.Error(), "\n") ||
				!strings.Contains(err.Error(), "run `shtab migrate`") {
				t.Errorf("serve on it: %v", err)
			}
		})
	}
}

// TestServeRefusesTheDemonstration checks that a database with public passwords is refused.
func TestServeRefusesTheDemonstration(t *testing.T) {
	url := pgtest.New(t)
	_, err := pgtest.PoolOf(t, url, 1).Exec(t.Context(),
		`insert into org (slug, kind, name, joined_on, demo)
			values ('made-up', 'ngo', '{"kk":"Ұйым"}', '2020-01-01', true)`)
	if err != nil {
		t.Fatal(err)
	}
	err = run(t.Context(), []string{"serve", "--database-url", url, "--listen", "127.0.0.1:0"}, noEnv, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "demonstration") {
		t.Errorf("served: %v", err)
	}
}
