package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"shtab/internal/fault"
	"shtab/internal/postgres"
	"shtab/internal/postgres/pgtest"
)

type store struct{ db postgres.DB }

// Divide is an operation of a domain package whose statement fails inside a function that it calls.
func (s *store) Divide(ctx context.Context) error {
	return s.locked(ctx, func(tx pgx.Tx) error {
		var n int
		return tx.QueryRow(ctx, `select 1 / $1::int`, 0).Scan(&n)
	})
}

func (s *store) locked(ctx context.Context, do func(pgx.Tx) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select 1`); err != nil {
			return err
		}
		return do(tx)
	})
}

// Outer calls another operation: the error names the one that used the database.
func (s *store) Outer(ctx context.Context) error { return postgres.Fault(s.Divide(ctx)) }

func (s store) Read(ctx context.Context) error {
	ask := func() error {
		_, err := s.db.Exec(ctx, `select nonsense`)
		return postgres.Fault(err)
	}
	return ask()
}

func Each[T any](ctx context.Context, db postgres.DB, _ T) error {
	_, err := db.Exec(ctx, `select nonsense`)
	return postgres.Fault(err)
}

func TestErrorsNameTheOperation(t *testing.T) {
	s := &store{pgtest.PoolN(t, 1)}
	for want, do := range map[string]func(context.Context) error{
		"postgres_test.Divide": s.Outer,
		"postgres_test.Read":   s.Read,
		"postgres_test.Each":   func(ctx context.Context) error { return Each(ctx, s.db, 1) },
	} {
		err := do(t.Context())
		if got := postgres.Operation(err); got != want {
			t.Errorf("operation %q in %v; want %q", got, err, want)
		}
		cause, ok := errors.AsType[*pgconn.PgError](err)
		if !ok || fault.Of(err) != 0 || err.Error() != want+": "+cause.Error() {
			t.Errorf("%v is not wrapped once around what PostgreSQL said", err)
		}
	}
}

func TestOutageKeepsItsOperation(t *testing.T) {
	s := &store{pgtest.PoolN(t, 1)}
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	err := s.Divide(ctx)
	if fault.Of(err) != fault.KindUnavailable || !errors.Is(err, context.DeadlineExceeded) || !postgres.IsOutage(err) {
		t.Errorf("%v", err)
	}
	if got := postgres.Operation(err); got != "postgres_test.Divide" {
		t.Errorf("operation %q", got)
	}
}

// TestFaultsAreNotWrapped checks that errors shown to people are not wrapped.
func TestFaultsAreNotWrapped(t *testing.T) {
	for err, want := range map[error]fault.Kind{
		pgx.ErrNoRows: fault.KindNotFound,
		&pgconn.PgError{Code: "23514", ConstraintName: "shift_capacity"}: fault.KindConflict,
		fault.Gone("fault.gone"): fault.KindGone,
	} {
		got := postgres.Fault(err)
		if fault.Of(got) != want || postgres.Operation(got) != "" {
			t.Errorf("%v became %v", err, got)
		}
	}
	if postgres.Fault(nil) != nil {
		t.Error("no error became one")
	}
}
