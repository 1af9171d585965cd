package signup

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
)

// mailed gives a person an e-mail.
func (w *world) mailed(person int64) string {
	w.Helper()
	email := fmt.Sprintf("p%d@shtab.test", person)
	w.exec(`update person set email = $2 where id = $1`, person, email)
	return email
}

// add has the host's coordinator add person and expects what comes of it.
func (w *world) add(person, shift int64, now time.Time, want State, position int) Result {
	w.Helper()
	r, err := w.store.Add(w.ctx, w.host, shift, w.mailed(person), now)
	if err != nil || r.State != want || r.Position != position {
		w.Fatalf("add of %d: %+v, %v; want %s at %d", person, r, err, want, position)
	}
	return r
}

func TestAdd(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	p := w.people(3, 20)
	first := w.add(p[0], shifts[0], noon, Confirmed, 0)
	if first.SignupID == 0 || !first.Changed {
		t.Fatalf("%+v", first)
	}
	if again := w.add(p[0], shifts[0], noon, Confirmed, 0); again.Changed || again.SignupID != first.SignupID {
		t.Fatalf("a repeat: %+v", again)
	}
	w.add(p[1], shifts[0], noon, Waitlisted, 1)
	w.add(p[2], shifts[0], noon, Waitlisted, 2)
	w.wantMails(p[0], "signup_confirmed")
	w.wantMails(p[1], "signup_waiting")
	if n := w.id(
		`select count(*) from audit where verb = 'signup.add' and object = 'signup'
			and object_id in (select id from signup) and actor_id = $1`, w.host.PersonID); n != 3 {
		t.Errorf("%d actions in the audit", n)
	}
	// Who was removed comes back by the same row.
	if _, err := w.store.Remove(w.ctx, w.host, first.SignupID, Removal{Reason: Asked}, noon); err != nil {
		t.Fatal(err)
	}
	w.state(p[1], shifts[0], Confirmed)
	if back := w.add(p[0], shifts[0], noon, Waitlisted, 2); back.SignupID != first.SignupID {
		t.Errorf("another row: %+v", back)
	}
	w.check(noon)
}

// TestAddOutsideTheWindow: before it opens, after it closed and in the middle of the shift, but
// not after its end.
func TestAddOutsideTheWindow(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(9, 48)
	w.exec(`update event set signup_opens_at = $2, signup_closes_at = $3 where id = $1`, id, noon.Add(time.Hour),
		noon.Add(2*time.Hour))
	p := w.people(4, 20)
	child := w.person(15)
	w.add(p[0], shifts[0], noon, Confirmed, 0)
	w.add(p[1], shifts[0], noon.Add(3*time.Hour), Confirmed, 0)
	if r := w.add(child, shifts[0], noon.Add(3*time.Hour), AwaitingConsent, 0); r.Hold == nil ||
		!r.Hold.After(noon.Add(3*time.Hour)) {
		t.Errorf("a place held until %v", r.Hold)
	}
	w.add(p[2], shifts[0], noon.Add(49*time.Hour), Confirmed, 0)
	r, err := w.store.Add(w.ctx, w.host, shifts[0], w.mailed(p[3]), noon.Add(50*time.Hour))
	if err != nil || !r.Refused || r.Reasons[0].Cause != event.EventOver {
		t.Errorf("after the end: %+v, %v", r, err)
	}
	w.check(noon)
}

// TestAddKeepsTheRules: a coordinator gives no place that the rules do not give.
func TestAddKeepsTheRules(t *testing.T) {
	w := newWorld(t, 4)
	adults, shifts := w.event(5, 48)
	w.exec(`update event set adults_only = 'hazard' where id = $1`, adults)
	_, same := w.event(5, 48)
	minor, busy := w.person(15), w.person(20)
	w.join(busy, same[0], Confirmed, 0)
	for person, want := range map[int64]event.Cause{minor: event.AdultsOnly, busy: event.Clash} {
		r, err := w.store.Add(w.ctx, w.host, shifts[0], w.mailed(person), noon)
		if err != nil || !r.Refused || r.Reasons[0].Cause != want {
			t.Errorf("%s: %+v, %v", want, r, err)
		}
		if n := w.id(`select count(*) from signup where person_id = $1 and shift_id = $2`, person, shifts[0]); n != 0 {
			t.Errorf("%s: signed up", want)
		}
	}
	if r := w.add(minor, same[0], noon, AwaitingConsent, 0); r.Hold == nil {
		t.Error("no place is held for a minor")
	}
	w.wantMails(minor, "signup_awaiting")
	if n := w.id(`select count(*) from audit where verb = 'signup.add'`); n != 1 {
		t.Errorf("%d actions in the audit", n)
	}
	w.check(noon)
}

// TestAddAfterTheCutoff: the queue no longer moves, so a free place goes to whom the coordinator
// adds, or to somebody waiting whom they name.
func TestAddAfterTheCutoff(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	p := w.people(3, 20)
	in := w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	w.join(p[2], shifts[0], Waitlisted, 2)
	late := noon.Add(47 * time.Hour)
	if _, err := w.store.Remove(w.ctx, w.host, in.SignupID, Removal{Reason: Asked}, late); err != nil {
		t.Fatal(err)
	}
	w.state(p[1], shifts[0], Waitlisted)
	w.add(p[2], shifts[0], late, Confirmed, 0)
	w.add(p[1], shifts[0], late, Waitlisted, 1)
	w.check(late)
}

func TestWhoMayAdd(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(5, 48)
	me := w.person(20)
	email := w.mailed(me)
	other := w.id(
		`insert into org (slug, kind, name, joined_on) values ('other', 'ngo', '{}', '2020-01-01') returning id`)
	cohost := account.Actor{PersonID: w.person(30), Orgs: []int64{other}}
	for _, a := range []account.Actor{{}, as(me), cohost} {
		for _, email := range []string{email, "nobody@shtab.test", "no address"} {
			if _, err := w.store.Add(w.ctx, a, shifts[0], email, noon); fault.Of(err) != fault.KindNotFound {
				t.Errorf("%+v: %v", a, err)
			}
		}
		_, err := w.store.AddPerson(w.ctx, a, shifts[0], me, noon)
		w.wantFault(err, fault.KindNotFound)
	}
	for _, email := range []string{"nobody@shtab.test", "no address", ""} {
		_, err := w.store.Add(w.ctx, w.host, shifts[0], email, noon)
		w.wantFault(err, fault.KindInvalid)
	}
	_, err := w.store.AddPerson(w.ctx, w.host, shifts[0], 1<<40, noon)
	w.wantFault(err, fault.KindNotFound)
	suspended := w.person(20)
	email = w.mailed(suspended)
	w.exec(`update person set suspended_at = now() where id = $1`, suspended)
	_, err = w.store.Add(w.ctx, w.host, shifts[0], email, noon)
	w.wantFault(err, fault.KindInvalid)
	_, err = w.store.AddPerson(w.ctx, w.host, shifts[0], suspended, noon)
	w.wantFault(err, fault.KindNotFound)

	w.exec(`insert into event_cohost values ($1, $2)`, id, other)
	if r, err := w.store.AddPerson(w.ctx, cohost, shifts[0], me, noon); err != nil || r.State != Confirmed {
		t.Errorf("%+v, %v", r, err)
	}
	w.exec(`update event set state = 'draft' where id = $1`, id)
	_, err = w.store.AddPerson(w.ctx, w.host, shifts[0], me, noon)
	w.wantFault(err, fault.KindConflict)
}

// addsAndJoins lets a hundred people come at once, every second by a coordinator's hand.
func (w *world) addsAndJoins(shift int64) (wrong []string) {
	people := w.people(100, 20)
	emails := make([]string, len(people))
	for i, p := range people {
		emails[i] = w.mailed(p)
	}
	results := make([]Result, len(people))
	errs := make([]error, len(people))
	var done sync.WaitGroup
	start := make(chan struct{})
	for i, p := range people {
		done.Go(func() {
			<-start
			if i%2 == 0 {
				results[i], errs[i] = w.store.Add(w.ctx, w.host, shift, emails[i], noon)
			} else {
				results[i], errs[i] = w.store.Join(w.ctx, as(p), shift, noon)
			}
		})
	}
	close(start)
	done.Wait()
	confirmed, positions := 0, map[int]bool{}
	for i, r := range results {
		switch {
		case errs[i] != nil:
			wrong = append(wrong, fmt.Sprint(errs[i]))
		case r.State == Confirmed:
			confirmed++
		case r.State == Waitlisted && !positions[r.Position]:
			positions[r.Position] = true
		default:
			wrong = append(wrong, fmt.Sprintf("%+v", r))
		}
	}
	if confirmed != 10 || len(positions) != 90 {
		wrong = append(wrong, fmt.Sprintf("%d confirmed, %d wait", confirmed, len(positions)))
	}
	return wrong
}

func TestAddsAndJoinsAtOnce(t *testing.T) {
	w := newWorld(t, 10)
	_, shifts := w.event(10, 48)
	for _, s := range w.addsAndJoins(shifts[0]) {
		t.Error(s)
	}
	w.check(noon)
}

// TestAddsAndJoinsWithoutLock is the negative control of TestAddsAndJoinsAtOnce.
func TestAddsAndJoinsWithoutLock(t *testing.T) {
	w := newWorld(t, 10, WithoutLock())
	w.wantWrong(func() []string {
		_, shifts := w.event(10, 48)
		return w.addsAndJoins(shifts[0])
	})
	if n := w.id(`select count(*) from shift where confirmed + held > capacity`); n != 0 {
		t.Error("overbooked")
	}
}
