package guardian_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestAskGuardian holds what is wrong with a question, and that the volunteer cannot ask
// themselves or flood anybody.
func TestAskGuardian(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.Limited)
	child := h.Person("child@shtab.test", 15)
	me := h.As(child)
	for _, c := range []struct{ name, relation, email, lang, says string }{
		{"", "mother", "mum@shtab.test", "ru", "f-name"},
		{"Гүлнар", "aunt", "mum@shtab.test", "ru", "f-relation"},
		{"Гүлнар", "mother", "mum", "ru", "f-email"},
		{"Гүлнар", "mother", "CHILD+mum@shtab.test", "ru", "Это ваша почта"},
		{"Гүлнар", "mother", "mum@shtab.test", "de", "f-lang"},
	} {
		a := me.Post(
			"/ru/me/guardian",
			url.Values{"name": {c.name}, "relation": {c.relation}, "email": {c.email}, "lang": {c.lang}},
		)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, c.says) {
			t.Errorf("%+v: %d", c, a.Status)
		}
	}
	sent := 0
	for i := range 12 {
		me.Post(
			"/ru/me/guardian",
			url.Values{
				"name": {"Гүлнар"}, "relation": {"mother"}, "email": {fmt.Sprintf("mum%d@shtab.test", i)},
				"lang": {"ru"},
			},
		)
		sent = h.Count(`select count(*) from river_job where args ->> 'kind' = 'guardian_ask'`)
	}
	if sent > 6 {
		t.Errorf("%d strangers could be written to in an hour", sent)
	}
	grown := h.As(h.Person("grown@shtab.test", 18))
	if a := grown.Get("/ru/me/guardian"); a.Status != 200 || !strings.Contains(a.Body, "Согласие вам не нужно") {
		t.Errorf("somebody of age: %d", a.Status)
	}
	grown.Post(
		"/ru/me/guardian",
		url.Values{"name": {"Гүлнар"}, "relation": {"mother"}, "email": {"x@shtab.test"}, "lang": {"ru"}},
	)
	if h.Count(`select count(*) from guardian where email = 'x@shtab.test'`) != 0 {
		t.Error("somebody of age asked a guardian")
	}
	someone := h.Count(`select id from guardian`)
	if a := grown.Post(
		portaltest.Path("/ru/me/guardians/%d/resend", someone), url.Values{},
	); a.Status != http.StatusNotFound {
		t.Errorf("another's guardian: %d", a.Status)
	}
}

// TestLinkHasBaseURL: links in mails begin with BASE_URL, whatever the
// request says of its host.
func TestLinkHasBaseURL(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.BaseURL("http://portal.example"))
	w := h.World()
	_, shift := h.Event(w, h.Morning(4), 5)
	child := h.Person("child@shtab.test", 15)
	me := h.As(child)
	me.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
	r, _ := http.NewRequest(http.MethodPost, h.URL+"/ru/me/guardian", strings.NewReader(url.Values{
		"name": {"Гүлнар"}, "relation": {"mother"}, "email": {"mum@shtab.test"}, "lang": {"kk"},
	}.Encode()))
	r.Host = "evil.example"
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-Host", "evil.example")
	u, _ := url.Parse(h.URL)
	for _, c := range me.Jar.Cookies(u) {
		r.AddCookie(c)
	}
	if _, err := me.Client.Do(r); err != nil {
		t.Fatal(err)
	}
	mail := h.Mail("guardian_ask", "mum@shtab.test")
	if !strings.Contains(mail, "http://portal.example/kk/guardian/") || strings.Contains(mail, "evil") {
		t.Error(mail)
	}
	var hashes int
	h.Scan(`select count(*) from guardian_link where octet_length(token_hash) = 32`, nil, &hashes)
	token := portaltest.GuardianToken(mail)
	if hashes != 1 || h.Count(
		`select count(*) from guardian_link where encode(token_hash, 'escape') like '%' || $1 || '%'`, token,
	) != 0 {
		t.Error("the link is kept as it is")
	}
	if strings.Contains(h.Log.String(), token) {
		t.Error("the link stands in the log")
	}
}
