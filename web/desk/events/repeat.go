package events

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"shtab/internal/event"
	"shtab/web/httpkit"
	"shtab/web/link"
	"shtab/web/ui"
)

// repeatForm is the weekly pattern of a series and the days chosen from it.
type repeatForm struct {
	Weeks    string   `form:"weeks"`
	Weekdays []string `form:"weekday"` // 1 is Monday
	Until    string   `form:"until"`
	Days     []string `form:"day"`
	Version  string   `form:"version"`
	Key      string   `form:"key"`
	Op       string   `form:"op"`
}

func (f repeatForm) pattern() (r event.Recurrence) {
	r.Weeks, _ = strconv.Atoi(f.Weeks)
	r.Until = f.Until
	for i, wd := range event.Weekdays {
		if slices.Contains(f.Weekdays, strconv.Itoa(i+1)) {
			r.Days = append(r.Days, wd)
		}
	}
	return r
}

// ShowRepeat shows what a pattern would make of an event before anything is made, at first every
// week: GET /{lang}/desk/events/{id}/repeat.
func (h *Handler) ShowRepeat(w http.ResponseWriter, r *http.Request) error {
	e, err := h.event(r)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	pattern := e.WeeklyRecurrence(h.City, h.Now())
	if asked(q) {
		pattern = repeatForm{Weeks: q.Get("weeks"), Weekdays: q["weekday"], Until: q.Get("until")}.pattern()
	}
	return h.renderRepeat(w, r, repeatView{Event: e, Pattern: pattern, Key: rand.Text()}, nil)
}

func asked(q url.Values) bool { return q.Has("weeks") || q.Has("weekday") || q.Has("until") }

// renderRepeat draws v with the days of its pattern; err is why they were not made.
func (h *Handler) renderRepeat(w http.ResponseWriter, r *http.Request, v repeatView, err error) error {
	e, list, wrong := h.Events.Occurrences(r.Context(), httpkit.Actor(r), v.Event.ID, v.Pattern, h.Now())
	status := http.StatusOK
	switch problems, ok := httpkit.Problems(wrong); {
	case ok && problems["hours"] != "":
		v.NoHours = true
	case ok:
		v.Problems, status = problems, http.StatusUnprocessableEntity
	case wrong != nil:
		return wrong
	}
	v.Event, v.Occurrences = e, list
	v.MayPublish = e.CanPublishCopies(httpkit.Actor(r), h.City, h.Now())
	if v.Chosen == nil || len(v.Problems) > 0 {
		v.Chosen = map[string]bool{}
		for _, o := range list {
			v.Chosen[o.Day] = o.Problem == "" && o.SameDayID == 0
		}
	}
	if err != nil {
		status = http.StatusConflict
		if problems, ok := httpkit.Problems(err); ok {
			v.Problems, status = problems, http.StatusUnprocessableEntity
		} else if key, ok := httpkit.Conflict(err); ok {
			v.Conflict = key
		} else {
			return err
		}
	}
	if r.Method == http.MethodPost {
		r = httpkit.AtLink(r, link.DeskEventAction(httpkit.Lang(r), e.ID, "repeat"))
	}
	return h.Render(w, r, status, repeatPage(v))
}

// RepeatEvent makes the series of the days that are ticked: POST /{lang}/desk/events/{id}/repeat.
func (h *Handler) RepeatEvent(w http.ResponseWriter, r *http.Request) error {
	var f repeatForm
	if err := httpkit.Form(w, r, &f); err != nil {
		return err
	}
	e, err := h.event(r)
	if err != nil {
		return err
	}
	version, _ := strconv.Atoi(f.Version)
	f.Key = keyOrNew(f.Key)
	publish := f.Op == "publish"
	series, err := h.Events.Repeat(r.Context(), httpkit.Actor(r), e.ID, version, f.pattern(), f.Days, publish, f.Key,
		h.Now())
	if err != nil {
		v := repeatView{Event: e, Pattern: f.pattern(), Key: f.Key, Chosen: map[string]bool{}}
		for _, day := range f.Days {
			v.Chosen[day] = true
		}
		return h.renderRepeat(w, r, v, err)
	}
	h.Flash(r.Context(), "good", map[bool]string{
		true:  "series.flash.published",
		false: "series.flash.drafts",
	}[publish])
	return h.Redirect(w, r, link.DeskEvents(httpkit.Lang(r), event.DeskQuery{Series: series}.Values()))
}

// repeatView is what a pattern would make of an event, before it is made.
type repeatView struct {
	Event       event.ManagedEvent
	Pattern     event.Recurrence
	Occurrences []event.Occurrence
	Chosen      map[string]bool // days that are ticked; nil: all that can be and are not there yet
	Key         string          // of the form: sent twice, it makes one series
	MayPublish  bool
	NoHours     bool // the event has no hours to repeat
	Problems    map[string]string
	Conflict    string // the key of what has changed meanwhile
}

func (v repeatView) weeks(ctx context.Context) (options []ui.Option) {
	for n := 1; n <= event.MaxWeeks; n++ {
		options = append(options, ui.Option{Value: strconv.Itoa(n), Text: ui.T(ctx, "series.weeks", "n", n)})
	}
	return options
}

func (v repeatView) on(wd time.Weekday) bool { return slices.Contains(v.Pattern.Days, wd) }

// isoDay is a weekday's number as the form has it: 1 is Monday.
func isoDay(wd time.Weekday) string { return strconv.Itoa((int(wd)+6)%7 + 1) }

// weekday is a day's short name.
func weekday(ctx context.Context, wd time.Weekday) string {
	return ui.P(ctx).WeekdayShort(time.Date(2024, 1, 7+int(wd), 12, 0, 0, 0, ui.P(ctx).Zone())) // a Sunday
}

// when is the day of an occurrence in words: the one its clock shows, where there is one.
func (v repeatView) when(ctx context.Context, o event.Occurrence) string {
	d, _ := time.ParseInLocation(time.DateOnly, o.Day, ui.P(ctx).Zone())
	return ui.P(ctx).Day(d.Add(12*time.Hour), ui.From(ctx).Now)
}
