package login

import (
	"testing"

	"shtab/internal/factor"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	app := factor.Standing{AppSince: &uitest.Now, Codes: 9}
	uitest.Check(t,
		uitest.State{Name: "login", Path: "/login", Page: loginPage(loginView{})},
		uitest.State{Name: "login with passkey", Path: "/login", Page: loginPage(loginView{Next: "/kk/me", Passkey: true})},
		uitest.State{Name: "second step", Path: "/login/factor", Page: secondStepPage(secondStepView{Standing: app})},
		uitest.State{Name: "again", Path: "/again", Actor: uitest.Volunteer, Page: againPage(againView{Standing: app, Unsent: true})},
	)
}
