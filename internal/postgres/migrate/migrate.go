// Package migrate brings a database's schema up to date: the portal's own migrations with
// golang-migrate, then the job queue's with rivermigrate, both under one advisory lock, so that
// several processes can start at the same time.
package migrate

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path"
	"strings"
	"time"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database"
	_ "github.com/golang-migrate/migrate/v4/database/pgx/v5" // registers pgx5://
	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"shtab/internal/postgres"
	"shtab/migrations"
)

// lockID is "shtab" in ASCII; golang-migrate's own lock has another id.
const lockID = 0x7368746162

// Up applies the missing migrations. Processes that call it at the same time wait for each other. A
// migration that fails changes nothing and can be tried again. A newer schema is left alone; it is an
// error only when this program cannot use it, see [Check].
func Up(ctx context.Context, url string) error {
	return locked(ctx, url, func(pool *pgxpool.Pool) error {
		version, _, err := current(ctx, pool)
		if err != nil {
			return err
		}
		if latest, err := Latest(); err != nil || version > latest {
			return errors.Join(err, Check(ctx, pool))
		}
		if err := up(ctx, url, migrations.FS); err != nil {
			return err
		}
		queue, err := rivermigrate.New(riverpgxv5.New(pool), quiet())
		if err != nil {
			return err
		}
		_, err = queue.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

// Down reverts the last steps of the portal's own migrations, all of them when steps <= 0. With the
// first one it also removes the job queue's tables, so that nothing of the portal is left.
func Down(ctx context.Context, url string, steps int) error {
	return locked(ctx, url, func(pool *pgxpool.Pool) error {
		err := run(ctx, url, migrations.FS, func(m *migrate.Migrate) error {
			if steps <= 0 {
				return m.Down()
			}
			return m.Steps(-steps)
		})
		if err != nil {
			return err
		}
		if version, _, err := current(ctx, pool); err != nil || version > 0 {
			return err
		}
		queue, err := rivermigrate.New(riverpgxv5.New(pool), quiet())
		if err != nil {
			return err
		}
		all := rivermigrate.MigrateOpts{TargetVersion: -1}
		if _, err := queue.Migrate(ctx, rivermigrate.DirectionDown, &all); err != nil {
			return err
		}
		_, err = pool.Exec(ctx, `drop table if exists schema_migrations`)
		return err
	})
}

// Version returns the number of the last migration applied to the database, 0 for none, and whether a
// process died in the middle of it. It only reads.
func Version(ctx context.Context, url string) (version uint, dirty bool, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return 0, false, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return current(ctx, conn)
}

// current is Version over an open connection.
func current(ctx context.Context, db postgres.DB) (version uint, dirty bool, err error) {
	var v int64
	err = db.QueryRow(ctx, `select version, dirty from schema_migrations`).Scan(&v, &dirty)
	if errors.Is(err, pgx.ErrNoRows) || isNoTable(err) {
		return 0, false, nil
	}
	return uint(max(v, 0)), dirty, err
}

func isNoTable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "42P01"
}

// Latest is the number of the newest migration in this program.
func Latest() (uint, error) {
	names, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil || len(names) == 0 {
		return 0, err
	}
	m, err := source.Parse(names[len(names)-1]) // Glob sorts, the numbers have leading zeros
	if err != nil {
		return 0, err
	}
	return m.Version, nil
}

// Fingerprint is a hash of all migrations, including the job queue's.
func Fingerprint() (string, error) {
	h := sha256.New()
	names, err := fs.Glob(migrations.FS, "*.up.sql")
	if err != nil {
		return "", err
	}
	for _, name := range names {
		sql, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s\n", name, len(sql), sql)
	}
	queue, err := rivermigrate.New(riverpgxv5.New(nil), quiet())
	if err != nil {
		return "", err
	}
	for _, m := range queue.AllVersions() {
		fmt.Fprintf(h, "river %d\n%s\n", m.Version, m.SQLUp)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// up applies the missing migrations of files.
func up(ctx context.Context, url string, files fs.FS) error {
	return run(ctx, url, files, func(m *migrate.Migrate) error {
		before, dirty, err := m.Version()
		if errors.Is(err, migrate.ErrNilVersion) {
			err = nil
		}
		if err != nil || dirty {
			return errors.Join(err, died(before, dirty))
		}
		err = m.Up()
		if _, sqlFailed := errors.AsType[database.Error](err); !sqlFailed {
			return err
		}
		// PostgreSQL refused a file. Each file is one implicit transaction, so none of it was
		// applied; but golang-migrate marks the version dirty and would refuse every later start.
		at, dirty, e := m.Version()
		if e == nil && dirty {
			e = m.Force(previous(files, at))
		}
		return errors.Join(err, e)
	})
}

// died explains the dirty mark, which only a process killed in the middle of a migration leaves.
func died(version uint, dirty bool) error {
	if !dirty {
		return nil
	}
	return fmt.Errorf("a process died while it applied migration %d; look whether its changes are there, then set "+
		"schema_migrations to (%d, false) if they are and to the version before it if not", version, version)
}

// previous is the version before the given one, -1 (none) for the first.
func previous(files fs.FS, version uint) int {
	last := -1
	names, _ := fs.Glob(files, "*.up.sql")
	for _, name := range names {
		if m, err := source.Parse(path.Base(name)); err == nil && m.Version < version {
			last = max(last, int(m.Version))
		}
	}
	return last
}

// run opens golang-migrate with files, calls do and closes it. When ctx ends, the current migration is
// finished first.
func run(ctx context.Context, dbURL string, files fs.FS, do func(*migrate.Migrate) error) error {
	u, err := parse(dbURL)
	if err != nil {
		return err
	}
	u.Scheme = "pgx5"
	src, err := iofs.New(files, ".")
	if err != nil {
		return err
	}
	m, err := migrate.NewWithSourceInstance("iofs", src, u.String())
	if err != nil {
		return errors.Join(err, src.Close())
	}
	stop := context.AfterFunc(ctx, func() { m.GracefulStop <- true })
	defer stop()
	err = do(m)
	if errors.Is(err, migrate.ErrNoChange) {
		err = nil
	}
	if err == nil {
		err = ctx.Err()
	}
	srcErr, dbErr := m.Close()
	return errors.Join(err, srcErr, dbErr)
}

// locked calls do while this process holds the migrations' lock exclusively. It polls for the lock
// instead of waiting inside PostgreSQL: a waiting statement holds a snapshot, and CREATE INDEX
// CONCURRENTLY in the process that has the lock would wait for that snapshot.
func locked(ctx context.Context, dbURL string, do func(*pgxpool.Pool) error) error {
	u, err := parse(dbURL)
	if err != nil {
		return err
	}
	cfg, err := pgxpool.ParseConfig(u.String())
	if err != nil {
		return err
	}
	cfg.MaxConns = 3
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	for have := false; ; {
		if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, lockID).Scan(&have); err != nil {
			return err
		}
		if have {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	defer func() {
		// An error can be ignored: the lock ends with the connection.
		_, _ = conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, lockID)
	}()
	return do(pool)
}

// parse reads a postgres:// URL, without the settings that only a pool understands.
func parse(dbURL string) (*url.URL, error) {
	u, err := url.Parse(dbURL)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		// the URL may hold a password
		return nil, errors.New("migrate: the database must be given as a postgres:// URL")
	}
	q := u.Query()
	for name := range q {
		if strings.HasPrefix(name, "pool_") {
			q.Del(name)
		}
	}
	u.RawQuery = q.Encode()
	return u, nil
}

// quiet keeps the queue's migrator from writing to standard output.
func quiet() *rivermigrate.Config {
	warnings := slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})
	return &rivermigrate.Config{Logger: slog.New(warnings)}
}
