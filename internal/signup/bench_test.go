package signup

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// BenchmarkHotShift is 64 clients who join one shift, each join by somebody else: 50 get a place,
// the others queue up. "statements" is the yardstick: the least that the database must do for
// each, without any rule, in one round trip and one transaction each.
//
//	go test ./internal/signup -run '^$' -bench HotShift
func BenchmarkHotShift(b *testing.B) {
	join := func(b *testing.B, options ...Option) {
		w := newWorld(b, 8, options...)
		_, shifts := w.event(50, 48)
		clients(b, w.people(b.N, 20), func(person int64) error {
			_, err := w.store.Join(w.ctx, as(person), shifts[0], noon)
			return err
		})
	}
	b.Run("batched", func(b *testing.B) { join(b) })
	b.Run("unbatched", func(b *testing.B) { join(b, Unbatched()) })
	b.Run("statements", func(b *testing.B) {
		w := newWorld(b, 8)
		_, shifts := w.event(50, 48)
		clients(b, w.people(b.N, 20), func(person int64) error {
			return pgx.BeginFunc(context.Background(), w.db, func(tx pgx.Tx) error {
				var batch pgx.Batch
				batch.Queue(`select from shift where id = $1 for no key update`, shifts[0])
				batch.Queue(
					`insert into signup (shift_id, person_id, during, state, queue_no, ticket, created_at, changed_at)
					select s.id, $2, s.during, 'waitlisted', nextval('signup_queue'), gen_random_uuid()::text, $3, $3
						from shift s where s.id = $1`, shifts[0], person, noon)
				batch.Queue(
					`insert into river_job (args, kind, max_attempts)
						values ('{"kind": "signup_waiting"}', 'mail', 12)`)
				return tx.SendBatch(context.Background(), &batch).Close()
			})
		})
	})
}

// clients lets 64 of them do what for each of people.
func clients(b *testing.B, people []int64, what func(int64) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range 64 {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(people) {
					return
				}
				if err := what(people[i]); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(len(people))/b.Elapsed().Seconds(), "joins/s")
}

// BenchmarkIdle is one client with nobody else about: what batching costs when there is no rush.
func BenchmarkIdle(b *testing.B) {
	for name, options := range map[string][]Option{"batched": nil, "unbatched": {Unbatched()}} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, 4, options...)
			_, shifts := w.event(50, 48)
			people := w.people(b.N, 20)
			b.ResetTimer()
			for _, id := range people {
				if _, err := w.store.Join(w.ctx, as(id), shifts[0], noon); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
