package portaltest

import (
	"os"
	"regexp"
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

// At begins on another day than the rest of the tests.
func At(day time.Time) Option { return func(o *options) { o.day = day } }

// clock begins at day and goes on from there.
func clock(day time.Time) func() time.Time {
	began := time.Now()
	return func() time.Time { return day.Add(time.Since(began)) }
}

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
