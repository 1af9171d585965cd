package events

import (
	"net/http"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowCancel asks for the reason and says how many people will be told of it:
// GET /{lang}/desk/events/{id}/cancel.
func (h *Handler) ShowCancel(w http.ResponseWriter, r *http.Request) error {
	return h.renderCancel(w, r, http.StatusOK, cancelView{})
}

func (h *Handler) renderCancel(w http.ResponseWriter, r *http.Request, status int, v cancelView) (err error) {
	if v.Event, err = h.event(r); err != nil {
		return err
	}
	switch e := v.Event; {
	case e.State == event.Cancelled:
		return h.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), e.ID))
	case !e.State.Public():
		return fault.NotFound()
	case !h.Now().Before(e.EndsAt):
		return fault.Conflict("signup.over")
	}
	if v.Told, err = h.Signups.Telling(r.Context(), httpkit.Actor(r), v.Event.ID, h.Now()); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		r = httpkit.AtLink(r, link.DeskEventAction(httpkit.Lang(r), v.Event.ID, "cancel"))
	}
	return h.Render(w, r, status, cancelPage(v))
}

// CancelEvent calls an event off and tells everybody once: POST /{lang}/desk/events/{id}/cancel.
func (h *Handler) CancelEvent(w http.ResponseWriter, r *http.Request) error {
	var f cancelForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	err = h.Signups.CancelEvent(r.Context(), httpkit.Actor(r), id, f.Reason, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderCancel(w, r, http.StatusUnprocessableEntity, cancelView{Form: f, Problems: problems})
	}
	if err == nil {
		h.Flash(r.Context(), "good", "series.flash.cancelled")
	}
	return h.RedirectAfter(w, r, err, link.DeskEvent(httpkit.Lang(r), id))
}

// cancelView asks for the reason of an event's being called off.
type cancelView struct {
	Event    event.ManagedEvent
	Told     int // people who will be told
	Form     cancelForm
	Problems map[string]string
}

// cancelForm is why an event does not take place.
type cancelForm struct {
	Reason i18n.Text `form:"reason"`
}
