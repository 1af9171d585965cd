package events

import (
	"context"
	"net/url"
	"strconv"

	"shtab/internal/event"
	"shtab/web/link"
	"shtab/web/ui"
)

// refusal is why a place cannot be had, and what the reader can do instead.
type refusal struct {
	Icon, Title, Text, Action, Href string
}

// refusal puts a reason into words.
func (v eventView) refusal(ctx context.Context, r event.Reason) refusal {
	l, p := ui.L(ctx), ui.P(ctx)
	younger := func() string {
		return link.Events(l, url.Values{"age": {strconv.Itoa(max(1, r.Age-1))}, "open": {"1"}})
	}
	say := func(icon string, args ...any) refusal {
		k := "event.refusal." + string(r.Cause)
		return refusal{
			Icon: icon, Title: ui.T(ctx, k+"_title", args...), Text: ui.T(ctx, k+"_text", args...),
			Action: ui.T(ctx, "event.others"), Href: openEvents(ctx),
		}
	}
	w := refusal{}
	switch r.Cause {
	case event.SignupNotOpen:
		w = say("clock", "when", p.Moment(r.At, ui.From(ctx).Now))
	case event.SignupClosed:
		w = say("clock", "when", p.Moment(r.At, ui.From(ctx).Now))
	case event.AdultsOnly:
		w = say("info", "age", r.Age)
		w.Text = ui.T(ctx, "event.ground."+string(r.Ground)) + " " + w.Text
		w.Action, w.Href = ui.T(ctx, "event.younger", "age", r.Age), younger()
	case event.TooYoung:
		w = say("info", "age", r.Age)
		w.Action, w.Href = ui.T(ctx, "event.younger", "age", r.Age), younger()
	case event.Night:
		rules := ui.From(ctx).City.Rules
		w = say("moon", "age", r.Age, "from", ui.Hour(rules.NightFrom), "to", ui.Hour(rules.NightTo))
		w.Action, w.Href = "", ""
	case event.Clash:
		w = say(
			"calendar", "title", ui.S(ctx, r.Other.Title), "when",
			p.Day(r.Other.StartsAt, ui.From(ctx).Now)+", "+p.Span(r.Other.StartsAt, r.Other.EndsAt),
		)
		w.Action, w.Href = ui.T(ctx, "event.clash_other"), link.EventShift(l, r.Other.EventID, r.Other.ShiftID)
	case event.TooMany:
		w = say("ticket", "n", r.Age)
		w.Action, w.Href = ui.T(ctx, "event.mine"), link.Me(l)
	case event.NoShows:
		w = say("ticket", "n", r.Age)
		w.Action, w.Href = ui.T(ctx, "event.mine"), link.Me(l)+"#missed"
	case event.ConsentNeeded:
		w = say("people", "age", r.Age)
		w.Action, w.Href = "", ""
	case event.EventCancelled:
		w = say("x")
		w.Action, w.Href = ui.T(
			ctx, "event.campaign_events",
		), link.Events(l, url.Values{"campaign": {v.Event.Campaign.Slug}})
	default:
		w = say("clock")
	}
	return w
}
