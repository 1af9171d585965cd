// Package dev is the demonstration's own pages: the mails that did not leave it, and the codes of
// its people's authenticator apps. The program that a city runs is built without them.
package dev

import (
	"encoding/json"
	"net/http"
	"strings"

	"shtab/internal/demo"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
)

// mailsShown is how many mails the outbox lists.
const mailsShown = 100

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	DB postgres.DB
}

// New makes the pages, to be handed to the portal.
func New(k *httpkit.Kit, db postgres.DB) httpkit.DemoPages {
	h := &Handler{Kit: k, DB: db}
	return httpkit.DemoPages{ShowOutbox: h.ShowOutbox, ShowCodes: h.ShowCodes, LoginNote: loginNote()}
}

// ShowOutbox lists the demonstration's mails, newest first, as a page or as JSON: GET /dev/outbox.
func (h *Handler) ShowOutbox(w http.ResponseWriter, r *http.Request) error {
	mails, err := outbox.Kept(r.Context(), h.DB, mailsShown)
	if err != nil {
		return err
	}
	if wantsJSON(r) {
		return sendJSON(w, mails)
	}
	return h.Render(w, r, http.StatusOK, outboxPage(mails))
}

// ShowCodes shows the codes that the apps of the demonstration's people show now, as a page or as
// JSON: GET /dev/code.
func (h *Handler) ShowCodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := demo.Codes(r.Context(), h.DB, h.Now())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	if wantsJSON(r) {
		return sendJSON(w, codes)
	}
	return h.Render(w, r, http.StatusOK, codesPage(codes))
}

func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json")
}

func sendJSON(w http.ResponseWriter, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return httpkit.Send(w, "application/json", body)
}
