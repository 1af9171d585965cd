package organizations

import (
	"testing"

	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	orgs := uitest.Organizations()
	uitest.Check(t,
		uitest.State{Name: "organizations", Path: "/organizations", Page: listPage(listView{Orgs: orgs})},
		uitest.State{
			Name: "organization", Path: "/organizations/org-b", Actor: uitest.Staff,
			Page: organizationPage(organizationView{Org: orgs[1], Sums: uitest.Sums, Past: uitest.EventCards()[:2]}),
		},
	)
}
