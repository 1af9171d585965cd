// Package security is how a volunteer signs in: password, second step, passkeys, e-mail, and where
// they are signed in.
package security

import (
	"net/http"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/mfa"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	Accounts *account.Store
	MFA      *mfa.Store
}

// secretKey holds, in the session, the secret of an authenticator app that is being added.
const secretKey = "secret"

// ShowSecurity is how the volunteer signs in, and where they are signed in: GET
// /{lang}/me/security.
func (h *Handler) ShowSecurity(w http.ResponseWriter, r *http.Request) error {
	return h.renderSecurity(w, r, http.StatusOK, nil)
}

func (h *Handler) renderSecurity(
	w http.ResponseWriter, r *http.Request, status int, problems map[string]string,
) (err error) {
	v := securityView{Problems: problems, Device: httpkit.Device(r.UserAgent()), Passkeys: h.MFA.TakesPasskeys()}
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.MFA, err = h.MFA.StatusOf(ctx, actor); err != nil {
		return err
	}
	if v.Sessions, err = h.Accounts.Sessions(ctx, actor, h.Now()); err != nil {
		return err
	}
	return h.Render(w, httpkit.At(r, "/me/security", ""), status, securityPage(v))
}

// ChangePassword changes the password and ends every other session: POST /{lang}/me/security.
func (h *Handler) ChangePassword(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Old string `form:"old_password"`
		New string `form:"password"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	actor := httpkit.Actor(r)
	in, err := h.Accounts.ChangePassword(r.Context(), actor, f.Old, f.New, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderSecurity(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	if err := h.SignIn(r, in, actor.MFAShown); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "flash.password_changed")
	return h.Redirect(w, r, link.Security(httpkit.Lang(r)))
}

// ShowApp shows the QR of an authenticator app to add, or to take the place of the one before:
// GET /{lang}/me/security/factor. Its secret stays the same while the page is open, in the session.
func (h *Handler) ShowApp(w http.ResponseWriter, r *http.Request) error {
	if h.Sessions.GetString(r.Context(), secretKey) == "" {
		h.Sessions.Put(r.Context(), secretKey, mfa.NewSecret())
	}
	return h.renderApp(w, r, http.StatusOK, appView{Next: link.SafeNext(r.URL.Query().Get("next"))})
}

func (h *Handler) renderApp(w http.ResponseWriter, r *http.Request, status int, v appView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.MFA, err = h.MFA.StatusOf(ctx, actor); err != nil {
		return err
	}
	v.Secret = h.Sessions.GetString(ctx, secretKey)
	v.URI = mfa.KeyURI(h.City.Headquarters.Str(httpkit.Lang(r)), actor.Email, v.Secret)
	return h.Render(w, httpkit.WithNext(r, "/me/security/factor", v.Next), status, appPage(v))
}

// AddApp adds it, once it has shown a right code: POST /{lang}/me/security/factor. The recovery
// codes that come with the first second factor stand on the answer, and never again.
func (h *Handler) AddApp(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
		Next string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, next := r.Context(), link.SafeNext(f.Next)
	secret := h.Sessions.GetString(ctx, secretKey)
	if secret == "" { // sent twice, or in another browser
		return h.Redirect(w, r, link.Security(httpkit.Lang(r)))
	}
	codes, err := h.MFA.AddApp(ctx, httpkit.Actor(r), secret, f.Code, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderApp(w, r, http.StatusUnprocessableEntity, appView{Next: next, Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Sessions.Remove(ctx, secretKey)
	if codes != nil {
		return h.renderCodes(w, r, codesView{Codes: codes, Next: next, First: true})
	}
	h.Flash(ctx, "good", "factor.flash.added")
	if next == "" {
		next = link.Security(httpkit.Lang(r))
	}
	return h.Redirect(w, r, next)
}

func (h *Handler) renderCodes(w http.ResponseWriter, r *http.Request, v codesView) error {
	return h.Render(w, httpkit.At(r, "/me/security", ""), http.StatusOK, codesPage(v))
}

// RemoveApp takes the app away: POST /{lang}/me/security/factor/remove.
func (h *Handler) RemoveApp(w http.ResponseWriter, r *http.Request) error {
	err := h.MFA.RemoveApp(r.Context(), httpkit.Actor(r), h.Now())
	if fault.Of(err) == fault.KindNotFound { // sent twice
		return h.Redirect(w, r, link.Security(httpkit.Lang(r)))
	}
	return h.removed(w, r, err)
}

// AskPasskey begins to add a passkey: POST /{lang}/me/security/passkeys/ask, from a script.
func (h *Handler) AskPasskey(w http.ResponseWriter, r *http.Request) error {
	q, err := h.MFA.BeginAddPasskey(r.Context(), httpkit.Actor(r))
	if err != nil {
		return err
	}
	return h.Kit.AskPasskey(w, r, q)
}

// AddPasskey adds it under a name: POST /{lang}/me/security/passkeys.
func (h *Handler) AddPasskey(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Name       string `form:"name"`
		Credential string `form:"credential"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	codes, err := h.MFA.AddPasskey(r.Context(), httpkit.Actor(r), f.Name, h.PasskeyAsked(r), []byte(f.Credential),
		h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderSecurity(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	if codes != nil {
		return h.renderCodes(w, r, codesView{Codes: codes, First: true})
	}
	h.Flash(r.Context(), "good", "factor.flash.passkey")
	return h.Redirect(w, r, link.Security(httpkit.Lang(r)))
}

// RemovePasskey takes one away: POST /{lang}/me/security/passkeys/{passkey}/remove.
func (h *Handler) RemovePasskey(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "passkey")
	if err != nil {
		return err
	}
	return h.removed(w, r, h.MFA.RemovePasskey(r.Context(), httpkit.Actor(r), id, h.Now()))
}

// removed answers after a factor was taken away, or says why it stays.
func (h *Handler) removed(w http.ResponseWriter, r *http.Request, err error) error {
	switch fault.Of(err) {
	case fault.KindConflict:
		h.Flash(r.Context(), "warn", "factor.error.last")
	default:
		if err != nil {
			return err
		}
		h.Flash(r.Context(), "good", "factor.flash.removed")
	}
	return h.Redirect(w, r, link.Security(httpkit.Lang(r)))
}

// RenewCodes draws new recovery codes, which the answer shows and no other page: POST
// /{lang}/me/security/codes.
func (h *Handler) RenewCodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := h.MFA.NewCodes(r.Context(), httpkit.Actor(r), h.Now())
	if err != nil {
		return err
	}
	return h.renderCodes(w, r, codesView{Codes: codes})
}

// EndSession signs one of the volunteer's browsers out: POST /{lang}/me/security/sessions/{session}/end.
func (h *Handler) EndSession(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "session")
	if err != nil {
		return err
	}
	if err := h.Accounts.EndSession(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "factor.flash.ended")
	return h.Redirect(w, r, link.Security(httpkit.Lang(r))+"#sessions")
}

// EndOtherSessions signs all the others out: POST /{lang}/me/security/sessions/end.
func (h *Handler) EndOtherSessions(w http.ResponseWriter, r *http.Request) error {
	if err := h.Accounts.EndOthers(r.Context(), httpkit.Actor(r), h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "factor.flash.ended_all")
	return h.Redirect(w, r, link.Security(httpkit.Lang(r))+"#sessions")
}
