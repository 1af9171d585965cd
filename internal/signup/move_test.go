package signup

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
)

func (w *world) move(r Result, shift int64, now time.Time) (Result, error) {
	w.Helper()
	return w.store.Move(w.ctx, w.host, r.SignupID, shift, now)
}

func TestMove(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48, 49, 60) // the first two overlap
	p := w.people(3, 20)
	in := w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	for i, changed := range []bool{true, false, false} {
		r, err := w.move(in, shifts[1], noon)
		if err != nil || r.State != Confirmed || r.ShiftID != shifts[1] || r.Changed != changed || r.SignupID == 0 {
			t.Fatalf("%d: %+v, %v", i, r, err)
		}
	}
	w.state(p[0], shifts[0], Cancelled)
	w.state(p[1], shifts[0], Confirmed) // the queue moved up
	w.wantMails(p[0], "signup_confirmed", "signup_confirmed")
	if n := w.id(`select count(*) from river_job where args ->> 'cause' = 'moved'`); n != 1 {
		t.Errorf("%d mails say so", n)
	}
	if mine, err := w.store.Mine(w.ctx, as(p[0]), noon); err != nil || len(mine) != 1 || mine[0].ShiftID != shifts[1] {
		t.Errorf("%+v, %v", mine, err)
	}
	if n := w.id(`select count(*) from audit where verb = 'signup.move' and fields = '{shift}'`); n != 1 {
		t.Errorf("%d actions in the audit", n)
	}

	// No place there: nothing changes.
	w.join(p[2], shifts[2], Confirmed, 0)
	other := w.join(p[1], shifts[0], Confirmed, 0)
	_, err := w.move(other, shifts[2], noon)
	w.wantConflict(err, "signup.full")
	w.state(p[1], shifts[0], Confirmed)
	w.wantMails(p[1], "signup_waiting", "signup_promoted")

	// Somebody who waits elsewhere at the hours that get free moves up there.
	w.exec(`update shift set capacity = 2 where id = $1`, shifts[2])
	_, elsewhere := w.event(1, 48)
	w.join(w.person(20), elsewhere[0], Confirmed, 0)
	w.exec(`insert into signup (shift_id, person_id, during, state, queue_no, ticket, created_at, changed_at)
		select id, $2, during, 'waitlisted', nextval('signup_queue'), 'w', $3, $3 from shift where id = $1`,
		elsewhere[0], p[1], noon)
	w.exec(`update shift set capacity = 2 where id = $1`, elsewhere[0])
	if r, err := w.move(other, shifts[2], noon); err != nil || r.State != Confirmed {
		t.Fatalf("%+v, %v", r, err)
	}
	w.state(p[1], elsewhere[0], Confirmed)
	w.check(noon)
}

// wantConflict expects a Conflict that says key.
func (w *world) wantConflict(err error, key string) {
	w.Helper()
	w.wantFault(err, fault.KindConflict)
	if err != nil && !strings.Contains(err.Error(), key) {
		w.Errorf("%v; want %s", err, key)
	}
}

// TestMoveKeepsTheRules: somebody who may not come to the other shift stays where they are.
func TestMoveKeepsTheRules(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(2, 48, 55)
	_, same := w.event(2, 55)
	w.exec(`update shift set min_age = 16 where id = $1`, shifts[1])
	child, busy := w.person(15), w.person(20)
	w.exec(
		`insert into guardian_consent (person_id, guardian_name, relation, text_version, agreed_at)
			values ($1, 'Мама', 'mother', '1', $2)`, child, noon)
	w.join(busy, same[0], Confirmed, 0)
	for person, want := range map[int64]event.Cause{child: event.TooYoung, busy: event.Clash} {
		in := w.join(person, shifts[0], Confirmed, 0)
		r, err := w.move(in, shifts[1], noon)
		if err != nil || !r.Refused || len(r.Reasons) == 0 || r.Reasons[0].Cause != want || r.State != Confirmed ||
			r.ShiftID != shifts[0] {
			t.Errorf("%s: %+v, %v", want, r, err)
		}
		w.state(person, shifts[0], Confirmed)
	}
	if n := w.id(`select count(*) from signup where shift_id = $1`, shifts[1]); n != 0 {
		t.Errorf("%d came to the other shift", n)
	}
	// Whoever needs a consent takes the held place along.
	minor := w.person(15)
	w.exec(`update shift set min_age = null where id = $1`, shifts[1])
	w.exec(`update shift set capacity = 3`)
	in := w.join(minor, shifts[0], AwaitingConsent, 0)
	if r, err := w.move(in, shifts[1], noon); err != nil || r.State != AwaitingConsent || r.Hold == nil {
		t.Errorf("%+v, %v", r, err)
	}
	w.check(noon)
}

func TestPromote(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	p := w.people(3, 20)
	first := w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	last := w.join(p[2], shifts[0], Waitlisted, 2)
	_, err := w.store.Promote(w.ctx, w.host, last.SignupID, noon)
	w.wantConflict(err, "signup.full")
	late := noon.Add(47 * time.Hour)
	if _, err := w.store.Remove(w.ctx, w.host, first.SignupID, Removal{Reason: Asked}, late); err != nil {
		t.Fatal(err)
	}
	for i, changed := range []bool{true, false} {
		r, err := w.store.Promote(w.ctx, w.host, last.SignupID, late)
		if err != nil || r.State != Confirmed || r.Changed != changed {
			t.Fatalf("%d: %+v, %v", i, r, err)
		}
	}
	w.state(p[1], shifts[0], Waitlisted)
	w.wantMails(p[2], "signup_waiting", "signup_promoted")
	if n := w.id(`select count(*) from audit where verb = 'signup.promote' and object_id = $1`,
		last.SignupID); n != 1 {
		t.Errorf("%d actions in the audit", n)
	}
	_, err = w.store.Promote(w.ctx, w.host, first.SignupID, late)
	w.wantConflict(err, "signup.not_in")
	w.check(late)
}

// TestPromoteKeepsTheRules: being promoted by hand is no way around what the rules ask.
func TestPromoteKeepsTheRules(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	_, same := w.event(1, 48)
	busy, child := w.person(20), w.person(15)
	first := w.join(w.person(20), shifts[0], Confirmed, 0)
	waits := w.join(busy, shifts[0], Waitlisted, 1)
	minor := w.join(child, shifts[0], AwaitingConsent, 0)
	w.join(busy, same[0], Confirmed, 0)
	late := noon.Add(47 * time.Hour)
	if _, err := w.store.Remove(w.ctx, w.host, first.SignupID, Removal{Reason: Asked}, late); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[int64]event.Cause{waits.SignupID: event.Clash, minor.SignupID: event.ConsentNeeded} {
		got, err := w.store.Promote(w.ctx, w.host, id, late)
		if err != nil || !got.Refused || got.Reasons[0].Cause != want {
			t.Errorf("%s: %+v, %v", want, got, err)
		}
	}
	w.check(late)
}

func TestRemoveSaysWhy(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	me := w.person(20)
	in := w.join(me, shifts[0], Confirmed, 0)
	for _, why := range []Removal{
		{},
		{Reason: "none"},
		{Reason: Special},
		{Reason: Special, Words: "  "},
		{Reason: Asked, Words: strings.Repeat("я", MaxRemovalWords+1)},
	} {
		_, err := w.store.Remove(w.ctx, w.host, in.SignupID, why, noon)
		w.wantFault(err, fault.KindInvalid)
	}
	w.state(me, shifts[0], Confirmed)
	for range 2 {
		if _, err := w.store.Remove(w.ctx, w.host, in.SignupID, Removal{Special, " Дождь "}, noon); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.id(
		`select count(*) from removal where signup_id = $1 and reason = 'special' and words = 'Дождь'
			and removed_by = $2`, in.SignupID, w.host.PersonID); n != 1 {
		t.Error("the reason is not kept")
	}
	w.wantMails(me, "signup_confirmed", "signup_cancelled")
	if n := w.id(`select count(*) from audit where verb = 'signup.remove' and fields = '{reason}'`); n != 1 {
		t.Errorf("%d actions in the audit", n)
	}
	w.add(me, shifts[0], noon, Confirmed, 0) // undone
	w.check(noon)
}

// TestWhoMayMove: somebody else's event is not there, and no shift of another event either.
func TestWhoMayMove(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48, 55)
	_, foreign := w.event(1, 70)
	me := w.person(20)
	in := w.join(me, shifts[0], Confirmed, 0)
	other := w.id(
		`insert into org (slug, kind, name, joined_on) values ('other', 'ngo', '{}', '2020-01-01') returning id`)
	for _, a := range []account.Actor{{}, as(me), {PersonID: w.person(30), Orgs: []int64{other}}} {
		_, err := w.store.Move(w.ctx, a, in.SignupID, shifts[1], noon)
		w.wantFault(err, fault.KindNotFound)
		_, err = w.store.Promote(w.ctx, a, in.SignupID, noon)
		w.wantFault(err, fault.KindNotFound)
	}
	_, err := w.move(in, foreign[0], noon)
	w.wantFault(err, fault.KindNotFound)
	w.state(me, shifts[0], Confirmed)
	w.check(noon)
}

// moves lets twenty people be moved at once to a shift that has ten places.
func (w *world) moves() (wrong []string) {
	_, shifts := w.event(20, 48, 55)
	w.exec(`update shift set capacity = 10 where id = $1`, shifts[1])
	people := w.people(20, 20)
	in := make([]Result, len(people))
	for i, p := range people {
		in[i] = w.join(p, shifts[0], Confirmed, 0)
	}
	results, errs := make([]Result, len(people)), make([]error, len(people))
	var done sync.WaitGroup
	start := make(chan struct{})
	for i := range people {
		done.Go(func() {
			<-start
			results[i], errs[i] = w.move(in[i], shifts[1], noon)
		})
	}
	close(start)
	done.Wait()
	moved := 0
	for i, r := range results {
		switch {
		case errs[i] == nil && r.Changed && r.State == Confirmed:
			moved++
		case errs[i] == nil || !strings.Contains(errs[i].Error(), "signup.full"):
			wrong = append(wrong, fmt.Sprintf("%+v, %v", r, errs[i]))
		}
	}
	if there := w.id(`select count(*) from signup where shift_id = $1 and state = 'confirmed'`,
		shifts[0]); moved != 10 || there != 10 {
		wrong = append(wrong, fmt.Sprintf("%d moved, %d stayed", moved, there))
	}
	return wrong
}

func TestMovesAtOnce(t *testing.T) {
	w := newWorld(t, 10)
	for _, s := range w.moves() {
		t.Error(s)
	}
	w.check(noon)
}

// TestMovesWithoutLock is the negative control of TestMovesAtOnce.
func TestMovesWithoutLock(t *testing.T) {
	w := newWorld(t, 10, WithoutLock())
	w.wantWrong(w.moves)
}
