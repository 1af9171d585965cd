package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"shtab/web/portal/portaltest"
)

// open, member, desk, staff and admin are who may call a route: everybody, people with an account,
// coordinators and staff, staff alone, administrators alone.
const (
	open = iota
	member
	desk
	staff
	admin
)

// access is every route and who may call it. A route that is not listed fails the test.
var access = map[string]int{
	"GET /":                                  open,
	"GET /{lang}":                            open,
	"GET /{lang}/events":                     open,
	"GET /{lang}/events.atom":                open,
	"GET /{lang}/events/{id}":                open,
	"GET /{lang}/campaigns":                  open,
	"GET /{lang}/campaigns/{slug}":           open,
	"GET /{lang}/organizations":              open,
	"GET /{lang}/organizations/{slug}":       open,
	"GET /{lang}/totals":                     open,
	"GET /{lang}/help":                       open,
	"GET /{lang}/privacy":                    open,
	"GET /{lang}/register":                   open,
	"POST /{lang}/register":                  open,
	"GET /{lang}/register/code":              open,
	"POST /{lang}/register/code":             open,
	"POST /{lang}/register/code/resend":      open,
	"GET /{lang}/login":                      open,
	"POST /{lang}/login":                     open,
	"POST /{lang}/logout":                    open,
	"GET /{lang}/password":                   open,
	"POST /{lang}/password":                  open,
	"GET /{lang}/password/{token}":           open,
	"POST /{lang}/password/{token}":          open,
	"POST /{lang}/shifts/{id}/signup":        open,
	"POST /{lang}/signups/{id}/cancel":       member,
	"GET /{lang}/me":                         member,
	"GET /{lang}/me/tickets/{id}":            member,
	"GET /{lang}/me/book":                    member,
	"POST /{lang}/me/calendar/renew":         member,
	"GET /{lang}/me/profile":                 member,
	"POST /{lang}/me/profile":                member,
	"GET /{lang}/me/security":                member,
	"POST /{lang}/me/security":               member,
	"GET /{lang}/me/guardian":                member,
	"POST /{lang}/me/guardian":               member,
	"POST /{lang}/me/guardians/{id}/resend":  member,
	"GET /{lang}/guardian/{token}":           open,
	"POST /{lang}/guardian/{token}/choose":   open,
	"POST /{lang}/guardian/{token}/agree":    open,
	"POST /{lang}/guardian/{token}/refuse":   open,
	"POST /{lang}/guardian/{token}/withdraw": open,
	"POST /{lang}/guardian/{token}/copies":   open,
	"POST /{lang}/guardian/{token}/disown":   open,
	"GET /{lang}/desk":                       desk,
	"GET /{lang}/hq":                         staff,
	"GET /healthz":                           open,
	"GET /readyz":                            open,
	"GET /sitemap.xml":                       open,
	"GET /robots.txt":                        open,
	"GET /favicon.ico":                       open,
	"GET /c/{token}":                         open,
	"POST /{lang}/me/signups/{id}/explain":   member,
	"POST /c/{token}":                        open,
	"GET /calendar/{token}":                  open,
	"GET /dev/outbox":                        open, // of the demonstration; elsewhere 404
	"GET /static/*":                          open,

	"GET /{lang}/login/factor":                           open,
	"POST /{lang}/login/factor":                          open,
	"POST /{lang}/login/passkey/ask":                     open,
	"POST /{lang}/login/passkey":                         open,
	"POST /{lang}/me/security/passkeys/ask":              member,
	"POST /{lang}/me/security/passkeys":                  member,
	"POST /{lang}/me/security/passkeys/{passkey}/remove": member,
	"GET /{lang}/again":                                  member,
	"POST /{lang}/again":                                 member,
	"GET /{lang}/me/security/factor":                     member,
	"POST /{lang}/me/security/factor":                    member,
	"POST /{lang}/me/security/factor/remove":             member,
	"POST /{lang}/me/security/codes":                     member,
	"GET /{lang}/me/security/email":                      member,
	"POST /{lang}/me/security/email":                     member,
	"POST /{lang}/me/security/email/code":                member,
	"POST /{lang}/me/security/sessions/end":              member,
	"POST /{lang}/me/security/sessions/{session}/end":    member,
	"POST /{lang}/hq/people/{person}/factor/reset":       admin,
	"GET /dev/code":                                      open, // of the demonstration; elsewhere 404

	"GET /{lang}/desk/events/new":           desk,
	"POST /{lang}/desk/events/new":          desk,
	"GET /{lang}/desk/events/{id}":          desk,
	"GET /{lang}/desk/events/{id}/edit":     desk,
	"POST /{lang}/desk/events/{id}/edit":    desk,
	"POST /{lang}/desk/events/{id}/publish": desk,

	"GET /{lang}/desk/campaigns":                     desk,
	"GET /{lang}/desk/campaigns/new":                 desk,
	"POST /{lang}/desk/campaigns/new":                desk,
	"GET /{lang}/desk/campaigns/{campaign}":          desk,
	"POST /{lang}/desk/campaigns/{campaign}":         desk,
	"POST /{lang}/desk/campaigns/{campaign}/publish": desk,
	"POST /{lang}/desk/campaigns/{campaign}/archive": desk,

	// the desk's lists, what is made of an event, the headquarters' review
	"GET /{lang}/desk/events":                     desk,
	"POST /{lang}/desk/events/{id}/duplicate":     desk,
	"GET /{lang}/desk/events/{id}/repeat":         desk,
	"POST /{lang}/desk/events/{id}/repeat":        desk,
	"GET /{lang}/desk/events/{id}/cancel":         desk,
	"POST /{lang}/desk/events/{id}/cancel":        desk,
	"POST /{lang}/desk/events/{id}/delete":        desk,
	"GET /{lang}/hq/review":                       staff,
	"POST /{lang}/hq/review/{id}/approve":         staff,
	"POST /{lang}/hq/review/{id}/return":          staff,
	"GET /{lang}/hq/organizations":                staff,
	"GET /{lang}/hq/organizations/new":            staff,
	"POST /{lang}/hq/organizations/new":           staff,
	"GET /{lang}/hq/organizations/{org}":          staff,
	"POST /{lang}/hq/organizations/{org}":         staff,
	"POST /{lang}/hq/organizations/{org}/state":   staff,
	"POST /{lang}/hq/organizations/{org}/approve": staff,
	"POST /{lang}/hq/organizations/{org}/return":  staff,
	"GET /{lang}/hq/organizations/{org}/merge":    staff,
	"POST /{lang}/hq/organizations/{org}/merge":   staff,
	"GET /{lang}/organizations/apply":             member,
	"POST /{lang}/organizations/apply":            member,
	"GET /{lang}/organizations/apply/{org}":       member,
	"POST /{lang}/organizations/apply/{org}":      member,
	// the day
	"GET /{lang}/desk/events/{id}/checkin":                       desk,
	"POST /{lang}/desk/events/{id}/checkin":                      desk,
	"POST /{lang}/desk/events/{id}/checkin/add":                  desk,
	"GET /{lang}/desk/events/{id}/doors":                         desk,
	"POST /{lang}/desk/events/{id}/doors":                        desk,
	"POST /{lang}/desk/doors/{id}/close":                         desk,
	"GET /{lang}/desk/events/{id}/hours":                         desk,
	"POST /{lang}/desk/events/{id}/hours":                        desk,
	"POST /{lang}/desk/signups/{id}/hours":                       desk,
	"GET /{lang}/hq/deliveries":                                  staff,
	"POST /{lang}/hq/deliveries":                                 staff,
	"POST /{lang}/hq/deliveries/{kind}":                          staff,
	"POST /{lang}/hq/report":                                     staff,
	"GET /{lang}/hq/totals/{view}":                               staff,
	"POST /{lang}/hq/totals/{view}/export":                       staff,
	"GET /{lang}/hq/import":                                      staff,
	"POST /{lang}/hq/import":                                     staff,
	"GET /{lang}/hq/import/template":                             staff,
	"GET /{lang}/hq/import/{import}":                             staff,
	"POST /{lang}/hq/import/{import}":                            staff,
	"GET /{lang}/hq/people":                                      staff,
	"GET /{lang}/hq/people/{person}":                             staff,
	"POST /{lang}/hq/people/{person}/role":                       admin,
	"POST /{lang}/hq/people/{person}/organizations":              staff,
	"POST /{lang}/hq/people/{person}/organizations/{org}/remove": staff,
	"POST /{lang}/hq/people/{person}/suspend":                    staff,
	"POST /{lang}/hq/people/{person}/restore":                    staff,
	"POST /{lang}/hq/people/{person}/birthdate":                  staff,
	"GET /{lang}/hq/people/{person}/merge":                       staff,
	"POST /{lang}/hq/people/{person}/merge":                      staff,
	"GET /{lang}/hq/audit":                                       staff,
	"POST /{lang}/hq/audit/export":                               staff,
	"GET /{lang}/hq/exports":                                     staff,
	"POST /{lang}/hq/exports/register":                           staff,
	"GET /{lang}/hq/exports/{export}":                            staff,
	"GET /{lang}/hq/exports/{export}/file":                       staff,
	"GET /{lang}/hq/settings":                                    admin,
	"POST /{lang}/hq/settings":                                   admin,
	"GET /{lang}/hq/settings/consents":                           admin,
	"POST /{lang}/hq/settings/consents":                          admin,
	"GET /{lang}/door/{token}":                                   open,
	"POST /{lang}/door/{token}":                                  open,

	"GET /{lang}/desk/import":                          desk,
	"POST /{lang}/desk/import":                         desk,
	"GET /{lang}/desk/import/template/{form:xlsx|csv}": desk,
	"GET /{lang}/desk/import/{import}":                 desk,
	"POST /{lang}/desk/import/{import}":                desk,

	"GET /{lang}/desk/organizations":                                        desk,
	"GET /{lang}/desk/organizations/{org}":                                  desk,
	"POST /{lang}/desk/organizations/{org}":                                 desk,
	"POST /{lang}/desk/organizations/{org}/logo":                            desk,
	"POST /{lang}/desk/organizations/{org}/logo/remove":                     desk,
	"GET /{lang}/desk/organizations/{org}/people":                           desk,
	"POST /{lang}/desk/organizations/{org}/people":                          desk,
	"POST /{lang}/desk/organizations/{org}/people/{person}/remove":          desk,
	"POST /{lang}/desk/organizations/{org}/invitations/{invitation}/cancel": desk,
	"GET /{lang}/desk/organizations/{org}/totals":                           desk,
	"GET /{lang}/desk/organizations/{org}/totals/{form:xlsx|csv}":           desk,
	"GET /{lang}/invitations/{token}":                                       open,
	"POST /{lang}/invitations/{token}":                                      member,
	"GET /logos/{hash:[0-9a-f]{24}}.png":                                    open,

	// the roster
	"GET /{lang}/desk/events/{id}/roster":         desk,
	"POST /{lang}/desk/events/{id}/roster":        desk,
	"GET /{lang}/desk/events/{id}/roster/print":   desk,
	"GET /{lang}/desk/events/{id}/roster.xlsx":    desk,
	"GET /{lang}/desk/events/{id}/roster.csv":     desk,
	"GET /{lang}/desk/events/{id}/roster/import":  desk,
	"POST /{lang}/desk/events/{id}/roster/import": desk,
	"GET /{lang}/desk/events/{id}/messages":       desk,
	"POST /{lang}/desk/events/{id}/messages":      desk,
	"GET /{lang}/desk/signups/{id}":               desk,
	"POST /{lang}/desk/signups/{id}/move":         desk,
	"POST /{lang}/desk/signups/{id}/promote":      desk,
	"POST /{lang}/desk/signups/{id}/remove":       desk,
	"POST /{lang}/desk/signups/{id}/restore":      desk,
}

func TestAccess(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	eventID, shiftID := h.Event(w, 48*time.Hour, 5)

	people := map[string]func() *portaltest.Browser{"visitor": h.Browser}
	for _, role := range []string{"volunteer", "coordinator", "staff", "admin"} {
		id := h.Person(role+"@shtab.test", 30)
		if role == "coordinator" {
			h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, id, w.Org)
		} else {
			h.Exec(`update person set role = $2 where id = $1`, id, role)
		}
		people[role] = func() *portaltest.Browser { return h.As(id) }
	}
	rank := map[string]int{"visitor": open, "volunteer": member, "coordinator": desk, "staff": staff, "admin": admin}

	var seen int
	err := chi.Walk(h.Portal.Mux(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		key := method + " " + strings.Replace(route, "{lang:(?:kk|ru|en)}", "{lang}", 1)
		if route == "/static/*" && method != "GET" {
			return nil // http.Handler for all methods; it only reads
		}
		need, listed := access[key]
		if !listed {
			return fmt.Errorf("%s is not in the matrix", key)
		}
		seen++
		path := strings.NewReplacer("{lang:(?:kk|ru|en)}", "ru", "{slug}", "taza-alem", "{token}", "nothing", "{campaign}", "1", "{import}", "1", "{org}", "1", "{person}", "1", "{session}", "1", "{passkey}", "1", "{invitation}", "1", "{export}", "1", "{view}", "events", "{hash:[0-9a-f]{24}}", "0123456789abcdef01234567", "{form:xlsx|csv}", "xlsx", "/static/*", "/static/x/y").Replace(route)
		id := fmt.Sprint(eventID)
		if strings.Contains(route, "/shifts/") {
			id = fmt.Sprint(shiftID)
		}
		path = strings.ReplaceAll(path, "{id}", id)
		for role, browser := range people {
			form := url.Values{}
			if method == http.MethodGet {
				form = nil
			}
			a := browser().Do(method, path, form)
			toLogin := a.Status == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/ru/login")
			switch {
			case a.Status >= 500:
				t.Errorf("%s as %s: %d", key, role, a.Status)
			case rank[role] >= need && (toLogin && need > open || a.Status == http.StatusForbidden):
				t.Errorf("%s as %s: refused with %d", key, role, a.Status)
			case rank[role] < need && role == "visitor" && !toLogin:
				t.Errorf("%s as a visitor: %d, not led to sign in", key, a.Status)
			case rank[role] < need && role != "visitor" && a.Status != http.StatusForbidden:
				t.Errorf("%s as %s: %d, not 403", key, role, a.Status)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen != len(access) {
		t.Errorf("%d routes walked, %d listed", seen, len(access))
	}
}
