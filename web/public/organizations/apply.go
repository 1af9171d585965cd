package organizations

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/web/httpkit"
	"shtab/web/link"
	"shtab/web/ui"
)

// ShowNewApplication is the form of a new organisation: GET /{lang}/organizations/apply.
func (h *Handler) ShowNewApplication(w http.ResponseWriter, r *http.Request) error {
	return h.renderApplication(w, r, http.StatusOK, applicationView{Form: ui.OrganizationForm{Key: rand.Text()}})
}

func (h *Handler) renderApplication(
	w http.ResponseWriter, r *http.Request, status int, v applicationView,
) (err error) {
	if v.ID == 0 {
		if v.Others, err = h.Orgs.Applications(r.Context(), httpkit.Actor(r), h.Now()); err != nil {
			return err
		}
	}
	return h.Render(w, r, status, applicationPage(v))
}

// SubmitApplication hands it in: POST /{lang}/organizations/apply.
func (h *Handler) SubmitApplication(w http.ResponseWriter, r *http.Request) error {
	var v applicationView
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	v.Form.Inputs = httpkit.Inputs(r, org.DetailFields.Inputs())
	_, err := h.Orgs.Apply(r.Context(), httpkit.Actor(r), v.Form.Details(), v.Form.Key, h.Now())
	return h.answerApplication(w, r, v, err)
}

// ShowApplication is one that the actor has handed in: GET /{lang}/organizations/apply/{org}.
func (h *Handler) ShowApplication(w http.ResponseWriter, r *http.Request) error {
	v, err := h.application(r)
	if err != nil {
		return err
	}
	return h.renderApplication(w, r, http.StatusOK, v)
}

// application is the one that the address names, as it is now.
func (h *Handler) application(r *http.Request) (applicationView, error) {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return applicationView{}, err
	}
	b, err := h.Orgs.Application(r.Context(), httpkit.Actor(r), id, h.Now())
	return applicationView{
		ID: id, Form: ui.OrganizationFormOf(b), Returned: b.Returned, Waiting: b.ReturnedAt == nil,
	}, err
}

// ResubmitApplication hands it in again: POST /{lang}/organizations/apply/{org}.
func (h *Handler) ResubmitApplication(w http.ResponseWriter, r *http.Request) error {
	v, err := h.application(r)
	if err != nil {
		return err
	}
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	v.Form.Inputs = httpkit.Inputs(r, org.DetailFields.Inputs())
	version, _ := strconv.Atoi(v.Form.Version)
	return h.answerApplication(
		w, r, v, h.Orgs.Reapply(r.Context(), httpkit.Actor(r), v.ID, version, v.Form.Details(), h.Now()),
	)
}

// answerApplication answers a form that was sent: what is wrong is shown with what was written.
func (h *Handler) answerApplication(w http.ResponseWriter, r *http.Request, v applicationView, err error) error {
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderApplication(w, r, http.StatusUnprocessableEntity, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		v.Conflict = e.Key
		if v.ID != 0 { // the next press is about what stands there now
			now, err := h.application(r)
			if err != nil {
				return err
			}
			v.Form.Version = now.Form.Version
		}
		return h.renderApplication(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.applied")
	return h.Redirect(w, r, link.Apply(httpkit.Lang(r)))
}
