package info_test

import (
	"net/http"
	"strings"
	"testing"

	"shtab/internal/config"
	"shtab/web/portal/portaltest"
)

func TestShowHelp(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	h.Browser().Get("/ru/help").Want(t, http.StatusOK, "mailto:"+h.City.Email)
}

// TestShowPrivacy: the text in force and earlier ones are found by their version.
func TestShowPrivacy(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	b := h.Browser()
	version := h.City.Consent(config.Registration).Version
	current := b.Get("/ru/privacy").Want(t, http.StatusOK, version)
	if same := b.Get("/ru/privacy?version=" + version); !strings.Contains(same.Body, version) ||
		same.Status != current.Status {
		t.Errorf("by its version: %d", same.Status)
	}
	h.Exec(`insert into consent_text (purpose, version, body, published_by, published_at)
		values ('registration', '2025-01-01', '{"ru":"Прежний текст"}', $1, now() - interval '1 year')`,
		h.Person("admin@shtab.test", 40))
	b.Get("/ru/privacy?version=2025-01-01").Want(t, http.StatusOK, "Прежний текст")
	b.Get("/ru/privacy?version=1999-01-01").Want(t, http.StatusNotFound)
}
