package portal_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/signup"
	"shtab/web/portal/portaltest"
)

// past is an event that ended so long ago, with outcomes for people, confirmed by its coordinator.
// It returns the sign-ups.
func (h *day) past(ago time.Duration, outcomes map[int64]string) map[int64]int64 {
	h.T.Helper()
	h.EventID, h.ShiftID = h.Event(h.World, -ago, 100)
	signups, form := map[int64]int64{}, map[int64]string{}
	for person, o := range outcomes {
		var id int64
		h.Scan(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select id, $2::bigint, during, 'confirmed', 'PAST' || id || '-' || $2::bigint::text, now(), now() from shift where id = $1 returning id`, []any{h.ShiftID, person}, &id)
		signups[person], form[id] = id, o
	}
	if a := h.Host.Post(h.Path("hours"), said("confirm", form)); a.Status != 303 {
		h.T.Fatalf("%d", a.Status)
	}
	return signups
}

// correct changes an outcome in the ledger.
func (h *day) correct(signup int64, outcome string) {
	h.T.Helper()
	a := h.Host.Post(fmt.Sprintf("/ru/desk/signups/%d/hours", signup), url.Values{"outcome": {outcome}, "minutes": {"60"}, "reason": {"түсіндірді"}})
	if a.Status != 303 {
		h.T.Fatalf("%d", a.Status)
	}
}

func TestTwoNoShowsLimitSignups(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	ctx, actor := context.Background(), h.Coordinator()
	me := h.Volunteer("me@shtab.test", "Абаев", "Асан", 30)
	first := h.past(96*time.Hour, map[int64]string{me: "no_show"})[me]
	var shifts []int64
	for i := range 6 {
		_, s := h.Event(h.World, time.Duration(48+24*i)*time.Hour, 5)
		shifts = append(shifts, s)
	}
	b := h.As(me)
	b.Get("/ru")
	b.Get("/ru/me").Want(t, 200, "Куда вы не пришли", "2 раза подряд")
	for i := range 3 { // one no-show limits nothing
		if h.SignUp(me, shifts[i]) == 0 {
			t.Fatalf("shift %d", i)
		}
	}
	h.past(72*time.Hour, map[int64]string{me: "no_show"})
	// What one has stays; anything more is refused, by every way in.
	if n := h.Count(`select count(*) from signup where person_id = $1 and state = 'confirmed' and lower(during) > now()`, me); n != 3 {
		t.Errorf("%d stay", n)
	}
	a := b.Get("/ru/me")
	a.Want(t, 200, "не больше 2 записей", "Вы несколько раз подряд не пришли")
	event4 := h.Count(`select event_id::int from shift where id = $1`, shifts[3])
	b.Get(fmt.Sprintf("/ru/events/%d", event4)).Want(t, 200, "Сначала придите туда, куда уже записаны", "/ru/me#missed")
	refused := func(way string, r signup.Result, err error) {
		t.Helper()
		if err != nil || !r.Refused || len(r.Reasons) != 1 || r.Reasons[0].Cause != event.NoShows || r.Reasons[0].Age != 2 {
			t.Errorf("%s: %+v %v", way, r, err)
		}
	}
	now := time.Now()
	vol := account.Actor{PersonID: me, Role: account.Volunteer}
	r, err := h.Signups.Join(ctx, vol, shifts[3], now)
	refused("join", r, err)
	r, err = h.Signups.Add(ctx, actor, shifts[3], "me@shtab.test", now)
	refused("add", r, err)
	a = h.Host.Post(fmt.Sprintf("/ru/desk/events/%d/roster", event4), url.Values{"email": {"me@shtab.test"}, "shift": {fmt.Sprint(shifts[3])}})
	a.Want(t, 200, "несколько раз подряд не пришёл")
	h.Exec(`insert into signup (shift_id, person_id, during, state, cancel_cause, ticket, created_at, changed_at)
		select id, $2, during, 'cancelled', 'organiser', 'R', now(), now() from shift where id = $1`, shifts[3], me)
	var off int64
	h.Scan(`select id from signup where ticket = 'R'`, nil, &off)
	r, err = h.Signups.Restore(ctx, actor, off, now)
	refused("restore", r, err)
	// Somebody who waits is passed over while the queue moves, and not promoted by hand.
	h.Exec(`update signup set state = 'waitlisted', queue_no = nextval('signup_queue'), cancel_cause = null where id = $1`, off)
	r, err = h.Signups.Promote(ctx, actor, off, now)
	refused("promote", r, err)
	other := h.Volunteer("other@shtab.test", "Бекова", "Асан", 30)
	h.SignUp(other, shifts[3]) // lets the queue move
	if h.SignupState(off) != "waitlisted" {
		t.Errorf("the queue gave a place: %s", h.SignupState(off))
	}
	// Into another shift of an event that one is in: no more sign-ups than before, but still too many.
	event1 := int64(h.Count(`select event_id::int from shift where id = $1`, shifts[0]))
	later := h.Shift(event1, now.Add(100*time.Hour), 5)
	var in int64
	h.Scan(`select id from signup where person_id = $1 and shift_id = $2`, []any{me, shifts[0]}, &in)
	r, err = h.Signups.Move(ctx, actor, in, later, now)
	refused("move", r, err)

	// Fewer than two: one more is possible, and then no more.
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self', queue_no = null where person_id = $1 and shift_id = any($2)`, me, []int64{shifts[1], shifts[2], shifts[3]})
	if r, err := h.Signups.Join(ctx, vol, shifts[4], now); err != nil || r.State != signup.Confirmed {
		t.Errorf("the second: %+v %v", r, err)
	}
	r, err = h.Signups.Join(ctx, vol, shifts[5], now)
	refused("the third", r, err)

	// A correction of either counts at once; so does the next attendance.
	h.correct(first, "excused")
	if r, err := h.Signups.Join(ctx, vol, shifts[5], now); err != nil || r.State != signup.Confirmed {
		t.Errorf("after one is excused: %+v %v", r, err)
	}
	h.correct(first, "no_show")
	r, err = h.Signups.Join(ctx, vol, shifts[3], now)
	refused("again", r, err)
	came := h.past(48*time.Hour, map[int64]string{me: "attended 60"})[me]
	if r, err := h.Signups.Join(ctx, vol, shifts[3], now); err != nil || r.State != signup.Confirmed {
		t.Errorf("after an attendance: %+v %v", r, err)
	}
	b.Get("/ru/me").WantWithout(t, "не больше 2 записей")
	// The order is that of the shifts, not of the confirmations: an older no-show breaks nothing.
	h.past(120*time.Hour, map[int64]string{me: "no_show"})
	b.Get("/ru/me").WantWithout(t, "не больше 2 записей")
	h.correct(came, "excused")
	b.Get("/ru/me").Want(t, 200, "не больше 2 записей")
}

func TestNoShowIsExplained(t *testing.T) {
	t.Parallel()
	h := newDay(t)
	me := h.Volunteer("me@shtab.test", "Абаев", "Асан", 30)
	came := h.Volunteer("came@shtab.test", "Бекова", "Айна", 30)
	sick := h.Volunteer("sick@shtab.test", "Дана", "Дана", 30)
	signups := h.past(72*time.Hour, map[int64]string{me: "no_show", came: "attended 150", sick: "excused"})
	if s := h.Mail("hours_no_show", "me@shtab.test"); !strings.Contains(s, "14") || !strings.Contains(s, "/kk/me#missed") {
		t.Error(s)
	}
	if s := h.Mail("hours_attended", "came@shtab.test"); !strings.Contains(s, "2,5") || !strings.Contains(s, "/kk/me/book") {
		t.Error(s)
	}
	b := h.As(me)
	b.Get("/ru")
	path := fmt.Sprintf("/ru/me/signups/%d/explain", signups[me])
	b.Post(path, url.Values{"explanation": {"  "}}).Want(t, 422, "до 500 знаков")
	b.Post(path, url.Values{"explanation": {strings.Repeat("я", 501)}}).Want(t, 422)
	for range 2 {
		b.Post(path, url.Values{"explanation": {"Сломался <b>автобус</b>"}}).Want(t, 303)
	}
	b.Get("/ru/me").Want(t, 200, "Сломался &lt;b&gt;автобус")
	h.Host.Get(h.Path("hours")).Want(t, 200, "Сломался &lt;b&gt;автобус", "Считать причину уважительной")
	for name, a := range map[string]portaltest.Answer{
		"somebody else's": h.As(came).Post(path, url.Values{"explanation": {"x"}}),
		"who came":        h.As(came).Post(fmt.Sprintf("/ru/me/signups/%d/explain", signups[came]), url.Values{"explanation": {"x"}}),
		"no such":         b.Post("/ru/me/signups/999999/explain", url.Values{"explanation": {"x"}}),
	} {
		if a.Status != 404 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	// The coordinator accepts it: a correction. Nobody is told twice.
	h.correct(signups[me], "excused")
	if h.ledger(signups[me]) != "0 0 excused" {
		t.Error(h.ledger(signups[me]))
	}
	h.agree()
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' like 'hours_%'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	// After its days it is too late.
	h.past(48*time.Hour, map[int64]string{me: "no_show"})
	var late int64
	h.Scan(`select max(signup_id) from ledger where person_id = $1`, []any{me}, &late)
	h.Exec(`alter table ledger disable trigger ledger_append_only`)
	h.Exec(`update ledger set recorded_at = now() - interval '14 days' where signup_id = $1`, late)
	if a := b.Post(fmt.Sprintf("/ru/me/signups/%d/explain", late), url.Values{"explanation": {"x"}}); a.Status != 410 {
		t.Errorf("too late: %d", a.Status)
	}
	if a := b.Get("/ru/me"); strings.Contains(a.Body, fmt.Sprintf("/signups/%d/explain", late)) {
		t.Error("the form is still offered")
	}
}
