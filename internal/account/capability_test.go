package account

import (
	"slices"
	"testing"
)

// A volunteer can do nothing beyond their own affairs, whoever can do something has a privileged role,
// and a role that no program knows is a volunteer's.
func TestRoles(t *testing.T) {
	t.Parallel()
	if r := Roles(); r[0] != Volunteer || Volunteer.Privileged() || Role("king").Privileged() {
		t.Errorf("roles %v", r)
	}
	for _, r := range RolesThatCan(RunAllEvents) {
		if !r.Can(RunEvents) {
			t.Errorf("%s runs the events of every organisation, and none of its own", r)
		}
	}
	if got := PrivilegedRoles(); !slices.Equal(got, []Role{Staff, Admin}) {
		t.Errorf("privileged are %v", got)
	}
	if got := RolesThatCan(SetCity); !slices.Equal(got, []Role{Admin}) {
		t.Errorf("%v set the city", got)
	}
	if got := RolesThatCan("fly"); len(got) != 0 {
		t.Errorf("%v fly", got)
	}
}

// Whoever acts for an organisation runs its events, and nobody else's.
func TestActorOfOrganisation(t *testing.T) {
	t.Parallel()
	coordinator, staff := Actor{PersonID: 1, Role: Volunteer, Orgs: []int64{7}}, Actor{PersonID: 2, Role: Staff}
	if !coordinator.Can(RunEvents) || coordinator.Can(RunAllEvents) || coordinator.Can(Review) {
		t.Error("a coordinator's capabilities are wrong")
	}
	if !coordinator.ActsFor(7) || coordinator.ActsFor(8) || !staff.ActsFor(8) {
		t.Error("who acts for whom is wrong")
	}
	if args := coordinator.Scope(RunAllEvents); args["all"] != false ||
		!slices.Equal(args["orgs"].([]int64), []int64{7}) {
		t.Errorf("a coordinator's scope is %v", args)
	}
	if args := staff.Scope(RunAllEvents); args["all"] != true || args["orgs"].([]int64) == nil {
		t.Errorf("the scope of staff is %v", args)
	}
}
