package portal

import (
	"shtab/internal/server/desk"
	"shtab/web/httpkit"
)

// pages is every page group of the portal, by audience. Each audience's own file builds its groups.
type pages struct {
	demo     httpkit.DemoPages // none in a portal of a city
	visitors visitorPages
	me       volunteerPages
	desk     deskPages
	hq       hqPages

	day *desk.Room
}

// newPages makes the pages over the stores.
func (pr *process) newPages(k *httpkit.Kit, s *Stores) *pages {
	p := &pages{
		visitors: pr.visitorPages(k, s),
		me:       pr.volunteerPages(k, s),
		desk:     pr.deskPages(k, s),
		hq:       pr.hqPages(k, s),

		day: &desk.Room{
			Kit: k, DB: pr.pool, Intake: s.Imports, Orgs: s.Orgs,
			Figures: pr.totals,
		},
	}
	if pr.Demo != nil {
		p.demo = pr.Demo(k, pr.pool)
	}
	return p
}
