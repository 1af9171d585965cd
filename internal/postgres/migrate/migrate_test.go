package migrate_test

import (
	"context"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/golang-migrate/migrate/v4/source"
	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres/migrate"
	"shtab/internal/postgres/pgtest"
	"shtab/migrations"
)

// empty is a database without the portal's schema.
func empty(t *testing.T) string {
	t.Helper()
	url := pgtest.New(t)
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), `drop schema public cascade; create schema public`); err != nil {
		t.Fatal(err)
	}
	return url
}

// before is the number of the migration before a version: numbers need not be consecutive.
func before(t *testing.T, version uint) (last uint) {
	t.Helper()
	names, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if m, err := source.Parse(name); err == nil && m.Version < version {
			last = max(last, m.Version)
		}
	}
	return last
}

// objects counts the tables, indexes, functions, types and extensions of a database.
func objects(t *testing.T, url string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	err = conn.QueryRow(t.Context(), `
		select (select count(*) from pg_class where relnamespace = 'public'::regnamespace)
		     + (select count(*) from pg_proc where pronamespace = 'public'::regnamespace)
		     + (select count(*) from pg_type where typnamespace = 'public'::regnamespace)
		     + (select count(*) from pg_extension where extnamespace = 'public'::regnamespace)`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func wantVersion(t *testing.T, url string, want uint) {
	t.Helper()
	got, dirty, err := migrate.Version(t.Context(), url)
	if got != want || dirty || err != nil {
		t.Errorf("version %d, dirty %v, %v; want %d", got, dirty, err, want)
	}
}

func TestThreeProcessesAtOnce(t *testing.T) {
	url := empty(t)
	wantVersion(t, url, 0)
	errs := make(chan error)
	for range 3 {
		go func() { errs <- migrate.Up(t.Context(), url) }()
	}
	for range 3 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	latest, err := migrate.Latest()
	if err != nil || latest == 0 {
		t.Fatal(latest, err)
	}
	wantVersion(t, url, latest)
	if err := migrate.Up(t.Context(), url); err != nil {
		t.Errorf("with nothing to do: %v", err)
	}
}

func TestUpDownUp(t *testing.T) {
	url := empty(t)
	if err := migrate.Up(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	full := objects(t, url)

	if err := migrate.Down(t.Context(), url, 1); err != nil {
		t.Fatal(err)
	}
	latest, _ := migrate.Latest()
	wantVersion(t, url, before(t, latest))
	if err := migrate.Down(t.Context(), url, 0); err != nil {
		t.Fatal(err)
	}
	wantVersion(t, url, 0)
	if n := objects(t, url); n != 0 {
		t.Errorf("%d tables, indexes, functions, types and extensions are left after all was taken back", n)
	}

	if err := migrate.Up(t.Context(), url); err != nil {
		t.Fatal(err)
	}
	wantVersion(t, url, latest)
	if n := objects(t, url); n != full {
		t.Errorf("%d objects the second time, %d the first", n, full)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := migrate.Up(ctx, empty(t)); err == nil {
		t.Error("no error")
	}
}

func TestOnlyURLsAndNoPasswordInErrors(t *testing.T) {
	err := migrate.Up(t.Context(), "host=localhost password=hunter2")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}

// TestRefusedMigrationCanBeTriedAgain checks that a refused migration changes nothing, and that it can
// be applied once it is corrected.
func TestRefusedMigrationCanBeTriedAgain(t *testing.T) {
	url := empty(t)
	files := fstest.MapFS{
		"0001_first.up.sql":  {Data: []byte(`create table first ()`)},
		"0002_second.up.sql": {Data: []byte(`create table second (); select 1/0`)},
	}
	for range 2 {
		if err := migrate.UpFiles(t.Context(), url, files); err == nil {
			t.Fatal("no error")
		}
		wantVersion(t, url, 1)
	}
	files["0002_second.up.sql"] = &fstest.MapFile{Data: []byte(`create table second ()`)}
	if err := migrate.UpFiles(t.Context(), url, files); err != nil {
		t.Fatal(err)
	}
	wantVersion(t, url, 2)
}
