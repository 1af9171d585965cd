package hq

import (
	"cmp"
	"net/http"

	"shtab/internal/server/kit"
	"shtab/web/link"
)

// ResetFactor takes every second factor of somebody who has lost them: POST
// /{lang}/hq/people/{person}/factor/reset.
func (h *Room) ResetFactor(w http.ResponseWriter, r *http.Request) error {
	id, err := kit.ID(r, "person")
	if err != nil {
		return err
	}
	if err := h.Factors.Reset(r.Context(), kit.Actor(r), id, h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "factor.flash.reset")
	return h.See(w, r, cmp.Or(kit.CameFrom(r), link.HQ(kit.Lang(r))))
}
