package campaigns_test

import (
	"net/http"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

func TestCampaigns(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	event, _ := h.Event(w, 48*time.Hour, 5)
	h.Exec(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
		values ('other', $1, '{"ru":"Другая"}', '{}', 'sky', 'sun', '2026-01-01')`, w.Org)
	b := h.Browser()
	b.Get("/ru/campaigns").Want(t, http.StatusOK, "/ru/campaigns/taza-alem", "/ru/campaigns/other")
	b.Get("/ru/campaigns/taza-alem").Want(t, http.StatusOK, "Taza Alem", portaltest.Path("/ru/events/%d", event))
	b.Get("/ru/campaigns/other").Want(t, http.StatusOK, "Другая", "Сейчас событий нет")
	b.Get("/ru/campaigns/none").Want(t, http.StatusNotFound)
}
