package server

import (
	"net/http"

	"shtab/internal/server/desk"
	"shtab/internal/server/hq"
	"shtab/internal/server/kit"
	"shtab/internal/server/me"
	"shtab/internal/server/public"
)

// route is one line of the table: who may call what.
type route struct {
	method  string
	pattern string
	access  kit.Access
	handler kit.Handler
	// Calls a minute from one address, 0: no limit. A school is one address: the limits that
	// protect an account stand in account, per e-mail.
	perMinute int
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// language is what every page's address begins with; grouped, because chi puts ^ and $ around it.
const language = "/{lang:(?:kk|ru|en)}"

// uploads are the routes that take a file, and how many bytes of it and its form are read.
var uploads = map[string]int64{
	language + "/desk/organizations/{org}/logo": 5 << 20,
	language + "/desk/import":                   11 << 20,
	language + "/hq/import":                     11 << 20,
	language + "/hq/settings":                   128 << 10,
	language + "/hq/settings/consents":          256 << 10,
}

// routes is every address of the portal but /static. A test holds each against each role.
func routes(p *public.Room, m *me.Room, d *desk.Room, h *hq.Room) []route {
	const l = language
	return []route{
		// visitor
		{get, "/", kit.Anyone, p.Root, 0},
		{get, l, kit.Anyone, p.Home, 0},
		{get, l + "/events", kit.Anyone, p.Events, 0},
		{get, l + "/events.atom", kit.Anyone, p.Feed, 0},
		{get, l + "/events/{id}", kit.Anyone, p.Event, 0}, // {id}.ics is its calendar file
		{get, l + "/campaigns", kit.Anyone, p.Campaigns, 0},
		{get, l + "/campaigns/{slug}", kit.Anyone, p.Campaign, 0},
		{get, l + "/organizations", kit.Anyone, p.Organizations, 0},
		{get, l + "/organizations/{slug}", kit.Anyone, p.Organization, 0},
		{get, l + "/totals", kit.Anyone, p.Totals, 0},
		{get, l + "/help", kit.Anyone, p.Help, 0},
		{get, l + "/privacy", kit.Anyone, p.Privacy, 0},

		// the way to an account
		{get, l + "/register", kit.Anyone, p.RegisterForm, 0},
		{post, l + "/register", kit.Anyone, p.Register, 30},
		{get, l + "/register/code", kit.Anyone, p.CodeForm, 0},
		{post, l + "/register/code", kit.Anyone, p.Code, 60},
		{post, l + "/register/code/resend", kit.Anyone, p.Resend, 20},
		{get, l + "/login", kit.Anyone, p.LoginForm, 0},
		{post, l + "/login", kit.Anyone, p.Login, 60},
		{post, l + "/logout", kit.Anyone, p.Logout, 0},
		{get, l + "/password", kit.Anyone, p.PasswordForm, 0},
		{post, l + "/password", kit.Anyone, p.Password, 20},
		{get, l + "/password/{token}", kit.Anyone, p.NewPasswordForm, 30},
		{post, l + "/password/{token}", kit.Anyone, p.NewPassword, 30},

		// places: a visitor's choice is remembered across registration
		{post, l + "/shifts/{id}/signup", kit.Anyone, p.Signup, 0},
		{post, l + "/signups/{id}/cancel", kit.SignedIn, p.Cancel, 0},

		// volunteer
		{get, l + "/me", kit.SignedIn, m.Home, 0},
		{get, l + "/me/tickets/{id}", kit.SignedIn, m.Ticket, 0},
		{get, l + "/me/book", kit.SignedIn, m.Book, 0},
		{post, l + "/me/calendar/renew", kit.SignedIn, m.RenewCalendar, 10},
		{get, l + "/me/profile", kit.SignedIn, m.ProfileForm, 0},
		{post, l + "/me/profile", kit.SignedIn, m.Profile, 20},
		{get, l + "/me/security", kit.SignedIn, m.SecurityForm, 0},
		{post, l + "/me/security", kit.SignedIn, m.Security, 10},

		{post, l + "/me/signups/{id}/explain", kit.SignedIn, m.Explain, 20},

		{get, l + "/me/guardian", kit.SignedIn, m.GuardianForm, 0},
		{post, l + "/me/guardian", kit.SignedIn, m.Guardian, 20},
		{post, l + "/me/guardians/{id}/resend", kit.SignedIn, m.ResendGuardian, 20},

		// a guardian, by a mailed link
		{get, l + "/guardian/{token}", kit.Anyone, p.Guardian, 60},
		{post, l + "/guardian/{token}/choose", kit.Anyone, p.GuardianChoose, 30},
		{post, l + "/guardian/{token}/agree", kit.Anyone, p.GuardianAgree, 30},
		{post, l + "/guardian/{token}/refuse", kit.Anyone, p.GuardianRefuse, 30},
		{post, l + "/guardian/{token}/withdraw", kit.Anyone, p.GuardianWithdraw, 30},
		{post, l + "/guardian/{token}/copies", kit.Anyone, p.GuardianCopies, 30},
		{post, l + "/guardian/{token}/disown", kit.Anyone, p.GuardianDisown, 30},

		// the second factor, and where one is signed in
		{get, l + "/login/factor", kit.Anyone, p.FactorForm, 0},
		{post, l + "/login/factor", kit.Anyone, p.Factor, 60},
		{post, l + "/login/passkey/ask", kit.Anyone, p.AskPasskey, 60},
		{post, l + "/login/passkey", kit.Anyone, p.Passkey, 60},
		{get, l + "/again", kit.SignedIn, p.AgainForm, 0},
		{post, l + "/again", kit.SignedIn, p.Again, 30},
		{get, l + "/me/security/factor", kit.SignedIn | kit.Fresh, m.AppForm, 0},
		{post, l + "/me/security/factor", kit.SignedIn | kit.Fresh, m.AddApp, 30},
		{post, l + "/me/security/factor/remove", kit.SignedIn | kit.Fresh, m.RemoveApp, 10},
		{post, l + "/me/security/passkeys/ask", kit.SignedIn | kit.Fresh, m.AskPasskey, 20},
		{post, l + "/me/security/passkeys", kit.SignedIn | kit.Fresh, m.AddPasskey, 20},
		{post, l + "/me/security/passkeys/{passkey}/remove", kit.SignedIn | kit.Fresh, m.RemovePasskey, 20},
		{post, l + "/me/security/codes", kit.SignedIn | kit.Fresh, m.NewCodes, 10},
		{get, l + "/me/security/email", kit.SignedIn | kit.Fresh, m.EmailForm, 0},
		{post, l + "/me/security/email", kit.SignedIn | kit.Fresh, m.Email, 10},
		{post, l + "/me/security/email/code", kit.SignedIn, m.EmailCode, 30},
		{post, l + "/me/security/sessions/end", kit.SignedIn, m.EndOthers, 20},
		{post, l + "/me/security/sessions/{session}/end", kit.SignedIn, m.EndSession, 30},
		{post, l + "/hq/people/{person}/factor/reset", kit.AdminOnly | kit.Fresh, h.ResetFactor, 20},
		{get, "/dev/code", kit.DemoOnly, p.Codes, 0},

		// coordinator and staff
		{get, l + "/desk", kit.Coordinator, d.Home, 0},

		// the roster
		{get, l + "/desk/events/{id}/roster", kit.Coordinator, d.List, 0},
		{post, l + "/desk/events/{id}/roster", kit.Coordinator, d.Add, 60},
		{get, l + "/desk/events/{id}/roster/print", kit.Coordinator, d.Print, 0},
		{get, l + "/desk/events/{id}/roster.xlsx", kit.Coordinator | kit.Fresh, d.File, 0},
		{get, l + "/desk/events/{id}/roster.csv", kit.Coordinator | kit.Fresh, d.File, 0},
		{get, l + "/desk/events/{id}/roster/import", kit.Coordinator, d.ImportForm, 0},
		{post, l + "/desk/events/{id}/roster/import", kit.Coordinator, d.Import, 20},
		{get, l + "/desk/events/{id}/messages", kit.Coordinator, d.MessageForm, 0},
		{post, l + "/desk/events/{id}/messages", kit.Coordinator, d.Message, 0},
		{get, l + "/desk/signups/{id}", kit.Coordinator, d.Person, 0},
		{post, l + "/desk/signups/{id}/move", kit.Coordinator, d.Move, 0},
		{post, l + "/desk/signups/{id}/promote", kit.Coordinator, d.Promote, 0},
		{post, l + "/desk/signups/{id}/remove", kit.Coordinator, d.Remove, 0},
		{post, l + "/desk/signups/{id}/restore", kit.Coordinator, d.Restore, 0},

		{get, l + "/hq", kit.StaffOnly, h.Home, 0},
		{post, l + "/hq/report", kit.StaffOnly, h.ReportFile, 20},
		{get, l + "/hq/totals/{view}", kit.StaffOnly, h.Rows, 0},
		{post, l + "/hq/totals/{view}/export", kit.StaffOnly | kit.Fresh, h.RowsFile, 10},

		// an event's form and its way to publication
		{get, l + "/desk/events/new", kit.Coordinator, d.NewEventForm, 0},
		{post, l + "/desk/events/new", kit.Coordinator, d.NewEvent, 0},
		{get, l + "/desk/events/{id}", kit.Coordinator, d.Event, 0},
		{get, l + "/desk/events/{id}/edit", kit.Coordinator, d.EventForm, 0},
		{post, l + "/desk/events/{id}/edit", kit.Coordinator, d.SaveEvent, 0},
		{post, l + "/desk/events/{id}/publish", kit.Coordinator, d.Publish, 0},

		// campaigns that an organisation keeps
		{get, l + "/desk/campaigns", kit.Coordinator, d.Campaigns, 0},
		{get, l + "/desk/campaigns/new", kit.Coordinator, d.NewCampaignForm, 0},
		{post, l + "/desk/campaigns/new", kit.Coordinator, d.NewCampaign, 0},
		{get, l + "/desk/campaigns/{campaign}", kit.Coordinator, d.CampaignForm, 0},
		{post, l + "/desk/campaigns/{campaign}", kit.Coordinator, d.SaveCampaign, 0},
		{post, l + "/desk/campaigns/{campaign}/publish", kit.Coordinator, d.PublishCampaign, 0},
		{post, l + "/desk/campaigns/{campaign}/archive", kit.Coordinator, d.ArchiveCampaign, 0},

		// the desk's lists, and what is made of an event
		{get, l + "/desk/events", kit.Coordinator, d.AllEvents, 0},
		{post, l + "/desk/events/{id}/duplicate", kit.Coordinator, d.Duplicate, 0},
		{get, l + "/desk/events/{id}/repeat", kit.Coordinator, d.RepeatForm, 0},
		{post, l + "/desk/events/{id}/repeat", kit.Coordinator, d.Repeat, 0},
		{get, l + "/desk/events/{id}/cancel", kit.Coordinator, d.CancelForm, 0},
		{post, l + "/desk/events/{id}/cancel", kit.Coordinator, d.Cancel, 0},
		{post, l + "/desk/events/{id}/delete", kit.Coordinator, d.Delete, 0},

		// the headquarters' review
		{get, l + "/hq/review", kit.StaffOnly, h.Queue, 0},
		{post, l + "/hq/review/{id}/approve", kit.StaffOnly, h.Approve, 0},
		{post, l + "/hq/review/{id}/return", kit.StaffOnly, h.Return, 0},

		// the years before the portal
		{get, l + "/hq/import", kit.StaffOnly, h.History, 0},
		{post, l + "/hq/import", kit.StaffOnly, h.ReadHistory, 20},
		{get, l + "/hq/import/template", kit.StaffOnly, h.HistoryTemplate, 0},
		{get, l + "/hq/import/{import}", kit.StaffOnly, h.HistoryFile, 0},
		{post, l + "/hq/import/{import}", kit.StaffOnly, h.ConfirmHistory, 0},

		// the register of people
		{get, l + "/hq/people", kit.StaffOnly, h.PeopleList, 0},
		{get, l + "/hq/people/{person}", kit.StaffOnly, h.Person, 0},
		{post, l + "/hq/people/{person}/role", kit.AdminOnly | kit.Fresh, h.SetRole, 0},
		{post, l + "/hq/people/{person}/organizations", kit.StaffOnly | kit.Fresh, h.AddOrg, 0},
		{post, l + "/hq/people/{person}/organizations/{org}/remove", kit.StaffOnly | kit.Fresh, h.RemoveOrg, 0},
		{post, l + "/hq/people/{person}/suspend", kit.StaffOnly, h.Suspend, 0},
		{post, l + "/hq/people/{person}/restore", kit.StaffOnly, h.Restore, 0},
		{post, l + "/hq/people/{person}/birthdate", kit.StaffOnly, h.CorrectBirthDate, 0},
		{get, l + "/hq/people/{person}/merge", kit.StaffOnly, h.MergeForm, 0},
		{post, l + "/hq/people/{person}/merge", kit.StaffOnly | kit.Fresh, h.Merge, 0},

		// who did what, and files of people and deeds
		{get, l + "/hq/audit", kit.StaffOnly, h.Audit, 0},
		{post, l + "/hq/audit/export", kit.StaffOnly | kit.Fresh, h.AuditFile, 10},
		{get, l + "/hq/exports", kit.StaffOnly, h.ExportsPage, 0},
		{post, l + "/hq/exports/register", kit.StaffOnly | kit.Fresh, h.RegisterFile, 10},
		{get, l + "/hq/exports/{export}", kit.StaffOnly, h.Export, 0},
		{get, l + "/hq/exports/{export}/file", kit.StaffOnly, h.ExportFile, 30},

		// what an administrator sets
		{get, l + "/hq/settings", kit.AdminOnly, h.SettingsForm, 0},
		{post, l + "/hq/settings", kit.AdminOnly, h.SaveSettings, 0},
		{get, l + "/hq/settings/consents", kit.AdminOnly, h.Consents, 0},
		{post, l + "/hq/settings/consents", kit.AdminOnly, h.PublishConsent, 0},

		// the register of bodies, and their applications
		{get, l + "/hq/organizations", kit.StaffOnly, h.Organizations, 0},
		{get, l + "/hq/organizations/new", kit.StaffOnly, h.NewOrganizationForm, 0},
		{post, l + "/hq/organizations/new", kit.StaffOnly, h.NewOrganization, 0},
		{get, l + "/hq/organizations/{org}", kit.StaffOnly, h.Organization, 0},
		{post, l + "/hq/organizations/{org}", kit.StaffOnly, h.SaveOrganization, 0},
		{post, l + "/hq/organizations/{org}/state", kit.StaffOnly, h.SetOrganizationState, 0},
		{post, l + "/hq/organizations/{org}/approve", kit.StaffOnly, h.ApproveOrganization, 0},
		{post, l + "/hq/organizations/{org}/return", kit.StaffOnly, h.ReturnOrganization, 0},
		{get, l + "/hq/organizations/{org}/merge", kit.StaffOnly, h.MergeOrganizationsForm, 0},
		{post, l + "/hq/organizations/{org}/merge", kit.StaffOnly | kit.Fresh, h.MergeOrganizations, 0},
		{get, l + "/organizations/apply", kit.SignedIn, p.ApplyForm, 0},
		{post, l + "/organizations/apply", kit.SignedIn, p.Apply, 20},
		{get, l + "/organizations/apply/{org}", kit.SignedIn, p.Application, 0},
		{post, l + "/organizations/apply/{org}", kit.SignedIn, p.Reapply, 20},

		// the day: the door's list, links for helpers
		{get, l + "/desk/events/{id}/checkin", kit.Coordinator, d.CheckIn, 0},
		{post, l + "/desk/events/{id}/checkin", kit.Coordinator, d.Mark, 0},
		{post, l + "/desk/events/{id}/checkin/add", kit.Coordinator, d.WalkIn, 0},
		{get, l + "/desk/events/{id}/doors", kit.Coordinator, d.Doors, 0},
		{post, l + "/desk/events/{id}/doors", kit.Coordinator, d.OpenDoor, 0},
		{post, l + "/desk/doors/{id}/close", kit.Coordinator, d.CloseDoor, 0},
		{get, l + "/desk/events/{id}/hours", kit.Coordinator, d.Hours, 0},
		{post, l + "/desk/events/{id}/hours", kit.Coordinator, d.SaveHours, 0},
		{post, l + "/desk/signups/{id}/hours", kit.Coordinator, d.CorrectHours, 0},
		{get, l + "/hq/deliveries", kit.StaffOnly, h.Deliveries, 0},
		{post, l + "/hq/deliveries", kit.StaffOnly, h.AddDelivery, 0},
		{post, l + "/hq/deliveries/{kind}", kit.StaffOnly, h.ChangeDelivery, 0},
		{get, l + "/door/{token}", kit.Anyone, d.Door, 300},
		{post, l + "/door/{token}", kit.Anyone, d.DoorMark, 600},

		// events from a spreadsheet
		{get, l + "/desk/import", kit.Coordinator, d.BringForm, 0},
		{post, l + "/desk/import", kit.Coordinator, d.Bring, 20},
		{get, l + "/desk/import/template/{form:xlsx|csv}", kit.Coordinator, d.BringTemplate, 0},
		{get, l + "/desk/import/{import}", kit.Coordinator, d.Brought, 0},
		{post, l + "/desk/import/{import}", kit.Coordinator, d.ConfirmBrought, 0},

		// an organisation's own place
		{get, l + "/desk/organizations", kit.Coordinator, d.Organizations, 0},
		{get, l + "/desk/organizations/{org}", kit.Coordinator, d.OrganizationForm, 0},
		{post, l + "/desk/organizations/{org}", kit.Coordinator, d.Organization, 0},
		{post, l + "/desk/organizations/{org}/logo", kit.Coordinator, d.SetLogo, 20},
		{post, l + "/desk/organizations/{org}/logo/remove", kit.Coordinator, d.RemoveLogo, 0},
		{get, l + "/desk/organizations/{org}/people", kit.Coordinator, d.Members, 0},
		{post, l + "/desk/organizations/{org}/people", kit.Coordinator, d.Invite, 20},
		{post, l + "/desk/organizations/{org}/people/{person}/remove", kit.Coordinator, d.RemoveMember, 0},
		{post, l + "/desk/organizations/{org}/invitations/{invitation}/cancel", kit.Coordinator, d.CancelInvite, 0},
		{get, l + "/desk/organizations/{org}/totals", kit.Coordinator, d.OrgTotals, 0},
		{get, l + "/desk/organizations/{org}/totals/{form:xlsx|csv}", kit.Coordinator, d.OrgTotalsFile, 0},
		{get, l + "/invitations/{token}", kit.Anyone, p.Invitation, 60},
		{post, l + "/invitations/{token}", kit.SignedIn, p.AcceptInvitation, 30},
		{get, "/logos/{hash:[0-9a-f]{24}}.png", kit.Anyone, p.Logo, 0},

		// machines
		{get, "/healthz", kit.Anyone, p.Health, 0},
		{get, "/readyz", kit.Anyone, p.Ready, 0},
		{get, "/sitemap.xml", kit.Anyone, p.Sitemap, 0},
		{get, "/robots.txt", kit.Anyone, p.Robots, 0},
		{get, "/favicon.ico", kit.Anyone, p.Favicon, 0},
		{get, "/c/{token}", kit.Anyone, d.Scan, 300},
		{post, "/c/{token}", kit.Anyone, d.ScanIn, 300},
		{get, "/calendar/{token}", kit.Anyone, p.Calendar, 600},
		{get, "/dev/outbox", kit.DemoOnly, p.Outbox, 0},
	}
}
