package roster_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestChangePerson adds somebody, moves, removes and restores them, each request sent twice.
func TestChangePerson(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t)
	h.Volunteer("aigul@shtab.test", "Сейтова", "Айгүл", 20)
	var first, second int64 // the sign-up, and that of the shift to which she is moved
	person := func(id int64) string { return portaltest.Path("/ru/desk/signups/%d", id) }
	twice := func(t *testing.T, path string, form url.Values, want string) {
		t.Helper()
		for range 2 {
			a := h.Host.Post(path, form)
			if to := a.Header.Get("Location"); a.Status != 303 || !strings.HasSuffix(to, want) {
				t.Fatalf("%s: %d to %s", path, a.Status, to)
			}
		}
	}
	mails := func(t *testing.T, kind string, want int) {
		t.Helper()
		if n := h.Count(`select count(*) from river_job where args ->> 'kind' = $1`, kind); n != want {
			t.Errorf("%d mails %s, want %d", n, kind, want)
		}
	}

	t.Run("add", func(t *testing.T) {
		form := url.Values{"email": {" Aigul@Shtab.test "}, "shift": {fmt.Sprint(h.ShiftID)}}
		twice(t, h.Path("roster"), form, "/roster")
		h.Host.Get(h.Path("roster")).Want(t, 200, "Сейтова Айгүл", "Этот человек уже в списке")
		mails(t, "signup_confirmed", 1)
		h.Scan(`select id from signup`, nil, &first)
	})
	t.Run("move", func(t *testing.T) {
		form := url.Values{"shift": {fmt.Sprint(h.LaterID)}}
		h.Host.Post(person(first)+"/move", form)
		h.Scan(`select id from signup where shift_id = $1 and state = 'confirmed'`, []any{h.LaterID}, &second)
		twice(t, person(first)+"/move", form, fmt.Sprint(second))
		h.Host.Get(person(second)).Want(t, 200, "Сейтова Айгүл", "Перевели в другую смену")
		h.Host.Get(person(first)).Want(t, 200, "Переведён в другую смену")
		mails(t, "signup_confirmed", 2)
		mails(t, "signup_cancelled", 0)
	})
	t.Run("remove", func(t *testing.T) {
		remove := person(second) + "/remove"
		for _, form := range []url.Values{
			{}, {"reason": {"special"}}, {"reason": {"x"}}, {"reason": {"asked"}, "words": {strings.Repeat("я", 301)}},
		} {
			h.Host.Post(remove, form).Want(t, 422, "error-summary")
		}
		if h.SignupState(second) != "confirmed" {
			t.Fatal("removed without a reason")
		}
		twice(t, remove, url.Values{"reason": {"rules"}, "words": {"Опоздали на два часа & <b>"}}, fmt.Sprint(second))
		h.Host.Get(person(second)).Want(t, 200, "Убран: нарушил правила", "Вернуть в список")
		mails(t, "signup_cancelled", 1)
		text := h.Mail("signup_cancelled", "aigul@shtab.test")
		if !strings.Contains(text, "Опоздали на два часа & <b>") || !strings.Contains(text, "тәртіп бұзылды") ||
			strings.Contains(text, "Себебін одан") {
			t.Errorf("the mail says:\n%s", text)
		}
		if n := h.Count(`select count(*) from river_job where args::text like '%Опоздали%'`); n != 0 {
			t.Error("the coordinator's words are kept in the queue")
		}
	})
	t.Run("restore", func(t *testing.T) {
		twice(t, person(second)+"/restore", nil, fmt.Sprint(second))
		if h.SignupState(second) != "confirmed" {
			t.Error("the removal was not taken back")
		}
	})
	for verb, want := range map[string]int{"signup.add": 2, "signup.move": 1, "signup.remove": 1} {
		if n := h.Count(`select count(*) from audit where verb = $1 and actor_id = $2`, verb, h.HostID); n != want {
			t.Errorf("%s is %d times in the audit, want %d", verb, n, want)
		}
	}
}

// TestRefusals checks that a page says why somebody cannot be added, moved or promoted, and that nothing
// changes then.
func TestRefusals(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.Volunteer("child@shtab.test", "Бала", "Асан", 13)
	in := h.SignUp(h.Volunteer("a@shtab.test", "Абаев", "Тимур", 20), h.ShiftID)
	for email, want := range map[string]string{
		"nobody@shtab.test": "сначала зарегистрируется",
		"no":                "Введите почту",
	} {
		h.Host.Post(h.Path("roster"), url.Values{"email": {email}, "shift": {fmt.Sprint(h.ShiftID)}}).
			Want(t, 422, want, email, "Абаев")
	}
	h.Exec(`update shift set min_age = 16 where id = $1`, h.LaterID)
	h.Host.Post(h.Path("roster"), url.Values{"email": {"child@shtab.test"}, "shift": {fmt.Sprint(h.LaterID)}}).
		Want(t, 200, "Сюда берут с 16 лет")

	// No place in the other shift, none for whoever waits.
	h.Exec(`update shift set min_age = null, capacity = 1 where id = $1`, h.LaterID)
	waits := func(email string) int64 { return h.SignUp(h.Volunteer(email, "Я", "Т", 20), h.LaterID) }
	waits("b@shtab.test")
	queued := waits("c@shtab.test")
	for path, form := range map[string]url.Values{
		portaltest.Path("/ru/desk/signups/%d/move", in):        {"shift": {fmt.Sprint(h.LaterID)}},
		portaltest.Path("/ru/desk/signups/%d/promote", queued): {},
	} {
		if a := h.Host.Post(path, form); a.Status != 303 {
			t.Fatalf("%s: %d", path, a.Status)
		}
		h.Host.Get(h.Path("roster")).Want(t, 200, "Там нет свободных мест")
	}
	if h.SignupState(in) != "confirmed" || h.SignupState(queued) != "waitlisted" {
		t.Error("something changed")
	}
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self' where shift_id = $1 and state = 'confirmed'`,
		h.LaterID)
	h.Host.Get(h.Path("roster?state=waitlisted")).Want(t, 200, "Дать место: Я Т")
	if a := h.Host.Post(portaltest.Path("/ru/desk/signups/%d/promote", queued),
		url.Values{"list": {"1"}}); a.Status != 303 ||
		!strings.HasSuffix(a.Header.Get("Location"), "roster?state=waitlisted") {
		t.Errorf("%d to %s", a.Status, a.Header.Get("Location"))
	}
	if h.SignupState(queued) != "confirmed" {
		t.Error("not promoted")
	}
}
