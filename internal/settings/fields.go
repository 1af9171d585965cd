package settings

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
)

// Bounds of what is set.
const (
	NameMax      = 120 // letters
	PhoneMax     = 30  // characters
	DistrictsMax = 60
)

// Fields is everything that is set of a city, in the order of its form. A test fails when a field of
// config.Settings is not here.
var Fields = field.List[config.Settings]{
	text("name", func(s *config.Settings) *i18n.Text { return &s.Name }),
	text("headquarters", func(s *config.Settings) *i18n.Text { return &s.Headquarters }),
	text("centre", func(s *config.Settings) *i18n.Text { return &s.Centre }),
	field.String("email", "team.field.email", 0, func(s *config.Settings) *string { return &s.Email }),
	field.String("phone", "team.field.phone", 0, func(s *config.Settings) *string { return &s.Phone }),
	field.String("palette", "settings.palette_label", 0, func(s *config.Settings) *string { return &s.Palette }),
	{
		Name: "rules", Label: "settings.part.rules",
		Equal: func(a, b *config.Settings) bool { return a.Rules == b.Rules },
	},
	{
		Name: "districts", Label: "settings.part.districts",
		Equal: func(a, b *config.Settings) bool { return slices.Equal(a.Districts, b.Districts) },
	},
}

func text(name string, at func(*config.Settings) *i18n.Text) field.Field[config.Settings] {
	return field.Text(name, "settings.field."+name, NameMax, at)
}

// Rule is one of the city's thresholds. The law's own ages and hours (No. 42-VI, Art. 12; the night of
// minors) may be made stricter, never looser.
type Rule struct {
	Name        string
	Least, Most int
	At          func(*config.Rules) *int
}

// Rules are all of them, in the order of the form. A test fails when one of config.Rules is not here.
var Rules = []Rule{
	{"consent_age", 14, 21, func(r *config.Rules) *int { return &r.ConsentAge }},
	{"accompanied_age", 14, 18, func(r *config.Rules) *int { return &r.AccompaniedAge }},
	{"adult_age", 18, 21, func(r *config.Rules) *int { return &r.AdultAge }},
	{"night_from", 20, 23, func(r *config.Rules) *int { return &r.NightFrom }},
	{"night_to", 6, 9, func(r *config.Rules) *int { return &r.NightTo }},
	{"cutoff_minutes", 0, 20160, func(r *config.Rules) *int { return &r.CutoffMinutes }},
	{"consent_minutes", 60, 20160, func(r *config.Rules) *int { return &r.ConsentMinutes }},
	{"reminder_hours", 1, 168, func(r *config.Rules) *int { return &r.ReminderHours }},
	{"max_open_signups", 1, 500, func(r *config.Rules) *int { return &r.MaxOpenSignups }},
	{"no_shows", 0, 20, func(r *config.Rules) *int { return &r.NoShows }},
	{"no_show_signups", 1, 50, func(r *config.Rules) *int { return &r.NoShowSignups }},
	{"explain_days", 1, 90, func(r *config.Rules) *int { return &r.ExplainDays }},
}

// validate is what is wrong with the settings, by field.
func validate(s *config.Settings) fault.Fields {
	wrong := fault.Fields{}
	for _, f := range Fields {
		if f.Text != nil {
			validateText(f.Name, *f.Text(s), wrong)
		}
	}
	for i, d := range s.Districts {
		validateText(fmt.Sprintf("district[%d].name", i), d.Name, wrong)
	}
	if _, ok := account.ParseEmail(s.Email); !ok {
		wrong.Add("email", "account.error.email")
	}
	if n := len(s.Phone); n == 0 || n > PhoneMax {
		wrong.Add("phone", "account.error.phone")
	}
	if !slices.Contains(config.Palettes, s.Palette) {
		wrong.Add("palette", "fault.invalid")
	}
	open := slices.ContainsFunc(s.Districts, func(d config.District) bool { return !d.Closed })
	if len(s.Districts) > DistrictsMax || !open {
		wrong.Add("districts", "settings.error.districts")
	}
	for _, r := range Rules {
		if n := *r.At(&s.Rules); n < r.Least || n > r.Most {
			wrong.Add(r.Name, "settings.error.range")
		}
	}
	if s.Rules.ConsentAge < s.Rules.AccompaniedAge || s.Rules.AdultAge < s.Rules.ConsentAge {
		wrong.Add("consent_age", "settings.error.ages")
	}
	return wrong
}

// validateText adds the inputs of a name that is too long, or missing in Kazakh or Russian.
func validateText(name string, t i18n.Text, wrong fault.Fields) {
	for _, l := range i18n.Langs {
		if n := utf8.RuneCountInString(strings.TrimSpace(t.Get(l))); n > NameMax || n == 0 && l != i18n.EN {
			wrong.Add(name+"_"+string(l), "settings.error.name")
		}
	}
}

// unused is name, or otherwise when it is empty, with a number where it is taken.
func unused(name, otherwise string, taken map[string]bool) string {
	base := cmp.Or(name, otherwise)
	name = base
	for n := 2; taken[name]; n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return name
}
