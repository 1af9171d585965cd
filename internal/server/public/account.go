package public

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// registrationKey holds, in the session, the registration whose code is asked for.
// nextKey holds the page to go on to after it, for who must begin again.
const registrationKey, nextKey = "registration", "next"

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

// RegisterForm asks for what an account needs: GET /{lang}/register.
func (p *Room) RegisterForm(w http.ResponseWriter, r *http.Request) error {
	next := link.Safe(r.URL.Query().Get("next"))
	if httpkit.Actor(r).SignedIn() {
		return p.Redirect(w, r, orMe(r, next))
	}
	return p.renderRegister(w, r, http.StatusOK, page.RegisterView{Next: next})
}

func (p *Room) renderRegister(w http.ResponseWriter, r *http.Request, status int, v page.RegisterView) error {
	w.Header().Set("Cache-Control", "no-store")
	return p.Render(w, httpkit.WithNext(r, "/register", v.Next), status, page.Register(v))
}

// Register mails a code: POST /{lang}/register. The answer is the same for an address that has
// an account already; the mail is not.
func (p *Room) Register(w http.ResponseWriter, r *http.Request) error {
	var f registerForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	l, next := httpkit.Lang(r), link.Safe(f.Next)
	id, err := p.Accounts.Register(r.Context(), account.Registration{
		Email: f.Email, Password: f.Password, GivenName: f.GivenName, FamilyName: f.FamilyName,
		BirthDate: f.BirthDate, Phone: f.Phone, Agree: f.Agree, Lang: l, Next: next,
	}, p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderRegister(w, r, http.StatusUnprocessableEntity, page.RegisterView{
			Email: f.Email, GivenName: f.GivenName, FamilyName: f.FamilyName, BirthDate: f.BirthDate,
			Phone: f.Phone, Agree: f.Agree, Next: next, Problems: problems,
		})
	}
	if err != nil {
		return err
	}
	p.Sessions.Put(r.Context(), registrationKey, id)
	p.Sessions.Put(r.Context(), nextKey, next)
	return p.Redirect(w, r, link.RegisterCode(l))
}

// CodeForm asks for the mailed code: GET /{lang}/register/code.
func (p *Room) CodeForm(w http.ResponseWriter, r *http.Request) error {
	return p.renderCode(w, r, http.StatusOK, page.CodeView{})
}

func (p *Room) renderCode(w http.ResponseWriter, r *http.Request, status int, v page.CodeView) error {
	if p.Sessions.GetInt64(r.Context(), registrationKey) == 0 {
		return p.Redirect(w, r, link.Register(httpkit.Lang(r), ""))
	}
	v.Next = p.Sessions.GetString(r.Context(), nextKey)
	w.Header().Set("Cache-Control", "no-store")
	return p.Render(w, r, status, page.Code(v))
}

// Code makes the account and signs in: POST /{lang}/register/code.
func (p *Room) Code(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx := r.Context()
	id := p.Sessions.GetInt64(ctx, registrationKey)
	if id == 0 { // sent twice: the other one has signed in, or nothing was begun here
		return p.Redirect(w, r, link.Me(httpkit.Lang(r)))
	}
	in, err := p.Accounts.Confirm(ctx, id, f.Code, p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderCode(w, r, http.StatusUnprocessableEntity, page.CodeView{Code: f.Code, Problems: problems})
	}
	if fault.Of(err) == fault.KindGone || fault.Of(err) == fault.KindNotFound {
		p.Flash(ctx, "warn", "account.error.code_expired")
		return p.Redirect(w, r, link.Register(httpkit.Lang(r), p.Sessions.GetString(ctx, nextKey)))
	}
	if err != nil {
		return err
	}
	p.Sessions.Remove(ctx, registrationKey)
	p.Sessions.Remove(ctx, nextKey)
	p.Flash(ctx, "good", "flash.welcome")
	return p.CompleteLogin(w, r, in, in.Next)
}

// Resend mails another code: POST /{lang}/register/code/resend.
func (p *Room) Resend(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	err := p.Accounts.Resend(ctx, p.Sessions.GetInt64(ctx, registrationKey), p.Now())
	switch fault.Of(err) {
	case fault.KindGone, fault.KindNotFound:
		p.Flash(ctx, "warn", "account.error.code_expired")
		return p.Redirect(w, r, link.Register(httpkit.Lang(r), p.Sessions.GetString(ctx, nextKey)))
	}
	if err != nil {
		return err
	}
	p.Flash(ctx, "good", "flash.code_resent")
	return p.Redirect(w, r, link.RegisterCode(httpkit.Lang(r)))
}

// LoginForm asks who it is: GET /{lang}/login.
func (p *Room) LoginForm(w http.ResponseWriter, r *http.Request) error {
	next := link.Safe(r.URL.Query().Get("next"))
	if httpkit.Actor(r).SignedIn() {
		return p.Redirect(w, r, orMe(r, next))
	}
	return p.renderLogin(w, r, http.StatusOK, page.LoginView{Next: next})
}

func (p *Room) renderLogin(w http.ResponseWriter, r *http.Request, status int, v page.LoginView) error {
	w.Header().Set("Cache-Control", "no-store")
	v.Passkey = p.Factors.TakesPasskeys()
	return p.Render(w, httpkit.WithNext(r, "/login", v.Next), status, page.Login(v))
}

// Login signs in, up to the second factor: POST /{lang}/login.
func (p *Room) Login(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email    string `form:"email"`
		Password string `form:"password"`
		Next     string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	next := link.Safe(f.Next)
	in, err := p.Accounts.Login(r.Context(), f.Email, f.Password, p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderLogin(w, r, http.StatusUnprocessableEntity, page.LoginView{Email: f.Email, Next: next, Problems: problems})
	}
	if err != nil {
		return err
	}
	return p.CompleteLogin(w, r, in, next)
}

// Logout ends the session: POST /{lang}/logout.
func (p *Room) Logout(w http.ResponseWriter, r *http.Request) error {
	if err := p.SignOut(r.Context()); err != nil {
		return err
	}
	return p.Redirect(w, r, link.Home(httpkit.Lang(r)))
}

// PasswordForm asks for the address to mail a link to: GET /{lang}/password.
func (p *Room) PasswordForm(w http.ResponseWriter, r *http.Request) error {
	return p.Render(w, r, http.StatusOK, page.Password(page.PasswordView{}))
}

// Password mails a link, if there is such an account: POST /{lang}/password.
func (p *Room) Password(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := p.Accounts.RequestReset(r.Context(), f.Email, httpkit.Lang(r), p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.Render(w, r, http.StatusUnprocessableEntity, page.Password(page.PasswordView{Email: f.Email, Problems: problems}))
	}
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Password(page.PasswordView{Email: f.Email, Sent: true}))
}

// NewPasswordForm asks for a new password: GET /{lang}/password/{token}.
func (p *Room) NewPasswordForm(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.CheckReset(r.Context(), chi.URLParam(r, "token"), p.Now()); err != nil {
		return err
	}
	return p.renderNewPassword(w, r, http.StatusOK, nil)
}

func (p *Room) renderNewPassword(w http.ResponseWriter, r *http.Request, status int, problems map[string]string) error {
	httpkit.Secret(w)
	return p.Render(w, r, status, page.NewPassword(page.NewPasswordView{Token: chi.URLParam(r, "token"), Problems: problems}))
}

// NewPassword sets it, ends every session and signs in, up to the second factor: POST /{lang}/password/{token}.
func (p *Room) NewPassword(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Password string `form:"password"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	in, err := p.Accounts.ResetPassword(r.Context(), chi.URLParam(r, "token"), f.Password, p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderNewPassword(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	p.Flash(r.Context(), "good", "flash.password_changed")
	return p.CompleteLogin(w, r, in, "")
}

func orMe(r *http.Request, next string) string {
	if next != "" {
		return next
	}
	return link.Me(httpkit.Lang(r))
}
