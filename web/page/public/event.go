package public

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
	"shtab/web/link"
	"shtab/web/ui"
)

// EventView is one event as one person sees it.
type EventView struct {
	Event     event.Full
	Choices   []Choice
	Chosen    int64 // the shift chosen before signing in, or just asked for
	Signed    bool
	Guardians []string // of a reader whose sign-up waits for one: who was asked
}

// Choice is one shift and where the reader stands in it; nil for a visitor.
type Choice struct {
	Shift    event.Shift
	Standing *signup.Standing
}

// offer is what a reader can do about one shift now.
type offer string

const (
	offerJoin    offer = "join"    // take a place
	offerQueue   offer = "queue"   // stand in the queue
	offerTake    offer = "take"    // the queue no longer moves and a place is free
	offerIn      offer = "in"      // confirmed
	offerWaiting offer = "waiting" // in the queue
	offerConsent offer = "consent" // a guardian is asked
	offerRefused offer = "refused" // something stands against it
	offerFull    offer = "full"    // no place, and the queue no longer moves
	offerPast    offer = "past"    // the shift is over, or never will be
)

func (v EventView) offer(ctx context.Context, c Choice) offer {
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
	against := v.against(ctx, c)
	switch {
	case e.State == event.Cancelled || !now.Before(s.EndsAt):
		return offerPast
	case event.Blocks(against):
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

// against is what stands against the reader's having a place; of a visitor nothing is known, so
// only the event and the window speak. What merely waits goes unsaid where the answer is no.
func (v EventView) against(ctx context.Context, c Choice) []event.Reason {
	if c.Standing != nil {
		if event.Blocks(c.Standing.Reasons) {
			return slices.DeleteFunc(slices.Clone(c.Standing.Reasons), event.Reason.NeedsConsent)
		}
		return c.Standing.Reasons
	}
	var about []event.Reason
	city, now := ui.From(ctx).City, ui.From(ctx).Now
	e := v.Event.Event
	if v.preview() {
		e.State = event.Published
	}
	for _, r := range event.Check(event.Candidate{BirthDate: now.AddDate(-40, 0, 0)}, e, c.Shift, city.Rules, city.Location(), now) {
		switch r.Cause {
		case event.EventCancelled, event.EventOver, event.SignupClosed, event.SignupNotOpen:
			about = append(about, r)
		}
	}
	return about
}

// preview reports whether the event is not published yet: those who run it see the page as
// visitors will, with nothing to press.
func (v EventView) preview() bool { return !v.Event.State.Public() }

func (v EventView) simple() bool { return len(v.Choices) == 1 }

// past reports whether the whole event is over.
func (v EventView) past(ctx context.Context) bool {
	return !v.Event.EndsAt.IsZero() && !ui.From(ctx).Now.Before(v.Event.EndsAt)
}

// best is the choice that the bar at the bottom of a phone speaks of, and what it offers:
// the one the reader is in, or the only one.
func (v EventView) best(ctx context.Context) (Choice, offer, bool) {
	for _, c := range v.Choices {
		if o := v.offer(ctx, c); o == offerIn {
			return c, o, true
		}
	}
	if v.simple() {
		return v.Choices[0], v.offer(ctx, v.Choices[0]), true
	}
	return Choice{}, "", false
}

// open reports whether any of several shifts can be asked for.
func (v EventView) open(ctx context.Context) bool {
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
func (v EventView) ages() int {
	least := 0
	for i, c := range v.Choices {
		a := max(v.Event.MinAge, c.Shift.MinAge)
		if i == 0 || a < least {
			least = a
		}
	}
	return least
}

func (v EventView) night(ctx context.Context) bool {
	city := ui.From(ctx).City
	for _, c := range v.Choices {
		if event.AtNight(c.Shift.StartsAt, c.Shift.EndsAt, city.Rules, city.Location()) {
			return true
		}
	}
	return false
}

// way is one refusal with the way on from it.
type way struct {
	Icon, Title, Text, Action, Href string
}

func (v EventView) way(ctx context.Context, r event.Reason) way {
	l, p := ui.L(ctx), ui.P(ctx)
	younger := func() string {
		return link.Events(l, url.Values{"age": {strconv.Itoa(max(1, r.Age-1))}, "open": {"1"}})
	}
	say := func(icon string, args ...any) way {
		k := "event.against." + string(r.Cause)
		return way{
			Icon: icon, Title: ui.T(ctx, k+"_title", args...), Text: ui.T(ctx, k+"_text", args...),
			Action: ui.T(ctx, "event.others"), Href: openEvents(ctx),
		}
	}
	w := way{}
	switch r.Cause {
	case event.SignupNotOpen:
		w = say("clock", "when", p.Moment(r.At, ui.From(ctx).Now))
	case event.SignupClosed:
		w = say("clock", "when", p.Moment(r.At, ui.From(ctx).Now))
	case event.AdultsOnly:
		w = say("info", "age", r.Age)
		w.Text = ui.T(ctx, "event.ground."+string(r.Ground)) + " " + w.Text
		w.Action, w.Href = ui.T(ctx, "event.younger", "age", r.Age), younger()
	case event.TooYoung:
		w = say("info", "age", r.Age)
		w.Action, w.Href = ui.T(ctx, "event.younger", "age", r.Age), younger()
	case event.Night:
		rules := ui.From(ctx).City.Rules
		w = say("moon", "age", r.Age, "from", ui.Hour(rules.NightFrom), "to", ui.Hour(rules.NightTo))
		w.Action, w.Href = "", ""
	case event.Clash:
		w = say("calendar", "title", ui.S(ctx, r.Other.Title), "when", p.Day(r.Other.StartsAt, ui.From(ctx).Now)+", "+p.Span(r.Other.StartsAt, r.Other.EndsAt))
		w.Action, w.Href = ui.T(ctx, "event.clash_other"), link.EventShift(l, r.Other.EventID, r.Other.ShiftID)
	case event.TooMany:
		w = say("ticket", "n", r.Age)
		w.Action, w.Href = ui.T(ctx, "event.mine"), link.Me(l)
	case event.NoShows:
		w = say("ticket", "n", r.Age)
		w.Action, w.Href = ui.T(ctx, "event.mine"), link.Me(l)+"#missed"
	case event.ConsentNeeded:
		w = say("people", "age", r.Age)
		w.Action, w.Href = "", ""
	case event.EventCancelled:
		w = say("x")
		w.Action, w.Href = ui.T(ctx, "event.campaign_events"), link.Events(l, url.Values{"campaign": {v.Event.Campaign.Slug}})
	default:
		w = say("clock")
	}
	return w
}

func (v EventView) page(ctx context.Context) ui.Page {
	e := v.Event
	p := ui.Page{
		Title: ui.S(ctx, e.Title), Section: "events", Public: e.State.Public(), Type: "article",
		Description: ui.T(ctx, "event.about_text", "when", ui.P(ctx).Moment(e.StartsAt, ui.From(ctx).Now), "place", ui.S(ctx, e.Place), "summary", ui.S(ctx, e.Summary)),
	}
	if p.Public {
		p.JSONLD = v.schema(ctx)
	}
	return p
}

// schema is the event as schema.org has it.
func (v EventView) schema(ctx context.Context) map[string]any {
	e, view, zone := v.Event, ui.From(ctx), ui.P(ctx).Zone()
	free := 0
	for _, c := range v.Choices {
		free += c.Shift.Free()
	}
	status, stock := "EventScheduled", "InStock"
	if e.State == event.Cancelled {
		status = "EventCancelled"
	}
	if free == 0 {
		stock = "SoldOut"
	}
	here := view.BaseURL + link.Event(ui.L(ctx), e.ID)
	place := map[string]any{
		"@type": "Place", "name": ui.S(ctx, e.Place),
		"address": map[string]any{"@type": "PostalAddress", "streetAddress": ui.S(ctx, e.Place), "addressLocality": ui.S(ctx, view.City.Name)},
	}
	if e.Lat != nil && e.Lng != nil {
		place["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": *e.Lat, "longitude": *e.Lng}
	}
	data := map[string]any{
		"@context": "https://schema.org", "@type": "Event",
		"name": ui.S(ctx, e.Title), "description": ui.S(ctx, e.Summary), "url": here, "inLanguage": string(ui.L(ctx)),
		"startDate": e.StartsAt.In(zone).Format(time.RFC3339), "endDate": e.EndsAt.In(zone).Format(time.RFC3339),
		"eventStatus": "https://schema.org/" + status, "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
		"location": place, "isAccessibleForFree": true, "image": view.BaseURL + ui.Asset(ctx, "img/share.png"),
		"organizer": map[string]any{"@type": "Organization", "name": ui.S(ctx, e.Org.Name), "url": view.BaseURL + link.Organization(ui.L(ctx), e.Org.Slug)},
		"offers":    map[string]any{"@type": "Offer", "price": 0, "priceCurrency": "KZT", "availability": "https://schema.org/" + stock, "url": here},
	}
	if age := v.ages(); e.AdultsOnly != "" {
		data["typicalAgeRange"] = strconv.Itoa(view.City.Rules.AdultAge) + "-"
	} else if age > 0 {
		data["typicalAgeRange"] = strconv.Itoa(age) + "-"
	}
	return data
}

// shiftName is the shift's own title, or its time where it has none.
func shiftName(ctx context.Context, s event.Shift) string {
	if s.Title != (i18n.Text{}) {
		return ui.S(ctx, s.Title)
	}
	return ui.P(ctx).Span(s.StartsAt, s.EndsAt)
}
