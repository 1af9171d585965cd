package portal_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/demo"
	"shtab/internal/factor"
	"shtab/web/portal/portaltest"
)

// safe is a portal with people who sign in by password.
type safe struct {
	*portaltest.Server
	t    *testing.T
	hash string
}

func newSafe(t *testing.T, with ...portaltest.Option) safe {
	t.Helper()
	t.Parallel()
	h := portaltest.Start(t, with...)
	hash, err := account.NewHasher().Hash(context.Background(), demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	return safe{h, t, hash}
}

// person is somebody with a role and the demonstration's password.
func (h safe) person(email, role string) (id int64) {
	h.T.Helper()
	id = h.Person(email, 30)
	h.Exec(`update person set role = $2, password_hash = $3 where id = $1`, id, role, h.hash)
	return id
}

func (h safe) login(b *portaltest.Browser, email, next string) portaltest.Answer {
	h.T.Helper()
	return b.Post("/ru/login", url.Values{"email": {email}, "password": {demo.Password}, "next": {next}})
}

// code is what the app of a person shows, so long from now.
func (h safe) code(person int64, aside time.Duration) string {
	h.T.Helper()
	var secret string
	h.Scan(`select secret from totp where person_id = $1`, []any{person}, &secret)
	return appCode(h.T, secret, aside)
}

func appCode(t testing.TB, secret string, aside time.Duration) string {
	t.Helper()
	code, err := factor.Code(secret, time.Now().Add(aside))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

var (
	secretIn = regexp.MustCompile(`<p class="secret">([A-Z2-7 ]+)</p>`)
	codeIn   = regexp.MustCompile(`<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>`)
)

// enrol adds an app in b and returns the page's recovery codes.
func (h safe) enrol(b *portaltest.Browser, next string) []string {
	h.T.Helper()
	m := secretIn.FindStringSubmatch(b.Get("/ru/me/security/factor").Body)
	if m == nil {
		h.T.Fatal("the page shows no secret")
	}
	a := b.Post("/ru/me/security/factor", url.Values{"code": {appCode(h.T, strings.ReplaceAll(m[1], " ", ""), -30*time.Second)}, "next": {next}})
	a.Want(h.t, 200, "Запасные коды", "data:text/plain;charset=utf-8,")
	var codes []string
	for _, m := range codeIn.FindAllStringSubmatch(a.Body, -1) {
		codes = append(codes, m[1])
	}
	if next != "" && !strings.Contains(a.Body, `href="`+next+`"`) {
		h.T.Errorf("the codes lead nowhere near %s", next)
	}
	return codes
}

// leads fails unless a leads to path.
func leads(t *testing.T, a portaltest.Answer, path string) {
	t.Helper()
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Errorf("%d to %s, want 303 to %s", a.Status, a.Header.Get("Location"), path)
	}
}

// TestStaffSecondFactor: staff without a second factor are led to add one and have no rights until
// then; afterwards each log-in asks for a code, which opens once.
func TestStaffSecondFactor(t *testing.T) {
	h := newSafe(t)
	h.World()
	id := h.person("staff@shtab.test", "staff")
	b := h.Browser()
	leads(t, h.login(b, "staff@shtab.test", "/ru/hq/review"), "/ru/me/security/factor?next=%2Fru%2Fhq%2Freview")
	for _, path := range []string{"/ru/hq", "/ru/desk"} {
		leads(t, b.Get(path), "/ru/me/security/factor?next="+url.QueryEscape(path))
	}
	leads(t, b.Post("/ru/hq/deliveries", url.Values{"name_kk": {"a"}}), "/ru/me/security/factor")
	if h.Count(`select count(*)::int from delivery_kind where name->>'kk' = 'a'`) != 0 {
		t.Error("staff without a second factor have written")
	}
	b.Get("/ru/me/security").Want(t, 200, "Для работы в штабе нужен второй шаг")
	page := b.Get("/ru/me/security/factor?next=%2Fru%2Fhq%2Freview")
	page.Want(t, 200, "<svg class=\"qr\"", `value="/ru/hq/review"`)
	if again := b.Get("/ru/me/security/factor"); secretIn.FindString(again.Body) != secretIn.FindString(page.Body) {
		t.Error("the page reloaded shows another secret")
	}
	b.Post("/ru/me/security/factor", url.Values{"code": {"12"}, "next": {"/ru/hq"}}).Want(t, 422, "шесть цифр", `value="/ru/hq"`)
	if a := b.Get("/ru/me/security/factor"); a.Header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("the secret is cached: %s", a.Header.Get("Cache-Control"))
	}
	codes := h.enrol(b, "/ru/hq/review")
	if len(codes) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	b.Get("/ru/hq").Want(t, 200)
	leads(t, b.Post("/ru/me/security/factor", url.Values{"code": {"123456"}}), "/ru/me/security") // sent twice
	h.Mail("factor_added", "staff@shtab.test")

	// another browser
	b = h.Browser()
	leads(t, b.Get("/ru/login/factor"), "/ru/login")
	leads(t, h.login(b, "staff@shtab.test", "/ru/hq"), "/ru/login/factor?next=%2Fru%2Fhq")
	leads(t, b.Get("/ru/hq"), "/ru/login?next=%2Fru%2Fhq")
	leads(t, b.Get("/ru/me"), "/ru/login?next=%2Fru%2Fme")
	b.Get("/ru/login/factor?next=%2Fru%2Fhq").Want(t, 200, "Второй шаг", `value="/ru/hq"`, "/dev/code")
	b.Post("/ru/login/factor", url.Values{"code": {"000000"}, "next": {"/ru/hq"}}).Want(t, 422, "Код не подошёл", `value="/ru/hq"`)
	code := h.code(id, 0)
	leads(t, b.Post("/ru/login/factor", url.Values{"code": {code}, "next": {"/ru/hq"}}), "/ru/hq")
	b.Get("/ru/hq").Want(t, 200)
	leads(t, b.Post("/ru/login/factor", url.Values{"code": {code}, "next": {"/ru/hq"}}), "/ru/hq") // sent twice
	third := h.Browser()
	h.login(third, "staff@shtab.test", "")
	third.Post("/ru/login/factor", url.Values{"code": {code}}).Want(t, 422, "Код не подошёл")

	// a recovery code
	leads(t, third.Post("/ru/login/factor", url.Values{"code": {codes[3]}}), "/ru/me")
	third.Get("/ru/hq").Want(t, 200)
	if !strings.Contains(h.Mail("recovery_used", "staff@shtab.test"), "9") {
		t.Error("the mail does not say how many are left")
	}
	third.Get("/ru/me/security").Want(t, 200, "Осталось 9 кодов", "Последний способ убрать нельзя")
	leads(t, third.Post("/ru/me/security/factor/remove", nil), "/ru/me/security")
	if h.Count(`select count(*)::int from totp where person_id = $1`, id) != 1 {
		t.Error("staff have removed their last factor")
	}
	third.Post("/ru/me/security/codes", nil).Want(t, 200, "Запасные коды")
}

// TestFactorShownPerBrowser: a browser that was signed in before a factor was added elsewhere is
// asked for it before it is staff again.
func TestFactorShownPerBrowser(t *testing.T) {
	h := newSafe(t)
	h.World()
	id := h.person("admin@shtab.test", "admin")
	b, session := h.Session(id)
	h.enrol(b, "")
	other, otherSession := h.Session(id)
	h.Exec(`update person_session set factor_at = null where id = $1`, otherSession)
	leads(t, other.Get("/ru/hq?year=2025"), "/ru/login/factor?next=%2Fru%2Fhq%3Fyear%3D2025")
	leads(t, other.Get("/ru/login"), "/ru/me")
	other.Get("/ru/login/factor").Want(t, 200)
	leads(t, other.Post("/ru/login/factor", url.Values{"code": {h.code(id, 0)}, "next": {"/ru/hq"}}), "/ru/hq")
	other.Get("/ru/hq").Want(t, 200)
	// A new password by mail stands for the password alone.
	h.Browser().Post("/ru/password", url.Values{"email": {"admin@shtab.test"}})
	link := regexp.MustCompile(`/(?:kk|ru|en)(/password/\S+)`).FindStringSubmatch(h.Mail("password_reset", "admin@shtab.test"))
	fresh := h.Browser()
	leads(t, fresh.Post("/ru"+link[1], url.Values{"password": {"алты алаш аман"}}), "/ru/login/factor")
	leads(t, fresh.Get("/ru/me"), "/ru/login?next=%2Fru%2Fme")
	leads(t, b.Get("/ru/me"), "/ru/login?next=%2Fru%2Fme")
	if h.Count(`select count(*)::int from person_session where id = $1`, session) != 1 {
		t.Error("the old session's row is kept until it is swept")
	}
}

// TestResumed: between the password and the second factor one may lose the right to sign in.
func TestResumed(t *testing.T) {
	h := newSafe(t)
	id := h.person("v@shtab.test", "volunteer")
	h.enrol(h.As(id), "")
	b := h.Browser()
	leads(t, h.login(b, "v@shtab.test", ""), "/ru/login/factor") // a volunteer is asked too
	h.Exec(`update person set epoch = epoch + 1 where id = $1`, id)
	leads(t, b.Post("/ru/login/factor", url.Values{"code": {h.code(id, 0)}}), "/ru/login")
	leads(t, h.login(b, "v@shtab.test", ""), "/ru/login/factor")
	h.Exec(`update person set suspended_at = now() where id = $1`, id)
	leads(t, b.Get("/ru/login/factor"), "/ru/login")
}

// TestFresh: what asks for a fresh proof leads to it and back; a form is not sent meanwhile.
func TestFresh(t *testing.T) {
	h := newSafe(t)
	id := h.person("v@shtab.test", "volunteer")
	b, session := h.Session(id)
	h.enrol(b, "")
	stale := func() {
		h.Exec(`update person_session set proved_at = now() - interval '11 minutes' where id = $1`, session)
	}
	stale()
	leads(t, b.Get("/ru/me/security/factor?next=%2Fru%2Fme"), "/ru/again?next=%2Fru%2Fme%2Fsecurity%2Ffactor%3Fnext%3D%252Fru%252Fme")
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
	if to := resp.Header.Get("Location"); resp.StatusCode != 303 || to != "/ru/again?next=%2Fru%2Fme%2Fsecurity&unsent=1" {
		t.Errorf("%d to %s", resp.StatusCode, to)
	}
	if h.Count(`select count(*)::int from audit where verb = 'factor.new_codes'`) != 0 {
		t.Error("the form was taken")
	}
	b.Get("/ru/again?next=%2Fru%2Fme%2Fsecurity&unsent=1").Want(t, 200, "Форма ещё не отправлена", `autocomplete="one-time-code"`)
	again := func(password, code string) portaltest.Answer {
		return b.Post("/ru/again", url.Values{"password": {password}, "code": {code}, "next": {"/ru/me/security"}, "unsent": {"1"}})
	}
	again("бөтен", h.code(id, 0)).Want(t, 422, "не нынешний ваш пароль", "Форма ещё не отправлена")
	again(demo.Password, "111111").Want(t, 422, "Код не подошёл")
	leads(t, b.Post("/ru/me/security/codes", nil), "/ru/again?unsent=1")
	leads(t, again(demo.Password, h.code(id, 0)), "/ru/me/security") // the wrong password has not used the code up
	b.Post("/ru/me/security/codes", nil).Want(t, 200)
	leads(t, b.Post("/ru/me/security/factor/remove", nil), "/ru/me/security")
	stale()
	b.Get("/ru/again").Want(t, 200, "Подтвердите, что это вы")
	if strings.Contains(b.Get("/ru/again").Body, `name="code"`) {
		t.Error("a code is asked for where there is no second factor")
	}
	leads(t, b.Post("/ru/again", url.Values{"password": {demo.Password}, "next": {"https://example.com"}}), "/ru/me")
}

// TestSessionsPage: one's browsers are listed and ended, at their next request; somebody else's are
// not to be found.
func TestSessionsPage(t *testing.T) {
	h := newSafe(t)
	id, stranger := h.person("v@shtab.test", "volunteer"), h.Person("other@shtab.test", 30)
	b := h.Browser()
	r, _ := http.NewRequest(http.MethodPost, h.URL+"/ru/login", strings.NewReader(url.Values{"email": {"v@shtab.test"}, "password": {demo.Password}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 15; SM-A556B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36")
	resp, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	other, session := h.Session(id)
	_, theirs := h.Session(stranger)
	b.Get("/ru/me/security").Want(t, 200, "Chrome, Android", "Firefox, Linux", "Этот браузер", fmt.Sprintf("/ru/me/security/sessions/%d/end", session))
	other.Get("/ru/me").Want(t, 200)
	if a := b.Post(fmt.Sprintf("/ru/me/security/sessions/%d/end", theirs), nil); a.Status != 404 {
		t.Errorf("somebody else's session: %d", a.Status)
	}
	leads(t, b.Post(fmt.Sprintf("/ru/me/security/sessions/%d/end", session), nil), "/ru/me/security#sessions")
	leads(t, other.Get("/ru/me"), "/ru/login?next=%2Fru%2Fme")
	_, _ = h.Session(id)
	leads(t, b.Post("/ru/me/security/sessions/end", nil), "/ru/me/security#sessions")
	if n := h.Count(`select count(*)::int from person_session where person_id = $1`, id); n != 1 {
		t.Errorf("%d sessions", n)
	}
	b.Get("/ru/me/security").Want(t, 200)
	leads(t, b.Post("/ru/logout", nil), "/ru")
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
	h := newSafe(t)
	id := h.person("v@shtab.test", "volunteer")
	h.person("taken@shtab.test", "volunteer")
	b, session := h.Session(id)
	const path = "/ru/me/security/email"
	b.Get("/ru/me/profile").Want(t, 200, path)
	b.Post(path, url.Values{"email": {"x"}}).Want(t, 422, `value="x"`)
	leads(t, b.Post(path, url.Values{"email": {"taken@shtab.test"}}), path)
	taken := b.Get(path)
	taken.Want(t, 200, "Если с почтой taken@shtab.test ещё нет аккаунта")
	if text := h.Mail("email_code", "taken@shtab.test"); !strings.Contains(text, "аккаунт") && !strings.Contains(text, "бұрыннан бар") || sixDigits.MatchString(text) {
		t.Errorf("to somebody who has an account: %s", text)
	}
	leads(t, b.Post(path, url.Values{"email": {"free@shtab.test"}}), path)
	free := b.Get(path)
	if strings.ReplaceAll(free.Body, "free@", "taken@") != taken.Body {
		t.Error("the page tells who has an account")
	}
	code := sixDigits.FindString(h.Mail("email_code", "free@shtab.test"))
	b.Post(path+"/code", url.Values{"code": {"1"}}).Want(t, 422, "шесть цифр", `value="1"`)
	h.Exec(`update person_session set proved_at = now() - interval '1 hour' where id = $1`, session)
	leads(t, b.Post(path, url.Values{"email": {"other@shtab.test"}}), "/ru/again?unsent=1")
	leads(t, b.Post(path+"/code", url.Values{"code": {code}}), "/ru/me/profile")
	b.Get("/ru/me/profile").Want(t, 200, "free@shtab.test", "Почта изменена")
	h.Mail("email_changed", "v@shtab.test")
	leads(t, h.login(h.Browser(), "free@shtab.test", ""), "/ru/me")
	h.login(h.Browser(), "v@shtab.test", "").Want(t, 422)
	leads(t, b.Post(path+"/code", url.Values{"code": {code}}), "/ru/me/profile") // sent twice
}

// TestAdminResetsFactor: administrators help who has lost every factor; the page needs a fresh proof.
func TestAdminResetsFactor(t *testing.T) {
	h := newSafe(t)
	admin, lost := h.person("admin@shtab.test", "admin"), h.person("lost@shtab.test", "staff")
	lostIn := h.As(lost)
	h.enrol(lostIn, "")
	path := fmt.Sprintf("/ru/hq/people/%d/factor/reset", lost)
	if a := lostIn.Post(path, nil); a.Status != 403 {
		t.Errorf("staff: %d", a.Status)
	}
	b, session := h.Session(admin)
	h.Exec(`update person_session set proved_at = now() - interval '1 hour' where id = $1`, session)
	leads(t, b.Post(path, nil), "/ru/again?unsent=1")
	b = h.As(admin)
	leads(t, b.Post(path, nil), "/ru/hq")
	leads(t, b.Post(path, nil), "/ru/hq")
	h.Mail("factor_reset", "lost@shtab.test")
	leads(t, lostIn.Get("/ru/me"), "/ru/login?next=%2Fru%2Fme")
	leads(t, h.login(h.Browser(), "lost@shtab.test", ""), "/ru/me/security/factor")
	if a := b.Post(fmt.Sprintf("/ru/hq/people/%d/factor/reset", admin), nil); a.Status != 409 {
		t.Errorf("own: %d", a.Status)
	}
}
