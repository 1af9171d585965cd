package events

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/field"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/link"
	"shtab/web/ui"
)

// formView is the form of a new event or of one that is.
type formView struct {
	Event     event.ManagedEvent // zero of a new one
	Form      eventForm
	Hosts     []org.Org // whom the actor may choose
	Orgs      []org.Org // everybody, for co-hosts
	Campaigns []campaign.Choice
	Trusted   bool // the host's events are published at once
	AgeLimits []event.AgeLimit
	Problems  map[string]string
	Short     signup.Overbooked // shifts with fewer places than are taken
	Stale     []difference      // what somebody else has changed meanwhile
	IsStale   bool
}

func (v formView) isNew() bool     { return v.Event.ID == 0 }
func (v formView) published() bool { return v.Event.State == event.Published }

func (v formView) action(ctx context.Context) string {
	if v.isNew() {
		return link.DeskEventNew(ui.L(ctx))
	}
	return link.DeskEventEdit(ui.L(ctx), v.Event.ID)
}

func (v formView) title(ctx context.Context) string {
	if v.isNew() {
		return ui.T(ctx, "publishing.new_title")
	}
	return ui.T(ctx, "publishing.edit_title")
}

// rows are the shifts to fill in: at least one.
func (v formView) rows() []shiftForm {
	if len(v.Form.Shifts) == 0 {
		return []shiftForm{{}}
	}
	return v.Form.Shifts
}

func (v formView) hosts(ctx context.Context) (options []ui.Option) {
	if len(v.Hosts) > 1 {
		options = append(options, ui.Option{Text: ui.T(ctx, "publishing.choose")})
	}
	for _, o := range v.Hosts {
		options = append(options, ui.Option{Value: field.ShowID(o.ID), Text: ui.S(ctx, o.Name)})
	}
	return options
}

func (v formView) campaigns(ctx context.Context) (options []ui.Option) {
	if v.Form.get("campaign") == "" {
		options = append(options, ui.Option{Text: ui.T(ctx, "publishing.choose")})
	}
	for _, c := range v.Campaigns {
		options = append(options, ui.Option{Value: field.ShowID(c.ID), Text: ui.S(ctx, c.Name)})
	}
	return options
}

func (v formView) districts(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "publishing.choose")}}
	for _, d := range ui.From(ctx).City.OpenDistricts() {
		options = append(options, ui.Option{Value: d.Slug, Text: ui.S(ctx, d.Name)})
	}
	return options
}

func grounds(ctx context.Context) []ui.Option {
	options := []ui.Option{{Text: ui.T(ctx, "publishing.adults_no")}}
	for _, g := range event.Grounds {
		options = append(options, ui.Option{Value: string(g), Text: ui.T(ctx, "event.ground."+string(g))})
	}
	return options
}

// text is a text of the form; hint is a key, empty for none.
func (v formView) text(ctx context.Context, name, hint string) ui.TextProps {
	f, _ := event.Form().Of(name)
	p := ui.TextProps{
		Name: name, Label: ui.T(ctx, f.Label), Value: v.Form.text(name), Problems: v.Problems, MaxLength: f.Limit,
	}
	if hint != "" {
		p.Hint = ui.T(ctx, hint)
	}
	switch {
	case f.Limit > event.MaxList:
		p.Rows = 8
	case f.Limit > event.MaxPlace:
		p.Rows = 3
	}
	return p
}

// input is a field of the form that has one input.
func (v formView) input(ctx context.Context, name string) ui.FieldProps {
	f, _ := event.Form().Of(name)
	return ui.FieldProps{
		Name: name, Label: ui.T(ctx, f.Label), Value: v.Form.get(name), Error: v.Problems[name],
		MaxLength: f.Limit,
	}
}

// texts are the names of the fields that are texts, in the order of the form.
func texts() (names []string) {
	for _, f := range event.Form() {
		if f.Text != nil {
			names = append(names, f.Name)
		}
	}
	return names
}

// shift is a field of the shift at i.
func (v formView) shift(ctx context.Context, i int, name, label, value string) ui.FieldProps {
	input := event.SlotField(i, name)
	return ui.FieldProps{Name: input, Label: ui.T(ctx, "publishing."+label), Value: value, Error: v.Problems[input]}
}

// shiftTitle is the title of the shift at i.
func (v formView) shiftTitle(ctx context.Context, i int, s shiftForm) ui.TextProps {
	return ui.TextProps{
		Name: event.SlotField(i, "title"), Label: ui.T(ctx, "publishing.shift_title"), Value: s.Title,
		Problems: v.Problems,
	}
}

// opened reports whether a part of the form that is folded away stands open: one of its inputs is filled
// in or has a problem.
func (v formView) opened(inputs ...string) bool {
	return slices.ContainsFunc(inputs, func(name string) bool {
		return v.Form.get(name) != "" ||
			v.Problems[name] != ""
	})
}

// openedIn is opened for texts in some languages.
func (v formView) openedIn(langs []i18n.Lang, names ...string) bool {
	for _, name := range names {
		for _, l := range langs {
			if v.opened(name + "_" + string(l)) {
				return true
			}
		}
	}
	return false
}

// shiftOpened is opened for the role and age of the shift at i.
func (v formView) shiftOpened(i int, s shiftForm) bool {
	return !s.Title.IsZero() || s.MinAge != "" ||
		slices.ContainsFunc(append(ui.TextInputs("title"), "min_age"), func(name string) bool {
			return v.Problems[event.SlotField(i, name)] != ""
		})
}

// windowOpened is opened for the sign-up window; the city's own cut-off does not open it.
func (v formView) windowOpened(ctx context.Context) bool {
	return v.opened("opens_day", "opens_hour", "closes_day", "closes_hour") || v.Problems["cutoff_minutes"] != "" ||
		v.Form.get("cutoff_minutes") != strconv.Itoa(ui.From(ctx).City.Rules.CutoffMinutes)
}

func (v formView) cohost(id int64) bool { return slices.Contains(v.Form.Cohosts, field.ShowID(id)) }

// taken is how many places of a published shift are taken.
func (v formView) taken(s shiftForm) int {
	for _, h := range v.Event.Shifts {
		if field.ShowID(h.ID) == s.ID {
			return h.Confirmed + h.Held
		}
	}
	return 0
}

// order is the inputs in the order of the page.
func (v formView) order() []string { return inputOrder(len(v.rows())) }

// inputOrder is the inputs of a form with so many shifts, in its order.
func inputOrder(rows int) (names []string) {
	for _, name := range event.Form().Order() {
		names = append(names, name)
		if name != "shifts" {
			continue
		}
		for i := range rows {
			for _, n := range shiftInputs {
				names = append(names, event.SlotField(i, n))
			}
		}
	}
	return names
}

// problem is one thing to do, with the field where it is done.
type problem struct{ Field, Text string }

// problems are an event's problems in the order of its form, each with its field's name.
func problems(ctx context.Context, wrong map[string]string, order []string, shifts int) (list []problem) {
	for _, name := range order {
		if key, ok := wrong[name]; ok {
			list = append(list, problem{name, inputLabel(ctx, name, shifts) + ": " + ui.Lower(ui.T(ctx, key))})
		}
	}
	return list
}

// inputLabel is the name of an input as its problems say it, with its language or shift.
func inputLabel(ctx context.Context, name string, shifts int) string {
	rest, ok := strings.CutPrefix(name, "shift[")
	if !ok {
		f, _ := event.Form().Of(name)
		return ui.LabelIn(ctx, ui.T(ctx, f.Label), name)
	}
	n, input, _ := strings.Cut(rest, "].")
	label := input
	switch {
	case input == "min_age":
		label = "shift_age"
	case strings.HasPrefix(input, "title_"):
		label = "shift_title"
	}
	label = ui.LabelIn(ctx, ui.T(ctx, "publishing."+label), input)
	if shifts > 1 {
		i, _ := strconv.Atoi(n)
		return ui.T(ctx, "publishing.shift_n", "n", i+1) + ", " + ui.Lower(label)
	}
	return label
}

// display is a field's value as a person reads it.
func (v formView) display(ctx context.Context, name, value string) string {
	named := func(list []org.Org, s string) string {
		for _, o := range list {
			if field.ShowID(o.ID) == s {
				return ui.S(ctx, o.Name)
			}
		}
		return s
	}
	switch {
	case value == "":
		return ui.T(ctx, "publishing.nothing")
	case name == "org":
		return named(v.Orgs, value)
	case name == "cohosts":
		var names []string
		for _, s := range strings.Fields(value) {
			names = append(names, named(v.Orgs, s))
		}
		return strings.Join(names, ", ")
	case name == "campaign":
		for _, c := range v.Campaigns {
			if field.ShowID(c.ID) == value {
				return ui.S(ctx, c.Name)
			}
		}
	case name == "adults_only":
		return ui.T(ctx, "event.ground."+value)
	case name == "district":
		if d, ok := ui.From(ctx).City.District(value); ok {
			return ui.S(ctx, d.Name)
		}
	}
	return value
}

// ageLimit is what a limit says.
func ageLimit(ctx context.Context, x event.AgeLimit) string {
	key := "publishing.excludes_" + string(x.Cause)
	if x.Some && x.Cause == event.TooYoung {
		key += "_some"
	}
	return ui.T(ctx, key, "age", x.Age)
}

// eventView is an event's own place at the desk.
type eventView struct {
	Event    event.ManagedEvent
	Problems map[string]string // of publishing it, by field
	Stale    bool              // somebody has changed it meanwhile
	Key      string            // of the form that duplicates it: sent twice, it makes one
}

// state is how far the event has come: a key's last part and a tone.
func (v eventView) state(ctx context.Context) (name, tone, icon string) {
	return deskui.EventState(ctx, v.Event.State, v.Event.EndsAt, v.Event.ClosedAt, v.Event.Imported)
}

// changeable reports whether the form still has something to change.
func (v eventView) changeable(ctx context.Context) bool {
	return !v.Event.State.Public() || v.Event.State == event.Published && ui.From(ctx).Now.Before(v.Event.EndsAt)
}

func (v eventView) problems(ctx context.Context) []problem {
	n := len(v.Event.Slots)
	return problems(ctx, v.Problems, inputOrder(max(1, n)), n)
}

// publishText says what the button does: whose events the headquarters does not know yet go to
// its review, unless its own staff publish them.
func publishText(ctx context.Context, trusted bool) string {
	if trusted || ui.From(ctx).Actor.Can(account.RunAllEvents) {
		return ui.T(ctx, "publishing.publish")
	}
	return ui.T(ctx, "publishing.submit")
}

// shiftName is the shift's own title, or its hours.
func shiftName(ctx context.Context, s event.Shift) string {
	when := ui.P(ctx).Day(s.StartsAt, ui.From(ctx).Now) + ", " + ui.P(ctx).Span(s.StartsAt, s.EndsAt)
	if s.Title == (i18n.Text{}) {
		return when
	}
	return ui.S(ctx, s.Title) + ", " + when
}

// confirmView is what a change of a published event does to those who are in, before it is done.
type confirmView struct {
	Event  event.ManagedEvent
	Effect signup.Effect
	Hidden []hiddenField // the form
	Again  bool          // it concerns somebody more than it did a moment ago
}

// hiddenField is a value of the form that goes along.
type hiddenField struct{ Name, Value string }

// told is the sentence of who is told of what.
func (v confirmView) told(ctx context.Context) string {
	has := func(f string) bool { return slices.Contains(v.Effect.Fields, f) }
	key := "told"
	switch {
	case has("time") && (has("place") || has("title")) || has("place") && has("title"):
		key = "told"
		if has("time") && has("place") && !has("title") {
			key = "told_many"
		}
	case has("time"):
		key = "told_time"
	case has("place"):
		key = "told_place"
	case has("title"):
		key = "told_title"
	}
	return ui.T(ctx, "publishing."+key, "n", v.Effect.Told)
}

// affected are those whose sign-up the change ends (lose), makes await consent, or moves
// otherwise.
func (v confirmView) affected(lose, consent bool) (list []signup.Affected) {
	for _, a := range v.Effect.Affected {
		if (a.To == signup.Cancelled) == lose && (a.To == signup.AwaitingConsent) == consent {
			list = append(list, a)
		}
	}
	return list
}

// why is the first reason why somebody may not have a place.
func (v confirmView) why(ctx context.Context, a signup.Affected) string {
	for _, r := range a.Reasons {
		if r.NeedsConsent() != (a.To == signup.AwaitingConsent) {
			continue
		}
		rules := ui.From(ctx).City.Rules
		hour := func(h int) string { return strconv.Itoa(h) + ":00" }
		return ui.T(ctx, "event.refusal."+string(r.Cause)+"_title", "age", r.Age, "n", r.Age, "from",
			hour(rules.NightFrom), "to", hour(rules.NightTo))
	}
	return ""
}

// hosted reports whether the actor may make something of the event.
func (v eventView) hosted(ctx context.Context) bool { return v.Event.HostedBy(ui.From(ctx).Actor) }

// seriesHref is the list of the series to which an event belongs.
func (v eventView) seriesHref(ctx context.Context) string {
	return link.DeskEvents(ui.L(ctx), event.DeskQuery{Series: v.Event.SeriesID}.Values())
}

// kkRU are the languages that an event is written in; English is optional and stands apart.
var kkRU = []i18n.Lang{i18n.KK, i18n.RU}

// half is the day or the hour of a moment.
func (v formView) half(ctx context.Context, input, label, kind string) ui.FieldProps {
	return ui.FieldProps{
		Name: input, Label: ui.T(ctx, label), Type: kind, Value: v.Form.get(input),
		Error: v.Problems[input],
	}
}

func kindOf(p ui.FieldProps, kind string) ui.FieldProps { p.Type = kind; return p }

func phone(p ui.FieldProps) ui.FieldProps { p.Type, p.Inputmode = "tel", "tel"; return p }

func digits(p ui.FieldProps) ui.FieldProps {
	p.Inputmode, p.MaxLength, p.Narrow = "numeric", 6, "8"
	return p
}
