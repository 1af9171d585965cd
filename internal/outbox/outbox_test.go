package outbox

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres/pgtest"
)

func TestSend(t *testing.T) {
	pool := pgtest.Pool(t)
	out, err := New(pool, map[Kind]Urgency{Reminder: Ordinary, PasswordReset: Link, RegisterCode: Code})
	if err != nil {
		t.Fatal(err)
	}
	send := func(send func(pgx.Tx) error) error { return pgx.BeginFunc(t.Context(), pool, send) }
	count := func() (n int) {
		if err := pool.QueryRow(t.Context(), `select count(*) from river_job`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}

	t.Run("an undeclared kind fails, and nothing is enqueued", func(t *testing.T) {
		err := send(func(tx pgx.Tx) error {
			return out.Send(t.Context(), tx, Message{Kind: Reminder, PersonID: 1}, Message{Kind: "nonsense"})
		})
		if err == nil || !strings.Contains(err.Error(), "nonsense") || count() != 0 {
			t.Error(err, count())
		}
	})
	t.Run("urgency decides on priority and attempts", func(t *testing.T) {
		for _, c := range []struct {
			kind               Kind
			priority, attempts int
		}{{Reminder, 2, 12}, {PasswordReset, 1, 12}, {RegisterCode, 1, 5}} {
			err := send(func(tx pgx.Tx) error { return out.Send(t.Context(), tx, Message{Kind: c.kind, PersonID: 1}) })
			if err != nil {
				t.Fatal(err)
			}
			var priority, attempts int
			err = pool.QueryRow(t.Context(), `select priority, max_attempts from river_job where args->>'kind' = $1`,
				c.kind).
				Scan(&priority, &attempts)
			if err != nil || priority != c.priority || attempts != c.attempts {
				t.Errorf("%s: priority %d, %d attempts, %v", c.kind, priority, attempts, err)
			}
		}
	})
	t.Run("once", func(t *testing.T) {
		before := count()
		for range 2 {
			if err := send(func(tx pgx.Tx) error {
				return out.SendOnce(t.Context(), tx,
					Message{Kind: Reminder, PersonID: 2, SubjectID: 1},
					Message{Kind: Reminder, PersonID: 2, SubjectID: 2})
			}); err != nil {
				t.Fatal(err)
			}
		}
		if n := count() - before; n != 2 {
			t.Errorf("%d messages, want 2", n)
		}
	})
}
