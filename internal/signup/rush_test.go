package signup

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"
)

// rushed is one join of a rush.
type rushed struct {
	Result
	err         error
	began, done time.Time
}

// rush lets all people join a shift at once.
func (w *world) rush(people []int64, shift int64) []rushed {
	results := make([]rushed, len(people))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i, id := range people {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			r := &results[i]
			r.began = time.Now()
			r.Result, r.err = w.store.Join(w.ctx, as(id), shift, noon)
			r.done = time.Now()
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	return results
}

// wrong is what is not as it must be after a rush for so many places.
func (w *world) wrong(results []rushed, shift int64, places int) (wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	confirmed := 0
	positions := map[int]int64{}
	var waiting []rushed
	for _, r := range results {
		switch {
		case r.err != nil:
			complain("error: %v", r.err)
		case r.State == Confirmed:
			confirmed++
		case r.State == Waitlisted:
			if positions[r.Position] != 0 {
				complain("two people at %d", r.Position)
			}
			positions[r.Position] = r.SignupID
			waiting = append(waiting, r)
		default:
			complain("%+v", r.Result)
		}
	}
	if confirmed != places {
		complain("%d confirmed", confirmed)
	}
	for n := 1; n <= len(results)-places; n++ {
		if positions[n] == 0 {
			complain("nobody at %d", n)
		}
	}
	// Whoever had an answer before another asked stands before them.
	slices.SortFunc(waiting, func(a, b rushed) int { return a.done.Compare(b.done) })
	for i, a := range waiting {
		for _, b := range waiting[i+1:] {
			if a.done.Before(b.began) && a.Position > b.Position {
				complain("%d was answered before %d asked", a.Position, b.Position)
			}
		}
	}
	// What people were told is what the database says.
	rows, err := w.db.Query(w.ctx,
		`select id, row_number() over (order by queue_no) from signup where shift_id = $1 and state = 'waitlisted'`,
		shift)
	if err != nil {
		w.Fatal(err)
	}
	for rows.Next() {
		var id int64
		var n int
		if err := rows.Scan(&id, &n); err != nil {
			w.Fatal(err)
		}
		if positions[n] != id {
			complain("%d in the queue is %d", n, id)
		}
	}
	return wrong
}

func TestRush(t *testing.T) {
	for name, options := range map[string][]Option{"batched": nil, "unbatched": {Unbatched()}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 10, options...)
			_, shifts := w.event(50, 48)
			people := w.people(500, 20)
			began := time.Now()
			results := w.rush(people, shifts[0])
			t.Logf("500 joins in %v", time.Since(began).Round(time.Millisecond))
			for _, s := range w.wrong(results, shifts[0], 50) {
				t.Error(s)
			}
			if n := w.id(`select count(*) from river_job where kind = 'mail'`); n != 500 {
				t.Errorf("%d mails", n)
			}
			if n := w.id(`select count(distinct ticket) from signup where length(ticket) >= 26`); n != 500 {
				t.Errorf("%d tickets", n)
			}
			w.check(noon)
		})
	}
}

// wantWrong repeats a race without its lock until something goes wrong: each round very probably does,
// but on a busy machine the racers may come one after the other. When all rounds end well, the test that
// runs the same race with the lock shows nothing.
func (w *world) wantWrong(race func() []string) {
	w.Helper()
	for range 20 {
		if wrong := race(); len(wrong) > 0 {
			w.Logf("%d things went wrong, such as: %s", len(wrong), wrong[0])
			return
		}
	}
	w.Fatal("nothing went wrong without the lock")
}

// TestRushWithoutLock is the negative control: without the lock on the shift, TestRush fails.
func TestRushWithoutLock(t *testing.T) {
	w := newWorld(t, 10, WithoutLock())
	w.wantWrong(func() []string {
		_, shifts := w.event(50, 48)
		return w.wrong(w.rush(w.people(500, 20), shifts[0]), shifts[0], 50)
	})
	for _, s := range w.invariants(noon) { // the database's own limits hold even so
		t.Log(s)
	}
	if n := w.id(`select count(*) from shift where confirmed + held > capacity`); n != 0 {
		t.Error("overbooked")
	}
}

func TestFiftyTimesTheSame(t *testing.T) {
	for name, options := range map[string][]Option{"batched": nil, "unbatched": {Unbatched()}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 10, options...)
			_, shifts := w.event(1, 48)
			for _, want := range []State{Confirmed, Waitlisted} {
				me := w.person(20)
				changed := 0
				for _, r := range w.rush(slices.Repeat([]int64{me}, 50), shifts[0]) {
					if r.err != nil || r.State != want || r.SignupID == 0 ||
						(want == Waitlisted) != (r.Position == 1) {
						t.Errorf("%+v, %v", r.Result, r.err)
					}
					if r.Changed {
						changed++
					}
				}
				if rows := w.id(`select count(*) from signup where person_id = $1`, me); rows != 1 || changed != 1 ||
					len(w.mails(me)) != 1 {
					t.Errorf("%d rows, %d changes, mails %v", rows, changed, w.mails(me))
				}
			}
		})
	}
}

// TestRushForTwoShifts: everybody wants two shifts at the same hours; nobody sees an error.
func TestRushForTwoShifts(t *testing.T) {
	w := newWorld(t, 10)
	_, a := w.event(30, 48)
	_, b := w.event(30, 49)
	people := w.people(100, 20)
	var wg sync.WaitGroup
	var ra, rb []rushed
	wg.Go(func() { ra = w.rush(people, a[0]) })
	wg.Go(func() { rb = w.rush(people, b[0]) })
	wg.Wait()
	for i := range people {
		if ra[i].err != nil || rb[i].err != nil {
			t.Errorf("%v, %v", ra[i].err, rb[i].err)
		}
		if ra[i].State == Confirmed && rb[i].State == Confirmed {
			t.Error("one person in two places")
		}
	}
	w.check(noon)
}
