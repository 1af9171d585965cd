package checkin

import (
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"shtab/internal/attendance"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowHelperLinks lists the links by which helpers without an account check people in, with the form of
// another: GET /{lang}/desk/events/{id}/doors.
func (h *Handler) ShowHelperLinks(w http.ResponseWriter, r *http.Request) error {
	return h.renderHelperLinks(w, r, http.StatusOK, helperLinksView{})
}

// inputLayout is how a datetime-local field writes a date and a time.
const inputLayout = "2006-01-02T15:04"

// renderHelperLinks draws v with the links of the event that the address names. A new form proposes the
// time from when the event opens for check-in until two hours after its end.
func (h *Handler) renderHelperLinks(w http.ResponseWriter, r *http.Request, status int, v helperLinksView) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if v.Event, v.Links, err = h.Attendance.HelperLinks(r.Context(), httpkit.Actor(r), id); err != nil {
		return err
	}
	if v.Key == "" {
		v.Key = rand.Text()
	}
	if v.OpensAt == "" && v.ClosesAt == "" && !v.Event.StartsAt.IsZero() {
		zone := h.City.Location()
		v.OpensAt = v.Event.StartsAt.Add(-attendance.OpensBefore).In(zone).Format(inputLayout)
		v.ClosesAt = v.Event.EndsAt.Add(2 * time.Hour).In(zone).Format(inputLayout)
	}
	return h.Render(w, r, status, helperLinksPage(v))
}

// CreateHelperLink makes a link and shows it, this once: POST /{lang}/desk/events/{id}/doors.
func (h *Handler) CreateHelperLink(w http.ResponseWriter, r *http.Request) error {
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
	token, err := h.Attendance.CreateHelperLink(r.Context(), httpkit.Actor(r), attendance.NewHelperLink{
		EventID: id, Label: f.Label, OpensAt: h.parseTime(f.OpensAt), ClosesAt: h.parseTime(f.ClosesAt), Key: f.Key,
	}, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderHelperLinks(w, r, http.StatusUnprocessableEntity, helperLinksView{
			Label: f.Label, OpensAt: f.OpensAt, ClosesAt: f.ClosesAt, Key: f.Key, Problems: problems,
		})
	}
	if err == nil && token != "" {
		httpkit.Secret(w)
		r = httpkit.AtLink(r, link.DeskHelperLinks(l, id))
		return h.renderHelperLinks(w, r, http.StatusOK, helperLinksView{URL: h.BaseURL + link.HelperList(l, token)})
	}
	if err == nil {
		h.Flash(r.Context(), "warn", "checkin.door.made")
	}
	return h.RedirectAfter(w, r, err, link.DeskHelperLinks(l, id))
}

// parseTime reads a date and time in the city's zone; an invalid one is the zero time.
func (h *Handler) parseTime(s string) time.Time {
	t, err := time.ParseInLocation(inputLayout, strings.TrimSpace(s), h.City.Location())
	if err != nil {
		return time.Time{}
	}
	return t
}

// RevokeHelperLink ends a link: POST /{lang}/desk/doors/{id}/close.
func (h *Handler) RevokeHelperLink(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.FormOf(w, r, "id", &struct{}{})
	if err != nil {
		return err
	}
	event, err := h.Attendance.RevokeHelperLink(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "checkin.door.closed")
	return h.Redirect(w, r, link.DeskHelperLinks(httpkit.Lang(r), event))
}

// ShowHelperList is the list behind a link, for a helper without an account: GET /{lang}/door/{token}. The
// browser remembers the link for its scans until the link ends.
func (h *Handler) ShowHelperList(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token, now := chi.URLParam(r, "token"), h.Now()
	helper, err := h.Attendance.HelperLinkByToken(r.Context(), token, now)
	if err != nil {
		return err
	}
	v := listView{Link: helper, Address: link.HelperList(httpkit.Lang(r), token)}
	by, filter := attendance.Marker{Link: helper}, attendance.FilterFrom(r.URL.Query())
	if v.List, err = h.Attendance.List(r.Context(), by, helper.EventID, filter, now); err != nil {
		return err
	}
	http.SetCookie(w, &http.Cookie{
		Name: linkCookie, Value: token, Path: "/c/", MaxAge: int(helper.ClosesAt.Sub(now).Seconds()),
		HttpOnly: true, Secure: h.Sessions.Cookie.Secure, SameSite: http.SameSiteLaxMode,
	})
	return h.Render(w, r, http.StatusOK, helperPage(v))
}

// CheckInAsHelper is CheckIn through a link: POST /{lang}/door/{token}.
func (h *Handler) CheckInAsHelper(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	helper, err := h.Attendance.HelperLinkByToken(r.Context(), token, h.Now())
	if err != nil {
		return err
	}
	return h.mark(w, r, attendance.Marker{Link: helper}, helper.EventID, link.HelperList(httpkit.Lang(r), token))
}
