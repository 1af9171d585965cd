package register_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestNewVolunteer walks from an event's page to a confirmed place, without scripts.
func TestNewVolunteer(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	event, shift := h.Event(h.World(), 72*time.Hour, 5)
	b := h.Browser()
	a := b.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
	u, err := url.Parse(a.Header.Get("Location"))
	if err != nil || a.Status != http.StatusSeeOther || u.Path != "/ru/register" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
	}
	next := u.Query().Get("next")
	if form := b.Get(a.Header.Get("Location")); strings.Count(
		form.Body, `<input class="input`,
	) != 6 || !strings.Contains(form.Body, `type="checkbox"`) {
		t.Errorf("the form has more than six fields and a box:\n%s", form.Body)
	}
	a = b.Register("new@shtab.test", next)
	if a.Status != http.StatusSeeOther || !strings.HasPrefix(
		a.Header.Get("Location"), portaltest.Path("/ru/events/%d?shift=%d", event, shift),
	) {
		t.Fatalf("after the code: %d %s", a.Status, a.Header.Get("Location"))
	}
	a = b.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("sign-up: %d", a.Status)
	}
	if n := h.Count(
		`select count(*) from signup s join person p on p.id = s.person_id where p.email = 'new@shtab.test'
			and s.state = 'confirmed'`); n != 1 {
		t.Fatalf("%d confirmed", n)
	}
	if text := h.Mail("signup_confirmed", "new@shtab.test"); !strings.Contains(text, "Посадка деревьев") {
		t.Errorf("the mail does not name the event:\n%s", text)
	}
	if n := h.Count(`select count(*) from data_consent where version <> ''`); n != 1 {
		t.Errorf("%d consents kept", n)
	}
}
