package desk

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"shtab/internal/attendance"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// Doors is an event's links for helpers, and the form of another: GET
// /{lang}/desk/events/{id}/doors.
func (d *Room) Doors(w http.ResponseWriter, r *http.Request) error {
	return d.renderDoors(w, r, http.StatusOK, page.DoorsView{})
}

// clockLayout is how a browser's field writes a day and an hour.
const clockLayout = "2006-01-02T15:04"

// renderDoors draws v with the links of the event that the address names. A new form proposes
// the hours of the event, with two on either side.
func (d *Room) renderDoors(w http.ResponseWriter, r *http.Request, status int, v page.DoorsView) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if v.Event, v.Doors, err = d.Attendance.Doors(r.Context(), httpkit.Actor(r), id); err != nil {
		return err
	}
	if v.Key == "" {
		v.Key = rand.Text()
	}
	if v.OpensAt == "" && v.ClosesAt == "" && !v.Event.StartsAt.IsZero() {
		zone := d.City.Location()
		v.OpensAt = v.Event.StartsAt.Add(-attendance.EarlyBy).In(zone).Format(clockLayout)
		v.ClosesAt = v.Event.EndsAt.Add(2 * time.Hour).In(zone).Format(clockLayout)
	}
	return d.Render(w, r, status, page.Doors(v))
}

// OpenDoor makes a link and shows it, this once: POST /{lang}/desk/events/{id}/doors.
func (d *Room) OpenDoor(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Label    string `form:"label"`
		OpensAt  string `form:"opens_at"`
		ClosesAt string `form:"closes_at"`
		Key      string `form:"key"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	l := httpkit.Lang(r)
	token, err := d.Attendance.OpenDoor(r.Context(), httpkit.Actor(r), attendance.NewDoor{
		EventID: id, Label: f.Label, OpensAt: d.clock(f.OpensAt), ClosesAt: d.clock(f.ClosesAt), Key: f.Key,
	}, d.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderDoors(w, r, http.StatusUnprocessableEntity, page.DoorsView{Label: f.Label, OpensAt: f.OpensAt, ClosesAt: f.ClosesAt, Key: f.Key, Problems: problems})
	}
	if err == nil && token != "" {
		httpkit.Secret(w)
		_, at, _ := link.Split(link.DeskDoors(l, id))
		return d.renderDoors(w, httpkit.At(r, at, ""), http.StatusOK, page.DoorsView{URL: d.BaseURL + link.Door(l, token)})
	}
	if err == nil {
		d.Flash(r.Context(), "warn", "checkin.door.made")
	}
	return d.RedirectAfter(w, r, err, link.DeskDoors(l, id))
}

// clock reads a day and an hour of the city; the zero time for none.
func (d *Room) clock(s string) time.Time {
	t, err := time.ParseInLocation(clockLayout, strings.TrimSpace(s), d.City.Location())
	if err != nil {
		return time.Time{}
	}
	return t
}

// CloseDoor takes a link back: POST /{lang}/desk/doors/{id}/close.
func (d *Room) CloseDoor(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.FormOf(w, r, "id", &struct{}{})
	if err != nil {
		return err
	}
	event, err := d.Attendance.CloseDoor(r.Context(), httpkit.Actor(r), id, d.Now())
	if err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "checkin.door.closed")
	return d.Redirect(w, r, link.DeskDoors(httpkit.Lang(r), event))
}

// Door is the list behind a link, for a helper without an account: GET /{lang}/door/{token}. The
// browser remembers the link for its scans until the link ends.
func (d *Room) Door(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token, now := chi.URLParam(r, "token"), d.Now()
	door, err := d.Attendance.DoorBy(r.Context(), token, now)
	if err != nil {
		return err
	}
	v := page.CheckInView{Door: door, Address: link.Door(httpkit.Lang(r), token)}
	v.List, err = d.Attendance.List(r.Context(), attendance.By{Door: door}, door.EventID, attendance.FilterFrom(r.URL.Query()), now)
	if err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: doorCookie, Value: token, Path: "/c/", MaxAge: int(door.ClosesAt.Sub(now).Seconds()),
		HttpOnly: true, Secure: d.Sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	})
	return d.Render(w, r, http.StatusOK, page.Door(v))
}

// DoorMark is Mark through a link: POST /{lang}/door/{token}.
func (d *Room) DoorMark(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	door, err := d.Attendance.DoorBy(r.Context(), token, d.Now())
	if err != nil {
		return err
	}
	return d.mark(w, r, attendance.By{Door: door}, door.EventID, link.Door(httpkit.Lang(r), token))
}
