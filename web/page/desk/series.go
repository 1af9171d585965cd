package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/ui"
)

// hosted reports whether the actor may make something of the event.
func (v EventView) hosted(ctx context.Context) bool { return v.Event.HostedBy(ui.From(ctx).Actor) }

// RepeatView is what a rhythm would make of an event, before it is made.
type RepeatView struct {
	Event      event.Held
	Rhythm     event.Rhythm
	Occasions  []event.Occasion
	Chosen     map[string]bool // days that are ticked; nil: all that can be and are not there yet
	Key        string          // of the form: sent twice, it makes one series
	MayPublish bool
	NoHours    bool // the event has no hours to repeat
	Problems   map[string]string
	Conflict   string // the key of what has changed meanwhile
}

func (v RepeatView) weeks(ctx context.Context) (options []ui.Option) {
	for n := 1; n <= event.MaxWeeks; n++ {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Text: ui.T(ctx, "series.weeks", "n", n)})
	}
	return options
}

func (v RepeatView) on(wd time.Weekday) bool { return slices.Contains(v.Rhythm.Days, wd) }

// isoDay is a weekday's number as the form has it: 1 is Monday.
func isoDay(wd time.Weekday) string { return strconv.Itoa((int(wd)+6)%7 + 1) }

// weekday is a day's short name.
func weekday(ctx context.Context, wd time.Weekday) string {
	return ui.P(ctx).WeekdayShort(time.Date(2024, 1, 7+int(wd), 12, 0, 0, 0, ui.P(ctx).Zone())) // a Sunday
}

// when is the day of an occasion in words: the one its clock shows, where there is one.
func (v RepeatView) when(ctx context.Context, o event.Occasion) string {
	d, _ := time.ParseInLocation(time.DateOnly, o.Day, ui.P(ctx).Zone())
	return ui.P(ctx).Day(d.Add(12*time.Hour), ui.From(ctx).Now)
}

// CancelView asks for the reason of an event's being called off.
type CancelView struct {
	Event    event.Held
	Told     int // people who will be told
	Form     ReasonForm
	Problems map[string]string
}

// ReasonForm is why an event does not take place.
type ReasonForm struct {
	KK string `form:"reason_kk"`
	RU string `form:"reason_ru"`
	EN string `form:"reason_en"`
}

// Text is the reason without the spaces around it.
func (f ReasonForm) Text() i18n.Text {
	return i18n.Text{KK: strings.TrimSpace(f.KK), RU: strings.TrimSpace(f.RU), EN: strings.TrimSpace(f.EN)}
}

// seriesHref is the list of the series to which an event belongs.
func (v EventView) seriesHref(ctx context.Context) string {
	return link.DeskEvents(ui.L(ctx), event.Search{Series: v.Event.SeriesID}.Values())
}
