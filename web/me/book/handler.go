// Package book is the volunteer's book: their confirmed hours, event by event.
package book

import (
	"net/http"

	"shtab/internal/attendance"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
)

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	DB postgres.DB
}

// ShowBook shows the volunteer's confirmed hours: GET /{lang}/me/book.
func (h *Handler) ShowBook(w http.ResponseWriter, r *http.Request) error {
	rows, err := attendance.Book(r.Context(), h.DB, httpkit.Actor(r).PersonID)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, bookPage(bookView{Rows: rows}))
}
