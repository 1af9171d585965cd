package checkin_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// createLink makes a helper's link and returns its path.
func (h *eventSoon) createLink(form url.Values) string {
	h.T.Helper()
	if form.Get("key") == "" {
		form.Set("key", rand.Text())
	}
	a := h.Host.Post(h.Path("doors"), form)
	a.Want(h.T, 200, "Ссылка готова")
	i := strings.Index(a.Body, "/ru/door/")
	if i < 0 {
		h.T.Fatal("no link is shown")
	}
	return a.Body[i : i+strings.IndexAny(a.Body[i:], "<\"")]
}

// linkForm is the form of a link that works now.
func (h *eventSoon) linkForm() url.Values {
	zone := h.City.Location()
	return url.Values{
		"label":     {"Кіреберіс"},
		"opens_at":  {h.Now().Add(-time.Hour).In(zone).Format("2006-01-02T15:04")},
		"closes_at": {h.Now().Add(3 * time.Hour).In(zone).Format("2006-01-02T15:04")},
	}
}

// TestHelperLink checks people in through a link, until it is revoked.
func TestHelperLink(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, signup, ticket := h.Confirmed("Сейтқызова")
	_, byHost, _ := h.Confirmed("Бекова")
	h.mark(h.Host, byHost, "in")
	link := h.createLink(h.linkForm())
	helper := h.Browser()
	form := func(signup int64, action string) url.Values {
		return url.Values{"signup": {fmt.Sprint(signup)}, "deed": {action}}
	}
	t.Run("the list", func(t *testing.T) {
		a := helper.Get(link).Want(t, 200, "Асан С.", "Асан Б.", "Пришли 1 из 2", "Кіреберіс")
		a.WantWithout(t, "Сейтқызова", "+7 701", "18+", h.Host.Get(h.Path("doors")).Body)
		for k, v := range map[string]string{
			"Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"X-Robots-Tag": "noindex, nofollow",
		} {
			if a.Header.Get(k) != v {
				t.Errorf("%s: %q", k, a.Header.Get(k))
			}
		}
		helper.Get(link+"?q="+url.QueryEscape("сейтк")).Want(t, 200, "Асан С.")
	})
	t.Run("marks", func(t *testing.T) {
		if a := helper.Post(link, form(signup, "in")); a.Status != 303 || h.checkedIn(signup) == "" {
			t.Fatalf("%d", a.Status)
		}
		helper.Post(link, form(byHost, "undo"))
		if h.checkedIn(byHost) == "" {
			t.Error("a helper took the coordinator's mark back")
		}
		helper.Post(link, form(signup, "undo"))
		if h.checkedIn(signup) != "" {
			t.Error("a helper cannot take their own mark back")
		}
	})
	t.Run("scans", func(t *testing.T) { // of the same browser are the link's
		helper.Get("/c/"+ticket).Want(t, 200, "Асан С.", "data-now")
		if a := helper.Post("/c/"+ticket, nil); a.Status != 303 || h.checkedIn(signup) == "" {
			t.Fatalf("%d", a.Status)
		}
		if n := h.Count(`select count(*) from door_use`); n != 3 {
			t.Errorf("%d uses, want 3", n)
		}
		h.Host.Get(h.Path("doors")).Want(t, 200, "3 отметки", "Кіреберіс")
	})
	t.Run("another event", func(t *testing.T) {
		own := h.ShiftID
		_, h.ShiftID = h.Event(h.World, 30*time.Minute, 5)
		_, elsewhere, ticket := h.Confirmed("Чужая")
		h.ShiftID = own
		if a := helper.Post(link, form(elsewhere, "in")); a.Status != 404 {
			t.Errorf("its sign-up: %d", a.Status)
		}
		helper.Get("/c/"+ticket).Want(t, 200, "Билет на другое событие").WantWithout(t, "Асан", "Чужая")
		if a := helper.Post("/c/"+ticket, nil); a.Status != 404 || h.checkedIn(elsewhere) != "" {
			t.Errorf("its ticket: %d", a.Status)
		}
	})
	t.Run("revoked", func(t *testing.T) {
		revoke := portaltest.Path("/ru/desk/doors/%d/close", h.Count(`select id from door_link`))
		h.Stranger.Post(revoke, nil).Want(t, 404)
		helper.Get(link).Want(t, 200)
		for range 2 {
			h.Host.Post(revoke, nil).Want(t, 303)
		}
		if n := h.Count(`select count(*) from audit where verb = 'door.close'`); n != 1 {
			t.Errorf("revoked %d times", n)
		}
		// The same answer as for a link that was never made, also for scans.
		a, guessed := helper.Get(link), helper.Get("/ru/door/AAAAAAAAAAAAAAAAAAAAAAAAAA")
		if a.Status != 404 || guessed.Status != 404 || len(a.Body) != len(guessed.Body) {
			t.Errorf("revoked: %d (%d bytes), guessed: %d (%d)", a.Status, len(a.Body), guessed.Status,
				len(guessed.Body))
		}
		helper.Post("/c/"+ticket, nil).Want(t, 404)
		helper.Get("/c/"+ticket).WantWithout(t, "Асан")
	})
}

// TestHelperLinkTimes checks that a link works between its times only, and which links can be made.
func TestHelperLinkTimes(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	for _, set := range []string{
		`update door_link set opens_at = now() + interval '1 minute'`,
		`update door_link set opens_at = now() - interval '2 hours', closes_at = now() - interval '1 second'`,
	} {
		link := h.createLink(h.linkForm())
		h.Browser().Get(link).Want(t, 200)
		h.Exec(set)
		if a := h.Browser().Get(link); a.Status != 404 {
			t.Errorf("%s: %d", set, a.Status)
		}
		if a := h.Browser().Post(link, url.Values{"signup": {fmt.Sprint(signup)}, "deed": {"in"}}); a.Status != 404 ||
			h.checkedIn(signup) != "" {
			t.Errorf("%s: %d", set, a.Status)
		}
	}
	// A form sent twice makes one link; one with mistakes makes none.
	h.Exec(`delete from door_link`)
	form := h.linkForm()
	form.Set("key", "k")
	h.createLink(form)
	if a := h.Host.Post(h.Path("doors"), form); a.Status != 303 || h.Count(`select count(*) from door_link`) != 1 {
		t.Errorf("sent twice: %d", a.Status)
	}
	for _, bad := range []url.Values{
		{"key": {"x"}, "label": {""}, "opens_at": form["opens_at"], "closes_at": form["closes_at"]},
		{"key": {"x"}, "label": {"a"}, "opens_at": form["closes_at"], "closes_at": form["opens_at"]},
		{"key": {"x"}, "label": {"a"}, "opens_at": {"soon"}, "closes_at": {""}},
	} {
		if a := h.Host.Post(h.Path("doors"), bad); a.Status != 422 {
			t.Errorf("%v: %d", bad, a.Status)
		}
	}
	for _, b := range []portaltest.Answer{
		h.Stranger.Get(h.Path("doors")),
		h.Stranger.Post(h.Path("doors"), h.linkForm()),
	} {
		if b.Status == 200 || b.Status == 303 {
			t.Errorf("another organisation: %d", b.Status)
		}
	}
	if n := h.Count(`select count(*) from door_link`); n != 1 {
		t.Errorf("%d links", n)
	}
}
