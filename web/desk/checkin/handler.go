// Package checkin is the check-in of an event's people: the list at the desk and behind a helper's link,
// those links, and what the QR of a ticket opens.
package checkin

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"shtab/internal/attendance"
	"shtab/internal/fault"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the pages' requests.
type Handler struct {
	*httpkit.Kit
	Attendance *attendance.Store
	Signups    *signup.Store
}

// ShowCheckIn lists an event's people and who has come: GET /{lang}/desk/events/{id}/checkin.
func (h *Handler) ShowCheckIn(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	return h.renderCheckIn(w, r, http.StatusOK, id, listView{})
}

// renderCheckIn draws v with the people of an event.
func (h *Handler) renderCheckIn(w http.ResponseWriter, r *http.Request, status int, id int64, v listView) (err error) {
	by, filter := attendance.Marker{Actor: httpkit.Actor(r)}, attendance.FilterFrom(r.URL.Query())
	if v.List, err = h.Attendance.List(r.Context(), by, id, filter, h.Now()); err != nil {
		return err
	}
	v.Address = link.DeskCheckIn(httpkit.Lang(r), id)
	return h.Render(w, r, status, page(v))
}

// CheckIn marks that somebody has come, or takes the mark back: POST /{lang}/desk/events/{id}/checkin.
func (h *Handler) CheckIn(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	return h.mark(w, r, attendance.Marker{Actor: httpkit.Actor(r)}, id, link.DeskCheckIn(httpkit.Lang(r), id))
}

// AddWalkIn signs somebody up who has come without a sign-up, by the same rules as everybody, and checks
// them in when they have got a place: POST /{lang}/desk/events/{id}/checkin/add.
func (h *Handler) AddWalkIn(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
		Shift int64  `form:"shift"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	ctx, by, to := r.Context(), attendance.Marker{Actor: httpkit.Actor(r)}, link.DeskCheckIn(httpkit.Lang(r), id)
	list, err := h.Attendance.List(ctx, by, id, attendance.Filter{}, h.Now())
	if err != nil {
		return err
	}
	if list.Shift(f.Shift).ID == 0 {
		return fault.NotFound()
	}
	res, err := h.Signups.Add(ctx, by.Actor, f.Shift, f.Email, h.Now())
	v := listView{Email: f.Email, AddTo: f.Shift}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderCheckIn(w, httpkit.AtLink(r, to), http.StatusUnprocessableEntity, id, v)
	}
	if err == nil && res.Refused {
		v.Refused = res.Reasons
		return h.renderCheckIn(w, httpkit.AtLink(r, to), http.StatusOK, id, v)
	}
	if err == nil && res.State == signup.Confirmed {
		var g attendance.Attendee
		g, _, err = h.Attendance.CheckIn(ctx, by, attendance.CheckInMark{SignupID: res.SignupID}, h.Now())
		if v := g.Status(h.Now()); err == nil && v == attendance.CheckedIn {
			h.Flash(ctx, "good", "checkin.walkin.in")
		} else if err == nil {
			h.Flash(ctx, "warn", "checkin.flash."+string(v))
		}
	} else if err == nil {
		deskui.FlashSignup(ctx, h.Kit, res)
	}
	if res.SignupID != 0 {
		to += "#" + rowID(res.SignupID)
	}
	return h.RedirectAfter(w, r, err, to)
}

// markForm is a mark made in the list. Q, Shift and Page say where in the list it was made.
type markForm struct {
	Signup int64  `form:"signup"`
	Action string `form:"deed"` // "in" or "undo"
	Ago    int64  `form:"ago"`  // milliseconds since it was made, for a mark that the phone kept while offline
	Q      string `form:"q"`
	Shift  string `form:"shift"`
	Page   string `form:"page"`
}

// filter is where in the list the mark was made.
func (f markForm) filter() attendance.Filter {
	return attendance.FilterFrom(url.Values{"q": {f.Q}, "shift": {f.Shift}, "page": {f.Page}})
}

// mark marks one of the event's people as come, or takes that back, as the form says. A browser is sent
// back to its place in the list at address; the list's script gets JSON.
func (h *Handler) mark(
	w http.ResponseWriter, r *http.Request, by attendance.Marker, eventID int64, address string,
) error {
	var f markForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, now := r.Context(), h.Now()
	g, err := h.Attendance.Attendee(ctx, by, f.Signup, now)
	if err != nil {
		return err
	}
	if g.EventID != eventID {
		return fault.NotFound()
	}
	m := attendance.CheckInMark{SignupID: f.Signup, Ago: time.Duration(min(f.Ago, 1<<40)) * time.Millisecond}
	switch f.Action {
	case "in":
		g, _, err = h.Attendance.CheckIn(ctx, by, m, now)
	case "undo":
		g, _, err = h.Attendance.Undo(ctx, by, m, now)
	default:
		return fault.BadRequest(errors.New("check-in: no such action"))
	}
	filter := f.filter()
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if err != nil {
			return err
		}
		return h.sendMark(w, r, by, g, filter.Shift)
	}
	to := address
	if q := filter.Values().Encode(); q != "" {
		to += "?" + q
	}
	if v := g.Status(now); err == nil && f.Action == "in" && v != attendance.CheckedIn && v != attendance.Ready {
		h.Flash(ctx, "warn", "checkin.flash."+string(v))
	}
	return h.RedirectAfter(w, r, err, to+"#"+rowID(f.Signup))
}

// sendMark tells the list's script whether somebody is here, since when, and how many are.
func (h *Handler) sendMark(
	w http.ResponseWriter, r *http.Request, by attendance.Marker, g attendance.Attendee, shift int64,
) error {
	present, total, err := h.Attendance.Count(r.Context(), g, shift)
	if err != nil {
		return err
	}
	p := h.Catalogue.For(httpkit.Lang(r))
	answer := struct {
		Here  bool   `json:"here"`
		At    string `json:"at"`
		Count string `json:"count"`
		Mine  bool   `json:"mine"` // the mark may be taken back here
		Why   string `json:"why"`  // why nothing was marked
	}{Count: p.T("checkin.here_of", "here", present, "n", total), Mine: mayUndo(by.Link, g)}
	switch v := g.Status(h.Now()); v {
	case attendance.CheckedIn:
		answer.Here, answer.At = true, p.Clock(*g.CheckedInAt)
	case attendance.Ready:
	default:
		answer.Why = p.T("checkin.flash." + string(v))
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	return httpkit.Send(w, "application/json", body)
}
