package portal

import (
	"shtab/web/httpkit"
)

// pages is every page group of the portal, by audience. Each audience's own file builds its groups.
type pages struct {
	demo     httpkit.DemoPages // none in a portal of a city
	visitors visitorPages
	me       volunteerPages
	desk     deskPages
	hq       hqPages
}

// newPages makes the pages over the stores.
func (pr *process) newPages(k *httpkit.Kit, s *Stores) *pages {
	p := &pages{
		visitors: pr.visitorPages(k, s),
		me:       pr.volunteerPages(k, s),
		desk:     pr.deskPages(k, s),
		hq:       pr.hqPages(k, s),
	}
	if pr.Demo != nil {
		p.demo = pr.Demo(k, pr.pool)
		p.visitors.login.DemoNote = p.demo.LoginNote
	}
	return p
}
