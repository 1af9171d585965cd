package settings

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/settings"
	"shtab/web/ui"
)

// form is the settings as their form sends them.
type form struct {
	Version   string            `form:"version"`
	Rules     map[string]string `form:"rules"`
	Districts []districtForm    `form:"district"`
	Set       config.Settings   // of settings.Fields: the rest
}

// districtForm is one district of the form; without a slug it is a new one.
type districtForm struct {
	Slug   string    `form:"slug"`
	Name   i18n.Text `form:"name"`
	Closed string    `form:"closed"`
}

// formOf is the form of the settings as they are.
func formOf(number int64, set config.Settings) form {
	f := form{Version: strconv.FormatInt(number, 10), Rules: map[string]string{}, Set: set}
	for _, r := range settings.Rules {
		f.Rules[r.Name] = strconv.Itoa(*r.At(&set.Rules))
	}
	for _, d := range set.Districts {
		closed := ""
		if d.Closed {
			closed = "1"
		}
		f.Districts = append(f.Districts, districtForm{d.Slug, d.Name, closed})
	}
	return f
}

// read fills Set from the form's inputs, and says what of the rules is no number. Empty lines for new
// districts are left out.
func (f *form) read(inputs map[string]string, zone *time.Location) (wrong fault.Fields) {
	f.Set, wrong = settings.Fields.Read(func(name string) string { return inputs[name] }, zone)
	for _, r := range settings.Rules {
		n, err := strconv.Atoi(strings.TrimSpace(f.Rules[r.Name]))
		if err != nil {
			wrong.Add(r.Name, "settings.error.range")
		}
		*r.At(&f.Set.Rules) = n
	}
	for _, d := range f.Districts {
		if d.Slug != "" || !d.Name.IsZero() {
			f.Set.Districts = append(f.Set.Districts,
				config.District{Slug: d.Slug, Name: d.Name, Closed: d.Closed != ""})
		}
	}
	return wrong
}

// settingsView is the page of the settings.
type settingsView struct {
	Form     form
	Problems map[string]string
	Conflict string // a catalogue key
}

// text is the inputs of a name in three languages.
func (v settingsView) text(ctx context.Context, name string, value i18n.Text) ui.TextProps {
	return ui.TextProps{
		Name: name, Label: ui.T(ctx, "settings.field."+name), Value: value, Problems: v.Problems,
		MaxLength: settings.NameMax, Required: true, Optional: true,
	}
}

// districtName is the inputs of a district's name.
func (v settingsView) districtName(ctx context.Context, i int, d districtForm) ui.TextProps {
	return ui.TextProps{
		Name: districtInput(i, "name"), Label: ui.T(ctx, "settings.district", "n", strconv.Itoa(i+1)), Value: d.Name,
		Problems: v.Problems, MaxLength: settings.NameMax,
	}
}

// lines are the districts, and two empty ones for new names.
func (v settingsView) lines() []districtForm {
	return append(slices.Clone(v.Form.Districts), districtForm{}, districtForm{})
}

func districtInput(i int, name string) string { return fmt.Sprintf("district[%d].%s", i, name) }

// order is the form's inputs in its order, for the summary of what is wrong.
func (v settingsView) order() (names []string) {
	for _, f := range settings.Fields {
		switch f.Name {
		case "rules":
			for _, r := range settings.Rules {
				names = append(names, r.Name)
			}
		case "districts":
			names = append(names, f.Name)
			for i := range v.lines() {
				names = append(names, ui.TextInputs(districtInput(i, "name"))...)
			}
		default:
			names = append(names, f.Inputs...)
		}
	}
	return names
}

func paletteOptions(ctx context.Context) (options []ui.RadioOption) {
	for _, p := range config.Palettes {
		options = append(options, ui.RadioOption{Value: p, Text: ui.T(ctx, "settings.palette."+p)})
	}
	return options
}

// consentsView is the texts that people agree to, and the form of another.
type consentsView struct {
	Texts []settings.ConsentText
	Form  struct {
		Purpose string    `form:"purpose"`
		Body    i18n.Text `form:"body"`
	}
	Problems map[string]string
}

func purposeOptions(ctx context.Context) (options []ui.RadioOption) {
	for _, p := range config.Purposes {
		options = append(options, ui.RadioOption{Value: string(p), Text: ui.T(ctx, "settings.purpose."+string(p))})
	}
	return options
}
