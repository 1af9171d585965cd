package ui

import "strings"

// MaskedEmail shows as much of an address as its owner needs to recognise it: "a•••@mail.kz".
func MaskedEmail(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	return local[:1] + "•••@" + domain
}
