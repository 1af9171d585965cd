package signup

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"shtab/internal/fault"
)

// fakeBatcher is a batcher over a transaction that takes a second and fails when somebody in
// bad is part of it.
func fakeBatcher(bad ...int64) (*batcher, *[][]int64) {
	var batches [][]int64
	return newBatcher(func(ctx context.Context, shift int64, people []int64, now time.Time) ([]result, error) {
		results := make([]result, len(people))
		for i, id := range people {
			results[i].SignupID = id * 10
		}
		batches = append(batches, people)
		time.Sleep(time.Second)
		for _, id := range people {
			if slices.Contains(bad, id) {
				if id < 0 {
					panic("no such luck")
				}
				return nil, errors.New("a bad one")
			}
		}
		return results, nil
	}), &batches
}

func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, batches := fakeBatcher()
		var wg sync.WaitGroup
		began := time.Now()
		for i := range int64(5) {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if r, err := b.join(t.Context(), 1, i+1, noon); err != nil || r.SignupID != (i+1)*10 {
					t.Errorf("%d: %+v, %v", i, r, err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took != 2*time.Second || len(*batches) != 2 ||
			!slices.Equal((*batches)[1], []int64{2, 3, 4, 5}) {
			t.Errorf("%v in %v; want the first alone and at once, the rest together", *batches, took)
		}
		synctest.Wait()
		if len(b.waiting) != 0 {
			t.Error("a line is left")
		}
	})
}

func TestOneBadSignupFailsAlone(t *testing.T) {
	for _, bad := range []int64{3, -3} {
		synctest.Test(t, func(t *testing.T) {
			b, _ := fakeBatcher(bad)
			var wg sync.WaitGroup
			for _, id := range []int64{1, 2, bad, 4} {
				wg.Go(func() {
					if id != 1 {
						time.Sleep(time.Millisecond)
					}
					_, err := b.join(t.Context(), 1, id, noon)
					if (err != nil) != (id == bad) {
						t.Errorf("%d: %v", id, err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestWhoGoesAwayIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, batches := fakeBatcher()
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = b.join(t.Context(), 1, 1, noon) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := b.join(ctx, 1, 2, noon); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if _, err := b.join(t.Context(), 1, 3, noon); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if len(*batches) != 2 || !slices.Equal((*batches)[1], []int64{3}) {
			t.Errorf("%v", *batches)
		}
	})
}

func TestAnOutageIsToldToAllAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		b := newBatcher(func(context.Context, int64, []int64, time.Time) ([]result, error) {
			tries++
			time.Sleep(time.Second)
			return nil, fault.Unavailable(errors.New("away"))
		})
		var wg sync.WaitGroup
		for i := range int64(10) {
			wg.Go(func() {
				if _, err := b.join(t.Context(), 1, i, noon); fault.Of(err) != fault.KindUnavailable {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if tries > 2 {
			t.Errorf("%d tries", tries)
		}
	})
}
