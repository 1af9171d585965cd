package public

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
	"shtab/web/ui"
)

// ApplyForm is the application of a new organisation: GET /{lang}/organizations/apply.
func (p *Room) ApplyForm(w http.ResponseWriter, r *http.Request) error {
	return p.renderApply(w, r, http.StatusOK, page.ApplyView{Form: ui.OrganizationForm{Key: rand.Text()}})
}

func (p *Room) renderApply(w http.ResponseWriter, r *http.Request, status int, v page.ApplyView) (err error) {
	if v.ID == 0 {
		if v.Others, err = p.Orgs.Applications(r.Context(), httpkit.Actor(r), p.Now()); err != nil {
			return err
		}
	}
	return p.Render(w, r, status, page.Apply(v))
}

// Apply hands it in: POST /{lang}/organizations/apply.
func (p *Room) Apply(w http.ResponseWriter, r *http.Request) error {
	var v page.ApplyView
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	_, err := p.Orgs.Apply(r.Context(), httpkit.Actor(r), v.Form.Entry(), v.Form.Key, p.Now())
	return p.applied(w, r, v, err)
}

// Application is one that the actor has handed in: GET /{lang}/organizations/apply/{org}.
func (p *Room) Application(w http.ResponseWriter, r *http.Request) error {
	v, err := p.application(r)
	if err != nil {
		return err
	}
	return p.renderApply(w, r, http.StatusOK, v)
}

// application is the application of the address, as it is.
func (p *Room) application(r *http.Request) (page.ApplyView, error) {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return page.ApplyView{}, err
	}
	b, err := p.Orgs.Application(r.Context(), httpkit.Actor(r), id, p.Now())
	return page.ApplyView{ID: id, Form: ui.OrganizationFormOf(b), Returned: b.Returned, Waiting: b.ReturnedAt == nil}, err
}

// Reapply hands it in again: POST /{lang}/organizations/apply/{org}.
func (p *Room) Reapply(w http.ResponseWriter, r *http.Request) error {
	v, err := p.application(r)
	if err != nil {
		return err
	}
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	version, _ := strconv.Atoi(v.Form.Version)
	return p.applied(w, r, v, p.Orgs.Reapply(r.Context(), httpkit.Actor(r), v.ID, version, v.Form.Entry(), p.Now()))
}

// applied answers an application: what stands against it is shown with what was written.
func (p *Room) applied(w http.ResponseWriter, r *http.Request, v page.ApplyView, err error) error {
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return p.renderApply(w, r, http.StatusUnprocessableEntity, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		v.Conflict = e.Key
		if v.ID != 0 { // the next press is about what stands there now
			now, err := p.application(r)
			if err != nil {
				return err
			}
			v.Form.Version = now.Form.Version
		}
		return p.renderApply(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	p.Flash(r.Context(), "good", "bodies.flash.applied")
	return p.Redirect(w, r, link.Apply(httpkit.Lang(r)))
}
