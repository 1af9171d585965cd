package organizations_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/internal/totals"
	"shtab/web/portal/portaltest"
)

// Two entries of one organisation become one: events, people and totals stand together, old links
// lead on, and the summaries are still what the ledger says.
func TestMergeOrganizations(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	var from int64
	h.Scan(`insert into org (slug, kind, name, joined_on, state)
		values ('jastar-2', 'ngo', '{"kk":"Жастар 2","ru":"Жастар 2"}', '2024-01-01', 'trusted') returning id`, nil,
		&from)
	both, theirs := h.Person("both@shtab.test", 30), h.Person("theirs@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, theirs, from)
	held := func(org, who int64, hours int, cohost int64) {
		w := h.World
		w.Org = org
		id, shift := h.Event(w, -time.Duration(hours)*time.Hour, 5)
		if cohost != 0 {
			h.Exec(`insert into event_cohost values ($1, $2)`, id, cohost)
		}
		h.Attend(id, shift, who, 120)
		h.CloseEvent(id)
	}
	held(h.Org, both, 30, from) // a joint event of the two
	held(from, both, 60, 0)
	held(from, theirs, 90, h.HQ)
	path := portaltest.Path(list+"/%d/merge", h.Org)
	form := url.Values{"from": {portaltest.Path("%d", from)}, "from_version": {"1"}}

	t.Run("preview", func(t *testing.T) {
		h.Coordinator.Get(path).Want(t, http.StatusForbidden)
		h.Staff.Get(path+"?q=Жастар").Want(t, http.StatusOK, "Жастар 2")
		h.Staff.Get(path+portaltest.Path("?from=%d", from)).Want(t, http.StatusOK, "/jastar-2")
		h.Staff.Get(path+portaltest.Path("?from=%d", h.Org)).Want(t, http.StatusNotFound)
	})
	t.Run("refused", func(t *testing.T) {
		stale := url.Values{"from": form["from"], "from_version": {"7"}}
		h.Staff.Post(path, stale).Want(t, http.StatusConflict)
		headquarters := url.Values{"from": {portaltest.Path("%d", h.HQ)}, "from_version": {"1"}}
		h.Staff.Post(path, headquarters).Want(t, http.StatusConflict)
	})
	h.Staff.PostAtOnce(t, 3, path, form)

	t.Run("stand together", func(t *testing.T) {
		for what, sql := range map[string]string{
			"events":       `select sum(events) = 3 and sum(minutes) = 360 from total_event where org_id = $1`,
			"coordinators": `select count(*) = 3 from coordinator where org_id = $1`,
		} {
			var ok bool
			if h.Scan(sql, []any{h.Org}, &ok); !ok {
				t.Error(what, "are not together")
			}
		}
		if n := h.Count(`select count(*) from total_event where org_id = $1 or cohosts && array[$1::bigint]`,
			from); n != 0 {
			t.Errorf("%d events stay behind", n)
		}
		h.Browser().Get("/ru/organizations/jastar").Want(t, http.StatusOK, ">3<", ">6<")
		h.Staff.Get(portaltest.Path("/ru/hq?period=since&org=%d", h.Org)).Want(t, http.StatusOK)
		h.As(theirs).Get(portaltest.Path("/ru/desk/organizations/%d", h.Org)).Want(t, http.StatusOK)
	})
	t.Run("old links lead on", func(t *testing.T) {
		a := h.Browser().Get("/ru/organizations/jastar-2").Want(t, http.StatusMovedPermanently)
		if to := a.Header.Get("Location"); to != "/ru/organizations/jastar" {
			t.Errorf("to %s", to)
		}
	})
	t.Run("is told", func(t *testing.T) {
		if mail := h.Mail("org_merged", "theirs@shtab.test"); !strings.Contains(mail, "біріктірді") {
			t.Errorf("the mail says %s", mail)
		}
	})
	t.Run("totals", func(t *testing.T) {
		if found, err := totals.Verify(t.Context(), h.Pool); err != nil || len(found) > 0 {
			t.Errorf("%v %v", found, err)
		}
		// Hours that were confirmed before the merge are corrected after it.
		h.Exec(
			`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations,
				no_shows, minutes, reason, recorded_at)
			select l.signup_id, l.person_id, l.event_id, l.campaign_id, e.org_id, l.day, 'no_show', -1, 1, -120,
				'ошибка', now()
			from ledger l join event e on e.id = l.event_id where l.person_id = $1`, theirs)
		if found, err := totals.Verify(t.Context(), h.Pool); err != nil || len(found) > 0 {
			t.Errorf("after a correction: %v %v", found, err)
		}
	})
}
