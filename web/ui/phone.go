package ui

import (
	"strings"

	"github.com/a-h/templ"
)

// PhoneLink is the address that calls a phone number: its digits and a leading plus.
func PhoneLink(phone string) templ.SafeURL {
	return templ.SafeURL("tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone))
}
