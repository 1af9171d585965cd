// Package profile is what the portal keeps of the volunteer, and where they change it.
package profile

import (
	"net/http"
	"time"

	"shtab/internal/account"
	"shtab/internal/i18n"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	Accounts *account.Store
}

// ShowProfile shows what is kept of the volunteer: GET /{lang}/me/profile.
func (h *Handler) ShowProfile(w http.ResponseWriter, r *http.Request) error {
	p, err := h.Accounts.Profile(r.Context(), httpkit.Actor(r))
	if err != nil {
		return err
	}
	return h.renderProfile(w, r, http.StatusOK, p, profileForm{
		GivenName: p.GivenName, FamilyName: p.FamilyName, BirthDate: typed(p.BirthDate), Phone: p.Phone,
		Lang: string(p.Lang), District: p.District, Register: p.Register,
	}, nil)
}

// renderProfile draws the form as f has it, with what the volunteer cannot change from p.
func (h *Handler) renderProfile(
	w http.ResponseWriter, r *http.Request, status int, p account.Profile, f profileForm, problems map[string]string,
) error {
	return h.Render(w, r, status, profilePage(profileView{
		profileForm: f, Email: p.Email, BirthDateFixed: p.BirthDateCorrected, Districts: h.City.OpenDistricts(),
		MayRegister: h.Accounts.MayAgree(p.BirthDate, h.Now()), Problems: problems,
	}))
}

// typed is a date as its field takes it; accounts of the command line have none.
func typed(date time.Time) string {
	if date.Year() <= 1 {
		return ""
	}
	return date.Format(time.DateOnly)
}

// SaveProfile changes it: POST /{lang}/me/profile.
func (h *Handler) SaveProfile(w http.ResponseWriter, r *http.Request) error {
	var f profileForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	err := h.Accounts.UpdateProfile(ctx, actor, account.ProfileForm{
		GivenName: f.GivenName, FamilyName: f.FamilyName, BirthDate: f.BirthDate, Phone: f.Phone,
		Lang: i18n.Lang(f.Lang), District: f.District, Register: f.Register,
	}, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		p, err := h.Accounts.Profile(ctx, actor)
		if err != nil {
			return err
		}
		return h.renderProfile(w, r, http.StatusUnprocessableEntity, p, f, problems)
	}
	if err != nil {
		return err
	}
	h.Flash(ctx, "good", "flash.profile_saved")
	return h.Redirect(w, r, link.Profile(i18n.ParseOr(f.Lang)))
}
