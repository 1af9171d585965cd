// Package events is the public pages of events: the list with its filters and feed, one event with its
// calendar file, signing up and cancelling, and the calendar that a volunteer subscribes to.
package events

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /{lang}/events, /{lang}/shifts, /{lang}/signups and /calendar.
type Handler struct {
	*httpkit.Kit
	DB        postgres.DB
	Guardians *guardian.Store
	Signups   *signup.Store
}

// ListEvents is the coming events, with filters: GET /{lang}/events.
func (h *Handler) ListEvents(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := listView{Filter: event.ParseComingQuery(r.URL.Query(), h.City, h.Now())}
	var err error
	if v.Page, err = event.Coming(ctx, h.DB, v.Filter, h.City, h.Now()); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Published(ctx, h.DB); err != nil {
		return err
	}
	if v.Orgs, err = org.List(ctx, h.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(v))
}

// ShowEvent is one event: GET /{lang}/events/{id}, and its calendar file at {id}.ics, which shift=
// narrows to one shift.
func (h *Handler) ShowEvent(w http.ResponseWriter, r *http.Request) error {
	if ics, ok := strings.CutSuffix(chi.URLParam(r, "id"), ".ics"); ok {
		return h.sendEventCalendar(w, r, ics)
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	shift, _ := strconv.ParseInt(r.URL.Query().Get("shift"), 10, 64)
	return h.renderEvent(w, r, http.StatusOK, id, shift)
}

// renderEvent draws the event's page with the actor's own sign-ups; chosen is the shift that a visitor
// chose before signing in, or the one just asked for.
func (h *Handler) renderEvent(w http.ResponseWriter, r *http.Request, status int, id, chosen int64) error {
	ctx, actor := r.Context(), httpkit.Actor(r)
	full, err := event.Show(ctx, h.DB, actor, id)
	if err != nil {
		return err
	}
	full = full.Preview(h.City.Location())
	v := eventView{Event: full, Chosen: chosen, Signed: actor.SignedIn()}
	var standings map[int64]signup.Standing
	if actor.SignedIn() && full.State.Public() {
		if standings, err = h.Signups.ForEvent(ctx, actor, full.Event, full.Shifts, h.Now()); err != nil {
			return err
		}
	}
	awaiting := false
	for _, s := range full.Shifts {
		c := shiftChoice{Shift: s}
		if st, ok := standings[s.ID]; ok {
			c.Standing = &st
			awaiting = awaiting || st.State == signup.AwaitingConsent
		}
		v.Choices = append(v.Choices, c)
	}
	if awaiting {
		if v.Guardians, err = h.Guardians.Names(ctx, actor, id); err != nil {
			return err
		}
	}
	return h.Render(w, r, status, eventPage(v))
}

// SignUp takes a place, or one in the queue: POST /{lang}/shifts/{id}/signup. A visitor's choice is remembered
// through registration or sign-in by the address to go on to.
func (h *Handler) SignUp(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	ctx, l, actor := r.Context(), httpkit.Lang(r), httpkit.Actor(r)
	if !actor.SignedIn() {
		eventID, open, err := event.OfShift(ctx, h.DB, id, h.Now())
		if err != nil {
			return err
		}
		if !open { // the page says why
			return h.Redirect(w, r, link.EventShift(l, eventID, id))
		}
		return h.Redirect(w, r, link.Register(l, link.EventShift(l, eventID, id)))
	}
	res, err := h.Signups.Join(ctx, actor, id, h.Now())
	if err != nil {
		return err
	}
	if res.Refused {
		_, path, _ := link.Split(link.Event(l, res.EventID))
		return h.renderEvent(w, httpkit.At(r, path, ""), http.StatusOK, res.EventID, id)
	}
	if res.Changed {
		h.Flash(ctx, map[signup.State]string{signup.Confirmed: "good"}[res.State], "flash.signup_"+string(res.State))
		if res.State == signup.AwaitingConsent {
			return h.Redirect(w, r, link.MyGuardian(l))
		}
	}
	return h.Redirect(w, r, link.EventShift(l, res.EventID, id))
}

// CancelSignup gives a sign-up up: POST /{lang}/signups/{id}/cancel.
func (h *Handler) CancelSignup(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	res, err := h.Signups.Cancel(r.Context(), httpkit.Actor(r), id, h.Now())
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		h.Flash(r.Context(), "warn", e.Key) // the event's page names whom to tell
		return h.Redirect(w, r, link.EventShift(httpkit.Lang(r), res.EventID, res.ShiftID))
	}
	if err != nil {
		return err
	}
	if res.Changed {
		h.Flash(r.Context(), "good", "flash.signup_cancelled")
	}
	return h.Redirect(w, r, link.EventShift(httpkit.Lang(r), res.EventID, res.ShiftID))
}
