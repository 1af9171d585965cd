package machine_test

import (
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

func TestRootChoosesTheLanguage(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	for accept, want := range map[string]string{"ru-RU,ru;q=0.9": "/ru", "en": "/en", "": "/kk", "de": "/kk"} {
		r, _ := http.NewRequest(http.MethodGet, h.URL+"/", nil)
		r.Header.Set("Accept-Language", accept)
		resp, err := h.Browser().Client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
	b := h.Browser()
	b.Get("/en/events") // the choice is remembered
	if a := b.Get("/"); a.Header.Get("Location") != "/en" {
		t.Errorf("after a visit in English: %s", a.Header.Get("Location"))
	}
}

// TestReadinessNamesTheSchema: a balancer keeps away from a portal whose database it does not understand,
// and an operator reads why.
func TestReadinessNamesTheSchema(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	if a := h.Browser().Get("/readyz"); a.Status != http.StatusOK {
		t.Fatalf("%d\n%s", a.Status, a.Body)
	}
	for _, c := range []struct{ sql, want string }{
		{`update schema_migrations set version = version - 1`, "run `shtab migrate`"},
		{`update schema_migrations set version = version + 2`, ""}, // what it was, and one that only adds
		{`update schema_support set oldest_program = version from schema_migrations`, "run a newer release"},
	} {
		h.Exec(c.sql)
		a := h.Browser().Get("/readyz")
		if c.want == "" && a.Status != http.StatusOK ||
			c.want != "" && (a.Status != http.StatusServiceUnavailable || !strings.Contains(a.Body, c.want)) {
			t.Errorf("after %s: %d %s", c.sql, a.Status, a.Body)
		}
	}
}

func TestSitemap(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	h.Event(w, 48*time.Hour, 5)
	a := h.Browser().Get("/sitemap.xml")
	for _, l := range []string{"kk", "ru", "en"} {
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "<loc>"+h.URL+"/"+l+"/events/1</loc>") {
			t.Errorf("%s: %d without the event:\n%.400s", l, a.Status, a.Body)
		}
	}
	if err := xml.Unmarshal([]byte(a.Body), new(struct{ XMLName xml.Name })); err != nil {
		t.Error(err)
	}
}

func TestRobots(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	a := h.Browser().Get("/robots.txt")
	a.Want(t, http.StatusOK, "Disallow: /kk/me\n", "Disallow: /calendar/\n", "Sitemap: "+h.URL+"/sitemap.xml")
}
