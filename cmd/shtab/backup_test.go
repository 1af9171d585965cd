package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/demo"
	"shtab/internal/postgres/pgtest"
)

// TestBackup backs up a headquarters and restores it with the commands of the README, and checks that
// every row is restored, the figures match the ledger, and the program works with it.
func TestBackup(t *testing.T) {
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	from, to := pgtest.New(t), pgtest.New(t)
	source, target := pgtest.PoolOf(t, from, 2), pgtest.PoolOf(t, to, 2)
	noon := time.Date(2026, 3, 18, 7, 0, 0, 0, time.UTC)
	if _, err := demo.Seed(t.Context(), source, city, noon, "no password"); err != nil {
		t.Fatal(err)
	}
	if _, err := target.Exec(t.Context(), `drop schema public cascade; create schema public`); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, command := range readmeCommands(t, "pg_dump", "pg_restore") {
		shell := exec.CommandContext(t.Context(), "sh", "-euc", command)
		shell.Dir = folder
		shell.Env = append(os.Environ(), "DATABASE_URL="+from, "NEW_DATABASE_URL="+to)
		if out, err := shell.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	was, is := rowCounts(t, source), rowCounts(t, target)
	if len(was) < 30 || was["person"] < 8000 || was["ledger"] == 0 {
		t.Fatalf("not a headquarters: %v", was)
	}
	for table, n := range was {
		if is[table] != n {
			t.Errorf("%s: %d rows of %d", table, is[table], n)
		}
	}
	for _, args := range [][]string{{"migrate"}, {"totals", "verify"}} {
		var out strings.Builder
		if err := run(t.Context(), append(args, "--database-url", to), noEnv, &out); err != nil {
			t.Errorf("%v: %v\n%s", args, err, &out)
		}
	}
}

// readmeCommands returns the lines of the README's backup section that begin with one of programs.
func readmeCommands(t *testing.T, programs ...string) (lines []string) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, program := range programs {
		found := regexp.MustCompile(`(?m)^`+program+` .*$`).FindAllString(string(readme), -1)
		if len(found) != 1 {
			t.Fatalf("the README has %d lines of %s", len(found), program)
		}
		lines = append(lines, found...)
	}
	return lines
}

// rowCounts returns the number of rows of each table.
func rowCounts(t *testing.T, pool *pgxpool.Pool) map[string]int {
	t.Helper()
	rows, _ := pool.Query(t.Context(), `select tablename from pg_tables where schemaname = 'public'`)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, table := range tables {
		var n int
		sql := fmt.Sprintf(`select count(*) from %s`, pgx.Identifier{table}.Sanitize())
		if err := pool.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}
