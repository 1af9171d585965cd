package profile

import (
	"context"

	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/web/ui"
)

// profileView is the profile form.
type profileView struct {
	Email, GivenName, FamilyName, BirthDate, Phone, District string
	BirthDateFixed                                           bool // it has been corrected once
	Lang                                                     i18n.Lang
	Districts                                                []config.District
	Problems                                                 map[string]string
	Register                                                 bool // agrees to stand in the ministry's register
	MayRegister                                              bool // is old enough to agree
}

func (v profileView) districts(ctx context.Context) []ui.Option {
	os := []ui.Option{{Text: ui.T(ctx, "profile.district_none")}}
	for _, d := range v.Districts {
		os = append(os, ui.Option{Value: d.Slug, Text: ui.P(ctx).Text(d.Name)})
	}
	return os
}
