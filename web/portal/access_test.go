package portal_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"shtab/internal/account"
	"shtab/internal/i18n"
	"shtab/web/locale"
	"shtab/web/portal/portaltest"
)

// Besides the capabilities, a route takes anybody, or whoever has an account.
const (
	anybody  account.Capability = "anybody"
	signedIn account.Capability = "signed in"
)

// grants is what each role can do. A new role is a row here too: what account says of it is held
// against this.
var grants = map[account.Role][]account.Capability{
	account.Volunteer: {},
	account.Staff: {
		account.RunEvents, account.RunAllEvents, account.Review, account.ManageOrganizations, account.ManagePeople,
		account.SeeReports, account.SeeAudit, account.ExportPeople, account.ManageDeliveries, account.ImportHistory,
	},
	account.Admin: {
		account.RunEvents, account.RunAllEvents, account.Review, account.ManageOrganizations, account.ManagePeople,
		account.ManageStaff, account.SeeReports, account.SeeAudit, account.ExportPeople, account.ManageDeliveries,
		account.ImportHistory, account.SetCity,
	},
}

// access is every route and what it takes. A route that is not listed fails the test.
var access = map[string]account.Capability{
	// visitors
	"GET /{lang}":                            anybody,
	"GET /{lang}/again":                      signedIn,
	"POST /{lang}/again":                     signedIn,
	"GET /{lang}/campaigns":                  anybody,
	"GET /{lang}/campaigns/{slug}":           anybody,
	"GET /{lang}/events":                     anybody,
	"GET /{lang}/events.atom":                anybody,
	"GET /{lang}/events/{id}":                anybody,
	"GET /{lang}/guardian/{token}":           anybody,
	"POST /{lang}/guardian/{token}/agree":    anybody,
	"POST /{lang}/guardian/{token}/choose":   anybody,
	"POST /{lang}/guardian/{token}/copies":   anybody,
	"POST /{lang}/guardian/{token}/disown":   anybody,
	"POST /{lang}/guardian/{token}/refuse":   anybody,
	"POST /{lang}/guardian/{token}/withdraw": anybody,
	"GET /{lang}/help":                       anybody,
	"GET /{lang}/invitations/{token}":        anybody,
	"POST /{lang}/invitations/{token}":       signedIn,
	"GET /{lang}/login":                      anybody,
	"POST /{lang}/login":                     anybody,
	"GET /{lang}/login/factor":               anybody,
	"POST /{lang}/login/factor":              anybody,
	"POST /{lang}/login/passkey":             anybody,
	"POST /{lang}/login/passkey/ask":         anybody,
	"POST /{lang}/logout":                    anybody,
	"GET /{lang}/organizations":              anybody,
	"GET /{lang}/organizations/apply":        signedIn,
	"POST /{lang}/organizations/apply":       signedIn,
	"GET /{lang}/organizations/apply/{org}":  signedIn,
	"POST /{lang}/organizations/apply/{org}": signedIn,
	"GET /{lang}/organizations/{slug}":       anybody,
	"GET /{lang}/password":                   anybody,
	"POST /{lang}/password":                  anybody,
	"GET /{lang}/password/{token}":           anybody,
	"POST /{lang}/password/{token}":          anybody,
	"GET /{lang}/privacy":                    anybody,
	"GET /{lang}/register":                   anybody,
	"POST /{lang}/register":                  anybody,
	"GET /{lang}/register/code":              anybody,
	"POST /{lang}/register/code":             anybody,
	"POST /{lang}/register/code/resend":      anybody,
	"POST /{lang}/shifts/{id}/signup":        anybody,
	"POST /{lang}/signups/{id}/cancel":       signedIn,
	"GET /{lang}/totals":                     anybody,

	// volunteers
	"GET /{lang}/me":                                     signedIn,
	"GET /{lang}/me/book":                                signedIn,
	"POST /{lang}/me/calendar/renew":                     signedIn,
	"GET /{lang}/me/guardian":                            signedIn,
	"POST /{lang}/me/guardian":                           signedIn,
	"POST /{lang}/me/guardians/{id}/resend":              signedIn,
	"GET /{lang}/me/profile":                             signedIn,
	"POST /{lang}/me/profile":                            signedIn,
	"GET /{lang}/me/security":                            signedIn,
	"POST /{lang}/me/security":                           signedIn,
	"POST /{lang}/me/security/codes":                     signedIn,
	"GET /{lang}/me/security/email":                      signedIn,
	"POST /{lang}/me/security/email":                     signedIn,
	"POST /{lang}/me/security/email/code":                signedIn,
	"GET /{lang}/me/security/factor":                     signedIn,
	"POST /{lang}/me/security/factor":                    signedIn,
	"POST /{lang}/me/security/factor/remove":             signedIn,
	"POST /{lang}/me/security/passkeys":                  signedIn,
	"POST /{lang}/me/security/passkeys/ask":              signedIn,
	"POST /{lang}/me/security/passkeys/{passkey}/remove": signedIn,
	"POST /{lang}/me/security/sessions/end":              signedIn,
	"POST /{lang}/me/security/sessions/{session}/end":    signedIn,
	"POST /{lang}/me/signups/{id}/explain":               signedIn,
	"GET /{lang}/me/tickets/{id}":                        signedIn,

	// coordinators
	"GET /{lang}/desk":                                                      account.RunEvents,
	"GET /{lang}/desk/campaigns":                                            account.RunEvents,
	"GET /{lang}/desk/campaigns/new":                                        account.RunEvents,
	"POST /{lang}/desk/campaigns/new":                                       account.RunEvents,
	"GET /{lang}/desk/campaigns/{campaign}":                                 account.RunEvents,
	"POST /{lang}/desk/campaigns/{campaign}":                                account.RunEvents,
	"POST /{lang}/desk/campaigns/{campaign}/archive":                        account.RunEvents,
	"POST /{lang}/desk/campaigns/{campaign}/publish":                        account.RunEvents,
	"POST /{lang}/desk/doors/{id}/close":                                    account.RunEvents,
	"GET /{lang}/desk/events":                                               account.RunEvents,
	"GET /{lang}/desk/events/new":                                           account.RunEvents,
	"POST /{lang}/desk/events/new":                                          account.RunEvents,
	"GET /{lang}/desk/events/{id}":                                          account.RunEvents,
	"GET /{lang}/desk/events/{id}/cancel":                                   account.RunEvents,
	"POST /{lang}/desk/events/{id}/cancel":                                  account.RunEvents,
	"GET /{lang}/desk/events/{id}/checkin":                                  account.RunEvents,
	"POST /{lang}/desk/events/{id}/checkin":                                 account.RunEvents,
	"POST /{lang}/desk/events/{id}/checkin/add":                             account.RunEvents,
	"POST /{lang}/desk/events/{id}/delete":                                  account.RunEvents,
	"GET /{lang}/desk/events/{id}/doors":                                    account.RunEvents,
	"POST /{lang}/desk/events/{id}/doors":                                   account.RunEvents,
	"POST /{lang}/desk/events/{id}/duplicate":                               account.RunEvents,
	"GET /{lang}/desk/events/{id}/edit":                                     account.RunEvents,
	"POST /{lang}/desk/events/{id}/edit":                                    account.RunEvents,
	"GET /{lang}/desk/events/{id}/hours":                                    account.RunEvents,
	"POST /{lang}/desk/events/{id}/hours":                                   account.RunEvents,
	"GET /{lang}/desk/events/{id}/messages":                                 account.RunEvents,
	"POST /{lang}/desk/events/{id}/messages":                                account.RunEvents,
	"POST /{lang}/desk/events/{id}/publish":                                 account.RunEvents,
	"GET /{lang}/desk/events/{id}/repeat":                                   account.RunEvents,
	"POST /{lang}/desk/events/{id}/repeat":                                  account.RunEvents,
	"GET /{lang}/desk/events/{id}/roster":                                   account.RunEvents,
	"POST /{lang}/desk/events/{id}/roster":                                  account.RunEvents,
	"GET /{lang}/desk/events/{id}/roster.csv":                               account.RunEvents,
	"GET /{lang}/desk/events/{id}/roster.xlsx":                              account.RunEvents,
	"GET /{lang}/desk/events/{id}/roster/import":                            account.RunEvents,
	"POST /{lang}/desk/events/{id}/roster/import":                           account.RunEvents,
	"GET /{lang}/desk/events/{id}/roster/print":                             account.RunEvents,
	"GET /{lang}/desk/import":                                               account.RunEvents,
	"POST /{lang}/desk/import":                                              account.RunEvents,
	"GET /{lang}/desk/import/template/{form:xlsx|csv}":                      account.RunEvents,
	"GET /{lang}/desk/import/{import}":                                      account.RunEvents,
	"POST /{lang}/desk/import/{import}":                                     account.RunEvents,
	"GET /{lang}/desk/organizations":                                        account.RunEvents,
	"GET /{lang}/desk/organizations/{org}":                                  account.RunEvents,
	"POST /{lang}/desk/organizations/{org}":                                 account.RunEvents,
	"POST /{lang}/desk/organizations/{org}/invitations/{invitation}/cancel": account.RunEvents,
	"POST /{lang}/desk/organizations/{org}/logo":                            account.RunEvents,
	"POST /{lang}/desk/organizations/{org}/logo/remove":                     account.RunEvents,
	"GET /{lang}/desk/organizations/{org}/people":                           account.RunEvents,
	"POST /{lang}/desk/organizations/{org}/people":                          account.RunEvents,
	"POST /{lang}/desk/organizations/{org}/people/{person}/remove":          account.RunEvents,
	"GET /{lang}/desk/organizations/{org}/totals":                           account.RunEvents,
	"GET /{lang}/desk/organizations/{org}/totals/{form:xlsx|csv}":           account.RunEvents,
	"GET /{lang}/desk/signups/{id}":                                         account.RunEvents,
	"POST /{lang}/desk/signups/{id}/hours":                                  account.RunEvents,
	"POST /{lang}/desk/signups/{id}/move":                                   account.RunEvents,
	"POST /{lang}/desk/signups/{id}/promote":                                account.RunEvents,
	"POST /{lang}/desk/signups/{id}/remove":                                 account.RunEvents,
	"POST /{lang}/desk/signups/{id}/restore":                                account.RunEvents,
	"GET /{lang}/door/{token}":                                              anybody,
	"POST /{lang}/door/{token}":                                             anybody,

	// the headquarters
	"GET /{lang}/hq":                                             account.SeeReports,
	"GET /{lang}/hq/audit":                                       account.SeeAudit,
	"POST /{lang}/hq/audit/export":                               account.SeeAudit,
	"GET /{lang}/hq/deliveries":                                  account.ManageDeliveries,
	"POST /{lang}/hq/deliveries":                                 account.ManageDeliveries,
	"POST /{lang}/hq/deliveries/{kind}":                          account.ManageDeliveries,
	"GET /{lang}/hq/exports":                                     account.ExportPeople,
	"POST /{lang}/hq/exports/register":                           account.ExportPeople,
	"GET /{lang}/hq/exports/{export}":                            account.ExportPeople,
	"GET /{lang}/hq/exports/{export}/file":                       account.ExportPeople,
	"GET /{lang}/hq/import":                                      account.ImportHistory,
	"POST /{lang}/hq/import":                                     account.ImportHistory,
	"GET /{lang}/hq/import/template":                             account.ImportHistory,
	"GET /{lang}/hq/import/{import}":                             account.ImportHistory,
	"POST /{lang}/hq/import/{import}":                            account.ImportHistory,
	"GET /{lang}/hq/organizations":                               account.ManageOrganizations,
	"GET /{lang}/hq/organizations/new":                           account.ManageOrganizations,
	"POST /{lang}/hq/organizations/new":                          account.ManageOrganizations,
	"GET /{lang}/hq/organizations/{org}":                         account.ManageOrganizations,
	"POST /{lang}/hq/organizations/{org}":                        account.ManageOrganizations,
	"POST /{lang}/hq/organizations/{org}/approve":                account.Review,
	"GET /{lang}/hq/organizations/{org}/merge":                   account.ManageOrganizations,
	"POST /{lang}/hq/organizations/{org}/merge":                  account.ManageOrganizations,
	"POST /{lang}/hq/organizations/{org}/return":                 account.Review,
	"POST /{lang}/hq/organizations/{org}/state":                  account.ManageOrganizations,
	"GET /{lang}/hq/people":                                      account.ManagePeople,
	"GET /{lang}/hq/people/{person}":                             account.ManagePeople,
	"POST /{lang}/hq/people/{person}/birthdate":                  account.ManagePeople,
	"POST /{lang}/hq/people/{person}/factor/reset":               account.ManageStaff,
	"GET /{lang}/hq/people/{person}/merge":                       account.ManagePeople,
	"POST /{lang}/hq/people/{person}/merge":                      account.ManagePeople,
	"POST /{lang}/hq/people/{person}/organizations":              account.ManageOrganizations,
	"POST /{lang}/hq/people/{person}/organizations/{org}/remove": account.ManageOrganizations,
	"POST /{lang}/hq/people/{person}/restore":                    account.ManagePeople,
	"POST /{lang}/hq/people/{person}/role":                       account.ManageStaff,
	"POST /{lang}/hq/people/{person}/suspend":                    account.ManagePeople,
	"POST /{lang}/hq/report":                                     account.SeeReports,
	"GET /{lang}/hq/review":                                      account.Review,
	"POST /{lang}/hq/review/{id}/approve":                        account.Review,
	"POST /{lang}/hq/review/{id}/return":                         account.Review,
	"GET /{lang}/hq/settings":                                    account.SetCity,
	"POST /{lang}/hq/settings":                                   account.SetCity,
	"GET /{lang}/hq/settings/consents":                           account.SetCity,
	"POST /{lang}/hq/settings/consents":                          account.SetCity,
	"GET /{lang}/hq/totals/{view}":                               account.SeeReports,
	"POST /{lang}/hq/totals/{view}/export":                       account.SeeReports,

	// machines
	"GET /":                              anybody,
	"GET /c/{token}":                     anybody,
	"POST /c/{token}":                    anybody,
	"GET /calendar/{token}":              anybody,
	"GET /dev/code":                      anybody,
	"GET /dev/outbox":                    anybody,
	"GET /favicon.ico":                   anybody,
	"GET /healthz":                       anybody,
	"GET /logos/{hash:[0-9a-f]{24}}.png": anybody,
	"GET /readyz":                        anybody,
	"GET /robots.txt":                    anybody,
	"GET /sitemap.xml":                   anybody,
	"GET /static/*":                      anybody,
}

// accessToo is what a few routes take besides.
var accessToo = map[string]account.Capability{
	"POST /{lang}/hq/audit/export":         account.ExportPeople,
	"POST /{lang}/hq/totals/{view}/export": account.ExportPeople,
}

// may reports whether somebody with an account who can do what can says may call a route.
func may(key string, can ...account.Capability) bool {
	need, also := access[key], accessToo[key]
	return need == anybody || need == signedIn || slices.Contains(can, need) &&
		(also == "" || slices.Contains(can, also))
}

// Every route answers a visitor, a coordinator and each role as the lists above say.
func TestAccess(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	event, shift := h.Event(w, 48*time.Hour, 5)
	type caller struct {
		name    string
		can     []account.Capability
		browser func() *portaltest.Browser
	}
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	callers := []caller{
		{
			"coordinator",
			[]account.Capability{account.RunEvents},
			func() *portaltest.Browser { return h.As(coordinator) },
		},
	}
	for _, role := range account.Roles() {
		can, ok := grants[role]
		if !ok {
			t.Fatalf("what %s can do is not listed", role)
		}
		id := h.Person(string(role)+"@shtab.test", 30)
		h.Exec(`update person set role = $2 where id = $1`, id, role)
		callers = append(callers, caller{string(role), can, func() *portaltest.Browser { return h.As(id) }})
	}

	walked := 0
	err := chi.Walk(h.Portal.Mux(), func(method, route string, _ http.Handler,
		_ ...func(http.Handler) http.Handler,
	) error {
		if route == "/static/*" && method != http.MethodGet {
			return nil // http.Handler for all methods; it only reads
		}
		key := routeKey(method, route)
		need, ok := access[key]
		if !ok {
			return fmt.Errorf("%s is not listed", key)
		}
		walked++
		path := samplePath(route, event, shift)
		a := call(h.Browser(), method, path)
		t.Run(key+" as a visitor", func(t *testing.T) {
			switch toLogin := strings.HasPrefix(a.Header.Get("Location"), "/ru/login"); {
			case a.Status >= http.StatusInternalServerError || a.Status == http.StatusForbidden:
				t.Errorf("%s: %d", key, a.Status)
			case need != anybody && !toLogin:
				t.Errorf("%s: %d, not led to sign in", key, a.Status)
			}
		})
		for _, c := range callers {
			a := call(c.browser(), method, path)
			t.Run(key+" as "+c.name, func(t *testing.T) {
				toLogin := strings.HasPrefix(a.Header.Get("Location"), "/ru/login")
				switch allowed := may(key, c.can...); {
				case a.Status >= http.StatusInternalServerError:
					t.Errorf("%s: %d", key, a.Status)
				case allowed && (a.Status == http.StatusForbidden || toLogin && need != anybody):
					t.Errorf("%s: refused with %d", key, a.Status)
				case !allowed && a.Status != http.StatusForbidden:
					t.Errorf("%s: %d, not 403", key, a.Status)
				}
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if walked != len(access) {
		t.Errorf("%d routes walked, %d listed", walked, len(access))
	}
}

// A role that can do one thing alone reaches the routes that take it alone, and no others.
func TestAccessByOneCapability(t *testing.T) {
	t.Parallel()
	routes := portaltest.Start(t, portaltest.WithoutWorker).Portal.Access()
	for _, only := range account.Capabilities() {
		reached := 0
		for key, route := range routes {
			got := route.Allows(func(c account.Capability) bool { return c == only })
			if want := may(key, only); got != want {
				t.Errorf("%s with %s alone: allowed %t, not %t", key, only, got, want)
			}
			if got && route.Can != "" {
				reached++
			}
		}
		if reached == 0 && only != account.RunAllEvents { // widens what RunEvents reaches
			t.Errorf("%s opens no route", only)
		}
	}
}

// Every role has its words: on the pages of people, and in the mail to who is given it.
func TestRolesHaveWords(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load(locale.FS, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs {
		for _, role := range account.Roles() {
			for _, key := range []string{"people.role." + string(role), "mail.account_changed.role_" + string(role)} {
				if text := texts.For(l).T(key); text == "" || text == key {
					t.Errorf("%s lacks %s", l, key)
				}
			}
		}
	}
}

func routeKey(method, route string) string {
	return method + " " + strings.Replace(route, "{lang:(?:kk|ru|en)}", "{lang}", 1)
}

// samplePath is an address of a route.
func samplePath(route string, event, shift int64) string {
	id := fmt.Sprint(event)
	if strings.Contains(route, "/shifts/") {
		id = fmt.Sprint(shift)
	}
	return strings.NewReplacer(
		"{lang:(?:kk|ru|en)}", "ru", "{slug}", "taza-alem", "{token}", "nothing", "{view}", "events",
		"{hash:[0-9a-f]{24}}", "0123456789abcdef01234567", "{form:xlsx|csv}", "xlsx", "/static/*", "/static/x/y",
		"{id}", id,
		"{campaign}", "1", "{export}", "1", "{import}", "1", "{invitation}", "1", "{kind}", "1", "{org}", "1",
		"{passkey}", "1",
		"{person}", "1", "{session}", "1",
	).Replace(route)
}

// call asks for a path, with an empty form where it is a POST.
func call(b *portaltest.Browser, method, path string) portaltest.Answer {
	if method == http.MethodGet {
		return b.Get(path)
	}
	return b.Post(path, url.Values{})
}
