package home_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestHome: the next shift stands first with its ticket, and a place in the queue with its number.
func TestHome(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	_, next := h.Event(w, 48*time.Hour, 5)
	_, full := h.Event(w, 96*time.Hour, 1)
	me := h.As(h.Person("me@shtab.test", 30))
	me.Get("/ru/me").Want(t, http.StatusOK, "/ru/events", "/ru/me/profile")
	h.As(h.Person("other@shtab.test", 30)).Post(portaltest.Path("/ru/shifts/%d/signup", full), url.Values{})
	for _, shift := range []int64{next, full} {
		me.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{}).Want(t, http.StatusSeeOther)
	}
	id := h.Count(`select id from signup where shift_id = $1`, next)
	page := me.Get("/ru/me").Want(
		t, http.StatusOK, portaltest.Path("/ru/me/tickets/%d", id), "Ваш номер в очереди: 1",
	)
	if strings.Contains(page.Body, "/ru/me/guardian") {
		t.Error("an adult is led to ask a guardian")
	}
	me.Get(portaltest.Path("/ru/me/tickets/%d", id)).Want(t, http.StatusOK, `class="qr"`)
}

// TestExplainAbsence: a no-show can be explained; words that are too long stay on the page.
func TestExplainAbsence(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	event, shift := h.Event(h.World(), -48*time.Hour, 5)
	person := h.Person("me@shtab.test", 30)
	h.Attend(event, shift, person, 0)
	h.CloseEvent(event)
	me := h.As(person)
	path := portaltest.Path("/ru/me/signups/%d/explain", h.Count(`select id from signup`))
	me.Get("/ru/me").Want(t, http.StatusOK, path)
	long := strings.Repeat("я", 501)
	me.Post(path, url.Values{"explanation": {long}}).Want(t, http.StatusUnprocessableEntity, long)
	me.Post(path, url.Values{"explanation": {"Заболел"}}).WantRedirect(t, "/ru/me#missed")
	me.Get("/ru/me").Want(t, http.StatusOK, "<blockquote>Заболел</blockquote>")
	other := h.As(h.Person("other@shtab.test", 30))
	other.Post(path, url.Values{"explanation": {"Нет"}}).Want(t, http.StatusNotFound)
}
