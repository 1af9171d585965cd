package review

import (
	"context"
	"strconv"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/web/link"
	"shtab/web/ui"
)

// view is a page of the queue.
type view struct {
	List         []event.Submitted
	Next         event.Cursor
	After        string // the page's own place in the queue
	Applications []org.Organization
	Orgs         []org.Org         // for their names
	Campaigns    []campaign.Choice // likewise
	At           waiting           // to which the rest belongs
	Problems     map[string]string
	Conflict     string // a catalogue key
	Words        string
}

// waiting is an event ("id") or an application ("org") of the queue.
type waiting struct {
	Kind string
	ID   int64
}

func (w waiting) anchor() string { return w.Kind + "-" + strconv.FormatInt(w.ID, 10) }

func ofEvent(s event.Submitted) waiting        { return waiting{"id", s.ID} }
func ofApplication(b org.Organization) waiting { return waiting{"org", b.ID} }

func (v view) next(ctx context.Context) string {
	if v.Next == (event.Cursor{}) {
		return ""
	}
	return link.HQReview(ui.L(ctx), v.Next.String())
}

// wordsProblem is the problem of the words with which w is sent back.
func (v view) wordsProblem(w waiting) string {
	if v.At != w {
		return ""
	}
	return v.Problems["words"]
}

// words are the words with which w was sent back, when they were not accepted.
func (v view) words(w waiting) string {
	if v.At != w {
		return ""
	}
	return v.Words
}

// incomplete reports whether w could not be published as it is: its day has passed, say.
func (v view) incomplete(w waiting) bool {
	return v.At == w && len(v.Problems) > 0 && v.Problems["words"] == ""
}

// gone reports whether what was decided about no longer waits.
func (v view) gone() bool {
	for _, s := range v.List {
		if v.At == ofEvent(s) {
			return false
		}
	}
	for _, b := range v.Applications {
		if v.At == ofApplication(b) {
			return false
		}
	}
	return v.Conflict != ""
}

// record is how many events a host has held before.
func record(ctx context.Context, held int) string {
	if held == 0 {
		return ui.T(ctx, "series.review.first")
	}
	return ui.T(ctx, "series.review.held", "n", held)
}
