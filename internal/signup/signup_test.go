package signup

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

func TestQueueMovesUpWhenSomebodyCancels(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	p := w.people(3, 20)
	first := w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	w.join(p[2], shifts[0], Waitlisted, 2)
	w.join(p[2], shifts[0], Waitlisted, 2) // a repeat
	w.cancel(first, p[0])
	if r, err := w.store.Cancel(w.ctx, as(p[0]), first.SignupID, noon); err != nil || r.Changed {
		t.Errorf("a repeat: %+v, %v", r, err)
	}
	w.state(p[1], shifts[0], Confirmed)
	w.join(p[2], shifts[0], Waitlisted, 1)
	again := w.join(p[0], shifts[0], Waitlisted, 2)
	if again.SignupID != first.SignupID {
		t.Error("a new row for who came back")
	}
	w.wantMails(p[0], "signup_confirmed", "signup_waiting")
	w.wantMails(p[1], "signup_waiting", "signup_promoted")
	w.wantMails(p[2], "signup_waiting")
	w.check(noon)
}

func TestCutoff(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	p := w.people(3, 20)
	first := w.join(p[0], shifts[0], Confirmed, 0)
	second := w.join(p[1], shifts[0], Waitlisted, 1)
	w.join(p[2], shifts[0], Waitlisted, 2)

	late := noon.Add(45 * time.Hour) // exactly three hours before
	_, err := w.store.Cancel(w.ctx, as(p[0]), first.SignupID, late)
	w.wantFault(err, fault.KindConflict)
	// A place freed late is open to whoever comes, also to somebody who waits.
	if _, err := w.store.Remove(w.ctx, w.host, first.SignupID, Removal{Reason: Asked}, late); err != nil {
		t.Fatal(err)
	}
	w.state(p[1], shifts[0], Waitlisted)
	w.joinAt(p[2], shifts[0], late, Confirmed, 0)
	w.wantMails(p[2], "signup_waiting", "signup_confirmed")
	if _, err := w.store.Cancel(w.ctx, as(p[1]), second.SignupID, late); err != nil {
		t.Error("a wait ends any time: ", err)
	}
	_, err = w.store.Remove(w.ctx, w.host, first.SignupID, Removal{Reason: Asked}, late.Add(12*time.Hour))
	if err != nil {
		t.Error("a repeat is none of the clock's: ", err)
	}
	_, err = w.store.Remove(w.ctx, w.host, w.id(`select id from signup where person_id = $1`, p[2]),
		Removal{Reason: Asked}, late.Add(12*time.Hour))
	w.wantFault(err, fault.KindConflict)
}

func TestWhoMayWhat(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(1, 48)
	p := w.people(2, 20)
	r := w.join(p[0], shifts[0], Confirmed, 0)

	stranger := account.Actor{PersonID: p[1], Orgs: []int64{w.org + 1}}
	_, err := w.store.Cancel(w.ctx, stranger, r.SignupID, noon)
	w.wantFault(err, fault.KindNotFound)
	_, err = w.store.Remove(w.ctx, stranger, r.SignupID, Removal{Reason: Asked}, noon)
	w.wantFault(err, fault.KindNotFound)
	_, err = w.store.Cancel(w.ctx, w.host, r.SignupID, noon)
	w.wantFault(err, fault.KindNotFound)
	w.wantFault(w.store.SetCapacity(w.ctx, stranger, shifts[0], 5, noon), fault.KindNotFound)
	w.wantFault(w.store.SetCapacity(w.ctx, w.host, shifts[0], 0, noon), fault.KindInvalid)
	w.wantFault(w.store.CancelEvent(w.ctx, stranger, id, both("нет"), noon), fault.KindNotFound)
	_, err = w.store.ChangeEvent(w.ctx, stranger, w.change(id), noon)
	w.wantFault(err, fault.KindNotFound)
	_, err = w.store.Join(w.ctx, account.Actor{}, shifts[0], noon)
	w.wantFault(err, fault.KindForbidden)
	for _, unknown := range []int64{-1, 0, 1 << 60} {
		_, err = w.store.Join(w.ctx, as(p[1]), unknown, noon)
		w.wantFault(err, fault.KindNotFound)
		_, err = w.store.Cancel(w.ctx, as(p[1]), unknown, noon)
		w.wantFault(err, fault.KindNotFound)
	}
	w.exec(`update person set suspended_at = now() where id = $1`, p[1])
	_, err = w.store.Join(w.ctx, as(p[1]), shifts[0], noon)
	w.wantFault(err, fault.KindForbidden)

	// A co-host's coordinator and staff may.
	cohost := w.id(
		`insert into org (slug, kind, name, joined_on) values ('co', 'ngo', '{}', '2020-01-01') returning id`)
	w.exec(`insert into event_cohost values ($1, $2)`, id, cohost)
	if err := w.store.SetCapacity(w.ctx, account.Actor{PersonID: p[1], Orgs: []int64{cohost}}, shifts[0], 2,
		noon); err != nil {
		t.Error(err)
	}
	if _, err := w.store.Remove(w.ctx, account.Actor{PersonID: p[1], Role: account.Staff}, r.SignupID,
		Removal{Reason: Asked}, noon); err != nil {
		t.Error(err)
	}
	w.wantMails(p[0], "signup_confirmed", "signup_cancelled")
	if n := w.id(`select count(*) from audit where verb in ('signup.remove', 'shift.capacity')`); n != 2 {
		t.Errorf("%d audit entries", n)
	}

	w.exec(`update event set state = 'draft'`)
	_, err = w.store.Join(w.ctx, as(p[0]), shifts[0], noon)
	w.wantFault(err, fault.KindNotFound)
}

func TestRefusals(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(1, 48)
	_, over := w.event(1, 49)
	me, child := w.person(20), w.person(17)
	w.join(me, shifts[0], Confirmed, 0)
	refused := func(person, shift int64, now time.Time, want event.Cause) {
		t.Helper()
		r, err := w.store.Join(w.ctx, as(person), shift, now)
		if err != nil || !r.Refused || len(r.Reasons) == 0 || r.Reasons[0].Cause != want || r.Changed ||
			r.EventID == 0 {
			t.Errorf("%+v, %v; want %s", r, err, want)
		}
	}
	refused(me, over[0], noon, event.Clash)
	refused(child, over[0], noon.Add(60*time.Hour), event.EventOver)
	w.exec(`update event set adults_only = 'hazard' where id = $1`, id)
	refused(child, shifts[0], noon, event.AdultsOnly)
	if n := w.id(`select count(*) from signup where person_id = $1`, child); n != 0 {
		t.Error("something was written")
	}
}

func TestCapacity(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	p := w.people(4, 20)
	for i, id := range p {
		w.join(id, shifts[0], []State{Confirmed, Waitlisted}[min(i, 1)], i)
	}
	if err := w.store.SetCapacity(w.ctx, w.host, shifts[0], 3, noon); err != nil {
		t.Fatal(err)
	}
	w.state(p[1], shifts[0], Confirmed)
	w.state(p[2], shifts[0], Confirmed)
	w.join(p[3], shifts[0], Waitlisted, 1)
	w.wantFault(w.store.SetCapacity(w.ctx, w.host, shifts[0], 2, noon), fault.KindConflict)
	w.check(noon)
}

// TestWhoWaitsComesFirst: also when a place was free and those waiting were not eligible until now.
func TestWhoWaitsComesFirst(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	first, child, last := w.person(20), w.person(17), w.person(20)
	r := w.join(first, shifts[0], Confirmed, 0)
	w.join(child, shifts[0], Waitlisted, 1)
	w.exec(`update shift set min_age = 18`)
	w.cancel(r, first)
	w.state(child, shifts[0], Waitlisted)
	w.exec(`update shift set min_age = null`)
	w.join(last, shifts[0], Waitlisted, 1)
	w.state(child, shifts[0], Confirmed)
	w.check(noon)
}

// TestLongQueueOfTheIneligible: the first who may have the place stands far behind.
func TestLongQueueOfTheIneligible(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 48)
	_, other := w.event(1000, 48)
	first := w.person(20)
	r := w.join(first, shifts[0], Confirmed, 0)
	busy := w.people(300, 20)
	w.rush(busy, shifts[0])
	w.rush(busy, other[0]) // waiting in one, confirmed in the other
	last := w.people(2, 20)
	w.join(last[0], shifts[0], Waitlisted, 301)
	w.join(last[1], shifts[0], Waitlisted, 302)
	w.cancel(r, first)
	w.state(last[0], shifts[0], Confirmed)
	w.join(last[1], shifts[0], Waitlisted, 301)
	w.check(noon)
}

// TestGivingUpOneMovesAnotherQueue: whoever waits for one shift and is confirmed in another at
// the same hours may have the first when they give up the second.
func TestGivingUpOneMovesAnotherQueue(t *testing.T) {
	w := newWorld(t, 4)
	_, a := w.event(1, 48)
	_, b := w.event(1, 49)
	p := w.people(2, 20)
	first := w.join(p[0], a[0], Confirmed, 0)
	w.join(p[1], a[0], Waitlisted, 1)
	second := w.join(p[1], b[0], Confirmed, 0)
	w.cancel(first, p[0])
	w.state(p[1], a[0], Waitlisted) // busy
	w.cancel(second, p[1])
	w.state(p[1], a[0], Confirmed)
	w.check(noon)
}

func TestConsent(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(1, 7*24)
	child, other, p := w.person(15), w.person(15), w.people(2, 20)
	r := w.join(child, shifts[0], AwaitingConsent, 0)
	if want := noon.Add(48 * time.Hour); r.Hold == nil || !r.Hold.Equal(want) {
		t.Errorf("held until %v, want %v", r.Hold, want)
	}
	if r := w.join(other, shifts[0], AwaitingConsent, 0); r.Hold != nil {
		t.Error("a second hold on one place")
	}
	w.join(p[0], shifts[0], Waitlisted, 1)
	w.wantMails(child, "signup_awaiting")

	if err := w.store.ExpireHolds(w.ctx, noon.Add(48*time.Hour-time.Second)); err != nil {
		t.Fatal(err)
	}
	w.state(p[0], shifts[0], Waitlisted)
	late := noon.Add(48 * time.Hour)
	for range 2 {
		if err := w.store.ExpireHolds(w.ctx, late); err != nil {
			t.Fatal(err)
		}
	}
	w.state(p[0], shifts[0], Confirmed)
	w.state(child, shifts[0], AwaitingConsent)
	w.wantMails(p[0], "signup_waiting", "signup_promoted")
	if r := w.joinAt(child, shifts[0], late, AwaitingConsent, 0); r.Hold != nil || r.Changed {
		t.Errorf("%+v", r)
	}
	// The guardian agrees: the place has gone, the queue is open.
	w.exec(
		`insert into guardian_consent (person_id, guardian_name, relation, text_version, agreed_at)
			values ($1, 'Мама', 'mother', '1', $2)`, child, noon)
	w.joinAt(child, shifts[0], late, Waitlisted, 1)
	w.check(late)

	// A hold never outlasts the cut-off, nor the end of the sign-up.
	_, soon := w.event(2, 24)
	if r := w.join(other, soon[0], AwaitingConsent, 0); r.Hold == nil || !r.Hold.Equal(noon.Add(21*time.Hour)) {
		t.Errorf("held until %v", r.Hold)
	}
	if r := w.joinAt(w.person(15), soon[0], noon.Add(22*time.Hour), AwaitingConsent, 0); r.Hold == nil ||
		!r.Hold.Equal(noon.Add(24*time.Hour)) {
		t.Errorf("held until %v", r.Hold)
	}
}

func TestReleaseAll(t *testing.T) {
	w := newWorld(t, 4)
	_, a := w.event(1, 48)
	_, b := w.event(1, 49)
	p := w.people(3, 20)
	w.join(p[1], b[0], Confirmed, 0)
	w.join(p[0], b[0], Waitlisted, 1)
	w.join(p[0], a[0], Confirmed, 0)
	w.join(p[2], a[0], Waitlisted, 1)
	for range 2 {
		err := postgres.InTx(w.ctx, w.db, func(tx pgx.Tx) error {
			return w.store.ReleaseAll(w.ctx, tx, p[0], ByErasure, noon)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	w.state(p[0], a[0], Cancelled)
	w.state(p[0], b[0], Cancelled)
	w.state(p[2], a[0], Confirmed)
	w.wantMails(p[0], "signup_waiting", "signup_confirmed") // nobody writes to who is erased
	w.check(noon)
}

func TestQueries(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(1, 48, 72)
	p := w.people(2, 20)
	first := w.join(p[0], shifts[0], Confirmed, 0)
	w.join(p[1], shifts[0], Waitlisted, 1)
	w.join(p[1], shifts[1], Confirmed, 0)

	rows, err := w.store.Mine(w.ctx, as(p[1]), noon)
	if err != nil || len(rows) != 2 || rows[0].Position != 1 || rows[0].Title.RU != "Посадка" ||
		rows[0].OrgSlug != "host" || !rows[1].CutoffAt.Equal(noon.Add(69*time.Hour)) {
		t.Errorf("%+v, %v", rows, err)
	}
	f, err := event.Show(w.ctx, w.db, as(p[1]), id)
	if err != nil {
		t.Fatal(err)
	}
	st, err := w.store.ForEvent(w.ctx, as(p[1]), f.Event, f.Shifts, noon)
	if err != nil || st[shifts[0]].Position != 1 || st[shifts[1]].State != Confirmed || !st[shifts[1]].CanCancel ||
		len(st[shifts[0]].Reasons) != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	mine, err := w.store.Mine(w.ctx, as(p[0]), noon)
	if err != nil {
		t.Fatal(err)
	}
	by, err := w.store.ByTicket(w.ctx, mine[0].Ticket)
	if err != nil || by.SignupID != first.SignupID || by.PersonID != p[0] || by.EventID != id || len(by.Orgs) != 1 ||
		by.Orgs[0] != w.org {
		t.Errorf("%+v, %v", by, err)
	}
	_, err = w.store.ByTicket(w.ctx, "none")
	w.wantFault(err, fault.KindNotFound)
	if r, err := w.store.Ticket(w.ctx, as(p[0]), first.SignupID, noon); err != nil || r.Ticket != mine[0].Ticket {
		t.Errorf("%+v, %v", r, err)
	}
	_, err = w.store.Ticket(w.ctx, as(p[1]), first.SignupID, noon)
	w.wantFault(err, fault.KindNotFound)

	var token string
	if err := w.db.QueryRow(w.ctx, `select calendar_token from person where id = $1`, p[1]).Scan(&token); err != nil {
		t.Fatal(err)
	}
	feed, err := w.store.CalendarFeed(w.ctx, token)
	if err != nil || len(feed.Rows) != 1 || feed.Rows[0].ShiftID != shifts[1] || feed.Lang != "kk" {
		t.Errorf("%+v, %v", feed, err)
	}
	_, err = w.store.CalendarFeed(w.ctx, "none")
	w.wantFault(err, fault.KindNotFound)
}

func TestReminders(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(5, 48)
	early, late := w.person(20), w.person(20)
	w.join(early, shifts[0], Confirmed, 0)
	soon := noon.Add(25 * time.Hour)
	w.joinAt(late, shifts[0], soon, Confirmed, 0)
	for _, at := range []time.Time{noon.Add(23 * time.Hour), soon, soon.Add(time.Hour), noon.Add(72 * time.Hour)} {
		if err := w.store.RemindDue(w.ctx, at); err != nil {
			t.Fatal(err)
		}
	}
	w.wantMails(early, "signup_confirmed", "reminder")
	w.wantMails(late, "signup_confirmed")
}
