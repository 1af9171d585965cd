package me

import (
	"net/http"

	"shtab/internal/factor"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/me"

	"shtab/web/link"
)

// secretKey holds, in the session, the secret of an authenticator app that is being added.
const secretKey = "secret"

// SecurityForm is how the volunteer signs in, and where they are signed in: GET
// /{lang}/me/security.
func (m *Room) SecurityForm(w http.ResponseWriter, r *http.Request) error {
	return m.renderSecurity(w, r, http.StatusOK, nil)
}

func (m *Room) renderSecurity(w http.ResponseWriter, r *http.Request, status int, problems map[string]string) (err error) {
	v := page.SecurityView{Problems: problems, Device: httpkit.Device(r.UserAgent()), Passkeys: m.Factors.TakesPasskeys()}
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Factor, err = m.Factors.Of(ctx, actor); err != nil {
		return err
	}
	if v.Sessions, err = m.Accounts.Sessions(ctx, actor, m.Now()); err != nil {
		return err
	}
	return m.Render(w, httpkit.At(r, "/me/security", ""), status, page.Security(v))
}

// Security changes the password and ends every other session: POST /{lang}/me/security.
func (m *Room) Security(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Old string `form:"old_password"`
		New string `form:"password"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	actor := httpkit.Actor(r)
	in, err := m.Accounts.ChangePassword(r.Context(), actor, f.Old, f.New, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderSecurity(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	if err := m.SignIn(r, in, actor.Shown); err != nil {
		return err
	}
	m.Flash(r.Context(), "good", "flash.password_changed")
	return m.Redirect(w, r, link.Security(httpkit.Lang(r)))
}

// AppForm shows the QR of an authenticator app to add, or to take the place of the one before:
// GET /{lang}/me/security/factor. Its secret stays the same while the page is open, in the session.
func (m *Room) AppForm(w http.ResponseWriter, r *http.Request) error {
	if m.Sessions.GetString(r.Context(), secretKey) == "" {
		m.Sessions.Put(r.Context(), secretKey, factor.NewSecret())
	}
	return m.renderApp(w, r, http.StatusOK, page.AppView{Next: link.Safe(r.URL.Query().Get("next"))})
}

func (m *Room) renderApp(w http.ResponseWriter, r *http.Request, status int, v page.AppView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Factor, err = m.Factors.Of(ctx, actor); err != nil {
		return err
	}
	v.Secret = m.Sessions.GetString(ctx, secretKey)
	v.URI = factor.KeyURI(m.City.Headquarters.Str(httpkit.Lang(r)), actor.Email, v.Secret)
	return m.Render(w, httpkit.WithNext(r, "/me/security/factor", v.Next), status, page.App(v))
}

// AddApp adds it, once it has shown a right code: POST /{lang}/me/security/factor. The recovery
// codes that come with the first second factor stand on the answer, and never again.
func (m *Room) AddApp(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
		Next string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, next := r.Context(), link.Safe(f.Next)
	secret := m.Sessions.GetString(ctx, secretKey)
	if secret == "" { // sent twice, or in another browser
		return m.Redirect(w, r, link.Security(httpkit.Lang(r)))
	}
	codes, err := m.Factors.AddApp(ctx, httpkit.Actor(r), secret, f.Code, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderApp(w, r, http.StatusUnprocessableEntity, page.AppView{Next: next, Problems: problems})
	}
	if err != nil {
		return err
	}
	m.Sessions.Remove(ctx, secretKey)
	if codes != nil {
		return m.renderCodes(w, r, page.CodesView{Codes: codes, Next: next, First: true})
	}
	m.Flash(ctx, "good", "factor.flash.added")
	if next == "" {
		next = link.Security(httpkit.Lang(r))
	}
	return m.Redirect(w, r, next)
}

func (m *Room) renderCodes(w http.ResponseWriter, r *http.Request, v page.CodesView) error {
	return m.Render(w, httpkit.At(r, "/me/security", ""), http.StatusOK, page.Codes(v))
}

// RemoveApp takes the app away: POST /{lang}/me/security/factor/remove.
func (m *Room) RemoveApp(w http.ResponseWriter, r *http.Request) error {
	err := m.Factors.RemoveApp(r.Context(), httpkit.Actor(r), m.Now())
	if fault.Of(err) == fault.KindNotFound { // sent twice
		return m.Redirect(w, r, link.Security(httpkit.Lang(r)))
	}
	return m.removed(w, r, err)
}

// AskPasskey begins to add a passkey: POST /{lang}/me/security/passkeys/ask, from a script.
func (m *Room) AskPasskey(w http.ResponseWriter, r *http.Request) error {
	q, err := m.Factors.AskNewPasskey(r.Context(), httpkit.Actor(r))
	if err != nil {
		return err
	}
	return m.Kit.AskPasskey(w, r, q)
}

// AddPasskey adds it under a name: POST /{lang}/me/security/passkeys.
func (m *Room) AddPasskey(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Name       string `form:"name"`
		Credential string `form:"credential"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	codes, err := m.Factors.AddPasskey(r.Context(), httpkit.Actor(r), f.Name, m.PasskeyAsked(r), []byte(f.Credential), m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderSecurity(w, r, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	if codes != nil {
		return m.renderCodes(w, r, page.CodesView{Codes: codes, First: true})
	}
	m.Flash(r.Context(), "good", "factor.flash.passkey")
	return m.Redirect(w, r, link.Security(httpkit.Lang(r)))
}

// RemovePasskey takes one away: POST /{lang}/me/security/passkeys/{passkey}/remove.
func (m *Room) RemovePasskey(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "passkey")
	if err != nil {
		return err
	}
	return m.removed(w, r, m.Factors.RemovePasskey(r.Context(), httpkit.Actor(r), id, m.Now()))
}

// removed answers after a factor was taken away, or says why it stays.
func (m *Room) removed(w http.ResponseWriter, r *http.Request, err error) error {
	switch fault.Of(err) {
	case fault.KindConflict:
		m.Flash(r.Context(), "warn", "factor.error.last")
	default:
		if err != nil {
			return err
		}
		m.Flash(r.Context(), "good", "factor.flash.removed")
	}
	return m.Redirect(w, r, link.Security(httpkit.Lang(r)))
}

// NewCodes draws new recovery codes, which the answer shows and no other page: POST
// /{lang}/me/security/codes.
func (m *Room) NewCodes(w http.ResponseWriter, r *http.Request) error {
	codes, err := m.Factors.NewCodes(r.Context(), httpkit.Actor(r), m.Now())
	if err != nil {
		return err
	}
	return m.renderCodes(w, r, page.CodesView{Codes: codes})
}

// EndSession signs one of the volunteer's browsers out: POST /{lang}/me/security/sessions/{session}/end.
func (m *Room) EndSession(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "session")
	if err != nil {
		return err
	}
	if err := m.Accounts.EndSession(r.Context(), httpkit.Actor(r), id, m.Now()); err != nil {
		return err
	}
	m.Flash(r.Context(), "good", "factor.flash.ended")
	return m.Redirect(w, r, link.Security(httpkit.Lang(r))+"#sessions")
}

// EndOthers signs all the others out: POST /{lang}/me/security/sessions/end.
func (m *Room) EndOthers(w http.ResponseWriter, r *http.Request) error {
	if err := m.Accounts.EndOthers(r.Context(), httpkit.Actor(r), m.Now()); err != nil {
		return err
	}
	m.Flash(r.Context(), "good", "factor.flash.ended_all")
	return m.Redirect(w, r, link.Security(httpkit.Lang(r))+"#sessions")
}
