package hq

import (
	"net/http"

	"shtab/internal/attendance"
	"shtab/internal/i18n"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// Deliveries is the list of things that events deliver: GET /{lang}/hq/deliveries.
func (h *Room) Deliveries(w http.ResponseWriter, r *http.Request) error {
	return h.renderDeliveries(w, r, http.StatusOK, page.DeliveriesView{})
}

func (h *Room) renderDeliveries(w http.ResponseWriter, r *http.Request, status int, v page.DeliveriesView) (err error) {
	if v.Kinds, err = attendance.Kinds(r.Context(), h.DB); err != nil {
		return err
	}
	return h.Render(w, r, status, page.Deliveries(v))
}

// kindForm is a kind as a form sends it.
type kindForm struct {
	NameKK  string `form:"name_kk"`
	NameRU  string `form:"name_ru"`
	NameEN  string `form:"name_en"`
	UnitKK  string `form:"unit_kk"`
	UnitRU  string `form:"unit_ru"`
	UnitEN  string `form:"unit_en"`
	Retired string `form:"retired"`
}

func (f kindForm) kind(slug string) attendance.Kind {
	return attendance.Kind{
		Slug: slug, Name: i18n.Text{KK: f.NameKK, RU: f.NameRU, EN: f.NameEN},
		Unit: i18n.Text{KK: f.UnitKK, RU: f.UnitRU, EN: f.UnitEN}, Retired: f.Retired != "",
	}
}

// ChangeDelivery writes one over: POST /{lang}/hq/deliveries/{kind}.
func (h *Room) ChangeDelivery(w http.ResponseWriter, r *http.Request) error {
	var f kindForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	k := f.kind(r.PathValue("kind"))
	err := h.Attendance.ChangeKind(r.Context(), httpkit.Actor(r), k, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderDeliveries(w, httpkit.At(r, "/hq/deliveries", ""), http.StatusUnprocessableEntity, page.DeliveriesView{Changed: k, Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "bodies.flash.saved")
	return h.Redirect(w, r, link.HQDeliveries(httpkit.Lang(r)))
}

// AddDelivery puts another kind on the list: POST /{lang}/hq/deliveries.
func (h *Room) AddDelivery(w http.ResponseWriter, r *http.Request) error {
	var f kindForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	k := f.kind("")
	err := h.Attendance.AddKind(r.Context(), httpkit.Actor(r), k, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderDeliveries(w, r, http.StatusUnprocessableEntity, page.DeliveriesView{New: k, Problems: problems})
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "hours.flash.kind")
	return h.Redirect(w, r, link.HQDeliveries(httpkit.Lang(r)))
}
