package public

import (
	"errors"
	"net/http"
	"net/url"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// awaited is whom the second factor is asked of: somebody after their password, or a person whose
// browser has not shown it. PersonID 0: nobody.
func (p *Room) awaited(r *http.Request) (who account.Actor, in account.SignedIn, err error) {
	if a := httpkit.Actor(r); a.SignedIn() {
		if a.Factor && !a.Shown {
			who = a
		}
		return who, in, nil
	}
	if in = p.Pending(r); in.PersonID == 0 {
		return who, in, nil
	}
	who, err = p.Accounts.Resume(r.Context(), in.PersonID, in.Epoch)
	if fault.Of(err) == fault.KindNotFound {
		return account.Actor{}, in, nil
	}
	return who, in, err
}

// FactorForm asks for the second factor: GET /{lang}/login/factor.
func (p *Room) FactorForm(w http.ResponseWriter, r *http.Request) error {
	return p.renderFactor(w, r, http.StatusOK, page.FactorView{Next: link.Safe(r.URL.Query().Get("next"))})
}

func (p *Room) renderFactor(w http.ResponseWriter, r *http.Request, status int, v page.FactorView) error {
	who, _, err := p.awaited(r)
	if err != nil {
		return err
	}
	if who.PersonID == 0 {
		return p.nobodyAwaited(w, r, v.Next)
	}
	if v.Standing, err = p.Factors.Of(r.Context(), who); err != nil {
		return err
	}
	v.Passkey = p.Factors.TakesPasskeys() && len(v.Standing.Passkeys) > 0
	w.Header().Set("Cache-Control", "no-store")
	return p.Render(w, httpkit.WithNext(r, "/login/factor", v.Next), status, page.Factor(v))
}

// nobodyAwaited leads on whoever has nothing to show here: it was shown, or the password too long ago.
func (p *Room) nobodyAwaited(w http.ResponseWriter, r *http.Request, next string) error {
	if httpkit.Actor(r).SignedIn() {
		return p.Redirect(w, r, orMe(r, next))
	}
	return p.Redirect(w, r, link.Login(httpkit.Lang(r), next))
}

// Factor takes a code and signs in: POST /{lang}/login/factor.
func (p *Room) Factor(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
		Next string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, next := r.Context(), link.Safe(f.Next)
	who, in, err := p.awaited(r)
	if err != nil {
		return err
	}
	if who.PersonID == 0 {
		return p.nobodyAwaited(w, r, next)
	}
	err = p.Factors.Check(ctx, who, f.Code, p.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderFactor(w, r, http.StatusUnprocessableEntity, page.FactorView{Next: next, Problems: problems})
	}
	if err != nil {
		return err
	}
	if who.SessionID != 0 {
		err = account.KeepProof(ctx, p.DB, who, false, true, p.Now())
	} else {
		err = p.SignIn(r, in, true)
	}
	if err != nil {
		return err
	}
	return p.Redirect(w, r, orMe(r, next))
}

// AgainForm asks once more who it is: GET /{lang}/again.
func (p *Room) AgainForm(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return p.renderAgain(w, r, http.StatusOK, page.AgainView{Next: link.Safe(q.Get("next")), Unsent: q.Get("unsent") != ""})
}

func (p *Room) renderAgain(w http.ResponseWriter, r *http.Request, status int, v page.AgainView) (err error) {
	if v.Standing, err = p.Factors.Of(r.Context(), httpkit.Actor(r)); err != nil {
		return err
	}
	v.Passkey = p.Factors.TakesPasskeys() && len(v.Standing.Passkeys) > 0
	query := url.Values{"next": {v.Next}}
	if v.Unsent {
		query.Set("unsent", "1")
	}
	return p.Render(w, httpkit.At(r, "/again", query.Encode()), status, page.Again(v))
}

// Again takes password and second factor once more: POST /{lang}/again.
func (p *Room) Again(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Password string `form:"password"`
		Code     string `form:"code"`
		Next     string `form:"next"`
		Unsent   bool   `form:"unsent"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	err := p.Accounts.Prove(ctx, actor, f.Password, p.Now())
	if err == nil && actor.Factor {
		err = p.Factors.Check(ctx, actor, f.Code, p.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		return p.renderAgain(w, r, http.StatusUnprocessableEntity, page.AgainView{Next: link.Safe(f.Next), Unsent: f.Unsent, Problems: problems})
	}
	if err != nil {
		return err
	}
	if err := account.KeepProof(ctx, p.DB, actor, true, actor.Factor, p.Now()); err != nil {
		return err
	}
	return p.Redirect(w, r, orMe(r, link.Safe(f.Next)))
}

// asks is whom a passkey is asked of: somebody after their password, whoever is signed in, and on
// the log-in page nobody in particular.
func (p *Room) asks(r *http.Request) (account.Actor, account.SignedIn, error) {
	if a := httpkit.Actor(r); a.SignedIn() {
		return a, account.SignedIn{}, nil
	}
	return p.awaited(r)
}

// AskPasskey begins to sign in with a passkey: POST /{lang}/login/passkey/ask, from a script.
func (p *Room) AskPasskey(w http.ResponseWriter, r *http.Request) error {
	who, _, err := p.asks(r)
	if err != nil {
		return err
	}
	q, err := p.Factors.AskPasskey(r.Context(), who)
	if err != nil {
		return err
	}
	return p.Kit.AskPasskey(w, r, q)
}

// Passkey takes a passkey for password and second factor: POST /{lang}/login/passkey.
func (p *Room) Passkey(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Credential string `form:"credential"`
		Next       string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, l, next := r.Context(), httpkit.Lang(r), link.Safe(f.Next)
	who, in, err := p.asks(r)
	if err != nil {
		return err
	}
	id, err := p.Factors.TakePasskey(ctx, who, p.PasskeyAsked(r), []byte(f.Credential), p.Now())
	if err == nil && who.PersonID == 0 {
		in, err = p.Accounts.Known(ctx, id)
	}
	switch e, _ := errors.AsType[*fault.Error](err); {
	case e != nil && e.Kind == fault.KindConflict:
		p.Flash(ctx, "warn", e.Key)
		switch {
		case in.PersonID != 0 && who.PersonID != 0, who.Factor && !who.Shown && who.SessionID != 0:
			return p.Redirect(w, r, link.LoginFactor(l, next))
		case who.SessionID != 0:
			return p.Redirect(w, r, link.Again(l, next, false))
		}
		return p.Redirect(w, r, link.Login(l, next))
	case err != nil:
		return err
	case who.SessionID != 0:
		err = account.KeepProof(ctx, p.DB, who, true, true, p.Now())
	default:
		err = p.SignIn(r, in, true)
	}
	if err != nil {
		return err
	}
	return p.Redirect(w, r, orMe(r, next))
}
