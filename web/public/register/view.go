package register

// registerView is the registration form: what was typed, and what is wrong with it. The password
// is never sent back.
type registerView struct {
	Email, GivenName, FamilyName, BirthDate, Phone string
	Agree                                          bool
	Next                                           string // the page to go on to
	Problems                                       map[string]string
}

// codeView asks for the mailed code.
type codeView struct {
	Code     string
	Next     string // the page to go on to, for whoever begins again
	Problems map[string]string
}
