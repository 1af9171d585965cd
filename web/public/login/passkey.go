package login

import (
	"cmp"
	"errors"
	"net/http"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// passkeyOwner is whom a passkey is asked of: somebody after their password, whoever is signed in, and on
// the log-in page nobody in particular.
func (h *Handler) passkeyOwner(r *http.Request) (account.Actor, account.SignedIn, error) {
	if a := httpkit.Actor(r); a.SignedIn() {
		return a, account.SignedIn{}, nil
	}
	return h.pending(r)
}

// AskPasskey begins to sign in with a passkey: POST /{lang}/login/passkey/ask, from a script.
func (h *Handler) AskPasskey(w http.ResponseWriter, r *http.Request) error {
	who, _, err := h.passkeyOwner(r)
	if err != nil {
		return err
	}
	q, err := h.MFA.BeginPasskey(r.Context(), who)
	if err != nil {
		return err
	}
	return h.Kit.AskPasskey(w, r, q)
}

// LogInWithPasskey takes a passkey in place of password and second step: POST /{lang}/login/passkey.
func (h *Handler) LogInWithPasskey(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Credential string `form:"credential"`
		Next       string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, l, next := r.Context(), httpkit.Lang(r), link.SafeNext(f.Next)
	who, in, err := h.passkeyOwner(r)
	if err != nil {
		return err
	}
	id, err := h.MFA.CheckPasskey(ctx, who, h.PasskeyAsked(r), []byte(f.Credential), h.Now())
	if err == nil && who.PersonID == 0 {
		in, err = h.Accounts.Known(ctx, id)
	}
	switch e, _ := errors.AsType[*fault.Error](err); {
	case e != nil && e.Kind == fault.KindConflict:
		h.Flash(ctx, "warn", e.Key)
		switch {
		case in.PersonID != 0 && who.PersonID != 0, who.HasMFA && !who.MFAShown && who.SessionID != 0:
			return h.Redirect(w, r, link.LoginMFA(l, next))
		case who.SessionID != 0:
			return h.Redirect(w, r, link.Reauthenticate(l, next, false))
		}
		return h.Redirect(w, r, link.Login(l, next))
	case err != nil:
		return err
	case who.SessionID != 0:
		err = account.KeepProof(ctx, h.DB, who, true, true, h.Now())
	default:
		err = h.SignIn(r, in, true)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, cmp.Or(next, link.Me(httpkit.Lang(r))))
}
