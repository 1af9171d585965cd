// Package password sets a new password by a link that is mailed.
package password

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/account"
	"shtab/web/httpkit"
)

// Handler answers /{lang}/password.
type Handler struct {
	*httpkit.Kit
	Accounts *account.Store
}

// ShowRequest asks for the e-mail to send a link to: GET /{lang}/password.
func (h *Handler) ShowRequest(w http.ResponseWriter, r *http.Request) error {
	return h.Render(w, r, http.StatusOK, requestPage(requestView{}))
}

// RequestReset mails a link, if there is such an account: POST /{lang}/password.
func (h *Handler) RequestReset(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Accounts.RequestReset(r.Context(), f.Email, httpkit.Lang(r), h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.Render(
			w, r, http.StatusUnprocessableEntity, requestPage(requestView{Email: f.Email, Problems: problems}),
		)
	}
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, requestPage(requestView{Email: f.Email, Sent: true}))
}

// ShowNewPassword asks for a new password: GET /{lang}/password/{token}.
func (h *Handler) ShowNewPassword(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.CheckReset(r.Context(), chi.URLParam(r, "token"), h.Now()); err != nil {
		return err
	}
	return h.renderNewPassword(w, r, http.StatusOK, nil)
}

func (h *Handler) renderNewPassword(
	w http.ResponseWriter, r *http.Request, status int, problems map[string]string,
) error {
	httpkit.Secret(w)
	return h.Render(
		w, r, status, newPasswordPage(newPasswordView{Token: chi.URLParam(r, "token"), Problems: problems}),
	)
}

// SetPassword sets it, ends every session and signs in, or leads to the second step where there is
// one: POST /{lang}/password/{token}.
func (h *Handler) SetPassword(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Password string `form:"password"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	in, err := h.Accounts.ResetPassword(r.Context(), chi.URLParam(r, "token"), f.Password, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderNewPassword(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "flash.password_changed")
	return h.CompleteLogin(w, r, in, "")
}
