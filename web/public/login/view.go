package login

import (
	"github.com/a-h/templ"

	"shtab/internal/mfa"
)

// secondStepView asks for the second step after the password.
type secondStepView struct {
	MFA      mfa.Status
	Next     string // the page to go on to
	Passkey  bool   // there is a passkey to show instead
	Problems map[string]string
}

// againView asks once more who it is. Unsent says that a form has not been sent because of it.
type againView struct {
	MFA      mfa.Status
	Next     string
	Unsent   bool
	Passkey  bool
	Problems map[string]string
}

// loginView is the sign-in form.
type loginView struct {
	Email    string
	Next     string
	Passkey  bool // the portal takes passkeys
	Problems map[string]string
	DemoNote templ.Component
}
