package portaltest

import (
	"os"
	"regexp"
	"sync/atomic"
	"time"

	"shtab/internal/config"
)

// dayVariable names, in the environment, another day for the tests to run on: 2028-02-29, or
// with a time of the city, 2026-12-31T23:50.
const dayVariable = "SHTAB_TEST_DAY"

// pinnedDay is when the portals of tests begin, whatever the machine's calendar says: a Wednesday
// morning in the city. From there their clocks go on.
const pinnedDay = "2026-11-18T10:00"

// Day is the instant at which the portals of tests begin.
func Day() time.Time {
	city, err := config.LoadCity("")
	if err != nil {
		panic(err)
	}
	day := os.Getenv(dayVariable)
	if day == "" {
		day = pinnedDay
	}
	if len(day) == len(time.DateOnly) {
		day += "T10:00"
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", day, city.Location())
	if err != nil {
		panic(dayVariable + ": " + err.Error())
	}
	return at
}

// Date is the date so many days after the tests' day, as forms take it.
func Date(in int) string { return Day().AddDate(0, 0, in).Format(time.DateOnly) }

// clock goes on from the instant to which it was set.
type clock struct {
	began time.Time
	zone  *time.Location
	ahead atomic.Int64 // of began, in nanoseconds
}

func newClock(at time.Time) *clock {
	c := &clock{began: time.Now(), zone: at.Location()}
	c.set(at)
	return c
}

// now is in the zone of the city.
func (c *clock) now() time.Time {
	return c.began.Add(time.Since(c.began) + time.Duration(c.ahead.Load())).In(c.zone)
}

func (c *clock) set(at time.Time) { c.ahead.Store(int64(at.Sub(c.began) - time.Since(c.began))) }

// Now is the portal's time, in the zone of its city.
func (h *Server) Now() time.Time { return h.clock.now() }

// Travel sets the portal's clock.
func (h *Server) Travel(to time.Time) { h.clock.set(to) }

var (
	sqlNow   = regexp.MustCompile(`\bnow\(\)`)
	sqlToday = regexp.MustCompile(`\bcurrent_date\b`)
)

// sql puts the portal's time where a test's statement says now() or current_date: the database
// has the machine's clock, which is on another day.
func (h *Server) sql(statement string) string {
	now := h.Now().UTC()
	statement = sqlNow.ReplaceAllLiteralString(statement, now.Format("timestamptz '2006-01-02 15:04:05.000000Z'"))
	return sqlToday.ReplaceAllLiteralString(statement, now.Format("date '2006-01-02'"))
}
