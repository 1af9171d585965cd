// Package review is the queue of what waits for the headquarters: events that are handed in, and
// organisations that apply.
package review

import (
	"context"
	"net/http"
	"strconv"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/internal/postgres"
	"shtab/web/httpkit"
	"shtab/web/link"
)

// Handler answers /hq/review, and the decisions about applications under /hq/organizations: both are
// taken on the queue's page.
type Handler struct {
	*httpkit.Kit
	DB      postgres.DB
	Orgs    *org.Store
	Reviews *event.Reviewer
}

// ShowQueue is the events and applications that wait for the headquarters: GET /{lang}/hq/review.
func (h *Handler) ShowQueue(w http.ResponseWriter, r *http.Request) error {
	return h.renderQueue(w, r, http.StatusOK, view{})
}

func (h *Handler) renderQueue(w http.ResponseWriter, r *http.Request, status int, v view) (err error) {
	ctx, actor := r.Context(), httpkit.Actor(r)
	if v.List, v.Next, err = h.Reviews.Queue(ctx, actor, event.ParseCursor(r.FormValue("after")),
		h.Now()); err != nil {
		return err
	}
	v.After = r.FormValue("after")
	if v.Applications, err = h.Orgs.Waiting(ctx, actor, h.Now()); err != nil {
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
	return h.Render(w, r, status, page(v))
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

// ApproveEvent publishes an event that waits: POST /{lang}/hq/review/{id}/approve.
func (h *Handler) ApproveEvent(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "id", "series.flash.approved", func(ctx context.Context, id int64, f decision) error {
		return h.Reviews.Approve(ctx, httpkit.Actor(r), id, f.version(), h.Now())
	})
}

// ReturnEvent sends an event back with words: POST /{lang}/hq/review/{id}/return.
func (h *Handler) ReturnEvent(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "id", "series.flash.returned", func(ctx context.Context, id int64, f decision) error {
		return h.Reviews.Return(ctx, httpkit.Actor(r), id, f.version(), f.Words, h.Now())
	})
}

// ApproveApplication takes an organisation in: POST /{lang}/hq/organizations/{org}/approve.
func (h *Handler) ApproveApplication(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "org", "bodies.flash.approved", func(ctx context.Context, id int64, f decision) error {
		return h.Orgs.Approve(ctx, httpkit.Actor(r), id, f.version(), h.Now())
	})
}

// ReturnApplication sends an application back with words: POST /{lang}/hq/organizations/{org}/return.
func (h *Handler) ReturnApplication(w http.ResponseWriter, r *http.Request) error {
	return h.decide(w, r, "org", "bodies.flash.returned", func(ctx context.Context, id int64, f decision) error {
		return h.Orgs.Return(ctx, httpkit.Actor(r), id, f.version(), f.Words, h.Now())
	})
}

// decide runs do for what the address names under param; what prevents it is shown beside it.
func (h *Handler) decide(
	w http.ResponseWriter, r *http.Request, param, flash string,
	do func(ctx context.Context, id int64, f decision) error,
) error {
	var f decision
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	id, err := httpkit.ID(r, param)
	if err != nil {
		return err
	}
	err = do(r.Context(), id, f)
	v := view{At: waiting{Kind: param, ID: id}, Words: f.Words}
	if problems, ok := httpkit.Problems(err); ok {
		v.Problems = problems
		return h.renderQueue(w, r, http.StatusUnprocessableEntity, v)
	}
	if why, ok := httpkit.Conflict(err); ok {
		v.Conflict = why
		return h.renderQueue(w, r, http.StatusConflict, v)
	}
	if err != nil {
		return err
	}
	h.Flash(r.Context(), "good", flash)
	return h.Redirect(w, r, link.HQReview(httpkit.Lang(r), f.After))
}
