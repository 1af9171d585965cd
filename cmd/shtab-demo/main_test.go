package main

import (
	"errors"
	"io"
	"strings"
	"testing"

	"shtab/internal/demo"
	"shtab/internal/postgres/migrate"
	"shtab/internal/postgres/pgtest"
)

func noEnv(string) string { return "" }

// TestLoopbackOnly checks that every address that another machine could reach is refused before anything
// starts.
func TestLoopbackOnly(t *testing.T) {
	for address, open := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:8080": true, "localhost:8080": true, "127.3.2.1:0": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.5:8080": false,
		"portal.example:80": false,
	} {
		if err := onLoopback(address); (err == nil) != open {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, flag := range []string{"--listen", "--metrics-addr"} {
		args := []string{"serve", "--database-url", "postgres://nowhere.invalid/", flag, "0.0.0.0:0"}
		if err := run(t.Context(), args, noEnv, io.Discard); !errors.Is(err, errBeyondLoopback) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// TestKeepsOffRealPeople checks that a database with an account of a real person is refused.
func TestKeepsOffRealPeople(t *testing.T) {
	url := pgtest.New(t)
	pool := pgtest.PoolOf(t, url, 1)
	_, err := pool.Exec(t.Context(), `insert into person (email, given_name, family_name, birth_date, lang,
		calendar_token, joined_at)
		values ('aigerim@example.kz', 'Айгерім', 'Нұрлан', '1990-01-01', 'kk', 'token', '2026-01-01')`)
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "seed"} {
		var out strings.Builder
		args := []string{command, "--database-url", url, "--listen", "127.0.0.1:0"}
		if err := run(t.Context(), args, noEnv, &out); !errors.Is(err, demo.ErrOthers) {
			t.Errorf("%s: %v\n%s", command, err, &out)
		}
	}
	// It is refused before anything is written: an older schema stays as it is, and a mark of the
	// demonstration changes nothing.
	if err := migrate.Down(t.Context(), url, 1); err != nil {
		t.Fatal(err)
	}
	before, _, err := migrate.Version(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	_, err = pool.Exec(t.Context(), `insert into org (slug, kind, name, joined_on, demo)
		values ('made-up', 'ngo', '{"kk":"Ұйым"}', '2020-01-01', true)`)
	if err != nil {
		t.Fatal(err)
	}
	err = run(t.Context(), []string{"serve", "--database-url", url, "--listen", "127.0.0.1:0"}, noEnv, io.Discard)
	if !errors.Is(err, demo.ErrOthers) {
		t.Errorf("with an older schema: %v", err)
	}
	if after, _, err := migrate.Version(t.Context(), url); err != nil || after != before {
		t.Errorf("the schema was brought from %d to %d, %v", before, after, err)
	}
	var people int
	if err := pool.QueryRow(t.Context(), `select count(*) from person`).Scan(&people); err != nil || people != 1 {
		t.Errorf("%d people, %v", people, err)
	}
}
