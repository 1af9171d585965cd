// Package events is a coordinator's work on events at the desk: the list, one event, its form for a new
// event and for changes, publication, copies, series, cancelling.
package events

import (
	"crypto/rand"
	"net/http"
	"strconv"

	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the pages' requests.
type Handler struct {
	*httpkit.Kit
	DB      postgres.DB
	Events  *event.Store
	Signups *signup.Store
}

// ListEvents shows the events that one runs, searched: GET /{lang}/desk/events.
func (h *Handler) ListEvents(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), httpkit.Actor(r)
	v := listView{Search: event.ParseDeskQuery(r.URL.Query(), h.City)}
	orgs, err := org.List(ctx, h.DB, httpkit.Lang(r))
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if actor.ActsFor(o.ID) {
			v.Orgs = append(v.Orgs, o)
		}
	}
	if v.Lines, v.More, err = event.ListManaged(ctx, h.DB, actor, v.Search, h.City, h.Now()); err != nil {
		return err
	}
	return h.Render(w, r, http.StatusOK, listPage(v))
}

// ShowEvent shows how far an event has come and what can be done about it: GET /{lang}/desk/events/{id}.
func (h *Handler) ShowEvent(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	return h.renderEvent(w, r, http.StatusOK, e, false)
}

func (h *Handler) renderEvent(w http.ResponseWriter, r *http.Request, status int, e event.ManagedEvent,
	stale bool,
) error {
	v := eventView{Event: e, Stale: stale, Key: rand.Text()}
	if !e.State.Public() {
		v.Problems = e.ValidateToPublish(h.City, h.Now(), nil)
	}
	return h.Render(w, r, status, eventPage(v))
}

// event is the event of the address, when the actor runs it.
func (h *Handler) event(r *http.Request) (event.ManagedEvent, error) {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return event.ManagedEvent{}, err
	}
	return h.Events.Get(r.Context(), httpkit.Actor(r), id)
}

// PublishEvent shows a draft to everybody, or to the headquarters for review: POST /{lang}/desk/events/{id}/publish.
func (h *Handler) PublishEvent(w http.ResponseWriter, r *http.Request) error {
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
	err = h.publish(w, r, id, version)
	_, incomplete := httpkit.Problems(err)
	if stale := isStale(err); incomplete || stale {
		e, err := h.event(r)
		if err != nil {
			return err
		}
		status := http.StatusUnprocessableEntity
		if stale {
			status = http.StatusConflict
		}
		return h.renderEvent(w, httpkit.AtLink(r, link.DeskEvent(httpkit.Lang(r), id)), status, e, stale)
	}
	return err
}

func (h *Handler) publish(w http.ResponseWriter, r *http.Request, id int64, version int) error {
	state, err := h.Events.Publish(r.Context(), httpkit.Actor(r), id, version, h.Now())
	if err != nil {
		return err
	}
	if state == event.Review {
		h.Flash(r.Context(), "good", "publishing.flash.submitted")
	} else {
		h.Flash(r.Context(), "good", "publishing.flash.published")
	}
	return h.Redirect(w, r, link.DeskEvent(httpkit.Lang(r), id))
}

// isStale reports whether err says that a form was made from an older version.
func isStale(err error) bool {
	key, _ := httpkit.Conflict(err)
	return key == event.Stale
}

// DuplicateEvent copies an event without its dates and opens the draft in the form:
// POST /{lang}/desk/events/{id}/duplicate.
func (h *Handler) DuplicateEvent(w http.ResponseWriter, r *http.Request) error {
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
	made, err := h.Events.Duplicate(r.Context(), httpkit.Actor(r), id, keyOrNew(f.Key), h.Now())
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", "series.flash.duplicated")
	return h.Redirect(w, r, link.DeskEventEdit(httpkit.Lang(r), made)+"#f-shift[0].day")
}

// keyOrNew is the key that a form was sent with, or a new one.
func keyOrNew(key string) string {
	if key == "" || len(key) > 64 {
		return rand.Text()
	}
	return key
}

// DeleteEvent removes a draft: POST /{lang}/desk/events/{id}/delete.
func (h *Handler) DeleteEvent(w http.ResponseWriter, r *http.Request) error {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return err
	}
	if err := h.Events.Delete(r.Context(), httpkit.Actor(r), id, h.Now()); err != nil {
		return h.RedirectAfter(w, r, err, link.DeskEvent(httpkit.Lang(r), id))
	}
	h.Flash(r.Context(), "good", "series.flash.deleted")
	return h.Redirect(w, r, link.Desk(httpkit.Lang(r)))
}
