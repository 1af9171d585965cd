package totals

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/postgres"
)

// Store answers what the headquarters is asked. It keeps the summary (the table total_event: what
// each event counts on each of its days, and of whom) in memory, and before each answer takes over
// what has been committed since the last: so no answer is older than its question.
type Store struct {
	db   *pgxpool.Pool
	turn chan struct{} // one takes over at a time

	mu   sync.RWMutex // of all below; never held while the database is asked
	asOf time.Time    // when the last take-over began
	next string       // the transaction from which on the next one reads; "": from the first
	summary
}

// NewStore makes one; it reads nothing before it is asked.
func NewStore(db *pgxpool.Pool) *Store {
	return &Store{db: db, turn: make(chan struct{}, 1), summary: newSummary()}
}

// fresh takes over what has been committed before it was called.
func (s *Store) fresh(ctx context.Context) error {
	asked := time.Now()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return postgres.Fault(ctx.Err())
	}
	s.mu.RLock()
	asOf, next := s.asOf, s.next
	s.mu.RUnlock()
	if asOf.After(asked) { // somebody began after this question, and is done
		return nil
	}
	asOf = time.Now()
	if next == "" { // of a large city this takes longer than a request may
		ctx = context.WithoutCancel(ctx)
	}
	found, next, err := s.read(ctx, next)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asOf, s.next = asOf, next
	s.take(found)
	return nil
}

// row is a row of the summary as it is read.
type row struct {
	event, campaign, org        int64
	day                         time.Time
	cohosts, people             []int64
	district                    string
	sums                        Sums
	delivered                   map[string]int
	ages, signups, came, missed []int16
	minutes                     []int32
}

// read reads the rows that were written by the transaction next or a later one, and says from which
// on to read the next time: the oldest that had not ended. So some are read twice, and none is
// missed that was written before another and committed after it. A number beyond the youngest
// transaction comes from the cluster from which this one was restored: such rows are read once.
func (s *Store) read(ctx context.Context, next string) (found []row, then string, err error) {
	var b pgx.Batch
	b.Queue(`select pg_snapshot_xmin(pg_current_snapshot())::text`).QueryRow(func(r pgx.Row) error { return r.Scan(&then) })
	b.Queue(`
		select event_id, day, campaign_id, org_id, cohosts, district, events, signups, participations, no_shows, minutes, brought, delivered,
			people, ages, their_signups, their_participations, their_no_shows, their_minutes
		from total_event where changed >= $1::text::xid8
			and changed < case when $1 = '0' then '18446744073709551615' else pg_snapshot_xmax(pg_current_snapshot()) end`, cmp.Or(next, "0")).Query(func(rows pgx.Rows) error {
		var r row
		_, err := pgx.ForEachRow(rows, []any{
			&r.event, &r.day, &r.campaign, &r.org, &r.cohosts, &r.district,
			&r.sums.Events, &r.sums.Signups, &r.sums.Participations, &r.sums.NoShows, &r.sums.Minutes, &r.sums.Brought, &r.delivered,
			&r.people, &r.ages, &r.signups, &r.came, &r.missed, &r.minutes,
		}, func() error {
			found = append(found, r)
			r = row{}
			return nil
		})
		return err
	})
	err = s.db.SendBatch(ctx, &b).Close()
	return found, then, postgres.Fault(err)
}
