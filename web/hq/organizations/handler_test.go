package organizations_test

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

const list = "/ru/hq/organizations"

// entry is a form of the register that is whole.
func entry(change ...string) url.Values {
	v := url.Values{
		"key": {"k1"}, "kind": {"ngo"}, "name_kk": {"Қамқор жүрек"}, "name_ru": {"Доброе сердце"},
		"email":     {"heart@shtab.test"},
		"joined_on": {"2024-05-01"}, "documents": {"Свидетельство № 12-345 от 01.02.2020"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

// An organisation is put into the register once, corrected, and found in whatever spelling; somebody
// else's correction is not written over.
func TestRegister(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	h.Staff.Post(list+"/new", entry("name_kk", " ", "kind", "club", "joined_on", "2099-01-01")).
		Want(t, http.StatusUnprocessableEntity,
			"Напишите название.", "Выберите вид организации.", "не позже сегодняшнего", "Доброе сердце")
	h.Staff.PostAtOnce(t, 4, list+"/new", entry())
	if n := h.Count(
		`select count(*) from org where kind = 'ngo' and state = 'active' and joined_on = '2024-05-01'`); n != 1 {
		t.Fatalf("%d entries", n)
	}
	id := h.Count(`select id from org where slug = 'qamqor-zhurek'`)
	page := portaltest.Path(list+"/%d", id)

	t.Run("found", func(t *testing.T) {
		h.Staff.Get(list+"?q=Камкор+журек").Want(t, http.StatusOK, "Доброе сердце")
		if a := h.Staff.Get(list + "?q=Камкор&state=paused"); strings.Contains(a.Body, "Доброе сердце") {
			t.Error("the filter of states does nothing")
		}
		h.Staff.Get(list+"?q=нет-такой").Want(t, http.StatusOK, "Никого не нашли")
		h.Staff.Get(page).Want(t, http.StatusOK, "Свидетельство № 12-345")
		h.Coordinator.Get(page).Want(t, http.StatusForbidden)
	})
	t.Run("corrected once", func(t *testing.T) {
		h.Staff.Post(page, entry("version", "1", "documents", "Новое свидетельство")).Want(t, http.StatusSeeOther)
		h.Staff.Post(page, entry("version", "1", "documents", "Третье")).Want(t, http.StatusConflict, "Третье")
		if n := h.Count(`select count(*) from org where documents = 'Новое свидетельство' and version = 2`); n != 1 {
			t.Error("not corrected once")
		}
		if n := h.Count(
			`select count(*) from audit where verb = 'org.correct' and fields = '{documents}' and object_id = $1`,
			id); n != 1 {
			t.Errorf("%d entries in the audit", n)
		}
	})
}

// Organisations of one name that are put in at once all get an address of their own.
func TestRegisterAtOnce(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	for round := range 3 {
		var wg sync.WaitGroup
		for i := range 8 {
			form := entry("key", fmt.Sprint("same", round, "-", i), "name_kk", fmt.Sprint("Дос ", round))
			wg.Go(func() { h.Staff.PostAtOnce(t, 1, list+"/new", form) })
		}
		wg.Wait()
	}
}

// A paused organisation keeps what it has published and publishes nothing new; a closed one is on
// no list, and its coordinators have no desk. They are told, once.
func TestSetStatePausedAndClosed(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	path := portaltest.Path("/ru/hq/organizations/%d/state", h.Org)
	id, _ := h.Event(h.World, 48*time.Hour, 5)
	draft := h.SubmitEvent(0)
	h.Staff.Post(path, url.Values{"state": {"paused"}}).
		Want(t, http.StatusUnprocessableEntity, "Напишите, что исправить")
	for range 2 {
		h.Staff.Post(path, url.Values{"state": {"paused"}, "words": {"Нет отчёта"}}).Want(t, http.StatusSeeOther)
	}
	h.Browser().Get("/ru/organizations/jastar").Want(t, http.StatusOK, "Приостановлена")
	h.Browser().Get(portaltest.Path("/ru/events/%d", id)).Want(t, http.StatusOK)
	h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", draft), h.EventVersion(draft)).
		Want(t, http.StatusUnprocessableEntity)
	h.Exec(`update event set state = 'draft' where id = $1`, draft)
	h.Coordinator.Post(portaltest.Path("/ru/desk/events/%d/publish", draft), url.Values{}).
		Want(t, http.StatusUnprocessableEntity, "приостановлена штабом")
	if mail := h.Mail("org_state", "a@shtab.test"); !strings.Contains(mail, "Нет отчёта") {
		t.Errorf("the mail says %s", mail)
	}

	h.Staff.Post(path, url.Values{"state": {"closed"}, "words": {"По просьбе"}}).
		Want(t, http.StatusConflict, "ещё не прошли")
	h.Exec(`update event set state = 'cancelled', cancel_reason = '{"ru":"Нет"}' where id = $1`, id)
	h.Staff.Post(path, url.Values{"state": {"closed"}, "words": {"По просьбе"}}).Want(t, http.StatusSeeOther)
	if a := h.Browser().Get("/ru/organizations"); strings.Contains(a.Body, "/organizations/jastar") {
		t.Error("a closed organisation is on the public list")
	}
	h.Coordinator.Get("/ru/desk").Want(t, http.StatusForbidden)
	h.Staff.Post(path, url.Values{"state": {"active"}}).Want(t, http.StatusSeeOther)
	h.Coordinator.Get("/ru/desk").Want(t, http.StatusOK)
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'org_state'`); n != 6 {
		t.Errorf("%d mails, not three to each of two", n)
	}
	h.Staff.Post(portaltest.Path("/ru/hq/organizations/%d/state", h.HQ),
		url.Values{"state": {"closed"}, "words": {"Нет"}}).Want(t, http.StatusConflict)
}

// Staff say whose events are published at once; it is written down once.
func TestSetStateTrusted(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	path := portaltest.Path("/ru/hq/organizations/%d/state", h.Org)
	h.Coordinator.Post(path, url.Values{"state": {"trusted"}}).Want(t, http.StatusForbidden)
	h.Staff.Post("/ru/hq/organizations/999999/state", url.Values{"state": {"trusted"}}).Want(t, http.StatusNotFound)
	h.Staff.Post(path, url.Values{}).Want(t, http.StatusBadRequest)
	for _, state := range []string{"trusted", "trusted", "active", "active", "trusted"} {
		h.Staff.Post(path, url.Values{"state": {state}}).Want(t, http.StatusSeeOther)
		if n := h.Count(`select count(*) from org where id = $1 and state = $2`, h.Org, state); n != 1 {
			t.Errorf("%s has done nothing", state)
		}
	}
	if on, off := h.Count(`select count(*) from audit where verb = 'org.trust'`),
		h.Count(`select count(*) from audit where verb = 'org.activate'`); on != 2 || off != 1 {
		t.Errorf("%d and %d entries in the audit", on, off)
	}
	id := h.SubmitEvent(0)
	if n := h.Count(`select count(*) from event where id = $1 and state = 'published'`, id); n != 1 {
		t.Error("a trusted organisation's event still waits")
	}
}
