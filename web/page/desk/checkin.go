package desk

import (
	"context"
	"net/url"
	"strconv"

	"shtab/internal/attendance"
	"shtab/internal/event"
	"shtab/internal/signup"
	"shtab/web/desk/deskui"
	"shtab/web/link"
	"shtab/web/ui"
)

// CheckInView is the door's list of an event.
type CheckInView struct {
	List     attendance.List
	Door     attendance.Door // of a door link's page; its ID 0: at the desk
	Address  string          // of the list; its taps go there too
	Email    string          // of somebody to be added on the spot
	AddTo    int64
	Problems map[string]string
	Refused  []event.Reason // what stands against them
}

// page is the list's address with the filter changed; who turns it is on the first page.
func (v CheckInView) page(change func(*attendance.Filter)) string {
	f := v.List.Filter
	f.Page = 1
	change(&f)
	return v.filtered(f.Values())
}

func (v CheckInView) filtered(q url.Values) string {
	if len(q) == 0 {
		return v.Address
	}
	return v.Address + "?" + q.Encode()
}

func (v CheckInView) shifted(id int64) string {
	return v.page(func(f *attendance.Filter) { f.Shift = id })
}

func (v CheckInView) next() string {
	if !v.List.More {
		return ""
	}
	return v.page(func(f *attendance.Filter) { f.Page = v.List.Filter.Page + 1 })
}

// rowID is where a person stands in the list.
func rowID(g attendance.Guest) string { return "p-" + strconv.FormatInt(g.SignupID, 10) }

// listName is a person's name as the list has it: the family's first, but for a door link, which
// shows only its first letter.
func (v CheckInView) listName(g attendance.Guest) string {
	if v.Door.ID != 0 {
		return g.Name()
	}
	return g.FamilyName + " " + g.GivenName
}

// MayUndo reports whether a mark may be taken back where it is seen: through a link only its own.
func MayUndo(door attendance.Door, g attendance.Guest) bool {
	return door.ID == 0 || g.DoorID == door.ID || g.CheckedInAt == nil
}

// verdict is what the list says about somebody now.
func (v CheckInView) verdict(ctx context.Context, g attendance.Guest) attendance.Verdict {
	return g.Verdict(ui.From(ctx).Now)
}

// unplaced is how far somebody without a place has come.
func unplaced(ctx context.Context, s signup.State) string {
	return ui.T(ctx, "roster.filter."+string(s))
}

// ScanView is what a door sees behind a ticket.
type ScanView struct {
	Guest  attendance.Guest
	By     attendance.By
	Mine   bool // the door is that event's; otherwise Guest says only which event
	Just   bool // has been checked in by this very scan
	Action string
}

// verdict is the guest's, or empty for another event's ticket.
func (v ScanView) verdict(ctx context.Context) attendance.Verdict {
	if !v.Mine {
		return ""
	}
	return v.Guest.Verdict(ui.From(ctx).Now)
}

// look is the tone, the shape and the words of the answer, so that colour never stands alone.
func (v ScanView) look(ctx context.Context) (tone, icon, words string) {
	p, now := ui.P(ctx), ui.From(ctx).Now
	switch d := v.verdict(ctx); d {
	case "":
		return "bad", "x", ui.T(ctx, "checkin.scan.elsewhere")
	case attendance.Ready:
		return "", "ticket", ui.T(ctx, "checkin.scan.ready")
	case attendance.Here:
		if v.Just {
			return "good", "check", ui.T(ctx, "checkin.scan.in")
		}
		return "warn", "check", ui.T(ctx, "checkin.scan.already", "clock", p.Clock(*v.Guest.CheckedInAt))
	case attendance.TooEarly:
		return "warn", "clock", ui.T(ctx, "checkin.scan.too_early", "when", p.Moment(v.Guest.Opens(), now))
	case attendance.Waiting, attendance.NeedsConsent:
		return "warn", "hourglass", ui.T(ctx, "checkin.scan."+string(d))
	default:
		return "bad", "x", ui.T(ctx, "checkin.scan."+string(d))
	}
}

// list is the door's list that the scan belongs to; a helper goes back to the page of the link.
func (v ScanView) list(ctx context.Context) string {
	if v.By.Door.ID != 0 || !v.Mine {
		return ""
	}
	return link.DeskCheckIn(ui.L(ctx), v.Guest.EventID)
}

// since is when somebody came, empty for who has not.
func since(ctx context.Context, g attendance.Guest) string {
	if g.CheckedInAt == nil {
		return ""
	}
	return ui.P(ctx).Clock(*g.CheckedInAt)
}

// open reports whether somebody can be added on the spot: from the first door's opening to the
// event's end.
func (v CheckInView) open(ctx context.Context) bool {
	now := ui.From(ctx).Now
	return v.List.State == event.Published && v.List.ClosedAt == nil && len(v.List.Shifts) > 0 && !now.Before(v.List.Opens()) && now.Before(v.List.EndsAt)
}

// addTo is the shift of whoever is added: the chosen one, the filter's, or the first that is not
// over.
func (v CheckInView) addTo(ctx context.Context) int64 {
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

func (v CheckInView) shiftOptions(ctx context.Context) (options []ui.Option) {
	for _, s := range v.List.Shifts {
		options = append(options, ui.Option{Value: strconv.FormatInt(s.ID, 10), Text: deskui.ShiftText(ctx, s.Title, s.StartsAt, s.EndsAt)})
	}
	return options
}
