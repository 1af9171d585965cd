package public

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"shtab/internal/calendar"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	page "shtab/web/page/public"

	"shtab/web/link"
)

// Events is the list of coming events: GET /{lang}/events.
func (p *Room) Events(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := page.EventsView{Filter: event.ParseComingQuery(r.URL.Query(), p.City, p.Now())}
	var err error
	if v.Page, err = event.Coming(ctx, p.DB, v.Filter, p.City, p.Now()); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Published(ctx, p.DB); err != nil {
		return err
	}
	if v.Orgs, err = org.List(ctx, p.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, page.Events(v))
}

// Event is one event: GET /{lang}/events/{id}, and its calendar file at {id}.ics, which
// ?shift= narrows to one shift.
func (p *Room) Event(w http.ResponseWriter, r *http.Request) error {
	if ics, ok := strings.CutSuffix(chi.URLParam(r, "id"), ".ics"); ok {
		return p.eventICS(w, r, ics)
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	shift, _ := strconv.ParseInt(r.URL.Query().Get("shift"), 10, 64)
	return p.renderEvent(w, r, http.StatusOK, id, shift)
}

// renderEvent draws the event's page with the actor's own standing in each shift; chosen is the
// shift that a visitor chose before signing in, or the one just asked for.
func (p *Room) renderEvent(w http.ResponseWriter, r *http.Request, status int, id, chosen int64) error {
	ctx, actor := r.Context(), httpkit.Actor(r)
	full, err := event.Show(ctx, p.DB, actor, id)
	if err != nil {
		return err
	}
	full = full.Preview(p.City.Location())
	v := page.EventView{Event: full, Chosen: chosen, Signed: actor.SignedIn()}
	var standings map[int64]signup.Standing
	if actor.SignedIn() && full.State.Public() {
		if standings, err = p.Signups.ForEvent(ctx, actor, full.Event, full.Shifts, p.Now()); err != nil {
			return err
		}
	}
	awaiting := false
	for _, s := range full.Shifts {
		c := page.Choice{Shift: s}
		if st, ok := standings[s.ID]; ok {
			c.Standing = &st
			awaiting = awaiting || st.State == signup.AwaitingConsent
		}
		v.Choices = append(v.Choices, c)
	}
	if awaiting {
		if v.Guardians, err = p.Guardians.Names(ctx, actor, id); err != nil {
			return err
		}
	}
	return p.Render(w, r, status, page.Event(v))
}

func (p *Room) eventICS(w http.ResponseWriter, r *http.Request, ics string) error {
	id, err := strconv.ParseInt(ics, 10, 64)
	if err != nil || id <= 0 {
		return fault.NotFound()
	}
	full, err := event.Show(r.Context(), p.DB, httpkit.Actor(r), id)
	if err != nil {
		return err
	}
	only, _ := strconv.ParseInt(r.URL.Query().Get("shift"), 10, 64)
	var entries []calendar.Shift
	for _, s := range full.Shifts {
		if only != 0 && s.ID != only {
			continue
		}
		entries = append(entries, calendar.Shift{
			ID: s.ID, EventID: full.ID, Title: full.Title, ShiftTitle: s.Title, Place: full.Place, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
			Lat: full.Lat, Lng: full.Lng, UpdatedAt: full.UpdatedAt, Cancelled: full.State == event.Cancelled,
		})
	}
	if len(entries) == 0 {
		return fault.NotFound()
	}
	w.Header().Set("Content-Disposition", `attachment; filename="shtab-`+ics+`.ics"`)
	return httpkit.Send(w, calendar.ContentType, calendar.File(entries, p.Catalogue.For(httpkit.Lang(r)), p.eventURL, p.City))
}

// Calendar is a volunteer's private feed: GET /calendar/{token}.ics.
func (p *Room) Calendar(w http.ResponseWriter, r *http.Request) error {
	token, ok := strings.CutSuffix(chi.URLParam(r, "token"), ".ics")
	if !ok || len(token) > 100 {
		return fault.NotFound()
	}
	feed, err := p.Signups.CalendarFeed(r.Context(), token)
	if err != nil {
		return err
	}
	var entries []calendar.Shift
	for _, s := range feed.Rows {
		entries = append(entries, calendar.Shift{
			ID: s.ShiftID, EventID: s.EventID, Title: s.Title, ShiftTitle: s.ShiftTitle, Place: s.Place, StartsAt: s.StartsAt, EndsAt: s.EndsAt,
			Lat: s.Lat, Lng: s.Lng, UpdatedAt: s.ChangedAt, Cancelled: s.State != signup.Confirmed,
		})
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return httpkit.Send(w, calendar.ContentType, calendar.File(entries, p.Catalogue.For(feed.Lang), p.eventURL, p.City))
}

// Signup takes a place: POST /{lang}/shifts/{id}/signup. A visitor's choice is remembered
// through registration or sign-in by the address to go on to.
func (p *Room) Signup(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	ctx, l, actor := r.Context(), httpkit.Lang(r), httpkit.Actor(r)
	if !actor.SignedIn() {
		eventID, open, err := event.OfShift(ctx, p.DB, id, p.Now())
		if err != nil {
			return err
		}
		if !open { // the page says why
			return p.Redirect(w, r, link.EventShift(l, eventID, id))
		}
		return p.Redirect(w, r, link.Register(l, link.EventShift(l, eventID, id)))
	}
	res, err := p.Signups.Join(ctx, actor, id, p.Now())
	if err != nil {
		return err
	}
	if res.Refused {
		_, page, _ := link.Split(link.Event(l, res.EventID))
		return p.renderEvent(w, httpkit.At(r, page, ""), http.StatusOK, res.EventID, id)
	}
	if res.Changed {
		p.Flash(ctx, map[signup.State]string{signup.Confirmed: "good"}[res.State], "flash.signup_"+string(res.State))
		if res.State == signup.AwaitingConsent {
			return p.Redirect(w, r, link.MyGuardian(l))
		}
	}
	return p.Redirect(w, r, link.EventShift(l, res.EventID, id))
}

// Cancel gives a sign-up up: POST /{lang}/signups/{id}/cancel.
func (p *Room) Cancel(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	res, err := p.Signups.Cancel(r.Context(), httpkit.Actor(r), id, p.Now())
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		p.Flash(r.Context(), "warn", e.Key) // the event's page names whom to tell
		return p.Redirect(w, r, link.EventShift(httpkit.Lang(r), res.EventID, res.ShiftID))
	}
	if err != nil {
		return err
	}
	if res.Changed {
		p.Flash(r.Context(), "good", "flash.signup_cancelled")
	}
	return p.Redirect(w, r, link.EventShift(httpkit.Lang(r), res.EventID, res.ShiftID))
}

func (p *Room) eventURL(l i18n.Lang, event int64) string { return p.BaseURL + link.Event(l, event) }
