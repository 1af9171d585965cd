// Package guardian is where a volunteer under age names a parent, and sees what they answered.
package guardian

import (
	"net/http"

	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	Guardians *guardian.Store
	Signups   *signup.Store
}

// ShowGuardian is where a volunteer asks a parent: GET /{lang}/me/guardian.
func (h *Handler) ShowGuardian(w http.ResponseWriter, r *http.Request) error {
	return h.renderGuardian(w, r, http.StatusOK, guardianView{})
}

func (h *Handler) renderGuardian(w http.ResponseWriter, r *http.Request, status int, v guardianView) error {
	var err error
	if v.Status, err = h.Guardians.Status(r.Context(), httpkit.Actor(r), h.Now()); err != nil {
		return err
	}
	rows, err := h.Signups.Mine(r.Context(), httpkit.Actor(r), h.Now())
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.State == signup.Cancelled && row.Cause == signup.ByConsent {
			v.Refused = append(v.Refused, row)
		}
	}
	if len(v.Guardians) > 0 && !v.Guardians[0].Verified() && len(v.Problems) == 0 {
		g := v.Guardians[0]
		v.Name, v.Relation, v.Email, v.Lang = g.Name, string(g.Relation), g.Email, string(g.Lang)
	}
	return h.Render(w, r, status, guardianPage(v))
}

// AskGuardian names a guardian and asks them: POST /{lang}/me/guardian.
func (h *Handler) AskGuardian(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Name     string `form:"name"`
		Relation string `form:"relation"`
		Email    string `form:"email"`
		Lang     string `form:"lang"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := h.Guardians.Ask(r.Context(), httpkit.Actor(r), guardian.Form{
		Name: f.Name, Relation: guardian.Relation(f.Relation), Email: f.Email, Lang: i18n.Lang(f.Lang),
	}, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderGuardian(w, r, http.StatusUnprocessableEntity, guardianView{
			Name: f.Name, Relation: f.Relation, Email: f.Email, Lang: f.Lang, Problems: problems,
		})
	}
	return h.afterAsking(w, r, err, "guardian.flash.asked")
}

// ResendGuardian mails the question once more: POST /{lang}/me/guardians/{id}/resend.
func (h *Handler) ResendGuardian(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	return h.afterAsking(
		w, r, h.Guardians.Resend(r.Context(), httpkit.Actor(r), id, h.Now()), "guardian.flash.resent",
	)
}

// afterAsking leads back to the page, with what there is to say: too many mails or being of age
// are no errors to end on.
func (h *Handler) afterAsking(w http.ResponseWriter, r *http.Request, err error, done string) error {
	tone := "good"
	switch fault.Of(err) {
	case fault.KindTooMany, fault.KindConflict:
		_, done = httpkit.Status(err)
		tone, err = "warn", nil
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), tone, done)
	return h.Redirect(w, r, link.MyGuardian(httpkit.Lang(r)))
}
