package portal

import (
	"context"

	"shtab/internal/postgres/migrate"
	"shtab/web/httpkit"
	"shtab/web/public/machine"
)

// visitorPages are the page groups of whoever has no account or has not signed in yet.
type visitorPages struct {
	machine *machine.Handler
}

func (pr *process) visitorPages(k *httpkit.Kit) visitorPages {
	ready := func(ctx context.Context) error { return migrate.Check(ctx, pr.pool) }
	return visitorPages{
		machine: &machine.Handler{Kit: k, DB: pr.pool, Ready: ready},
	}
}
