package organizations

import (
	"errors"
	"net/http"

	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/picture"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// SaveLogo takes an organisation's picture: POST /{lang}/desk/organizations/{org}/logo.
func (h *Handler) SaveLogo(w http.ResponseWriter, r *http.Request) error {
	o, err := h.organization(r)
	if err != nil {
		return err
	}
	png, err := readLogo(r)
	if problems, ok := httpkit.Problems(err); ok {
		at := httpkit.AtLink(r, link.DeskOrganization(httpkit.Lang(r), o.ID))
		v := profileView{Org: o, Form: formOf(o), Problems: problems}
		return h.Render(w, at, http.StatusUnprocessableEntity, profilePage(v))
	}
	if err != nil {
		return err
	}
	return h.setLogo(w, r, o, png)
}

// readLogo is the uploaded picture, drawn anew as a PNG. A file that is no picture is Invalid.
func readLogo(r *http.Request) (png []byte, err error) {
	file, err := httpkit.ReadFile(r, "logo")
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		return nil, fault.Invalid(map[string]string{"logo": "picture.too_large"})
	case errors.Is(err, http.ErrMissingFile):
		return nil, fault.Invalid(map[string]string{"logo": "picture.missing"})
	case err != nil:
		return nil, err
	}
	return picture.Logo(file)
}

// RemoveLogo takes the picture away: POST /{lang}/desk/organizations/{org}/logo/remove.
func (h *Handler) RemoveLogo(w http.ResponseWriter, r *http.Request) error {
	o, err := h.organization(r)
	if err != nil {
		return err
	}
	return h.setLogo(w, r, o, nil)
}

// setLogo keeps the picture; nil for none.
func (h *Handler) setLogo(w http.ResponseWriter, r *http.Request, o org.Managed, png []byte) error {
	if err := h.Orgs.SetLogo(r.Context(), httpkit.Actor(r), o.ID, png, h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "team.flash.saved")
	return h.Redirect(w, r, link.DeskOrganization(httpkit.Lang(r), o.ID))
}
