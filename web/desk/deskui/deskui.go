// Package deskui is what the coordinators' pages share: the bar between them, the head of an event's
// pages, and an event in a list.
package deskui

import (
	"context"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/web/link"
	"shtab/web/ui"
)

// EventState is how far an event has come: the last part of its key in the catalogue, and how its badge
// looks.
func EventState(
	ctx context.Context, state event.State, endsAt time.Time, closedAt *time.Time, imported bool,
) (name, tone, icon string) {
	switch {
	case state == event.Cancelled:
		return "cancelled", "bad", "x"
	case state == event.Draft:
		return "draft", "", ""
	case state == event.Review:
		return "review", "warn", "hourglass"
	case closedAt != nil:
		return "closed", "good", "check"
	case imported:
		return "imported", "", "check"
	case !ui.From(ctx).Now.Before(endsAt):
		return "over", "", "check"
	default:
		return "published", "good", "check"
	}
}

// rowHref is where a listed event leads: to its hours when they wait, otherwise to its overview.
func rowHref(ctx context.Context, l event.DeskRow) string {
	if l.Unclosed(ui.From(ctx).Now) {
		return link.DeskHours(ui.L(ctx), l.ID)
	}
	return link.DeskEvent(ui.L(ctx), l.ID)
}

// beginning is the first words of a longer text, on one line.
func beginning(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 160 {
		return string(r[:160]) + "…"
	}
	return s
}
