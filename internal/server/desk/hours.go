package desk

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"shtab/internal/attendance"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// Hours is who was there and for how long: GET /{lang}/desk/events/{id}/hours.
func (d *Room) Hours(w http.ResponseWriter, r *http.Request) error {
	return d.renderHours(w, r, http.StatusOK, page.HoursView{})
}

// renderHours draws v with a page of the event that the address names.
func (d *Room) renderHours(w http.ResponseWriter, r *http.Request, status int, v page.HoursView) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	at, _ := strconv.Atoi(r.URL.Query().Get("page"))
	if v.Sheet, err = d.Attendance.Hours(r.Context(), httpkit.Actor(r), id, min(at, 1000)); err != nil {
		return err
	}
	return d.Render(w, r, status, page.Hours(v))
}

// SaveHours does what a button of the sheet says: keeps a draft, marks everybody present, or
// confirms; with deed results it keeps the results alone: POST /{lang}/desk/events/{id}/hours.
func (d *Room) SaveHours(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if err := httpkit.LongForm(w, r, &struct{}{}, 4*httpkit.MaxForm); err != nil {
		return err
	}
	marks, err := marksOf(r.PostForm)
	if err != nil {
		return err
	}
	ctx, actor, results := r.Context(), httpkit.Actor(r), resultsOf(r.PostForm)
	tone, key := "good", ""
	switch r.PostForm.Get("deed") {
	case "save":
		key, err = "hours.flash.saved", d.Attendance.SaveHours(ctx, actor, id, marks, results, d.Now())
	case "all":
		key, err = "hours.flash.all", d.Attendance.AllPresent(ctx, actor, id, results, d.Now())
	case "results":
		key, err = "hours.flash.results", d.Attendance.SaveResults(ctx, actor, id, results, d.Now())
	case "confirm":
		var changed bool
		changed, err = d.Attendance.ConfirmHours(ctx, actor, id, marks, results, d.Now())
		if key = "hours.flash.confirmed"; !changed {
			tone, key = "warn", "hours.flash.already"
		}
	default:
		return fault.BadRequest(errors.New("hours: no such deed"))
	}
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderHours(w, r, http.StatusUnprocessableEntity, page.HoursView{Typed: r.PostForm, Problems: problems})
	}
	if err == nil {
		d.Flash(ctx, tone, key)
	}
	to := link.DeskHours(httpkit.Lang(r), id)
	if p := r.URL.Query().Get("page"); p != "" {
		to += "?" + url.Values{"page": {p}}.Encode()
	}
	return d.RedirectAfter(w, r, err, to)
}

// marksOf reads what a sheet says of its people: "o_" and the sign-up is the outcome, "m_" the
// minutes of who attended.
func marksOf(form url.Values) (marks []attendance.Mark, err error) {
	for name := range form {
		s, ok := strings.CutPrefix(name, "o_")
		if !ok {
			continue
		}
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return nil, fault.BadRequest(err)
		}
		marks = append(marks, attendance.Mark{SignupID: id, Outcome: attendance.Outcome(form.Get(name)), Minutes: number(form.Get("m_" + s))})
	}
	return marks, nil
}

// resultsOf reads what a sheet says of the event's results.
func resultsOf(form url.Values) (r attendance.Results) {
	r.Served = figure(form.Get("served"))
	for name := range form {
		if slug, ok := strings.CutPrefix(name, "d_"); ok {
			r.Deliveries = append(r.Deliveries, attendance.Delivery{Kind: attendance.Kind{Slug: slug}, Amount: figure(form.Get(name))})
		}
	}
	return r
}

// number reads a whole number; what is none is -1, which no rule lets through.
func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return -1
	}
	return n
}

// figure is number, with nothing for nought.
func figure(s string) int {
	if strings.TrimSpace(s) == "" {
		return 0
	}
	return number(s)
}

// CorrectHours corrects what the ledger says of somebody: POST /{lang}/desk/signups/{id}/hours.
func (d *Room) CorrectHours(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Outcome string `form:"outcome"`
		Minutes string `form:"minutes"`
		Reason  string `form:"reason"`
	}
	id, err := httpkit.FormOf(w, r, "id", &f)
	if err != nil {
		return err
	}
	m := attendance.Mark{SignupID: id, Outcome: attendance.Outcome(f.Outcome), Minutes: figure(f.Minutes)}
	event, changed, err := d.Attendance.CorrectHours(r.Context(), httpkit.Actor(r), m, f.Reason, d.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderCorrection(w, r, event, page.HoursView{Correcting: id, Typed: r.PostForm, Problems: problems})
	}
	if err != nil {
		return err
	}
	if changed {
		d.Flash(r.Context(), "good", "hours.flash.corrected")
	} else {
		d.Flash(r.Context(), "", "hours.flash.same")
	}
	return d.Redirect(w, r, link.DeskHours(httpkit.Lang(r), event)+"#"+page.HoursID(id))
}

// renderCorrection draws the sheet again with a correction to be corrected.
func (d *Room) renderCorrection(w http.ResponseWriter, r *http.Request, event int64, v page.HoursView) (err error) {
	if v.Sheet, err = d.Attendance.Hours(r.Context(), httpkit.Actor(r), event, 1); err != nil {
		return err
	}
	_, at, _ := link.Split(link.DeskHours(httpkit.Lang(r), event))
	return d.Render(w, httpkit.At(r, at, ""), http.StatusUnprocessableEntity, page.Hours(v))
}
