package invitation

import (
	"testing"

	"shtab/internal/org"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	v := view{Invited: org.Invited{Org: uitest.Host.Name, Email: "a@shtab.test"}, Token: "x"}
	invited := uitest.Volunteer
	invited.Email = "a@shtab.test"
	uitest.Check(t,
		uitest.State{Name: "visitor", Path: "/invitations/x", Page: page(v)},
		uitest.State{Name: "another account", Path: "/invitations/x", Actor: uitest.Volunteer, Page: page(v)},
		uitest.State{Name: "invited", Path: "/invitations/x", Actor: invited, Page: page(v)},
	)
}
