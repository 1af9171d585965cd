package pgtest

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Statements counts the statements that a pool sends; see [Counted].
type Statements struct{ n atomic.Int64 }

// Count is the number of statements sent so far.
func (s *Statements) Count() int64 { return s.n.Load() }

// Take is the number of statements sent since the last Take.
func (s *Statements) Take() int64 { return s.n.Swap(0) }

// TraceQueryStart counts a single statement, except River's notification of its workers, which it sends
// at irregular times.
func (s *Statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if !strings.Contains(q.SQL, "PGNotifyMany") {
		s.n.Add(1)
	}
	return ctx
}

// TraceQueryEnd does nothing.
func (*Statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart does nothing: a batch's statements count one by one.
func (*Statements) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}

// TraceBatchQuery counts a statement of a batch.
func (s *Statements) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) { s.n.Add(1) }

// TraceBatchEnd does nothing.
func (*Statements) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

// Counted makes a database like [New] and opens a pool of n connections whose statements are counted.
func Counted(t testing.TB, n int32) (*pgxpool.Pool, *Statements) {
	t.Helper()
	cfg, err := pgxpool.ParseConfig(New(t))
	if err != nil {
		t.Fatal(err)
	}
	count := &Statements{}
	cfg.MaxConns, cfg.ConnConfig.Tracer = n, count
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool, count
}
