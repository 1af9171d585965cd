//go:build unix

// Package pgtest gives each test its own database: a clone of a migrated template, made in some tens of
// milliseconds and dropped when the test ends.
//
// The clones are on the server that TEST_DATABASE_URL names (its user must be allowed to create
// databases), or else in a private cluster that all test processes of a user share. That cluster keeps
// its data in memory where the system has /dev/shm, and stops shortly after the last test, see hold.
package pgtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/postgres"
	"shtab/internal/postgres/migrate"
	"shtab/internal/postgres/private"
)

// The databases are called shtab_template_<fingerprint> and shtab_test_<process>_<number>.
const (
	templatePrefix = "shtab_template_"
	clonePrefix    = "shtab_test_"
)

// Classes of advisory locks in the database to which the first connection was made.
const (
	templateLock = 0x73687430 + iota // for making or using a template, by fingerprint
	processLock                      // held while a process that may own clones runs, by its number
)

// New returns the URL of a fresh, migrated, empty database that is dropped when the test ends.
func New(t testing.TB) string {
	t.Helper()
	s, err := theServer()
	if err != nil {
		t.Fatal("pgtest: ", err)
	}
	name := fmt.Sprintf("%s%d_%d", clonePrefix, s.process, s.clones.Add(1))
	if _, err := s.admin.Exec(
		t.Context(), `create database `+name+` template `+s.template+` strategy `+s.strategy,
	); err != nil {
		t.Fatal("pgtest: ", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := s.admin.Exec(ctx, `drop database `+name+` with (force)`); err != nil {
			t.Error("pgtest: ", err)
		}
	})
	return s.url(name)
}

// Pool returns a pool of four connections to a New database.
func Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	return PoolN(t, 4)
}

// PoolN returns a pool of at most n connections to a New database.
func PoolN(t testing.TB, n int32) *pgxpool.Pool {
	t.Helper()
	return PoolOf(t, New(t), n)
}

// PoolOf returns a pool of at most n connections to the database at url, closed when the test
// ends: for a test that needs several pools on one database.
func PoolOf(t testing.TB, url string, n int32) *pgxpool.Pool {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		t.Fatal("pgtest: ", err)
	}
	cfg.MaxConns = n
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	if err != nil {
		t.Fatal("pgtest: ", err)
	}
	t.Cleanup(pool.Close)
	return pool
}

// server is a test process's connection to the server that has its clones.
type server struct {
	url      func(database string) string
	admin    *pgxpool.Pool
	locks    *pgx.Conn // holds this process's locks until it exits
	template string
	strategy string
	process  int32
	clones   atomic.Int64
}

// theServer connects the process to the server, once.
var theServer = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s := &server{process: rand.Int32N(1<<31 - 1)}
	adminURL := os.Getenv("TEST_DATABASE_URL")
	if adminURL == "" {
		dir := sharedDir()
		c, err := private.Start(ctx, dir, private.Options{FastUnsafe: true}) // used until the process exits
		if err != nil {
			return nil, err
		}
		if err := ensureHolder(c, dir); err != nil {
			return nil, err
		}
		s.url, adminURL = c.URL, c.URL("postgres")
	} else {
		u, err := url.Parse(adminURL)
		if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
			return nil, errors.New("TEST_DATABASE_URL must be a postgres:// URL")
		}
		s.url = func(database string) string {
			to := *u
			to.Path = "/" + database
			return to.String()
		}
	}
	return s, s.open(ctx, adminURL)
})

func (s *server) open(ctx context.Context, adminURL string) error {
	cfg, err := pgxpool.ParseConfig(adminURL)
	if err != nil {
		return err
	}
	cfg.MaxConns = 2
	if s.admin, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return err
	}
	if s.locks, err = pgx.Connect(ctx, adminURL); err != nil {
		return err
	}
	// Without fsync, copying files is faster than logging each page.
	err = s.admin.QueryRow(
		ctx, `select case when current_setting('fsync')::bool then 'wal_log' else 'file_copy' end`,
	).Scan(&s.strategy)
	if err != nil {
		return err
	}
	if _, err := s.locks.Exec(ctx, `select pg_advisory_lock($1, $2)`, processLock, s.process); err != nil {
		return err
	}
	fingerprint, err := migrate.Fingerprint()
	if err != nil {
		return err
	}
	s.template = templatePrefix + fingerprint[:12]
	if err := s.ensureTemplate(ctx); err != nil {
		return err
	}
	return s.sweep(ctx)
}

// ensureTemplate makes the template unless it exists, and keeps others from dropping it while this
// process runs. Each process holds the template's lock shared until it exits. So no process may wait
// for the exclusive lock: it would wait for the longest running test. It only tries to get that lock,
// and only while the template is missing, and holds it only while it makes the template.
func (s *server) ensureTemplate(ctx context.Context) error {
	key := lockKey(s.template)
	for {
		// Waits only for a process that makes or drops the template.
		if _, err := s.locks.Exec(ctx, `select pg_advisory_lock_shared($1, $2)`, templateLock, key); err != nil {
			return err
		}
		if there, err := s.templateExists(ctx); err != nil || there {
			return err
		}
		if _, err := s.locks.Exec(ctx, `select pg_advisory_unlock_shared($1, $2)`, templateLock, key); err != nil {
			return err
		}
		var alone bool
		if err := s.locks.QueryRow(ctx, `select pg_try_advisory_lock($1, $2)`, templateLock, key).
			Scan(&alone); err != nil {
			return err
		}
		if alone {
			err := s.makeTemplate(ctx)
			_, e := s.locks.Exec(ctx, `select pg_advisory_unlock($1, $2)`, templateLock, key)
			if err := errors.Join(err, e); err != nil {
				return err
			}
			continue // check again, now with the shared lock
		}
		select { // another process checks or makes it
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *server) templateExists(ctx context.Context) (there bool, err error) {
	err = s.admin.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, s.template).Scan(&there)
	return there, err
}

// makeTemplate makes the template unless it exists. The caller holds its lock exclusively.
func (s *server) makeTemplate(ctx context.Context) error {
	if there, err := s.templateExists(ctx); err != nil || there {
		return err
	}
	half := s.template + "_half" // left by a process that died
	if err := s.exec(
		ctx, `drop database if exists `+half+` with (force)`, `create database `+half+` template template0`,
	); err != nil {
		return err
	}
	if err := migrate.Up(ctx, s.url(half)); err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, s.url(half))
	if err != nil {
		return err
	}
	err = postgres.CheckLetters(ctx, conn)
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		return err
	}
	return s.exec(ctx,
		`alter database `+half+` with allow_connections false`, // an open connection would prevent cloning
		`alter database `+half+` rename to `+s.template)
}

// sweep drops unused templates of other migrations, and the clones of processes that died.
func (s *server) sweep(ctx context.Context) error {
	rows, _ := s.admin.Query(ctx, `select datname from pg_database where datname like 'shtab\_te%'
		and datname <> $1`, s.template)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		class, key := templateLock, int32(0)
		if rest, ok := strings.CutPrefix(name, clonePrefix); ok {
			number, _, _ := strings.Cut(rest, "_")
			n, err := strconv.ParseInt(number, 10, 32)
			if err != nil {
				continue
			}
			class, key = processLock, int32(n)
		} else if strings.HasPrefix(name, templatePrefix) {
			key = lockKey(strings.TrimSuffix(name, "_half"))
		} else {
			continue
		}
		if key == s.process && class == processLock || class == templateLock && key == lockKey(s.template) {
			continue
		}
		var free bool
		if err := s.locks.QueryRow(ctx, `select pg_try_advisory_lock($1, $2)`, class, key).Scan(&free); err != nil {
			return err
		}
		if !free {
			continue
		}
		err := s.exec(ctx, `drop database if exists `+pgx.Identifier{name}.Sanitize()+` with (force)`)
		_, e := s.locks.Exec(ctx, `select pg_advisory_unlock($1, $2)`, class, key)
		if err := errors.Join(err, e); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) exec(ctx context.Context, statements ...string) error {
	for _, sql := range statements {
		if _, err := s.admin.Exec(ctx, sql); err != nil {
			return fmt.Errorf("%s: %w", sql, err)
		}
	}
	return nil
}

// lockKey is the first 31 bits of a template's fingerprint.
func lockKey(template string) int32 {
	n, _ := strconv.ParseUint(strings.TrimPrefix(template, templatePrefix)[:8], 16, 32)
	return int32(n >> 1)
}

// sharedDir is the folder of this user's test cluster: in memory if there is enough space.
func sharedDir() string {
	name := fmt.Sprintf("shtab-test-%d", os.Geteuid())
	var st syscall.Statfs_t
	if syscall.Statfs("/dev/shm", &st) == nil && uint64(st.Bavail)*uint64(st.Bsize) > 1<<30 {
		return filepath.Join("/dev/shm", name)
	}
	return filepath.Join(os.TempDir(), name)
}
