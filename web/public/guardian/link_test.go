package guardian_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestDeadLinks: whatever is no good link gives one and the same page.
func TestDeadLinks(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := h.NewFamily(t, w, 5)
	token := strings.TrimPrefix(f.Page, "/ru/guardian/")

	links := map[string]string{}
	links["guessed"] = rand.Text() + rand.Text()[:17]
	links["cut off"] = token[:30]
	links["longer"] = token + "A"
	links["ticket"] = func() (s string) {
		h.Scan(`select ticket from signup where person_id = $1`, []any{f.Child}, &s)
		return s
	}()
	late := h.NewFamily(t, w, 5)
	h.Exec(
		`update guardian_link set sent_at = now() - interval '15 days'
			where guardian_id = (select id from guardian where email = $1)`,
		late.GuardianEmail,
	)
	links["expired"] = strings.TrimPrefix(late.Page, "/ru/guardian/")
	// The volunteer corrects the address: the first link ends.
	corrected := h.NewFamily(t, w, 5)
	form := corrected.GuardianForm()
	form.Set("email", "right@shtab.test")
	corrected.Me.Post("/ru/me/guardian", form)
	links["corrected"] = strings.TrimPrefix(corrected.Page, "/ru/guardian/")
	// A stranger said so: the link cannot be used again.
	stranger := h.NewFamily(t, w, 5)
	if a := h.Browser().Post(stranger.Page+"/disown", url.Values{}); a.Status != http.StatusSeeOther {
		t.Fatalf("disowning: %d", a.Status)
	}
	h.Mail("guardian_stranger", stranger.ChildEmail)
	links["reused"] = strings.TrimPrefix(stranger.Page, "/ru/guardian/")
	grown := h.NewFamily(t, w, 5)
	h.Exec(`update person set birth_date = '1990-01-01' where id = $1`, grown.Child)
	links["grown"] = strings.TrimPrefix(grown.Page, "/ru/guardian/")

	plain := h.Browser().Get("/ru/nothing/here")
	form = url.Values{
		"scope": {"all"}, "name": {"А Б"}, "code": {"000000"}, "event": {fmt.Sprint(f.Event)}, "consent": {"1"},
	}
	for what, link := range links {
		t.Run(what, func(t *testing.T) {
			a := h.Browser().Get("/ru/guardian/" + link)
			if a.Status != http.StatusNotFound {
				t.Errorf("%d", a.Status)
			}
			if strings.ReplaceAll(a.Body, "/guardian/"+link, "/nothing/here") != plain.Body {
				t.Error("another page than for any address that does not exist")
			}
			for _, do := range []string{"choose", "agree", "refuse", "withdraw", "copies", "disown"} {
				if a := h.Browser().Post("/ru/guardian/"+link+"/"+do, form); a.Status != http.StatusNotFound {
					t.Errorf("%s: %d", do, a.Status)
				}
			}
		})
	}
}

// TestLinkIsForOneChild: a good link speaks for its own child only, and once used it does not expire, so
// that consent can be taken back any time.
func TestLinkIsForOneChild(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f, other := h.NewFamily(t, w, 5), h.NewFamily(t, w, 5)
	other.Agree("all")
	foreign := fmt.Sprint(h.Count(`select id from guardian_consent where person_id = $1`, other.Child))
	if a := h.Browser().Post(f.Page+"/withdraw", url.Values{"consent": {foreign}}); a.Status != http.StatusNotFound {
		t.Errorf("another's consent: %d", a.Status)
	}
	if a := h.Browser().Post(
		f.Page+"/refuse", url.Values{"event": {fmt.Sprint(other.Event)}},
	); a.Status != http.StatusNotFound {
		t.Errorf("another's event: %d", a.Status)
	}
	if a := h.Browser().Post(
		f.Page+"/choose", url.Values{"scope": {fmt.Sprintf("event-%d", other.Event)}, "name": {"А Б"}},
	); a.Status != http.StatusUnprocessableEntity {
		t.Errorf("agreeing to another's event: %d", a.Status)
	}
	other.WantState("confirmed")
	h.Exec(`update guardian_link set sent_at = now() - interval '400 days'`)
	if a := h.Browser().Get(other.Page); a.Status != http.StatusOK {
		t.Errorf("a used link after a year: %d", a.Status)
	}
}

// TestReceiptLasts: the link of a receipt takes the consent back any time, though
// nobody opened it before, while an unused question's link ends.
func TestReceiptLasts(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	f.Agree("all")
	receipt := f.MailedPage("guardian_receipt")
	h.Exec(`update guardian_link set sent_at = now() - interval '400 days', used_at = used_at - interval '400 days'`)
	if a := h.Browser().Get(receipt); a.Status != http.StatusOK || !strings.Contains(a.Body, "Забрать согласие") {
		t.Errorf("the receipt's link after a year: %d", a.Status)
	}
	if err := h.Guardians.Sweep(t.Context(), h.Now()); err != nil {
		t.Fatal(err)
	}
	if a := h.Browser().Get(receipt); a.Status != http.StatusOK {
		t.Errorf("the receipt's link after the sweep: %d", a.Status)
	}
}

// TestErasedOrSuspendedChild: an erased volunteer's links end, and that a suspended one's
// guardian can still take a consent back, which brings no place.
func TestErasedOrSuspendedChild(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	erased, suspended := h.NewFamily(t, w, 5), h.NewFamily(t, w, 5)
	h.Exec(
		`update person set erased_at = now(), email = null, password_hash = null, given_name = '', family_name = '',
			birth_date = null, phone = null where id = $1`,
		erased.Child,
	)
	if a := h.Browser().Get(erased.Page); a.Status != http.StatusNotFound {
		t.Errorf("an erased volunteer's guardian: %d", a.Status)
	}
	suspended.Agree("all")
	h.Exec(`update person set suspended_at = now() where id = $1`, suspended.Child)
	consent := fmt.Sprint(h.Count(`select id from guardian_consent where person_id = $1`, suspended.Child))
	if a := h.Browser().Post(
		suspended.Page+"/withdraw", url.Values{"consent": {consent}},
	); a.Status != http.StatusSeeOther {
		t.Errorf("taking back the consent of a suspended volunteer: %d", a.Status)
	}
	suspended.WantState("cancelled/consent")
}

// TestBrowserWithoutOrigin: an older browser can answer: it says neither where a
// request comes from nor, on a page without referrers, its origin.
func TestBrowserWithoutOrigin(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	post := func(path string, form url.Values) int {
		r, _ := http.NewRequest(http.MethodPost, h.URL+path, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "null")
		a, err := h.Browser().Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		return a.StatusCode
	}
	if got := post(f.Page+"/choose", url.Values{"scope": {"all"}, "name": {"Гүлнар"}}); got != http.StatusSeeOther {
		t.Errorf("an answer from an older browser: %d", got)
	}
	if got := post("/ru/login", url.Values{}); got != http.StatusForbidden {
		t.Errorf("any other form from nowhere: %d", got)
	}
}

// TestLinkLeavesNoTrace looks for the link in all that the portal logs and in what a page
// loads, after it was used in every way.
func TestLinkLeavesNoTrace(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	f := h.NewFamily(t, h.World(), 5)
	token := strings.TrimPrefix(f.Page, "/ru/guardian/")
	page := h.Browser().Get(f.Page)
	f.Agree("all")
	h.Browser().Post(f.Page+"/agree", url.Values{"code": {"12345"}})
	h.Browser().Post(f.Page+"/nothing", url.Values{})
	h.Browser().Get("/ru/guardian/" + token[:20])
	if log := h.Log.String(); strings.Contains(log, token[:20]) || strings.Contains(log, f.GuardianEmail) ||
		strings.Contains(log, f.ChildEmail) {
		t.Error("the log holds the link or an address")
	}
	if strings.Contains(page.Body, "http://") && strings.Contains(page.Body, h.URL+"/ru/guardian") {
		t.Error("the page names itself in full, as for a search engine or to be shared")
	}
	if n := h.Count(
		`select count(*) from river_job where args::text like '%' || $1 || '%' or errors::text like '%' || $1 || '%'`,
		token,
	); n != 0 {
		t.Error("the queue holds the link")
	}
}
