package checkin

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/fault"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// ShowScan is what the QR of a ticket opens: GET /c/{token}. Those who check people in at the event see
// whose it is and a button; at another event, that the ticket is not theirs; its owner is led to the ticket;
// everybody else sees nothing about the person. It changes nothing, because browsers load pages ahead.
func (h *Handler) ShowScan(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	token := chi.URLParam(r, "token")
	t, err := h.Signups.ByTicket(r.Context(), token)
	if err != nil {
		return err
	}
	actor := httpkit.Actor(r)
	if actor.SignedIn() && actor.PersonID == t.PersonID {
		return h.Redirect(w, r, link.Ticket(actor.Lang, t.SignupID))
	}
	v, err := h.scan(r, t)
	if err != nil {
		return err
	}
	if !v.Mine && v.By.Link.ID == 0 && !actor.Can(account.RunEvents) {
		return h.Render(w, r, http.StatusOK, strangerPage(t.EventID))
	}
	v.Action, v.Just = link.Scan(token), r.URL.Query().Has("in")
	return h.Render(w, r, http.StatusOK, scanPage(v))
}

// scan is the person behind a ticket, as the actor may see them or else the helper's link that is open in
// the browser.
func (h *Handler) scan(r *http.Request, t signup.Ticketed) (v scanView, err error) {
	ctx, now := r.Context(), h.Now()
	v.By = attendance.Marker{Actor: httpkit.Actor(r)}
	if v.Attendee, v.Mine, err = h.Attendance.Scan(ctx, v.By, t, now); err != nil || v.Mine {
		return v, err
	}
	helper, err := h.openLink(ctx, r, now)
	if err != nil || helper.ID == 0 {
		return v, err
	}
	v.By.Link = helper
	v.Attendee, v.Mine, err = h.Attendance.Scan(ctx, v.By, t, now)
	return v, err
}

// CheckInTicket checks in the holder of a ticket: POST /c/{token}.
func (h *Handler) CheckInTicket(w http.ResponseWriter, r *http.Request) error {
	httpkit.Secret(w)
	if err := httpkit.Form(w, r, &struct{}{}); err != nil {
		return err
	}
	token := chi.URLParam(r, "token")
	t, err := h.Signups.ByTicket(r.Context(), token)
	if err != nil {
		return err
	}
	v, err := h.scan(r, t)
	if err != nil {
		return err
	}
	if !v.Mine {
		return fault.NotFound()
	}
	_, changed, err := h.Attendance.CheckIn(r.Context(), v.By, attendance.CheckInMark{SignupID: t.SignupID}, h.Now())
	to := link.Scan(token)
	if changed {
		to += "?in"
	}
	return h.RedirectAfter(w, r, err, to)
}

// linkCookie keeps the token of a helper's link for the scans of the browser in which it is open.
const linkCookie = "door"

// openLink is the helper's link that is open in the browser; zero for none.
func (h *Handler) openLink(ctx context.Context, r *http.Request, now time.Time) (attendance.HelperLink, error) {
	c, err := r.Cookie(linkCookie)
	if err != nil {
		return attendance.HelperLink{}, nil
	}
	helper, err := h.Attendance.HelperLinkByToken(ctx, c.Value, now)
	if fault.Of(err) == fault.KindNotFound {
		return attendance.HelperLink{}, nil
	}
	return helper, err
}
