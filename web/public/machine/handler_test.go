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
