package profile

import (
	"context"

	"shtab/internal/config"
	"shtab/web/ui"
)

// profileForm is the profile as its form sends it.
type profileForm struct {
	GivenName  string `form:"given_name"`
	FamilyName string `form:"family_name"`
	BirthDate  string `form:"birth_date"`
	Phone      string `form:"phone"`
	Lang       string `form:"lang"`
	District   string `form:"district"`
	Register   bool   `form:"register"` // agrees to be in the ministry's register
}

// profileView is the form, and what decides which fields it has.
type profileView struct {
	profileForm
	Email          string
	BirthDateFixed bool // it has been corrected once
	Districts      []config.District
	MayRegister    bool // is old enough to agree to the register
	Problems       map[string]string
}

func (v profileView) districts(ctx context.Context) []ui.Option {
	os := []ui.Option{{Text: ui.T(ctx, "profile.district_none")}}
	for _, d := range v.Districts {
		os = append(os, ui.Option{Value: d.Slug, Text: ui.P(ctx).Text(d.Name)})
	}
	return os
}
