package deskui

import (
	"context"
	"strconv"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/httpkit"
	"shtab/web/ui"
)

// ShiftText is a shift's title, if it has one, and its time.
func ShiftText(ctx context.Context, title i18n.Text, from, to time.Time) string {
	when := ui.P(ctx).DayMonth(from) + ", " + ui.P(ctx).Span(from, to)
	if t := ui.S(ctx, title); t != "" {
		return t + ", " + when
	}
	return when
}

// ShiftOptions is a choice of an event's shifts for a form. The option that stands for all of them comes
// first and is called all; empty leaves it out.
func ShiftOptions(ctx context.Context, e roster.Event, all string) (options []ui.Option) {
	if all != "" {
		options = append(options, ui.Option{Value: "0", Text: all})
	}
	for _, s := range e.Shifts {
		text := ShiftText(ctx, s.Title, s.StartsAt, s.EndsAt)
		options = append(options, ui.Option{Value: strconv.FormatInt(s.ID, 10), Text: text})
	}
	return options
}

// SignupLook is the tone and the icon of a sign-up's state, so that colour does not stand alone.
func SignupLook(s signup.State) (tone, icon string) {
	switch s {
	case signup.Confirmed:
		return "good", "check"
	case signup.Waitlisted:
		return "warn", "clock"
	case signup.AwaitingConsent:
		return "warn", "hourglass"
	default:
		return "", "x"
	}
}

// FlashSignup tells on the next page what somebody who was signed up has got.
func FlashSignup(ctx context.Context, k *httpkit.Kit, res signup.Result) {
	if !res.Changed {
		k.Flash(ctx, "", "roster.flash.already")
		return
	}
	tone := ""
	if res.State == signup.Confirmed {
		tone = "good"
	}
	k.Flash(ctx, tone, "roster.flash."+string(res.State))
}

// ownReasons are the causes for which the catalogue has words of the coordinators' own.
var ownReasons = map[event.Cause]bool{
	event.EventCancelled: true, event.EventOver: true, event.AdultsOnly: true, event.TooYoung: true,
	event.Night: true, event.Clash: true, event.TooMany: true, event.NoShows: true, event.ConsentNeeded: true,
}

// ReasonText says to a coordinator why somebody cannot be signed up. It does not name the person's other
// events.
func ReasonText(ctx context.Context, r event.Reason) string {
	if !ownReasons[r.Cause] {
		return ui.T(ctx, "roster.against.rule")
	}
	return ui.T(ctx, "roster.against."+string(r.Cause), "age", r.Age)
}
