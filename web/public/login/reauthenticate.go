package login

import (
	"cmp"
	"net/http"
	"net/url"

	"shtab/internal/account"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowReauthentication asks once more who it is: GET /{lang}/again.
func (h *Handler) ShowReauthentication(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	return h.renderReauthentication(
		w, r, http.StatusOK, againView{Next: link.SafeNext(q.Get("next")), Unsent: q.Get("unsent") != ""},
	)
}

func (h *Handler) renderReauthentication(w http.ResponseWriter, r *http.Request, status int, v againView) (err error) {
	if v.MFA, err = h.MFA.StatusOf(r.Context(), httpkit.Actor(r)); err != nil {
		return err
	}
	v.Passkey = h.MFA.TakesPasskeys() && len(v.MFA.Passkeys) > 0
	query := url.Values{"next": {v.Next}}
	if v.Unsent {
		query.Set("unsent", "1")
	}
	return h.Render(w, httpkit.At(r, "/again", query.Encode()), status, againPage(v))
}

// Reauthenticate takes password and second step once more: POST /{lang}/again.
func (h *Handler) Reauthenticate(w http.ResponseWriter, r *http.Request) error {
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
	err := h.Accounts.Prove(ctx, actor, f.Password, h.Now())
	if err == nil && actor.HasMFA {
		err = h.MFA.Check(ctx, actor, f.Code, h.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderReauthentication(
			w, r, http.StatusUnprocessableEntity,
			againView{Next: link.SafeNext(f.Next), Unsent: f.Unsent, Problems: problems},
		)
	}
	if err != nil {
		return err
	}
	if err := account.KeepProof(ctx, h.DB, actor, true, actor.HasMFA, h.Now()); err != nil {
		return err
	}
	return h.Redirect(w, r, cmp.Or(link.SafeNext(f.Next), link.Me(httpkit.Lang(r))))
}
