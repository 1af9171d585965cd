// Package info is plain texts: how one gets help, and the text about personal data.
package info

import (
	"net/http"

	"shtab/internal/config"
	"shtab/internal/postgres"
	"shtab/internal/settings"
	"shtab/web/httpkit"
)

// Handler answers /{lang}/help and /{lang}/privacy.
type Handler struct {
	*httpkit.Kit
	DB postgres.DB
}

// ShowHelp says how one gets help: GET /{lang}/help.
func (h *Handler) ShowHelp(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, helpPage())
}

// ShowPrivacy is the text about personal data that one agrees to, an earlier one with version=: GET
// /{lang}/privacy.
func (h *Handler) ShowPrivacy(w http.ResponseWriter, r *http.Request) (err error) {
	text := h.City.Consent(config.Registration)
	if v := r.URL.Query().Get("version"); v != "" && v != text.Version {
		if text = (&config.City{}).Consent(config.Registration); v != text.Version { // not the catalogue's own
			if text, err = settings.PublishedConsent(r.Context(), h.DB, config.Registration, v); err != nil {
				return err
			}
		}
	}
	return h.Render(w, r, http.StatusOK, privacyPage(text))
}
