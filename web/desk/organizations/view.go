package organizations

import (
	"context"
	"strconv"
	"strings"

	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/desk/deskui"
	"shtab/web/link"
	"shtab/web/ui"
)

// profileForm is what an organisation says of itself, as its form sends it.
type profileForm struct {
	Version   string `form:"version"`
	SummaryKK string `form:"summary_kk"`
	SummaryRU string `form:"summary_ru"`
	SummaryEN string `form:"summary_en"`
	BodyKK    string `form:"body_kk"`
	BodyRU    string `form:"body_ru"`
	BodyEN    string `form:"body_en"`
	Email     string `form:"email"`
	Phone     string `form:"phone"`
	Links     string `form:"links"` // one a line
}

// formOf is the form of an organisation as it is.
func formOf(o org.Managed) profileForm {
	return profileForm{
		Version: strconv.Itoa(o.Version), SummaryKK: o.Summary.KK, SummaryRU: o.Summary.RU, SummaryEN: o.Summary.EN,
		BodyKK: o.Body.KK, BodyRU: o.Body.RU, BodyEN: o.Body.EN, Email: o.Email, Phone: o.Phone, Links: strings.Join(o.Links, "\n"),
	}
}

// plan is what the form says.
func (f profileForm) plan() org.Profile {
	text := func(kk, ru, en string) i18n.Text {
		clean := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
		return i18n.Text{KK: clean(kk), RU: clean(ru), EN: clean(en)}
	}
	return org.Profile{
		Summary: text(f.SummaryKK, f.SummaryRU, f.SummaryEN), Body: text(f.BodyKK, f.BodyRU, f.BodyEN),
		Email: strings.TrimSpace(f.Email), Phone: strings.TrimSpace(f.Phone), Links: strings.Fields(f.Links),
	}
}

// formFields are the form's fields in its order.
var formFields = []struct {
	name string
	at   func(profileForm) string
}{
	{"summary_kk", func(f profileForm) string { return f.SummaryKK }},
	{"summary_ru", func(f profileForm) string { return f.SummaryRU }},
	{"summary_en", func(f profileForm) string { return f.SummaryEN }},
	{"body_kk", func(f profileForm) string { return f.BodyKK }},
	{"body_ru", func(f profileForm) string { return f.BodyRU }},
	{"body_en", func(f profileForm) string { return f.BodyEN }},
	{"email", func(f profileForm) string { return f.Email }},
	{"phone", func(f profileForm) string { return f.Phone }},
	{"links", func(f profileForm) string { return f.Links }},
}

// formOrder is the forms' fields in the order of the page, for the summary of what is wrong.
func formOrder() (names []string) {
	for _, f := range formFields {
		names = append(names, f.name)
	}
	return append(names, "logo")
}

// differences are the fields that differ between theirs, which is saved, and mine.
func differences(theirs, mine profileForm) (ds []deskui.Differing) {
	for _, f := range formFields {
		same := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
		if a, b := same(f.at(theirs)), same(f.at(mine)); a != b {
			ds = append(ds, deskui.Differing{Field: f.name, Theirs: a, Mine: b})
		}
	}
	return ds
}

// profileView is what an organisation says of itself, as typed, and what is wrong or was changed meanwhile.
type profileView struct {
	Org      org.Managed
	Form     profileForm
	Problems map[string]string
	IsStale  bool
	Theirs   []deskui.Differing
}

// differences are what somebody else has saved meanwhile, with the names of the fields.
func (v profileView) differences(ctx context.Context) []deskui.Differing {
	for i := range v.Theirs {
		v.Theirs[i].Label = ui.T(ctx, "team.field."+v.Theirs[i].Field)
	}
	return v.Theirs
}

// peopleView is who acts for an organisation, and who is invited to.
type peopleView struct {
	Org      org.Managed
	Members  []org.Member
	Invited  []org.Invitation
	Email    string
	Problems map[string]string
}

// totalsView is what an organisation did in a period.
type totalsView struct {
	Org    org.Managed
	Period string
	Months []totals.OrgMonth
}

// periods are what can be chosen; the first is all time.
var periods = []string{"", "month", "quarter", "year"}

// href is the address of the page, or of a file of it, for a period.
func (v totalsView) href(ctx context.Context, page, period string) string {
	s := link.DeskOrganizationDo(ui.L(ctx), v.Org.ID, page)
	if period != "" {
		s += "?period=" + period
	}
	return s
}

// sections are the pages of an organisation at the desk; the empty one is its profile.
var sections = []string{"", "people", "totals"}

func sectionHref(ctx context.Context, id int64, name string) string {
	if name == "" {
		return link.DeskOrganization(ui.L(ctx), id)
	}
	return link.DeskOrganizationDo(ui.L(ctx), id, name)
}
