package portaltest

import (
	"html"
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
	a.Want(t, status, texts...)
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

// Want ends the test unless the answer has this status, and fails it for each part that the body
// does not say. It returns the answer.
func (a Answer) Want(t testing.TB, status int, parts ...string) Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%d, not %d: %s%s", a.Status, status, a.Header.Get("Location"), a.Body[:min(len(a.Body), 300)])
	}
	for _, p := range parts {
		if !strings.Contains(a.Body, p) {
			t.Errorf("the page does not say %q", p)
		}
	}
	return a
}

// NextPage is the address of a list's next page; empty on the last.
func (a Answer) NextPage() string {
	_, rest, ok := strings.Cut(a.Body, `rel="next" href="`)
	if !ok {
		return ""
	}
	address, _, _ := strings.Cut(rest, `"`)
	return html.UnescapeString(address)
}
