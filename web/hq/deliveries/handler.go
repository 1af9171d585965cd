// Package deliveries is the list of the kinds of things that events deliver.
package deliveries

import (
	"net/http"

	"shtab/internal/attendance"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /hq/deliveries.
type Handler struct {
	*httpkit.Kit
	DB         postgres.DB
	Attendance *attendance.Store
}

// ShowKinds is the list: GET /{lang}/hq/deliveries.
func (h *Handler) ShowKinds(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, view{})
}

func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	if v.Kinds, err = attendance.DeliveryKinds(r.Context(), h.DB); err != nil {
		return err
	}
	return h.Render(w, r, status, page(v))
}

// kindForm is a kind as a form sends it.
type kindForm struct {
	Name    i18n.Text `form:"name"`
	Unit    i18n.Text `form:"unit"`
	Retired string    `form:"retired"`
}

func (f kindForm) kind(slug string) attendance.DeliveryKind {
	return attendance.DeliveryKind{Slug: slug, Name: f.Name, Unit: f.Unit, Retired: f.Retired != ""}
}

// ChangeKind changes one: POST /{lang}/hq/deliveries/{kind}.
func (h *Handler) ChangeKind(w http.ResponseWriter, r *http.Request) error {
	var f kindForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	k := f.kind(r.PathValue("kind"))
	err := h.Attendance.ChangeKind(r.Context(), httpkit.Actor(r), k, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.render(w, httpkit.At(r, "/hq/deliveries", ""), http.StatusUnprocessableEntity,
			view{Changed: k, Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.saved")
	return h.Redirect(w, r, link.HQDeliveries(httpkit.Lang(r)))
}

// AddKind adds another: POST /{lang}/hq/deliveries.
func (h *Handler) AddKind(w http.ResponseWriter, r *http.Request) error {
	var f kindForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	k := f.kind("")
	err := h.Attendance.AddKind(r.Context(), httpkit.Actor(r), k, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.render(w, r, http.StatusUnprocessableEntity, view{New: k, Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "hours.flash.kind")
	return h.Redirect(w, r, link.HQDeliveries(httpkit.Lang(r)))
}
