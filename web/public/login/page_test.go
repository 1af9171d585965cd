package login

import (
	"testing"

	"shtab/internal/mfa"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	app := mfa.Status{AppSince: &uitest.Now, Codes: 9}
	uitest.Check(t,
		uitest.State{Name: "login", Path: "/login", Page: loginPage(loginView{})},
		uitest.State{
			Name: "login with passkey", Path: "/login",
			Page: loginPage(loginView{Next: "/kk/me", Passkey: true}),
		},
		uitest.State{Name: "second step", Path: "/login/factor", Page: secondStepPage(secondStepView{MFA: app})},
		uitest.State{
			Name: "again", Path: "/again", Actor: uitest.Volunteer, Page: againPage(againView{MFA: app, Unsent: true}),
		},
	)
}
