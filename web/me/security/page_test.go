package security

import (
	"testing"

	"shtab/internal/account"
	"shtab/internal/mfa"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	day := uitest.At(-9, 10, 0)
	app := mfa.Status{
		AppSince: &day, Codes: 2, Required: true, Passkeys: []mfa.Passkey{{ID: 1, Name: "Samsung", AddedAt: day}},
	}
	sessions := []account.Session{
		{ID: 1, Device: "Chrome, Android", BeganAt: day, SeenAt: day}, {ID: 2, BeganAt: day, SeenAt: day},
	}
	codes := []string{"abcd-efgh-ijkl-mnop", "bcde-fghi-jklm-nopq"}
	state := func(name, path string) uitest.State {
		return uitest.State{Name: name, Path: "/me/security" + path, Actor: uitest.Volunteer}
	}
	none, all := state("none", ""), state("all", "")
	none.Page = securityPage(securityView{Sessions: sessions[:1], Passkeys: true, Device: "Chrome, Android"})
	all.Page = securityPage(securityView{
		MFA: app, Sessions: sessions,
		Problems: map[string]string{"old_password": "account.error.old_password"},
	})
	newApp, newCodes := state("app", "/factor"), state("codes", "/codes")
	newApp.Page = appPage(appView{
		Secret: "ABCDEFGHIJKLMNOP", URI: "otpauth://totp/Shtab:a@shtab.test?secret=ABCDEFGHIJKLMNOP",
	})
	newCodes.Page = codesPage(codesView{Codes: codes, First: true})
	email, sent := state("email", "/email"), state("email sent", "/email")
	email.Page = emailPage(emailView{})
	sent.Page = emailPage(emailView{Awaited: "new@shtab.test"})
	uitest.Check(t, none, all, newApp, newCodes, email, sent)
}
