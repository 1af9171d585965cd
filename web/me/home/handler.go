// Package home is the volunteer's own first page, with their tickets and private calendar.
package home

import (
	"net/http"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/event"
	"shtab/internal/postgres"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler holds what the handlers need.
type Handler struct {
	*httpkit.Kit
	DB         postgres.DB
	Accounts   *account.Store
	Attendance *attendance.Store
	Signups    *signup.Store
}

// ShowHome shows the volunteer's next shifts and what waits for them: GET /{lang}/me.
func (h *Handler) ShowHome(w http.ResponseWriter, r *http.Request) error {
	return h.renderHome(w, r, http.StatusOK, homeView{})
}

// renderHome draws v with all that the volunteer's page shows.
func (h *Handler) renderHome(w http.ResponseWriter, r *http.Request, status int, v homeView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Rows, err = h.Signups.Mine(ctx, actor, h.Now()); err != nil {
		return err
	}
	if v.Hours, err = attendance.Mine(ctx, h.DB, actor.PersonID, h.City.Location(), h.Now()); err != nil {
		return err
	}
	profile, err := h.Accounts.Profile(ctx, actor)
	if err != nil {
		return err
	}
	v.Minor = event.AgeAt(profile.BirthDate, h.Now(), h.City.Location()) < h.City.Rules.AdultAge
	v.CalendarURL = h.BaseURL + link.Calendar(profile.CalendarToken)
	if v.Missed, err = h.Attendance.Missed(ctx, actor, h.Now()); err != nil {
		return err
	}
	return h.Render(w, r, status, homePage(v))
}

// ExplainAbsence keeps the volunteer's words about a shift that they missed: POST
// /{lang}/me/signups/{id}/explain.
func (h *Handler) ExplainAbsence(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Text string `form:"explanation"`
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	err = h.Attendance.Explain(r.Context(), httpkit.Actor(r), id, f.Text, h.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return h.renderHome(
			w, httpkit.At(r, "/me", ""), http.StatusUnprocessableEntity,
			homeView{Explaining: id, Explanation: f.Text, Problems: problems},
		)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "missed.flash")
	return h.Redirect(w, r, link.Me(httpkit.Lang(r))+"#missed")
}

// ShowTicket shows the QR of one of the volunteer's sign-ups: GET /{lang}/me/tickets/{id}.
func (h *Handler) ShowTicket(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	row, err := h.Signups.Ticket(r.Context(), httpkit.Actor(r), id, h.Now())
	if err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, ticketPage(ticketView{Row: row, URL: h.BaseURL + link.Scan(row.Ticket)}))
}

// RenewCalendar makes the private feed's address anew: POST /{lang}/me/calendar/renew.
func (h *Handler) RenewCalendar(w http.ResponseWriter, r *http.Request) error {
	if _, err := h.Accounts.RenewCalendar(r.Context(), httpkit.Actor(r), h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "flash.calendar_renewed")
	return h.Redirect(w, r, link.Me(httpkit.Lang(r))+"#calendar")
}
