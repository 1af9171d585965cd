//go:build unix

// Package private runs a private PostgreSQL cluster for shtab-demo and the tests: in a folder of the
// checkout, on a unix socket only, stopped when its last user stops. A real headquarters uses a
// maintained server instead, which DATABASE_URL names.
package private

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// user is the cluster's superuser. The permissions of the socket's folder decide who may connect.
const user = "shtab"

// Options are the settings of a cluster.
type Options struct {
	// FastUnsafe is for data that may be lost at any moment, such as the tests': no write waits
	// for the disk, and a folder made by another version is replaced.
	FastUnsafe bool
	// MaxConnections is 200 when 0.
	MaxConnections int
}

// Cluster is a running cluster. Several processes may use one; each holds its own Cluster.
type Cluster struct {
	dir   string // the folder given to Start, or its replacement under /var/tmp
	owner *owner
	tools tools
	using *lock
}

// Start makes the cluster in dir if there is none, starts it if it does not run, and counts the caller
// as a user of it until Stop. When dir cannot be used (the server's user may not enter it, or its path
// is too long for a socket) a folder under /var/tmp replaces it: see Dir.
func Start(ctx context.Context, dir string, opts Options) (*Cluster, error) {
	c, err := start(ctx, dir, opts)
	if err != nil {
		return nil, fmt.Errorf("private PostgreSQL: %w", err)
	}
	return c, nil
}

func start(ctx context.Context, dir string, opts Options) (*Cluster, error) {
	owner, err := serverOwner()
	if err != nil {
		return nil, err
	}
	if dir, err = place(dir, owner); err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, owner: owner}

	starting, err := lockFile(ctx, c.path("start.lock"))
	if err != nil {
		return nil, err
	}
	defer starting.release()

	found, err := findTools()
	if err != nil {
		return nil, err
	}
	major := madeBy(c.path("data"))
	if c.tools, err = choose(found, major); err != nil {
		if !opts.FastUnsafe {
			return nil, fmt.Errorf("%s: %w", c.path("data"), err)
		}
		if err := c.discard(); err != nil {
			return nil, err
		}
		c.tools, major = found[0], 0
	}
	if major == 0 {
		if err := c.create(ctx, opts); err != nil {
			return nil, err
		}
	}
	if c.using, err = shareFile(c.path("users.lock")); err != nil {
		return nil, err
	}
	if err := c.run(ctx, opts); err != nil {
		return nil, errors.Join(err, c.leave())
	}
	return c, nil
}

// Dir is the folder that holds the cluster.
func (c *Cluster) Dir() string { return c.dir }

// URL returns the libpq URL of one of the cluster's databases.
func (c *Cluster) URL(database string) string {
	q := url.Values{"host": {c.path("socket")}, "user": {user}}
	return "postgres:///" + url.PathEscape(database) + "?" + q.Encode()
}

// EnsureDatabase creates the database unless it exists.
func (c *Cluster) EnsureDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var there bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database
		where datname = $1)`, name).Scan(&there); err != nil || there {
		return err
	}
	_, err = conn.Exec(ctx, `create database `+pgx.Identifier{name}.Sanitize()+` template template0`)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && (e.Code == "42P04" || e.Code == "23505") {
		return nil // another process was faster
	}
	return err
}

// Stop ends this process's use of the cluster; the last user stops the server. A second Stop does
// nothing.
func (c *Cluster) Stop() error {
	if c.using == nil {
		return nil
	}
	starting, err := lockFile(context.Background(), c.path("start.lock"))
	if err != nil {
		return err
	}
	defer starting.release()
	return c.leave()
}

// leave is Stop for a caller that holds start.lock.
func (c *Cluster) leave() error {
	last := c.using.alone()
	c.using.release()
	c.using = nil
	if !last {
		return nil
	}
	return c.stop("fast")
}

// Alone reports whether nobody else uses the cluster just now.
func (c *Cluster) Alone() (bool, error) {
	starting, err := lockFile(context.Background(), c.path("start.lock"))
	if err != nil {
		return false, err
	}
	defer starting.release()
	return c.alone()
}

// alone is Alone for a caller that holds start.lock. Trying for the exclusive lock may have lost the
// shared one; nobody stops the server meanwhile, because that needs start.lock too.
func (c *Cluster) alone() (bool, error) {
	yes := c.using.alone()
	return yes, c.using.share()
}

// StopIfAlone is Stop, but only when nobody else uses the cluster; it reports whether it did.
func (c *Cluster) StopIfAlone() (bool, error) {
	starting, err := lockFile(context.Background(), c.path("start.lock"))
	if err != nil {
		return false, err
	}
	defer starting.release()
	if alone, err := c.alone(); !alone || err != nil {
		return false, err
	}
	return true, c.leave()
}

func (c *Cluster) path(name string) string { return filepath.Join(c.dir, name) }

// create runs initdb in a temporary folder and moves the result to the final one, so that an
// interrupted run leaves no incomplete cluster.
func (c *Cluster) create(ctx context.Context, opts Options) error {
	half := c.path("data.new")
	if err := os.RemoveAll(half); err != nil {
		return err
	}
	if err := c.owner.mkdir(half, 0o700); err != nil {
		return err
	}
	args := []string{"-D", half, "-U", user, "-A", "trust", "-E", "UTF8", "--no-instructions"}
	if opts.FastUnsafe {
		args = append(args, "--no-sync")
	}
	err := c.command(ctx, "initdb", append(args, "--locale=C.UTF-8")...)
	if err != nil && ctx.Err() == nil && strings.Contains(err.Error(), "locale") { // old macOS
		err = c.command(ctx, "initdb", append(args, "--locale=en_US.UTF-8")...)
	}
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(half, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString("\ninclude 'shtab.conf' # written at each start\n")
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(half, c.path("data"))
}

// discard removes a FastUnsafe cluster that cannot be used.
func (c *Cluster) discard() error {
	if pid := c.postmaster(); pid != 0 {
		_ = syscall.Kill(pid, syscall.SIGQUIT)
		c.waitGone(5 * time.Second)
	}
	return os.RemoveAll(c.path("data"))
}

// run starts the server unless it accepts queries already.
func (c *Cluster) run(ctx context.Context, opts Options) error {
	if err := c.owner.mkdir(c.path("socket"), 0o700); err != nil {
		return err
	}
	if c.answers(ctx) {
		return nil
	}
	if pid := c.postmaster(); pid != 0 {
		// It runs but does not answer: another process is starting or stopping it, or its
		// socket was deleted.
		for range 50 {
			if time.Sleep(100 * time.Millisecond); c.answers(ctx) {
				return nil
			}
			if ctx.Err() != nil || c.postmaster() == 0 {
				break
			}
		}
		if c.postmaster() != 0 {
			if err := c.stop("immediate"); err != nil {
				return err
			}
		}
	}
	c.forgetDead()
	if err := c.configure(opts); err != nil {
		return err
	}
	var err error
	for range 20 {
		// Not with ctx: a killed pg_ctl would leave a running server without a user count.
		err = c.command(
			context.WithoutCancel(ctx), "pg_ctl", "start", "-D", c.path("data"), "-l", c.path("log"), "-w", "-t", "60",
			"-s",
		)
		// The processes of a killed server need a moment to exit.
		if err == nil || ctx.Err() != nil || !strings.Contains(c.logTail(), "shared memory block") {
			break
		}
		time.Sleep(200 * time.Millisecond)
	}
	if err != nil {
		return fmt.Errorf("%w\n%s", err, c.logTail())
	}
	return ctx.Err()
}

func (c *Cluster) configure(opts Options) error {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	if opts.MaxConnections == 0 {
		opts.MaxConnections = 200
	}
	var b strings.Builder
	fmt.Fprintln(&b, "# Written by shtab at each start.")
	fmt.Fprintln(&b, "listen_addresses = ''")
	fmt.Fprintln(&b, "unix_socket_directories =", quote(c.path("socket")))
	fmt.Fprintln(&b, "unix_socket_permissions = 0700")
	fmt.Fprintln(&b, "port = 5432")
	fmt.Fprintln(&b, "max_connections =", opts.MaxConnections)
	fmt.Fprintln(&b, "timezone = 'UTC'")
	fmt.Fprintln(&b, "log_timezone = 'UTC'")
	fmt.Fprintln(&b, "jit = off") // short queries only
	if opts.FastUnsafe {
		for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes", "autovacuum"} {
			fmt.Fprintln(&b, setting, "= off")
		}
		fmt.Fprintln(&b, "wal_level = minimal\nmax_wal_senders = 0")
	}
	name := filepath.Join(c.path("data"), "shtab.conf")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		return err
	}
	if fi, err := os.Stat(c.path("log")); err == nil && fi.Size() > 8<<20 {
		_ = os.Remove(c.path("log"))
	}
	return c.owner.give(name)
}

func (c *Cluster) stop(mode string) error {
	if c.postmaster() == 0 {
		return nil
	}
	err := c.command(context.Background(), "pg_ctl", "stop", "-D", c.path("data"), "-m", mode, "-w", "-t", "60", "-s")
	if c.postmaster() == 0 {
		return nil // also when it exited before pg_ctl could stop it
	}
	return err
}

func (c *Cluster) socket() string { return filepath.Join(c.path("socket"), socketName) }

// answers reports whether the server accepts queries.
func (c *Cluster) answers(ctx context.Context) bool {
	if conn, err := net.Dial("unix", c.socket()); err != nil {
		return false
	} else {
		_ = conn.Close()
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.URL("postgres"))
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// pidFile returns the process id in postmaster.pid, 0 for none.
func (c *Cluster) pidFile() int {
	b, _ := os.ReadFile(filepath.Join(c.path("data"), "postmaster.pid"))
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	return max(pid, 0)
}

// postmaster returns the process id of the running server, 0 when none runs. After kill -9 the file
// remains, and its process id may belong to another program by now: on Linux the command line tells,
// elsewhere a running process is assumed to be the server.
func (c *Cluster) postmaster() int {
	pid := c.pidFile()
	if pid == 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	if _, err := os.Stat("/proc/self/cmdline"); err != nil {
		return pid
	}
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if !strings.Contains(string(line), c.path("data")) {
		return 0
	}
	return pid
}

// forgetDead removes the lock files of a dead server whose process id is in use again. PostgreSQL
// handles every other case itself.
func (c *Cluster) forgetDead() {
	pid := c.pidFile()
	if pid == 0 || c.postmaster() != 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return
	}
	for _, name := range []string{filepath.Join(c.path("data"), "postmaster.pid"), c.socket(), c.socket() + ".lock"} {
		_ = os.Remove(name)
	}
}

func (c *Cluster) waitGone(most time.Duration) {
	for end := time.Now().Add(most); c.postmaster() != 0 && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond)
	}
}

// command runs one of PostgreSQL's programs as the server's user, in a separate process group, so that
// Ctrl-C in the terminal ends the portal and not the server.
func (c *Cluster) command(ctx context.Context, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.tools.bin, program), args...)
	cmd.Dir = c.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.owner.credential}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PG") && !strings.HasPrefix(kv, "LC_") && !strings.HasPrefix(kv, "LANG") {
			cmd.Env = append(cmd.Env, kv)
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, strings.TrimSpace(string(out)))
	}
	return nil
}

func (c *Cluster) logTail() string {
	b, _ := os.ReadFile(c.path("log"))
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}
