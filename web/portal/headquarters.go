package portal

import (
	"shtab/web/hq/audit"
	"shtab/web/hq/deliveries"
	"shtab/web/hq/exports"
	"shtab/web/hq/hqui"
	"shtab/web/hq/imports"
	"shtab/web/hq/organizations"
	"shtab/web/hq/people"
	"shtab/web/hq/review"
	"shtab/web/hq/settings"
	"shtab/web/hq/totals"
	"shtab/web/httpkit"
)

// hqPages are the headquarters' page groups.
type hqPages struct {
	audit         *audit.Handler
	deliveries    *deliveries.Handler
	exports       *exports.Handler
	imports       *imports.Handler
	organizations *organizations.Handler
	people        *people.Handler
	review        *review.Handler
	settings      *settings.Handler
	totals        *totals.Handler
}

func (pr *process) hqPages(k *httpkit.Kit, s *Stores) hqPages {
	exporter := hqui.Exporter{Kit: k, Exports: s.Exports}
	return hqPages{
		audit:         &audit.Handler{Exporter: exporter, DB: pr.pool},
		deliveries:    &deliveries.Handler{Kit: k, DB: pr.pool, Attendance: s.Attendance},
		exports:       &exports.Handler{Exporter: exporter},
		imports:       &imports.Handler{Kit: k, Intake: s.Imports},
		organizations: &organizations.Handler{Kit: k, Orgs: s.Orgs},
		people:        &people.Handler{Kit: k, DB: pr.pool, MFA: s.MFA, Orgs: s.Orgs, People: s.People},
		review:        &review.Handler{Kit: k, DB: pr.pool, Orgs: s.Orgs, Reviews: s.Reviews},
		settings:      &settings.Handler{Kit: k, Settings: pr.settings, Base: s.base, Refresh: pr.refreshed},
		totals:        &totals.Handler{Exporter: exporter, DB: pr.pool, Totals: pr.totals},
	}
}
