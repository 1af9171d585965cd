package password_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	old := h.Browser()
	old.Register("a@shtab.test", "")
	h.Browser().Post("/ru/password", url.Values{"email": {"A@shtab.test "}})
	text := h.Mail("password_reset", "a@shtab.test")
	_, after, ok := strings.Cut(text, h.URL)
	if !ok {
		t.Fatalf("no link of ours in\n%s", text)
	}
	path := strings.Fields(after)[0]
	b := h.Browser()
	if a := b.Get(path); a.Status != 200 || a.Header.Get("Referrer-Policy") != "no-referrer" {
		t.Fatalf("%s: %d", path, a.Status)
	}
	if a := b.Post(path, url.Values{"password": {"совсем новый пароль"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	if a := b.Get("/ru/me"); a.Status != 200 {
		t.Errorf("not signed in: %d", a.Status)
	}
	if a := old.Get("/ru/me"); a.Status != http.StatusSeeOther {
		t.Errorf("the old session lives: %d", a.Status)
	}
	if a := h.Browser().Get(path); a.Status != http.StatusGone {
		t.Errorf("the link opens twice: %d", a.Status)
	}
	if a := h.Browser().Post(
		"/ru/login", url.Values{"email": {"a@shtab.test"}, "password": {"совсем новый пароль"}},
	); a.Status != http.StatusSeeOther {
		t.Errorf("login: %d", a.Status)
	}
}
