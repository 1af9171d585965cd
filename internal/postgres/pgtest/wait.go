package pgtest

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/poll"
)

// WaitForLocks waits until n transactions in the pool's database wait for a lock.
func WaitForLocks(t testing.TB, pool *pgxpool.Pool, n int) {
	t.Helper()
	poll.Until(t, "a transaction waits for a lock", func() bool {
		var waiting int
		err := pool.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database()
			and wait_event_type = 'Lock'`).Scan(&waiting)
		if err != nil {
			t.Fatal(err)
		}
		return waiting >= n
	})
}
