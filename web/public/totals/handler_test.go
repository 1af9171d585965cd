package totals_test

import (
	"net/http"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestShowTotals: a year is four digits; whatever else stands in the address is all years.
func TestShowTotals(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	h.World()
	b := h.Browser()
	b.Get("/ru/totals").Want(t, http.StatusOK, "События по годам")
	b.Get("/ru/totals?year=2026").Want(t, http.StatusOK, "События по месяцам, 2026")
	for _, year := range []string{"26", "20x6", "99999999999999", ""} {
		if a := b.Get("/ru/totals?year=" + year); a.Status != http.StatusOK ||
			!strings.Contains(a.Body, "События по годам") {
			t.Errorf("year %q: %d, not the figures of all years", year, a.Status)
		}
	}
}
