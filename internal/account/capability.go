package account

import "slices"

// Capability is something that some people may do and others may not. Routes and domains ask for a
// capability, never for a role.
type Capability string

// The capabilities.
const (
	RunEvents           Capability = "run_events"           // the desk: events and campaigns of one's organisations
	RunAllEvents        Capability = "run_all_events"       // the same for every organisation, without review
	ReviewEvents        Capability = "review_events"        // decide about events and applications that wait
	ManageOrganizations Capability = "manage_organizations" // the register of organisations
	ManagePeople        Capability = "manage_people"        // the register of people: look, suspend, correct, merge
	ManageStaff         Capability = "manage_staff"         // roles, and accounts of those who have one
	SeeReports          Capability = "see_reports"          // the headquarters' totals and the rows behind them
	ExportPeople        Capability = "export_people"        // files that name people
	SeeAudit            Capability = "see_audit"            // who did what
	ManageDeliveries    Capability = "manage_deliveries"    // the kinds of things that are handed out
	ImportHistory       Capability = "import_history"       // events of the years before the portal
	SetCity             Capability = "set_city"             // names, districts, thresholds and texts of consent
)

// roles is what each role may do; a new role is one row here and its words. Whoever may do anything
// beyond a volunteer's own affairs works only with a second factor.
var roles = []struct {
	role Role
	can  []Capability
}{
	{Volunteer, nil},
	{Staff, []Capability{
		RunEvents, RunAllEvents, ReviewEvents, ManageOrganizations, ManagePeople, SeeReports, ExportPeople, SeeAudit,
		ManageDeliveries, ImportHistory,
	}},
	{Admin, []Capability{
		RunEvents, RunAllEvents, ReviewEvents, ManageOrganizations, ManagePeople, ManageStaff, SeeReports, ExportPeople,
		SeeAudit, ManageDeliveries, ImportHistory, SetCity,
	}},
}

// ofCoordinators is what acting for an organisation allows, whatever the role.
var ofCoordinators = []Capability{RunEvents}

// Roles are all roles, each with the rights of the one before.
func Roles() []Role {
	all := make([]Role, len(roles))
	for i, r := range roles {
		all[i] = r.role
	}
	return all
}

// Can reports whether whoever has the role may do c.
func (r Role) Can(c Capability) bool { return slices.Contains(r.capabilities(), c) }

// RolesThatCan are the roles that allow c, for a statement that counts or finds their people.
func RolesThatCan(c Capability) []Role {
	var can []Role
	for _, r := range roles {
		if slices.Contains(r.can, c) {
			can = append(can, r.role)
		}
	}
	return can
}

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
