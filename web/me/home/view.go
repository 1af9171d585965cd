package home

import (
	"context"
	"strconv"

	"shtab/internal/attendance"
	"shtab/internal/signup"
	"shtab/web/ui"
)

// homeView is the volunteer's shifts, coming first, and hours.
type homeView struct {
	Rows        []signup.Row
	Hours       attendance.Hours
	CalendarURL string
	Minor       bool
	Missed      attendance.Missed
	Explaining  int64  // the sign-up whose explanation is to be corrected
	Explanation string // as typed
	Problems    map[string]string
}

// split sorts the rows into the next confirmed shift, further confirmed ones, those that wait,
// and what is past.
func (v homeView) split(ctx context.Context) (next *signup.Row, coming, waiting, past []signup.Row) {
	now := ui.From(ctx).Now
	for i, r := range v.Rows {
		switch {
		case !r.EndsAt.After(now):
			past = append(past, r)
		case r.State == signup.Waitlisted || r.State == signup.AwaitingConsent:
			waiting = append(waiting, r)
		case r.State == signup.Confirmed && next == nil:
			next = &v.Rows[i]
		default: // further ones, and those that somebody else cancelled
			coming = append(coming, r)
		}
	}
	return next, coming, waiting, past
}

// ticketView is one sign-up with what its QR holds.
type ticketView struct {
	Row signup.Row
	URL string
}

func yearChart(ctx context.Context, h attendance.Hours) ui.ChartProps {
	p := ui.P(ctx)
	c := ui.ChartProps{
		ID: "year", Title: ui.T(ctx, "me.hours.year", "year", ui.From(ctx).Now.In(p.Zone()).Format("2006")),
		Desc: ui.T(ctx, "me.hours.title"), NameHead: ui.T(ctx, "me.hours.month"), DataHead: ui.T(ctx, "book.hours"),
	}
	for i, name := range p.Months() {
		c.Columns = append(
			c.Columns,
			ui.Column{Label: strconv.Itoa(i + 1), Name: name, Value: h.Year[i], Shown: p.Hours(h.Year[i])},
		)
	}
	return c
}
