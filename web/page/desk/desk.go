package desk

import (
	"context"
	"strconv"
	"strings"

	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/web/link"
	"shtab/web/ui"
)

// HomeView is where a coordinator's day begins.
type HomeView struct{ event.Overview }

func (v HomeView) empty() bool {
	return len(v.Today)+len(v.Unclosed)+len(v.Drafts)+len(v.Coming) == 0
}

// unpublished is the stage in which the rest of the drafts is found.
func (v HomeView) unpublished() event.Stage {
	for _, l := range v.Drafts {
		if l.State == event.Draft {
			return event.Drafted
		}
	}
	return event.InReview
}

// lineHref is where an event's own place is: its hours when they wait, otherwise the overview.
func lineHref(ctx context.Context, l event.Line) string {
	if l.Unclosed(ui.From(ctx).Now) {
		return link.DeskHours(ui.L(ctx), l.ID)
	}
	return link.DeskEvent(ui.L(ctx), l.ID)
}

// short is the beginning of a longer text.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}

// EventsView is the list of the events that one runs.
type EventsView struct {
	Search event.Search
	Lines  []event.Line
	More   bool      // there is another page
	Orgs   []org.Org // whose events they may be
}

// narrowed reports whether the part of the search that is folded away holds something.
func (v EventsView) narrowed() bool {
	return v.Search.Stage != "" || v.Search.From != "" || v.Search.To != "" || v.Search.Org != 0
}

func (v EventsView) next(ctx context.Context) string {
	if !v.More {
		return ""
	}
	f := v.Search
	f.Page++
	return link.DeskEvents(ui.L(ctx), f.Values())
}

func (v EventsView) org() string {
	if v.Search.Org == 0 {
		return ""
	}
	return strconv.FormatInt(v.Search.Org, 10)
}

func (v EventsView) orgs(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "series.any_org")}}
	for _, o := range v.Orgs {
		options = append(options, ui.Option{Value: number(o.ID), Text: ui.S(ctx, o.Name)})
	}
	return options
}

func stages(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "series.stage.any")}}
	for _, s := range event.Stages {
		options = append(options, ui.Option{Value: string(s), Text: ui.T(ctx, "series.stage."+string(s))})
	}
	return options
}
