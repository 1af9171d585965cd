package signup

import (
	"context"
	"fmt"
	"sync"
	"time"

	"shtab/internal/fault"
)

// batcher lets a rush for one shift share transactions. While one is under way, further requests
// for the shift wait, and the next takes them all, in the order in which they came. A request that
// finds nothing under way starts at once and alone.
type batcher struct {
	run func(ctx context.Context, shiftID int64, people []int64, now time.Time) ([]result, error)

	mu      sync.Mutex
	waiting map[int64][]*request // by shift; an entry exists while its shift has a transaction under way
}

// request is one person's request for a place in a shift.
type request struct {
	personID int64
	now      time.Time
	ctx      context.Context // whoever asks may go while the request waits
	reply    chan result     // buffered, so that sending the result never blocks
}

// result is what a request gets: a Result, or a fault of its own.
type result struct {
	Result
	err error
}

const (
	// maxBatch is how many requests share a transaction at most.
	maxBatch = 256
	// batchTimeout bounds a transaction, which does not end with any one asker's patience.
	batchTimeout = 20 * time.Second
)

func newBatcher(run func(context.Context, int64, []int64, time.Time) ([]result, error)) *batcher {
	return &batcher{run: run, waiting: map[int64][]*request{}}
}

// join waits for what becomes of a person's request. When ctx ends first, a request that still waits
// is dropped; one already in a transaction may be granted all the same.
func (b *batcher) join(ctx context.Context, shiftID, personID int64, now time.Time) (Result, error) {
	r := &request{personID: personID, now: now, ctx: ctx, reply: make(chan result, 1)}
	b.mu.Lock()
	line, busy := b.waiting[shiftID]
	b.waiting[shiftID] = append(line, r)
	b.mu.Unlock()
	if !busy {
		go b.serve(shiftID)
	}
	select {
	case a := <-r.reply:
		return a.Result, a.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// serve answers a shift's requests, a batch at a time, until none are left.
func (b *batcher) serve(shiftID int64) {
	for {
		batch := b.next(shiftID)
		if len(batch) == 0 {
			return
		}
		b.process(shiftID, batch)
	}
}

// next takes the requests that are next in line, or ends the line when there are none.
func (b *batcher) next(shiftID int64) (batch []*request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	line := b.waiting[shiftID]
	for len(line) > 0 && len(batch) < maxBatch {
		if line[0].ctx.Err() == nil {
			batch = append(batch, line[0])
		}
		line = line[1:]
	}
	if len(batch) == 0 {
		delete(b.waiting, shiftID)
	} else {
		b.waiting[shiftID] = line
	}
	return batch
}

// process answers a batch in one transaction. When that fails, each request is tried on its own, so
// that what is wrong with one does not touch the others; in an outage all are told at once.
func (b *batcher) process(shiftID int64, batch []*request) {
	results, err := b.try(shiftID, batch)
	kind := fault.Of(err)
	alone := err != nil && len(batch) > 1 && kind != fault.KindNotFound && kind != fault.KindUnavailable
	for i, r := range batch {
		switch {
		case alone:
			b.process(shiftID, batch[i:i+1])
		case err != nil:
			r.reply <- result{err: err}
		default:
			r.reply <- results[i]
		}
	}
}

// try runs one transaction. A panic becomes its error: it must not end the portal, as it would
// outside a handler.
func (b *batcher) try(shiftID int64, batch []*request) (results []result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("signup: panic: %v", p)
		}
	}()
	people := make([]int64, len(batch))
	now := batch[0].now
	for i, r := range batch {
		people[i] = r.personID
		if r.now.After(now) {
			now = r.now
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	return b.run(ctx, shiftID, people, now)
}
