package portal

import (
	"shtab/web/desk/campaigns"
	"shtab/web/desk/checkin"
	"shtab/web/desk/events"
	"shtab/web/desk/home"
	"shtab/web/desk/hours"
	"shtab/web/desk/imports"
	"shtab/web/desk/messages"
	"shtab/web/desk/organizations"
	"shtab/web/desk/roster"
	"shtab/web/httpkit"
)

// deskPages are the coordinators' page groups.
type deskPages struct {
	campaigns     *campaigns.Handler
	checkin       *checkin.Handler
	events        *events.Handler
	home          *home.Handler
	hours         *hours.Handler
	imports       *imports.Handler
	messages      *messages.Handler
	organizations *organizations.Handler
	roster        *roster.Handler
}

func (pr *process) deskPages(k *httpkit.Kit, s *Stores) deskPages {
	return deskPages{
		campaigns:     &campaigns.Handler{Kit: k, DB: pr.pool, Campaigns: s.Campaigns},
		checkin:       &checkin.Handler{Kit: k, Attendance: s.Attendance, Signups: s.Signups},
		events:        &events.Handler{Kit: k, DB: pr.pool, Events: s.Events, Signups: s.Signups},
		home:          &home.Handler{Kit: k, DB: pr.pool},
		hours:         &hours.Handler{Kit: k, Attendance: s.Attendance},
		imports:       &imports.Handler{Kit: k, DB: pr.pool, Imports: s.Imports},
		messages:      &messages.Handler{Kit: k, Roster: s.Rosters},
		organizations: &organizations.Handler{Kit: k, DB: pr.pool, Orgs: s.Orgs, Totals: pr.totals},
		roster:        &roster.Handler{Kit: k, Roster: s.Rosters, Signups: s.Signups},
	}
}
