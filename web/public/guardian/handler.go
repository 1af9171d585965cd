// Package guardian is the page of a parent or guardian, behind a link that is mailed: what they are
// asked, their answer, and what they have agreed to.
package guardian

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /{lang}/guardian/{token}.
type Handler struct {
	*httpkit.Kit
	Guardians *guardian.Store
}

// ShowConsent is a parent's page behind a mailed link: GET /{lang}/guardian/{token}.
func (h *Handler) ShowConsent(w http.ResponseWriter, r *http.Request) error {
	return h.renderConsent(w, r, http.StatusOK, view{})
}

func (h *Handler) renderConsent(w http.ResponseWriter, r *http.Request, status int, v view) error {
	var err error
	v.Token = chi.URLParam(r, "token")
	if v.PageData, err = h.Guardians.Open(r.Context(), v.Token, h.Now()); err != nil {
		return err
	}
	httpkit.Secret(w)
	_, at, _ := link.Split(link.Guardian(httpkit.Lang(r), v.Token))
	return h.Render(w, httpkit.At(r, at, ""), status, page(v))
}

// ChooseAnswer keeps the answer and mails the code for it: POST /{lang}/guardian/{token}/choose.
func (h *Handler) ChooseAnswer(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Scope string `form:"scope"`
		Name  string `form:"name"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Guardians.Choose(
		r.Context(), chi.URLParam(r, "token"), guardian.Choice{Scope: f.Scope, Name: f.Name}, h.Now(),
	)
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderConsent(
			w, r, http.StatusUnprocessableEntity, view{Scope: f.Scope, Name: f.Name, Problems: problems},
		)
	}
	return h.afterAnswer(w, r, err, "")
}

// ConfirmConsent makes the answer a consent, by the mailed code: POST /{lang}/guardian/{token}/agree.
func (h *Handler) ConfirmConsent(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Guardians.Agree(r.Context(), chi.URLParam(r, "token"), f.Code, signature(r), h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderConsent(w, r, http.StatusUnprocessableEntity, view{Code: f.Code, Problems: problems})
	}
	return h.afterAnswer(w, r, err, "guardian.flash.agreed")
}

// RefuseEvent says no to an event: POST /{lang}/guardian/{token}/refuse.
func (h *Handler) RefuseEvent(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Event int64 `form:"event"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Guardians.Refuse(r.Context(), chi.URLParam(r, "token"), f.Event, signature(r), h.Now())
	return h.afterAnswer(w, r, err, "guardian.flash.refused")
}

// WithdrawConsent takes a consent back: POST /{lang}/guardian/{token}/withdraw.
func (h *Handler) WithdrawConsent(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Consent int64 `form:"consent"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Guardians.Withdraw(r.Context(), chi.URLParam(r, "token"), f.Consent, signature(r), h.Now())
	return h.afterAnswer(w, r, err, "guardian.flash.withdrawn")
}

// SetCopies switches copies of mails on or off: POST /{lang}/guardian/{token}/copies.
func (h *Handler) SetCopies(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Copies bool `form:"copies"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	done := "guardian.flash.copies_off"
	if f.Copies {
		done = "guardian.flash.copies_on"
	}
	return h.afterAnswer(w, r, h.Guardians.SetCopies(r.Context(), chi.URLParam(r, "token"), f.Copies, h.Now()), done)
}

// DisownAddress forgets the address of somebody who is no guardian: POST /{lang}/guardian/{token}/disown.
func (h *Handler) DisownAddress(w http.ResponseWriter, r *http.Request) error {
	if err := h.Guardians.Disown(r.Context(), chi.URLParam(r, "token"), h.Now()); err != nil {
		return err
	}
	httpkit.Secret(w)
	h.Flash(r.Context(), "good", "guardian.flash.disowned")
	return h.Redirect(w, r, link.Home(httpkit.Lang(r)))
}

// afterAnswer leads back to the page, which says when nothing waits any more or a code has run out or
// was tried too often.
func (h *Handler) afterAnswer(w http.ResponseWriter, r *http.Request, err error, done string) error {
	tone := "good"
	switch fault.Of(err) {
	case fault.KindGone, fault.KindTooMany, fault.KindConflict:
		_, done = httpkit.Status(err)
		tone, err = "warn", nil
	}
	if err != nil {
		return err
	}
	httpkit.Secret(w)
	if done != "" {
		h.Flash(r.Context(), tone, done)
	}
	return h.Redirect(w, r, link.Guardian(httpkit.Lang(r), chi.URLParam(r, "token")))
}

func signature(r *http.Request) guardian.Origin {
	return guardian.Origin{Address: httpkit.Address(r), Lang: httpkit.Lang(r)}
}
