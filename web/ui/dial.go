package ui

import (
	"fmt"
	"strconv"
	"strings"
)

// Dial is a phone number as a tel: link has it: digits and a leading plus.
func Dial(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// Year is a year's number, which no language groups: 2019.
func Year(y int) string { return strconv.Itoa(y) }

// Hour writes a full hour of the day: 6 is "06:00".
func Hour(h int) string { return fmt.Sprintf("%02d:00", h) }
