package public

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// Invitation asks whether its reader will act for an organisation: GET /{lang}/invitations/{token}.
func (p *Room) Invitation(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	i, err := p.Orgs.Invitation(r.Context(), token, p.Now())
	if err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Invitation(page.InvitationView{Invited: i, Token: token}))
}

// AcceptInvitation lets the reader act for it: POST /{lang}/invitations/{token}.
func (p *Room) AcceptInvitation(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	id, err := p.Orgs.Accept(r.Context(), httpkit.Actor(r), token, p.Now())
	if fault.Of(err) == fault.KindConflict { // somebody else's: the page says whose
		return p.Redirect(w, r, link.Invitation(httpkit.Lang(r), token))
	}
	if err != nil {
		return err
	}
	p.Flash(r.Context(), "good", "team.flash.accepted")
	return p.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), id))
}
