package ui

import (
	"context"

	"shtab/internal/i18n"
	"shtab/internal/signup"
)

// LanguageOptions are the languages of the portal, each by its own name.
func LanguageOptions() (options []Option) {
	for _, l := range i18n.Langs {
		options = append(options, Option{Value: string(l), Text: l.Name()})
	}
	return options
}

// SignupState is the state of a volunteer's sign-up in words.
func SignupState(ctx context.Context, r signup.Row) string {
	return T(ctx, "me.state_"+string(r.State), "position", r.Position)
}
