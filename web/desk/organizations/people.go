package organizations

import (
	"net/http"

	"shtab/internal/account"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowPeople lists those who act for an organisation: GET /{lang}/desk/organizations/{org}/people.
func (h *Handler) ShowPeople(w http.ResponseWriter, r *http.Request) error {
	return h.renderPeople(w, r, http.StatusOK, peopleView{})
}

func (h *Handler) renderPeople(w http.ResponseWriter, r *http.Request, status int, v peopleView) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	if v.Org, v.Members, v.Invited, err = h.Orgs.Members(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	at := httpkit.AtLink(r, link.DeskOrganizationAction(httpkit.Lang(r), id, "people"))
	return h.Render(w, at, status, peoplePage(v))
}

// InvitePerson mails somebody a link by which they become a coordinator: POST
// /{lang}/desk/organizations/{org}/people.
func (h *Handler) InvitePerson(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
	}
	id, err := httpkit.FormOf(w, r, "org", &f)
	if err != nil {
		return err
	}
	err = h.Orgs.Invite(r.Context(), httpkit.Actor(r), id, f.Email, httpkit.Lang(r), h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderPeople(w, r, http.StatusUnprocessableEntity, peopleView{Email: f.Email, Problems: problems})
	}
	return h.redirectToPeople(w, r, id, err, "team.flash.invited")
}

// RemovePerson ends that somebody acts for an organisation: POST
// /{lang}/desk/organizations/{org}/people/{person}/remove.
func (h *Handler) RemovePerson(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	person, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	actor := httpkit.Actor(r)
	err = h.Orgs.RemoveMember(r.Context(), actor, id, person, h.Now())
	if err == nil && person == actor.PersonID && !actor.Can(account.RunAllEvents) {
		h.Flash(r.Context(), "good", "team.flash.left")
		return h.Redirect(w, r, link.Me(httpkit.Lang(r)))
	}
	return h.redirectToPeople(w, r, id, err, "team.flash.removed")
}

// CancelInvitation ends an invitation: POST /{lang}/desk/organizations/{org}/invitations/{invitation}/cancel.
func (h *Handler) CancelInvitation(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "org")
	if err != nil {
		return err
	}
	invitation, err := httpkit.ID(r, "invitation")
	if err != nil {
		return err
	}
	err = h.Orgs.CancelInvite(r.Context(), httpkit.Actor(r), id, invitation, h.Now())
	return h.redirectToPeople(w, r, id, err, "team.flash.cancelled")
}

// redirectToPeople leads back to the list, where done or a conflict is told.
func (h *Handler) redirectToPeople(w http.ResponseWriter, r *http.Request, id int64, err error, done string) error {
	if err == nil {
		h.Flash(r.Context(), "good", done)
	}
	return h.RedirectAfter(w, r, err, link.DeskOrganizationAction(httpkit.Lang(r), id, "people"))
}
