package hours_test

import (
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

// past makes an event that ended so long ago and confirms the outcomes of people. It returns their sign-ups.
func (h *ended) past(ago time.Duration, outcomes map[int64]string) map[int64]int64 {
	h.T.Helper()
	h.EventID, h.ShiftID = h.Event(h.World, -ago, 100)
	signups, form := map[int64]int64{}, map[int64]string{}
	for person, o := range outcomes {
		var id int64
		h.Scan(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select id, $2::bigint, during, 'confirmed', 'PAST' || id || '-' || $2::bigint::text, now(), now()
				from shift where id = $1 returning id`, []any{h.ShiftID, person}, &id)
		signups[person], form[id] = id, o
	}
	if a := h.Host.Post(h.Path("hours"), sheet("confirm", form)); a.Status != 303 {
		h.T.Fatalf("%d", a.Status)
	}
	return signups
}

// correct changes an outcome in the ledger.
func (h *ended) correct(signup int64, outcome string) {
	h.T.Helper()
	a := h.Host.Post(fmt.Sprintf("/ru/desk/signups/%d/hours", signup),
		url.Values{"outcome": {outcome}, "minutes": {"60"}, "reason": {"түсіндірді"}})
	if a.Status != 303 {
		h.T.Fatalf("%d", a.Status)
	}
}

// TestTwoNoShowsLimitSignups checks that whoever did not come twice in a row may have two sign-ups at most, by
// whichever way they are signed up, and that a correction or an attendance ends that at once.
func TestTwoNoShowsLimitSignups(t *testing.T) {
	t.Parallel()
	h := startEnded(t, portaltest.WithoutWorker)
	ctx, actor, now := t.Context(), h.Coordinator(), h.Now()
	person := h.Volunteer("me@shtab.test", "Абаев", "Асан", 30)
	volunteer := account.Actor{PersonID: person, Role: account.Volunteer}
	me := h.As(person)
	me.Get("/ru")
	var shifts []int64
	for i := range 6 {
		_, s := h.Event(h.World, time.Duration(48+24*i)*time.Hour, 5)
		shifts = append(shifts, s)
	}
	wantRefused := func(t *testing.T, r signup.Result, err error) {
		t.Helper()
		if err != nil || !r.Refused || len(r.Reasons) != 1 || r.Reasons[0].Cause != event.NoShows ||
			r.Reasons[0].Age != 2 {
			t.Errorf("%+v %v", r, err)
		}
	}
	wantConfirmed := func(t *testing.T, r signup.Result, err error) {
		t.Helper()
		if err != nil || r.State != signup.Confirmed {
			t.Errorf("%+v %v", r, err)
		}
	}
	var first int64 // the sign-up of the first no-show

	t.Run("one no-show limits nothing", func(t *testing.T) {
		first = h.past(96*time.Hour, map[int64]string{person: "no_show"})[person]
		me.Get("/ru/me").Want(t, 200, "Куда вы не пришли", "2 раза подряд")
		for i := range 3 {
			if h.SignUp(person, shifts[i]) == 0 {
				t.Fatalf("shift %d", i)
			}
		}
	})
	t.Run("after two the sign-ups stay", func(t *testing.T) {
		h.past(72*time.Hour, map[int64]string{person: "no_show"})
		if n := h.Count(
			`select count(*) from signup where person_id = $1 and state = 'confirmed' and lower(during) > now()`,
			person); n != 3 {
			t.Errorf("%d stay", n)
		}
		me.Get("/ru/me").Want(t, 200, "не больше 2 записей", "Вы несколько раз подряд не пришли")
		page := fmt.Sprintf("/ru/events/%d", h.eventOf(shifts[3]))
		me.Get(page).Want(t, 200, "Сначала придите туда, куда уже записаны", "/ru/me#missed")
	})
	t.Run("sign up", func(t *testing.T) {
		r, err := h.Signups.Join(ctx, volunteer, shifts[3], now)
		wantRefused(t, r, err)
	})
	t.Run("added", func(t *testing.T) {
		r, err := h.Signups.Add(ctx, actor, shifts[3], "me@shtab.test", now)
		wantRefused(t, r, err)
		roster := fmt.Sprintf("/ru/desk/events/%d/roster", h.eventOf(shifts[3]))
		form := url.Values{"email": {"me@shtab.test"}, "shift": {fmt.Sprint(shifts[3])}}
		h.Host.Post(roster, form).Want(t, 200, "несколько раз подряд не пришёл")
	})
	h.Exec(`insert into signup (shift_id, person_id, during, state, cancel_cause, ticket, created_at, changed_at)
		select id, $2, during, 'cancelled', 'organiser', 'R', now(), now() from shift where id = $1`, shifts[3],
		person)
	removed := int64(h.Count(`select id from signup where ticket = 'R'`))
	t.Run("restored", func(t *testing.T) {
		r, err := h.Signups.Restore(ctx, actor, removed, now)
		wantRefused(t, r, err)
	})
	t.Run("waiting", func(t *testing.T) { // neither promoted nor given a place while the queue moves
		h.Exec(
			`update signup set state = 'waitlisted', queue_no = nextval('signup_queue'), cancel_cause = null
				where id = $1`, removed)
		r, err := h.Signups.Promote(ctx, actor, removed, now)
		wantRefused(t, r, err)
		h.SignUp(h.Volunteer("other@shtab.test", "Бекова", "Асан", 30), shifts[3])
		if h.SignupState(removed) != "waitlisted" {
			t.Errorf("the queue gave a place: %s", h.SignupState(removed))
		}
	})
	t.Run("moved", func(t *testing.T) { // to another shift of the same event: not more sign-ups, but too many
		later := h.Shift(h.eventOf(shifts[0]), now.Add(100*time.Hour), 5)
		in := int64(h.Count(`select id from signup where person_id = $1 and shift_id = $2`, person, shifts[0]))
		r, err := h.Signups.Move(ctx, actor, in, later, now)
		wantRefused(t, r, err)
	})
	t.Run("two at most", func(t *testing.T) {
		h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self', queue_no = null
			where person_id = $1 and shift_id = any($2)`, person, shifts[1:4])
		r, err := h.Signups.Join(ctx, volunteer, shifts[4], now)
		wantConfirmed(t, r, err)
		r, err = h.Signups.Join(ctx, volunteer, shifts[5], now)
		wantRefused(t, r, err)
	})
	t.Run("a correction counts at once", func(t *testing.T) {
		h.correct(first, "excused")
		r, err := h.Signups.Join(ctx, volunteer, shifts[5], now)
		wantConfirmed(t, r, err)
		h.correct(first, "no_show")
		r, err = h.Signups.Join(ctx, volunteer, shifts[3], now)
		wantRefused(t, r, err)
	})
	t.Run("an attendance too", func(t *testing.T) {
		came := h.past(48*time.Hour, map[int64]string{person: "attended 60"})[person]
		r, err := h.Signups.Join(ctx, volunteer, shifts[3], now)
		wantConfirmed(t, r, err)
		me.Get("/ru/me").WantWithout(t, "не больше 2 записей")
		// The order is that of the shifts, not that of the confirmations.
		h.past(120*time.Hour, map[int64]string{person: "no_show"})
		me.Get("/ru/me").WantWithout(t, "не больше 2 записей")
		h.correct(came, "excused")
		me.Get("/ru/me").Want(t, 200, "не больше 2 записей")
	})
}

// eventOf is the event of a shift.
func (h *ended) eventOf(shift int64) (id int64) {
	h.T.Helper()
	h.Scan(`select event_id from shift where id = $1`, []any{shift}, &id)
	return id
}

// TestExplainNoShow checks that whoever did not come may say why, to whom, and for how long.
func TestExplainNoShow(t *testing.T) {
	t.Parallel()
	h := startEnded(t)
	me := h.Volunteer("me@shtab.test", "Абаев", "Асан", 30)
	came := h.Volunteer("came@shtab.test", "Бекова", "Айна", 30)
	sick := h.Volunteer("sick@shtab.test", "Дана", "Дана", 30)
	signups := h.past(72*time.Hour, map[int64]string{me: "no_show", came: "attended 150", sick: "excused"})
	if s := h.Mail("hours_no_show", "me@shtab.test"); !strings.Contains(s, "14") ||
		!strings.Contains(s, "/kk/me#missed") {
		t.Error(s)
	}
	if s := h.Mail("hours_attended", "came@shtab.test"); !strings.Contains(s, "2,5") ||
		!strings.Contains(s, "/kk/me/book") {
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
		"who came": h.As(came).Post(fmt.Sprintf("/ru/me/signups/%d/explain", signups[came]),
			url.Values{"explanation": {"x"}}),
		"no such": b.Post("/ru/me/signups/999999/explain", url.Values{"explanation": {"x"}}),
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
	h.wantTotals()
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
