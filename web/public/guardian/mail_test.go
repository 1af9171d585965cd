package guardian_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestHoldExpiresOnce: volunteer and guardian learn once that a place is no longer
// held, however often the periodic job and the worker come round; and that a new sign-up asks anew.
func TestHoldExpiresOnce(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	f.ExpireHold()
	for range 2 {
		if err := h.Signups.ExpireHolds(t.Context(), h.Now()); err != nil {
			t.Fatal(err)
		}
	}
	f.WantMails("hold_expired", f.ChildEmail, 1)
	f.WantMails("guardian_expired", f.GuardianEmail, 1)
	// The worker tries the volunteer's mail again, as after a failure of the mail server.
	h.Exec(
		`update river_job set state = 'available', scheduled_at = '2026-01-01', attempt = 1, finalized_at = null
			where args ->> 'kind' in ('hold_expired', 'signup_awaiting')`)
	f.WantMails("guardian_expired", f.GuardianEmail, 1)
	f.WantMails("guardian_ask", f.GuardianEmail, 1)

	// A late answer still gives the place.
	f.Agree("all")
	f.WantState("confirmed")
}

// TestAskedAnew: a guardian hears of a sign-up that was given up and made again, once,
// and learns again that its place is no longer held.
func TestAskedAnew(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	f.WantMails("guardian_ask", f.GuardianEmail, 1)
	f.ExpireHold()
	f.WantMails("guardian_expired", f.GuardianEmail, 1)
	f.Leave()
	f.Join()
	f.WantMails("guardian_ask", f.GuardianEmail, 2)
	f.ExpireHold()
	f.WantMails("guardian_expired", f.GuardianEmail, 2)
	for _, n := range []int{3, 4, 5, 5} { // and not without end
		f.Leave()
		f.Join()
		f.WantMails("guardian_ask", f.GuardianEmail, n)
	}
}

// TestTwoChildren agrees for one child and not for the other.
func TestTwoChildren(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := h.NewFamily(t, w, 5)
	sister := h.FamilyOf("sister@shtab.test", 13, f.GuardianEmail, f.Event, f.Shift)
	sister.Join()
	sister.Me.Post("/ru/me/guardian", sister.GuardianForm())
	h.WantMails("guardian_ask", f.GuardianEmail, 2)
	sister.Page = sister.MailedPage("guardian_ask")
	if sister.Page == f.Page {
		t.Fatal("one link for two children")
	}
	sister.Agree("all")
	sister.WantState("confirmed")
	f.WantState("awaiting_consent/held")
}

// TestTwoParents: a consent of either is enough, and that a withdrawal ends only what
// the other does not allow, told once to the coordinators.
func TestTwoParents(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	f := h.NewFamily(t, w, 5)
	f.AgreeToEvent()
	// The father is asked about everything: nothing waits any more.
	dad := f.Other()
	dad.Agree("all")
	consent := func(of *portaltest.Family) url.Values {
		return url.Values{"consent": {fmt.Sprint(
			h.Count(`select k.id from guardian_consent k join guardian g on g.id = k.guardian_id
			where g.email = $1 and k.withdrawn_at is null`, of.GuardianEmail))}}
	}
	if a := h.Browser().Post(f.Page+"/withdraw", consent(dad)); a.Status != http.StatusNotFound {
		t.Errorf("the father's consent taken back by the mother's link: %d", a.Status)
	}
	h.Browser().Post(f.Page+"/withdraw", consent(f))
	f.WantState("confirmed")
	last := consent(dad)
	for range 2 {
		h.Browser().Post(dad.Page+"/withdraw", last)
	}
	f.WantState("cancelled/consent")
	f.WantMails("signup_cancelled", f.ChildEmail, 1)
	f.WantMails("consent_lost", "coordinator@shtab.test", 1)
	h.Exec(
		`update river_job set state = 'available', scheduled_at = '2026-01-01', attempt = 1, finalized_at = null
			where args ->> 'kind' = 'signup_cancelled'`)
	f.WantMails("consent_lost", "coordinator@shtab.test", 1)
}

// TestCopies sends a copy of what follows to the guardian who asked for it.
func TestCopies(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	g := h.Browser()
	if a := g.Post(f.Page+"/copies", url.Values{"copies": {"1"}}); a.Status != http.StatusNotFound {
		t.Errorf("copies before the address is known to be theirs: %d", a.Status)
	}
	f.Agree("all")
	if a := g.Post(f.Page+"/copies", url.Values{"copies": {"1"}}); a.Status != http.StatusSeeOther {
		t.Fatalf("%d", a.Status)
	}
	_, other := h.Event(portaltest.World{Org: 2, Campaign: 1}, h.Morning(8), 5)
	f.Me.Post(portaltest.Path("/kk/shifts/%d/signup", other), url.Values{})
	if text := h.Mail(
		"signup_confirmed", f.GuardianEmail,
	); !strings.Contains(text, "копия") || portaltest.GuardianToken(text) == "" {
		t.Errorf("the copy: %s", text)
	}
}

// TestNightShift tells the volunteer by mail that at night a parent must be beside them, and
// shows the coordinator who comes with one, outside the capacity.
func TestNightShift(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	event, shift := h.Event(w, h.Morning(5)+13*time.Hour, 1)
	f := h.FamilyOf("night@shtab.test", 15, "mum@shtab.test", event, shift)
	f.Join()
	if mail := h.Mail("signup_awaiting", f.ChildEmail); !strings.Contains(mail, "түнде ата-анасымен ғана") {
		t.Errorf("the mail does not speak of the night: %s", mail)
	}
	f.Ask()
	// All events, without coming along, is not enough at night.
	f.Agree("all")
	f.WantState("awaiting_consent/held")
	f.Agree(fmt.Sprintf("along-%d", event))
	f.WantState("confirmed")
	coordinator := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, coordinator, w.Org)
	roster := h.As(coordinator).Get(portaltest.Path("/ru/desk/events/%d/roster", event)).Body
	if !strings.Contains(roster, "Придёт с родителем") || strings.Contains(roster, "Гүлнар") {
		t.Error("the roster does not say, or says more than, that a parent comes along")
	}
	if n := h.Count(`select confirmed + held from shift where id = $1`, shift); n != 1 {
		t.Errorf("%d places taken by a volunteer and a parent", n)
	}
}

// TestConsentAfterCutoff gives the place when the consent comes after the cut-off: there is no
// queue then that would be passed over.
func TestConsentAfterCutoff(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	for _, held := range []bool{true, false} {
		f := h.NewFamily(t, w, 1)
		h.Exec(`update event set cutoff_minutes = 10080 where id = $1`, f.Event)
		if !held {
			f.ExpireHold()
		}
		f.AgreeToEvent()
		f.WantState("confirmed")
	}
}
