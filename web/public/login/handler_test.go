package login_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

func TestSessionTokenIsRenewedAndHashed(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	b := h.Browser()
	b.Register("a@shtab.test", "")
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
	b.Post("/ru/login", url.Values{"email": {"a@shtab.test"}, "password": {portaltest.Password}})
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

// TestStaffSecondFactor: staff without a second factor are led to add one and have no rights until
// then; afterwards each log-in asks for a code, which opens once.
func TestStaffSecondFactor(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	h.World()
	const email, reviews = "staff@shtab.test", "/ru/hq/review"
	id := h.Member(email, "staff")
	first := h.Browser()
	var recovery []string

	t.Run("no rights without one", func(t *testing.T) {
		first.LogIn(email, reviews).WantRedirect(t, "/ru/me/security/factor?next=%2Fru%2Fhq%2Freview")
		for _, path := range []string{"/ru/hq", "/ru/desk"} {
			first.Get(path).WantRedirect(t, "/ru/me/security/factor?next="+url.QueryEscape(path))
		}
		first.Post("/ru/hq/deliveries", url.Values{"name_kk": {"a"}}).WantRedirect(t, "/ru/me/security/factor")
		if h.Count(`select count(*)::int from delivery_kind where name->>'kk' = 'a'`) != 0 {
			t.Error("staff without a second factor have written")
		}
		first.Get("/ru/me/security").Want(t, 200, "Для работы в штабе нужен второй шаг")
	})
	t.Run("an app is added", func(t *testing.T) {
		page := first.Get("/ru/me/security/factor?next=%2Fru%2Fhq%2Freview").Want(
			t, 200, "<svg class=\"qr\"", `value="/ru/hq/review"`,
		)
		again := first.Get("/ru/me/security/factor")
		if portaltest.AppSecret(t, again) != portaltest.AppSecret(t, page) {
			t.Error("the page reloaded shows another secret")
		}
		if got := again.Header.Get("Cache-Control"); got != "private, no-store" {
			t.Errorf("the secret is cached: %s", got)
		}
		first.Post(
			"/ru/me/security/factor", url.Values{"code": {"12"}, "next": {"/ru/hq"}},
		).Want(t, 422, "шесть цифр", `value="/ru/hq"`)
		if recovery = first.AddApp(reviews); len(recovery) != 10 {
			t.Fatalf("%d recovery codes", len(recovery))
		}
		first.Get("/ru/hq").Want(t, 200)
		sentTwice := url.Values{"code": {"123456"}}
		first.Post("/ru/me/security/factor", sentTwice).WantRedirect(t, "/ru/me/security")
		h.Mail("factor_added", email)
	})
	third := h.Browser()
	t.Run("another browser is asked for a code, which opens once", func(t *testing.T) {
		b := h.Browser()
		b.Get("/ru/login/factor").WantRedirect(t, "/ru/login")
		b.LogIn(email, "/ru/hq").WantRedirect(t, "/ru/login/factor?next=%2Fru%2Fhq")
		b.Get("/ru/hq").WantRedirect(t, "/ru/login?next=%2Fru%2Fhq")
		b.Get("/ru/me").WantRedirect(t, "/ru/login?next=%2Fru%2Fme")
		b.Get("/ru/login/factor?next=%2Fru%2Fhq").Want(t, 200, "Второй шаг", `value="/ru/hq"`, "/dev/code")
		wrong := url.Values{"code": {"000000"}, "next": {"/ru/hq"}}
		b.Post("/ru/login/factor", wrong).Want(t, 422, "Код не подошёл", `value="/ru/hq"`)
		form := url.Values{"code": {h.AppCode(id)}, "next": {"/ru/hq"}}
		b.Post("/ru/login/factor", form).WantRedirect(t, "/ru/hq")
		b.Get("/ru/hq").Want(t, 200)
		b.Post("/ru/login/factor", form).WantRedirect(t, "/ru/hq") // sent twice
		third.LogIn(email, "")
		third.Post("/ru/login/factor", form).Want(t, 422, "Код не подошёл")
	})
	t.Run("a recovery code opens too", func(t *testing.T) {
		third.Post("/ru/login/factor", url.Values{"code": {recovery[3]}}).WantRedirect(t, "/ru/me")
		third.Get("/ru/hq").Want(t, 200)
		if !strings.Contains(h.Mail("recovery_used", email), "9") {
			t.Error("the mail does not say how many are left")
		}
	})
	t.Run("staff keep their last one", func(t *testing.T) {
		third.Get("/ru/me/security").Want(t, 200, "Осталось 9 кодов", "Последний способ убрать нельзя")
		third.Post("/ru/me/security/factor/remove", nil).WantRedirect(t, "/ru/me/security")
		if h.Count(`select count(*)::int from totp where person_id = $1`, id) != 1 {
			t.Error("staff have removed their last factor")
		}
		third.Post("/ru/me/security/codes", nil).Want(t, 200, "Запасные коды")
	})
}

// TestFactorShownPerBrowser: a browser that was signed in before a factor was added elsewhere is
// asked for it before it is staff again.
func TestFactorShownPerBrowser(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	h.World()
	id := h.Member("admin@shtab.test", "admin")
	b, session := h.Session(id)
	b.AddApp("")
	other, otherSession := h.Session(id)
	h.Exec(`update person_session set factor_at = null where id = $1`, otherSession)
	other.Get("/ru/hq?year=2025").WantRedirect(t, "/ru/login/factor?next=%2Fru%2Fhq%3Fyear%3D2025")
	other.Get("/ru/login").WantRedirect(t, "/ru/me")
	other.Get("/ru/login/factor").Want(t, 200)
	other.Post("/ru/login/factor", url.Values{"code": {h.AppCode(id)}, "next": {"/ru/hq"}}).WantRedirect(t, "/ru/hq")
	other.Get("/ru/hq").Want(t, 200)
	// A new password by mail stands for the password alone.
	h.Browser().Post("/ru/password", url.Values{"email": {"admin@shtab.test"}})
	link := regexp.MustCompile(`/(?:kk|ru|en)(/password/\S+)`).FindStringSubmatch(h.Mail(
		"password_reset", "admin@shtab.test",
	))
	fresh := h.Browser()
	fresh.Post("/ru"+link[1], url.Values{"password": {"алты алаш аман"}}).WantRedirect(t, "/ru/login/factor")
	fresh.Get("/ru/me").WantRedirect(t, "/ru/login?next=%2Fru%2Fme")
	b.Get("/ru/me").WantRedirect(t, "/ru/login?next=%2Fru%2Fme")
	if h.Count(`select count(*)::int from person_session where id = $1`, session) != 1 {
		t.Error("the old session's row is kept until it is swept")
	}
}

// TestResumed: between the password and the second factor one may lose the right to sign in.
func TestResumed(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	id := h.Member("v@shtab.test", "volunteer")
	h.As(id).AddApp("")
	b := h.Browser()
	b.LogIn("v@shtab.test", "").WantRedirect(t, "/ru/login/factor") // a volunteer is asked too
	h.Exec(`update person set epoch = epoch + 1 where id = $1`, id)
	b.Post("/ru/login/factor", url.Values{"code": {h.AppCode(id)}}).WantRedirect(t, "/ru/login")
	b.LogIn("v@shtab.test", "").WantRedirect(t, "/ru/login/factor")
	h.Exec(`update person set suspended_at = now() where id = $1`, id)
	b.Get("/ru/login/factor").WantRedirect(t, "/ru/login")
}

// TestFresh: what asks for a fresh proof leads to it and back; a form is not sent meanwhile.
func TestFresh(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	id := h.Member("v@shtab.test", "volunteer")
	b, session := h.Session(id)
	b.AddApp("")
	stale := func() {
		h.Exec(`update person_session set proved_at = now() - interval '11 minutes' where id = $1`, session)
	}
	stale()
	b.Get("/ru/me/security/factor?next=%2Fru%2Fme").WantRedirect(
		t, "/ru/again?next=%2Fru%2Fme%2Fsecurity%2Ffactor%3Fnext%3D%252Fru%252Fme",
	)
	r, err := http.NewRequest(http.MethodPost, h.URL+"/ru/me/security/codes", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Referer", h.URL+"/ru/me/security")
	resp, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if to := resp.Header.Get("Location"); resp.StatusCode != 303 ||
		to != "/ru/again?next=%2Fru%2Fme%2Fsecurity&unsent=1" {
		t.Errorf("%d to %s", resp.StatusCode, to)
	}
	if h.Count(`select count(*)::int from audit where verb = 'factor.new_codes'`) != 0 {
		t.Error("the form was taken")
	}
	b.Get("/ru/again?next=%2Fru%2Fme%2Fsecurity&unsent=1").Want(
		t, 200, "Форма ещё не отправлена", `autocomplete="one-time-code"`,
	)
	again := func(password, code string) portaltest.Answer {
		return b.Post(
			"/ru/again",
			url.Values{"password": {password}, "code": {code}, "next": {"/ru/me/security"}, "unsent": {"1"}},
		)
	}
	again("бөтен", h.AppCode(id)).Want(t, 422, "не нынешний ваш пароль", "Форма ещё не отправлена")
	again(portaltest.Password, "111111").Want(t, 422, "Код не подошёл")
	b.Post("/ru/me/security/codes", nil).WantRedirect(t, "/ru/again?unsent=1")
	again(
		portaltest.Password, h.AppCode(id),
	).WantRedirect(t, "/ru/me/security") // the wrong password has not used the code up
	b.Post("/ru/me/security/codes", nil).Want(t, 200)
	b.Post("/ru/me/security/factor/remove", nil).WantRedirect(t, "/ru/me/security")
	stale()
	b.Get("/ru/again").Want(t, 200, "Подтвердите, что это вы")
	if strings.Contains(b.Get("/ru/again").Body, `name="code"`) {
		t.Error("a code is asked for where there is no second factor")
	}
	b.Post(
		"/ru/again", url.Values{"password": {portaltest.Password}, "next": {"https://example.com"}},
	).WantRedirect(t, "/ru/me")
}
