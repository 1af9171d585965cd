package password

// requestView asks for the address to mail a reset link to, or says that it is on its way.
type requestView struct {
	Email    string
	Sent     bool
	Problems map[string]string
}

// newPasswordView asks for a new password after the mailed link.
type newPasswordView struct {
	Token    string
	Problems map[string]string
}
