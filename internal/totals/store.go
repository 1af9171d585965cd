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

// Store answers queries about the totals. It keeps the summary (the table total_event: what each event
// counts on each of its days, and of whom) in memory. Before each answer it reads what has been committed
// since the last one, so no answer is older than its query.
type Store struct {
	db      *pgxpool.Pool
	reading chan struct{} // holds a value while one goroutine reads

	mu       sync.RWMutex // guards everything below; never held during a query of the database
	asOf     time.Time    // when the last reading began
	nextFrom string       // the transaction from which on the next reading starts; "": the first one
	summary
}

// NewStore makes a Store. It reads nothing before the first query.
func NewStore(db *pgxpool.Pool) *Store {
	return &Store{db: db, reading: make(chan struct{}, 1), summary: newSummary()}
}

// refresh reads what has been committed before it was called.
func (s *Store) refresh(ctx context.Context) error {
	called := time.Now()
	select {
	case s.reading <- struct{}{}:
		defer func() { <-s.reading }()
	case <-ctx.Done():
		return postgres.Fault(ctx.Err())
	}
	s.mu.RLock()
	asOf, from := s.asOf, s.nextFrom
	s.mu.RUnlock()
	if asOf.After(called) { // another reading began after this call and is done
		return nil
	}
	asOf = time.Now()
	if from == "" { // the first reading of a large city takes longer than a request may
		ctx = context.WithoutCancel(ctx)
	}
	rows, nextFrom, err := s.read(ctx, from)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asOf, s.nextFrom = asOf, nextFrom
	s.apply(rows)
	return nil
}

// summaryRow is a row of total_event.
type summaryRow struct {
	event, campaign, org int64
	day                  time.Time
	cohosts, people      []int64
	district             string
	sums                 Sums
	delivered            map[string]int
	ages                 []int16
	perPerson            [measureCount][]int32 // empty for a measure that is not kept for each person
}

// columns are where the columns of summaryColumns are read into.
func (r *summaryRow) columns() []any {
	into := []any{&r.event, &r.day, &r.campaign, &r.org, &r.cohosts, &r.district, &r.delivered, &r.people, &r.ages}
	for m := range measures {
		into = append(into, &r.sums[m])
	}
	for m := range measures {
		if measures[m].perPerson {
			into = append(into, &r.perPerson[m])
		}
	}
	return into
}

var summaryColumns = `event_id, day, campaign_id, org_id, cohosts, district, delivered, people, ages, ` +
	measureColumns() + `, ` + personColumns()

// read reads the rows that were written by the transaction from or a later one, and says from which one
// to read the next time: the oldest that had not ended. So some rows are read twice, and none is missed
// that was written before another and committed after it. A number beyond the youngest transaction comes
// from the cluster from which this one was restored: such rows are read once.
func (s *Store) read(ctx context.Context, from string) (list []summaryRow, nextFrom string, err error) {
	var b pgx.Batch
	b.Queue(`select pg_snapshot_xmin(pg_current_snapshot())::text`).
		QueryRow(func(r pgx.Row) error { return r.Scan(&nextFrom) })
	b.Queue(`select `+summaryColumns+` from total_event where changed >= $1::text::xid8
			and changed < case when $1 = '0' then '18446744073709551615' else pg_snapshot_xmax(pg_current_snapshot())
				end`,
		cmp.Or(from, "0")).Query(func(rows pgx.Rows) error {
		var r summaryRow
		_, err := pgx.ForEachRow(rows, r.columns(), func() error {
			list = append(list, r)
			r = summaryRow{}
			return nil
		})
		return err
	})
	err = s.db.SendBatch(ctx, &b).Close()
	return list, nextFrom, postgres.Fault(err)
}
