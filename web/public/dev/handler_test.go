package dev_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestOnlyInTheDemonstration: another portal has no such pages.
func TestOnlyInTheDemonstration(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.Production)
	for _, path := range []string{"/dev/outbox", "/dev/code"} {
		if a := h.Browser().Get(path); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}

// TestCodes: the codes of the demonstration's people are shown, nobody else's.
func TestCodes(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	h.As(h.Member("v@shtab.test", "volunteer")).AddApp("")
	h.As(h.Member("v@mail.kz", "volunteer")).AddApp("")
	a := h.Browser().Get("/dev/code")
	a.Want(t, http.StatusOK, "v@shtab.test")
	if strings.Contains(a.Body, "v@mail.kz") {
		t.Error("somebody else's code is shown")
	}
}

// TestOutbox: a mail is on the page and in the JSON that programs read.
func TestOutbox(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	h.Member("v@shtab.test", "volunteer")
	h.Browser().Post("/ru/password", url.Values{"email": {"v@shtab.test"}})
	h.Mail("password_reset", "v@shtab.test")
	h.Browser().Get("/dev/outbox").Want(t, http.StatusOK, "v@shtab.test")

	r, err := http.NewRequest(http.MethodGet, h.URL+"/dev/outbox", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	resp, err := h.Browser().Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var mails []map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&mails); err != nil || len(mails) != 1 {
		t.Errorf("%d mails, %v", len(mails), err)
	}
}
