// Package roster is the list of an event's people at the desk: searched, on paper, as a file and back, and
// what a coordinator may do about each of them.
package roster

import (
	"net/http"

	"shtab/internal/fault"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the pages' requests.
type Handler struct {
	*httpkit.Kit
	Roster  *roster.Store
	Signups *signup.Store
}

// ShowRoster lists an event's people: GET /{lang}/desk/events/{id}/roster.
func (h *Handler) ShowRoster(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	return h.renderRoster(w, r, http.StatusOK, listView{Event: e, Filter: roster.FilterFrom(r.URL.Query())})
}

// event is the event of the address, when the actor runs it.
func (h *Handler) event(r *http.Request) (roster.Event, error) {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return roster.Event{}, err
	}
	return h.Roster.Event(r.Context(), httpkit.Actor(r), id, h.Now())
}

// renderRoster draws v with the people that its filter leaves.
func (h *Handler) renderRoster(w http.ResponseWriter, r *http.Request, status int, v listView) (err error) {
	if v.Filter.Shift != 0 && v.Event.Shift(v.Filter.Shift).ID == 0 {
		v.Filter.Shift = 0 // another event's, or gone
	}
	if v.People, v.More, err = h.Roster.List(r.Context(), v.Event, v.Filter); err != nil {
		return err
	}
	if v.AddTo == 0 && len(v.Event.Shifts) > 0 {
		v.AddTo = v.Event.Shifts[0].ID
		if v.Filter.Shift != 0 {
			v.AddTo = v.Filter.Shift
		}
	}
	return h.Render(w, r, status, page(v))
}

// AddToRoster signs somebody up by e-mail: POST /{lang}/desk/events/{id}/roster.
func (h *Handler) AddToRoster(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
		Shift int64  `form:"shift"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx := r.Context()
	e, err := h.event(r)
	if err != nil {
		return err
	}
	if e.Shift(f.Shift).ID == 0 {
		return fault.NotFound()
	}
	res, err := h.Signups.Add(ctx, httpkit.Actor(r), f.Shift, f.Email, h.Now())
	v := listView{Event: e, Filter: roster.Filter{Page: 1}, Email: f.Email, AddTo: f.Shift}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderRoster(w, r, http.StatusUnprocessableEntity, v)
	}
	if res.Refused && err == nil {
		v.Refused = res.Reasons
		return h.renderRoster(w, r, http.StatusOK, v)
	}
	if err == nil {
		deskui.FlashSignup(ctx, h.Kit, res)
	}
	return h.RedirectAfter(w, r, err, link.DeskRoster(httpkit.Lang(r), e.ID))
}

// PrintRoster shows the list for paper: GET /{lang}/desk/events/{id}/roster/print, of one shift with
// ?shift=.
func (h *Handler) PrintRoster(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	v := printView{Event: e, Shift: e.Shift(roster.FilterFrom(r.URL.Query()).Shift).ID}
	if v.People, err = h.Roster.All(r.Context(), e, v.Shift, signup.Confirmed, signup.AwaitingConsent); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, printPage(v))
}
