package events

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/event"
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
	Excludes  []event.AgeLimit
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
		options = append(options, ui.Option{Value: number(o.ID), Text: ui.S(ctx, o.Name)})
	}
	return options
}

func (v formView) campaigns(ctx context.Context) (options []ui.Option) {
	if v.Form.Campaign == "" {
		options = append(options, ui.Option{Text: ui.T(ctx, "publishing.choose")})
	}
	for _, c := range v.Campaigns {
		options = append(options, ui.Option{Value: number(c.ID), Text: ui.S(ctx, c.Name)})
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

// text is a field of one of the form's texts; name ends in its language.
func (v formView) text(ctx context.Context, name, value string, limit int) ui.FieldProps {
	label := ""
	for _, f := range eventFields {
		if f.name == name {
			label = ui.T(ctx, f.label)
		}
	}
	return ui.FieldProps{Name: name, Label: label + tongue(ctx, name), Value: value, Error: v.Problems[name], MaxLength: limit}
}

// list is text for a longer one, with a hint.
func (v formView) list(ctx context.Context, name, value string, limit int, hint string) ui.FieldProps {
	p := v.text(ctx, name, value, limit)
	p.Hint = ui.T(ctx, hint)
	return p
}

// shift is a field of the shift at i.
func (v formView) shift(ctx context.Context, i int, name, label, value string) ui.FieldProps {
	field := event.SlotField(i, name)
	return ui.FieldProps{Name: field, Label: ui.T(ctx, "publishing."+label) + tongue(ctx, name), Value: value, Error: v.Problems[field]}
}

// opened reports whether a part that is folded away stands open: something in it is filled in or
// needs another look.
func (v formView) opened(values []string, names ...string) bool {
	for _, s := range values {
		if s != "" {
			return true
		}
	}
	for _, n := range names {
		if v.Problems[n] != "" {
			return true
		}
	}
	return false
}

func (v formView) cohost(id int64) bool { return slices.Contains(v.Form.Cohosts, number(id)) }

// ruled is what the window holds unless it is the house's own: the cut-off of a new event is.
func (v formView) window(ctx context.Context) []string {
	values := []string{v.Form.OpensDay, v.Form.OpensHour, v.Form.ClosesDay, v.Form.ClosesHour}
	if v.Form.Cutoff != strconv.Itoa(ui.From(ctx).City.Rules.CutoffMinutes) {
		values = append(values, v.Form.Cutoff)
	}
	return values
}

// taken is how many places of a published shift are taken.
func (v formView) taken(s shiftForm) int {
	for _, h := range v.Event.Shifts {
		if number(h.ID) == s.ID {
			return h.Confirmed + h.Held
		}
	}
	return 0
}

// order is the fields in the order of the page.
func (v formView) order() (names []string) {
	for _, f := range eventFields {
		names = append(names, f.name)
		if f.name == "shifts" {
			for i := range v.rows() {
				for _, n := range []string{"day", "from", "to", "capacity", "title_kk", "title_ru", "title_en", "min_age"} {
					names = append(names, event.SlotField(i, n))
				}
			}
		}
	}
	return names
}

// problem is one thing to do, with the field where it is done.
type problem struct{ Field, Text string }

// problems are what stands against an event in the order of its form, each with its field's name.
func problems(ctx context.Context, wrong map[string]string, order []string, shifts int) (list []problem) {
	for _, name := range order {
		if key, ok := wrong[name]; ok {
			list = append(list, problem{name, fieldLabel(ctx, name, shifts) + ": " + lower(ui.T(ctx, key))})
		}
	}
	return list
}

// display is a field's value as a person reads it.
func (v formView) display(ctx context.Context, name, value string) string {
	named := func(list []org.Org, s string) string {
		for _, o := range list {
			if number(o.ID) == s {
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
			if number(c.ID) == value {
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

// excluded is what an exclusion says.
func excluded(ctx context.Context, x event.AgeLimit) string {
	key := "publishing.excludes_" + string(x.Cause)
	if x.Some && x.Cause == event.TooYoung {
		key += "_some"
	}
	return ui.T(ctx, key, "age", x.Age)
}

// eventView is an event's own place at the desk.
type eventView struct {
	Event    event.ManagedEvent
	Problems map[string]string // what stands against publication
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
	form := formView{Form: eventForm{Shifts: make([]shiftForm, len(v.Event.Slots))}}
	return problems(ctx, v.Problems, form.order(), len(v.Event.Slots))
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

// why is the first thing that stands against somebody.
func (v confirmView) why(ctx context.Context, a signup.Affected) string {
	for _, r := range a.Reasons {
		if r.NeedsConsent() != (a.To == signup.AwaitingConsent) {
			continue
		}
		rules := ui.From(ctx).City.Rules
		hour := func(h int) string { return strconv.Itoa(h) + ":00" }
		return ui.T(ctx, "event.refusal."+string(r.Cause)+"_title", "age", r.Age, "n", r.Age, "from", hour(rules.NightFrom), "to", hour(rules.NightTo))
	}
	return ""
}

// hosted reports whether the actor may make something of the event.
func (v eventView) hosted(ctx context.Context) bool { return v.Event.HostedBy(ui.From(ctx).Actor) }

// seriesHref is the list of the series to which an event belongs.
func (v eventView) seriesHref(ctx context.Context) string {
	return link.DeskEvents(ui.L(ctx), event.DeskQuery{Series: v.Event.SeriesID}.Values())
}
