// Package me is the volunteer's own front room: their shifts, tickets, hours and settings.
package me

import (
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/event"
	"shtab/internal/factor"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	page "shtab/web/page/me"

	"shtab/web/link"
)

// Room holds what the handlers need.
type Room struct {
	*httpkit.Kit
	DB        *pgxpool.Pool
	Accounts  *account.Store
	Factors   *factor.Store
	Signups   *signup.Store
	Guardians *guardian.Store

	Attendance *attendance.Store
}

// Home is the volunteer's next shifts and what waits for them: GET /{lang}/me.
func (m *Room) Home(w http.ResponseWriter, r *http.Request) error {
	return m.renderHome(w, r, http.StatusOK, page.HomeView{})
}

// renderHome draws v with all that the volunteer's page shows.
func (m *Room) renderHome(w http.ResponseWriter, r *http.Request, status int, v page.HomeView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.Rows, err = m.Signups.Mine(ctx, actor, m.Now()); err != nil {
		return err
	}
	if v.Hours, err = attendance.Mine(ctx, m.DB, actor.PersonID, m.City.Location(), m.Now()); err != nil {
		return err
	}
	profile, err := m.Accounts.Profile(ctx, actor)
	if err != nil {
		return err
	}
	v.Minor = event.AgeAt(profile.BirthDate, m.Now(), m.City.Location()) < m.City.Rules.AdultAge
	v.CalendarURL = m.BaseURL + link.Calendar(profile.CalendarToken)
	if v.Missed, err = m.Attendance.Missed(ctx, actor, m.Now()); err != nil {
		return err
	}
	return m.Render(w, r, status, page.Home(v))
}

// Explain keeps the volunteer's words about a shift that they missed: POST
// /{lang}/me/signups/{id}/explain.
func (m *Room) Explain(w http.ResponseWriter, r *http.Request) error {
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
	err = m.Attendance.Explain(r.Context(), httpkit.Actor(r), id, f.Text, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return m.renderHome(w, httpkit.At(r, "/me", ""), http.StatusUnprocessableEntity, page.HomeView{Explaining: id, Explanation: f.Text, Problems: problems})
	}
	if err != nil {
		return err
	}
	m.Flash(r.Context(), "good", "missed.flash")
	return m.Redirect(w, r, link.Me(httpkit.Lang(r))+"#missed")
}

// Ticket is the QR of one of the volunteer's sign-ups: GET /{lang}/me/tickets/{id}.
func (m *Room) Ticket(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	row, err := m.Signups.Ticket(r.Context(), httpkit.Actor(r), id, m.Now())
	if err != nil {
		return err
	}
	return m.Render(w, r, http.StatusOK, page.Ticket(page.TicketView{Row: row, URL: m.BaseURL + link.Scan(row.Ticket)}))
}

// Book is the volunteer's confirmed hours: GET /{lang}/me/book.
func (m *Room) Book(w http.ResponseWriter, r *http.Request) error {
	rows, err := attendance.Book(r.Context(), m.DB, httpkit.Actor(r).PersonID)
	if err != nil {
		return err
	}
	return m.Render(w, r, http.StatusOK, page.Book(page.BookView{Rows: rows}))
}

// RenewCalendar makes the private feed's address anew: POST /{lang}/me/calendar/renew.
func (m *Room) RenewCalendar(w http.ResponseWriter, r *http.Request) error {
	if _, err := m.Accounts.RenewCalendar(r.Context(), httpkit.Actor(r), m.Now()); err != nil {
		return err
	}
	m.Flash(r.Context(), "good", "flash.calendar_renewed")
	return m.Redirect(w, r, link.Me(httpkit.Lang(r))+"#calendar")
}

type profileForm struct {
	GivenName  string `form:"given_name"`
	FamilyName string `form:"family_name"`
	BirthDate  string `form:"birth_date"`
	Phone      string `form:"phone"`
	Lang       string `form:"lang"`
	District   string `form:"district"`
	Register   string `form:"register"`
}

// ProfileForm shows what is kept of the volunteer: GET /{lang}/me/profile.
func (m *Room) ProfileForm(w http.ResponseWriter, r *http.Request) error {
	p, err := m.Accounts.Profile(r.Context(), httpkit.Actor(r))
	if err != nil {
		return err
	}
	return m.Render(w, r, http.StatusOK, page.Profile(page.ProfileView{
		Email: p.Email, BirthDateFixed: p.BirthDateCorrected,
		GivenName: p.GivenName, FamilyName: p.FamilyName, BirthDate: typed(p.BirthDate),
		Phone: p.Phone, Lang: p.Lang, District: p.District, Districts: m.City.Open(),
		Register: p.Register, MayRegister: m.Accounts.MayAgree(p.BirthDate, m.Now()),
	}))
}

// typed is a date as its field takes it; accounts of the command line have none.
func typed(date time.Time) string {
	if date.Year() <= 1 {
		return ""
	}
	return date.Format(time.DateOnly)
}

// Profile changes it: POST /{lang}/me/profile.
func (m *Room) Profile(w http.ResponseWriter, r *http.Request) error {
	var f profileForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx, actor := r.Context(), httpkit.Actor(r)
	err := m.Accounts.UpdateProfile(ctx, actor, account.ProfileForm{
		GivenName: f.GivenName, FamilyName: f.FamilyName, BirthDate: f.BirthDate,
		Phone: f.Phone, Lang: i18n.Lang(f.Lang), District: f.District, Register: f.Register != "",
	}, m.Now())
	if problems, ok := httpkit.Problems(err); ok {
		p, err := m.Accounts.Profile(ctx, actor)
		if err != nil {
			return err
		}
		return m.Render(w, r, http.StatusUnprocessableEntity, page.Profile(page.ProfileView{
			Email: p.Email, BirthDateFixed: p.BirthDateCorrected, GivenName: f.GivenName, FamilyName: f.FamilyName,
			BirthDate: f.BirthDate, Phone: f.Phone, Lang: i18n.Lang(f.Lang), District: f.District,
			Districts: m.City.Open(), Problems: problems,
			Register: f.Register != "", MayRegister: m.Accounts.MayAgree(p.BirthDate, m.Now()),
		}))
	}
	if err != nil {
		return err
	}
	m.Flash(ctx, "good", "flash.profile_saved")
	return m.Redirect(w, r, link.Profile(i18n.ParseOr(f.Lang)))
}
