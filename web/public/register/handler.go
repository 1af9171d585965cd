// Package register makes an account: a form, and the code that is mailed to confirm the e-mail.
package register

import (
	"cmp"
	"net/http"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// registrationKey holds, in the session, the registration whose code is asked for; nextKey the page to
// go on to, for whoever must begin again.
const registrationKey, nextKey = "registration", "next"

// Handler answers /{lang}/register.
type Handler struct {
	*httpkit.Kit
	Accounts *account.Store
}

type registerForm struct {
	Email      string `form:"email"`
	Password   string `form:"password"`
	GivenName  string `form:"given_name"`
	FamilyName string `form:"family_name"`
	BirthDate  string `form:"birth_date"`
	Phone      string `form:"phone"`
	Agree      bool   `form:"agree"`
	Next       string `form:"next"`
}

// ShowRegistration asks for what an account needs: GET /{lang}/register.
func (h *Handler) ShowRegistration(w http.ResponseWriter, r *http.Request) error {
	next := link.SafeNext(r.URL.Query().Get("next"))
	if httpkit.Actor(r).SignedIn() {
		return h.Redirect(w, r, cmp.Or(next, link.Me(httpkit.Lang(r))))
	}
	return h.renderRegistration(w, r, http.StatusOK, registerView{Next: next})
}

func (h *Handler) renderRegistration(w http.ResponseWriter, r *http.Request, status int, v registerView) error {
	w.Header().Set("Cache-Control", "no-store")
	return h.Render(w, httpkit.WithNext(r, "/register", v.Next), status, registerPage(v))
}

// Register keeps what was typed and mails a code: POST /{lang}/register. The answer is the same for an address that
// has an account already; the mail is not.
func (h *Handler) Register(w http.ResponseWriter, r *http.Request) error {
	var f registerForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	l, next := httpkit.Lang(r), link.SafeNext(f.Next)
	id, err := h.Accounts.Register(r.Context(), account.Registration{
		Email: f.Email, Password: f.Password, GivenName: f.GivenName, FamilyName: f.FamilyName,
		BirthDate: f.BirthDate, Phone: f.Phone, Agree: f.Agree, Lang: l, Next: next,
	}, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderRegistration(w, r, http.StatusUnprocessableEntity, registerView{
			Email: f.Email, GivenName: f.GivenName, FamilyName: f.FamilyName, BirthDate: f.BirthDate,
			Phone: f.Phone, Agree: f.Agree, Next: next, Problems: problems,
		})
	}
	if err != nil {
		return err
	}
	h.Sessions.Put(r.Context(), registrationKey, id)
	h.Sessions.Put(r.Context(), nextKey, next)
	return h.Redirect(w, r, link.RegisterCode(l))
}

// ShowCode asks for the mailed code: GET /{lang}/register/code.
func (h *Handler) ShowCode(w http.ResponseWriter, r *http.Request) error {
	return h.renderCode(w, r, http.StatusOK, codeView{})
}

func (h *Handler) renderCode(w http.ResponseWriter, r *http.Request, status int, v codeView) error {
	if h.Sessions.GetInt64(r.Context(), registrationKey) == 0 {
		return h.Redirect(w, r, link.Register(httpkit.Lang(r), ""))
	}
	v.Next = h.Sessions.GetString(r.Context(), nextKey)
	w.Header().Set("Cache-Control", "no-store")
	return h.Render(w, r, status, codePage(v))
}

// ConfirmCode makes the account and signs in: POST /{lang}/register/code.
func (h *Handler) ConfirmCode(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx := r.Context()
	id := h.Sessions.GetInt64(ctx, registrationKey)
	if id == 0 { // sent twice, and the first has signed in; or nothing was begun in this browser
		return h.Redirect(w, r, link.Me(httpkit.Lang(r)))
	}
	in, err := h.Accounts.Confirm(ctx, id, f.Code, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderCode(w, r, http.StatusUnprocessableEntity, codeView{Code: f.Code, Problems: problems})
	}
	if fault.Of(err) == fault.KindGone || fault.Of(err) == fault.KindNotFound {
		h.Flash(ctx, "warn", "account.error.code_expired")
		return h.Redirect(w, r, link.Register(httpkit.Lang(r), h.Sessions.GetString(ctx, nextKey)))
	}
	if err != nil {
		return err
	}
	h.Sessions.Remove(ctx, registrationKey)
	h.Sessions.Remove(ctx, nextKey)
	h.Flash(ctx, "good", "flash.welcome")
	return h.CompleteLogin(w, r, in, in.Next)
}

// ResendCode mails another code: POST /{lang}/register/code/resend.
func (h *Handler) ResendCode(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := h.Accounts.Resend(ctx, h.Sessions.GetInt64(ctx, registrationKey), h.Now())
	switch fault.Of(err) {
	case fault.KindGone, fault.KindNotFound:
		h.Flash(ctx, "warn", "account.error.code_expired")
		return h.Redirect(w, r, link.Register(httpkit.Lang(r), h.Sessions.GetString(ctx, nextKey)))
	}
	if err != nil {
		return err
	}
	h.Flash(ctx, "good", "flash.code_resent")
	return h.Redirect(w, r, link.RegisterCode(httpkit.Lang(r)))
}
