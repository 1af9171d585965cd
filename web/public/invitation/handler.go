// Package invitation asks somebody, by a mailed link, to act for an organisation.
package invitation

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /{lang}/invitations/{token}.
type Handler struct {
	*httpkit.Kit
	Orgs *org.Store
}

// ShowInvitation asks whether its reader will act for an organisation: GET /{lang}/invitations/{token}.
func (h *Handler) ShowInvitation(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	i, err := h.Orgs.Invitation(r.Context(), token, h.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, page(view{Invited: i, Token: token}))
}

// AcceptInvitation lets the reader act for it: POST /{lang}/invitations/{token}.
func (h *Handler) AcceptInvitation(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	id, err := h.Orgs.Accept(r.Context(), httpkit.Actor(r), token, h.Now())
	if fault.Of(err) == fault.KindConflict { // somebody else's: the page says whose
		return h.Redirect(w, r, link.Invitation(httpkit.Lang(r), token))
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "team.flash.accepted")
	return h.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), id))
}
