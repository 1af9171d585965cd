package settings

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/settings"
	"shtab/web/ui"
)

// form is what an administrator sets, as the form sends it.
type form struct {
	Version        string            `form:"version"`
	NameKK         string            `form:"name_kk"`
	NameRU         string            `form:"name_ru"`
	NameEN         string            `form:"name_en"`
	HeadquartersKK string            `form:"headquarters_kk"`
	HeadquartersRU string            `form:"headquarters_ru"`
	HeadquartersEN string            `form:"headquarters_en"`
	CentreKK       string            `form:"centre_kk"`
	CentreRU       string            `form:"centre_ru"`
	CentreEN       string            `form:"centre_en"`
	Email          string            `form:"email"`
	Phone          string            `form:"phone"`
	Palette        string            `form:"palette"`
	Rules          map[string]string `form:"rules"`
	Districts      []districtForm    `form:"district"`
}

// districtForm is one district of the form; without a slug it is a new one.
type districtForm struct {
	Slug   string `form:"slug"`
	NameKK string `form:"name_kk"`
	NameRU string `form:"name_ru"`
	NameEN string `form:"name_en"`
	Closed string `form:"closed"`
}

// formOf is the form of the facts as they are.
func formOf(id int64, f settings.Facts) form {
	sent := form{
		Version: strconv.FormatInt(id, 10), NameKK: f.Name.KK, NameRU: f.Name.RU, NameEN: f.Name.EN,
		HeadquartersKK: f.Headquarters.KK, HeadquartersRU: f.Headquarters.RU, HeadquartersEN: f.Headquarters.EN,
		CentreKK: f.Centre.KK, CentreRU: f.Centre.RU, CentreEN: f.Centre.EN, Email: f.Email, Phone: f.Phone, Palette: f.Palette,
		Rules: map[string]string{},
	}
	for name, r := range settings.Ranges {
		sent.Rules[name] = strconv.Itoa(*r.At(&f.Rules))
	}
	for _, d := range f.Districts {
		closed := ""
		if d.Closed {
			closed = "1"
		}
		sent.Districts = append(sent.Districts, districtForm{d.Slug, d.Name.KK, d.Name.RU, d.Name.EN, closed})
	}
	return sent
}

// facts is what the form says, and what in it is no number. Empty lines for new districts are
// left out.
func (f form) facts() (settings.Facts, fault.Fields) {
	wrong := fault.Fields{}
	text := func(kk, ru, en string) i18n.Text {
		return i18n.Text{KK: strings.TrimSpace(kk), RU: strings.TrimSpace(ru), EN: strings.TrimSpace(en)}
	}
	facts := settings.Facts{
		Name: text(f.NameKK, f.NameRU, f.NameEN), Headquarters: text(f.HeadquartersKK, f.HeadquartersRU, f.HeadquartersEN),
		Centre: text(f.CentreKK, f.CentreRU, f.CentreEN), Email: strings.TrimSpace(f.Email), Phone: strings.TrimSpace(f.Phone), Palette: f.Palette,
	}
	for name, r := range settings.Ranges {
		n, err := strconv.Atoi(strings.TrimSpace(f.Rules[name]))
		if err != nil {
			wrong.Add(name, "settings.error.range")
		}
		*r.At(&facts.Rules) = n
	}
	for _, d := range f.Districts {
		name := text(d.NameKK, d.NameRU, d.NameEN)
		if d.Slug != "" || !name.IsZero() {
			facts.Districts = append(facts.Districts, config.District{Slug: d.Slug, Name: name, Closed: d.Closed != ""})
		}
	}
	return facts, wrong
}

// settingsView is the page of the settings.
type settingsView struct {
	Form     form
	Problems map[string]string
	Conflict string
}

// lines are the districts, and two empty ones for new names.
func (v settingsView) lines() []districtForm {
	list := v.Form.Districts
	for len(list) < len(v.Form.Districts)+2 {
		list = append(list, districtForm{})
	}
	return list
}

func districtField(i int, name string) string { return fmt.Sprintf("district[%d].%s", i, name) }

// order is the form's fields in its order, for the summary of what is wrong.
func (v settingsView) order() (names []string) {
	for _, n := range []string{"name", "headquarters", "centre"} {
		for _, l := range i18n.Langs {
			names = append(names, n+"_"+string(l))
		}
	}
	names = append(names, "email", "phone", "palette", "districts")
	for i := range v.lines() {
		for _, l := range i18n.Langs {
			names = append(names, districtField(i, "name_"+string(l)))
		}
	}
	return append(names, settings.RangeNames...)
}

func paletteOptions(ctx context.Context) (options []ui.RadioOption) {
	for _, p := range config.Palettes {
		options = append(options, ui.RadioOption{Value: p, Text: ui.T(ctx, "settings.palette."+p)})
	}
	return options
}

// consentsView is the texts that people agree to, and the form of another.
type consentsView struct {
	Texts []settings.Published
	Form  struct {
		Purpose string `form:"purpose"`
		BodyKK  string `form:"body_kk"`
		BodyRU  string `form:"body_ru"`
		BodyEN  string `form:"body_en"`
	}
	Problems map[string]string
}

func purposeOptions(ctx context.Context) (options []ui.RadioOption) {
	for _, p := range config.Purposes {
		options = append(options, ui.RadioOption{Value: string(p), Text: ui.T(ctx, "settings.purpose."+string(p))})
	}
	return options
}
