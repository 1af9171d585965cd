// Package postgres opens the pool, runs transactions, turns errors of PostgreSQL into faults and adds
// the operation to every other error. The SQL is in the packages that own the tables, schema changes in
// migrations, the private cluster and the tests' databases in the packages below.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DB runs queries: a pool or a transaction.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	Begin(ctx context.Context) (pgx.Tx, error)
}

// Open makes a pool of at most maxConns connections (0: two per core and two for the jobs, which measured
// best).
func Open(ctx context.Context, url string, maxConns int) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	if maxConns <= 0 {
		maxConns = max(2*runtime.NumCPU()+2, 6)
	}
	cfg.MaxConns = int32(maxConns)
	cfg.ConnConfig.ConnectTimeout = 3 * time.Second
	cfg.HealthCheckPeriod = 15 * time.Second
	cfg.ConnConfig.RuntimeParams["application_name"] = "shtab"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	// The statements have one good plan each; planning the list of events again for every
	// execution took twice as long as running it.
	cfg.ConnConfig.RuntimeParams["plan_cache_mode"] = "force_generic_plan"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("postgres: %w", err)
	}
	return pool, nil
}

// CheckLetters reports a database whose locale cannot fold Kazakh letters: LC_CTYPE=C breaks text search silently.
func CheckLetters(ctx context.Context, db DB) error {
	var ok bool
	err := db.QueryRow(ctx, `select show_trgm('Ә') <> '{}' and lower('Ә') = 'ә'`).Scan(&ok)
	if err == nil && !ok {
		err = errors.New(
			"the database's LC_CTYPE does not know Kazakh letters: create it with C.UTF-8 or another UTF-8 locale",
		)
	}
	return err
}

// InTx runs do in a transaction and commits. After a deadlock or a serialization failure it runs do again
// from the start, a few times; so do must have no effects outside the transaction. Errors pass through
// Fault: do and the functions that it calls need not wrap theirs.
func InTx(ctx context.Context, db DB, do func(pgx.Tx) error) error {
	var err error
	for attempt := range 5 {
		err = pgx.BeginFunc(ctx, db, do)
		e, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || (e.Code != "40P01" && e.Code != "40001") {
			break
		}
		select {
		case <-ctx.Done():
			return Fault(ctx.Err())
		case <-time.After(time.Duration(attempt+1) * time.Duration(1+rand.IntN(10)) * time.Millisecond):
		}
	}
	return Fault(err)
}
