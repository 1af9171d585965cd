package password

import (
	"testing"

	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	uitest.Check(t,
		uitest.State{Name: "request", Path: "/password", Page: requestPage(requestView{})},
		uitest.State{
			Name: "sent", Path: "/password", Page: requestPage(requestView{Email: "a@shtab.test", Sent: true}),
		},
		uitest.State{Name: "new password", Path: "/password/x", Page: newPasswordPage(newPasswordView{Token: "x"})},
	)
}
