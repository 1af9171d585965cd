package invitation

import "shtab/internal/org"

// view is an invitation to act for an organisation.
type view struct {
	org.Invited
	Token string
}
