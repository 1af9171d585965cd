package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// Duplicate makes an event again, without its dates, and opens the draft in the form:
// POST /{lang}/desk/events/{id}/duplicate.
func (d *Room) Duplicate(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Key string `form:"key"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	made, err := d.Events.Duplicate(r.Context(), httpkit.Actor(r), id, orNew(f.Key), d.Now())
	if err != nil {
		return err
	}
	d.Flash(r.Context(), "good", "series.flash.duplicated")
	return d.Redirect(w, r, link.DeskEventEdit(httpkit.Lang(r), made)+"#f-shift[0].day")
}

// orNew is the key of a form, one of its own for a form that has none.
func orNew(key string) string {
	if key == "" || len(key) > 64 {
		return rand.Text()
	}
	return key
}

// Delete takes a draft away: POST /{lang}/desk/events/{id}/delete.
func (d *Room) Delete(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if err := d.Events.Delete(r.Context(), httpkit.Actor(r), id, d.Now()); err != nil {
		return d.orConflict(w, r, err, link.DeskEvent(httpkit.Lang(r), id))
	}
	d.Flash(r.Context(), "good", "series.flash.deleted")
	return d.Redirect(w, r, link.Desk(httpkit.Lang(r)))
}

// repeatForm is the rhythm of a series and the days chosen from it.
type repeatForm struct {
	Weeks    string   `form:"weeks"`
	Weekdays []string `form:"weekday"` // 1 is Monday
	Until    string   `form:"until"`
	Days     []string `form:"day"`
	Version  string   `form:"version"`
	Key      string   `form:"key"`
	Op       string   `form:"op"`
}

func (f repeatForm) rhythm() (r event.Rhythm) {
	r.Weeks, _ = strconv.Atoi(f.Weeks)
	r.Until = f.Until
	for i, wd := range event.Weekdays {
		if slices.Contains(f.Weekdays, strconv.Itoa(i+1)) {
			r.Days = append(r.Days, wd)
		}
	}
	return r
}

// RepeatForm shows what a rhythm would make of an event before anything is made, at first every
// week: GET /{lang}/desk/events/{id}/repeat.
func (d *Room) RepeatForm(w http.ResponseWriter, r *http.Request) error {
	h, err := d.held(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	rhythm := h.Weekly(d.City, d.Now())
	if asked(q) {
		rhythm = repeatForm{Weeks: q.Get("weeks"), Weekdays: q["weekday"], Until: q.Get("until")}.rhythm()
	}
	return d.renderRepeat(w, r, page.RepeatView{Event: h, Rhythm: rhythm, Key: rand.Text()}, nil)
}

func asked(q url.Values) bool { return q.Has("weeks") || q.Has("weekday") || q.Has("until") }

// renderRepeat draws v with the days of its rhythm; err is what stood against making them.
func (d *Room) renderRepeat(w http.ResponseWriter, r *http.Request, v page.RepeatView, err error) error {
	h, list, wrong := d.Events.Occasions(r.Context(), httpkit.Actor(r), v.Event.ID, v.Rhythm, d.Now())
	status := http.StatusOK
	switch problems, ok := httpkit.Problems(wrong); {
	case ok && problems["hours"] != "":
		v.NoHours = true
	case ok:
		v.Problems, status = problems, http.StatusUnprocessableEntity
	case wrong != nil:
		return wrong
	}
	v.Event, v.Occasions = h, list
	v.MayPublish = h.MayFollow(httpkit.Actor(r), d.City, d.Now())
	if v.Chosen == nil || len(v.Problems) > 0 {
		v.Chosen = map[string]bool{}
		for _, o := range list {
			v.Chosen[o.Day] = o.Problem == "" && o.Twin == 0
		}
	}
	if err != nil {
		status = http.StatusConflict
		if problems, ok := httpkit.Problems(err); ok {
			v.Problems, status = problems, http.StatusUnprocessableEntity
		} else if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
			v.Conflict = e.Key
		} else {
			return err
		}
	}
	if r.Method == http.MethodPost {
		r = at(r, link.DeskEventDo(httpkit.Lang(r), h.ID, "repeat"))
	}
	return d.Render(w, r, status, page.Repeat(v))
}

// Repeat makes the series of the days that are ticked: POST /{lang}/desk/events/{id}/repeat.
func (d *Room) Repeat(w http.ResponseWriter, r *http.Request) error {
	var f repeatForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	h, err := d.held(r)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(f.Version)
	f.Key = orNew(f.Key)
	series, err := d.Events.Repeat(r.Context(), httpkit.Actor(r), h.ID, version, f.rhythm(), f.Days, f.Op == "publish", f.Key, d.Now())
	if err != nil {
		v := page.RepeatView{Event: h, Rhythm: f.rhythm(), Key: f.Key, Chosen: map[string]bool{}}
		for _, day := range f.Days {
			v.Chosen[day] = true
		}
		return d.renderRepeat(w, r, v, err)
	}
	d.Flash(r.Context(), "good", map[bool]string{true: "series.flash.published", false: "series.flash.drafts"}[f.Op == "publish"])
	return d.Redirect(w, r, link.DeskEvents(httpkit.Lang(r), event.Search{Series: series}.Values()))
}

// CancelForm asks for the reason and says how many people will be told of it:
// GET /{lang}/desk/events/{id}/cancel.
func (d *Room) CancelForm(w http.ResponseWriter, r *http.Request) error {
	return d.renderCancel(w, r, http.StatusOK, page.CancelView{})
}

func (d *Room) renderCancel(w http.ResponseWriter, r *http.Request, status int, v page.CancelView) (err error) {
	if v.Event, err = d.held(r); err != nil {
		return err
	}
	switch h := v.Event; {
	case h.State == event.Cancelled:
		return d.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), h.ID))
	case !h.State.Public():
		return fault.NotFound()
	case !d.Now().Before(h.EndsAt):
		return fault.Conflict("signup.over")
	}
	if v.Told, err = d.Signups.Telling(r.Context(), httpkit.Actor(r), v.Event.ID, d.Now()); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		r = at(r, link.DeskEventDo(httpkit.Lang(r), v.Event.ID, "cancel"))
	}
	return d.Render(w, r, status, page.Cancel(v))
}

// Cancel calls an event off and tells everybody once: POST /{lang}/desk/events/{id}/cancel.
func (d *Room) Cancel(w http.ResponseWriter, r *http.Request) error {
	var f page.ReasonForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	err = d.Signups.CancelEvent(r.Context(), httpkit.Actor(r), id, f.Text(), d.Now())
	if problems, ok := httpkit.Problems(err); ok {
		return d.renderCancel(w, r, http.StatusUnprocessableEntity, page.CancelView{Form: f, Problems: problems})
	}
	if err == nil {
		d.Flash(r.Context(), "good", "series.flash.cancelled")
	}
	return d.orConflict(w, r, err, link.DeskEvent(httpkit.Lang(r), id))
}
