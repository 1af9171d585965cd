//go:build unix

package private

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// home makes a folder for a test's clusters that the server's user may enter; for root t.TempDir is
// not one.
func home(t *testing.T) string {
	t.Helper()
	if _, err := findTools(); err != nil {
		t.Fatal(err)
	}
	base := "/var/tmp"
	if fi, err := os.Stat("/dev/shm"); err == nil && fi.IsDir() {
		base = "/dev/shm"
	}
	dir, err := os.MkdirTemp(base, "shtab-private-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustStart(t *testing.T, dir string) *Cluster {
	t.Helper()
	began := time.Now()
	c, err := Start(t.Context(), dir, Options{FastUnsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("started in %v", time.Since(began).Round(time.Millisecond))
	t.Cleanup(func() {
		if err := c.Stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func ask(t *testing.T, c *Cluster, database, sql string) (answer string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.URL(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := conn.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

func TestStartUseStop(t *testing.T) {
	dir := filepath.Join(home(t), "pg")
	c := mustStart(t, dir)
	for range 2 { // the second time it exists
		if err := c.EnsureDatabase(t.Context(), "shtab"); err != nil {
			t.Fatal(err)
		}
	}
	if got := ask(t, c, "shtab", `select lower('Ә') || current_user`); got != "әshtab" {
		t.Errorf("lower('Ә') || current_user = %q", got)
	}
	if got := ask(t, c, "shtab", `show listen_addresses`); got != "" {
		t.Errorf("the server listens on %q", got)
	}
	for _, name := range []string{"socket", "data"} {
		fi, err := os.Stat(filepath.Join(c.Dir(), name))
		if err != nil || fi.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v %v, want 0700", name, fi.Mode(), err)
		}
	}

	again := mustStart(t, dir) // a second user of the same cluster
	if err := c.Stop(); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, again, "shtab", `select 'still here'`); got != "still here" {
		t.Error(got)
	}
	if alone, err := again.StopIfAlone(); !alone || err != nil {
		t.Errorf("StopIfAlone = %v, %v", alone, err)
	}
	if pid := c.pidFile(); pid != 0 {
		t.Errorf("the last user is out and postmaster.pid names %d", pid)
	}

	if got := ask(t, mustStart(t, dir), "shtab", `select 'kept'`); got != "kept" {
		t.Error(got)
	}
}

func TestStopIfAloneLeavesItToOthers(t *testing.T) {
	dir := filepath.Join(home(t), "pg")
	a, b := mustStart(t, dir), mustStart(t, dir)
	if alone, err := a.StopIfAlone(); alone || err != nil {
		t.Fatalf("StopIfAlone = %v, %v with another user", alone, err)
	}
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	ask(t, a, "postgres", `select 'still here'`)
}

func TestManyStartAtOnce(t *testing.T) {
	dir := filepath.Join(home(t), "pg")
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			c, err := Start(t.Context(), dir, Options{FastUnsafe: true})
			if err != nil {
				t.Error(err)
				return
			}
			if err := c.EnsureDatabase(t.Context(), "shtab"); err != nil {
				t.Error(err)
			}
			if err := c.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestAfterKill(t *testing.T) {
	dir := filepath.Join(home(t), "pg")
	c := mustStart(t, dir)
	pid := c.postmaster()
	if pid == 0 {
		t.Fatal("no postmaster")
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c.using.release() // the process that used it died too
	c.using = nil
	c = mustStart(t, dir)
	ask(t, c, "postgres", `select 'recovered'`)

	// The dead server's process id now belongs to another program.
	if err := syscall.Kill(c.postmaster(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	sleep := exec.Command("sleep", "60")
	sleep.SysProcAttr = &syscall.SysProcAttr{Credential: c.owner.credential}
	sleep.Dir = "/"
	if err := sleep.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sleep.Process.Kill(); _ = sleep.Wait() }()
	for _, name := range []string{filepath.Join(c.path("data"), "postmaster.pid"), c.socket() + ".lock"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(b), "\n")
		if err := os.WriteFile(name, []byte(strconv.Itoa(sleep.Process.Pid)+"\n"+rest), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ask(t, mustStart(t, dir), "postgres", `select 'recovered again'`)
	if err := syscall.Kill(sleep.Process.Pid, 0); err != nil {
		t.Errorf("the innocent process: %v", err)
	}
}

func TestHalfMadeClusterIsMadeAnew(t *testing.T) {
	dir := filepath.Join(home(t), "pg")
	if err := os.MkdirAll(filepath.Join(dir, "data.new", "base"), 0o755); err != nil {
		t.Fatal(err)
	}
	ask(t, mustStart(t, dir), "postgres", `select 'made'`)
}

func TestOtherMajorVersion(t *testing.T) {
	dir := filepath.Join(home(t), "pg")
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte("9\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), dir, Options{})
	if err == nil || !strings.Contains(err.Error(), "made by PostgreSQL 9") || !strings.Contains(err.Error(), data) {
		t.Fatalf("%v", err)
	}
	t.Log(err)
	ask(t, mustStart(t, dir), "postgres", `select 'throw-away data: made anew'`)
}

func TestNoServerNamesTheRemedies(t *testing.T) {
	t.Setenv("PG_BIN", t.TempDir())
	if _, err := findTools(); err == nil || !strings.Contains(err.Error(), "PG_BIN") {
		t.Errorf("a PG_BIN without programs: %v", err)
	}
	for _, remedy := range []string{"PG_BIN", "DATABASE_URL", "install"} {
		if !strings.Contains(ErrNoServer.Error(), remedy) {
			t.Errorf("%q does not name %s", ErrNoServer, remedy)
		}
	}
	if strings.Contains(ErrNoServer.Error(), "\n") {
		t.Error("more than one line")
	}
}

func TestPlace(t *testing.T) {
	o, err := serverOwner()
	if err != nil {
		t.Fatal(err)
	}
	base := home(t)
	inVarTmp := func(name, dir string) {
		t.Helper()
		got, err := place(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(got) })
		if !strings.Contains(got, "/var/tmp/shtab-") {
			t.Errorf("%s: %s", name, got)
		}
		if again, err := place(dir, o); again != got || err != nil {
			t.Errorf("%s: the second time %s, %v", name, again, err)
		}
	}
	inVarTmp("a path too long for a socket", filepath.Join(base, strings.Repeat("long-", 20), "pg"))
	if os.Geteuid() == 0 {
		closed := filepath.Join(base, "closed")
		if err := os.Mkdir(closed, 0o700); err != nil {
			t.Fatal(err)
		}
		inVarTmp("a folder closed to the server's user", filepath.Join(closed, "pg"))

		theirs := filepath.Join(base, "theirs")
		if err := os.Mkdir(theirs, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(theirs, 12345, 12345); err != nil {
			t.Fatal(err)
		}
		if got, err := place(theirs, o); err == nil {
			t.Errorf("somebody else's folder was taken: %s", got)
		}
	}
	link := filepath.Join(base, "link")
	if err := os.Symlink(base, link); err != nil {
		t.Fatal(err)
	}
	if got, err := place(filepath.Join(link, "pg"), o); err != nil || got != filepath.Join(base, "pg") {
		t.Errorf("through a symbolic link: %s, %v", got, err)
	}
}
