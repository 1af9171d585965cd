package organizations

import (
	"context"
	"slices"
	"strconv"
	"time"

	"shtab/internal/field"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/desk/deskui"
	"shtab/web/link"
	"shtab/web/ui"
)

// profileForm is what an organisation says of itself, as its form sends it.
type profileForm struct {
	Version string `form:"version"`

	inputs map[string]string // all other fields, by their inputs (org.ProfileFields)
}

// formOf is the form of an organisation as it is.
func formOf(o org.Managed) profileForm {
	return profileForm{Version: strconv.Itoa(o.Version), inputs: org.ProfileFields.Show(&o.Profile, time.UTC)}
}

// profile is what the form says.
func (f profileForm) profile() org.Profile {
	p, _ := org.ProfileFields.Read(func(input string) string { return f.inputs[input] }, time.UTC)
	return p
}

// formOrder is the page's inputs in their order, for the summary of what is wrong.
func formOrder() []string { return append(org.ProfileFields.Inputs(), "logo") }

// differences are the inputs that differ between theirs, which is saved, and mine.
func differences(ctx context.Context, theirs, mine profileForm) (ds []deskui.Differing) {
	for _, name := range org.ProfileFields.Inputs() {
		if a, b := theirs.inputs[name], mine.inputs[name]; field.Clean(a) != field.Clean(b) {
			ds = append(ds, deskui.Differing{Field: name, Label: label(ctx, name), Theirs: a, Mine: b})
		}
	}
	return ds
}

// label is the name of an input.
func label(ctx context.Context, input string) string {
	f, _ := org.ProfileFields.Of(input)
	if f.Text != nil {
		return ui.LabelIn(ctx, ui.T(ctx, f.Label), input)
	}
	return ui.T(ctx, f.Label)
}

// profileView is what an organisation says of itself, as typed, and what is wrong or was changed meanwhile.
type profileView struct {
	Org      org.Managed
	Form     profileForm
	Problems map[string]string
	IsStale  bool
	Theirs   profileForm // what somebody else has saved meanwhile
}

// text is a text of the form.
func (v profileView) text(ctx context.Context, name string, rows int) ui.TextProps {
	f, _ := org.ProfileFields.Of(name)
	value := i18n.Text{KK: v.Form.inputs[name+"_kk"], RU: v.Form.inputs[name+"_ru"], EN: v.Form.inputs[name+"_en"]}
	return ui.TextProps{
		Name: name, Label: ui.T(ctx, f.Label), Value: value, Problems: v.Problems, MaxLength: f.Limit, Rows: rows,
	}
}

// input is a field of the form that has one input.
func (v profileView) input(ctx context.Context, name string) ui.FieldProps {
	return ui.FieldProps{Name: name, Label: label(ctx, name), Value: v.Form.inputs[name], Error: v.Problems[name]}
}

func email(p ui.FieldProps) ui.FieldProps {
	p.Type, p.Inputmode, p.Autocomplete, p.MaxLength = "email", "email", "off", 254
	return p
}

func phone(p ui.FieldProps) ui.FieldProps {
	p.Type, p.Inputmode, p.Autocomplete, p.MaxLength = "tel", "tel", "off", 30
	return p
}

func links(ctx context.Context, p ui.FieldProps) ui.FieldProps {
	p.Hint, p.MaxLength, p.Rows = ui.T(ctx, "team.links_hint"), 700, 3
	return p
}

// opened reports whether the English part stands open: something in it is filled in or has a problem.
func (v profileView) opened() bool {
	return slices.ContainsFunc([]string{"summary_en", "body_en"}, func(name string) bool {
		return v.Form.inputs[name] != "" || v.Problems[name] != ""
	})
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
	s := link.DeskOrganizationAction(ui.L(ctx), v.Org.ID, page)
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
	return link.DeskOrganizationAction(ui.L(ctx), id, name)
}
