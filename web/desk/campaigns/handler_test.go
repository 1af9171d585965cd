package campaigns_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestWriteCampaign writes, publishes and archives a campaign by its form, shows a second
// writer what the first has changed, and is nobody else's.
func TestWriteCampaign(t *testing.T) {
	t.Parallel()
	d := portaltest.StartDesk(t, portaltest.WithoutWorker)
	form := url.Values{
		"key": {"k1"}, "org": {fmt.Sprint(d.Org)}, "name_kk": {"Жасыл көше"}, "name_ru": {"Зелёная улица"},
		"colour": {"leaf"}, "emblem": {"tree"},
		"goal_events": {"10"}, "things[0].kind": {"trees"}, "things[0].target": {"300"},
	}
	first := d.Mine.Post("/ru/desk/campaigns/new", form)
	if again := d.Mine.Post("/ru/desk/campaigns/new", form); first.Status != http.StatusSeeOther ||
		again.Header.Get("Location") != first.Header.Get("Location") {
		t.Fatalf("%d, %d\n%s", first.Status, again.Status, first.Body)
	}
	at := first.Header.Get("Location")
	if a := d.Mine.Post(at+"/publish", url.Values{"version": {"1"}}); a.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(a.Body, `href="#f-summary_ru"`) {
		t.Errorf("publishing without a summary: %d", a.Status)
	}
	form.Set("version", "1")
	form.Set("summary_kk", "Ағаш егеміз")
	form.Set("summary_ru", "Сажаем деревья")
	if a := d.Mine.Post(at, form); a.Status != http.StatusSeeOther {
		t.Fatalf("saving: %d\n%s", a.Status, a.Body)
	}
	form.Set("summary_ru", "Поливаем")
	if a := d.Mine.Post(at, form); a.Status != http.StatusConflict || !strings.Contains(a.Body, "Сажаем деревья") ||
		!strings.Contains(a.Body, "Поливаем") {
		t.Errorf("an older form: %d", a.Status)
	}
	for _, path := range []string{at, at + "/publish", at + "/archive"} {
		if a := d.Theirs.Post(path, url.Values{
			"version": {"2"}, "name_ru": {"x"}, "name_kk": {"x"}, "colour": {"sky"},
			"emblem": {"sun"},
		}); a.Status != http.StatusNotFound {
			t.Errorf("%s by another organisation: %d", path, a.Status)
		}
	}
	if a := d.Theirs.Get(at); a.Status != http.StatusNotFound {
		t.Errorf("read by another organisation: %d", a.Status)
	}
	form.Set("org", fmt.Sprint(d.Other)) // a hidden field swapped
	form.Set("key", "k2")
	if a := d.Mine.Post("/ru/desk/campaigns/new", form); a.Status != http.StatusNotFound {
		t.Errorf("for another organisation: %d", a.Status)
	}
	d.Mine.Post(at+"/publish", url.Values{"version": {"2"}})
	if page := d.Browser().Get("/ru/campaigns/zhasyl-koshe"); page.Status != 200 ||
		!strings.Contains(page.Body, "0 из 300") {
		t.Errorf("the public page: %d", page.Status)
	}
	d.Mine.Post(at+"/archive", url.Values{"version": {"3"}})
	if list := d.Browser().Get("/ru/campaigns"); strings.Contains(list.Body, "zhasyl-koshe") {
		t.Error("the archived stands in the list")
	}
}
