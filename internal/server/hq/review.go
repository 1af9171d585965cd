package hq

import (
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/server/kit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// Queue is the events that wait for the headquarters: GET /{lang}/hq/review.
func (h *Room) Queue(w http.ResponseWriter, r *http.Request) error {
	return h.renderQueue(w, r, http.StatusOK, page.ReviewView{})
}

func (h *Room) renderQueue(w http.ResponseWriter, r *http.Request, status int, v page.ReviewView) (err error) {
	ctx := r.Context()
	if v.List, v.Next, err = h.Review.Queue(ctx, kit.Actor(r), event.ParseCursor(r.FormValue("after"))); err != nil {
		return err
	}
	v.After = r.FormValue("after")
	if v.Orgs, err = org.List(ctx, h.DB, kit.Lang(r)); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		r = kit.At(r, "/hq/review", "")
	}
	return h.Render(w, r, status, page.Review(v))
}

// decision is the form under an event of the queue.
type decision struct {
	Version string `form:"version"`
	Words   string `form:"words"`
	After   string `form:"after"`
}

// Approve publishes an event that waits: POST /{lang}/hq/review/{id}/approve.
func (h *Room) Approve(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "series.flash.approved", func(id int64, f decision) error {
		version, _ := strconv.Atoi(f.Version)
		return h.Review.Approve(r.Context(), kit.Actor(r), id, version, h.Now())
	})
}

// Return sends an event back with words: POST /{lang}/hq/review/{id}/return.
func (h *Room) Return(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "series.flash.returned", func(id int64, f decision) error {
		version, _ := strconv.Atoi(f.Version)
		return h.Review.Return(r.Context(), kit.Actor(r), id, version, f.Words, h.Now())
	})
}

// decide runs do for the event of the address; what stands against it is shown beside the event.
func (h *Room) decide(w http.ResponseWriter, r *http.Request, flash string, do func(int64, decision) error) error {
	var f decision
	if err := kit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := kit.ID(r, "id")
	if err != nil {
		return err
	}
	err = do(id, f)
	v := page.ReviewView{At: id, Words: f.Words}
	if problems, ok := kit.Problems(err); ok {
		v.Problems = problems
		return h.renderQueue(w, r, http.StatusUnprocessableEntity, v)
	}
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindConflict {
		v.Conflict = e.Key
		return h.renderQueue(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", flash)
	return h.See(w, r, link.HQReview(kit.Lang(r), f.After))
}

// Trust says whether an organisation's events are published at once:
// POST /{lang}/hq/organizations/{id}/trust.
func (h *Room) Trust(w http.ResponseWriter, r *http.Request) error {
	var f struct {
		Trusted string `form:"trusted"`
	}
	if err := kit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := kit.ID(r, "id")
	if err != nil {
		return err
	}
	if f.Trusted != "0" && f.Trusted != "1" {
		return fault.BadRequest(errors.New("trust: neither on nor off"))
	}
	if err := org.Trust(r.Context(), h.DB, kit.Actor(r), id, f.Trusted == "1", h.Now()); err != nil {
		return err
	}
	h.Flash(r.Context(), "good", map[bool]string{true: "series.flash.trusted", false: "series.flash.distrusted"}[f.Trusted == "1"])
	return h.See(w, r, link.HQReview(kit.Lang(r), "")+"#organizations")
}
