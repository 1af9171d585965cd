package portaltest

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/mfa"
)

// Password is that of everybody whom Member makes.
const Password = "снег и солнце"

// passwordHash is made once: hashing is slow on purpose.
var passwordHash = sync.OnceValues(func() (string, error) {
	return account.NewHasher().Hash(context.Background(), Password)
})

// Member is somebody of thirty with a role, who signs in with Password.
func (h *Server) Member(email, role string) (id int64) {
	h.T.Helper()
	hash, err := passwordHash()
	if err != nil {
		h.T.Fatal(err)
	}
	id = h.Person(email, 30)
	h.Exec(`update person set role = $2, password_hash = $3 where id = $1`, id, role, hash)
	return id
}

// LogIn sends e-mail and Password; next is the page to go on to, or empty.
func (b *Browser) LogIn(email, next string) Answer {
	b.h.T.Helper()
	return b.Post("/ru/login", url.Values{"email": {email}, "password": {Password}, "next": {next}})
}

// Register makes an account with Password, by the code that is mailed, and returns the answer that
// signs in.
func (b *Browser) Register(email, next string) Answer {
	b.h.T.Helper()
	a := b.Post("/ru/register", url.Values{
		"email": {email}, "password": {Password}, "given_name": {"Әлия"}, "family_name": {"Қожахметқызы"},
		"birth_date": {"2001-05-17"}, "phone": {""}, "agree": {"1"}, "next": {next},
	})
	a.WantRedirect(b.h.T, "/ru/register/code")
	return b.Post("/ru/register/code", url.Values{"code": {MailedCode(b.h.Mail("register_code", email))}})
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// MailedCode is the code of six digits in a mail; empty where there is none.
func MailedCode(mail string) string { return sixDigits.FindString(mail) }

var (
	shownSecret  = regexp.MustCompile(`<p class="secret">([A-Z2-7 ]+)</p>`)
	recoveryCode = regexp.MustCompile(`<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){3})</li>`)
)

// AppSecret is the secret of an authenticator app that a page offers, as the page shows it.
func AppSecret(t testing.TB, page Answer) string {
	t.Helper()
	m := shownSecret.FindStringSubmatch(page.Body)
	if m == nil {
		t.Fatal("the page shows no secret")
	}
	return strings.ReplaceAll(m[1], " ", "")
}

// AddApp adds an authenticator app in b, which must be signed in, and returns the recovery codes
// that come with the first second factor. The page of the codes must lead on to next, if any.
func (b *Browser) AddApp(next string) (recovery []string) {
	b.h.T.Helper()
	secret := AppSecret(b.h.T, b.Get("/ru/me/security/factor"))
	form := url.Values{"code": {appCode(b.h, secret, -30*time.Second)}, "next": {next}}
	a := b.Post("/ru/me/security/factor", form)
	a.Want(b.h.T, 200, "Запасные коды", "data:text/plain;charset=utf-8,")
	for _, m := range recoveryCode.FindAllStringSubmatch(a.Body, -1) {
		recovery = append(recovery, m[1])
	}
	if next != "" && !strings.Contains(a.Body, `href="`+next+`"`) {
		b.h.T.Errorf("the recovery codes do not lead to %s", next)
	}
	return recovery
}

// AppCode is what a person's authenticator app shows now.
func (h *Server) AppCode(person int64) string {
	h.T.Helper()
	var secret string
	h.Scan(`select secret from totp where person_id = $1`, []any{person}, &secret)
	return appCode(h, secret, 0)
}

func appCode(h *Server, secret string, aside time.Duration) string {
	h.T.Helper()
	code, err := mfa.Code(secret, h.Now().Add(aside))
	if err != nil {
		h.T.Fatal(err)
	}
	return code
}
