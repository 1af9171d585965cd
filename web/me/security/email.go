package security

import (
	"net/http"

	"shtab/internal/fault"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowEmail asks for a new e-mail, or for the code mailed to it: GET /{lang}/me/security/email.
func (h *Handler) ShowEmail(w http.ResponseWriter, r *http.Request) error {
	return h.renderEmail(w, r, http.StatusOK, emailView{})
}

func (h *Handler) renderEmail(w http.ResponseWriter, r *http.Request, status int, v emailView) (err error) {
	if v.Awaited, err = h.Accounts.AwaitedEmail(r.Context(), httpkit.Actor(r), h.Now()); err != nil {
		return err
	}
	return h.Render(w, httpkit.At(r, "/me/security/email", ""), status, emailPage(v))
}

// RequestEmail has a code mailed to it: POST /{lang}/me/security/email. The answer is the same for an
// address that has an account already; the mail is not.
func (h *Handler) RequestEmail(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Accounts.RequestEmail(r.Context(), httpkit.Actor(r), f.Email, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderEmail(w, r, http.StatusUnprocessableEntity, emailView{Email: f.Email, Problems: problems})
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, link.SecurityEmail(httpkit.Lang(r)))
}

// ConfirmEmail puts the new e-mail in the place of the old one: POST /{lang}/me/security/email/code.
func (h *Handler) ConfirmEmail(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, l := r.Context(), httpkit.Lang(r)
	err := h.Accounts.ConfirmEmail(ctx, httpkit.Actor(r), f.Code, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderEmail(w, r, http.StatusUnprocessableEntity, emailView{Code: f.Code, Problems: problems})
	}
	switch fault.Of(err) {
	case fault.KindGone:
		h.Flash(ctx, "warn", "factor.error.email_expired")
		return h.Redirect(w, r, link.SecurityEmail(l))
	case fault.KindConflict:
		h.Flash(ctx, "warn", "factor.error.email_taken")
		return h.Redirect(w, r, link.SecurityEmail(l))
	}
	if err != nil {
		return err
	}
	h.Flash(ctx, "good", "factor.flash.email")
	return h.Redirect(w, r, link.Profile(l))
}
