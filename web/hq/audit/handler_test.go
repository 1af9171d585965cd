package audit_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// The audit says who did what, when and from where, to staff alone; it is filtered and paged, and
// outlives whoever did it.
func TestShowAudit(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	const trusted = "Доверил(а) организации публиковать</th>"
	state := portaltest.Path("/ru/hq/organizations/%d/state", h.Org)
	h.Staff.Post(state, url.Values{"state": {"trusted"}}).Want(t, http.StatusSeeOther)
	h.Coordinator.Get("/ru/hq/audit").Want(t, http.StatusForbidden)

	t.Run("names nobody by e-mail", func(t *testing.T) {
		page := h.Staff.Get("/ru/hq/audit").Want(t, http.StatusOK, trusted, "127.0.0.1").Body
		for _, secret := range []string{"c@shtab.test", "a@shtab.test"} {
			if strings.Contains(page, secret) {
				t.Errorf("the audit shows %s", secret)
			}
		}
	})
	t.Run("filters", func(t *testing.T) {
		for query, sees := range map[string]bool{
			"verb=org": true, "verb=org.trust": true, "verb=signup": false, "object=org": true, "object=person": false,
			"object=org&object_id=" + fmt.Sprint(h.Org): true, "object=org&object_id=999": false,
			"who=" + fmt.Sprint(h.StaffID): true, "who=%D0%BD%D0%B5%D1%82-%D1%82%D0%B0%D0%BA%D0%BE%D0%B3%D0%BE": false,
			"from=2020-01-01&to=2020-12-31": false, "from=" + portaltest.Date(-2): true,
		} {
			if got := strings.Contains(h.Staff.Get("/ru/hq/audit?"+query).Body, trusted); got != sees {
				t.Errorf("%s: seen %t", query, got)
			}
		}
	})
	t.Run("pages", func(t *testing.T) {
		h.Exec(`insert into audit (at, actor_id, verb, object, object_id)
			select now(), $1, 'signup.move', 'signup', i from generate_series(1, 250) i`, h.StaffID)
		seen := 0
		for path := "/ru/hq/audit?verb=signup"; path != ""; {
			page := h.Staff.Get(path)
			seen += strings.Count(page.Body, "Перевёл(а) в другую смену</th>")
			path = page.NextPage()
		}
		if seen != 250 {
			t.Errorf("%d of 250 seen", seen)
		}
	})
	t.Run("of somebody who is erased", func(t *testing.T) {
		h.Exec(`update person set erased_at = now(), email = null, given_name = '', family_name = '' where id = $1`,
			h.StaffID)
		h.Admin.Get("/ru/hq/audit?verb=org").Want(t, http.StatusOK, "аккаунт удалён", trusted)
	})
}
