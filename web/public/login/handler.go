// Package login signs people in and out: by password and second step, by a passkey, and once more
// before what only the person themselves may do.
package login

import (
	"cmp"
	"net/http"

	"github.com/a-h/templ"

	"shtab/internal/account"
	"shtab/internal/mfa"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /{lang}/login, /{lang}/logout and /{lang}/again.
type Handler struct {
	*httpkit.Kit
	DB       postgres.DB
	Accounts *account.Store
	MFA      *mfa.Store
	DemoNote templ.Component // how to sign in to the demonstration; nil in a city's portal
}

// ShowLogin asks for e-mail and password: GET /{lang}/login.
func (h *Handler) ShowLogin(w http.ResponseWriter, r *http.Request) error {
	next := link.SafeNext(r.URL.Query().Get("next"))
	if httpkit.Actor(r).SignedIn() {
		return h.Redirect(w, r, cmp.Or(next, link.Me(httpkit.Lang(r))))
	}
	return h.renderLogin(w, r, http.StatusOK, loginView{Next: next})
}

func (h *Handler) renderLogin(w http.ResponseWriter, r *http.Request, status int, v loginView) error {
	w.Header().Set("Cache-Control", "no-store")
	v.Passkey, v.DemoNote = h.MFA.TakesPasskeys(), h.DemoNote
	return h.Render(w, httpkit.WithNext(r, "/login", v.Next), status, loginPage(v))
}

// LogIn signs in, or leads to the second step where there is one: POST /{lang}/login.
func (h *Handler) LogIn(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email    string `form:"email"`
		Password string `form:"password"`
		Next     string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	next := link.SafeNext(f.Next)
	in, err := h.Accounts.Login(r.Context(), f.Email, f.Password, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderLogin(
			w, r, http.StatusUnprocessableEntity, loginView{Email: f.Email, Next: next, Problems: problems},
		)
	}
	if err != nil {
		return err
	}
	return h.CompleteLogin(w, r, in, next)
}

// LogOut ends the session: POST /{lang}/logout.
func (h *Handler) LogOut(w http.ResponseWriter, r *http.Request) error {
	if err := h.SignOut(r.Context()); err != nil {
		return err
	}
	return h.Redirect(w, r, link.Home(httpkit.Lang(r)))
}
