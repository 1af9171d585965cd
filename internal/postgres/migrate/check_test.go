package migrate_test

import (
	"errors"
	"strings"
	"testing"

	"shtab/internal/postgres/migrate"
	"shtab/internal/postgres/pgtest"
)

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		sql  string
		want string // in the error; empty: this program can use the schema
	}{
		"current":           {`select`, ""},
		"newer, only added": {`update schema_migrations set version = version + 3`, ""},
		"newer, taken away": {newer(`update schema_support set oldest_program = version
			from schema_migrations`), "run a newer release"},
		"newer, taken before": {
			newer(`update schema_support set oldest_program = version - 3 from schema_migrations`),
			"",
		},
		"another line": {newer(`drop table schema_support`), "take an empty one"},
		"older":        {`update schema_migrations set version = version - 1`, "run `shtab migrate`"},
		"empty":        {`drop table schema_migrations`, "no schema yet: run `shtab migrate`"},
		"died halfway": {`update schema_migrations set dirty = true`, "run `shtab migrate`"},
		"older queue":  {`delete from river_migration where version > 4`, "run `shtab migrate`"},
	} {
		t.Run(name, func(t *testing.T) {
			pool := pgtest.PoolN(t, 1)
			if _, err := pool.Exec(t.Context(), c.sql); err != nil {
				t.Fatal(err)
			}
			err := migrate.Check(t.Context(), pool)
			_, words := errors.AsType[migrate.SchemaError](err)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (!words || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v; want %q", err, c.want)
			}
		})
	}
}

// newer returns SQL that makes the schema three migrations newer and then runs sql.
func newer(sql string) string {
	return `update schema_migrations set version = version + 3; ` + sql
}

// TestCheckOfADatabaseAway checks that an unreachable database is not a SchemaError.
func TestCheckOfADatabaseAway(t *testing.T) {
	pool := pgtest.PoolN(t, 1)
	pool.Close()
	err := migrate.Check(t.Context(), pool)
	if _, words := errors.AsType[migrate.SchemaError](err); err == nil || words {
		t.Error(err)
	}
}

// TestUpOnANewerSchema checks that an older release leaves a schema with additions alone, so that a
// release can be rolled back.
func TestUpOnANewerSchema(t *testing.T) {
	url := pgtest.New(t)
	pool := pgtest.PoolOf(t, url, 1)
	if _, err := pool.Exec(t.Context(), `update schema_migrations set version = version + 3`); err != nil {
		t.Fatal(err)
	}
	if err := migrate.Up(t.Context(), url); err != nil {
		t.Error(err)
	}
	if _, err := pool.Exec(t.Context(), `update schema_support set oldest_program = 1000`); err != nil {
		t.Fatal(err)
	}
	if err := migrate.Up(t.Context(), url); err == nil || !strings.Contains(err.Error(), "run a newer release") {
		t.Error(err)
	}
}
