package guardian

import (
	"context"

	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/web/ui"
)

// view is what a guardian is asked and has agreed to, and the answer as typed.
type view struct {
	guardian.PageData
	Token             string
	Name, Scope, Code string
	Problems          map[string]string
}

func (v view) title(ctx context.Context) string {
	if v.open() {
		return ui.T(ctx, "guardian.page.ask_title", "child", v.Child)
	}
	return ui.T(ctx, "guardian.page.title", "child", v.Child)
}

// open reports whether something waits for an answer.
func (v view) open() bool { return len(v.Questions) > 0 || v.ahead() }

// ahead reports whether all events may be agreed to in advance, and that alone. Who has said no
// is not asked again by the same page.
func (v view) ahead() bool {
	return len(v.Questions) == 0 && v.UnderConsentAge && (v.InAdvance || !v.Verified() && !v.Refused) && !v.all()
}

// mind reports whether somebody who has said no may still agree to every event.
func (v view) mind() bool { return !v.open() && v.Refused && v.UnderConsentAge && !v.all() }

// all reports whether this guardian has agreed to every event.
func (v view) all() bool {
	for _, g := range v.Consents {
		if g.EventID == 0 {
			return true
		}
	}
	return false
}

// choices are the answers that can be given.
func (v view) choices(ctx context.Context) (os []ui.RadioOption) {
	if v.UnderConsentAge && !v.all() {
		os = append(
			os,
			ui.RadioOption{
				Value: string(guardian.All), Text: ui.T(ctx, "guardian.page.scope_all"),
				Hint: ui.T(ctx, "guardian.page.scope_all_hint"),
			},
		)
	}
	now := ui.From(ctx).Now
	for i, q := range v.Questions {
		args := []any{"title", ui.S(ctx, q.Title), "when", ui.P(ctx).Moment(q.StartsAt, now)}
		if !q.AlongOnly {
			os = append(
				os,
				ui.RadioOption{
					Value: guardian.FormatScope(guardian.Event, q.EventID),
					Text:  ui.T(ctx, "guardian.page.scope_event", args...),
				},
			)
		}
		along := ui.RadioOption{
			Value: guardian.FormatScope(guardian.Along, q.EventID),
			Text:  ui.T(ctx, "guardian.page.scope_along", args...),
		}
		if i == 0 {
			along.Hint = ui.T(ctx, "guardian.page.scope_along_hint")
		}
		os = append(os, along)
	}
	return os
}

// scope is the choice to mark: what was typed, what waits for its code, or the widest.
func (v view) scope(ctx context.Context) string {
	if v.Scope != "" {
		return v.Scope
	}
	if v.Pending != nil {
		return guardian.FormatScope(v.Pending.Scope, v.Pending.EventID)
	}
	return ""
}

func (v view) name() string {
	switch {
	case v.Name != "":
		return v.Name
	case v.Pending != nil:
		return v.Pending.Name
	default:
		return ""
	}
}

// pending says what waits for its code.
func (v view) pending(ctx context.Context) string {
	var title i18n.Text
	for _, q := range v.Questions {
		if q.EventID == v.Pending.EventID {
			title = q.Title
		}
	}
	return ui.T(
		ctx, "guardian.page.pending_"+string(v.Pending.Scope), "title", ui.S(ctx, title), "name",
		v.Pending.Name,
	)
}

func givenText(ctx context.Context, g guardian.Consent) string {
	switch {
	case g.Accompanied && g.EventID != 0:
		return ui.T(ctx, "guardian.page.given_along", "title", ui.S(ctx, g.Title))
	case g.EventID != 0:
		return ui.T(ctx, "guardian.page.given_event", "title", ui.S(ctx, g.Title))
	default:
		return ui.T(ctx, "guardian.page.given_all")
	}
}
