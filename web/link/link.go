// Package link builds the portal's own URLs, so that no page or mail writes one by hand. The routes are
// in web/portal/routes.go; a test checks that every URL has its route.
package link

import (
	"net/url"
	"strconv"
	"strings"

	"shtab/internal/i18n"
)

func in(l i18n.Lang, parts ...string) string { return "/" + string(l) + strings.Join(parts, "") }

func id(n int64) string { return strconv.FormatInt(n, 10) }

// In prefixes a path without a language with l: In(RU, "/events") is "/ru/events".
func In(l i18n.Lang, path string) string { return in(l, strings.TrimSuffix(path, "/")) }

// Split separates the language from the rest of a path; rest begins with "/" or is empty.
func Split(path string) (l i18n.Lang, rest string, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	l, ok = i18n.Parse(first)
	if !ok {
		return "", path, false
	}
	if rest != "" {
		rest = "/" + rest
	}
	return l, rest, true
}

// Home is the home page.
func Home(l i18n.Lang) string { return in(l) }

// Events is the list of coming events, with filters or nil.
func Events(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/events")
	}
	return in(l, "/events?", filter.Encode())
}

// Event is an event's page, EventICS its calendar file, EventFeed the Atom feed of coming events.
func Event(l i18n.Lang, event int64) string    { return in(l, "/events/", id(event)) }
func EventICS(l i18n.Lang, event int64) string { return in(l, "/events/", id(event), ".ics") }
func EventFeed(l i18n.Lang) string             { return in(l, "/events.atom") }

// ShiftICS is the calendar file of one of an event's shifts.
func ShiftICS(l i18n.Lang, event, shift int64) string {
	return EventICS(l, event) + "?shift=" + id(shift)
}

// EventShift is an event's page, scrolled to one of its shifts.
func EventShift(l i18n.Lang, event, shift int64) string {
	return in(l, "/events/", id(event), "?shift=", id(shift)) + "#shift-" + id(shift)
}

// Campaigns, Campaign, Organizations and Organization are the public pages of each.
func Campaigns(l i18n.Lang) string                 { return in(l, "/campaigns") }
func Campaign(l i18n.Lang, slug string) string     { return in(l, "/campaigns/", slug) }
func Organizations(l i18n.Lang) string             { return in(l, "/organizations") }
func Organization(l i18n.Lang, slug string) string { return in(l, "/organizations/", slug) }

// Apply is the application form of a new organisation, Application one's own open application.
func Apply(l i18n.Lang) string                  { return Organizations(l) + "/apply" }
func Application(l i18n.Lang, org int64) string { return Apply(l) + "/" + id(org) }

// Totals is the page of public figures, Help the page for people who need help, Privacy the text on
// personal data.
func Totals(l i18n.Lang) string  { return in(l, "/totals") }
func Help(l i18n.Lang) string    { return in(l, "/help") }
func Privacy(l i18n.Lang) string { return in(l, "/privacy") }

// Register is the form for a new account; next is the page to continue with, or empty.
func Register(l i18n.Lang, next string) string { return in(l, "/register", withNext(next)) }

// RegisterCode asks for the mailed code; RegisterResend (POST) mails another.
func RegisterCode(l i18n.Lang) string   { return in(l, "/register/code") }
func RegisterResend(l i18n.Lang) string { return in(l, "/register/code/resend") }

// Login is the login form; next is the page to continue with, or empty.
func Login(l i18n.Lang, next string) string { return in(l, "/login", withNext(next)) }
func Logout(l i18n.Lang) string             { return in(l, "/logout") }

// Password asks for a link to reset the password; PasswordToken is that link.
func Password(l i18n.Lang) string                    { return in(l, "/password") }
func PasswordToken(l i18n.Lang, token string) string { return in(l, "/password/", token) }

// LoginMFA asks for the second factor after the password. Reauthenticate asks a signed-in person for
// password and second factor again; unsent makes it say that a form was not sent. Next is the page to
// continue with, or empty.
func LoginMFA(l i18n.Lang, next string) string { return in(l, "/login/factor", withNext(next)) }

func Reauthenticate(l i18n.Lang, next string, unsent bool) string {
	q := url.Values{}
	if next != "" {
		q.Set("next", next)
	}
	if unsent {
		q.Set("unsent", "1")
	}
	if len(q) == 0 {
		return in(l, "/again")
	}
	return in(l, "/again?", q.Encode())
}

// LoginPasskeyAsk (POST, from a script) returns the challenge for a passkey, LoginPasskey (POST) checks
// the answer.
func LoginPasskey(l i18n.Lang) string    { return in(l, "/login/passkey") }
func LoginPasskeyAsk(l i18n.Lang) string { return in(l, "/login/passkey/ask") }

// SecurityApp adds an authenticator app, SecurityCodes (POST) makes new recovery codes, SecurityEmail
// changes the e-mail. SecurityAction is another action below /me/security: "factor/remove", "passkeys",
// "passkeys/ask", "sessions/end", "email/code". PasskeyRemove (POST) removes a passkey, SessionEnd (POST)
// signs one browser out.
func SecurityApp(l i18n.Lang, next string) string      { return Security(l) + "/factor" + withNext(next) }
func SecurityCodes(l i18n.Lang) string                 { return Security(l) + "/codes" }
func SecurityEmail(l i18n.Lang) string                 { return Security(l) + "/email" }
func SecurityAction(l i18n.Lang, action string) string { return Security(l) + "/" + action }

func PasskeyRemove(l i18n.Lang, passkey int64) string {
	return Security(l) + "/passkeys/" + id(passkey) + "/remove"
}

func SessionEnd(l i18n.Lang, session int64) string {
	return Security(l) + "/sessions/" + id(session) + "/end"
}

// Signup signs up for a shift, Cancel cancels a sign-up (both POST).
func Signup(l i18n.Lang, shift int64) string  { return in(l, "/shifts/", id(shift), "/signup") }
func Cancel(l i18n.Lang, signup int64) string { return in(l, "/signups/", id(signup), "/cancel") }

// Me is the volunteer's own page; the others are the pages below it.
func Me(l i18n.Lang) string               { return in(l, "/me") }
func Ticket(l i18n.Lang, s int64) string  { return in(l, "/me/tickets/", id(s)) }
func Explain(l i18n.Lang, s int64) string { return in(l, "/me/signups/", id(s), "/explain") }
func Book(l i18n.Lang) string             { return in(l, "/me/book") }
func Profile(l i18n.Lang) string          { return in(l, "/me/profile") }
func Security(l i18n.Lang) string         { return in(l, "/me/security") }
func CalendarRenew(l i18n.Lang) string    { return in(l, "/me/calendar/renew") }

// MyGuardian is where a minor asks a guardian for consent, MyGuardianResend (POST) mails the request again.
func MyGuardian(l i18n.Lang) string { return in(l, "/me/guardian") }

func MyGuardianResend(l i18n.Lang, g int64) string { return in(l, "/me/guardians/", id(g), "/resend") }

// Guardian is a guardian's page behind a mailed link, GuardianAction (POST) an action on it: choose,
// agree, refuse, withdraw, copies, disown.
func Guardian(l i18n.Lang, token string) string { return in(l, "/guardian/", token) }

func GuardianAction(l i18n.Lang, token, action string) string {
	return Guardian(l, token) + "/" + action
}

// Desk and HQ are the home pages of coordinators and of staff.
func Desk(l i18n.Lang) string { return in(l, "/desk") }
func HQ(l i18n.Lang) string   { return in(l, "/hq") }

// DeskEvent is the coordinators' page of an event, DeskEventEdit its form, DeskRoster its participants,
// DeskCheckIn its check-in, DeskHours the confirmation of hours.
func DeskEvent(l i18n.Lang, event int64) string     { return in(l, "/desk/events/", id(event)) }
func DeskEventEdit(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/edit" }
func DeskRoster(l i18n.Lang, event int64) string    { return DeskEvent(l, event) + "/roster" }
func DeskCheckIn(l i18n.Lang, event int64) string   { return DeskEvent(l, event) + "/checkin" }
func DeskHours(l i18n.Lang, event int64) string     { return DeskEvent(l, event) + "/hours" }

// DeskCampaigns, DeskCampaignNew and DeskCampaign manage an organisation's campaigns, DeskOrganizations
// and DeskOrganization its profile and coordinators. DeskImport imports events from a spreadsheet.
func DeskCampaigns(l i18n.Lang) string                { return in(l, "/desk/campaigns") }
func DeskCampaignNew(l i18n.Lang) string              { return in(l, "/desk/campaigns/new") }
func DeskCampaign(l i18n.Lang, campaign int64) string { return in(l, "/desk/campaigns/", id(campaign)) }
func DeskOrganizations(l i18n.Lang) string            { return in(l, "/desk/organizations") }
func DeskOrganization(l i18n.Lang, org int64) string  { return in(l, "/desk/organizations/", id(org)) }
func DeskImported(l i18n.Lang, file int64) string     { return in(l, "/desk/import/", id(file)) }
func DeskImportTemplate(l i18n.Lang, form string) string {
	return in(l, "/desk/import/template/", form)
}
func DeskImport(l i18n.Lang) string { return in(l, "/desk/import") }

// DeskOrganizationAction is a page or action below DeskOrganization: logo, people, totals. Logo is its
// picture, Invitation the mailed link that invites somebody to act for it.
func DeskOrganizationAction(l i18n.Lang, org int64, action string) string {
	return DeskOrganization(l, org) + "/" + action
}
func Logo(hash string) string                     { return "/logos/" + hash + ".png" }
func Invitation(l i18n.Lang, token string) string { return in(l, "/invitations/", token) }

// DeskEventNew is the form of a new event, DeskEventPublish (POST) publishes it.
func DeskEventNew(l i18n.Lang) string                  { return in(l, "/desk/events/new") }
func DeskEventPublish(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/publish" }

// DeskEvents is the list of one's own events, with a filter or nil. DeskEventAction is an action on an
// event: "duplicate", "repeat", "cancel", "delete".
func DeskEvents(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/desk/events")
	}
	return in(l, "/desk/events?", filter.Encode())
}

func DeskEventAction(l i18n.Lang, event int64, action string) string {
	return DeskEvent(l, event) + "/" + action
}

// HQReview is the list of events that wait for review, HQReviewAction (POST) a decision about one:
// "approve", "return".
func HQReview(l i18n.Lang, after string) string {
	if after == "" {
		return in(l, "/hq/review")
	}
	return in(l, "/hq/review?after=", url.QueryEscape(after))
}

func HQReviewAction(l i18n.Lang, event int64, action string) string {
	return in(l, "/hq/review/", id(event), "/", action)
}

// HQSettings is the city's settings, HQConsents the consent texts.
func HQSettings(l i18n.Lang) string { return in(l, "/hq/settings") }
func HQConsents(l i18n.Lang) string { return in(l, "/hq/settings/consents") }

// HQAudit is the audit log, with filters or nil; HQAuditExport (POST) the same as a file.
func HQAudit(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/hq/audit")
	}
	return in(l, "/hq/audit?", filter.Encode())
}
func HQAuditExport(l i18n.Lang) string { return in(l, "/hq/audit/export") }

// HQAuditOf is the audit log of one object.
func HQAuditOf(l i18n.Lang, object string, n int64) string {
	return HQAudit(l, url.Values{"object": {object}, "object_id": {id(n)}})
}

// HQPeople is the register of people, with filters or nil, HQPerson one person, HQPersonAction an action
// on the account: role, organizations, suspend, restore, birthdate, factor/reset, merge.
func HQPeople(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/hq/people")
	}
	return in(l, "/hq/people?", filter.Encode())
}
func HQPerson(l i18n.Lang, person int64) string { return in(l, "/hq/people/", id(person)) }
func HQPersonAction(l i18n.Lang, person int64, action string) string {
	return HQPerson(l, person) + "/" + action
}

// HQTotals is the figures with filters, HQRows the rows behind a figure, HQRowsExport (POST) the same as
// a file.
func HQTotals(l i18n.Lang, filter url.Values) string { return in(l, "/hq?", filter.Encode()) }

func HQRows(l i18n.Lang, view string, filter url.Values) string {
	return in(l, "/hq/totals/", view, "?", filter.Encode())
}
func HQRowsExport(l i18n.Lang, view string) string { return in(l, "/hq/totals/", view, "/export") }

// HQReport (POST) is all figures as a workbook.
func HQReport(l i18n.Lang) string { return in(l, "/hq/report") }

// HQImport imports a file of the years before the portal, HQImported is an uploaded file,
// HQImportTemplate the empty template.
func HQImport(l i18n.Lang) string               { return in(l, "/hq/import") }
func HQImported(l i18n.Lang, file int64) string { return HQImport(l) + "/" + id(file) }
func HQImportTemplate(l i18n.Lang) string       { return HQImport(l) + "/template" }

// HQExports are the exports that are on no other page, HQExportRegister (POST) the ministry's register.
// HQExport is the progress of an export that a job makes, HQExportFile the finished file.
func HQExports(l i18n.Lang) string                  { return in(l, "/hq/exports") }
func HQExportRegister(l i18n.Lang) string           { return HQExports(l) + "/register" }
func HQExport(l i18n.Lang, export int64) string     { return HQExports(l) + "/" + id(export) }
func HQExportFile(l i18n.Lang, export int64) string { return HQExport(l, export) + "/file" }

// HQOrganizations is the register of organisations, with filters or nil, HQOrganization one of them,
// HQOrganizationAction an action on it: state, approve, return, merge.
func HQOrganizations(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/hq/organizations")
	}
	return in(l, "/hq/organizations?", filter.Encode())
}
func HQOrganizationNew(l i18n.Lang) string         { return in(l, "/hq/organizations/new") }
func HQOrganization(l i18n.Lang, org int64) string { return in(l, "/hq/organizations/", id(org)) }
func HQOrganizationAction(l i18n.Lang, org int64, action string) string {
	return HQOrganization(l, org) + "/" + action
}

// DeskRosterOf is the roster with a filter, DeskRosterPrint the list for printing, DeskRosterFile the
// list as a file ("xlsx", "csv"), DeskRosterImport the import of an edited file.
func DeskRosterOf(l i18n.Lang, event int64, filter url.Values) string {
	if len(filter) == 0 {
		return DeskRoster(l, event)
	}
	return DeskRoster(l, event) + "?" + filter.Encode()
}
func DeskRosterPrint(l i18n.Lang, event int64) string  { return DeskRoster(l, event) + "/print" }
func DeskRosterImport(l i18n.Lang, event int64) string { return DeskRoster(l, event) + "/import" }
func DeskRosterFile(l i18n.Lang, event int64, ext string) string {
	return DeskRoster(l, event) + "." + ext
}

// DeskMessages is the coordinators' messages to an event's participants.
func DeskMessages(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/messages" }

// DeskSignup is the coordinators' page of a sign-up, DeskSignupAction (POST) an action on it: "move",
// "promote", "remove", "restore".
func DeskSignup(l i18n.Lang, signup int64) string { return in(l, "/desk/signups/", id(signup)) }

func DeskSignupAction(l i18n.Lang, signup int64, action string) string {
	return DeskSignup(l, signup) + "/" + action
}

// DeskSignupHours (POST) corrects confirmed hours. HQDeliveries is the list of kinds of deliveries,
// HQDelivery one of them.
func DeskSignupHours(l i18n.Lang, signup int64) string { return DeskSignupAction(l, signup, "hours") }
func HQDeliveries(l i18n.Lang) string                  { return HQ(l) + "/deliveries" }
func HQDelivery(l i18n.Lang, kind string) string       { return HQDeliveries(l) + "/" + kind }

// DeskWalkIn (POST) adds a person who came without a sign-up.
func DeskWalkIn(l i18n.Lang, event int64) string { return DeskCheckIn(l, event) + "/add" }

// DeskHelperLinks is an event's check-in links for helpers, RevokeHelperLink (POST) revokes one,
// HelperList is the page behind one.
func DeskHelperLinks(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/doors" }

func RevokeHelperLink(l i18n.Lang, helperLink int64) string {
	return in(l, "/desk/doors/", id(helperLink), "/close")
}
func HelperList(l i18n.Lang, token string) string { return in(l, "/door/", token) }

// Scan is the URL in a ticket's QR code, Calendar the private calendar feed. Neither has a language.
func Scan(ticket string) string    { return "/c/" + ticket }
func Calendar(token string) string { return "/calendar/" + token + ".ics" }

func withNext(next string) string {
	if next == "" {
		return ""
	}
	return "?next=" + url.QueryEscape(next)
}

// SafeNext returns next when it is a path of the portal to which a form may redirect, otherwise "":
// never another host, never a page of signing in or out.
func SafeNext(next string) string {
	if len(next) > 300 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t\x00") {
		return ""
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return ""
	}
	_, rest, ok := Split(u.Path)
	if !ok || strings.HasPrefix(rest, "/log") || strings.HasPrefix(rest, "/register") ||
		strings.HasPrefix(rest, "/password") {
		return ""
	}
	return next
}
