package portaltest

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// missingText is what a page shows instead of a text that the catalogue does not have.
var missingText = regexp.MustCompile(`>[a-z_]+(\.[a-z_0-9]+)+<`)

// WantPage fails the test unless a has the status and its page says all of texts.
func WantPage(t testing.TB, a Answer, status int, texts ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%d, want %d: %s", a.Status, status, a.Header.Get("Location"))
	}
	for _, s := range texts {
		if !strings.Contains(a.Body, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	if key := missingText.FindString(a.Body); key != "" {
		t.Errorf("a missing text: %s", key)
	}
}

// WantRedirect fails the test unless a leads to path, as after a POST.
func WantRedirect(t testing.TB, a Answer, path string) {
	t.Helper()
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Errorf("%d to %s, want 303 to %s", a.Status, a.Header.Get("Location"), path)
	}
}
