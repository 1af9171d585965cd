package hq

import (
	"cmp"
	"net/http"

	"shtab/web/httpkit"
	"shtab/web/link"
)

// ResetFactor takes every second factor of somebody who has lost them: POST
// /{lang}/hq/people/{person}/factor/reset.
func (h *Room) ResetFactor(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "person")
	if err != nil {
		return err
	}
	if err := h.Factors.Reset(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "factor.flash.reset")
	return h.Redirect(w, r, cmp.Or(httpkit.CameFrom(r), link.HQ(httpkit.Lang(r))))
}
