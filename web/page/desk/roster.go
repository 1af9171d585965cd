package desk

import (
	"context"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/link"
	"shtab/web/ui"
)

// RosterView is the list of an event's people, and the form that adds one.
type RosterView struct {
	Event    roster.Event
	Filter   roster.Filter
	People   []roster.Person
	More     bool // there is a next page
	Email    string
	AddTo    int64 // the shift chosen in the form
	Problems map[string]string
	Refused  []event.Reason // what stands against who was to be added
}

// page is the list's address with the filter changed; who turns the filter is on the first page.
func (v RosterView) page(ctx context.Context, change func(*roster.Filter)) string {
	f := v.Filter
	f.Page = 1
	change(&f)
	return link.DeskRosterOf(ui.L(ctx), v.Event.ID, f.Values())
}

func (v RosterView) stated(ctx context.Context, s signup.State) string {
	return v.page(ctx, func(f *roster.Filter) { f.State = s })
}

func (v RosterView) shifted(ctx context.Context, id int64) string {
	return v.page(ctx, func(f *roster.Filter) { f.Shift = id })
}

func (v RosterView) next(ctx context.Context) string {
	if !v.More {
		return ""
	}
	return v.page(ctx, func(f *roster.Filter) { f.Page = v.Filter.Page + 1 })
}

// count is how many people the filter's other terms leave in a state.
func (v RosterView) count(s signup.State) int {
	t := v.Event.Totals(v.Filter.Shift)
	return map[signup.State]int{
		"": t.Confirmed + t.Waiting + t.Awaiting, signup.Confirmed: t.Confirmed, signup.Waitlisted: t.Waiting,
		signup.AwaitingConsent: t.Awaiting, signup.Cancelled: t.Cancelled,
	}[s]
}

// filters is every state that can be asked for, all who are in first.
var filters = append([]signup.State{""}, roster.States...)

func filterText(ctx context.Context, s signup.State) string {
	if s == "" {
		return ui.T(ctx, "roster.filter.in")
	}
	return ui.T(ctx, "roster.filter."+string(s))
}

// adding reports whether the form stands open.
func (v RosterView) adding() bool { return len(v.Problems) > 0 || len(v.Refused) > 0 }

// shiftOptions is a choice of shifts for a form; all, if not empty, stands first for every one.
func shiftOptions(ctx context.Context, e roster.Event, all string) (options []ui.Option) {
	if all != "" {
		options = append(options, ui.Option{Value: "0", Text: all})
	}
	for _, s := range e.Shifts {
		options = append(options, ui.Option{Value: strconv.FormatInt(s.ID, 10), Text: shiftText(ctx, s.Title, s.StartsAt, s.EndsAt)})
	}
	return options
}

// PersonView is one sign-up, with what can be done about it.
type PersonView struct {
	Event    roster.Event
	Person   roster.Person
	Why      signup.Removal
	Problems map[string]string
	Refused  []event.Reason // what stands against what was to be done
}

// others is the event's shifts that the person may be moved to.
func (v PersonView) others(ctx context.Context) (others []roster.Shift) {
	for _, s := range v.Event.Shifts {
		if s.ID != v.Person.ShiftID && s.EndsAt.After(ui.From(ctx).Now) {
			others = append(others, s)
		}
	}
	return others
}

// open reports whether anything can be done about the sign-up any more.
func (v PersonView) open(ctx context.Context) bool {
	return v.Event.State == event.Published && v.Person.EndsAt.After(ui.From(ctx).Now)
}

// shiftText is a shift's title, if it has one, and its time.
func shiftText(ctx context.Context, title i18n.Text, from, to time.Time) string {
	when := ui.P(ctx).DayMonth(from) + ", " + ui.P(ctx).Span(from, to)
	if t := ui.S(ctx, title); t != "" {
		return t + ", " + when
	}
	return when
}

// personState is how far somebody has come, in words.
func personState(ctx context.Context, p roster.Person) string {
	switch {
	case p.State == signup.Waitlisted:
		return ui.T(ctx, "roster.state.waitlisted", "position", p.Position)
	case p.State == signup.Cancelled && p.Cause == signup.ByOrganiser && p.Reason != "":
		return ui.T(ctx, "roster.removed."+p.Reason)
	case p.State == signup.Cancelled:
		return ui.T(ctx, "roster.cancelled."+string(p.Cause))
	}
	return ui.T(ctx, "roster.state."+string(p.State))
}

// stateLook is the tone and the icon of a state, so that colour does not stand alone.
func stateLook(s signup.State) (tone, icon string) {
	switch s {
	case signup.Confirmed:
		return "good", "check"
	case signup.Waitlisted:
		return "warn", "clock"
	case signup.AwaitingConsent:
		return "warn", "hourglass"
	default:
		return "", "x"
	}
}

func consentLook(c roster.Consent) (tone, icon string) {
	if c == roster.Missing {
		return "bad", "alert"
	}
	return "", "check"
}

func ageText(ctx context.Context, a roster.Age) string {
	switch {
	case a.From == 0:
		return ui.T(ctx, "roster.age.under", "age", a.To)
	case a.To == 0:
		return ui.T(ctx, "roster.age.from", "age", a.From)
	}
	return ui.T(ctx, "roster.age.span", "from", a.From, "to", a.To-1)
}

// against are the causes that the roster has words of its own for.
var against = map[event.Cause]bool{
	event.EventCancelled: true, event.EventOver: true, event.AdultsOnly: true, event.TooYoung: true,
	event.Night: true, event.Clash: true, event.TooMany: true, event.NoShows: true, event.ConsentNeeded: true,
}

// againstText is what stands against somebody, in a coordinator's words. What else the person is
// signed up for stays theirs.
func againstText(ctx context.Context, r event.Reason) string {
	if !against[r.Cause] {
		return ui.T(ctx, "roster.against.rule")
	}
	return ui.T(ctx, "roster.against."+string(r.Cause), "age", r.Age)
}

// tel is a phone as a link takes it.
func tel(phone string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r == '+' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// PrintView is the list on paper.
type PrintView struct {
	Event  roster.Event
	People []roster.Person // shift by shift
	Shift  int64           // 0: all
}

// of is who stands on the sheet of a shift.
func (v PrintView) of(shift int64) (of []roster.Person) {
	for _, p := range v.People {
		if p.ShiftID == shift {
			of = append(of, p)
		}
	}
	return of
}

// walkIns is how many empty lines a sheet ends with.
const walkIns = 8

// MessagesView is the messages of an event, and the form of the next one.
type MessagesView struct {
	Event    roster.Event
	Draft    roster.Draft
	Sent     []roster.Message
	Left     int // messages that may still be sent today
	Readers  int // of the draft; 0: it is still being written
	Closed   bool
	Problems map[string]string
}

var messageFields = []string{"audience", "subject_kk", "body_kk", "subject_ru", "body_ru", "subject_en", "body_en"}

func audienceText(ctx context.Context, audience string) string {
	return ui.T(ctx, "message.audience."+audience)
}

func audienceOptions(ctx context.Context) (options []ui.Option) {
	for _, a := range roster.Audiences {
		options = append(options, ui.Option{Value: a, Text: audienceText(ctx, a)})
	}
	return options
}

// phoneColumns is how many columns of a sheet hold phones: one, while they may be seen.
func phoneColumns(e roster.Event) int {
	if e.Phones {
		return 1
	}
	return 0
}
