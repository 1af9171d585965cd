// Package me holds the volunteer's own pages. Their words stand in web/locale.
package me

import (
	"context"
	"strconv"

	"shtab/internal/attendance"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/signup"
	"shtab/web/ui"
)

// HomeView is the volunteer's shifts, coming first, and hours.
type HomeView struct {
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
func (v HomeView) split(ctx context.Context) (next *signup.Row, coming, waiting, past []signup.Row) {
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

// TicketView is one sign-up with what its QR holds.
type TicketView struct {
	Row signup.Row
	URL string
}

// BookView is the volunteer's confirmed events.
type BookView struct{ Rows []attendance.BookRow }

func (v BookView) minutes() (sum int) {
	for _, r := range v.Rows {
		sum += r.Minutes
	}
	return sum
}

// ProfileView is the profile form.
type ProfileView struct {
	Email, GivenName, FamilyName, BirthDate, Phone, District string
	BirthDateFixed                                           bool // it has been corrected once
	Lang                                                     i18n.Lang
	Districts                                                []config.District
	Problems                                                 map[string]string
	Register                                                 bool // agrees to stand in the ministry's register
	MayRegister                                              bool // is old enough to agree
}

func (v ProfileView) districts(ctx context.Context) []ui.Option {
	os := []ui.Option{{Text: ui.T(ctx, "profile.district_none")}}
	for _, d := range v.Districts {
		os = append(os, ui.Option{Value: d.Slug, Text: ui.P(ctx).Text(d.Name)})
	}
	return os
}

func yearChart(ctx context.Context, h attendance.Hours) ui.ChartProps {
	p := ui.P(ctx)
	c := ui.ChartProps{
		ID: "year", Title: ui.T(ctx, "me.hours.year", "year", ui.From(ctx).Now.In(p.Zone()).Format("2006")),
		Desc: ui.T(ctx, "me.hours.title"), NameHead: ui.T(ctx, "me.hours.month"), DataHead: ui.T(ctx, "book.hours"),
	}
	for i, name := range p.Months() {
		c.Columns = append(c.Columns, ui.Column{Label: strconv.Itoa(i + 1), Name: name, Value: h.Year[i], Shown: p.Hours(h.Year[i])})
	}
	return c
}
