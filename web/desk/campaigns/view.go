package campaigns

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/web/desk/deskui"
	"shtab/web/httpkit"
	"shtab/web/link"
	"shtab/web/ui"
)

// campaignForm is a campaign as its form sends it.
type campaignForm struct {
	Key        string         `form:"key"` // of a new campaign's form: sent twice, it makes one
	Version    string         `form:"version"`
	Org        string         `form:"org"`
	Deliveries []deliveryForm `form:"things"`
	Invited    []string       `form:"invited"`

	inputs map[string]string // all other fields, by their inputs (campaign.Form)
}

// read reads a posted form.
func (f *campaignForm) read(w http.ResponseWriter, r *http.Request) error {
	if err := httpkit.LongForm(w, r, f, maxCampaignForm); err != nil {
		return err
	}
	f.inputs = httpkit.Inputs(r, campaign.Form().Inputs())
	return nil
}

// text is what the inputs of a text hold.
func (f campaignForm) text(name string) i18n.Text {
	return i18n.Text{KK: f.inputs[name+"_kk"], RU: f.inputs[name+"_ru"], EN: f.inputs[name+"_en"]}
}

// deliveryForm is a goal of deliveries.
type deliveryForm struct {
	Kind   string `form:"kind"`
	Target string `form:"target"`
}

// rows are the form's rows of deliveries, the empty ones at the end.
func (f campaignForm) rows() []deliveryForm {
	rows := slices.DeleteFunc(slices.Clone(f.Deliveries),
		func(t deliveryForm) bool { return t.Kind == "" && t.Target == "" })
	for len(rows) < campaign.MaxDeliveryGoals {
		rows = append(rows, deliveryForm{})
	}
	return rows[:campaign.MaxDeliveryGoals]
}

// deliveries are the goals of deliveries as one text, to be compared.
func (f campaignForm) deliveries() string {
	s := ""
	for _, t := range f.rows() {
		if t.Kind != "" {
			s += t.Kind + ": " + t.Target + "\n"
		}
	}
	return s
}

// formOf is the form of a campaign as it is.
func formOf(c campaign.ManagedCampaign) campaignForm {
	f := campaignForm{
		Version: strconv.Itoa(c.Version), Org: field.ShowID(c.OrgID), inputs: campaign.Form().
				Show(&c.Details, time.UTC),
	}
	for _, g := range c.Goals {
		if g.Kind.IsDelivery() {
			f.Deliveries = append(f.Deliveries, deliveryForm{string(g.Kind), strconv.Itoa(g.Target)})
		}
	}
	for _, id := range c.Invited {
		f.Invited = append(f.Invited, field.ShowID(id))
	}
	return f
}

// details is what the form says, with what could not be read.
func (f campaignForm) details() (campaign.Details, fault.Fields) {
	d, wrong := campaign.Form().Read(func(input string) string { return f.inputs[input] }, time.UTC)
	for _, t := range f.rows() {
		if t.Kind == "" && t.Target == "" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(t.Target))
		if err != nil || t.Kind == "" {
			wrong.Add("things", "campaign_desk.error.things")
			continue
		}
		d.Goals = append(d.Goals, campaign.Goal{Kind: campaign.GoalKind(t.Kind), Target: n})
	}
	for _, s := range f.Invited {
		if id := field.ReadID(s); id > 0 {
			d.Invited = append(d.Invited, id)
		}
	}
	return d, wrong
}

// order is the form's order for the error summary.
func order() []string { return append(campaign.Form().Inputs(), "things") }

// label is the name of an input.
func label(ctx context.Context, input string) string {
	if f, ok := campaign.Form().Of(input); ok && f.Text != nil {
		return ui.LabelIn(ctx, ui.T(ctx, f.Label), input)
	}
	return ui.T(ctx, "campaign_desk.field."+input)
}

// differences are the inputs that stand otherwise in theirs than in mine.
func differences(ctx context.Context, theirs, mine campaignForm) (ds []deskui.Differing) {
	add := func(name, a, b string) {
		if a != b {
			ds = append(ds, deskui.Differing{Field: name, Label: label(ctx, name), Theirs: a, Mine: b})
		}
	}
	for _, name := range campaign.Form().Inputs() {
		add(name, theirs.inputs[name], mine.inputs[name])
	}
	add("things", theirs.deliveries(), mine.deliveries())
	return ds
}

// formView is a campaign's form: what was typed, what is wrong, what somebody else has
// saved meanwhile.
type formView struct {
	Campaign      campaign.ManagedCampaign // zero: a new one
	Form          campaignForm
	Owners        []org.Org // whose it may be
	Others        []org.Org // who may be invited
	DeliveryKinds []campaign.DeliveryKind
	Problems      map[string]string
	IsStale       bool
	Theirs        campaignForm // what somebody else has saved meanwhile
}

func (v formView) isNew() bool { return v.Campaign.ID == 0 }

func (v formView) title(ctx context.Context) string {
	if v.isNew() {
		return ui.T(ctx, "campaign_desk.new")
	}
	return ui.S(ctx, v.Campaign.Name)
}

func (v formView) owners(ctx context.Context) (os []ui.Option) {
	for _, o := range v.Owners {
		os = append(os, ui.Option{Value: strconv.FormatInt(o.ID, 10), Text: ui.S(ctx, o.Name)})
	}
	return os
}

func (v formView) invited(id int64) bool {
	return slices.Contains(v.Form.Invited, strconv.FormatInt(id, 10))
}

// opened reports whether a part of the form stands open: something in it is filled in or has a problem.
func (v formView) opened(inputs ...string) bool {
	return slices.ContainsFunc(inputs, func(name string) bool {
		return v.Form.inputs[name] != "" ||
			v.Problems[name] != ""
	})
}

// text is a text of the form.
func (v formView) text(ctx context.Context, name string, rows int) ui.TextProps {
	f, _ := campaign.Form().Of(name)
	return ui.TextProps{
		Name: name, Label: ui.T(ctx, f.Label), Value: v.Form.text(name), Problems: v.Problems, MaxLength: f.Limit,
		Rows: rows,
	}
}

// input is a field of the form that has one input.
func (v formView) input(ctx context.Context, name string) ui.FieldProps {
	return ui.FieldProps{Name: name, Label: label(ctx, name), Value: v.Form.inputs[name], Error: v.Problems[name]}
}

func date(p ui.FieldProps) ui.FieldProps { p.Type, p.Narrow = "date", "12"; return p }

func digits(p ui.FieldProps) ui.FieldProps {
	p.Inputmode, p.MaxLength, p.Narrow = "numeric", 8, "8"
	return p
}

// kkRU are the languages that a campaign is written in; English is optional and stands apart.
var kkRU = []i18n.Lang{i18n.KK, i18n.RU}

func (v formView) action(ctx context.Context) string {
	if v.isNew() {
		return link.DeskCampaignNew(ui.L(ctx))
	}
	return link.DeskCampaign(ui.L(ctx), v.Campaign.ID)
}

// deliveryKinds are the choices of what is delivered.
func (v formView) deliveryKinds(ctx context.Context) []ui.Option {
	os := []ui.Option{{Text: "—"}}
	for _, t := range v.DeliveryKinds {
		os = append(os, ui.Option{Value: string(t.Slug), Text: ui.S(ctx, t.Name)})
	}
	return os
}
