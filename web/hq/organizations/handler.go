// Package organizations is the register of organisations: finding one, its entry, its state, and two
// entries of one organisation that become one.
package organizations

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
	"shtab/web/link"
	"shtab/web/ui"
)

// Handler answers /hq/organizations.
type Handler struct {
	*httpkit.Kit
	Orgs *org.Store
}

// ShowOrganizations is the register: GET /{lang}/hq/organizations?q&kind&state&page.
func (h *Handler) ShowOrganizations(w http.ResponseWriter, r *http.Request) (err error) {
	q := r.URL.Query()
	v := listView{
		Search: org.Query{Text: q.Get("q"), Kind: org.Kind(q.Get("kind")), State: org.State(q.Get("state"))},
		Page:   httpkit.PageNumber(r),
	}
	if v.List, v.More, err = h.Orgs.Search(r.Context(), httpkit.Actor(r), v.Search, v.Page, httpkit.Lang(r),
		h.Now()); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(v))
}

// ShowNewOrganization is the form of another one: GET /{lang}/hq/organizations/new.
func (h *Handler) ShowNewOrganization(w http.ResponseWriter, r *http.Request) error {
	today := h.Now().In(h.City.Location()).Format(time.DateOnly)
	form := ui.OrganizationForm{Key: rand.Text(), Inputs: map[string]string{"joined_on": today}}
	return h.Render(w, r, http.StatusOK, newPage(organizationView{Form: form}))
}

// AddOrganization puts it into the register: POST /{lang}/hq/organizations/new.
func (h *Handler) AddOrganization(w http.ResponseWriter, r *http.Request) error {
	var v organizationView
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	v.Form.Inputs = httpkit.Inputs(r, org.DetailFields.Inputs())
	id, err := h.Orgs.Create(r.Context(), httpkit.Actor(r), v.Form.Details(), v.Form.Key, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.Render(w, r, http.StatusUnprocessableEntity, newPage(v))
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.entered")
	return h.Redirect(w, r, link.HQOrganization(httpkit.Lang(r), id))
}

// ShowOrganization is one: GET /{lang}/hq/organizations/{org}.
func (h *Handler) ShowOrganization(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	return h.renderOrganization(w, r, http.StatusOK, id, organizationView{})
}

// renderOrganization shows one with what v holds of a form that was sent.
func (h *Handler) renderOrganization(w http.ResponseWriter, r *http.Request, status int, id int64,
	v organizationView,
) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Org, err = h.Orgs.Get(ctx, actor, id, h.Now()); err != nil {
		return err
	}
	if _, v.Members, _, err = h.Orgs.Members(ctx, actor, id, h.Now()); err != nil {
		return err
	}
	if v.Form.Inputs == nil {
		v.Form = ui.OrganizationFormOf(v.Org)
	} else if v.Conflict != "" { // the next press is about what stands there now
		v.Form.Version = strconv.Itoa(v.Org.Version)
	}
	if r.Method == http.MethodPost {
		r = httpkit.At(r, "/hq/organizations/"+strconv.FormatInt(id, 10), "")
	}
	return h.Render(w, r, status, organizationPage(v))
}

// SaveOrganization corrects its entry: POST /{lang}/hq/organizations/{org}.
func (h *Handler) SaveOrganization(w http.ResponseWriter, r *http.Request) error {
	var v organizationView
	if err := httpkit.Form(w, r, &v.Form); err != nil {
		return err
	}
	v.Form.Inputs = httpkit.Inputs(r, org.DetailFields.Inputs())
	return h.changeOrganization(w, r, v, "bodies.flash.saved", func(ctx context.Context, id int64) error {
		version, _ := strconv.Atoi(v.Form.Version)
		return h.Orgs.Update(ctx, httpkit.Actor(r), id, version, v.Form.Details(), h.Now())
	})
}

// SetState pauses it, closes it, trusts it: POST /{lang}/hq/organizations/{org}/state.
func (h *Handler) SetState(w http.ResponseWriter, r *http.Request) error {
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
	v := organizationView{State: f.State, Words: f.Words}
	return h.changeOrganization(w, r, v, "bodies.flash.state", func(ctx context.Context, id int64) error {
		return h.Orgs.SetState(ctx, httpkit.Actor(r), id, org.State(f.State), f.Words, h.Now())
	})
}

// changeOrganization does something to the organisation of the address; what prevents it is shown on
// its page.
func (h *Handler) changeOrganization(
	w http.ResponseWriter, r *http.Request, v organizationView, flash string,
	do func(ctx context.Context, id int64) error,
) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	err = do(r.Context(), id)
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderOrganization(w, r, http.StatusUnprocessableEntity, id, v)
	}
	if why, ok := httpkit.Conflict(err); ok {
		v.Conflict = why
		return h.renderOrganization(w, r, http.StatusConflict, id, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", flash)
	return h.Redirect(w, r, link.HQOrganization(httpkit.Lang(r), id))
}

// ShowMerge is the search for a duplicate, and what would become of both:
// GET /{lang}/hq/organizations/{org}/merge?q&from.
func (h *Handler) ShowMerge(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	from, _ := strconv.ParseInt(r.URL.Query().Get("from"), 10, 64)
	return h.renderMerge(w, r, http.StatusOK, id, from, mergeView{Text: r.URL.Query().Get("q")})
}

func (h *Handler) renderMerge(w http.ResponseWriter, r *http.Request, status int, id, from int64,
	v mergeView,
) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Keep, err = h.Orgs.Get(ctx, actor, id, h.Now()); err != nil {
		return err
	}
	switch {
	case from == id:
		return fault.NotFound()
	case from != 0:
		if v.From, err = h.Orgs.Get(ctx, actor, from, h.Now()); err != nil {
			return err
		}
	case v.Text != "":
		if v.Found, _, err = h.Orgs.Search(ctx, actor, org.Query{Text: v.Text}, 0, httpkit.Lang(r),
			h.Now()); err != nil {
			return err
		}
		v.Found = slices.DeleteFunc(v.Found, func(b org.Organization) bool { return b.ID == id })
	}
	return h.Render(w, r, status, mergePage(v))
}

// MergeOrganizations makes them one: POST /{lang}/hq/organizations/{org}/merge.
func (h *Handler) MergeOrganizations(w http.ResponseWriter, r *http.Request) error {
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
	if why, ok := httpkit.Conflict(err); ok {
		return h.renderMerge(w, r, http.StatusConflict, id, from, mergeView{Conflict: why})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.merged")
	return h.Redirect(w, r, link.HQOrganization(httpkit.Lang(r), id))
}
