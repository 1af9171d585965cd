package signup

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// TestWhateverHappens lets several people and an organiser do what they like at once, in a small
// world where everything collides, and looks at every quiet point whether all that must always
// hold does.
func TestWhateverHappens(t *testing.T) {
	seeds := 6
	if testing.Short() {
		seeds = 2
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			var options []Option
			if seed%2 == 1 {
				options = []Option{Unbatched()}
			}
			happen(t, uint64(seed), options...)
		})
	}
}

// told keeps each new state of a sign-up, to be compared with the mails.
const told = `
	create table told (signup_id bigint, mail text);
	create function tell() returns trigger language plpgsql as $$ begin
		insert into told select new.id, case new.state when 'confirmed' then 'in'
			when 'waitlisted' then 'signup_waiting'
			when 'awaiting_consent' then 'signup_awaiting' else 'signup_cancelled' end
		where tg_op = 'INSERT' or old.state <> new.state
			and (new.state <> 'cancelled' or new.cancel_cause in ('organiser', 'ineligible'));
		return null;
	end $$;
	create trigger tell after insert or update on signup for each row execute function tell()`

const untold = `
	select format('sign-up %s: %s was told %s times, happened %s times', signup_id, mail, coalesce(m.n, 0),
		coalesce(h.n, 0))
	from (select signup_id, mail, count(*) n from told group by 1, 2) h
	full join (select (args ->> 'subject_id')::bigint signup_id, case
		when args ->> 'kind' in ('signup_confirmed', 'signup_promoted') then 'in' else args ->> 'kind' end mail,
			count(*) n
		from river_job where kind = 'mail' and args ->> 'kind' like 'signup_%' group by 1, 2) m using (signup_id, mail)
	where coalesce(m.n, 0) <> coalesce(h.n, 0)`

func happen(t *testing.T, seed uint64, options ...Option) {
	w := newWorld(t, 6, options...)
	w.exec(told)
	_, a := w.event(2, 30, 32) // one after the other
	_, b := w.event(1, 31, 60) // overlaps both
	_, c := w.event(3, 31)
	events := []int64{1, 2, 3}
	shifts := append(append(a, b...), c...)
	var people []int64
	for _, age := range []int{13, 13, 15, 15, 15, 17, 17, 20, 20, 20, 40, 40} {
		people = append(people, w.person(age))
	}
	consent := func(person int64, accompanied bool) {
		w.exec(
			`insert into guardian_consent (person_id, accompanied, guardian_name, relation, text_version, agreed_at)
				values ($1, $2, 'Мама', 'mother', '1', $3)`, person, accompanied, noon)
	}
	consent(people[0], true)
	consent(people[2], false)

	now := noon
	counts := map[string]int{}
	var mu sync.Mutex
	action := func(r *rand.Rand) (name string, err error) {
		person, shift, id := people[r.IntN(len(people))], shifts[r.IntN(len(shifts))], events[r.IntN(len(events))]
		signup := func() (id, of int64) {
			err := w.db.QueryRow(w.ctx,
				`select id, person_id from signup where state <> 'cancelled' order by hashint8(id + $1) limit 1`,
				r.IntN(1000)).Scan(&id, &of)
			if err != nil && !errors.Is(err, pgx.ErrNoRows) {
				w.Error(err)
			}
			return id, of
		}
		switch n := r.IntN(100); {
		case n < 38:
			name = "join"
			_, err = w.store.Join(w.ctx, as(person), shift, now)
		case n < 43:
			name = "add"
			_, err = w.store.AddPerson(w.ctx, w.host, shift, person, now)
		case n < 48:
			name = "move"
			id, _ := signup()
			_, err = w.store.Move(w.ctx, w.host, id, shift, now)
		case n < 51:
			name = "promote"
			id, _ := signup()
			_, err = w.store.Promote(w.ctx, w.host, id, now)
		case n < 68:
			name = "cancel"
			id, of := signup()
			_, err = w.store.Cancel(w.ctx, as(of), id, now)
		case n < 75:
			name = "remove"
			id, _ := signup()
			_, err = w.store.Remove(w.ctx, w.host, id, Removal{Reason: Fewer}, now)
		case n < 83:
			name = "capacity"
			err = w.store.SetCapacity(w.ctx, w.host, shift, 1+r.IntN(4), now)
		case n < 92:
			name = "change"
			f, e := event.NewStore(w.db, w.city).Get(w.ctx, w.host, id)
			if e != nil {
				return name, e
			}
			ch := changeOf(f)
			ch.AdultsOnly, ch.MinAge = "", 0
			switch r.IntN(4) {
			case 0:
				ch.AdultsOnly = event.Hazard
			case 1:
				ch.MinAge = 14 + r.IntN(5)
			default:
				by := time.Duration(r.IntN(9)-4) * 30 * time.Minute
				for i := range ch.Shifts {
					ch.Shifts[i].StartsAt, ch.Shifts[i].EndsAt = ch.Shifts[i].StartsAt.Add(by),
						ch.Shifts[i].EndsAt.Add(by)
				}
			}
			if r.IntN(3) == 0 {
				_, err = w.store.Affected(w.ctx, w.host, ch, now)
			} else {
				_, err = w.store.ChangeEvent(w.ctx, w.host, ch, now)
			}
		case n < 96:
			name = "expire"
			err = w.store.ExpireHolds(w.ctx, now)
		case n < 99:
			name = "release"
			err = postgres.InTx(w.ctx, w.db, func(tx pgx.Tx) error {
				return w.store.ReleaseAll(w.ctx, tx, person, ByOrganiser, now)
			})
		default:
			name = "call off"
			if now.Sub(noon) > 20*time.Hour {
				err = w.store.CancelEvent(w.ctx, w.host, id, both("Буря"), now)
			}
		}
		return name, err
	}

	for phase := range 25 {
		var wg sync.WaitGroup
		for g := range 4 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(seed, uint64(phase*10+g)))
				for range 8 {
					name, err := action(r)
					f, isFault := errors.AsType[*fault.Error](err)
					_, isShort := errors.AsType[Overbooked](err)
					// the database had to say no: the rules did not
					if err != nil && (!isFault || f.Err != nil && !isShort) {
						w.Errorf("%s: %v", name, err)
					}
					mu.Lock()
					counts[name]++
					if err != nil {
						counts[name+" refused"]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		w.check(now)
		rows, _ := w.db.Query(w.ctx, untold)
		lies, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range lies {
			t.Error(s)
		}
		if t.Failed() {
			t.Fatalf("phase %d of seed %d", phase, seed)
		}
		now = now.Add(70 * time.Minute)
	}
	t.Logf("%v, %d deadlocks undone", counts,
		w.id(`select deadlocks from pg_stat_database where datname = current_database()`))
}

// TestStatementsAreConstant: what a transaction asks of the database does not grow with the people in it.
func TestStatementsAreConstant(t *testing.T) {
	var counts []int64
	for _, n := range []int{10, 1000} {
		w, counter := countedWorld(t)
		id, shifts := w.event(n/2, 48)
		results, err := w.store.joinAll(w.ctx, shifts[0], w.people(n, 20), noon)
		if err != nil || results[n-1].Position != n/2 {
			t.Fatal(err)
		}
		counter.Take()
		if _, err := w.store.joinAll(w.ctx, shifts[0], w.people(n, 20), noon); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, counter.Take())
		if err := w.store.SetCapacity(w.ctx, w.host, shifts[0], n, noon); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, counter.Take())
		c := w.change(id)
		c.Title = text("Другое")
		counter.Take()
		if _, err := w.store.ChangeEvent(w.ctx, w.host, c, noon); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, counter.Take())
		if err := w.store.CancelEvent(w.ctx, w.host, id, both("Буря"), noon); err != nil {
			t.Fatal(err)
		}
		counts = append(counts, counter.Take())
	}
	t.Logf("join, capacity, change, cancel at 10 and at 1000 people: %v", counts)
	for i := range 4 {
		if more := counts[4+i] - counts[i]; more > 2 { // a longer queue is read in a few pages
			t.Errorf("%d statements more", more)
		}
	}
}
