package desk

import (
	"context"
	"net/http"
	"net/url"

	"shtab/internal/fault"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// List is an event's people: GET /{lang}/desk/events/{id}/roster.
func (d *Room) List(w http.ResponseWriter, r *http.Request) error {
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	return d.renderRoster(w, r, http.StatusOK, page.RosterView{Event: e, Filter: roster.FilterFrom(r.URL.Query())})
}

// rosterEvent is the event that a roster's address names, if the actor runs it.
func (d *Room) rosterEvent(r *http.Request) (roster.Event, error) {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return roster.Event{}, err
	}
	return d.Roster.Event(r.Context(), httpkit.Actor(r), id, d.Now())
}

// renderRoster draws v with its people.
func (d *Room) renderRoster(w http.ResponseWriter, r *http.Request, status int, v page.RosterView) (err error) {
	if v.Filter.Shift != 0 && v.Event.Shift(v.Filter.Shift).ID == 0 {
		v.Filter.Shift = 0 // another event's, or gone
	}
	if v.People, v.More, err = d.Roster.List(r.Context(), v.Event, v.Filter); err != nil {
		return err
	}
	if v.AddTo == 0 && len(v.Event.Shifts) > 0 {
		v.AddTo = v.Event.Shifts[0].ID
		if v.Filter.Shift != 0 {
			v.AddTo = v.Filter.Shift
		}
	}
	return d.Render(w, r, status, page.Roster(v))
}

// Add signs somebody up by e-mail: POST /{lang}/desk/events/{id}/roster.
func (d *Room) Add(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Email string `form:"email"`
		Shift int64  `form:"shift"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx := r.Context()
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	if e.Shift(f.Shift).ID == 0 {
		return fault.NotFound()
	}
	res, err := d.Signups.Add(ctx, httpkit.Actor(r), f.Shift, f.Email, d.Now())
	v := page.RosterView{Event: e, Filter: roster.Filter{Page: 1}, Email: f.Email, AddTo: f.Shift}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return d.renderRoster(w, r, http.StatusUnprocessableEntity, v)
	}
	if res.Refused && err == nil {
		v.Refused = res.Reasons
		return d.renderRoster(w, r, http.StatusOK, v)
	}
	if err == nil {
		d.flashPlace(ctx, res)
	}
	return d.RedirectAfter(w, r, err, link.DeskRoster(httpkit.Lang(r), e.ID))
}

// flashPlace says what somebody has got.
func (d *Room) flashPlace(ctx context.Context, res signup.Result) {
	if !res.Changed {
		d.Flash(ctx, "", "roster.flash.already")
		return
	}
	d.Flash(ctx, map[signup.State]string{signup.Confirmed: "good"}[res.State], "roster.flash."+string(res.State))
}

// Person is one sign-up with what can be done about it: GET /{lang}/desk/signups/{id}.
func (d *Room) Person(w http.ResponseWriter, r *http.Request) error {
	return d.renderPerson(w, r, http.StatusOK, page.PersonView{})
}

// renderPerson draws v for the sign-up that the address names.
func (d *Room) renderPerson(w http.ResponseWriter, r *http.Request, status int, v page.PersonView) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if v.Event, v.Person, err = d.Roster.Person(r.Context(), httpkit.Actor(r), id, d.Now()); err != nil {
		return err
	}
	_, at, _ := link.Split(link.DeskSignup(httpkit.Lang(r), id))
	return d.Render(w, httpkit.At(r, at, ""), status, page.Person(v))
}

// Move puts somebody into another shift of the event: POST /{lang}/desk/signups/{id}/move.
func (d *Room) Move(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Shift int64 `form:"shift"`
	}
	id, err := d.deed(w, r, &f)
	if err != nil {
		return err
	}
	res, err := d.Signups.Move(r.Context(), httpkit.Actor(r), id, f.Shift, d.Now())
	if err == nil && res.Refused {
		return d.renderPerson(w, r, http.StatusOK, page.PersonView{Refused: res.Reasons})
	}
	if err == nil && res.Changed {
		d.Flash(r.Context(), "good", "roster.flash.moved")
	}
	if err == nil {
		id = res.SignupID
	}
	return d.RedirectAfter(w, r, err, link.DeskSignup(httpkit.Lang(r), id))
}

// deed reads the form of something to be done about the sign-up that the address names.
func (d *Room) deed(w http.ResponseWriter, r *http.Request, form any) (int64, error) {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return 0, err
	}
	return id, httpkit.Form(w, r, form)
}

// Promote gives a free place to somebody waiting: POST /{lang}/desk/signups/{id}/promote. From
// the list it leads back there.
func (d *Room) Promote(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		List string `form:"list"`
	}
	id, err := d.deed(w, r, &f)
	if err != nil {
		return err
	}
	res, err := d.Signups.Promote(r.Context(), httpkit.Actor(r), id, d.Now())
	if err == nil && res.Refused {
		return d.renderPerson(w, r, http.StatusOK, page.PersonView{Refused: res.Reasons})
	}
	if err == nil {
		d.flashPlace(r.Context(), res)
	}
	to := link.DeskSignup(httpkit.Lang(r), id)
	if f.List != "" && res.EventID != 0 {
		to = link.DeskRosterOf(httpkit.Lang(r), res.EventID, url.Values{"state": {string(signup.Waitlisted)}})
	}
	return d.RedirectAfter(w, r, err, to)
}

// Remove takes somebody off a shift and tells them why: POST /{lang}/desk/signups/{id}/remove.
func (d *Room) Remove(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Reason string `form:"reason"`
		Words  string `form:"words"`
	}
	id, err := d.deed(w, r, &f)
	if err != nil {
		return err
	}
	why := signup.Removal{Reason: f.Reason, Words: f.Words}
	res, err := d.Signups.Remove(r.Context(), httpkit.Actor(r), id, why, d.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderPerson(w, r, http.StatusUnprocessableEntity, page.PersonView{Why: why, Problems: problems})
	}
	if err == nil && res.Changed {
		d.Flash(r.Context(), "good", "roster.flash.removed")
	}
	return d.RedirectAfter(w, r, err, link.DeskSignup(httpkit.Lang(r), id))
}

// Restore takes somebody who was removed, or gave up, back in: POST
// /{lang}/desk/signups/{id}/restore.
func (d *Room) Restore(w http.ResponseWriter, r *http.Request) error {
	id, err := d.deed(w, r, &struct{}{})
	if err != nil {
		return err
	}
	res, err := d.Signups.Restore(r.Context(), httpkit.Actor(r), id, d.Now())
	if err == nil && res.Refused {
		return d.renderPerson(w, r, http.StatusOK, page.PersonView{Refused: res.Reasons})
	}
	if err == nil {
		d.flashPlace(r.Context(), res)
	}
	return d.RedirectAfter(w, r, err, link.DeskSignup(httpkit.Lang(r), id))
}

// Print is the list for paper: GET /{lang}/desk/events/{id}/roster/print, of one shift with
// ?shift=.
func (d *Room) Print(w http.ResponseWriter, r *http.Request) error {
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	v := page.PrintView{Event: e, Shift: e.Shift(roster.FilterFrom(r.URL.Query()).Shift).ID}
	if v.People, err = d.Roster.All(r.Context(), e, v.Shift, signup.Confirmed, signup.AwaitingConsent); err != nil {
		return err
	}
	return d.Render(w, r, http.StatusOK, page.RosterPrint(v))
}
