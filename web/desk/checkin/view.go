package checkin

import (
	"context"
	"strconv"

	"shtab/internal/attendance"
	"shtab/internal/event"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is the check-in list of an event.
type listView struct {
	List     attendance.List
	Link     attendance.HelperLink // the helper's link that shows the list; zero at the desk
	Address  string                // of the list; its forms are sent there too
	Email    string                // of somebody to be added on the spot
	AddTo    int64                 // the shift chosen for them
	Problems map[string]string
	Refused  []event.Reason // why they cannot be added
}

// href is the list's address with the filter changed. It leads to the first page.
func (v listView) href(change func(*attendance.Filter)) string {
	f := v.List.Filter
	f.Page = 1
	change(&f)
	q := f.Values()
	if len(q) == 0 {
		return v.Address
	}
	return v.Address + "?" + q.Encode()
}

func (v listView) shiftHref(id int64) string {
	return v.href(func(f *attendance.Filter) { f.Shift = id })
}

func (v listView) nextHref() string {
	if !v.List.More {
		return ""
	}
	return v.href(func(f *attendance.Filter) { f.Page = v.List.Filter.Page + 1 })
}

// rowID is the id of a sign-up's row in the list.
func rowID(signup int64) string { return "p-" + strconv.FormatInt(signup, 10) }

// name is a person's name in the list: the family name first, but behind a helper's link, which shows only
// its first letter.
func (v listView) name(g attendance.Attendee) string {
	if v.Link.ID != 0 {
		return g.Name()
	}
	return g.FamilyName + " " + g.GivenName
}

// mayUndo reports whether a mark may be taken back where it is shown: through a helper's link only the
// link's own.
func mayUndo(link attendance.HelperLink, g attendance.Attendee) bool {
	return link.ID == 0 || g.LinkID == link.ID || g.CheckedInAt == nil
}

// status is the attendee's status now.
func (v listView) status(ctx context.Context, g attendance.Attendee) attendance.Status {
	return g.Status(ui.From(ctx).Now)
}

// waitingText says why somebody has no place yet.
func waitingText(ctx context.Context, s signup.State) string {
	return ui.T(ctx, "roster.filter."+string(s))
}

// scanView is what those who check people in see behind a ticket.
type scanView struct {
	Attendee attendance.Attendee
	By       attendance.Marker
	Mine     bool // they check in at that event; otherwise Attendee says only which event it is
	Just     bool // checked in by this very scan
	Action   string
}

// status is the attendee's status; empty for another event's ticket.
func (v scanView) status(ctx context.Context) attendance.Status {
	if !v.Mine {
		return ""
	}
	return v.Attendee.Status(ui.From(ctx).Now)
}

// look is the tone, the shape and the words of the answer, so that colour is never the only sign.
func (v scanView) look(ctx context.Context) (tone, icon, words string) {
	p, now := ui.P(ctx), ui.From(ctx).Now
	switch d := v.status(ctx); d {
	case "":
		return "bad", "x", ui.T(ctx, "checkin.scan.elsewhere")
	case attendance.Ready:
		return "", "ticket", ui.T(ctx, "checkin.scan.ready")
	case attendance.CheckedIn:
		if v.Just {
			return "good", "check", ui.T(ctx, "checkin.scan.in")
		}
		return "warn", "check", ui.T(ctx, "checkin.scan.already", "clock", p.Clock(*v.Attendee.CheckedInAt))
	case attendance.TooEarly:
		return "warn", "clock", ui.T(ctx, "checkin.scan.too_early", "when", p.Moment(v.Attendee.Opens(), now))
	case attendance.Waitlisted, attendance.AwaitingConsent:
		return "warn", "hourglass", ui.T(ctx, "checkin.scan."+string(d))
	default:
		return "bad", "x", ui.T(ctx, "checkin.scan."+string(d))
	}
}

// listHref is the list at the desk to which the scan belongs; empty for a helper, who goes back to the page
// of the link.
func (v scanView) listHref(ctx context.Context) string {
	if v.By.Link.ID != 0 || !v.Mine {
		return ""
	}
	return link.DeskCheckIn(ui.L(ctx), v.Attendee.EventID)
}

// secondOfDay is the time of day in the city, in seconds: the phone's own clock may be wrong.
func secondOfDay(ctx context.Context) int {
	v := ui.From(ctx)
	h, m, s := v.Now.In(v.City.Location()).Clock()
	return h*3600 + m*60 + s
}

// since is when somebody came; empty for those who have not.
func since(ctx context.Context, g attendance.Attendee) string {
	if g.CheckedInAt == nil {
		return ""
	}
	return ui.P(ctx).Clock(*g.CheckedInAt)
}

// open reports whether somebody can be added on the spot: from when check-in opens for the first shift until
// the end of the event.
func (v listView) open(ctx context.Context) bool {
	now := ui.From(ctx).Now
	return v.List.State == event.Published && v.List.ClosedAt == nil && len(v.List.Shifts) > 0 &&
		!now.Before(v.List.Opens()) && now.Before(v.List.EndsAt)
}

// addTo is the shift of whoever is added: the chosen one, the filter's, or the first that is not
// over.
func (v listView) addTo(ctx context.Context) int64 {
	if v.AddTo != 0 {
		return v.AddTo
	}
	if v.List.Filter.Shift != 0 {
		return v.List.Filter.Shift
	}
	for _, s := range v.List.Shifts {
		if ui.From(ctx).Now.Before(s.EndsAt) {
			return s.ID
		}
	}
	return 0
}

func (v listView) shiftOptions(ctx context.Context) (options []ui.Option) {
	for _, s := range v.List.Shifts {
		text := deskui.ShiftText(ctx, s.Title, s.StartsAt, s.EndsAt)
		options = append(options, ui.Option{Value: strconv.FormatInt(s.ID, 10), Text: text})
	}
	return options
}

// helperLinksView is an event's links for helpers, and the form of another.
type helperLinksView struct {
	Event    event.Head
	Links    []attendance.HelperLink
	URL      string // of the link just made: it is shown this once
	Label    string
	OpensAt  string // as typed
	ClosesAt string
	Key      string // the form's own: sent twice, it makes one link
	Problems map[string]string
}

// helperLinkFields are the form's fields in its order, for the summary of what is wrong.
var helperLinkFields = []string{"label", "opens_at", "closes_at"}
