package account

import (
	"unicode/utf8"

	"shtab/internal/i18n"
)

// Role is what a person may do beyond their own affairs.
type Role string

// The roles, each with the rights of the one before.
const (
	Volunteer Role = "volunteer"
	Staff     Role = "staff" // headquarters
	Admin     Role = "admin" // settings and roles too
)

// Actor is who asks. The zero Actor is a visitor.
type Actor struct {
	PersonID   int64
	GivenName  string
	FamilyName string
	Email      string
	Lang       i18n.Lang
	Role       Role
	Orgs       []int64 // organisations this person acts for
}

// SignedIn reports whether the actor has an account.
func (a Actor) SignedIn() bool { return a.PersonID != 0 }

// IsStaff reports whether the actor works for the headquarters.
func (a Actor) IsStaff() bool { return a.Role == Staff || a.Role == Admin }

// IsAdmin reports whether the actor may change settings and roles.
func (a Actor) IsAdmin() bool { return a.Role == Admin }

// IsCoordinator reports whether the actor acts for any organisation.
func (a Actor) IsCoordinator() bool { return len(a.Orgs) > 0 }

// ShortName is how people appear to those who need not know more: the given name and the first
// letter of the family name.
func ShortName(given, family string) string {
	if family == "" {
		return given
	}
	first, _ := utf8.DecodeRuneInString(family)
	return given + " " + string(first) + "."
}
