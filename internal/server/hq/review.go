package hq

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/web/httpkit"
	page "shtab/web/page/hq"

	"shtab/web/link"
)

// Queue is the events and applications that wait for the headquarters: GET /{lang}/hq/review.
func (h *Room) Queue(w http.ResponseWriter, r *http.Request) error {
	return h.renderQueue(w, r, http.StatusOK, page.ReviewView{})
}

func (h *Room) renderQueue(w http.ResponseWriter, r *http.Request, status int, v page.ReviewView) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.List, v.Next, err = h.Review.Queue(ctx, actor, event.ParseCursor(r.FormValue("after")), h.Now()); err != nil {
		return err
	}
	v.After = r.FormValue("after")
	if v.Bodies, err = h.Orgs.Waiting(ctx, actor, h.Now()); err != nil {
		return err
	}
	if v.Orgs, err = org.List(ctx, h.DB, httpkit.Lang(r)); err != nil {
		return err
	}
	if v.Campaigns, err = campaign.Choices(ctx, h.DB, nil, true, 0); err != nil {
		return err
	}
	if r.Method == http.MethodPost {
		r = httpkit.At(r, "/hq/review", "")
	}
	return h.Render(w, r, status, page.Review(v))
}

// decision is the form under an event or an application of the queue.
type decision struct {
	Version string `form:"version"`
	Words   string `form:"words"`
	After   string `form:"after"`
}

func (f decision) version() int {
	n, _ := strconv.Atoi(f.Version)
	return n
}

// Approve publishes an event that waits: POST /{lang}/hq/review/{id}/approve.
func (h *Room) Approve(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "id", "series.flash.approved", func(ctx context.Context, id int64, f decision) error {
		return h.Review.Approve(ctx, httpkit.Actor(r), id, f.version(), h.Now())
	})
}

// Return sends an event back with words: POST /{lang}/hq/review/{id}/return.
func (h *Room) Return(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "id", "series.flash.returned", func(ctx context.Context, id int64, f decision) error {
		return h.Review.Return(ctx, httpkit.Actor(r), id, f.version(), f.Words, h.Now())
	})
}

// ApproveOrganization takes an application in: POST /{lang}/hq/organizations/{org}/approve.
func (h *Room) ApproveOrganization(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "org", "bodies.flash.approved", func(ctx context.Context, id int64, f decision) error {
		return h.Orgs.Approve(ctx, httpkit.Actor(r), id, f.version(), h.Now())
	})
}

// ReturnOrganization sends an application back with words: POST /{lang}/hq/organizations/{org}/return.
func (h *Room) ReturnOrganization(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "org", "bodies.flash.returned", func(ctx context.Context, id int64, f decision) error {
		return h.Orgs.Return(ctx, httpkit.Actor(r), id, f.version(), f.Words, h.Now())
	})
}

// decide runs do for what the address names under param; what stands against it is shown beside
// it.
func (h *Room) decide(w http.ResponseWriter, r *http.Request, param, flash string, do func(context.Context, int64, decision) error) error {
	var f decision
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, param)
	if err != nil {
		return err
	}
	err = do(r.Context(), id, f)
	v := page.ReviewView{At: page.Waiting{Kind: param, ID: id}, Words: f.Words}
	if problems, ok := httpkit.Problems(err); ok {
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
	return h.Redirect(w, r, link.HQReview(httpkit.Lang(r), f.After))
}
