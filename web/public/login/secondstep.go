package login

import (
	"cmp"
	"net/http"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// pending is whom the second step is asked of: somebody after their password, or a person whose
// browser has not shown it. PersonID 0: nobody.
func (h *Handler) pending(r *http.Request) (who account.Actor, in account.SignedIn, err error) {
	if a := httpkit.Actor(r); a.SignedIn() {
		if a.HasMFA && !a.MFAShown {
			who = a
		}
		return who, in, nil
	}
	if in = h.Pending(r); in.PersonID == 0 {
		return who, in, nil
	}
	who, err = h.Accounts.Resume(r.Context(), in.PersonID, in.Epoch)
	if fault.Of(err) == fault.KindNotFound {
		return account.Actor{}, in, nil
	}
	return who, in, err
}

// ShowSecondStep asks for the second step after the password: GET /{lang}/login/factor.
func (h *Handler) ShowSecondStep(w http.ResponseWriter, r *http.Request) error {
	return h.renderSecondStep(w, r, http.StatusOK, secondStepView{Next: link.SafeNext(r.URL.Query().Get("next"))})
}

func (h *Handler) renderSecondStep(w http.ResponseWriter, r *http.Request, status int, v secondStepView) error {
	who, _, err := h.pending(r)
	if err != nil {
		return err
	}
	if who.PersonID == 0 {
		return h.redirectNobody(w, r, v.Next)
	}
	if v.MFA, err = h.MFA.StatusOf(r.Context(), who); err != nil {
		return err
	}
	v.Passkey = h.MFA.TakesPasskeys() && len(v.MFA.Passkeys) > 0
	w.Header().Set("Cache-Control", "no-store")
	return h.Render(w, httpkit.WithNext(r, "/login/factor", v.Next), status, secondStepPage(v))
}

// redirectNobody leads on whoever has nothing to show here: it was shown already, or the password was
// shown too long ago.
func (h *Handler) redirectNobody(w http.ResponseWriter, r *http.Request, next string) error {
	if httpkit.Actor(r).SignedIn() {
		return h.Redirect(w, r, cmp.Or(next, link.Me(httpkit.Lang(r))))
	}
	return h.Redirect(w, r, link.Login(httpkit.Lang(r), next))
}

// CheckSecondStep takes a code and signs in: POST /{lang}/login/factor.
func (h *Handler) CheckSecondStep(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Code string `form:"code"`
		Next string `form:"next"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, next := r.Context(), link.SafeNext(f.Next)
	who, in, err := h.pending(r)
	if err != nil {
		return err
	}
	if who.PersonID == 0 {
		return h.redirectNobody(w, r, next)
	}
	err = h.MFA.Check(ctx, who, f.Code, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderSecondStep(
			w, r, http.StatusUnprocessableEntity, secondStepView{Next: next, Problems: problems},
		)
	}
	if err != nil {
		return err
	}
	if who.SessionID != 0 {
		err = account.KeepProof(ctx, h.DB, who, false, true, h.Now())
	} else {
		err = h.SignIn(r, in, true)
	}
	if err != nil {
		return err
	}
	return h.Redirect(w, r, cmp.Or(next, link.Me(httpkit.Lang(r))))
}
