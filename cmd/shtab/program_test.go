package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shtab/internal/demo"
	"shtab/internal/poll"
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
	program := filepath.Join(t.TempDir(), "shtab")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range append([]string{demo.Password}, demo.Accounts...) {
		if secret != demo.Password {
			secret += "@shtab.test"
		}
		if bytes.Contains(binary, []byte(secret)) || bytes.Contains(binary, []byte(strings.Replace(secret, "@", "&#64;", 1))) {
			t.Errorf("shtab holds %s", secret)
		}
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

// TestServeChecksALateDatabase checks that a database which is away at the start is checked when it comes:
// serve ends on the demonstration, and no page shows it meanwhile.
func TestServeChecksALateDatabase(t *testing.T) {
	present := pgtest.New(t)
	_, err := pgtest.PoolOf(t, present, 1).Exec(t.Context(),
		`insert into org (slug, kind, name, joined_on, demo)
			values ('made-up', 'ngo', '{"kk":"Ұйым"}', '2020-01-01', true)`)
	if err != nil {
		t.Fatal(err)
	}
	// A network address at which nobody listens yet: a proxy to the server begins later.
	at, err := pgx.ParseConfig(present)
	if err != nil {
		t.Fatal(err)
	}
	away, addr := freePort(t), freePort(t)
	late := &url.URL{Scheme: "postgres", User: url.UserPassword(at.User, at.Password), Host: away, Path: at.Database}
	ended := make(chan error, 1)
	go func() {
		args := []string{"serve", "--database-url", late.String(), "--listen", addr}
		ended <- run(t.Context(), args, noEnv, io.Discard)
	}()
	status := func(path string) int {
		resp, err := http.Get("http://" + addr + path)
		if err != nil {
			return 0
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	poll.Until(t, "it listens", func() bool { return status("/healthz") == http.StatusOK })
	if got := status("/kk/events"); got != http.StatusServiceUnavailable {
		t.Errorf("without a database a page answers %d", got)
	}
	network, server := pgconn.NetworkAddress(at.Host, at.Port)
	forward(t, away, network, server)
	poll.Until(t, "it ends", func() bool {
		if got := status("/kk/events"); got == http.StatusOK {
			t.Error("the demonstration is shown")
		}
		select {
		case err = <-ended:
			return true
		default:
			return false
		}
	})
	if err == nil || !strings.Contains(err.Error(), "demonstration") {
		t.Errorf("it ended with %v", err)
	}
}

// forward passes connections to the TCP address from on to another address until the test ends.
func forward(t *testing.T, from, network, to string) {
	t.Helper()
	listener, err := net.Listen("tcp", from)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); _ = listener.Close() })
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(ctx, network, to)
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
	}()
}
