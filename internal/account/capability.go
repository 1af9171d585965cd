package account

import (
	"slices"

	"github.com/jackc/pgx/v5"
)

// Capability is something that some people may do and others may not. Routes and domains ask for a
// capability, never for a role.
type Capability string

// The capabilities.
const (
	RunEvents           Capability = "run_events"           // the desk: events and campaigns of one's organisations
	RunAllEvents        Capability = "run_all_events"       // the same for every organisation, without review
	Review              Capability = "review"               // decide about events and organisations that wait
	ManageOrganizations Capability = "manage_organizations" // the register of organisations, and who acts for them
	ManagePeople        Capability = "manage_people"        // the register of people: look, suspend, correct, merge
	ManageStaff         Capability = "manage_staff"         // roles, and accounts of those who have one
	SeeReports          Capability = "see_reports"          // the headquarters' totals and the rows behind them
	SeeAudit            Capability = "see_audit"            // who did what
	ExportPeople        Capability = "export_people"        // files that name people, of what one may see
	ManageDeliveries    Capability = "manage_deliveries"    // the kinds of things that are handed out
	ImportHistory       Capability = "import_history"       // events of the years before the portal
	SetCity             Capability = "set_city"             // names, districts, thresholds and texts of consent
)

// roles is what each role may do. A new role is one row here, its words in the catalogue (people.role,
// mail.account_changed.role_...), and its row in the access test. Whoever has a role that may do
// anything works only with a second factor.
var roles = []struct {
	role Role
	can  []Capability
}{
	{Volunteer, nil},
	{Staff, []Capability{
		RunEvents, RunAllEvents, Review, ManageOrganizations, ManagePeople, SeeReports, SeeAudit, ExportPeople,
		ManageDeliveries, ImportHistory,
	}},
	{Admin, []Capability{
		RunEvents, RunAllEvents, Review, ManageOrganizations, ManagePeople, ManageStaff, SeeReports, SeeAudit,
		ExportPeople,
		ManageDeliveries, ImportHistory, SetCity,
	}},
}

// ofCoordinators is what acting for an organisation allows, whatever the role.
var ofCoordinators = []Capability{RunEvents}

// Roles are all roles, Volunteer first.
func Roles() []Role {
	all := make([]Role, len(roles))
	for i, r := range roles {
		all[i] = r.role
	}
	return all
}

// Capabilities are all that any role allows.
func Capabilities() []Capability {
	var all []Capability
	for _, r := range roles {
		all = append(all, r.can...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// PrivilegedRoles are the roles that allow anything, for a statement that finds their people.
func PrivilegedRoles() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !r.Privileged() })
}

// RolesThatCan are the roles that allow c, for a statement that counts or locks their people.
func RolesThatCan(c Capability) []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !r.Can(c) })
}

// Can reports whether whoever has the role may do c.
func (r Role) Can(c Capability) bool { return slices.Contains(r.capabilities(), c) }

// Privileged reports whether the role allows anything beyond a volunteer's own affairs: whoever has it
// needs a second factor, and only who can ManageStaff may touch their account.
func (r Role) Privileged() bool { return len(r.capabilities()) > 0 }

func (r Role) capabilities() []Capability {
	for _, row := range roles {
		if row.role == r {
			return row.can
		}
	}
	return nil
}

// Can reports whether the actor may do c, by their role or because they act for an organisation.
func (a Actor) Can(c Capability) bool {
	return a.Role.Can(c) || len(a.Orgs) > 0 && slices.Contains(ofCoordinators, c)
}

// ActsFor reports whether the actor may act for an organisation: as one of its coordinators, or for every one.
func (a Actor) ActsFor(org int64) bool { return a.Can(RunAllEvents) || slices.Contains(a.Orgs, org) }

// Scope is the arguments of a condition on what belongs to organisations: @all says that the actor can do
// c for every organisation, @orgs are those that they act for.
func (a Actor) Scope(c Capability) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{"all": a.Can(c), "orgs": append([]int64{}, a.Orgs...)}
}
