package totals

import (
	"slices"
	"time"
)

// Period is days of the city's calendar, with From and without To. The zero Period is all time.
type Period struct{ From, To time.Time }

// PeriodNames are the names that PeriodOf knows, in the order of the pages.
var PeriodNames = []string{"month", "quarter", "year", "last_year"}

// PeriodOf is the month, the quarter or the year in which now lies, or the year before it; any other name
// is all time. now is in the city's zone.
func PeriodOf(name string, now time.Time) Period {
	y, m, _ := now.Date()
	month := func(y int, m time.Month) time.Time { return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC) }
	switch name {
	case "month":
		return Period{month(y, m), month(y, m+1)}
	case "quarter":
		first := (m-1)/3*3 + 1
		return Period{month(y, first), month(y, first+3)}
	case "year":
		return Period{month(y, 1), month(y+1, 1)}
	case "last_year":
		return Period{month(y-1, 1), month(y, 1)}
	default:
		return Period{}
	}
}

// Last is the last day.
func (p Period) Last() time.Time { return p.To.AddDate(0, 0, -1) }

// YearBefore is the same days a year before. Of a period that has not ended it is those up to the day of
// now.
func (p Period) YearBefore(now time.Time) Period {
	y, m, d := now.Date()
	if tomorrow := time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC); tomorrow.Before(p.To) && p.From.Before(tomorrow) {
		p.To = tomorrow
	}
	return Period{p.From.AddDate(-1, 0, 0), p.To.AddDate(-1, 0, 0)}
}

// Active is the twelve calendar months in which an active volunteer of the period took part at least once.
// The last of them is the month of the period's last day, or of today when the period has not ended.
func (p Period) Active(now time.Time) Period {
	y, m, _ := p.Last().Date()
	if ny, nm, _ := now.Date(); p.To.After(now) {
		y, m = ny, nm
	}
	return Period{time.Date(y, m-11, 1, 0, 0, 0, 0, time.UTC), time.Date(y, m+1, 1, 0, 0, 0, 0, time.UTC)}
}

// AgeGroup is a span of ages, named as by the SQL function age_group.
type AgeGroup struct {
	Slug     string
	From, To int // years, both included; To 0: no end. Both are 0 for UnknownAge
}

// UnknownAge is the age group of people without a birth date.
const UnknownAge = "unknown"

// AgeGroups is every age group in the order of the pages. The law names 14 and 18.
var AgeGroups = []AgeGroup{
	{"under-14", 0, 13},
	{"14-17", 14, 17},
	{"18-24", 18, 24},
	{"25-34", 25, 34},
	{"35-54", 35, 54},
	{"55-up", 55, 0},
	{UnknownAge, 0, 0},
}

// IsAgeGroup reports whether slug is an age group's.
func IsAgeGroup(slug string) bool {
	return slices.ContainsFunc(AgeGroups, func(g AgeGroup) bool { return g.Slug == slug })
}

// ageGroupOf is the number in AgeGroups of each age.
var ageGroupOf = func() (of [noAge + 1]int8) {
	for age := range of {
		of[age] = int8(len(AgeGroups) - 1)
		for i, g := range AgeGroups[:len(AgeGroups)-1] {
			if age < noAge && age >= g.From && (g.To == 0 || age <= g.To) {
				of[age] = int8(i)
			}
		}
	}
	return of
}()
