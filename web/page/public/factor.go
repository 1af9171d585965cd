package public

import "shtab/internal/factor"

// FactorView asks for the second factor after the password.
type FactorView struct {
	Standing factor.Standing
	Next     string // the page to go on to
	Passkey  bool   // there is a passkey to show instead
	Problems map[string]string
}

// AgainView asks once more who it is. Unsent says that a form has not been sent because of it.
type AgainView struct {
	Standing factor.Standing
	Next     string
	Unsent   bool
	Passkey  bool
	Problems map[string]string
}
