package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/org"
)

// OrganizationForm is what the register says of an organisation, as a form sends it: staff's, and an
// applicant's.
type OrganizationForm struct {
	Key       string `form:"key"`     // of a new one's form: sent twice, it makes one
	Version   string `form:"version"` // that the form was made from
	Kind      string `form:"kind"`
	NameKK    string `form:"name_kk"`
	NameRU    string `form:"name_ru"`
	NameEN    string `form:"name_en"`
	SummaryKK string `form:"summary_kk"`
	SummaryRU string `form:"summary_ru"`
	SummaryEN string `form:"summary_en"`
	Email     string `form:"email"`
	Phone     string `form:"phone"`
	JoinedOn  string `form:"joined_on"`
	Documents string `form:"documents"`
}

// OrganizationFormOf is the form of an organisation as the register has it.
func OrganizationFormOf(b org.Organization) OrganizationForm {
	return OrganizationForm{
		Version: strconv.Itoa(b.Version), Kind: string(b.Kind), NameKK: b.Name.KK, NameRU: b.Name.RU, NameEN: b.Name.EN,
		SummaryKK: b.Summary.KK, SummaryRU: b.Summary.RU, SummaryEN: b.Summary.EN, Email: b.Email, Phone: b.Phone,
		JoinedOn: b.JoinedOn.Format(time.DateOnly), Documents: b.Documents,
	}
}

// Entry is what the form says; a date that cannot be read is the zero time.
func (f OrganizationForm) Details() org.Details {
	clean := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	text := func(kk, ru, en string) i18n.Text { return i18n.Text{KK: clean(kk), RU: clean(ru), EN: clean(en)} }
	joined, _ := time.Parse(time.DateOnly, clean(f.JoinedOn))
	return org.Details{
		Kind: org.Kind(f.Kind), Name: text(f.NameKK, f.NameRU, f.NameEN),
		Summary: text(f.SummaryKK, f.SummaryRU, f.SummaryEN),
		Email:   clean(f.Email), Phone: clean(f.Phone), JoinedOn: joined, Documents: clean(f.Documents),
	}
}

// OrganizationFieldOrder is the form's fields in its order, for the summary of what is wrong.
var OrganizationFieldOrder = []string{
	"kind", "name_kk", "name_ru", "name_en", "summary_kk", "summary_ru", "summary_en", "email", "phone",
	"joined_on", "documents",
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
