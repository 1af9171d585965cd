package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"shtab/internal/attendance"
	"shtab/internal/fault"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"
	mine "shtab/web/page/me"

	"shtab/web/link"
)

// CheckIn is the door's list of an event: GET /{lang}/desk/events/{id}/checkin.
func (d *Room) CheckIn(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	return d.renderCheckIn(w, r, http.StatusOK, id, page.CheckInView{})
}

// renderCheckIn draws v with the people of an event.
func (d *Room) renderCheckIn(w http.ResponseWriter, r *http.Request, status int, id int64, v page.CheckInView) (err error) {
	v.List, err = d.Attendance.List(r.Context(), attendance.By{Actor: httpkit.Actor(r)}, id, attendance.FilterFrom(r.URL.Query()), d.Now())
	if err != nil {
		return err
	}
	v.Address = link.DeskCheckIn(httpkit.Lang(r), id)
	return d.Render(w, r, status, page.CheckIn(v))
}

// Mark notes that somebody has come, or takes it back: POST /{lang}/desk/events/{id}/checkin.
func (d *Room) Mark(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	return d.mark(w, r, attendance.By{Actor: httpkit.Actor(r)}, id, link.DeskCheckIn(httpkit.Lang(r), id))
}

// WalkIn adds somebody who stands at the door without a sign-up, by the rules of everybody, and
// checks them in at once when they have got a place: POST /{lang}/desk/events/{id}/checkin/add.
func (d *Room) WalkIn(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
		Shift int64  `form:"shift"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	ctx, by, l := r.Context(), attendance.By{Actor: httpkit.Actor(r)}, httpkit.Lang(r)
	list, err := d.Attendance.List(ctx, by, id, attendance.Filter{}, d.Now())
	if err != nil {
		return err
	}
	if list.Shift(f.Shift).ID == 0 {
		return fault.NotFound()
	}
	res, err := d.Signups.Add(ctx, by.Actor, f.Shift, f.Email, d.Now())
	v := page.CheckInView{Email: f.Email, AddTo: f.Shift}
	_, at, _ := link.Split(link.DeskCheckIn(l, id))
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return d.renderCheckIn(w, httpkit.At(r, at, ""), http.StatusUnprocessableEntity, id, v)
	}
	if err == nil && res.Refused {
		v.Refused = res.Reasons
		return d.renderCheckIn(w, httpkit.At(r, at, ""), http.StatusOK, id, v)
	}
	if err == nil && res.State == signup.Confirmed {
		var g attendance.Guest
		g, _, err = d.Attendance.CheckIn(ctx, by, attendance.Tap{SignupID: res.SignupID}, d.Now())
		if v := g.Verdict(d.Now()); err == nil && v == attendance.Here {
			d.Flash(ctx, "good", "checkin.walkin.in")
		} else if err == nil {
			d.Flash(ctx, "warn", "checkin.flash."+string(v))
		}
	} else if err == nil {
		deskui.FlashSignup(ctx, d.Kit, res)
	}
	to := link.DeskCheckIn(l, id)
	if res.SignupID != 0 {
		to += "#p-" + strconv.FormatInt(res.SignupID, 10)
	}
	return d.RedirectAfter(w, r, err, to)
}

// tapForm is a tap in the list. q, shift and page say where in the list it was.
type tapForm struct {
	Signup int64  `form:"signup"`
	Deed   string `form:"deed"` // "in" or "undo"
	Ago    int64  `form:"ago"`  // milliseconds since the tap, of one that the phone kept
	Q      string `form:"q"`
	Shift  string `form:"shift"`
	Page   string `form:"page"`
}

// mark does what a tap in the list at address says about one of the event's people. A browser is
// sent back to its place in the list; the script is told in a few words.
func (d *Room) mark(w http.ResponseWriter, r *http.Request, by attendance.By, eventID int64, address string) error {
	var f tapForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, now := r.Context(), d.Now()
	if g, err := d.Attendance.Guest(ctx, by, f.Signup, now); err != nil || g.EventID != eventID {
		return orNotFound(err)
	}
	tap := attendance.Tap{SignupID: f.Signup, Ago: time.Duration(min(f.Ago, 1<<40)) * time.Millisecond}
	var g attendance.Guest
	var err error
	switch f.Deed {
	case "in":
		g, _, err = d.Attendance.CheckIn(ctx, by, tap, now)
	case "undo":
		g, _, err = d.Attendance.Undo(ctx, by, tap, now)
	default:
		return fault.BadRequest(fmt.Errorf("check-in: no such deed"))
	}
	filter := attendance.FilterFrom(url.Values{"q": {f.Q}, "shift": {f.Shift}, "page": {f.Page}})
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if err != nil {
			return err
		}
		return d.tell(w, r, by, g, filter.Shift)
	}
	to := address
	if q := filter.Values().Encode(); q != "" {
		to += "?" + q
	}
	if v := g.Verdict(now); err == nil && f.Deed == "in" && v != attendance.Here && v != attendance.Ready {
		d.Flash(ctx, "warn", "checkin.flash."+string(v))
	}
	return d.RedirectAfter(w, r, err, to+"#p-"+strconv.FormatInt(f.Signup, 10))
}

func orNotFound(err error) error {
	if err == nil {
		err = fault.NotFound()
	}
	return err
}

// tell answers the list's script: whether somebody is here, since when, and how many are.
func (d *Room) tell(w http.ResponseWriter, r *http.Request, by attendance.By, g attendance.Guest, shift int64) error {
	here, all, err := d.Attendance.Count(r.Context(), g, shift)
	if err != nil {
		return err
	}
	p := d.Catalogue.For(httpkit.Lang(r))
	answer := struct {
		Here  bool   `json:"here"`
		At    string `json:"at"`
		Count string `json:"count"`
		Mine  bool   `json:"mine"` // may be taken back here
		Why   string `json:"why"`  // nothing was done
	}{Count: p.T("checkin.here_of", "here", here, "n", all), Mine: page.MayUndo(by.Door, g)}
	switch v := g.Verdict(d.Now()); v {
	case attendance.Here:
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

// Scan is what a ticket's QR opens: GET /c/{token}. The door of the event sees who it is and may
// check in; another door that it is another event's ticket; the owner is led to the ticket;
// anybody else sees nothing about the person. It changes nothing: browsers load pages ahead.
func (d *Room) Scan(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	t, err := d.Signups.ByTicket(r.Context(), token)
	if err != nil {
		return err
	}
	actor := httpkit.Actor(r)
	if actor.SignedIn() && actor.PersonID == t.PersonID {
		return d.Redirect(w, r, link.Ticket(actor.Lang, t.SignupID))
	}
	v, err := d.scanned(r, t)
	if err != nil {
		return err
	}
	if !v.Mine && v.By.Door.ID == 0 && !actor.IsCoordinator() && !actor.IsStaff() {
		return d.Render(w, r, http.StatusOK, mine.Scan(mine.ScanView{EventID: t.EventID}))
	}
	v.Action, v.Just = link.Scan(token), r.URL.Query().Has("in")
	return d.Render(w, r, http.StatusOK, page.Scan(v))
}

// scanned is the guest behind a ticket, at whichever of the browser's doors is that event's: the
// actor's own, or that of a link.
func (d *Room) scanned(r *http.Request, t signup.Ticketed) (v page.ScanView, err error) {
	ctx, now := r.Context(), d.Now()
	v.By = attendance.By{Actor: httpkit.Actor(r)}
	if v.Guest, v.Mine, err = d.Attendance.Scan(ctx, v.By, t, now); err != nil || v.Mine {
		return v, err
	}
	door, err := d.doorOf(ctx, r, now)
	if err != nil || door.ID == 0 {
		return v, err
	}
	v.By.Door = door
	v.Guest, v.Mine, err = d.Attendance.Scan(ctx, v.By, t, now)
	return v, err
}

// ScanIn checks in the holder of a ticket: POST /c/{token}.
func (d *Room) ScanIn(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	if err := httpkit.Form(w, r, &struct{}{}); err != nil {
		return err
	}
	token := chi.URLParam(r, "token")
	t, err := d.Signups.ByTicket(r.Context(), token)
	if err != nil {
		return err
	}
	v, err := d.scanned(r, t)
	if err != nil {
		return err
	}
	if !v.Mine {
		return fault.NotFound()
	}
	_, changed, err := d.Attendance.CheckIn(r.Context(), v.By, attendance.Tap{SignupID: t.SignupID}, d.Now())
	to := link.Scan(token)
	if changed {
		to += "?in"
	}
	return d.RedirectAfter(w, r, err, to)
}

// doorCookie keeps a door link's token for the scans of the browser it is open in.
const doorCookie = "door"

// doorOf is the door link that is open in the browser; the zero Door for none.
func (d *Room) doorOf(ctx context.Context, r *http.Request, now time.Time) (attendance.Door, error) {
	c, err := r.Cookie(doorCookie)
	if err != nil {
		return attendance.Door{}, nil
	}
	door, err := d.Attendance.DoorBy(ctx, c.Value, now)
	if fault.Of(err) == fault.KindNotFound {
		return attendance.Door{}, nil
	}
	return door, err
}
