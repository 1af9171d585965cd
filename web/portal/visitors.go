package portal

import (
	"context"

	"shtab/internal/postgres/migrate"
	"shtab/web/httpkit"
	"shtab/web/public/campaigns"
	"shtab/web/public/home"
	"shtab/web/public/info"
	"shtab/web/public/machine"
	"shtab/web/public/organizations"
	"shtab/web/public/totals"
)

// visitorPages are the page groups of whoever has no account or has not signed in yet.
type visitorPages struct {
	campaigns     *campaigns.Handler
	home          *home.Handler
	info          *info.Handler
	machine       *machine.Handler
	organizations *organizations.Handler
	totals        *totals.Handler
}

func (pr *process) visitorPages(k *httpkit.Kit, s *Stores) visitorPages {
	ready := func(ctx context.Context) error { return migrate.Check(ctx, pr.pool) }
	return visitorPages{
		campaigns:     &campaigns.Handler{Kit: k, DB: pr.pool, Totals: pr.totals},
		home:          &home.Handler{Kit: k, DB: pr.pool, Totals: pr.totals},
		info:          &info.Handler{Kit: k, DB: pr.pool},
		machine:       &machine.Handler{Kit: k, DB: pr.pool, Ready: ready},
		organizations: &organizations.Handler{Kit: k, DB: pr.pool, Orgs: s.Orgs, Totals: pr.totals},
		totals:        &totals.Handler{Kit: k, Totals: pr.totals},
	}
}
