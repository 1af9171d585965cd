package desk

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

// Event is an event's own place at the desk: GET /{lang}/desk/events/{id}.
func (d *Room) Event(w http.ResponseWriter, r *http.Request) error {
	h, err := d.held(r)
	if err != nil {
		return err
	}
	return d.renderEvent(w, r, http.StatusOK, h, false)
}

func (d *Room) renderEvent(w http.ResponseWriter, r *http.Request, status int, h event.Held, stale bool) error {
	v := page.EventView{Event: h, Stale: stale, Key: rand.Text()}
	if !h.State.Public() {
		v.Problems = h.Problems(d.City, d.Now(), nil)
	}
	return d.Render(w, r, status, page.Event(v))
}

// held is the event of the address, to work on.
func (d *Room) held(r *http.Request) (event.Held, error) {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return event.Held{}, err
	}
	return d.Events.Get(r.Context(), httpkit.Actor(r), id)
}

// Publish shows a draft to all, or to the headquarters first: POST /{lang}/desk/events/{id}/publish.
func (d *Room) Publish(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Version string `form:"version"`
	}
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(f.Version)
	err = d.publish(w, r, id, version)
	_, incomplete := httpkit.Problems(err)
	if stale := isStale(err); incomplete || stale {
		h, err := d.held(r)
		if err != nil {
			return err
		}
		status := http.StatusUnprocessableEntity
		if stale {
			status = http.StatusConflict
		}
		return d.renderEvent(w, at(r, link.DeskEvent(httpkit.Lang(r), id)), status, h, stale)
	}
	return err
}

// at says that what answers r is really the page at path.
func at(r *http.Request, path string) *http.Request {
	_, rest, _ := link.Split(path)
	return httpkit.At(r, rest, "")
}

func (d *Room) publish(w http.ResponseWriter, r *http.Request, id int64, version int) error {
	state, err := d.Events.Publish(r.Context(), httpkit.Actor(r), id, version, d.Now())
	if err != nil {
		return err
	}
	if state == event.Review {
		d.Flash(r.Context(), "good", "publishing.flash.submitted")
	} else {
		d.Flash(r.Context(), "good", "publishing.flash.published")
	}
	return d.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), id))
}

// isStale reports whether err says that a form was made from an older version.
func isStale(err error) bool {
	e, ok := errors.AsType[*fault.Error](err)
	return ok && e.Key == event.Stale
}
