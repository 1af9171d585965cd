// Package organizations is the public pages of organisations: all of them, one with its figures and
// events, its logo, and the application of a new one.
package organizations

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/totals"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// pastEvents is how many past events an organisation's page shows.
const pastEvents = 6

// Handler answers /{lang}/organizations and /logos.
type Handler struct {
	*httpkit.Kit
	DB     postgres.DB
	Orgs   *org.Store
	Totals *totals.Store
}

// ListOrganizations lists them by kind: GET /{lang}/organizations.
func (h *Handler) ListOrganizations(w http.ResponseWriter, r *http.Request) error {
	orgs, err := org.List(r.Context(), h.DB, httpkit.Lang(r))
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(listView{Orgs: orgs}))
}

// ShowOrganization is one of them with its figures and events: GET /{lang}/organizations/{slug}. The
// address of one that was merged into another leads to the other.
func (h *Handler) ShowOrganization(w http.ResponseWriter, r *http.Request) (err error) {
	ctx, slug := r.Context(), r.PathValue("slug")
	var v organizationView
	if v.Org, err = org.BySlug(ctx, h.DB, slug); err != nil {
		return err
	}
	if v.Org.Slug != slug {
		http.Redirect(w, r, link.Organization(httpkit.Lang(r), v.Org.Slug), http.StatusMovedPermanently)
		return nil
	}
	if v.Sums, err = h.Totals.Organization(ctx, v.Org.ID); err != nil {
		return err
	}
	if v.Coming, err = event.Coming(ctx, h.DB, event.ComingQuery{Org: slug}, h.City, h.Now()); err != nil {
		return err
	}
	if v.Past, err = event.Past(ctx, h.DB, 0, v.Org.ID, h.Now(), pastEvents); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, organizationPage(v))
}

// SendLogo is an organisation's picture: GET /logos/{hash}.png. The same address never changes.
func (h *Handler) SendLogo(w http.ResponseWriter, r *http.Request) error {
	png, err := org.Logo(r.Context(), h.DB, chi.URLParam(r, "hash"))
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return httpkit.Send(w, "image/png", png)
}
