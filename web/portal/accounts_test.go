package portal_test

import (
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestAccountsAreNotRevealed holds that registration, login and reset answer alike whether or
// not there is such an account.
func TestAccountsAreNotRevealed(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	h.Browser().Register("known@shtab.test", "")
	h.Exec(`delete from outbox_mail`)
	neutral := func(a portaltest.Answer, email string) string {
		return a.Header.Get("Location") + strings.ReplaceAll(a.Body, email, "EMAIL")
	}
	for name, post := range map[string]func(email string) portaltest.Answer{
		"register": func(email string) portaltest.Answer {
			return h.Browser().Post("/ru/register",
				url.Values{
					"email": {email}, "password": {"другие слова"}, "given_name": {"А"}, "family_name": {"Б"},
					"birth_date": {"2000-01-01"}, "agree": {"1"},
				})
		},
		"login": func(email string) portaltest.Answer {
			return h.Browser().Post("/ru/login", url.Values{"email": {email}, "password": {"не тот пароль"}})
		},
		"reset": func(email string) portaltest.Answer {
			return h.Browser().Post("/ru/password", url.Values{"email": {email}})
		},
	} {
		known, unknown := post("known@shtab.test"), post("other@shtab.test")
		if known.Status != unknown.Status || neutral(known, "known@shtab.test") != neutral(unknown,
			"other@shtab.test") {
			t.Errorf("%s tells accounts apart: %d and %d", name, known.Status, unknown.Status)
		}
	}
	if text := h.Mail("register_code", "known@shtab.test"); portaltest.MailedCode(text) != "" {
		t.Errorf("the owner of the account was not told:\n%s", text)
	}
}
