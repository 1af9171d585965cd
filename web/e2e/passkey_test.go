package e2e_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"

	"shtab/internal/account"
	"shtab/internal/demo"
	"shtab/internal/i18n"
	"shtab/internal/mfa"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

var secretIn = regexp.MustCompile(`[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}`)

// named is a portal that has a name, as passkeys need, with somebody who signs in by password.
func named(t *testing.T, role string) (h *portaltest.Server, person int64) {
	t.Helper()
	h = portaltest.Start(t, portaltest.Named)
	h.URL = strings.Replace(h.URL, "127.0.0.1", "localhost", 1)
	h.World()
	hash, err := account.NewHasher().Hash(context.Background(), demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	person = h.Person("somebody@shtab.test", 30)
	h.Exec(`update person set password_hash = $2, role = $3 where id = $1`, person, hash, role)
	return h, person
}

// authenticator gives the tab a device that makes and shows passkeys, and says whether it knows
// its owner.
func (p *tab) authenticator(verified bool) (set func(verified bool)) {
	p.t.Helper()
	call(p, webauthn.Enable, webauthn.EnableParams{})
	id := call(p, webauthn.AddVirtualAuthenticator,
		webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
			HasResidentKey: true, HasUserVerification: true, IsUserVerified: verified,
			AutomaticPresenceSimulation: true,
		}}).AuthenticatorID
	return func(verified bool) {
		p.t.Helper()
		call(p, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{
			AuthenticatorID: id,
			IsUserVerified:  verified,
		})
	}
}

// Staff add a passkey on a phone, then sign in with it alone; after a password it stands for the
// second step, and it shows once more who they are. Without knowing its owner the device opens
// nothing; a passkey that was removed neither.
func TestPasskey(t *testing.T) {
	t.Parallel()
	h, id := named(t, "staff")
	const l = i18n.RU
	p := open(t, h.URL)
	verify := p.authenticator(true)
	signIn := func() {
		p.visit(link.Login(l, link.HQ(l)), 200)
		p.fill("email", "somebody@shtab.test")
		p.fill("password", demo.Password)
		p.press(`form[action="` + link.Login(l, "") + `"] button`)
	}
	at := func(want string) {
		t.Helper()
		if got := p.where(); got != want {
			t.Fatalf("at %s, want %s", got, want)
		}
	}
	const show = `form[data-passkey=get] button`

	signIn()
	at(link.SecurityApp(l, link.HQ(l)))
	p.visit(link.Security(l), 200)
	p.press(`form[data-passkey=create] button`)
	p.expect(200)
	if n := js[int](p, `document.querySelectorAll('.codes li').length`); n != 10 {
		t.Fatalf("%d recovery codes", n)
	}
	p.visit(link.HQ(l), 200)
	at(link.HQ(l))
	if name := h.Count(`select count(*)::int from passkey where person_id = $1 and name like 'Chrome%'`,
		id); name != 1 {
		t.Errorf("%d passkeys with the device's name", name)
	}
	h.Mail("factor_added", "somebody@shtab.test")

	// alone
	p.forget()
	p.visit(link.Login(l, link.HQ(l)), 200)
	p.press(show)
	at(link.HQ(l))
	p.expect(200)

	// after the password
	p.forget()
	signIn()
	at(link.LoginMFA(l, link.HQ(l)))
	p.press(show)
	at(link.HQ(l))

	// once more who it is
	h.Exec(`update person_session set proved_at = now() - interval '1 hour' where person_id = $1`, id)
	p.visit(link.SecurityApp(l, ""), 200)
	p.press(show)
	at(link.SecurityApp(l, ""))

	// A device that does not know its owner.
	p.forget()
	verify(false)
	signIn()
	p.touch(show)
	js[bool](p,
		`new Promise(done => { const look = () => document.querySelector('[data-failed]').hidden ? setTimeout(look, 50) : done(true); look() })`)
	verify(true)

	// a removed one
	p.forget()
	h.Exec(`delete from passkey where person_id = $1`, id)
	p.visit(link.Login(l, ""), 200)
	p.press(show)
	at(link.Login(l, ""))
	p.mustSee(`.flash-warn`)
}

// Without scripts the page says what passkeys need, and the app's codes do all that is asked.
func TestSecondStepWithoutScripts(t *testing.T) {
	t.Parallel()
	h, _ := named(t, "staff")
	const l = i18n.KK
	p := open(t, h.URL)
	p.scriptsOff()
	signIn := func() {
		p.visit(link.Login(l, link.HQ(l)), 200)
		p.fill("email", "somebody@shtab.test")
		p.fill("password", demo.Password)
		p.press(`form[action="` + link.Login(l, "") + `"] button`)
	}
	signIn()
	secret := strings.ReplaceAll(secretIn.FindString(js[string](p, `document.querySelector('.secret').textContent`)),
		" ", "")
	enter := func(aside time.Duration, button string) {
		t.Helper()
		code, err := mfa.Code(secret, h.Now().Add(aside))
		if err != nil {
			t.Fatal(err)
		}
		p.fill("code", code)
		p.press(button)
	}
	enter(-30*time.Second, `main form button`)
	p.press(`main .actions a:last-child`)
	if p.where() != link.HQ(l) {
		t.Fatalf("at %s", p.where())
	}
	t.Logf("the first time: %d taps, %d fields", p.taps, p.fields)
	p.visit(link.Security(l), 200)
	p.mustSee(`[data-no-passkey]`)
	p.forget()
	p.taps, p.fields = 0, 0
	signIn()
	enter(0, `main form button`)
	if p.where() != link.HQ(l) {
		t.Errorf("at %s", p.where())
	}
	t.Logf("each time: %d taps, %d fields", p.taps, p.fields)
}
