package portal

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"shtab/internal/account"
	"shtab/web/httpkit"
)

// route is one line of the table: what answers an address, and who may ask it.
type route struct {
	GET, POST string          // the address, one of the two; of a page, without its language
	Do        httpkit.Handler // what answers it, by a verb and its noun

	SignedIn bool               // asks for an account
	Can      account.Capability // asks for an account that may do this
	AndCan   account.Capability // and this too
	Fresh    bool               // and for password and second factor shown within ten minutes

	// PerMinute is how often one network address may ask, 0: no limit. A school is one address: the
	// limits that protect an account stand in account, per e-mail.
	PerMinute int
	MaxBody   int64 // bytes of a request that are read; 0: a mebibyte
}

// language is what every page's address begins with; grouped, because chi puts ^ and $ around it.
const language = "/{lang:(?:kk|ru|en)}"

func (r route) method() string {
	if r.GET != "" {
		return http.MethodGet
	}
	return http.MethodPost
}

func (r route) path() string { return cmp.Or(r.GET, r.POST) }

func (r route) access() httpkit.Access {
	return httpkit.Access{SignedIn: r.SignedIn, Can: r.Can, AndCan: r.AndCan, Fresh: r.Fresh}
}

func (r route) check() error {
	err := r.access().Check()
	switch {
	case (r.GET == "") == (r.POST == ""):
		err = errors.New("one of GET and POST is needed")
	case r.Do == nil:
		err = errors.New("nothing answers it")
	case r.Can != "" && !slices.Contains(account.Capabilities(), r.Can):
		err = errors.New("no role can " + string(r.Can))
	case r.AndCan != "" && !slices.Contains(account.Capabilities(), r.AndCan):
		err = errors.New("no role can " + string(r.AndCan))
	}
	if err != nil {
		return fmt.Errorf("route %s %s: %w", r.method(), r.path(), err)
	}
	return nil
}

// routes is every address of the portal but /static. A test holds each against each role.
func (p *pages) routes() ([]route, error) {
	var all []route
	for _, audience := range [][]route{p.visitorRoutes(), p.volunteerRoutes(), p.deskRoutes(), p.staffRoutes()} {
		for _, r := range audience {
			if r.GET != "" {
				r.GET = language + strings.TrimSuffix(r.GET, "/")
			}
			if r.POST != "" {
				r.POST = language + r.POST
			}
			all = append(all, r)
		}
	}
	all = append(all, p.machineRoutes()...)
	all = append(all, p.demoRoutes()...)
	for _, r := range all {
		if err := r.check(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// visitorRoutes are pages that anybody may find, the way to an account, and links that were mailed.
func (p *pages) visitorRoutes() []route {
	return []route{
		{GET: "/", Do: p.visitors.home.ShowHome},

		{GET: "/again", Do: p.visitors.login.ShowReauthentication, SignedIn: true},
		{POST: "/again", Do: p.visitors.login.Reauthenticate, SignedIn: true, PerMinute: 30},

		{GET: "/campaigns", Do: p.visitors.campaigns.ListCampaigns},
		{GET: "/campaigns/{slug}", Do: p.visitors.campaigns.ShowCampaign},

		{GET: "/events", Do: p.visitors.events.ListEvents},
		{GET: "/events/{id}", Do: p.visitors.events.ShowEvent},
		{GET: "/events.atom", Do: p.visitors.events.SendFeed},

		{GET: "/guardian/{token}", Do: p.visitors.guardian.ShowConsent, PerMinute: 60},
		{POST: "/guardian/{token}/agree", Do: p.visitors.guardian.ConfirmConsent, PerMinute: 30},
		{POST: "/guardian/{token}/choose", Do: p.visitors.guardian.ChooseAnswer, PerMinute: 30},
		{POST: "/guardian/{token}/copies", Do: p.visitors.guardian.SetCopies, PerMinute: 30},
		{POST: "/guardian/{token}/disown", Do: p.visitors.guardian.DisownAddress, PerMinute: 30},
		{POST: "/guardian/{token}/refuse", Do: p.visitors.guardian.RefuseEvent, PerMinute: 30},
		{POST: "/guardian/{token}/withdraw", Do: p.visitors.guardian.WithdrawConsent, PerMinute: 30},

		{GET: "/help", Do: p.visitors.info.ShowHelp},

		{GET: "/invitations/{token}", Do: p.visitors.invitation.ShowInvitation, PerMinute: 60},
		{POST: "/invitations/{token}", Do: p.visitors.invitation.AcceptInvitation, SignedIn: true, PerMinute: 30},

		{GET: "/login", Do: p.visitors.login.ShowLogin},
		{POST: "/login", Do: p.visitors.login.LogIn, PerMinute: 60},
		{GET: "/login/factor", Do: p.visitors.login.ShowSecondStep},
		{POST: "/login/factor", Do: p.visitors.login.CheckSecondStep, PerMinute: 60},
		{POST: "/login/passkey", Do: p.visitors.login.LogInWithPasskey, PerMinute: 60},
		{POST: "/login/passkey/ask", Do: p.visitors.login.AskPasskey, PerMinute: 60},

		{POST: "/logout", Do: p.visitors.login.LogOut},

		{GET: "/organizations", Do: p.visitors.organizations.ListOrganizations},
		{GET: "/organizations/apply", Do: p.visitors.organizations.ShowNewApplication, SignedIn: true},
		{POST: "/organizations/apply", Do: p.visitors.organizations.SubmitApplication, SignedIn: true, PerMinute: 20},
		{GET: "/organizations/apply/{org}", Do: p.visitors.organizations.ShowApplication, SignedIn: true},
		{
			POST: "/organizations/apply/{org}", Do: p.visitors.organizations.ResubmitApplication, SignedIn: true,
			PerMinute: 20,
		},
		{GET: "/organizations/{slug}", Do: p.visitors.organizations.ShowOrganization},

		{GET: "/password", Do: p.visitors.password.ShowRequest},
		{POST: "/password", Do: p.visitors.password.RequestReset, PerMinute: 20},
		{GET: "/password/{token}", Do: p.visitors.password.ShowNewPassword, PerMinute: 30},
		{POST: "/password/{token}", Do: p.visitors.password.SetPassword, PerMinute: 30},

		{GET: "/privacy", Do: p.visitors.info.ShowPrivacy},

		{GET: "/register", Do: p.visitors.register.ShowRegistration},
		{POST: "/register", Do: p.visitors.register.Register, PerMinute: 30},
		{GET: "/register/code", Do: p.visitors.register.ShowCode},
		{POST: "/register/code", Do: p.visitors.register.ConfirmCode, PerMinute: 60},
		{POST: "/register/code/resend", Do: p.visitors.register.ResendCode, PerMinute: 20},

		{POST: "/shifts/{id}/signup", Do: p.visitors.events.SignUp},
		{POST: "/signups/{id}/cancel", Do: p.visitors.events.CancelSignup, SignedIn: true},
		{GET: "/totals", Do: p.visitors.totals.ShowTotals},
	}
}

// volunteerRoutes are a volunteer's own pages.
func (p *pages) volunteerRoutes() []route {
	return []route{
		{GET: "/me", Do: p.me.home.ShowHome, SignedIn: true},
		{GET: "/me/book", Do: p.me.book.ShowBook, SignedIn: true},
		{POST: "/me/calendar/renew", Do: p.me.home.RenewCalendar, SignedIn: true, PerMinute: 10},

		{GET: "/me/guardian", Do: p.me.guardian.ShowGuardian, SignedIn: true},
		{POST: "/me/guardian", Do: p.me.guardian.AskGuardian, SignedIn: true, PerMinute: 20},

		{POST: "/me/guardians/{id}/resend", Do: p.me.guardian.ResendGuardian, SignedIn: true, PerMinute: 20},

		{GET: "/me/profile", Do: p.me.profile.ShowProfile, SignedIn: true},
		{POST: "/me/profile", Do: p.me.profile.SaveProfile, SignedIn: true, PerMinute: 20},

		{GET: "/me/security", Do: p.me.security.ShowSecurity, SignedIn: true},
		{POST: "/me/security", Do: p.me.security.ChangePassword, SignedIn: true, PerMinute: 10},
		{POST: "/me/security/codes", Do: p.me.security.RenewCodes, SignedIn: true, Fresh: true, PerMinute: 10},
		{GET: "/me/security/email", Do: p.me.security.ShowEmail, SignedIn: true, Fresh: true},
		{POST: "/me/security/email", Do: p.me.security.RequestEmail, SignedIn: true, Fresh: true, PerMinute: 10},
		{POST: "/me/security/email/code", Do: p.me.security.ConfirmEmail, SignedIn: true, PerMinute: 30},
		{GET: "/me/security/factor", Do: p.me.security.ShowApp, SignedIn: true, Fresh: true},
		{POST: "/me/security/factor", Do: p.me.security.AddApp, SignedIn: true, Fresh: true, PerMinute: 30},
		{POST: "/me/security/factor/remove", Do: p.me.security.RemoveApp, SignedIn: true, Fresh: true, PerMinute: 10},
		{POST: "/me/security/passkeys", Do: p.me.security.AddPasskey, SignedIn: true, Fresh: true, PerMinute: 20},
		{POST: "/me/security/passkeys/ask", Do: p.me.security.AskPasskey, SignedIn: true, Fresh: true, PerMinute: 20},
		{
			POST: "/me/security/passkeys/{passkey}/remove", Do: p.me.security.RemovePasskey, SignedIn: true,
			Fresh:     true,
			PerMinute: 20,
		},
		{POST: "/me/security/sessions/end", Do: p.me.security.EndOtherSessions, SignedIn: true, PerMinute: 20},
		{POST: "/me/security/sessions/{session}/end", Do: p.me.security.EndSession, SignedIn: true, PerMinute: 30},

		{POST: "/me/signups/{id}/explain", Do: p.me.home.ExplainAbsence, SignedIn: true, PerMinute: 20},
		{GET: "/me/tickets/{id}", Do: p.me.home.ShowTicket, SignedIn: true},
	}
}

// deskRoutes are where coordinators run their campaigns and events.
func (p *pages) deskRoutes() []route {
	return []route{
		{GET: "/desk", Do: p.desk.home.ShowHome, Can: account.RunEvents},

		{GET: "/desk/campaigns", Do: p.desk.campaigns.ListCampaigns, Can: account.RunEvents},
		{GET: "/desk/campaigns/new", Do: p.desk.campaigns.NewCampaign, Can: account.RunEvents},
		{POST: "/desk/campaigns/new", Do: p.desk.campaigns.CreateCampaign, Can: account.RunEvents},
		{GET: "/desk/campaigns/{campaign}", Do: p.desk.campaigns.EditCampaign, Can: account.RunEvents},
		{POST: "/desk/campaigns/{campaign}", Do: p.desk.campaigns.SaveCampaign, Can: account.RunEvents},
		{POST: "/desk/campaigns/{campaign}/archive", Do: p.desk.campaigns.ArchiveCampaign, Can: account.RunEvents},
		{POST: "/desk/campaigns/{campaign}/publish", Do: p.desk.campaigns.PublishCampaign, Can: account.RunEvents},

		{POST: "/desk/doors/{id}/close", Do: p.desk.checkin.RevokeHelperLink, Can: account.RunEvents},

		{GET: "/desk/events", Do: p.desk.events.ListEvents, Can: account.RunEvents},
		{GET: "/desk/events/new", Do: p.desk.events.NewEvent, Can: account.RunEvents},
		{POST: "/desk/events/new", Do: p.desk.events.CreateEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}", Do: p.desk.events.ShowEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/cancel", Do: p.desk.events.ShowCancel, Can: account.RunEvents},
		{POST: "/desk/events/{id}/cancel", Do: p.desk.events.CancelEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/checkin", Do: p.desk.checkin.ShowCheckIn, Can: account.RunEvents},
		{POST: "/desk/events/{id}/checkin", Do: p.desk.checkin.CheckIn, Can: account.RunEvents},
		{POST: "/desk/events/{id}/checkin/add", Do: p.desk.checkin.AddWalkIn, Can: account.RunEvents},
		{POST: "/desk/events/{id}/delete", Do: p.desk.events.DeleteEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/doors", Do: p.desk.checkin.ShowHelperLinks, Can: account.RunEvents},
		{POST: "/desk/events/{id}/doors", Do: p.desk.checkin.CreateHelperLink, Can: account.RunEvents},
		{POST: "/desk/events/{id}/duplicate", Do: p.desk.events.DuplicateEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/edit", Do: p.desk.events.EditEvent, Can: account.RunEvents},
		{POST: "/desk/events/{id}/edit", Do: p.desk.events.SaveEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/hours", Do: p.desk.hours.ShowHours, Can: account.RunEvents},
		{POST: "/desk/events/{id}/hours", Do: p.desk.hours.SaveHours, Can: account.RunEvents},
		{GET: "/desk/events/{id}/messages", Do: p.desk.messages.ShowMessages, Can: account.RunEvents},
		{POST: "/desk/events/{id}/messages", Do: p.desk.messages.SendMessage, Can: account.RunEvents},
		{POST: "/desk/events/{id}/publish", Do: p.desk.events.PublishEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/repeat", Do: p.desk.events.ShowRepeat, Can: account.RunEvents},
		{POST: "/desk/events/{id}/repeat", Do: p.desk.events.RepeatEvent, Can: account.RunEvents},
		{GET: "/desk/events/{id}/roster", Do: p.desk.roster.ShowRoster, Can: account.RunEvents},
		{POST: "/desk/events/{id}/roster", Do: p.desk.roster.AddToRoster, Can: account.RunEvents, PerMinute: 60},
		{GET: "/desk/events/{id}/roster.csv", Do: p.desk.roster.ExportRoster, Can: account.RunEvents, Fresh: true},
		{GET: "/desk/events/{id}/roster.xlsx", Do: p.desk.roster.ExportRoster, Can: account.RunEvents, Fresh: true},
		{GET: "/desk/events/{id}/roster/import", Do: p.desk.roster.ShowImport, Can: account.RunEvents},
		{
			POST: "/desk/events/{id}/roster/import", Do: p.desk.roster.ImportRoster, Can: account.RunEvents,
			PerMinute: 20,
		},
		{GET: "/desk/events/{id}/roster/print", Do: p.desk.roster.PrintRoster, Can: account.RunEvents},

		{GET: "/desk/import", Do: p.desk.imports.ShowUpload, Can: account.RunEvents},
		{
			POST: "/desk/import", Do: p.desk.imports.UploadFile, Can: account.RunEvents, PerMinute: 20,
			MaxBody: 11 << 20,
		},
		{GET: "/desk/import/template/{form:xlsx|csv}", Do: p.desk.imports.DownloadTemplate, Can: account.RunEvents},
		{GET: "/desk/import/{import}", Do: p.desk.imports.ShowImport, Can: account.RunEvents},
		{POST: "/desk/import/{import}", Do: p.desk.imports.ConfirmImport, Can: account.RunEvents},

		{GET: "/desk/organizations", Do: p.desk.organizations.ListOrganizations, Can: account.RunEvents},
		{GET: "/desk/organizations/{org}", Do: p.desk.organizations.EditOrganization, Can: account.RunEvents},
		{POST: "/desk/organizations/{org}", Do: p.desk.organizations.SaveOrganization, Can: account.RunEvents},
		{
			POST: "/desk/organizations/{org}/invitations/{invitation}/cancel",
			Do:   p.desk.organizations.CancelInvitation,
			Can:  account.RunEvents,
		},
		{
			POST: "/desk/organizations/{org}/logo", Do: p.desk.organizations.SaveLogo, Can: account.RunEvents,
			PerMinute: 20, MaxBody: 5 << 20,
		},
		{POST: "/desk/organizations/{org}/logo/remove", Do: p.desk.organizations.RemoveLogo, Can: account.RunEvents},
		{GET: "/desk/organizations/{org}/people", Do: p.desk.organizations.ShowPeople, Can: account.RunEvents},
		{
			POST: "/desk/organizations/{org}/people", Do: p.desk.organizations.InvitePerson, Can: account.RunEvents,
			PerMinute: 20,
		},
		{
			POST: "/desk/organizations/{org}/people/{person}/remove", Do: p.desk.organizations.RemovePerson,
			Can: account.RunEvents,
		},
		{GET: "/desk/organizations/{org}/totals", Do: p.desk.organizations.ShowTotals, Can: account.RunEvents},
		{
			GET: "/desk/organizations/{org}/totals/{form:xlsx|csv}", Do: p.desk.organizations.ExportTotals,
			Can: account.RunEvents,
		},

		{GET: "/desk/signups/{id}", Do: p.desk.roster.ShowPerson, Can: account.RunEvents},
		{POST: "/desk/signups/{id}/hours", Do: p.desk.hours.CorrectHours, Can: account.RunEvents},
		{POST: "/desk/signups/{id}/move", Do: p.desk.roster.MovePerson, Can: account.RunEvents},
		{POST: "/desk/signups/{id}/promote", Do: p.desk.roster.PromotePerson, Can: account.RunEvents},
		{POST: "/desk/signups/{id}/remove", Do: p.desk.roster.RemovePerson, Can: account.RunEvents},
		{POST: "/desk/signups/{id}/restore", Do: p.desk.roster.RestorePerson, Can: account.RunEvents},

		// a helper without an account, by a link
		{GET: "/door/{token}", Do: p.desk.checkin.ShowHelperList, PerMinute: 300},
		{POST: "/door/{token}", Do: p.desk.checkin.CheckInAsHelper, PerMinute: 600},
	}
}

// staffRoutes are the headquarters' own pages.
func (p *pages) staffRoutes() []route {
	return []route{
		{GET: "/hq", Do: p.hq.totals.ShowReport, Can: account.SeeReports},

		{GET: "/hq/audit", Do: p.hq.audit.ShowAudit, Can: account.SeeAudit},
		{
			POST: "/hq/audit/export", Do: p.hq.audit.ExportAudit, Can: account.SeeAudit, AndCan: account.ExportPeople,
			Fresh: true, PerMinute: 10,
		},

		{GET: "/hq/deliveries", Do: p.hq.deliveries.ShowKinds, Can: account.ManageDeliveries},
		{POST: "/hq/deliveries", Do: p.hq.deliveries.AddKind, Can: account.ManageDeliveries},
		{POST: "/hq/deliveries/{kind}", Do: p.hq.deliveries.ChangeKind, Can: account.ManageDeliveries},

		{GET: "/hq/exports", Do: p.hq.exports.ShowExports, Can: account.ExportPeople},
		{
			POST: "/hq/exports/register", Do: p.hq.exports.ExportRegister, Can: account.ExportPeople, Fresh: true,
			PerMinute: 10,
		},
		{GET: "/hq/exports/{export}", Do: p.hq.exports.ShowExport, Can: account.ExportPeople},
		{GET: "/hq/exports/{export}/file", Do: p.hq.exports.DownloadExport, Can: account.ExportPeople, PerMinute: 30},

		{GET: "/hq/import", Do: p.hq.imports.ShowUpload, Can: account.ImportHistory},
		{
			POST: "/hq/import", Do: p.hq.imports.UploadFile, Can: account.ImportHistory, PerMinute: 20,
			MaxBody: 11 << 20,
		},
		{GET: "/hq/import/template", Do: p.hq.imports.DownloadTemplate, Can: account.ImportHistory},
		{GET: "/hq/import/{import}", Do: p.hq.imports.ShowImport, Can: account.ImportHistory},
		{POST: "/hq/import/{import}", Do: p.hq.imports.ConfirmImport, Can: account.ImportHistory},

		{GET: "/hq/organizations", Do: p.hq.organizations.ShowOrganizations, Can: account.ManageOrganizations},
		{GET: "/hq/organizations/new", Do: p.hq.organizations.ShowNewOrganization, Can: account.ManageOrganizations},
		{POST: "/hq/organizations/new", Do: p.hq.organizations.AddOrganization, Can: account.ManageOrganizations},
		{GET: "/hq/organizations/{org}", Do: p.hq.organizations.ShowOrganization, Can: account.ManageOrganizations},
		{POST: "/hq/organizations/{org}", Do: p.hq.organizations.SaveOrganization, Can: account.ManageOrganizations},
		{POST: "/hq/organizations/{org}/approve", Do: p.hq.review.ApproveApplication, Can: account.Review},
		{GET: "/hq/organizations/{org}/merge", Do: p.hq.organizations.ShowMerge, Can: account.ManageOrganizations},
		{
			POST: "/hq/organizations/{org}/merge", Do: p.hq.organizations.MergeOrganizations,
			Can: account.ManageOrganizations, Fresh: true,
		},
		{POST: "/hq/organizations/{org}/return", Do: p.hq.review.ReturnApplication, Can: account.Review},
		{POST: "/hq/organizations/{org}/state", Do: p.hq.organizations.SetState, Can: account.ManageOrganizations},

		{GET: "/hq/people", Do: p.hq.people.ShowPeople, Can: account.ManagePeople},
		{GET: "/hq/people/{person}", Do: p.hq.people.ShowPerson, Can: account.ManagePeople},
		{POST: "/hq/people/{person}/birthdate", Do: p.hq.people.CorrectBirthDate, Can: account.ManagePeople},
		{
			POST: "/hq/people/{person}/factor/reset", Do: p.hq.people.ResetMFA, Can: account.ManageStaff, Fresh: true,
			PerMinute: 20,
		},
		{GET: "/hq/people/{person}/merge", Do: p.hq.people.ShowMerge, Can: account.ManagePeople},
		{POST: "/hq/people/{person}/merge", Do: p.hq.people.MergePeople, Can: account.ManagePeople, Fresh: true},
		{
			POST: "/hq/people/{person}/organizations", Do: p.hq.people.AddOrganization,
			Can:   account.ManageOrganizations,
			Fresh: true,
		},
		{
			POST: "/hq/people/{person}/organizations/{org}/remove", Do: p.hq.people.RemoveOrganization,
			Can: account.ManageOrganizations, Fresh: true,
		},
		{POST: "/hq/people/{person}/restore", Do: p.hq.people.RestorePerson, Can: account.ManagePeople},
		{POST: "/hq/people/{person}/role", Do: p.hq.people.SetRole, Can: account.ManageStaff, Fresh: true},
		{POST: "/hq/people/{person}/suspend", Do: p.hq.people.SuspendPerson, Can: account.ManagePeople},

		{POST: "/hq/report", Do: p.hq.totals.ExportReport, Can: account.SeeReports, PerMinute: 20},

		{GET: "/hq/review", Do: p.hq.review.ShowQueue, Can: account.Review},
		{POST: "/hq/review/{id}/approve", Do: p.hq.review.ApproveEvent, Can: account.Review},
		{POST: "/hq/review/{id}/return", Do: p.hq.review.ReturnEvent, Can: account.Review},

		{GET: "/hq/settings", Do: p.hq.settings.ShowSettings, Can: account.SetCity},
		{POST: "/hq/settings", Do: p.hq.settings.SaveSettings, Can: account.SetCity, MaxBody: 128 << 10},
		{GET: "/hq/settings/consents", Do: p.hq.settings.ShowConsents, Can: account.SetCity},
		{POST: "/hq/settings/consents", Do: p.hq.settings.PublishConsent, Can: account.SetCity, MaxBody: 256 << 10},

		{GET: "/hq/totals/{view}", Do: p.hq.totals.ShowRows, Can: account.SeeReports},
		{
			POST: "/hq/totals/{view}/export", Do: p.hq.totals.ExportRows, Can: account.SeeReports,
			AndCan: account.ExportPeople, Fresh: true, PerMinute: 10,
		},
	}
}

// machineRoutes have no language in their address.
func (p *pages) machineRoutes() []route {
	return []route{
		{GET: "/", Do: p.visitors.machine.RedirectHome},

		{GET: "/c/{token}", Do: p.desk.checkin.ShowScan, PerMinute: 300},
		{POST: "/c/{token}", Do: p.desk.checkin.CheckInTicket, PerMinute: 300},

		{GET: "/calendar/{token}", Do: p.visitors.events.SendCalendar, PerMinute: 600},

		{GET: "/favicon.ico", Do: p.visitors.machine.RedirectFavicon},
		{GET: "/healthz", Do: p.visitors.machine.ShowHealth},
		{GET: "/logos/{hash:[0-9a-f]{24}}.png", Do: p.visitors.organizations.SendLogo},
		{GET: "/readyz", Do: p.visitors.machine.ShowReadiness},
		{GET: "/robots.txt", Do: p.visitors.machine.SendRobots},
		{GET: "/sitemap.xml", Do: p.visitors.machine.SendSitemap},
	}
}

// demoRoutes are there in the demonstration only.
func (p *pages) demoRoutes() []route {
	if p.demo.ShowCodes == nil {
		return nil
	}
	return []route{
		{GET: "/dev/code", Do: p.demo.ShowCodes},
		{GET: "/dev/outbox", Do: p.demo.ShowOutbox},
	}
}
