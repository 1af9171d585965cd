package roster

import (
	"context"

	"shtab/internal/event"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is the list of an event's people, and the form that adds one.
type listView struct {
	Event    roster.Event
	Filter   roster.Filter
	People   []roster.Person
	More     bool // there is a next page
	Email    string
	AddTo    int64 // the shift chosen in the form
	Problems map[string]string
	Refused  []event.Reason // why somebody could not be added
}

// href is the list's address with the filter changed. It leads to the first page.
func (v listView) href(ctx context.Context, change func(*roster.Filter)) string {
	f := v.Filter
	f.Page = 1
	change(&f)
	return link.DeskRosterOf(ui.L(ctx), v.Event.ID, f.Values())
}

func (v listView) stateHref(ctx context.Context, s signup.State) string {
	return v.href(ctx, func(f *roster.Filter) { f.State = s })
}

func (v listView) shiftHref(ctx context.Context, id int64) string {
	return v.href(ctx, func(f *roster.Filter) { f.Shift = id })
}

func (v listView) nextHref(ctx context.Context) string {
	if !v.More {
		return ""
	}
	return v.href(ctx, func(f *roster.Filter) { f.Page = v.Filter.Page + 1 })
}

// count is how many people of the filtered shift are in a state.
func (v listView) count(s signup.State) int {
	t := v.Event.Totals(v.Filter.Shift)
	return map[signup.State]int{
		"": t.Confirmed + t.Waiting + t.Awaiting, signup.Confirmed: t.Confirmed, signup.Waitlisted: t.Waiting,
		signup.AwaitingConsent: t.Awaiting, signup.Cancelled: t.Cancelled,
	}[s]
}

// filters is every state that can be asked for; all who are not cancelled come first.
var filters = append([]signup.State{""}, roster.States...)

func filterText(ctx context.Context, s signup.State) string {
	if s == "" {
		return ui.T(ctx, "roster.filter.in")
	}
	return ui.T(ctx, "roster.filter."+string(s))
}

// adding reports whether the form that adds somebody is open.
func (v listView) adding() bool { return len(v.Problems) > 0 || len(v.Refused) > 0 }

// personView is one sign-up, with what can be done about it.
type personView struct {
	Event    roster.Event
	Person   roster.Person
	Why      signup.Removal
	Problems map[string]string
	Refused  []event.Reason // why it could not be done
}

// others is the event's shifts that the person may be moved to.
func (v personView) others(ctx context.Context) (others []roster.Shift) {
	for _, s := range v.Event.Shifts {
		if s.ID != v.Person.ShiftID && s.EndsAt.After(ui.From(ctx).Now) {
			others = append(others, s)
		}
	}
	return others
}

// open reports whether the sign-up can still be changed.
func (v personView) open(ctx context.Context) bool {
	return v.Event.State == event.Published && v.Person.EndsAt.After(ui.From(ctx).Now)
}

// personState is the state of somebody's sign-up, in words.
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

// consentLook is the tone and the icon of a consent.
func consentLook(c roster.Consent) (tone, icon string) {
	if c == roster.Missing {
		return "bad", "alert"
	}
	return "", "check"
}

// ageText is the age group of somebody, in words.
func ageText(ctx context.Context, a roster.Age) string {
	switch {
	case a.From == 0:
		return ui.T(ctx, "roster.age.under", "age", a.To)
	case a.To == 0:
		return ui.T(ctx, "roster.age.from", "age", a.From)
	}
	return ui.T(ctx, "roster.age.span", "from", a.From, "to", a.To-1)
}

// printView is the list on paper.
type printView struct {
	Event  roster.Event
	People []roster.Person // shift by shift
	Shift  int64           // 0: all
}

// inShift is who is printed on the sheet of a shift.
func (v printView) inShift(shift int64) (people []roster.Person) {
	for _, p := range v.People {
		if p.ShiftID == shift {
			people = append(people, p)
		}
	}
	return people
}

// emptyRows is how many empty rows a sheet ends with, for people who come without a sign-up.
const emptyRows = 8

// phoneColumns is how many columns of a sheet hold phones: one, while they may be seen.
func phoneColumns(e roster.Event) int {
	if e.Phones {
		return 1
	}
	return 0
}
