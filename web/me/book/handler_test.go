package book_test

import (
	"net/http"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestShowBook: only one's own confirmed hours.
func TestShowBook(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	event, shift := h.Event(h.World(), -48*time.Hour, 5)
	person := h.Person("me@shtab.test", 30)
	h.Attend(event, shift, person, 90)
	h.CloseEvent(event)
	h.As(person).Get("/ru/me/book").Want(t, http.StatusOK, "Посадка деревьев", "1,5")
	other := h.As(h.Person("other@shtab.test", 30))
	other.Get("/ru/me/book").Want(t, http.StatusOK, "/ru/events")
}
