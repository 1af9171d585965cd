package organizations_test

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestSaveLogo takes a picture, shows it on the public page, and refuses files that are none.
func TestSaveLogo(t *testing.T) {
	t.Parallel()
	h := startDesk(t, portaltest.WithoutWorker)
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, 800, 400))); err != nil {
		t.Fatal(err)
	}
	upload := func(by *portaltest.Browser, file []byte) portaltest.Answer {
		return by.PostFile(h.path(h.Org, "/logo"), "logo", "x.png", file, nil)
	}
	upload(h.Mine, b.Bytes()).Want(t, http.StatusSeeOther)
	public := h.Browser().Get("/ru/organizations/jastar")
	src := regexp.MustCompile(`/logos/[0-9a-f]{24}\.png`).FindString(public.Body)
	a := h.Browser().Get(src)
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "image/png" ||
		a.Header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", src, a.Status, a.Header)
	}
	if c, err := png.DecodeConfig(strings.NewReader(a.Body)); err != nil || c.Width != 512 {
		t.Errorf("%+v, %v", c, err)
	}
	for _, c := range []struct {
		what   string
		file   []byte
		status int
	}{
		{"svg", []byte("<svg><script>1</script></svg>"), http.StatusUnprocessableEntity},
		{"html", []byte("<html>"), http.StatusUnprocessableEntity},
		{"nothing", nil, http.StatusUnprocessableEntity},
		{"large", make([]byte, 6<<20), http.StatusRequestEntityTooLarge},
	} {
		if a := upload(h.Mine, c.file); a.Status != c.status {
			t.Errorf("%s: %d, want %d", c.what, a.Status, c.status)
		}
	}
	upload(h.Theirs, b.Bytes()).Want(t, http.StatusNotFound)
	h.Mine.Post(h.path(h.Org, "/logo/remove"), url.Values{})
	h.Browser().Get(src).Want(t, http.StatusNotFound)
}
