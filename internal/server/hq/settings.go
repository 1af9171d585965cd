package hq

import (
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// SettingsForm is what an administrator may set: GET /{lang}/hq/settings.
func (h *Room) SettingsForm(w http.ResponseWriter, r *http.Request) error {
	id, facts, err := h.Settings.Current(r.Context(), httpkit.Actor(r), h.Base)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Settings(page.SettingsView{Form: page.SettingsFormOf(id, facts)}))
}

// maxSettings is how many bytes of the settings' form are read.
const maxSettings = 128 << 10

// SaveSettings sets it: POST /{lang}/hq/settings. It holds from the next request on.
func (h *Room) SaveSettings(w http.ResponseWriter, r *http.Request) error {
	var v page.SettingsView
	if err := httpkit.LongForm(w, r, &v.Form, maxSettings); err != nil {
		return err
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	was, _ := strconv.ParseInt(v.Form.Version, 10, 64)
	facts, wrong := v.Form.Facts()
	err := wrong.Err()
	if err == nil {
		err = h.Settings.Save(ctx, actor, h.Base, was, facts, h.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.Render(w, r, http.StatusUnprocessableEntity, page.Settings(v))
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		id, _, err := h.Settings.Current(ctx, actor, h.Base)
		if err != nil {
			return err
		}
		v.Conflict, v.Form.Version = e.Key, strconv.FormatInt(id, 10) // the next press is about what stands there now
		return h.Render(w, r, http.StatusConflict, page.Settings(v))
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

// Consents are the texts that people agree to: GET /{lang}/hq/settings/consents.
func (h *Room) Consents(w http.ResponseWriter, r *http.Request) error {
	return h.renderConsents(w, r, http.StatusOK, page.ConsentsView{})
}

func (h *Room) renderConsents(w http.ResponseWriter, r *http.Request, status int, v page.ConsentsView) (err error) {
	if v.Texts, err = h.Settings.Texts(r.Context(), httpkit.Actor(r)); err != nil {
		return err
	}
	return h.Render(w, r, status, page.Consents(v))
}

// PublishConsent asks for another text from now on: POST /{lang}/hq/settings/consents.
func (h *Room) PublishConsent(w http.ResponseWriter, r *http.Request) error {
	var v page.ConsentsView
	if err := httpkit.LongForm(w, r, &v.Form, maxSettings*2); err != nil {
		return err
	}
	body := i18n.Text{KK: v.Form.BodyKK, RU: v.Form.BodyRU, EN: v.Form.BodyEN}
	err := h.Settings.Publish(r.Context(), httpkit.Actor(r), h.Base, config.Purpose(v.Form.Purpose), body, h.Now())
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
