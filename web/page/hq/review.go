package hq

import (
	"context"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/web/link"
	"shtab/web/ui"
)

// ReviewView is the events that wait for the headquarters, and whom it trusts.
type ReviewView struct {
	List     []event.Submitted
	Next     event.Cursor
	After    string // the page's own place in the queue
	Orgs     []org.Org
	At       int64 // the event to which the rest belongs
	Problems map[string]string
	Conflict string
	Words    string
}

func (v ReviewView) next(ctx context.Context) string {
	if v.Next == (event.Cursor{}) {
		return ""
	}
	return link.HQReview(ui.L(ctx), v.Next.String())
}

// orgs are those whom the headquarters trusts, or those whom it does not.
func (v ReviewView) orgs(trusted bool) (list []org.Org) {
	for _, o := range v.Orgs {
		if o.Trusted == trusted {
			list = append(list, o)
		}
	}
	return list
}

// words is the problem of the words with which s is sent back.
func (v ReviewView) words(s event.Submitted) string {
	if v.At != s.ID {
		return ""
	}
	return v.Problems["words"]
}

func (v ReviewView) said(s event.Submitted) string {
	if v.At != s.ID {
		return ""
	}
	return v.Words
}

// incomplete reports whether s could not be published as it is: its day has passed, say.
func (v ReviewView) incomplete(s event.Submitted) bool {
	return v.At == s.ID && len(v.Problems) > 0 && v.Problems["words"] == ""
}

// gone reports whether the event that was decided about no longer waits.
func (v ReviewView) gone() bool {
	for _, s := range v.List {
		if s.ID == v.At {
			return false
		}
	}
	return v.Conflict != ""
}

// waited is how long an event has waited, in words.
func waited(ctx context.Context, since time.Time) string {
	hours := int(ui.From(ctx).Now.Sub(since).Hours())
	switch {
	case hours < 1:
		return ui.T(ctx, "series.review.just_now")
	case hours < 48:
		return ui.T(ctx, "series.review.hours", "n", hours)
	default:
		return ui.T(ctx, "series.review.days", "n", hours/24)
	}
}

// before is what a host has held before.
func before(ctx context.Context, held int) string {
	if held == 0 {
		return ui.T(ctx, "series.review.first")
	}
	return ui.T(ctx, "series.review.held", "n", held)
}

// fields are the labels of what has changed, by the names of event.Plan's Differs.
var fields = map[string]string{
	"org": "publishing.host", "campaign": "publishing.campaign", "cohosts": "publishing.cohosts", "title": "publishing.title",
	"summary": "publishing.summary", "body": "publishing.body", "bring": "publishing.bring", "needs": "publishing.needs",
	"place": "publishing.place", "contact": "publishing.contact", "adults_only": "publishing.adults_only",
	"min_age": "publishing.min_age", "signup_opens_at": "publishing.opens", "signup_closes_at": "publishing.closes",
	"cutoff_minutes": "publishing.cutoff", "shifts": "publishing.shifts",
}

// changed is what has changed since an event was sent back, in words.
func changed(ctx context.Context, names []string) string {
	var labels []string
	for _, n := range names {
		if key, ok := fields[n]; ok {
			labels = append(labels, ui.T(ctx, key))
		}
	}
	return strings.Join(labels, "; ")
}
