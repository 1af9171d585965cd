package roster

import (
	"net/http"
	"net/url"

	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowPerson shows one sign-up and what can be done about it: GET /{lang}/desk/signups/{id}.
func (h *Handler) ShowPerson(w http.ResponseWriter, r *http.Request) error {
	return h.renderPerson(w, r, http.StatusOK, personView{})
}

// renderPerson draws v for the sign-up that the address names.
func (h *Handler) renderPerson(w http.ResponseWriter, r *http.Request, status int, v personView) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if v.Event, v.Person, err = h.Roster.Person(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	return h.Render(w, httpkit.AtLink(r, link.DeskSignup(httpkit.Lang(r), id)), status, personPage(v))
}

// MovePerson puts somebody into another shift of the event: POST /{lang}/desk/signups/{id}/move.
func (h *Handler) MovePerson(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Shift int64 `form:"shift"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	res, err := h.Signups.Move(r.Context(), httpkit.Actor(r), id, f.Shift, h.Now())
	if err == nil && res.Refused {
		return h.renderPerson(w, r, http.StatusOK, personView{Refused: res.Reasons})
	}
	if err == nil && res.Changed {
		h.Flash(r.Context(), "good", "roster.flash.moved")
	}
	if err == nil {
		id = res.SignupID
	}
	return h.RedirectAfter(w, r, err, link.DeskSignup(httpkit.Lang(r), id))
}

// PromotePerson gives a free place to somebody who waits: POST /{lang}/desk/signups/{id}/promote. From the
// list it leads back there.
func (h *Handler) PromotePerson(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		List string `form:"list"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	res, err := h.Signups.Promote(r.Context(), httpkit.Actor(r), id, h.Now())
	if err == nil && res.Refused {
		return h.renderPerson(w, r, http.StatusOK, personView{Refused: res.Reasons})
	}
	if err == nil {
		deskui.FlashSignup(r.Context(), h.Kit, res)
	}
	to := link.DeskSignup(httpkit.Lang(r), id)
	if f.List != "" && res.EventID != 0 {
		to = link.DeskRosterOf(httpkit.Lang(r), res.EventID, url.Values{"state": {string(signup.Waitlisted)}})
	}
	return h.RedirectAfter(w, r, err, to)
}

// RemovePerson takes somebody off a shift and tells them why: POST /{lang}/desk/signups/{id}/remove.
func (h *Handler) RemovePerson(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `form:"reason"`
		Words  string `form:"words"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	why := signup.Removal{Reason: f.Reason, Words: f.Words}
	res, err := h.Signups.Remove(r.Context(), httpkit.Actor(r), id, why, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderPerson(w, r, http.StatusUnprocessableEntity, personView{Why: why, Problems: problems})
	}
	if err == nil && res.Changed {
		h.Flash(r.Context(), "good", "roster.flash.removed")
	}
	return h.RedirectAfter(w, r, err, link.DeskSignup(httpkit.Lang(r), id))
}

// RestorePerson takes somebody who was removed, or gave up, back in: POST /{lang}/desk/signups/{id}/restore.
func (h *Handler) RestorePerson(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.FormOf(w, r, "id", &struct{}{})
	if err != nil {
		return err
	}
	res, err := h.Signups.Restore(r.Context(), httpkit.Actor(r), id, h.Now())
	if err == nil && res.Refused {
		return h.renderPerson(w, r, http.StatusOK, personView{Refused: res.Reasons})
	}
	if err == nil {
		deskui.FlashSignup(r.Context(), h.Kit, res)
	}
	return h.RedirectAfter(w, r, err, link.DeskSignup(httpkit.Lang(r), id))
}
