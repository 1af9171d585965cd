package settings

import (
	"reflect"
	"testing"

	"shtab/internal/config"
	"shtab/internal/i18n"
)

// TestEveryFieldIsListed changes each field of the settings: one field of the list tells it, so none can be
// saved without a trace in the audit.
func TestEveryFieldIsListed(t *testing.T) {
	of := reflect.TypeFor[config.Settings]()
	for i := range of.NumField() {
		var before, after config.Settings
		v := reflect.ValueOf(&after).Elem().Field(i)
		switch x := v.Addr().Interface().(type) {
		case *i18n.Text:
			x.KK = "жаңа"
		case *string:
			*x = "new"
		case *[]config.District:
			*x = []config.District{{Slug: "new"}}
		case *config.Rules:
			x.AdultAge = 21
		default:
			t.Fatalf("%s is of a type that this test does not know", of.Field(i).Name)
		}
		if changed := Fields.Diff(&before, &after); len(changed) != 1 {
			t.Errorf("a change of %s is told as %v", of.Field(i).Name, changed)
		}
	}
}

// TestEveryRuleIsListed finds each of the city's thresholds in Rules, once.
func TestEveryRuleIsListed(t *testing.T) {
	var rules config.Rules
	v := reflect.ValueOf(&rules).Elem()
	listed := map[any]int{}
	for _, r := range Rules {
		listed[r.At(&rules)]++
	}
	for i := range v.NumField() {
		if n := listed[v.Field(i).Addr().Interface()]; n != 1 {
			t.Errorf("%s is listed %d times", v.Type().Field(i).Name, n)
		}
	}
}

// TestValidate refuses what is out of bounds, by the name of the input.
func TestValidate(t *testing.T) {
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	if wrong := validate(&city.Settings); len(wrong) != 0 {
		t.Fatalf("the city's own file is refused: %v", wrong)
	}
	for input, change := range map[string]func(*config.Settings){
		"name_kk":     func(s *config.Settings) { s.Name.KK = " " },
		"email":       func(s *config.Settings) { s.Email = "nobody" },
		"phone":       func(s *config.Settings) { s.Phone = "" },
		"palette":     func(s *config.Settings) { s.Palette = "mud" },
		"districts":   func(s *config.Settings) { s.Districts = nil },
		"night_from":  func(s *config.Settings) { s.Rules.NightFrom = 24 },
		"consent_age": func(s *config.Settings) { s.Rules.ConsentAge = 14; s.Rules.AccompaniedAge = 15 },
	} {
		s := city.Settings
		change(&s)
		if wrong := validate(&s); wrong[input] == "" {
			t.Errorf("%s is let through: %v", input, wrong)
		}
	}
}
