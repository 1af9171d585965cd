package people_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// path is the address of somebody's page, or of an action there.
func path(id int64, action ...string) string {
	return portaltest.Path("/ru/hq/people/%d", id) + strings.Join(action, "")
}

// mails is how many mails of a kind are for somebody.
func mails(h *portaltest.Headquarters, kind string, id int64) int {
	h.T.Helper()
	return h.Count(`select count(*) from river_job where args ->> 'kind' = $1 and (args ->> 'person_id')::bigint = $2`,
		kind, id)
}

// People are found by a name in whatever spelling, in whatever order, by an e-mail's beginning, and
// by a phone in whatever form.
func TestFindPeople(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	who := h.Person("aliya.k@shtab.test", 20)
	h.Exec(`update person set given_name = 'Әлия', family_name = 'Қожахметқызы', phone = '+77011234567' where id = $1`,
		who)
	h.Exec(`insert into person (email, given_name, family_name, birth_date, calendar_token, joined_at)
		select 'x' || i || '@shtab.test', 'Айдана', 'Тестова' || i, '1990-01-01', 'x' || i,
			now() - make_interval(hours => i) from generate_series(1, 3000) i`)
	h.Exec(`analyze person`)
	h.Coordinator.Get("/ru/hq/people").Want(t, http.StatusForbidden)
	for q, sees := range map[string]bool{
		"Кожахметкызы Алия": true, "алия кожахмет": true, "Кожахметкизы": true, "aliya.k@": true,
		"ALIYA.K@shtab.test": true,
		"8 (701) 123-45-67":  true, "+7 701 1234567": true, "7011234567": true, "Иванов": false, "7779998877": false,
		"%": false, "_": false,
	} {
		a := h.Staff.Get("/ru/hq/people?q="+url.QueryEscape(q)).Want(t, http.StatusOK)
		if got := strings.Contains(a.Body, path(who)+`"`); got != sees {
			t.Errorf("%q: found %t", q, got)
		}
	}
	body := h.Staff.Get("/ru/hq/people?role=admin").Want(t, http.StatusOK).Body
	if !strings.Contains(body, path(h.AdminID)+`"`) || strings.Contains(body, path(who)+`"`) {
		t.Error("the filter of roles does nothing")
	}
	seen, next := 0, "/ru/hq/people?q="+url.QueryEscape("Тестова")
	for range 3 {
		page := h.Staff.Get(next)
		seen += strings.Count(page.Body, "Айдана</a>")
		next = page.NextPage()
	}
	if seen != 150 {
		t.Errorf("%d people on three pages", seen)
	}
}

// Every look at somebody's page is in the audit, once; nobody but staff looks.
func TestShowPersonIsAudited(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	who := h.Person("v@shtab.test", 15)
	h.Exec(
		`insert into guardian (person_id, name, relation, email, lang, created_at)
			values ($1, 'Гүлнар', 'mother', 'g@shtab.test', 'kk', now())`, who)
	h.Coordinator.Get(path(who)).Want(t, http.StatusForbidden)
	h.Browser().Get(path(who)).Want(t, http.StatusSeeOther)
	for range 2 {
		h.Staff.Get(path(who)).Want(t, http.StatusOK, "15 лет", "v@shtab.test", "Гүлнар")
	}
	if n := h.Count(`select count(*) from audit where verb = 'people.look' and object_id = $1`, who); n != 2 {
		t.Errorf("%d looks in the audit", n)
	}
	h.Staff.Get(path(999999)).Want(t, http.StatusNotFound)
	h.Exec(`update person set erased_at = now(), email = null where id = $1`, who)
	h.Staff.Get(path(who)).Want(t, http.StatusNotFound)
}

// Roles are given and taken by administrators, hold from the next request, and one administrator
// is always left.
func TestSetRole(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	who := h.Person("v@shtab.test", 30)
	theirs := h.As(who)
	role := func(name string) url.Values { return url.Values{"role": {name}} }
	h.Staff.Post(path(who, "/role"), role("staff")).Want(t, http.StatusForbidden)
	h.Admin.Post(path(who, "/role"), role("king")).Want(t, http.StatusUnprocessableEntity)
	theirs.Get("/ru/desk").Want(t, http.StatusForbidden)
	for range 2 {
		h.Staff.Post(path(who, "/organizations"), url.Values{"org": {fmt.Sprint(h.Org)}}).Want(t, http.StatusSeeOther)
	}
	theirs.Get("/ru/desk").Want(t, http.StatusOK)
	h.Staff.Post(path(who, "/organizations"), url.Values{"org": {"999999"}}).Want(t, http.StatusNotFound)
	h.Staff.Post(path(who, fmt.Sprintf("/organizations/%d/remove", h.Org)), url.Values{}).Want(t, http.StatusSeeOther)
	theirs.Get("/ru/desk").Want(t, http.StatusForbidden)
	for range 2 {
		h.Admin.Post(path(who, "/role"), role("staff")).Want(t, http.StatusSeeOther)
	}
	if h.Count(`select count(*) from person where id = $1 and role = 'staff'`, who) != 1 ||
		mails(h, "account_changed", who) != 2 {
		t.Errorf("%d mails", mails(h, "account_changed", who))
	}
	h.Admin.Post(path(h.AdminID, "/role"), role("volunteer")).
		Want(t, http.StatusConflict, "Попросите другого администратора")
	h.Staff.Post(path(h.StaffID, "/organizations"), url.Values{"org": {fmt.Sprint(h.Org)}}).
		Want(t, http.StatusConflict, "Попросите другого администратора")

	// Two administrators take each other's role at once: one stays.
	for range 5 {
		h.Exec(
			`update person set role = case when id in ($1, $2) then 'admin' else 'volunteer' end
				where role <> 'volunteer' or id in ($1, $2)`, who, h.AdminID)
		second := h.As(who)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = h.Admin.Try(http.MethodPost, path(who, "/role"), role("volunteer")) })
		wg.Go(func() { _, _ = second.Try(http.MethodPost, path(h.AdminID, "/role"), role("volunteer")) })
		wg.Wait()
		if n := h.Count(`select count(*) from person where role = 'admin'`); n != 1 {
			t.Fatalf("%d administrators are left", n)
		}
	}
}

// A suspended person is out at once, their places go on, and they read why; staff are suspended by
// administrators only.
func TestSuspendPerson(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	who, next := h.Person("v@shtab.test", 30), h.Person("w@shtab.test", 30)
	theirs, other := h.As(who), h.As(next)
	_, shift := h.Event(h.World, h.Morning(3), 1)
	theirs.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	other.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	why := url.Values{"words": {"Ругался с координатором"}}
	h.Staff.Post(path(who, "/suspend"), url.Values{}).Want(t, http.StatusUnprocessableEntity, "Напишите причину")
	h.Staff.PostAtOnce(t, 3, path(who, "/suspend"), why)
	if a := theirs.Get("/ru/me"); a.Status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", a.Status)
	}
	if n := h.Count(`select count(*) from signup where shift_id = $1 and person_id = $2 and state = 'confirmed'`,
		shift, next); n != 1 {
		t.Error("the place did not go on")
	}
	if mail := h.Mail("account_changed", "v@shtab.test"); !strings.Contains(mail, "Ругался с координатором") ||
		mails(h, "account_changed", who) != 1 {
		t.Errorf("the mail says %s (%d)", mail, mails(h, "account_changed", who))
	}
	h.Staff.Get(path(who)).Want(t, http.StatusOK, "Приостановлен", "Ругался с координатором")
	for range 2 {
		h.Staff.Post(path(who, "/restore"), url.Values{"words": {"Извинился"}}).Want(t, http.StatusSeeOther)
	}
	h.As(who).Get("/ru/me").Want(t, http.StatusOK)

	colleague := h.Person("s@shtab.test", 30)
	h.Exec(`update person set role = 'staff' where id = $1`, colleague)
	h.Staff.Post(path(colleague, "/suspend"), why).Want(t, http.StatusConflict, "только администратор")
	h.Admin.Post(path(h.AdminID, "/suspend"), why).Want(t, http.StatusConflict)
	h.Admin.Post(path(colleague, "/suspend"), why).Want(t, http.StatusSeeOther)
	if n := h.Count(`select count(*) from audit where verb = 'people.suspend'`); n != 2 {
		t.Errorf("%d suspensions in the audit", n)
	}
}

// A corrected birth date needs a reason, is mailed, and the sign-ups are checked against it.
func TestCorrectBirthDate(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	who := h.Person("v@shtab.test", 30)
	_, shift := h.Event(h.World, h.Morning(3), 5)
	h.As(who).Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	born := h.Now().AddDate(-15, 0, -10).Format(time.DateOnly)
	h.Staff.Post(path(who, "/birthdate"), url.Values{"birth_date": {born}}).
		Want(t, http.StatusUnprocessableEntity, "Напишите причину", born)
	h.Staff.Post(path(who, "/birthdate"), url.Values{"birth_date": {"2099-01-01"}, "words": {"Паспорт"}}).
		Want(t, http.StatusUnprocessableEntity)
	for range 2 {
		h.Staff.Post(path(who, "/birthdate"), url.Values{"birth_date": {born}, "words": {"Ошибка при регистрации"}}).
			Want(t, http.StatusSeeOther)
	}
	if n := h.Count(`select count(*) from signup where person_id = $1 and state = 'awaiting_consent'`, who); n != 1 {
		t.Error("a minor keeps a place without a parent's word")
	}
	if h.Count(`select count(*) from person_note where person_id = $1`, who) != 1 ||
		mails(h, "account_changed", who) != 1 {
		t.Error("not written, or not told, once")
	}
	if n := h.Count(
		`select count(*) from audit where verb = 'people.birth_date' and fields = '{birth_date}'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
}
