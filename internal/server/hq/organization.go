package hq

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
	"shtab/web/ui"
)

// Organizations is the register of bodies: GET /{lang}/hq/organizations?q&kind&state&page.
func (h *Room) Organizations(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := page.OrganizationsView{Search: org.Search{Text: q.Get("q"), Kind: org.Kind(q.Get("kind")), State: org.State(q.Get("state"))}}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 0 && n < 1000 {
		v.Page = n
	}
	if v.List, v.More, err = h.Orgs.Register(r.Context(), httpkit.Actor(r), v.Search, v.Page, httpkit.Lang(r), h.Now()); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page.Organizations(v))
}

// NewOrganizationForm is the form of another body: GET /{lang}/hq/organizations/new.
func (h *Room) NewOrganizationForm(w http.ResponseWriter, r *http.Request) error {
	today := h.Now().In(h.City.Location()).Format(time.DateOnly)
	return h.Render(w, r, http.StatusOK, page.NewOrganization(page.OrganizationView{Form: ui.OrganizationForm{Key: rand.Text(), JoinedOn: today}}))
}

// NewOrganization puts it into the register: POST /{lang}/hq/organizations/new.
func (h *Room) NewOrganization(w http.ResponseWriter, r *http.Request) error {
	var v page.OrganizationView
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	id, err := h.Orgs.Enter(r.Context(), httpkit.Actor(r), v.Form.Entry(), v.Form.Key, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.Render(w, r, http.StatusUnprocessableEntity, page.NewOrganization(v))
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.entered")
	return h.Redirect(w, r, link.HQOrganization(httpkit.Lang(r), id))
}

// Organization is one body: GET /{lang}/hq/organizations/{org}.
func (h *Room) Organization(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	return h.renderOrganization(w, r, http.StatusOK, id, page.OrganizationView{})
}

// renderOrganization shows a body with what v holds of a form that was sent.
func (h *Room) renderOrganization(w http.ResponseWriter, r *http.Request, status int, id int64, v page.OrganizationView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Body, err = h.Orgs.Body(ctx, actor, id, h.Now()); err != nil {
		return err
	}
	if _, v.Members, _, err = h.Orgs.Members(ctx, actor, id, h.Now()); err != nil {
		return err
	}
	if v.Form == (ui.OrganizationForm{}) {
		v.Form = ui.OrganizationFormOf(v.Body)
	} else if v.Conflict != "" { // the next press is about what stands there now
		v.Form.Version = strconv.Itoa(v.Body.Version)
	}
	if r.Method == http.MethodPost {
		r = httpkit.At(r, "/hq/organizations/"+strconv.FormatInt(id, 10), "")
	}
	return h.Render(w, r, status, page.Organization(v))
}

// SaveOrganization corrects its entry: POST /{lang}/hq/organizations/{org}.
func (h *Room) SaveOrganization(w http.ResponseWriter, r *http.Request) error {
	var v page.OrganizationView
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	return h.changeOrganization(w, r, v, "bodies.flash.saved", func(ctx context.Context, id int64) error {
		version, _ := strconv.Atoi(v.Form.Version)
		return h.Orgs.Correct(ctx, httpkit.Actor(r), id, version, v.Form.Entry(), h.Now())
	})
}

// SetOrganizationState pauses it, closes it, trusts it: POST /{lang}/hq/organizations/{org}/state.
func (h *Room) SetOrganizationState(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		State string `form:"state"`
		Words string `form:"words"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	if !slices.Contains(org.States, org.State(f.State)) {
		return fault.BadRequest(errors.New("organization: no such state"))
	}
	return h.changeOrganization(w, r, page.OrganizationView{State: f.State, Words: f.Words}, "bodies.flash.state", func(ctx context.Context, id int64) error {
		return h.Orgs.SetState(ctx, httpkit.Actor(r), id, org.State(f.State), f.Words, h.Now())
	})
}

// changeOrganization does something to the body of the address; what stands against it is shown
// on its page.
func (h *Room) changeOrganization(w http.ResponseWriter, r *http.Request, v page.OrganizationView, flash string, do func(context.Context, int64) error) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	err = do(r.Context(), id)
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderOrganization(w, r, http.StatusUnprocessableEntity, id, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		v.Conflict = e.Key
		return h.renderOrganization(w, r, http.StatusConflict, id, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", flash)
	return h.Redirect(w, r, link.HQOrganization(httpkit.Lang(r), id))
}

// MergeOrganizationsForm is the search for a duplicate of a body, and what would become of both:
// GET /{lang}/hq/organizations/{org}/merge?q&from.
func (h *Room) MergeOrganizationsForm(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	return h.renderMergeOrganizations(w, r, http.StatusOK, id, from, page.MergeOrgsView{Text: r.URL.Query().Get("q")})
}

func (h *Room) renderMergeOrganizations(w http.ResponseWriter, r *http.Request, status int, id, from int64, v page.MergeOrgsView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Keep, err = h.Orgs.Body(ctx, actor, id, h.Now()); err != nil {
		return err
	}
	switch {
	case from == id:
		return fault.NotFound()
	case from != 0:
		if v.From, err = h.Orgs.Body(ctx, actor, from, h.Now()); err != nil {
			return err
		}
	case v.Text != "":
		if v.Found, _, err = h.Orgs.Register(ctx, actor, org.Search{Text: v.Text}, 0, httpkit.Lang(r), h.Now()); err != nil {
			return err
		}
		v.Found = slices.DeleteFunc(v.Found, func(b org.Body) bool { return b.ID == id })
	}
	return h.Render(w, r, status, page.MergeOrganizations(v))
}

// MergeOrganizations makes them one: POST /{lang}/hq/organizations/{org}/merge.
func (h *Room) MergeOrganizations(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		From    string `form:"from"`
		Version string `form:"from_version"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(f.From, 10, 64)
	version, _ := strconv.Atoi(f.Version)
	err = h.Orgs.Merge(r.Context(), httpkit.Actor(r), id, from, version, h.Now())
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		return h.renderMergeOrganizations(w, r, http.StatusConflict, id, from, page.MergeOrgsView{Conflict: e.Key})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.merged")
	return h.Redirect(w, r, link.HQOrganization(httpkit.Lang(r), id))
}
