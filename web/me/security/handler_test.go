package security_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestSessionsPage: one's browsers are listed and ended, at their next request; somebody else's are
// not to be found.
func TestSessionsPage(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	id, stranger := h.Member("v@shtab.test", "volunteer"), h.Person("other@shtab.test", 30)
	b := h.Browser()
	r, _ := http.NewRequest(
		http.MethodPost, h.URL+"/ru/login",
		strings.NewReader(url.Values{"email": {"v@shtab.test"}, "password": {portaltest.Password}}.Encode()),
	)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set(
		"User-Agent",
		"Mozilla/5.0 (Linux; Android 15; SM-A556B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
	)
	resp, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	other, session := h.Session(id)
	_, theirs := h.Session(stranger)
	b.Get("/ru/me/security").Want(
		t, 200, "Chrome, Android", "Firefox, Linux", "Этот браузер",
		fmt.Sprintf("/ru/me/security/sessions/%d/end", session),
	)
	other.Get("/ru/me").Want(t, 200)
	if a := b.Post(fmt.Sprintf("/ru/me/security/sessions/%d/end", theirs), nil); a.Status != 404 {
		t.Errorf("somebody else's session: %d", a.Status)
	}
	b.Post(fmt.Sprintf("/ru/me/security/sessions/%d/end", session), nil).WantRedirect(t, "/ru/me/security#sessions")
	other.Get("/ru/me").WantRedirect(t, "/ru/login?next=%2Fru%2Fme")
	_, _ = h.Session(id)
	b.Post("/ru/me/security/sessions/end", nil).WantRedirect(t, "/ru/me/security#sessions")
	if n := h.Count(`select count(*)::int from person_session where person_id = $1`, id); n != 1 {
		t.Errorf("%d sessions", n)
	}
	b.Get("/ru/me/security").Want(t, 200)
	b.Post("/ru/logout", nil).WantRedirect(t, "/ru")
	if n := h.Count(`select count(*)::int from person_session where person_id = $1`, id); n != 0 {
		t.Errorf("%d sessions after signing out", n)
	}
	if h.Count(`select count(*)::int from person_session where person_id = $1`, stranger) != 1 {
		t.Error("a stranger was signed out")
	}
}

// TestEmailPage: a new e-mail by the code mailed to it, after a fresh proof; an address that has an
// account gets a mail of its own and the page looks the same.
func TestEmailPage(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	id := h.Member("v@shtab.test", "volunteer")
	h.Member("taken@shtab.test", "volunteer")
	b, session := h.Session(id)
	const path = "/ru/me/security/email"
	b.Get("/ru/me/profile").Want(t, 200, path)
	b.Post(path, url.Values{"email": {"x"}}).Want(t, 422, `value="x"`)
	b.Post(path, url.Values{"email": {"taken@shtab.test"}}).WantRedirect(t, path)
	taken := b.Get(path)
	taken.Want(t, 200, "Если с почтой taken@shtab.test ещё нет аккаунта")
	if text := h.Mail(
		"email_code", "taken@shtab.test",
	); !strings.Contains(text, "аккаунт") && !strings.Contains(text, "бұрыннан бар") ||
		portaltest.MailedCode(text) != "" {
		t.Errorf("to somebody who has an account: %s", text)
	}
	b.Post(path, url.Values{"email": {"free@shtab.test"}}).WantRedirect(t, path)
	free := b.Get(path)
	if strings.ReplaceAll(free.Body, "free@", "taken@") != taken.Body {
		t.Error("the page tells who has an account")
	}
	code := portaltest.MailedCode(h.Mail("email_code", "free@shtab.test"))
	b.Post(path+"/code", url.Values{"code": {"1"}}).Want(t, 422, "шесть цифр", `value="1"`)
	h.Exec(`update person_session set proved_at = now() - interval '1 hour' where id = $1`, session)
	b.Post(path, url.Values{"email": {"other@shtab.test"}}).WantRedirect(t, "/ru/again?unsent=1")
	b.Post(path+"/code", url.Values{"code": {code}}).WantRedirect(t, "/ru/me/profile")
	b.Get("/ru/me/profile").Want(t, 200, "free@shtab.test", "Почта изменена")
	h.Mail("email_changed", "v@shtab.test")
	h.Browser().LogIn("free@shtab.test", "").WantRedirect(t, "/ru/me")
	h.Browser().LogIn("v@shtab.test", "").Want(t, 422)
	b.Post(path+"/code", url.Values{"code": {code}}).WantRedirect(t, "/ru/me/profile") // sent twice
}
