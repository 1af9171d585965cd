package register

import (
	"testing"

	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	wrong := registerView{Next: "/kk/events/1", Problems: map[string]string{"email": "fault.email_taken"}}
	uitest.Check(t,
		uitest.State{Name: "new", Path: "/register", Page: registerPage(registerView{})},
		uitest.State{Name: "with a problem", Path: "/register", Page: registerPage(wrong)},
		uitest.State{Name: "code", Path: "/register/code", Page: codePage(codeView{})},
	)
}
