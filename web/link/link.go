// Package link builds the portal's own URLs, so that no page or mail writes one by hand. The
// routes they meet stand in internal/server/routes.go; a test holds the two together.
package link

import (
	"net/url"
	"strconv"
	"strings"

	"shtab/internal/i18n"
)

func in(l i18n.Lang, parts ...string) string { return "/" + string(l) + strings.Join(parts, "") }

func id(n int64) string { return strconv.FormatInt(n, 10) }

// In puts a path without a language under l: In(RU, "/events") is "/ru/events".
func In(l i18n.Lang, path string) string { return in(l, strings.TrimSuffix(path, "/")) }

// Split takes the language off a path; rest begins with "/" or is empty.
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

// Home is the first page.
func Home(l i18n.Lang) string { return in(l) }

// Events is the list of coming events, with filters or nil.
func Events(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/events")
	}
	return in(l, "/events?", filter.Encode())
}

// Event is an event's page; EventICS its calendar file; EventFeed the Atom feed of coming events.
func Event(l i18n.Lang, event int64) string    { return in(l, "/events/", id(event)) }
func EventICS(l i18n.Lang, event int64) string { return in(l, "/events/", id(event), ".ics") }
func EventFeed(l i18n.Lang) string             { return in(l, "/events.atom") }

// ShiftICS is the calendar file of one of an event's shifts.
func ShiftICS(l i18n.Lang, event, shift int64) string {
	return EventICS(l, event) + "?shift=" + id(shift)
}

// EventShift is an event's page with one of its shifts in view.
func EventShift(l i18n.Lang, event, shift int64) string {
	return in(l, "/events/", id(event), "?shift=", id(shift)) + "#shift-" + id(shift)
}

// Campaigns, Campaign, Organizations and Organization are the public pages of each.
func Campaigns(l i18n.Lang) string                 { return in(l, "/campaigns") }
func Campaign(l i18n.Lang, slug string) string     { return in(l, "/campaigns/", slug) }
func Organizations(l i18n.Lang) string             { return in(l, "/organizations") }
func Organization(l i18n.Lang, slug string) string { return in(l, "/organizations/", slug) }

// Apply asks the headquarters to take an organisation in; Application is one that one has handed in.
func Apply(l i18n.Lang) string                  { return Organizations(l) + "/apply" }
func Application(l i18n.Lang, org int64) string { return Apply(l) + "/" + id(org) }

// Totals, Help and Privacy are the public figures, the door for who needs help, and the
// personal-data text.
func Totals(l i18n.Lang) string  { return in(l, "/totals") }
func Help(l i18n.Lang) string    { return in(l, "/help") }
func Privacy(l i18n.Lang) string { return in(l, "/privacy") }

// Register begins an account; next is the page to go on to, or empty.
func Register(l i18n.Lang, next string) string { return in(l, "/register", withNext(next)) }

// RegisterCode asks for the mailed code; RegisterResend mails another.
func RegisterCode(l i18n.Lang) string   { return in(l, "/register/code") }
func RegisterResend(l i18n.Lang) string { return in(l, "/register/code/resend") }

// Login signs in; next is the page to go on to, or empty.
func Login(l i18n.Lang, next string) string { return in(l, "/login", withNext(next)) }
func Logout(l i18n.Lang) string             { return in(l, "/logout") }

// Password asks for a reset link; PasswordToken is the link.
func Password(l i18n.Lang) string                    { return in(l, "/password") }
func PasswordToken(l i18n.Lang, token string) string { return in(l, "/password/", token) }

// LoginFactor asks for the second factor after the password; Again asks once more who it is, and
// with unsent says that a form was not sent. Next is the page to go on to, or empty.
func LoginFactor(l i18n.Lang, next string) string { return in(l, "/login/factor", withNext(next)) }

func Again(l i18n.Lang, next string, unsent bool) string {
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

// LoginPasskey (POST) takes a passkey, after LoginPasskeyAsk (POST, from a script) has asked for it.
func LoginPasskey(l i18n.Lang) string    { return in(l, "/login/passkey") }
func LoginPasskeyAsk(l i18n.Lang) string { return in(l, "/login/passkey/ask") }

// SecurityApp adds an authenticator app, SecurityCodes (POST) draws new recovery codes, SecurityEmail
// changes the e-mail; SecurityDo is another deed below /me/security: "factor/remove", "passkeys",
// "passkeys/ask", "sessions/end", "email/code". PasskeyRemove takes a passkey away. SessionEnd signs one browser out, FactorReset (POST) is an administrator's help for
// who has lost every second factor.
func SecurityApp(l i18n.Lang, next string) string { return Security(l) + "/factor" + withNext(next) }
func SecurityCodes(l i18n.Lang) string            { return Security(l) + "/codes" }
func SecurityEmail(l i18n.Lang) string            { return Security(l) + "/email" }
func SecurityDo(l i18n.Lang, deed string) string  { return Security(l) + "/" + deed }

func PasskeyRemove(l i18n.Lang, passkey int64) string {
	return Security(l) + "/passkeys/" + id(passkey) + "/remove"
}

func SessionEnd(l i18n.Lang, session int64) string {
	return Security(l) + "/sessions/" + id(session) + "/end"
}

func FactorReset(l i18n.Lang, person int64) string {
	return in(l, "/hq/people/", id(person), "/factor/reset")
}

// Signup takes a place in a shift, Cancel gives a sign-up up (both POST).
func Signup(l i18n.Lang, shift int64) string  { return in(l, "/shifts/", id(shift), "/signup") }
func Cancel(l i18n.Lang, signup int64) string { return in(l, "/signups/", id(signup), "/cancel") }

// Me is the volunteer's own page, and below it their settings.
func Me(l i18n.Lang) string               { return in(l, "/me") }
func Ticket(l i18n.Lang, s int64) string  { return in(l, "/me/tickets/", id(s)) }
func Explain(l i18n.Lang, s int64) string { return in(l, "/me/signups/", id(s), "/explain") }
func Book(l i18n.Lang) string             { return in(l, "/me/book") }
func Profile(l i18n.Lang) string          { return in(l, "/me/profile") }
func Security(l i18n.Lang) string         { return in(l, "/me/security") }
func CalendarRenew(l i18n.Lang) string    { return in(l, "/me/calendar/renew") }

// MyGuardian is where a volunteer asks a guardian, MyGuardianResend mails the question again.
func MyGuardian(l i18n.Lang) string { return in(l, "/me/guardian") }

func MyGuardianResend(l i18n.Lang, g int64) string { return in(l, "/me/guardians/", id(g), "/resend") }

// Guardian is a guardian's page behind a mailed link; GuardianDo one of its deeds: choose, agree,
// refuse, withdraw, copies, disown.
func Guardian(l i18n.Lang, token string) string       { return in(l, "/guardian/", token) }
func GuardianDo(l i18n.Lang, token, do string) string { return Guardian(l, token) + "/" + do }

// Desk and HQ are the coordinators' and the staff's front rooms.
func Desk(l i18n.Lang) string { return in(l, "/desk") }
func HQ(l i18n.Lang) string   { return in(l, "/hq") }

// DeskEvent is an event's own place at the desk; DeskEventEdit its form, DeskRoster who is in,
// DeskCheckIn the door, DeskHours the confirmation of hours.
func DeskEvent(l i18n.Lang, event int64) string     { return in(l, "/desk/events/", id(event)) }
func DeskEventEdit(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/edit" }
func DeskRoster(l i18n.Lang, event int64) string    { return DeskEvent(l, event) + "/roster" }
func DeskCheckIn(l i18n.Lang, event int64) string   { return DeskEvent(l, event) + "/checkin" }
func DeskHours(l i18n.Lang, event int64) string     { return DeskEvent(l, event) + "/hours" }

// DeskCampaigns, DeskCampaignNew and DeskCampaign are the campaigns that an organisation keeps;
// DeskOrganizations and DeskOrganization its own page and people; DeskImport brings events from a
// spreadsheet.
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

// DeskOrganizationDo is a deed or part of an organisation's place at the desk: logo, people,
// totals. Logo is its picture; Invitation the link that asks somebody to act for it.
func DeskOrganizationDo(l i18n.Lang, org int64, do string) string {
	return DeskOrganization(l, org) + "/" + do
}
func Logo(hash string) string                     { return "/logos/" + hash + ".png" }
func Invitation(l i18n.Lang, token string) string { return in(l, "/invitations/", token) }

// DeskEventNew is the form of a new event, DeskEventPublish (POST) shows it to all.
func DeskEventNew(l i18n.Lang) string                  { return in(l, "/desk/events/new") }
func DeskEventPublish(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/publish" }

// DeskEvents is all events that one runs, with a filter or nil. DeskEventDo is what can be made of
// one: "duplicate", "repeat", "cancel", "delete".
func DeskEvents(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/desk/events")
	}
	return in(l, "/desk/events?", filter.Encode())
}

func DeskEventDo(l i18n.Lang, event int64, deed string) string {
	return DeskEvent(l, event) + "/" + deed
}

// HQReview is the events that wait for the headquarters, HQReviewDo what it decides about one:
// "approve", "return" (POST).
func HQReview(l i18n.Lang, after string) string {
	if after == "" {
		return in(l, "/hq/review")
	}
	return in(l, "/hq/review?after=", url.QueryEscape(after))
}

func HQReviewDo(l i18n.Lang, event int64, deed string) string {
	return in(l, "/hq/review/", id(event), "/", deed)
}

// HQSettings is what an administrator sets of the city, HQConsents the texts that people agree to.
func HQSettings(l i18n.Lang) string { return in(l, "/hq/settings") }
func HQConsents(l i18n.Lang) string { return in(l, "/hq/settings/consents") }

// HQAudit is who did what, with filters or nil; HQAuditExport (POST) the same as a file.
func HQAudit(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/hq/audit")
	}
	return in(l, "/hq/audit?", filter.Encode())
}
func HQAuditExport(l i18n.Lang) string { return in(l, "/hq/audit/export") }

// HQAuditOf is the audit of one object.
func HQAuditOf(l i18n.Lang, object string, n int64) string {
	return HQAudit(l, url.Values{"object": {object}, "object_id": {id(n)}})
}

// HQPeople is the register of people, with filters or nil; HQPerson one of them, and HQPersonDo
// what becomes of their account: role, organizations, suspend, restore, birthdate, merge.
func HQPeople(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/hq/people")
	}
	return in(l, "/hq/people?", filter.Encode())
}
func HQPerson(l i18n.Lang, person int64) string { return in(l, "/hq/people/", id(person)) }
func HQPersonDo(l i18n.Lang, person int64, deed string) string {
	return HQPerson(l, person) + "/" + deed
}

// HQTotals is the headquarters' figures under filters; HQRows the rows that make one, HQRowsExport
// (POST) the same as a file.
func HQTotals(l i18n.Lang, filter url.Values) string { return in(l, "/hq?", filter.Encode()) }

func HQRows(l i18n.Lang, view string, filter url.Values) string {
	return in(l, "/hq/totals/", view, "?", filter.Encode())
}
func HQRowsExport(l i18n.Lang, view string) string { return in(l, "/hq/totals/", view, "/export") }

// HQReport (POST) is the whole first page as a workbook.
func HQReport(l i18n.Lang) string { return in(l, "/hq/report") }

// HQImport takes a file of the years before the portal, HQImported is one that was read;
// HQImportTemplate an empty one.
func HQImport(l i18n.Lang) string               { return in(l, "/hq/import") }
func HQImported(l i18n.Lang, file int64) string { return HQImport(l) + "/" + id(file) }
func HQImportTemplate(l i18n.Lang) string       { return HQImport(l) + "/template" }

// HQExports are the files that stand on no other page, HQExportRegister (POST) the ministry's
// register; HQExport is how far one has come that a job makes, HQExportFile the file.
func HQExports(l i18n.Lang) string                  { return in(l, "/hq/exports") }
func HQExportRegister(l i18n.Lang) string           { return HQExports(l) + "/register" }
func HQExport(l i18n.Lang, export int64) string     { return HQExports(l) + "/" + id(export) }
func HQExportFile(l i18n.Lang, export int64) string { return HQExport(l, export) + "/file" }

// HQOrganizations is the register of bodies, with filters or nil; HQOrganization one of them, and
// HQOrganizationDo what becomes of it: state, approve, return, merge.
func HQOrganizations(l i18n.Lang, filter url.Values) string {
	if len(filter) == 0 {
		return in(l, "/hq/organizations")
	}
	return in(l, "/hq/organizations?", filter.Encode())
}
func HQOrganizationNew(l i18n.Lang) string         { return in(l, "/hq/organizations/new") }
func HQOrganization(l i18n.Lang, org int64) string { return in(l, "/hq/organizations/", id(org)) }
func HQOrganizationDo(l i18n.Lang, org int64, deed string) string {
	return HQOrganization(l, org) + "/" + deed
}

// DeskRosterOf is the roster with a filter; DeskRosterPrint the list for paper, DeskRosterFile
// the list as a file ("xlsx", "csv"), DeskRosterImport the way back of such a file.
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

// DeskMessages is what coordinators write to an event's people.
func DeskMessages(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/messages" }

// DeskSignup is somebody's sign-up at the desk; DeskSignupDo is what can be done about it:
// "move", "promote", "remove", "restore" (all POST).
func DeskSignup(l i18n.Lang, signup int64) string { return in(l, "/desk/signups/", id(signup)) }

func DeskSignupDo(l i18n.Lang, signup int64, deed string) string {
	return DeskSignup(l, signup) + "/" + deed
}

// DeskSignupHours (POST) corrects somebody's confirmed hours; HQDeliveries is the list of things
// that events deliver.
func DeskSignupHours(l i18n.Lang, signup int64) string { return DeskSignupDo(l, signup, "hours") }
func HQDeliveries(l i18n.Lang) string                  { return HQ(l) + "/deliveries" }
func HQDelivery(l i18n.Lang, kind string) string       { return HQDeliveries(l) + "/" + kind }

// DeskWalkIn (POST) adds somebody on the spot.
func DeskWalkIn(l i18n.Lang, event int64) string { return DeskCheckIn(l, event) + "/add" }

// DeskHelperLinks is an event's links for helpers, RevokeHelperLink (POST) ends one, HelperList is the page that
// one opens.
func DeskHelperLinks(l i18n.Lang, event int64) string { return DeskEvent(l, event) + "/doors" }

func RevokeHelperLink(l i18n.Lang, helperLink int64) string {
	return in(l, "/desk/doors/", id(helperLink), "/close")
}
func HelperList(l i18n.Lang, token string) string { return in(l, "/door/", token) }

// Scan is what a ticket's QR holds; Calendar the private feed. Neither has a language.
func Scan(ticket string) string    { return "/c/" + ticket }
func Calendar(token string) string { return "/calendar/" + token + ".ics" }

func withNext(next string) string {
	if next == "" {
		return ""
	}
	return "?next=" + url.QueryEscape(next)
}

// Safe is next when it is a path of ours that may be shown after a form, otherwise empty: never
// another host, never a page that acts.
func Safe(next string) string {
	if len(next) > 300 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") {
		return ""
	}
	u, err := url.Parse(next)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return ""
	}
	_, rest, ok := Split(u.Path)
	if !ok || strings.HasPrefix(rest, "/log") || strings.HasPrefix(rest, "/register") || strings.HasPrefix(rest, "/password") {
		return ""
	}
	return next
}
