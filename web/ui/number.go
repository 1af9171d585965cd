package ui

import (
	"fmt"
	"strconv"
)

// Num is a number as a form or an address has it.
func Num(n int64) string { return strconv.FormatInt(n, 10) }

// NumOr is Num, empty for zero.
func NumOr(n int64) string {
	if n == 0 {
		return ""
	}
	return Num(n)
}

// Year is a year's number, which no language groups: 2019.
func Year(y int) string { return strconv.Itoa(y) }

// Hour writes a full hour of the day: 6 is "06:00".
func Hour(h int) string { return fmt.Sprintf("%02d:00", h) }
