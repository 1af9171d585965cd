// Package hours is who was at an event and for how long: a sheet until it is confirmed, then the ledger with its
// corrections, and what the event achieved.
package hours

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"shtab/internal/attendance"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the page's requests.
type Handler struct {
	*httpkit.Kit
	Attendance *attendance.Store
}

// ShowHours shows who was there and for how long: GET /{lang}/desk/events/{id}/hours.
func (h *Handler) ShowHours(w http.ResponseWriter, r *http.Request) error {
	return h.render(w, r, http.StatusOK, view{})
}

// render draws v with a page of the people of the event that the address names.
func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, v view) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	at, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if v.Sheet, err = h.Attendance.Hours(r.Context(), httpkit.Actor(r), id, min(at, 1000)); err != nil {
		return err
	}
	return h.Render(w, r, status, page(v))
}

// SaveHours does what a button of the sheet says: it keeps a draft, marks everybody present, confirms, or keeps
// the results alone: POST /{lang}/desk/events/{id}/hours.
func (h *Handler) SaveHours(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if err := httpkit.LongForm(w, r, &struct{}{}, 4*httpkit.MaxForm); err != nil {
		return err
	}
	entries, err := parseEntries(r.PostForm)
	if err != nil {
		return err
	}
	ctx, actor, results := r.Context(), httpkit.Actor(r), parseResults(r.PostForm)
	tone, key := "good", ""
	switch r.PostForm.Get("deed") {
	case "save":
		key, err = "hours.flash.saved", h.Attendance.SaveHours(ctx, actor, id, entries, results, h.Now())
	case "all":
		key, err = "hours.flash.all", h.Attendance.MarkAllPresent(ctx, actor, id, results, h.Now())
	case "results":
		key, err = "hours.flash.results", h.Attendance.SaveResults(ctx, actor, id, results, h.Now())
	case "confirm":
		var changed bool
		changed, err = h.Attendance.ConfirmHours(ctx, actor, id, entries, results, h.Now())
		if key = "hours.flash.confirmed"; !changed {
			tone, key = "warn", "hours.flash.already"
		}
	default:
		return fault.BadRequest(errors.New("hours: no such action"))
	}
	if problems, ok := httpkit.Problems(err); ok {
		return h.render(w, r, http.StatusUnprocessableEntity, view{Typed: r.PostForm, Problems: problems})
	}
	if err == nil {
		h.Flash(ctx, tone, key)
	}
	to := link.DeskHours(httpkit.Lang(r), id)
	if p := r.URL.Query().Get("page"); p != "" {
		to += "?" + url.Values{"page": {p}}.Encode()
	}
	return h.RedirectAfter(w, r, err, to)
}

// parseEntries reads the hours in the form: "o_" and the sign-up's id is the outcome, "m_" the minutes.
func parseEntries(form url.Values) (entries []attendance.HoursEntry, err error) {
	for name := range form {
		s, ok := strings.CutPrefix(name, "o_")
		if !ok {
			continue
		}
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, fault.BadRequest(err)
		}
		entries = append(entries, attendance.HoursEntry{
			SignupID: id, Outcome: attendance.Outcome(form.Get(name)), Minutes: number(form.Get("m_" + s)),
		})
	}
	return entries, nil
}

// parseResults reads the results in the form: "served" is how many people were helped, "d_" and a kind's slug how much
// was delivered.
func parseResults(form url.Values) (r attendance.Results) {
	r.Served = numberOrZero(form.Get("served"))
	for name := range form {
		if slug, ok := strings.CutPrefix(name, "d_"); ok {
			r.Deliveries = append(r.Deliveries, attendance.Delivery{
				DeliveryKind: attendance.DeliveryKind{Slug: slug}, Amount: numberOrZero(form.Get(name)),
			})
		}
	}
	return r
}

// number reads a whole number; anything else is -1, which no rule allows.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}

// numberOrZero is number, and 0 for an empty field.
func numberOrZero(s string) int {
	if strings.TrimSpace(s) == "" {
		return 0
	}
	return number(s)
}

// CorrectHours corrects what the ledger says of somebody: POST /{lang}/desk/signups/{id}/hours.
func (h *Handler) CorrectHours(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Outcome string `form:"outcome"`
		Minutes string `form:"minutes"`
		Reason  string `form:"reason"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	m := attendance.HoursEntry{SignupID: id, Outcome: attendance.Outcome(f.Outcome), Minutes: numberOrZero(f.Minutes)}
	event, changed, err := h.Attendance.CorrectHours(r.Context(), httpkit.Actor(r), m, f.Reason, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderCorrection(w, r, event, view{Correcting: id, Typed: r.PostForm, Problems: problems})
	}
	if err != nil {
		return err
	}
	if changed {
		h.Flash(r.Context(), "good", "hours.flash.corrected")
	} else {
		h.Flash(r.Context(), "", "hours.flash.same")
	}
	return h.Redirect(w, r, link.DeskHours(httpkit.Lang(r), event)+"#"+rowID(id))
}

// renderCorrection draws the sheet again with the form of a correction in which something is wrong.
func (h *Handler) renderCorrection(w http.ResponseWriter, r *http.Request, event int64, v view) (err error) {
	if v.Sheet, err = h.Attendance.Hours(r.Context(), httpkit.Actor(r), event, 1); err != nil {
		return err
	}
	return h.Render(w, httpkit.AtLink(r, link.DeskHours(httpkit.Lang(r), event)), http.StatusUnprocessableEntity,
		page(v))
}
