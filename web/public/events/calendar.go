package events

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"shtab/internal/calendar"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// sendEventCalendar sends the shifts of an event as a calendar file; ics is the event's id in the address.
func (h *Handler) sendEventCalendar(w http.ResponseWriter, r *http.Request, ics string) error {
	id, err := strconv.ParseInt(ics, 10, 64)
	if err != nil || id <= 0 {
		return fault.NotFound()
	}
	full, err := event.Show(r.Context(), h.DB, httpkit.Actor(r), id)
	if err != nil {
		return err
	}
	only, _ := strconv.ParseInt(r.URL.Query().Get("shift"), 10, 64)
	var entries []calendar.Shift
	for _, s := range full.Shifts {
		if only != 0 && s.ID != only {
			continue
		}
		entries = append(entries, full.CalendarEntry(full.ID, s, full.UpdatedAt, full.State == event.Cancelled))
	}
	if len(entries) == 0 {
		return fault.NotFound()
	}
	w.Header().Set("Content-Disposition", `attachment; filename="shtab-`+ics+`.ics"`)
	return httpkit.Send(
		w, calendar.ContentType, calendar.File(entries, h.Catalogue.For(httpkit.Lang(r)), h.eventURL, h.City),
	)
}

// SendCalendar is a volunteer's private calendar, to subscribe to: GET /calendar/{token}.ics.
func (h *Handler) SendCalendar(w http.ResponseWriter, r *http.Request) error {
	token, ok := strings.CutSuffix(chi.URLParam(r, "token"), ".ics")
	if !ok || len(token) > 100 {
		return fault.NotFound()
	}
	feed, err := h.Signups.CalendarFeed(r.Context(), token)
	if err != nil {
		return err
	}
	var entries []calendar.Shift
	for _, s := range feed.Rows {
		shift := event.Shift{ID: s.ShiftID, Title: s.ShiftTitle, StartsAt: s.StartsAt, EndsAt: s.EndsAt}
		entries = append(entries, s.CalendarEntry(s.EventID, shift, s.ChangedAt, s.State != signup.Confirmed))
	}
	w.Header().Set("Cache-Control", "private, no-store")
	return httpkit.Send(
		w, calendar.ContentType, calendar.File(entries, h.Catalogue.For(feed.Lang), h.eventURL, h.City),
	)
}

func (h *Handler) eventURL(l i18n.Lang, event int64) string { return h.BaseURL + link.Event(l, event) }
