package hours

import (
	"context"
	"net/url"
	"strconv"

	"shtab/internal/attendance"
	"shtab/web/link"
	"shtab/web/ui"
)

// view is an event's hours.
type view struct {
	Sheet      attendance.Sheet
	Correcting int64      // the sign-up whose correction was wrong; 0 for none
	Typed      url.Values // the form as it was sent, when something in it is wrong
	Problems   map[string]string
}

// rowID is the id of a sign-up's row on the sheet.
func rowID(signup int64) string { return "h-" + strconv.FormatInt(signup, 10) }

func (v view) href(ctx context.Context, page int) string {
	to := link.DeskHours(ui.L(ctx), v.Sheet.ID)
	if page > 1 {
		to += "?page=" + strconv.Itoa(page)
	}
	return to
}

func (v view) nextHref(ctx context.Context) string {
	if !v.Sheet.More {
		return ""
	}
	return v.href(ctx, v.Sheet.Page+1)
}

// chosen is somebody's outcome as the form shows it.
func (v view) chosen(r attendance.Row) attendance.Outcome {
	if o := v.Typed.Get("o_" + strconv.FormatInt(r.SignupID, 10)); o != "" {
		return attendance.Outcome(o)
	}
	return r.Proposed().Outcome
}

// minutes is somebody's minutes as the form shows them; for those who are not marked as present, what they would
// get.
func (v view) minutes(r attendance.Row) string {
	if name := "m_" + strconv.FormatInt(r.SignupID, 10); v.Typed.Has(name) {
		return v.Typed.Get(name)
	}
	if p := r.Proposed(); p.Outcome == attendance.Attended {
		return strconv.Itoa(p.Minutes)
	}
	return strconv.Itoa(r.FullMinutes())
}

// result is a number of the results as the form shows it; 0 is an empty field.
func (v view) result(name string, n int) string {
	if v.Typed.Has(name) {
		return v.Typed.Get(name)
	}
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// present is how many have attended on this page.
func (v view) present() (n int) {
	for _, r := range v.Sheet.Rows {
		if v.chosen(r) == attendance.Attended {
			n++
		}
	}
	return n
}

// order is the forms' fields in the order of the page, for the summary of what is wrong.
func (v view) order() (fields []string) {
	for _, r := range v.Sheet.Rows {
		fields = append(fields, "m_"+strconv.FormatInt(r.SignupID, 10))
	}
	fields = append(fields, "served")
	for _, d := range v.Sheet.Results.Deliveries {
		fields = append(fields, "d_"+d.Slug)
	}
	return append(fields, "outcome", "minutes", "reason")
}

// correction is the value of a field in the form of somebody's correction.
func (v view) correction(r attendance.Row, field, was string) string {
	if v.Correcting == r.SignupID && v.Typed.Has(field) {
		return v.Typed.Get(field)
	}
	return was
}

// outcomeLook is the tone and the icon of an outcome.
func outcomeLook(o attendance.Outcome) (tone, icon string) {
	switch o {
	case attendance.Attended:
		return "good", "check"
	case attendance.NoShow:
		return "bad", "x"
	default:
		return "", "info"
	}
}

func outcomeOptions(ctx context.Context) (options []ui.Option) {
	for _, o := range attendance.Outcomes {
		options = append(options, ui.Option{Value: string(o), Text: ui.T(ctx, "hours.outcome."+string(o))})
	}
	return options
}

// minutesText is a length as people say it: "2 h 30 min".
func minutesText(ctx context.Context, n int) string {
	if n < 60 {
		return ui.T(ctx, "hours.length_short", "minutes", n)
	}
	if n%60 == 0 {
		return ui.T(ctx, "hours.length_whole", "hours", n/60)
	}
	return ui.T(ctx, "hours.length", "hours", n/60, "minutes", n%60)
}

// correctionMinutes is what the form of a correction proposes: for those who did not come, what they would have
// got.
func correctionMinutes(r attendance.Row) int {
	if r.Outcome == attendance.Attended {
		return r.Minutes
	}
	return r.FullMinutes()
}
