package portal

import (
	"shtab/web/hq/audit"
	"shtab/web/hq/hqui"
	"shtab/web/hq/imports"
	"shtab/web/hq/organizations"
	"shtab/web/hq/people"
	"shtab/web/hq/review"
	"shtab/web/httpkit"
)

// hqPages are the headquarters' page groups.
type hqPages struct {
	audit         *audit.Handler
	imports       *imports.Handler
	organizations *organizations.Handler
	people        *people.Handler
	review        *review.Handler
}

func (pr *process) hqPages(k *httpkit.Kit, s *Stores) hqPages {
	exporter := hqui.Exporter{Kit: k, Exports: s.Exports}
	return hqPages{
		audit:         &audit.Handler{Exporter: exporter, DB: pr.pool},
		imports:       &imports.Handler{Kit: k, Intake: s.Imports},
		organizations: &organizations.Handler{Kit: k, Orgs: s.Orgs},
		people:        &people.Handler{Kit: k, DB: pr.pool, Factors: s.Factors, Orgs: s.Orgs, People: s.People},
		review:        &review.Handler{Kit: k, DB: pr.pool, Orgs: s.Orgs, Reviews: s.Reviews},
	}
}
