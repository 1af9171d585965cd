package account

import (
	"time"
	"unicode/utf8"

	"shtab/internal/i18n"
)

// Role is what a person may do beyond their own affairs: see Capability.
type Role string

// The roles.
const (
	Volunteer Role = "volunteer" // nothing: everybody begins so
	Staff     Role = "staff"     // of the headquarters
	Admin     Role = "admin"     // sets the city and gives roles too
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

	// What the browser in use has shown. A person with a second factor who has not shown it here, and
	// one of a privileged role who has none, is a volunteer without organisations until they have:
	// Withheld says that there are rights which wait for it.
	SessionID int64
	ProvedAt  time.Time // when password and second factor were last shown
	HasMFA    bool      // has a second factor
	MFAShown  bool      // has shown it in this browser
	Withheld  bool
}

// freshFor is how long a proof counts for what asks for a fresh one.
const freshFor = 10 * time.Minute

// IsFresh reports whether the actor has shown password and second factor a short while ago.
func (a Actor) IsFresh(now time.Time) bool {
	return now.Sub(a.ProvedAt) < freshFor && (a.MFAShown || !a.HasMFA)
}

// withhold takes the rights away that wait for the second factor.
func (a *Actor) withhold() {
	if a.MFAShown || !a.HasMFA && !a.Role.Privileged() {
		return
	}
	a.Withheld = a.Role.Privileged() || len(a.Orgs) > 0
	a.Role, a.Orgs = Volunteer, nil
}

// SignedIn reports whether the actor has an account.
func (a Actor) SignedIn() bool { return a.PersonID != 0 }

// ShortName is how people appear to those who need not know more: the given name and the first
// letter of the family name.
func ShortName(given, family string) string {
	if family == "" {
		return given
	}
	first, _ := utf8.DecodeRuneInString(family)
	return given + " " + string(first) + "."
}
