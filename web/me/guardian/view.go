package guardian

import (
	"context"

	"shtab/internal/guardian"
	"shtab/internal/signup"
	"shtab/web/ui"
)

// guardianView is what a volunteer's guardians were asked and have answered, and the form as typed.
type guardianView struct {
	guardian.Status
	Refused                     []signup.Row // coming sign-ups that a guardian has ended
	Name, Relation, Email, Lang string
	Problems                    map[string]string
}

// asksFirst reports whether the form is the page's main thing: nobody was asked yet.
func (v guardianView) asksFirst() bool {
	return len(v.Guardians) == 0 && (v.Needed && len(v.Consents) == 0 || len(v.Awaiting) > 0)
}

// unverified reports whether the last guardian named has not answered yet: the form corrects them.
func (v guardianView) unverified() bool { return len(v.Guardians) > 0 && !v.Guardians[0].Verified() }

func (v guardianView) lang(ctx context.Context) string {
	if v.Lang != "" {
		return v.Lang
	}
	return string(ui.L(ctx))
}

func (v guardianView) given(ctx context.Context, g guardian.Consent) string {
	key := "guardian.ask.given_all"
	switch {
	case g.Accompanied && g.EventID == 0:
		key = "guardian.ask.given_along_all"
	case g.Accompanied:
		key = "guardian.ask.given_along"
	case g.EventID != 0:
		key = "guardian.ask.given_event"
	}
	return ui.T(ctx, key, "name", g.Name, "title", ui.S(ctx, g.Title), "when", ui.P(ctx).Date(g.AgreedAt))
}

func relations(ctx context.Context) (os []ui.RadioOption) {
	for _, r := range guardian.Relations {
		os = append(os, ui.RadioOption{Value: string(r), Text: ui.T(ctx, "guardian.relation."+string(r))})
	}
	return os
}
