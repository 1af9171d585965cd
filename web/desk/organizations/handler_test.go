package organizations_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// desk is the desk of two organisations.
type desk struct {
	*portaltest.Desk
	mineID, theirsID int64 // their coordinators
}

func startDesk(t *testing.T, with ...portaltest.Option) *desk {
	t.Helper()
	h := &desk{Desk: portaltest.StartDesk(t, with...)}
	coordinator := `select person_id from coordinator where org_id = $1`
	h.Scan(coordinator, []any{h.Org}, &h.mineID)
	h.Scan(coordinator, []any{h.Other}, &h.theirsID)
	return h
}

// path is the address of a page of an organisation.
func (h *desk) path(org int64, rest string) string {
	return fmt.Sprintf("/ru/desk/organizations/%d%s", org, rest)
}

// TestSaveOrganization saves what an organisation says of itself: on its public page, once, and not over what
// somebody else has saved.
func TestSaveOrganization(t *testing.T) {
	t.Parallel()
	h := startDesk(t, portaltest.WithoutWorker)
	if a := h.Mine.Get("/ru/desk/organizations"); a.Header.Get("Location") != h.path(h.Org, "") {
		t.Errorf("the only organisation is not opened at once: %d", a.Status)
	}
	form := url.Values{
		"version": {"1"}, "summary_ru": {"Мы сажаем деревья"}, "summary_kk": {"Ағаш егеміз"},
		"body_ru": {"**Приходите**"},
		"email":   {"hello@shtab.test"}, "phone": {"+7 701 123 45 67"},
		"links": {"https://a.example/x\r\nhttps://b.example"},
	}
	for range 2 { // a repeat changes nothing
		if a := h.Mine.Post(h.path(h.Org, ""), form); a.Status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", a.Status, a.Body)
		}
	}
	if n := h.Count(`select version from org where id = $1`,
		h.Org) + h.Count(`select count(*) from audit where verb = 'org.change'`); n != 3 {
		t.Errorf("saved twice: version and audit make %d", n)
	}
	page := h.Browser().Get("/ru/organizations/jastar")
	for _, want := range []string{
		"Мы сажаем деревья", "<strong>Приходите</strong>", "https://a.example/x",
		"hello@shtab.test",
	} {
		if !strings.Contains(page.Body, want) {
			t.Errorf("the public page does not say %q", want)
		}
	}
	form.Set("summary_ru", "Другое")
	a := h.Mine.Post(h.path(h.Org, ""), form)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "Мы сажаем деревья") ||
		!strings.Contains(a.Body, "Другое") {
		t.Errorf("an older form: %d", a.Status)
	}
	for field, value := range map[string]string{
		"links": "javascript:alert(1)", "email": "x",
		"summary_kk": strings.Repeat("ә", 301),
	} {
		bad := url.Values{"version": {"2"}, field: {value}}
		if a := h.Mine.Post(h.path(h.Org, ""), bad); a.Status != http.StatusUnprocessableEntity ||
			!strings.Contains(a.Body, `href="#f-`+field) {
			t.Errorf("%s: %d", field, a.Status)
		}
	}
}

// TestOtherOrganizationsIDs swaps the ids of two organisations on every route.
func TestOtherOrganizationsIDs(t *testing.T) {
	t.Parallel()
	h := startDesk(t, portaltest.WithoutWorker)
	h.Mine.Post(h.path(h.Org, "/people"), url.Values{"email": {"new@shtab.test"}})
	invitation := h.Count(`select id from org_invite`)
	for _, path := range []string{"", "/people", "/totals", "/totals/xlsx", "/totals/csv"} {
		if a := h.Theirs.Get(h.path(h.Org, path)); a.Status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.Status)
		}
	}
	for path, form := range map[string]url.Values{
		"": {"version": {"1"}, "summary_ru": {"взлом"}}, "/logo": {}, "/logo/remove": {},
		"/people": {"email": {"x@shtab.test"}},
		fmt.Sprintf("/people/%d/remove", h.mineID): {}, fmt.Sprintf("/invitations/%d/cancel", invitation): {},
	} {
		if a := h.Theirs.Post(h.path(h.Org, path), form); a.Status != http.StatusNotFound {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
	// Their own organisation in the path, with our invitation or our coordinator.
	if a := h.Theirs.Post(h.path(h.Other, fmt.Sprintf("/invitations/%d/cancel", invitation)),
		url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("our invitation under their organisation: %d", a.Status)
	}
	h.Theirs.Post(h.path(h.Other, fmt.Sprintf("/people/%d/remove", h.mineID)), url.Values{})
	if n := h.Count(`select count(*) from coordinator`) + h.Count(
		`select count(*) from org_invite where cancelled_at is null`); n != 3 {
		t.Errorf("something has changed: %d", n)
	}
}
