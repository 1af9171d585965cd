// Package messages is what coordinators write to the people of an event: the form, a preview, and the
// messages that were sent.
package messages

import (
	"crypto/rand"
	"net/http"

	"shtab/internal/i18n"
	"shtab/internal/roster"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers the page's requests.
type Handler struct {
	*httpkit.Kit
	Roster *roster.Store
}

type messageForm struct {
	Key      string    `form:"key"`
	Audience string    `form:"audience"`
	Shift    int64     `form:"shift"`
	Subject  i18n.Text `form:"subject"`
	Body     i18n.Text `form:"body"`
	Action   string    `form:"deed"` // preview, edit or send
}

func (f messageForm) draft() roster.NewMessage {
	return roster.NewMessage{Key: f.Key, Audience: f.Audience, Shift: f.Shift, Subject: f.Subject, Body: f.Body}
}

// ShowMessages shows the form of a message and the messages that were sent: GET
// /{lang}/desk/events/{id}/messages, to the people of one shift with ?shift=.
func (h *Handler) ShowMessages(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	f := roster.FilterFrom(r.URL.Query())
	draft := roster.NewMessage{Key: rand.Text(), Audience: roster.Everybody, Shift: e.Shift(f.Shift).ID}
	return h.render(w, r, http.StatusOK, view{Event: e, Draft: draft})
}

// event is the event of the address, when the actor runs it.
func (h *Handler) event(r *http.Request) (roster.Event, error) {
	id, err := httpkit.ID(r, "id")
	if err != nil {
		return roster.Event{}, err
	}
	return h.Roster.Event(r.Context(), httpkit.Actor(r), id, h.Now())
}

func (h *Handler) render(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	if v.Sent, v.Left, err = h.Roster.Messages(r.Context(), v.Event, h.Now()); err != nil {
		return err
	}
	v.Closed = !v.Event.Open(h.Now())
	return h.Render(w, r, status, page(v))
}

// SendMessage shows a message as its readers will get it. The form of that page, sent back, sends it: POST
// /{lang}/desk/events/{id}/messages.
func (h *Handler) SendMessage(w http.ResponseWriter, r *http.Request) error {
	var f messageForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx := r.Context()
	e, err := h.event(r)
	if err != nil {
		return err
	}
	v := view{Event: e, Draft: f.draft()}
	switch f.Action {
	case "edit":
		return h.render(w, r, http.StatusOK, v)
	case "send":
		_, err = h.Roster.Send(ctx, httpkit.Actor(r), e, v.Draft, h.Now())
	default:
		v.Draft, v.Readers, err = h.Roster.Preview(ctx, e, v.Draft, h.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.render(w, r, http.StatusUnprocessableEntity, v)
	}
	if _, ok := httpkit.Conflict(err); ok {
		return h.render(w, r, http.StatusConflict, v) // too early or too late: the page says so
	}
	if err != nil {
		return err
	}
	if f.Action == "send" {
		h.Flash(ctx, "good", "message.flash")
		return h.Redirect(w, r, link.DeskMessages(httpkit.Lang(r), e.ID))
	}
	return h.render(w, r, http.StatusOK, v)
}
