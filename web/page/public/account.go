package public

// RegisterView is the registration form: what was typed, and what is wrong with it. The password
// is never sent back.
type RegisterView struct {
	Email, GivenName, FamilyName, BirthDate, Phone string
	Agree                                          bool
	Next                                           string // the page to go on to
	Problems                                       map[string]string
}

// CodeView asks for the mailed code.
type CodeView struct {
	Code     string
	Next     string // the page to go on to, for who begins again
	Problems map[string]string
}

// LoginView is the sign-in form.
type LoginView struct {
	Email    string
	Next     string
	Passkey  bool // the portal takes passkeys
	Problems map[string]string
}

// PasswordView asks for the address to mail a reset link to, or says that it is on its way.
type PasswordView struct {
	Email    string
	Sent     bool
	Problems map[string]string
}

// NewPasswordView asks for a new password after the mailed link.
type NewPasswordView struct {
	Token    string
	Problems map[string]string
}
