package campaigns

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/campaign"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/web/desk/deskui"
	"shtab/web/link"
	"shtab/web/ui"
)

// campaignForm is a campaign as its form sends it.
type campaignForm struct {
	Key       string      `form:"key"` // of a new campaign's form: sent twice, it makes one
	Version   string      `form:"version"`
	Org       string      `form:"org"`
	NameKK    string      `form:"name_kk"`
	NameRU    string      `form:"name_ru"`
	NameEN    string      `form:"name_en"`
	SummaryKK string      `form:"summary_kk"`
	SummaryRU string      `form:"summary_ru"`
	SummaryEN string      `form:"summary_en"`
	BodyKK    string      `form:"body_kk"`
	BodyRU    string      `form:"body_ru"`
	BodyEN    string      `form:"body_en"`
	StartsOn  string      `form:"starts_on"`
	EndsOn    string      `form:"ends_on"`
	Colour    string      `form:"colour"`
	Emblem    string      `form:"emblem"`
	Events    string      `form:"goal_events"`
	People    string      `form:"goal_participations"`
	Hours     string      `form:"goal_hours"`
	Things    []thingForm `form:"things"`
	Invited   []string    `form:"invited"`
}

// thingForm is a goal of things delivered.
type thingForm struct {
	Kind   string `form:"kind"`
	Target string `form:"target"`
}

// rows are the form's rows of things, the empty ones at the end.
func (f campaignForm) rows() []thingForm {
	things := slices.DeleteFunc(slices.Clone(f.Things), func(t thingForm) bool { return t.Kind == "" && t.Target == "" })
	for len(things) < campaign.MaxDeliveryGoals {
		things = append(things, thingForm{})
	}
	return things[:campaign.MaxDeliveryGoals]
}

// things are the goals of things as one text, to be compared.
func (f campaignForm) things() string {
	s := ""
	for _, t := range f.rows() {
		if t.Kind != "" {
			s += t.Kind + ": " + t.Target + "\n"
		}
	}
	return s
}

// formOf is the form of a campaign as it is.
func formOf(h campaign.ManagedCampaign) campaignForm {
	f := campaignForm{
		Version: strconv.Itoa(h.Version), Org: strconv.FormatInt(h.OrgID, 10),
		NameKK: h.Name.KK, NameRU: h.Name.RU, NameEN: h.Name.EN,
		SummaryKK: h.Summary.KK, SummaryRU: h.Summary.RU, SummaryEN: h.Summary.EN,
		BodyKK: h.Body.KK, BodyRU: h.Body.RU, BodyEN: h.Body.EN, Colour: h.Colour, Emblem: h.Emblem,
	}
	if h.StartsOn != nil {
		f.StartsOn = h.StartsOn.Format(time.DateOnly)
	}
	if h.EndsOn != nil {
		f.EndsOn = h.EndsOn.Format(time.DateOnly)
	}
	for _, g := range h.Goals {
		if g.Kind.IsDelivery() {
			f.Things = append(f.Things, thingForm{string(g.Kind), strconv.Itoa(g.Target)})
			continue
		}
		*f.goal(g.Kind) = strconv.Itoa(g.Target)
	}
	for _, id := range h.Invited {
		f.Invited = append(f.Invited, strconv.FormatInt(id, 10))
	}
	return f
}

func (f *campaignForm) goal(k campaign.GoalKind) *string {
	switch k {
	case "events":
		return &f.Events
	case "hours":
		return &f.Hours
	default:
		return &f.People
	}
}

// Plan is what the form says, with what could not be read.
func (f campaignForm) Plan() (p campaign.Details, wrong fault.Fields) {
	wrong = fault.Fields{}
	text := func(kk, ru, en string) i18n.Text {
		return i18n.Text{KK: strings.TrimSpace(kk), RU: strings.TrimSpace(ru), EN: strings.TrimSpace(en)}
	}
	p.Name, p.Summary, p.Body = text(f.NameKK, f.NameRU, f.NameEN), text(f.SummaryKK, f.SummaryRU, f.SummaryEN), text(f.BodyKK, f.BodyRU, f.BodyEN)
	p.Colour, p.Emblem = f.Colour, f.Emblem
	date := func(field, s string) *time.Time {
		if s == "" {
			return nil
		}
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			wrong.Add(field, "campaign_desk.error.date")
			return nil
		}
		return &d
	}
	p.StartsOn, p.EndsOn = date("starts_on", f.StartsOn), date("ends_on", f.EndsOn)
	for _, k := range campaign.GoalKinds {
		if s := strings.TrimSpace(*f.goal(k)); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil {
				wrong.Add("goal_"+string(k), "campaign_desk.error.goal")
				continue
			}
			p.Goals = append(p.Goals, campaign.Goal{Kind: k, Target: n})
		}
	}
	for _, t := range f.rows() {
		if t.Kind == "" && t.Target == "" {
			continue
		}
		n, err := strconv.Atoi(strings.TrimSpace(t.Target))
		if err != nil || t.Kind == "" {
			wrong.Add("things", "campaign_desk.error.things")
			continue
		}
		p.Goals = append(p.Goals, campaign.Goal{Kind: campaign.GoalKind(t.Kind), Target: n})
	}
	for _, s := range f.Invited {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil {
			p.Invited = append(p.Invited, id)
		}
	}
	return p, wrong
}

// formFields are the form's fields in its order.
var formFields = []struct {
	name string
	at   func(*campaignForm) string
}{
	{"name_kk", func(f *campaignForm) string { return f.NameKK }},
	{"name_ru", func(f *campaignForm) string { return f.NameRU }},
	{"name_en", func(f *campaignForm) string { return f.NameEN }},
	{"summary_kk", func(f *campaignForm) string { return f.SummaryKK }},
	{"summary_ru", func(f *campaignForm) string { return f.SummaryRU }},
	{"summary_en", func(f *campaignForm) string { return f.SummaryEN }},
	{"body_kk", func(f *campaignForm) string { return f.BodyKK }},
	{"body_ru", func(f *campaignForm) string { return f.BodyRU }},
	{"body_en", func(f *campaignForm) string { return f.BodyEN }},
	{"starts_on", func(f *campaignForm) string { return f.StartsOn }},
	{"ends_on", func(f *campaignForm) string { return f.EndsOn }},
	{"colour", func(f *campaignForm) string { return f.Colour }},
	{"emblem", func(f *campaignForm) string { return f.Emblem }},
	{"goal_events", func(f *campaignForm) string { return f.Events }},
	{"goal_participations", func(f *campaignForm) string { return f.People }},
	{"goal_hours", func(f *campaignForm) string { return f.Hours }},
	{"things", func(f *campaignForm) string { return f.things() }},
}

// order is the form's order for the error summary.
func formOrder() (names []string) {
	for _, f := range formFields {
		names = append(names, f.name)
	}
	return names
}

// differences are the fields that stand otherwise in theirs than in mine.
func differences(theirs, mine campaignForm) (ds []deskui.Differing) {
	for _, f := range formFields {
		same := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
		if a, b := same(f.at(&theirs)), same(f.at(&mine)); a != b {
			ds = append(ds, deskui.Differing{Field: f.name, Theirs: a, Mine: b})
		}
	}
	return ds
}

// formView is a campaign's form: what was typed, what is wrong, what somebody else has
// saved meanwhile.
type formView struct {
	Campaign campaign.ManagedCampaign // zero: a new one
	Form     campaignForm
	Owners   []org.Org // whose it may be
	Others   []org.Org // who may be invited
	Things   []campaign.DeliveryKind
	Problems map[string]string
	IsStale  bool
	Theirs   []deskui.Differing
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

// folded reports whether a part of the form stays closed: nothing in it and nothing wrong.
func (v formView) open(values []string, fields ...string) bool {
	for _, s := range values {
		if s != "" {
			return true
		}
	}
	for _, f := range fields {
		if v.Problems[f] != "" {
			return true
		}
	}
	return false
}

func (v formView) action(ctx context.Context) string {
	if v.isNew() {
		return link.DeskCampaignNew(ui.L(ctx))
	}
	return link.DeskCampaign(ui.L(ctx), v.Campaign.ID)
}

// things are the choices of a thing delivered.
func (v formView) things(ctx context.Context) []ui.Option {
	os := []ui.Option{{Text: "—"}}
	for _, t := range v.Things {
		os = append(os, ui.Option{Value: string(t.Slug), Text: ui.S(ctx, t.Name)})
	}
	return os
}
