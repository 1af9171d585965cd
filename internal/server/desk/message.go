package desk

import (
	"crypto/rand"
	"errors"
	"net/http"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/roster"
	"shtab/web/httpkit"
	page "shtab/web/page/desk"

	"shtab/web/link"
)

type messageForm struct {
	Key       string `form:"key"`
	Audience  string `form:"audience"`
	Shift     int64  `form:"shift"`
	SubjectKK string `form:"subject_kk"`
	SubjectRU string `form:"subject_ru"`
	SubjectEN string `form:"subject_en"`
	BodyKK    string `form:"body_kk"`
	BodyRU    string `form:"body_ru"`
	BodyEN    string `form:"body_en"`
	Deed      string `form:"deed"` // preview, edit, send
}

func (f messageForm) draft() roster.Draft {
	return roster.Draft{
		Key: f.Key, Audience: f.Audience, Shift: f.Shift,
		Subject: i18n.Text{KK: f.SubjectKK, RU: f.SubjectRU, EN: f.SubjectEN},
		Body:    i18n.Text{KK: f.BodyKK, RU: f.BodyRU, EN: f.BodyEN},
	}
}

// MessageForm writes to an event's people and shows what was written: GET
// /{lang}/desk/events/{id}/messages.
func (d *Room) MessageForm(w http.ResponseWriter, r *http.Request) error {
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	f := roster.FilterFrom(r.URL.Query())
	draft := roster.Draft{Key: rand.Text(), Audience: roster.Everybody, Shift: e.Shift(f.Shift).ID}
	return d.renderMessages(w, r, http.StatusOK, page.MessagesView{Event: e, Draft: draft})
}

func (d *Room) renderMessages(w http.ResponseWriter, r *http.Request, status int, v page.MessagesView) (err error) {
	if v.Sent, v.Left, err = d.Roster.Messages(r.Context(), v.Event, d.Now()); err != nil {
		return err
	}
	v.Closed = !v.Event.Open(d.Now())
	return d.Render(w, r, status, page.Messages(v))
}

// Message shows a message as its readers will get it, and sends it when it comes back from
// there: POST /{lang}/desk/events/{id}/messages.
func (d *Room) Message(w http.ResponseWriter, r *http.Request) error {
	var f messageForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	ctx := r.Context()
	e, err := d.rosterEvent(r)
	if err != nil {
		return err
	}
	v := page.MessagesView{Event: e, Draft: f.draft()}
	switch f.Deed {
	case "edit":
		return d.renderMessages(w, r, http.StatusOK, v)
	case "send":
		_, err = d.Roster.Send(ctx, httpkit.Actor(r), e, v.Draft, d.Now())
	default:
		v.Draft, v.Readers, err = d.Roster.Preview(ctx, e, v.Draft, d.Now())
	}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return d.renderMessages(w, r, http.StatusUnprocessableEntity, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		return d.renderMessages(w, r, http.StatusConflict, v) // too early or too late: the page says so
	}
	if err != nil {
		return err
	}
	if f.Deed == "send" {
		d.Flash(ctx, "good", "message.flash")
		return d.Redirect(w, r, link.DeskMessages(httpkit.Lang(r), e.ID))
	}
	return d.renderMessages(w, r, http.StatusOK, v)
}
