package desk

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

// OrganizationForm is what an organisation says of itself, as its form sends it.
type OrganizationForm struct {
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

// OrganizationFormOf is the form of an organisation as it is.
func OrganizationFormOf(h org.Held) OrganizationForm {
	return OrganizationForm{
		Version: strconv.Itoa(h.Version), SummaryKK: h.Summary.KK, SummaryRU: h.Summary.RU, SummaryEN: h.Summary.EN,
		BodyKK: h.Body.KK, BodyRU: h.Body.RU, BodyEN: h.Body.EN, Email: h.Email, Phone: h.Phone, Links: strings.Join(h.Links, "\n"),
	}
}

// Plan is what the form says.
func (f OrganizationForm) Plan() org.Plan {
	text := func(kk, ru, en string) i18n.Text {
		clean := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
		return i18n.Text{KK: clean(kk), RU: clean(ru), EN: clean(en)}
	}
	return org.Plan{
		Summary: text(f.SummaryKK, f.SummaryRU, f.SummaryEN), Body: text(f.BodyKK, f.BodyRU, f.BodyEN),
		Email: strings.TrimSpace(f.Email), Phone: strings.TrimSpace(f.Phone), Links: strings.Fields(f.Links),
	}
}

// organizationFields are the form's fields in its order.
var organizationFields = []struct {
	name string
	at   func(OrganizationForm) string
}{
	{"summary_kk", func(f OrganizationForm) string { return f.SummaryKK }},
	{"summary_ru", func(f OrganizationForm) string { return f.SummaryRU }},
	{"summary_en", func(f OrganizationForm) string { return f.SummaryEN }},
	{"body_kk", func(f OrganizationForm) string { return f.BodyKK }},
	{"body_ru", func(f OrganizationForm) string { return f.BodyRU }},
	{"body_en", func(f OrganizationForm) string { return f.BodyEN }},
	{"email", func(f OrganizationForm) string { return f.Email }},
	{"phone", func(f OrganizationForm) string { return f.Phone }},
	{"links", func(f OrganizationForm) string { return f.Links }},
}

func organizationOrder() (names []string) {
	for _, f := range organizationFields {
		names = append(names, f.name)
	}
	return append(names, "logo")
}

// OrganizationDifferences are the fields that stand otherwise in theirs than in mine.
func OrganizationDifferences(theirs, mine OrganizationForm) (ds []deskui.Differing) {
	for _, f := range organizationFields {
		same := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
		if a, b := same(f.at(theirs)), same(f.at(mine)); a != b {
			ds = append(ds, deskui.Differing{Field: f.name, Theirs: a, Mine: b})
		}
	}
	return ds
}

// OrganizationView is an organisation's own page at the desk.
type OrganizationView struct {
	Org      org.Held
	Form     OrganizationForm
	Problems map[string]string
	IsStale  bool
	Theirs   []deskui.Differing
}

// MembersView is who acts for an organisation, and who is invited to.
type MembersView struct {
	Org      org.Held
	Members  []org.Member
	Invited  []org.Invitation
	Email    string
	Problems map[string]string
}

// OrgTotalsView is what an organisation did in a period.
type OrgTotalsView struct {
	Org    org.Held
	Period string
	Months []totals.OrgMonth
}

var periods = []string{"", "month", "quarter", "year"}

func (v OrgTotalsView) href(ctx context.Context, part, period string) string {
	s := link.DeskOrganizationDo(ui.L(ctx), v.Org.ID, part)
	if period != "" {
		s += "?period=" + period
	}
	return s
}

// orgSections are the pages of an organisation at the desk.
var orgSections = []string{"", "people", "totals"}

func orgSection(ctx context.Context, id int64, name string) string {
	if name == "" {
		return link.DeskOrganization(ui.L(ctx), id)
	}
	return link.DeskOrganizationDo(ui.L(ctx), id, name)
}

func person(id int64) string { return strconv.FormatInt(id, 10) }
