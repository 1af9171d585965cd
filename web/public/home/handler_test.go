package home_test

import (
	"net/http"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

func TestShowHome(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	event, _ := h.Event(h.World(), 48*time.Hour, 5)
	h.Browser().Get("/ru").Want(
		t, http.StatusOK, portaltest.Path("/ru/events/%d", event), "/ru/campaigns/taza-alem", "/ru/help",
	)
}
