package me

import (
	"net/http"

	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	page "shtab/web/page/me"

	"shtab/web/link"
)

// GuardianForm is where a volunteer asks a parent: GET /{lang}/me/guardian.
func (m *Room) GuardianForm(w http.ResponseWriter, r *http.Request) error {
	return m.renderGuardian(w, r, http.StatusOK, page.GuardianView{})
}

func (m *Room) renderGuardian(w http.ResponseWriter, r *http.Request, status int, v page.GuardianView) error {
	var err error
	if v.Asking, err = m.Guardians.Standing(r.Context(), httpkit.Actor(r), m.Now()); err != nil {
		return err
	}
	rows, err := m.Signups.Mine(r.Context(), httpkit.Actor(r), m.Now())
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.State == signup.Cancelled && row.Cause == signup.ByConsent {
			v.Refused = append(v.Refused, row)
		}
	}
	if len(v.Asked) > 0 && !v.Asked[0].Verified() && len(v.Problems) == 0 {
		g := v.Asked[0]
		v.Name, v.Relation, v.Email, v.Lang = g.Name, string(g.Relation), g.Email, string(g.Lang)
	}
	return m.Render(w, r, status, page.Guardian(v))
}

// Guardian names a guardian and asks them: POST /{lang}/me/guardian.
func (m *Room) Guardian(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Name     string `form:"name"`
		Relation string `form:"relation"`
		Email    string `form:"email"`
		Lang     string `form:"lang"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err := m.Guardians.Ask(r.Context(), httpkit.Actor(r), guardian.Form{
		Name: f.Name, Relation: guardian.Relation(f.Relation), Email: f.Email, Lang: i18n.Lang(f.Lang),
	}, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderGuardian(w, r, http.StatusUnprocessableEntity, page.GuardianView{
			Name: f.Name, Relation: f.Relation, Email: f.Email, Lang: f.Lang, Problems: problems,
		})
	}
	return m.afterAsking(w, r, err, "guardian.flash.asked")
}

// ResendGuardian mails the question once more: POST /{lang}/me/guardians/{id}/resend.
func (m *Room) ResendGuardian(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	return m.afterAsking(w, r, m.Guardians.Resend(r.Context(), httpkit.Actor(r), id, m.Now()), "guardian.flash.resent")
}

// afterAsking leads back to the page, with what there is to say: too many mails or being of age
// are no errors to end on.
func (m *Room) afterAsking(w http.ResponseWriter, r *http.Request, err error, done string) error {
	tone := "good"
	switch fault.Of(err) {
	case fault.KindTooMany, fault.KindConflict:
		_, done = httpkit.Status(err)
		tone, err = "warn", nil
	}
	if err != nil {
		return err
	}
	m.Flash(r.Context(), tone, done)
	return m.Redirect(w, r, link.MyGuardian(httpkit.Lang(r)))
}
