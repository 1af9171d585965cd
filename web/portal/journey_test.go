package portal_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// register walks from next to a signed-in account and returns where it ends.
func register(t *testing.T, h *portaltest.Server, b *portaltest.Browser, email, next string) portaltest.Answer {
	t.Helper()
	a := b.Post("/ru/register", url.Values{
		"email": {email}, "password": {"снег и солнце"}, "given_name": {"Әлия"}, "family_name": {"Қожахметқызы"},
		"birth_date": {"2001-05-17"}, "phone": {""}, "agree": {"1"}, "next": {next},
	})
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/ru/register/code" {
		t.Fatalf("register: %d %s\n%s", a.Status, a.Header.Get("Location"), a.Body)
	}
	code := sixDigits.FindString(h.Mail("register_code", email))
	return b.Post("/ru/register/code", url.Values{"code": {code}})
}

// TestNewVolunteer walks from an event's page to a confirmed place, without scripts.
func TestNewVolunteer(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	event, shift := h.Event(h.World(), 72*time.Hour, 5)
	b := h.Browser()
	a := b.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.Status != http.StatusSeeOther || u.Path != "/ru/register" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
	}
	next := u.Query().Get("next")
	if form := b.Get(a.Header.Get("Location")); strings.Count(form.Body, `<input class="input`) != 6 || !strings.Contains(form.Body, `type="checkbox"`) {
		t.Errorf("the form has more than six fields and a box:\n%s", form.Body)
	}
	a = register(t, h, b, "new@shtab.test", next)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), portaltest.Path("/ru/events/%d?shift=%d", event, shift)) {
		t.Fatalf("after the code: %d %s", a.Status, a.Header.Get("Location"))
	}
	a = b.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("sign-up: %d", a.Status)
	}
	if n := h.Count(`select count(*) from signup s join person p on p.id = s.person_id where p.email = 'new@shtab.test' and s.state = 'confirmed'`); n != 1 {
		t.Fatalf("%d confirmed", n)
	}
	if text := h.Mail("signup_confirmed", "new@shtab.test"); !strings.Contains(text, "Посадка деревьев") {
		t.Errorf("the mail does not name the event:\n%s", text)
	}
	if n := h.Count(`select count(*) from data_consent where version <> ''`); n != 1 {
		t.Errorf("%d consents kept", n)
	}
}

// TestAccountsAreNotRevealed holds that registration, login and reset answer alike whether or
// not there is such an account.
func TestAccountsAreNotRevealed(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	register(t, h, h.Browser(), "known@shtab.test", "")
	h.Exec(`delete from outbox_mail`)
	neutral := func(a portaltest.Answer, email string) string {
		return a.Header.Get("Location") + strings.ReplaceAll(a.Body, email, "EMAIL")
	}
	for name, post := range map[string]func(email string) portaltest.Answer{
		"register": func(email string) portaltest.Answer {
			return h.Browser().Post("/ru/register", url.Values{"email": {email}, "password": {"другие слова"}, "given_name": {"А"}, "family_name": {"Б"}, "birth_date": {"2000-01-01"}, "agree": {"1"}})
		},
		"login": func(email string) portaltest.Answer {
			return h.Browser().Post("/ru/login", url.Values{"email": {email}, "password": {"не тот пароль"}})
		},
		"reset": func(email string) portaltest.Answer {
			return h.Browser().Post("/ru/password", url.Values{"email": {email}})
		},
	} {
		known, unknown := post("known@shtab.test"), post("other@shtab.test")
		if known.Status != unknown.Status || neutral(known, "known@shtab.test") != neutral(unknown, "other@shtab.test") {
			t.Errorf("%s tells accounts apart: %d and %d", name, known.Status, unknown.Status)
		}
	}
	if text := h.Mail("register_code", "known@shtab.test"); sixDigits.MatchString(text) {
		t.Errorf("the owner of the account was not told:\n%s", text)
	}
}

func TestPasswordReset(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	old := h.Browser()
	register(t, h, old, "a@shtab.test", "")
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
	if a := h.Browser().Post("/ru/login", url.Values{"email": {"a@shtab.test"}, "password": {"совсем новый пароль"}}); a.Status != http.StatusSeeOther {
		t.Errorf("login: %d", a.Status)
	}
}

func TestSessionTokenIsRenewedAndHashed(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	b := h.Browser()
	register(t, h, b, "a@shtab.test", "")
	u, _ := url.Parse(h.URL)
	token := ""
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "shtab" {
			token = c.Value
		}
	}
	if token == "" || h.Count(`select count(*) from sessions where token = $1`, token) != 0 {
		t.Error("the store holds the token itself")
	}
	b.Post("/ru/login", url.Values{"email": {"a@shtab.test"}, "password": {"снег и солнце"}})
	for _, c := range b.Jar.Cookies(u) {
		if c.Name == "shtab" && c.Value == token {
			t.Error("the token was not renewed at login")
		}
	}
	b.Post("/ru/logout", url.Values{})
	if a := b.Get("/ru/me"); a.Status != http.StatusSeeOther {
		t.Errorf("after signing out: %d", a.Status)
	}
}

// TestQueueMovesUp cancels a place: the first in the queue has it at once and is told.
func TestQueueMovesUp(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	_, shift := h.Event(h.World(), 72*time.Hour, 1)
	first, second := h.As(h.Person("first@shtab.test", 20)), h.As(h.Person("second@shtab.test", 20))
	join := portaltest.Path("/kk/shifts/%d/signup", shift)
	first.Post(join, url.Values{})
	second.Post(join, url.Values{})
	if a := second.Get("/kk/me"); !strings.Contains(a.Body, "Кезектегі орныңыз: 1") {
		t.Error("the second is not told their number")
	}
	id := h.Count(`select s.id from signup s join person p on p.id = s.person_id where p.email = 'first@shtab.test'`)
	if a := second.Post(portaltest.Path("/kk/signups/%d/cancel", id), url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("another's sign-up: %d", a.Status)
	}
	if a := first.Post(portaltest.Path("/kk/signups/%d/cancel", id), url.Values{}); a.Status != http.StatusSeeOther {
		t.Errorf("cancel: %d", a.Status)
	}
	h.Mail("signup_promoted", "second@shtab.test")
	if n := h.Count(`select count(*) from signup s join person p on p.id = s.person_id where p.email = 'second@shtab.test' and s.state = 'confirmed'`); n != 1 {
		t.Error("the second has no place")
	}
	ticket := portaltest.Path("/kk/me/tickets/%d", h.Count(`select id from signup where state = 'confirmed'`))
	if a := second.Get(ticket); a.Status != 200 || !strings.Contains(a.Body, `class="qr"`) {
		t.Errorf("ticket: %d", a.Status)
	}
	if a := first.Get(ticket); a.Status != http.StatusNotFound {
		t.Errorf("another's ticket: %d", a.Status)
	}
	var token, calendar string
	h.Scan(`select s.ticket, p.calendar_token from signup s join person p on p.id = s.person_id where s.state = 'confirmed'`, nil, &token, &calendar)
	if a := first.Get("/c/" + token); a.Status != 200 || strings.Contains(a.Body, "second@") || strings.Contains(a.Body, "Сейтқызы") {
		t.Errorf("a stranger's scan: %d, or it names the person", a.Status)
	}
	if a := second.Get("/c/" + token); a.Header.Get("Location") != ticket {
		t.Errorf("one's own scan: %d %s", a.Status, a.Header.Get("Location"))
	}
	if a := h.Browser().Get("/calendar/" + calendar + ".ics"); a.Status != 200 || !strings.Contains(a.Body, portaltest.Path("UID:shift-%d@", shift)) {
		t.Errorf("feed: %d\n%s", a.Status, a.Body)
	}
	second.Post("/kk/me/calendar/renew", url.Values{})
	if a := h.Browser().Get("/calendar/" + calendar + ".ics"); a.Status != http.StatusNotFound {
		t.Errorf("the old feed opens: %d", a.Status)
	}
}

// TestRefusalsArePages asks for places that cannot be had: each is a page that says why.
func TestRefusalsArePages(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	adult, child := h.As(h.Person("adult@shtab.test", 30)), h.As(h.Person("child@shtab.test", 17))
	at := func(in time.Duration, set string) (event, shift int64) {
		event, shift = h.Event(w, in, 3)
		if set != "" {
			h.Exec(`update event set `+set+` where id = $1`, event)
		}
		return event, shift
	}
	for name, c := range map[string]struct {
		b    *portaltest.Browser
		in   time.Duration
		set  string
		says string
	}{
		"adults":    {child, 48 * time.Hour, `adults_only = 'hazard'`, "18"},
		"young":     {child, 49 * time.Hour, `min_age = 21`, "21"},
		"not open":  {adult, 100 * time.Hour, `signup_opens_at = now() + interval '1 day'`, ""},
		"closed":    {adult, 120 * time.Hour, `signup_closes_at = now() - interval '1 hour'`, ""},
		"over":      {adult, -5 * time.Hour, ``, ""},
		"cancelled": {adult, 150 * time.Hour, `state = 'cancelled'`, ""},
	} {
		_, shift := at(c.in, c.set)
		a := c.b.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
		if a.Status != http.StatusOK || !strings.Contains(a.Body, c.says) || strings.Contains(a.Body, "fault.") || strings.Contains(a.Body, "/kk/shifts/") {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if n := h.Count(`select count(*) from signup`); n != 0 {
		t.Errorf("%d sign-ups written by refusals", n)
	}
	// A clash names the other event.
	e1, s1 := h.Event(w, 200*time.Hour, 3)
	_, s2 := h.Event(w, 201*time.Hour, 3)
	adult.Post(portaltest.Path("/ru/shifts/%d/signup", s1), url.Values{})
	if a := adult.Post(portaltest.Path("/ru/shifts/%d/signup", s2), url.Values{}); a.Status != 200 || !strings.Contains(a.Body, portaltest.Path("/ru/events/%d", e1)) {
		t.Errorf("clash: %d, the other event is not named", a.Status)
	}
	// Under the age of consent the sign-up is kept until a parent has agreed.
	young := h.As(h.Person("young@shtab.test", 15))
	_, s3 := h.Event(w, 300*time.Hour, 3)
	young.Post(portaltest.Path("/ru/shifts/%d/signup", s3), url.Values{})
	if n := h.Count(`select count(*) from signup where state = 'awaiting_consent'`); n != 1 {
		t.Errorf("%d await consent", n)
	}
}
