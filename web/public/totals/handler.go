// Package totals is the page of public figures.
package totals

import (
	"net/http"

	"shtab/internal/totals"
	"shtab/web/httpkit"
)

// Handler answers /{lang}/totals.
type Handler struct {
	*httpkit.Kit
	Totals *totals.Store
}

// ShowTotals is the public figures of a year, or of all years: GET /{lang}/totals?year=.
func (h *Handler) ShowTotals(w http.ResponseWriter, r *http.Request) error {
	v, err := h.Totals.Public(r.Context(), yearOf(r.URL.Query().Get("year")))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page(v))
}

// yearOf reads a year of four digits; anything else is 0, all years.
func yearOf(s string) (year int) {
	if len(s) != 4 {
		return 0
	}
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0
		}
		year = year*10 + int(c-'0')
	}
	return year
}
