package portaltest

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// missingText is what a page shows instead of a text that the catalogue does not have.
var missingText = regexp.MustCompile(`>[a-z_]+(\.[a-z_0-9]+)+<`)

// Want ends the test unless the answer has this status, and fails it for each part that the body
// does not say and for a missing text. It returns the answer.
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
	if key := missingText.FindString(a.Body); key != "" {
		t.Errorf("a missing text: %s", key)
	}
	return a
}

// WantRedirect fails the test unless the answer leads to path, as after a POST. It returns the answer.
func (a Answer) WantRedirect(t testing.TB, path string) Answer {
	t.Helper()
	if a.Status != http.StatusSeeOther || a.Header.Get("Location") != path {
		t.Errorf("%d to %s, want 303 to %s", a.Status, a.Header.Get("Location"), path)
	}
	return a
}

// WantWithout fails the test for each of parts that the body says.
func (a Answer) WantWithout(t testing.TB, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.Body, p) {
			t.Errorf("the page says %q", p)
		}
	}
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

// Workbook is the answer as a spreadsheet.
func (a Answer) Workbook(t testing.TB) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	return f
}
