package deliveries_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// A kind of things delivered is renamed and retired; events are no longer asked for it.
func TestChangeKind(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	var slug string
	h.Scan(`select slug from delivery_kind order by position limit 1`, nil, &slug)
	path := "/ru/hq/deliveries/" + slug
	h.Coordinator.Post(path, url.Values{}).Want(t, http.StatusForbidden)
	h.Staff.Post("/ru/hq/deliveries/none", url.Values{"name_kk": {"А"}, "name_ru": {"А"}}).Want(t, http.StatusNotFound)
	h.Staff.Post(path, url.Values{"name_kk": {""}, "name_ru": {"Пакеты"}}).Want(t, http.StatusUnprocessableEntity)
	for range 2 {
		h.Staff.Post(path, url.Values{"name_kk": {"Қаптар"}, "name_ru": {"Пакеты"}, "retired": {"1"}}).
			Want(t, http.StatusSeeOther)
	}
	h.Staff.Get("/ru/hq/deliveries").Want(t, http.StatusOK, "Пакеты", "Больше не спрашиваем")
	id, _ := h.Event(h.World, -30*time.Hour, 5)
	if a := h.Coordinator.Get(portaltest.Path("/ru/desk/events/%d/hours", id)).
		Want(t, http.StatusOK); strings.Contains(a.Body, "Пакеты") {
		t.Error("events are still asked for a retired kind")
	}
	if n := h.Count(
		`select count(*) from audit where verb = 'delivery_kind.change' and fields = '{name,retired}'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
}
