package portal

import (
	"shtab/web/httpkit"
	"shtab/web/me/book"
	"shtab/web/me/guardian"
	"shtab/web/me/home"
	"shtab/web/me/profile"
	"shtab/web/me/security"
)

// volunteerPages are a volunteer's own page groups.
type volunteerPages struct {
	book     *book.Handler
	guardian *guardian.Handler
	home     *home.Handler
	profile  *profile.Handler
	security *security.Handler
}

func (pr *process) volunteerPages(k *httpkit.Kit, s *Stores) volunteerPages {
	return volunteerPages{
		book:     &book.Handler{Kit: k, DB: pr.pool},
		guardian: &guardian.Handler{Kit: k, Guardians: s.Guardians, Signups: s.Signups},
		home: &home.Handler{
			Kit: k, DB: pr.pool, Accounts: s.Accounts, Attendance: s.Attendance, Signups: s.Signups,
		},
		profile:  &profile.Handler{Kit: k, Accounts: s.Accounts},
		security: &security.Handler{Kit: k, Accounts: s.Accounts, MFA: s.MFA},
	}
}
