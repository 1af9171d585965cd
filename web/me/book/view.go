package book

import "shtab/internal/attendance"

// bookView is the volunteer's confirmed events.
type bookView struct{ Rows []attendance.BookRow }

func (v bookView) minutes() (sum int) {
	for _, r := range v.Rows {
		sum += r.Minutes
	}
	return sum
}
