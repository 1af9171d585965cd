package signup

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

func TestChangeOfRules(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(2, 48)
	child, p := w.person(17), w.people(2, 20)
	w.join(child, shifts[0], Confirmed, 0)
	w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	c := w.change(id)
	c.AdultsOnly = event.Hazard

	look, err := w.store.Affected(w.ctx, w.host, c, noon)
	if err != nil || len(look) != 1 || look[0].PersonID != child || look[0].To != Cancelled ||
		look[0].GivenName == "" || look[0].Reasons[0].Cause != event.AdultsOnly {
		t.Errorf("%+v, %v", look, err)
	}
	w.state(child, shifts[0], Confirmed)

	done, err := w.store.ChangeEvent(w.ctx, w.host, c, noon)
	if err != nil || len(done) != 1 {
		t.Fatalf("%+v, %v", done, err)
	}
	w.state(child, shifts[0], Cancelled)
	w.state(p[1], shifts[0], Confirmed)
	w.wantMails(child, "signup_confirmed", "signup_cancelled")
	w.wantMails(p[0], "signup_confirmed") // nothing that concerns them has changed
	w.wantMails(p[1], "signup_waiting", "signup_promoted")
	if n := w.id(`select count(*) from audit where verb = 'event.change' and fields = '{adults_only}'`); n != 1 {
		t.Error("not in the audit")
	}
	w.check(noon)
}

func TestChangeOfTime(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(2, 48, 50, 52)
	_, other := w.event(2, 54) // where the third shift goes
	_, old := w.event(1, 48)   // at the hours of the first
	p := w.people(3, 20)
	// The first is in all three shifts, the second also elsewhere.
	for _, s := range shifts {
		w.join(p[0], s, Confirmed, 0)
	}
	w.join(p[1], shifts[2], Confirmed, 0)
	w.join(p[1], other[0], Confirmed, 0)
	w.join(p[2], shifts[2], Waitlisted, 1)
	w.exec(`update signup set reminded_at = now() where person_id = $1`, p[0])

	c := w.change(id)
	for i := range c.Shifts { // each goes to the hours of the next
		c.Shifts[i].StartsAt = c.Shifts[i].StartsAt.Add(2 * time.Hour)
		c.Shifts[i].EndsAt = c.Shifts[i].EndsAt.Add(2 * time.Hour)
	}
	done, err := w.store.ChangeEvent(w.ctx, w.host, c, noon)
	if err != nil || len(done) != 1 || done[0].PersonID != p[1] || done[0].Reasons[0].Cause != event.Clash {
		t.Fatalf("%+v, %v", done, err)
	}
	w.state(p[1], shifts[2], Cancelled)
	w.state(p[2], shifts[2], Confirmed)
	for _, s := range shifts {
		w.state(p[0], s, Confirmed)
	}
	w.wantMails(p[0], "signup_confirmed", "signup_confirmed", "signup_confirmed", "event_changed")
	w.wantMails(p[1], "signup_confirmed", "signup_confirmed", "signup_cancelled")
	if n := w.id(`select count(*) from signup where reminded_at is not null`); n != 0 {
		t.Error("the reminder was for another hour")
	}
	w.join(p[0], old[0], Confirmed, 0) // free at that time now
	w.check(noon)

	if _, err := w.store.ChangeEvent(w.ctx, w.host, w.change(id), noon); err != nil {
		t.Error(err)
	}
	w.wantMails(p[2], "signup_waiting", "event_changed", "signup_promoted") // nothing new, nobody told
	c.Shifts[0].EndsAt = c.Shifts[0].StartsAt
	_, err = w.store.ChangeEvent(w.ctx, w.host, c, noon)
	w.wantFault(err, fault.KindInvalid)
}

// TestMovingAwayMovesAnotherQueue: a shift that moves leaves its people free for what they wait
// for at the old hours.
func TestMovingAwayMovesAnotherQueue(t *testing.T) {
	w := newWorld(t, 4)
	id, a := w.event(1, 48)
	_, b := w.event(1, 49)
	p := w.people(2, 20)
	first := w.join(p[0], b[0], Confirmed, 0)
	w.join(p[1], b[0], Waitlisted, 1)
	w.join(p[1], a[0], Confirmed, 0)
	w.cancel(first, p[0])
	w.state(p[1], b[0], Waitlisted)
	c := w.change(id)
	c.Shifts[0].StartsAt, c.Shifts[0].EndsAt = c.Shifts[0].StartsAt.AddDate(0, 0, 1),
		c.Shifts[0].EndsAt.AddDate(0, 0, 1)
	if _, err := w.store.ChangeEvent(w.ctx, w.host, c, noon); err != nil {
		t.Fatal(err)
	}
	w.state(p[1], a[0], Confirmed)
	w.state(p[1], b[0], Confirmed)
	w.check(noon)
}

func TestChangeThatNeedsConsent(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(2, 60*24)
	who := w.person(15)
	w.exec(`update person set birth_date = '2010-07-15' where id = $1`, who) // 16 in July
	w.join(who, shifts[0], Confirmed, 0)
	c := w.change(id)
	was := c.Shifts[0]
	c.Shifts[0].StartsAt, c.Shifts[0].EndsAt = noon.AddDate(0, 0, 7), noon.AddDate(0, 0, 7).Add(2*time.Hour)
	if done, err := w.store.ChangeEvent(w.ctx, w.host, c, noon); err != nil || len(done) != 1 ||
		done[0].To != AwaitingConsent {
		t.Fatalf("%+v, %v", done, err)
	}
	w.check(noon)
	c.Shifts[0] = was
	if done, err := w.store.ChangeEvent(w.ctx, w.host, c, noon); err != nil || len(done) != 1 ||
		done[0].To != Confirmed {
		t.Fatalf("%+v, %v", done, err)
	}
	w.check(noon)
}

// TestNoNewsThatIsOld: who goes to the queue and moves up in the same transaction is told the second only.
func TestNoNewsThatIsOld(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(1, 48)
	child := w.person(15)
	w.join(w.person(20), shifts[0], Confirmed, 0)
	w.join(child, shifts[0], AwaitingConsent, 0)
	w.exec(
		`insert into guardian_consent (person_id, guardian_name, relation, text_version, agreed_at)
			values ($1, 'Мама', 'mother', '1', $2)`, child, noon)
	c := w.change(id)
	c.Shifts[0].Capacity = 2
	if _, err := w.store.ChangeEvent(w.ctx, w.host, c, noon); err != nil {
		t.Fatal(err)
	}
	w.state(child, shifts[0], Confirmed)
	w.wantMails(child, "signup_awaiting", "signup_promoted")
	w.check(noon)
}

func TestChangeOfCapacity(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(2, 48)
	p := w.people(3, 20)
	w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Confirmed, 0)
	w.join(p[2], shifts[0], Waitlisted, 1)
	c := w.change(id)
	c.Shifts[0].Capacity = 1
	_, err := w.store.ChangeEvent(w.ctx, w.host, c, noon)
	w.wantFault(err, fault.KindConflict)
	c.Shifts[0].Capacity = 3
	if _, err := w.store.ChangeEvent(w.ctx, w.host, c, noon); err != nil {
		t.Fatal(err)
	}
	w.state(p[2], shifts[0], Confirmed)
	w.check(noon)
}

func TestCancelEvent(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(1, 48, 50)
	p := w.people(2, 20)
	w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[0], shifts[1], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	for range 2 {
		if err := w.store.CancelEvent(w.ctx, w.host, id, both("Буря"), noon); err != nil {
			t.Fatal(err)
		}
	}
	w.wantMails(p[0], "signup_confirmed", "signup_confirmed", "event_cancelled")
	w.wantMails(p[1], "signup_waiting", "event_cancelled")
	r, err := w.store.Join(w.ctx, as(p[1]), shifts[0], noon)
	if err != nil || !r.Refused || r.Reasons[0].Cause != event.EventCancelled {
		t.Errorf("%+v, %v", r, err)
	}
	_, err = w.store.ChangeEvent(w.ctx, w.host, w.change(id), noon)
	w.wantFault(err, fault.KindConflict)
	w.check(noon)
}

func TestRecheck(t *testing.T) {
	w := newWorld(t, 4)
	_, a := w.event(1, 48)
	adults, b := w.event(1, 72)
	w.exec(`update event set adults_only = 'hazard' where id = $1`, adults)
	me, next := w.person(20), w.person(20)
	w.join(me, a[0], Confirmed, 0)
	w.join(me, b[0], Confirmed, 0)
	w.join(next, a[0], Waitlisted, 1)
	w.join(next, b[0], Waitlisted, 1)
	recheck := func(sql string) {
		t.Helper()
		if err := postgres.InTx(w.ctx, w.db, func(tx pgx.Tx) error {
			if _, err := tx.Exec(w.ctx, sql, me); err != nil {
				return err
			}
			return w.store.Recheck(w.ctx, tx, me, noon)
		}); err != nil {
			t.Fatal(err)
		}
		w.check(noon)
	}
	recheck(`update person set birth_date = '2011-01-15' where id = $1`) // fifteen
	w.state(me, a[0], AwaitingConsent)
	w.state(me, b[0], Cancelled)
	w.state(next, a[0], Waitlisted) // the place is held
	w.state(next, b[0], Confirmed)
	recheck(
		`insert into guardian_consent (person_id, guardian_name, relation, text_version, agreed_at)
			values ($1, 'Мама', 'mother', '1', now())`)
	w.state(me, a[0], Confirmed)
	recheck(`update guardian_consent set withdrawn_at = now() where person_id = $1`)
	w.state(me, a[0], AwaitingConsent)
	w.wantMails(me, "signup_confirmed", "signup_confirmed", "signup_awaiting", "signup_cancelled", "signup_confirmed",
		"signup_awaiting")
}
