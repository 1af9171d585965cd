package signup

import (
	"context"
	"fmt"
	"sync"
	"time"

	"shtab/internal/fault"
)

// gatherer lets a rush for one shift share transactions. While one is under way, further wishes
// for the shift wait, and the next takes them all, in the order in which they came. A wish that
// finds nothing under way starts at once and alone.
type gatherer struct {
	run func(ctx context.Context, shiftID int64, requests []request, now time.Time) ([]answer, error)

	mu    sync.Mutex
	lines map[int64][]*wish // by shift; a line exists while its shift has a transaction under way
}

// wish is a request that waits for its answer.
type wish struct {
	request
	now    time.Time
	ctx    context.Context // whoever asks may go while the wish waits
	answer chan answer     // has room for the answer, so that nobody waits to give it
}

const (
	// batchMost is how many wishes share a transaction at most.
	batchMost = 256
	// batchTime bounds a transaction, which does not end with any one asker's patience.
	batchTime = 20 * time.Second
)

func newGatherer(run func(context.Context, int64, []request, time.Time) ([]answer, error)) *gatherer {
	return &gatherer{run: run, lines: map[int64][]*wish{}}
}

// join waits for the answer to r. When ctx ends first, a wish that is still in line is dropped;
// one already in a transaction may be fulfilled all the same.
func (g *gatherer) join(ctx context.Context, shiftID int64, r request, now time.Time) (Result, error) {
	w := &wish{request: r, now: now, ctx: ctx, answer: make(chan answer, 1)}
	g.mu.Lock()
	line, busy := g.lines[shiftID]
	g.lines[shiftID] = append(line, w)
	g.mu.Unlock()
	if !busy {
		go g.serve(shiftID)
	}
	select {
	case a := <-w.answer:
		return a.Result, a.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

// serve answers a shift's wishes, a batch at a time, until none are left.
func (g *gatherer) serve(shiftID int64) {
	for {
		batch := g.next(shiftID)
		if len(batch) == 0 {
			return
		}
		g.fulfil(shiftID, batch)
	}
}

// next takes the wishes that are next in line, or ends the line when there are none.
func (g *gatherer) next(shiftID int64) (batch []*wish) {
	g.mu.Lock()
	defer g.mu.Unlock()
	line := g.lines[shiftID]
	for len(line) > 0 && len(batch) < batchMost {
		if line[0].ctx.Err() == nil {
			batch = append(batch, line[0])
		}
		line = line[1:]
	}
	if len(batch) == 0 {
		delete(g.lines, shiftID)
	} else {
		g.lines[shiftID] = line
	}
	return batch
}

// fulfil answers a batch in one transaction. When that fails, each wish is tried on its own, so
// that what is wrong with one does not touch the others; in an outage all are told at once.
func (g *gatherer) fulfil(shiftID int64, batch []*wish) {
	answers, err := g.try(shiftID, batch)
	kind := fault.Of(err)
	alone := err != nil && len(batch) > 1 && kind != fault.KindNotFound && kind != fault.KindUnavailable
	for i, w := range batch {
		switch {
		case alone:
			g.fulfil(shiftID, batch[i:i+1])
		case err != nil:
			w.answer <- answer{err: err}
		default:
			w.answer <- answers[i]
		}
	}
}

// try runs one transaction. A panic becomes its error: it must not end the portal, as it would
// outside a handler.
func (g *gatherer) try(shiftID int64, batch []*wish) (answers []answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("signup: panic: %v", p)
		}
	}()
	requests := make([]request, len(batch))
	now := batch[0].now
	for i, w := range batch {
		requests[i] = w.request
		if w.now.After(now) {
			now = w.now
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), batchTime)
	defer cancel()
	return g.run(ctx, shiftID, requests, now)
}
