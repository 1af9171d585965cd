package portal

import (
	"context"

	"shtab/internal/postgres/migrate"
	"shtab/web/httpkit"
	"shtab/web/public/campaigns"
	"shtab/web/public/events"
	"shtab/web/public/guardian"
	"shtab/web/public/home"
	"shtab/web/public/info"
	"shtab/web/public/invitation"
	"shtab/web/public/login"
	"shtab/web/public/machine"
	"shtab/web/public/organizations"
	"shtab/web/public/password"
	"shtab/web/public/register"
	"shtab/web/public/totals"
)

// visitorPages are the page groups of whoever has no account or has not signed in yet.
type visitorPages struct {
	campaigns     *campaigns.Handler
	events        *events.Handler
	guardian      *guardian.Handler
	home          *home.Handler
	info          *info.Handler
	invitation    *invitation.Handler
	login         *login.Handler
	machine       *machine.Handler
	organizations *organizations.Handler
	password      *password.Handler
	register      *register.Handler
	totals        *totals.Handler
}

func (pr *process) visitorPages(k *httpkit.Kit, s *Stores) visitorPages {
	ready := func(ctx context.Context) error { return migrate.Check(ctx, pr.pool) }
	return visitorPages{
		campaigns:     &campaigns.Handler{Kit: k, DB: pr.pool, Totals: pr.totals},
		events:        &events.Handler{Kit: k, DB: pr.pool, Guardians: s.Guardians, Signups: s.Signups},
		guardian:      &guardian.Handler{Kit: k, Guardians: s.Guardians},
		home:          &home.Handler{Kit: k, DB: pr.pool, Totals: pr.totals},
		info:          &info.Handler{Kit: k, DB: pr.pool},
		invitation:    &invitation.Handler{Kit: k, Orgs: s.Orgs},
		login:         &login.Handler{Kit: k, DB: pr.pool, Accounts: s.Accounts, MFA: s.MFA},
		machine:       &machine.Handler{Kit: k, DB: pr.pool, Ready: ready},
		organizations: &organizations.Handler{Kit: k, DB: pr.pool, Orgs: s.Orgs, Totals: pr.totals},
		password:      &password.Handler{Kit: k, Accounts: s.Accounts},
		register:      &register.Handler{Kit: k, Accounts: s.Accounts},
		totals:        &totals.Handler{Kit: k, Totals: pr.totals},
	}
}
