package me

import (
	"net/http"

	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/me"

	"shtab/web/link"
)

// EmailForm asks for a new e-mail, or for the code mailed to it: GET /{lang}/me/security/email.
func (m *Room) EmailForm(w http.ResponseWriter, r *http.Request) error {
	return m.renderEmail(w, r, http.StatusOK, page.EmailView{})
}

func (m *Room) renderEmail(w http.ResponseWriter, r *http.Request, status int, v page.EmailView) (err error) {
	if v.Awaited, err = m.Accounts.AwaitedEmail(r.Context(), httpkit.Actor(r), m.Now()); err != nil {
		return err
	}
	return m.Render(w, httpkit.At(r, "/me/security/email", ""), status, page.Email(v))
}

// Email has a code mailed to it: POST /{lang}/me/security/email. The answer is the same for an
// address that has an account already; the mail is not.
func (m *Room) Email(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := m.Accounts.RequestEmail(r.Context(), httpkit.Actor(r), f.Email, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderEmail(w, r, http.StatusUnprocessableEntity, page.EmailView{Email: f.Email, Problems: problems})
	}
	if err != nil {
		return err
	}
	return m.Redirect(w, r, link.SecurityEmail(httpkit.Lang(r)))
}

// EmailCode puts the new e-mail in the place of the old one: POST /{lang}/me/security/email/code.
func (m *Room) EmailCode(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, l := r.Context(), httpkit.Lang(r)
	err := m.Accounts.ConfirmEmail(ctx, httpkit.Actor(r), f.Code, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderEmail(w, r, http.StatusUnprocessableEntity, page.EmailView{Code: f.Code, Problems: problems})
	}
	switch fault.Of(err) {
	case fault.KindGone:
		m.Flash(ctx, "warn", "factor.error.email_expired")
		return m.Redirect(w, r, link.SecurityEmail(l))
	case fault.KindConflict:
		m.Flash(ctx, "warn", "factor.error.email_taken")
		return m.Redirect(w, r, link.SecurityEmail(l))
	}
	if err != nil {
		return err
	}
	m.Flash(ctx, "good", "factor.flash.email")
	return m.Redirect(w, r, link.Profile(l))
}
