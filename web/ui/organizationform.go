package ui

import (
	"context"
	"strconv"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/org"
)

// OrganizationForm is what the register says of an organisation, as a form sends it: staff's, and an
// applicant's.
type OrganizationForm struct {
	Key     string `form:"key"`     // of a new one's form: sent twice, it makes one
	Version string `form:"version"` // that the form was made from

	Inputs map[string]string // all other fields, by their inputs (org.DetailFields); nil: not filled in
}

// OrganizationFormOf is the form of an organisation as the register has it.
func OrganizationFormOf(o org.Organization) OrganizationForm {
	return OrganizationForm{Version: strconv.Itoa(o.Version), Inputs: org.DetailFields.Show(&o.Details, time.UTC)}
}

// Details is what the form says; a date that cannot be read is the zero time.
func (f OrganizationForm) Details() org.Details {
	d, _ := org.DetailFields.Read(func(input string) string { return f.Inputs[input] }, time.UTC)
	return d
}

// text is a text of the form.
func (f OrganizationForm) text(ctx context.Context, name string, rows int, problems map[string]string) TextProps {
	of, _ := org.DetailFields.Of(name)
	value := i18n.Text{KK: f.Inputs[name+"_kk"], RU: f.Inputs[name+"_ru"], EN: f.Inputs[name+"_en"]}
	return TextProps{
		Name: name, Label: T(ctx, of.Label), Value: value, Problems: problems, MaxLength: of.Limit, Rows: rows,
	}
}

// KindOptions are the kinds of organisations for a Select; with all, the headquarters' own too.
func KindOptions(ctx context.Context, first string, all bool) []Option {
	options := []Option{{Value: "", Text: first}}
	for _, k := range org.Kinds {
		if all || k != org.Headquarters {
			options = append(options, Option{Value: string(k), Text: T(ctx, "organization.one_kind."+string(k))})
		}
	}
	return options
}

// Waited is how long somebody has waited since a moment, in words.
func Waited(ctx context.Context, since time.Time) string {
	hours := int(From(ctx).Now.Sub(since).Hours())
	switch {
	case hours < 1:
		return T(ctx, "series.review.just_now")
	case hours < 48:
		return T(ctx, "series.review.hours", "n", hours)
	default:
		return T(ctx, "series.review.days", "n", hours/24)
	}
}
