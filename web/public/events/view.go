package events

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/ui"
)

// eventView is one event as one person sees it.
type eventView struct {
	Event     event.Full
	Choices   []shiftChoice
	Chosen    int64 // the shift chosen before signing in, or just asked for
	Signed    bool
	Guardians []string // of a reader whose sign-up waits for one: who was asked
}

// shiftChoice is one shift and the reader's sign-up in it; nil for a visitor.
type shiftChoice struct {
	Shift    event.Shift
	Standing *signup.Standing
}

// offer is what a reader can do about a shift now, or what they have done.
type offer string

const (
	offerJoin    offer = "join"    // take a place
	offerQueue   offer = "queue"   // stand in the queue
	offerTake    offer = "take"    // the queue no longer moves and a place is free
	offerIn      offer = "in"      // confirmed
	offerWaiting offer = "waiting" // in the queue
	offerConsent offer = "consent" // a guardian is asked
	offerRefused offer = "refused" // something blocks it: reasons
	offerFull    offer = "full"    // no place, and the queue no longer moves
	offerPast    offer = "past"    // the shift is over, or never will be
)

func (v eventView) offer(ctx context.Context, c shiftChoice) offer {
	now, e, s := ui.From(ctx).Now, v.Event.Event, c.Shift
	late := !now.Before(e.Cutoff(s))
	if v.preview() {
		e.State = event.Published
	}
	if st := c.Standing; st != nil {
		switch {
		case e.State == event.Cancelled:
			return offerPast
		case st.State == signup.Confirmed:
			return offerIn
		case st.State == signup.AwaitingConsent && now.Before(s.EndsAt):
			return offerConsent
		case st.State == signup.Waitlisted && late && s.Free() > 0 && len(st.Reasons) == 0:
			return offerTake
		case st.State == signup.Waitlisted && now.Before(s.EndsAt):
			return offerWaiting
		}
	}
	reasons := v.reasons(ctx, c)
	switch {
	case e.State == event.Cancelled || !now.Before(s.EndsAt):
		return offerPast
	case event.Blocks(reasons):
		return offerRefused
	case s.Free() > 0 && late && s.Waiting > 0:
		return offerTake
	case s.Free() > 0:
		return offerJoin
	case late:
		return offerFull
	default:
		return offerQueue
	}
}

// reasons is why the reader cannot have a place. Of a visitor nothing is known: only what is so for
// everybody is said. That a consent is needed goes unsaid where the answer is no anyway.
func (v eventView) reasons(ctx context.Context, c shiftChoice) []event.Reason {
	if c.Standing != nil {
		if event.Blocks(c.Standing.Reasons) {
			return slices.DeleteFunc(slices.Clone(c.Standing.Reasons), event.Reason.NeedsConsent)
		}
		return c.Standing.Reasons
	}
	var general []event.Reason
	city, now := ui.From(ctx).City, ui.From(ctx).Now
	e := v.Event.Event
	if v.preview() {
		e.State = event.Published
	}
	for _, r := range event.Check(
		event.Candidate{BirthDate: now.AddDate(-40, 0, 0)}, e, c.Shift, city.Rules, city.Location(), now,
	) {
		switch r.Cause {
		case event.EventCancelled, event.EventOver, event.SignupClosed, event.SignupNotOpen:
			general = append(general, r)
		}
	}
	return general
}

// preview reports whether the event is not published yet: those who run it see the page as
// visitors will, with nothing to press.
func (v eventView) preview() bool { return !v.Event.State.Public() }

func (v eventView) simple() bool { return len(v.Choices) == 1 }

// past reports whether the whole event is over.
func (v eventView) past(ctx context.Context) bool {
	return !v.Event.EndsAt.IsZero() && !ui.From(ctx).Now.Before(v.Event.EndsAt)
}

// best is the choice that the bar at the bottom of a phone speaks of, and what it offers:
// the one the reader is in, or the only one.
func (v eventView) best(ctx context.Context) (shiftChoice, offer, bool) {
	for _, c := range v.Choices {
		if o := v.offer(ctx, c); o == offerIn {
			return c, o, true
		}
	}
	if v.simple() {
		return v.Choices[0], v.offer(ctx, v.Choices[0]), true
	}
	return shiftChoice{}, "", false
}

// open reports whether any of several shifts can be asked for.
func (v eventView) open(ctx context.Context) bool {
	for _, c := range v.Choices {
		if o := v.offer(ctx, c); o == offerJoin || o == offerQueue || o == offerTake {
			return true
		}
	}
	return false
}

// press is the key of the button's words for an offer, empty when there is nothing to press.
func press(o offer) string {
	switch o {
	case offerJoin, offerQueue, offerTake:
		return "event.press_" + string(o)
	default:
		return ""
	}
}

// geo is the address that a phone's map opens.
func geo(ctx context.Context, e event.Event) string {
	if e.Lat == nil || e.Lng == nil {
		return ""
	}
	at := strconv.FormatFloat(*e.Lat, 'f', 6, 64) + "," + strconv.FormatFloat(*e.Lng, 'f', 6, 64)
	return "geo:" + at + "?q=" + at + "(" + strings.ReplaceAll(url.QueryEscape(ui.S(ctx, e.Place)), "+", "%20") + ")"
}

func districtName(ctx context.Context, slug string) string {
	if d, ok := ui.From(ctx).City.District(slug); ok {
		return ui.T(ctx, "event.district", "name", ui.S(ctx, d.Name))
	}
	return ""
}

// when is the day of the event, or its first and last.
func when(ctx context.Context, e event.Event) string {
	p, now := ui.P(ctx), ui.From(ctx).Now
	if e.StartsAt.IsZero() {
		return ui.T(ctx, "publishing.no_hours")
	}
	a, b := midnight(e.StartsAt, p.Zone()), midnight(e.EndsAt.Add(-time.Minute), p.Zone())
	if b.Sub(a) > 25*time.Hour {
		return p.DayMonth(a) + " – " + p.Day(b, now)
	}
	return p.Day(a, now)
}

func clock(ctx context.Context, e event.Event) string {
	p := ui.P(ctx)
	if e.StartsAt.IsZero() {
		return ""
	}
	if midnight(e.EndsAt, p.Zone()).Sub(midnight(e.StartsAt, p.Zone())) > 25*time.Hour {
		return ui.T(ctx, "event.from", "time", p.Clock(e.StartsAt))
	}
	return p.Span(e.StartsAt, e.EndsAt)
}

// ages says from how many years one may come: the least of the shifts'.
func (v eventView) ages() int {
	least := 0
	for i, c := range v.Choices {
		a := max(v.Event.MinAge, c.Shift.MinAge)
		if i == 0 || a < least {
			least = a
		}
	}
	return least
}

func (v eventView) night(ctx context.Context) bool {
	city := ui.From(ctx).City
	for _, c := range v.Choices {
		if event.AtNight(c.Shift.StartsAt, c.Shift.EndsAt, city.Rules, city.Location()) {
			return true
		}
	}
	return false
}

// shiftName is the shift's own title, or its time where it has none.
func shiftName(ctx context.Context, s event.Shift) string {
	if s.Title != (i18n.Text{}) {
		return ui.S(ctx, s.Title)
	}
	return ui.P(ctx).Span(s.StartsAt, s.EndsAt)
}
