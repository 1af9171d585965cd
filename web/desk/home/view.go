package home

import "shtab/internal/event"

// view is where a coordinator's day begins.
type view struct{ event.Overview }

func (v view) empty() bool {
	return len(v.Today)+len(v.Unclosed)+len(v.Drafts)+len(v.Coming) == 0
}

// unpublished is the stage in which the rest of the drafts is found.
func (v view) unpublished() event.Stage {
	for _, l := range v.Drafts {
		if l.State == event.Draft {
			return event.Drafted
		}
	}
	return event.InReview
}
