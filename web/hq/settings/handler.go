// Package settings is where an administrator sets the city: its names, districts and thresholds, and
// the texts that people agree to.
package settings

import (
	"context"
	"net/http"
	"strconv"

	"shtab/internal/config"
	"shtab/internal/settings"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /hq/settings.
type Handler struct {
	*httpkit.Kit
	Settings *settings.Store
	Base     *config.City                // the city's file, without what is set over it
	Refresh  func(context.Context) error // makes a change hold from the next request on
}

// maxForm is how many bytes of the settings' form are read, maxConsent of a text's.
const maxForm, maxConsent = 128 << 10, 256 << 10

// ShowSettings is what an administrator may set: GET /{lang}/hq/settings.
func (h *Handler) ShowSettings(w http.ResponseWriter, r *http.Request) error {
	number, set, err := h.Settings.Current(r.Context(), httpkit.Actor(r), h.Base)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, settingsPage(settingsView{Form: formOf(number, set)}))
}

// SaveSettings sets it: POST /{lang}/hq/settings.
func (h *Handler) SaveSettings(w http.ResponseWriter, r *http.Request) error {
	var v settingsView
	if err := httpkit.LongForm(w, r, &v.Form, maxForm); err != nil {
		return err
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	number, _ := strconv.ParseInt(v.Form.Version, 10, 64)
	err := v.Form.read(httpkit.Inputs(r, settings.Fields.Inputs()), h.City.Location()).Err()
	if err == nil {
		err = h.Settings.Save(ctx, actor, h.Base, number, v.Form.Set, h.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.Render(w, r, http.StatusUnprocessableEntity, settingsPage(v))
	}
	if why, ok := httpkit.Conflict(err); ok {
		id, _, err := h.Settings.Current(ctx, actor, h.Base)
		if err != nil {
			return err
		}
		v.Conflict, v.Form.Version = why, strconv.FormatInt(id, 10) // the next press is about what stands there now
		return h.Render(w, r, http.StatusConflict, settingsPage(v))
	}
	if err != nil {
		return err
	}
	if err := h.Refresh(ctx); err != nil {
		return err
	}
	h.Flash(ctx, "good", "settings.flash.saved")
	return h.Redirect(w, r, link.HQSettings(httpkit.Lang(r)))
}

// ShowConsents are the texts that people agree to: GET /{lang}/hq/settings/consents.
func (h *Handler) ShowConsents(w http.ResponseWriter, r *http.Request) error {
	return h.renderConsents(w, r, http.StatusOK, consentsView{})
}

func (h *Handler) renderConsents(w http.ResponseWriter, r *http.Request, status int, v consentsView) (err error) {
	if v.Texts, err = h.Settings.ConsentTexts(r.Context(), httpkit.Actor(r)); err != nil {
		return err
	}
	return h.Render(w, r, status, consentsPage(v))
}

// PublishConsent asks for another text from now on: POST /{lang}/hq/settings/consents.
func (h *Handler) PublishConsent(w http.ResponseWriter, r *http.Request) error {
	var v consentsView
	if err := httpkit.LongForm(w, r, &v.Form, maxConsent); err != nil {
		return err
	}
	purpose := config.Purpose(v.Form.Purpose)
	err := h.Settings.PublishConsent(r.Context(), httpkit.Actor(r), h.Base, purpose, v.Form.Body, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderConsents(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	if err := h.Refresh(r.Context()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "settings.flash.published")
	return h.Redirect(w, r, link.HQConsents(httpkit.Lang(r)))
}
