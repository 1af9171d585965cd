package event

import (
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"shtab/internal/config"
)

// The spans that the list of events offers under "when".
const (
	Today   = "today"
	Weekend = "weekend"
	Week    = "week"  // the next seven days
	Month   = "month" // the next thirty days
	Dates   = "dates" // from and to as given
)

// Periods is every span in the order of the form.
var Periods = []string{Today, Weekend, Week, Month, Dates}

// ComingQuery narrows the list of coming events. Empty fields do not narrow.
type ComingQuery struct {
	Q        string // text in title or place, forgiving in spelling
	Campaign string // slug
	Org      string // slug
	District string // slug
	When     string // one of Whens
	From, To string // for Dates: days as YYYY-MM-DD, To included
	Age      int    // years; 0: any
	Open     bool   // only with a free place

	After Cursor // the last event of the page before

	from, to time.Time // what When means at the time it was read; zero: open
}

// Cursor is the place in the list after one event: its start, then its id.
type Cursor struct {
	StartsAt time.Time
	ID       int64
}

func (c Cursor) String() string {
	return strconv.FormatInt(c.StartsAt.UnixMicro(), 36) + "-" + strconv.FormatInt(c.ID, 36)
}

// ParseCursor reads a place in a list as String writes it; zero for anything else.
func ParseCursor(s string) Cursor {
	at, id, ok := strings.Cut(s, "-")
	us, err1 := strconv.ParseInt(at, 36, 64)
	n, err2 := strconv.ParseInt(id, 36, 64)
	if !ok || err1 != nil || err2 != nil || us < 0 || us > 1<<52 || n < 0 {
		return Cursor{}
	}
	return Cursor{time.UnixMicro(us).UTC(), n}
}

// ParseComingQuery reads the filter that stands in a URL. What it does not understand it leaves out:
// an address that somebody shortened or mistyped still shows events.
func ParseComingQuery(q url.Values, city *config.City, now time.Time) ComingQuery {
	f := ComingQuery{
		Q:        clean(q.Get("q"), 100),
		Campaign: clean(q.Get("campaign"), 80),
		Org:      clean(q.Get("org"), 80),
		Open:     q.Get("open") == "1",
		After:    ParseCursor(q.Get("after")),
	}
	if d, ok := city.District(q.Get("district")); ok {
		f.District = d.Slug
	}
	if age, err := strconv.Atoi(q.Get("age")); err == nil && age > 0 && age < 120 {
		f.Age = age
	}
	zone := city.Location()
	y, m, d := now.In(zone).Date()
	day := func(n int) time.Time { return time.Date(y, m, d+n, 0, 0, 0, 0, zone) }
	switch when := q.Get("when"); when {
	case Today:
		f.When, f.from, f.to = when, day(0), day(1)
	case Week:
		f.When, f.from, f.to = when, day(0), day(7)
	case Month:
		f.When, f.from, f.to = when, day(0), day(30)
	case Weekend:
		saturday := (6 - int(now.In(zone).Weekday()) + 7) % 7
		if now.In(zone).Weekday() == time.Sunday {
			saturday = -1
		}
		f.When, f.from, f.to = when, day(saturday), day(saturday+2)
	case Dates, "":
		from, ok1 := calendarDay(q.Get("from"), zone)
		to, ok2 := calendarDay(q.Get("to"), zone)
		if ok1 {
			f.When, f.From, f.from = Dates, q.Get("from"), from
		}
		if ok2 {
			f.When, f.To, f.to = Dates, q.Get("to"), to.AddDate(0, 0, 1)
		}
	}
	return f
}

func calendarDay(s string, zone *time.Location) (time.Time, bool) {
	t, err := time.ParseInLocation(time.DateOnly, s, zone)
	return t, err == nil && t.Year() >= 2000 && t.Year() < 2200
}

// clean drops what cannot be searched for: invalid UTF-8, control characters, more than limit
// letters.
func clean(s string, limit int) string {
	if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		return ""
	}
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit])
	}
	return s
}

// Values is the filter as it stands in a URL, without the place in the list.
func (f ComingQuery) Values() url.Values {
	q := url.Values{}
	set := func(name, v string) {
		if v != "" {
			q.Set(name, v)
		}
	}
	set("q", f.Q)
	set("campaign", f.Campaign)
	set("org", f.Org)
	set("district", f.District)
	set("when", f.When)
	set("from", f.From)
	set("to", f.To)
	if f.Age > 0 {
		q.Set("age", strconv.Itoa(f.Age))
	}
	if f.Open {
		q.Set("open", "1")
	}
	return q
}

// IsEmpty reports whether nothing narrows the list.
func (f ComingQuery) IsEmpty() bool { return len(f.Values()) == 0 }
