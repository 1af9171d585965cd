// Package organizations is an organisation at the desk: what it says of itself, its picture, who acts for it, and
// what it did.
package organizations

import (
	"net/http"
	"strconv"

	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/totals"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the pages' requests.
type Handler struct {
	*httpkit.Kit
	DB     postgres.DB
	Orgs   *org.Store
	Totals *totals.Store
}

// ListOrganizations lists the organisations for which the actor acts, and leads to the only one: GET
// /{lang}/desk/organizations.
func (h *Handler) ListOrganizations(w http.ResponseWriter, r *http.Request) error {
	own, err := deskui.Organizations(r, h.DB)
	if err != nil {
		return err
	}
	if len(own) == 1 {
		return h.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), own[0].ID))
	}
	return h.Render(w, r, http.StatusOK, listPage(own))
}

// EditOrganization shows what an organisation says of itself: GET /{lang}/desk/organizations/{org}.
func (h *Handler) EditOrganization(w http.ResponseWriter, r *http.Request) error {
	o, err := h.organization(r)
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, profilePage(profileView{Org: o, Form: formOf(o)}))
}

// organization is the organisation of the address, when the actor acts for it.
func (h *Handler) organization(r *http.Request) (org.Managed, error) {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return org.Managed{}, err
	}
	return h.Orgs.Managed(r.Context(), httpkit.Actor(r), id)
}

// maxForm is how many bytes of the form are read.
const maxForm = 256 << 10

// SaveOrganization writes what an organisation says of itself: POST /{lang}/desk/organizations/{org}. When
// somebody else has saved it meanwhile, the page shows what they changed and nothing is written.
func (h *Handler) SaveOrganization(w http.ResponseWriter, r *http.Request) error {
	o, err := h.organization(r)
	if err != nil {
		return err
	}
	v := profileView{Org: o}
	if err := httpkit.LongForm(w, r, &v.Form, maxForm); err != nil {
		return err
	}
	v.Form.inputs = httpkit.Inputs(r, org.ProfileFields.Inputs())
	version, _ := strconv.Atoi(v.Form.Version)
	err = h.Orgs.SaveProfile(r.Context(), httpkit.Actor(r), o.ID, version, v.Form.profile(), h.Now())
	to := link.DeskOrganization(httpkit.Lang(r), o.ID)
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.Render(w, httpkit.AtLink(r, to), http.StatusUnprocessableEntity, profilePage(v))
	}
	if _, ok := httpkit.Conflict(err); ok {
		v.IsStale, v.Theirs, v.Form.Version = true, formOf(o), strconv.Itoa(o.Version)
		return h.Render(w, httpkit.AtLink(r, to), http.StatusConflict, profilePage(v))
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "team.flash.saved")
	return h.Redirect(w, r, to)
}
