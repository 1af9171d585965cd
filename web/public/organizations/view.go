package organizations

import (
	"context"

	"shtab/internal/event"
	"shtab/internal/org"
	"shtab/internal/totals"
	"shtab/web/link"
	"shtab/web/ui"
)

// listView is every organisation, in the order of the kinds.
type listView struct {
	Orgs []org.Org
}

func (v listView) kind(k org.Kind) (orgs []org.Org) {
	for _, o := range v.Orgs {
		if o.Kind == k {
			orgs = append(orgs, o)
		}
	}
	return orgs
}

// organizationView is one organisation with what it did.
type organizationView struct {
	Org    org.Org
	Sums   totals.Sums
	Coming event.Page
	Past   []event.Card
}

// applicationView is the application of an organisation, new or handed in before, and the applicant's
// others.
type applicationView struct {
	ID       int64 // 0: a new one
	Form     ui.OrganizationForm
	Problems map[string]string
	Conflict string // a catalogue key
	Returned string // the headquarters' words
	Waiting  bool   // handed in, not looked at yet
	Others   []org.Organization
}

func (v applicationView) path(ctx context.Context) string {
	if v.ID == 0 {
		return link.Apply(ui.L(ctx))
	}
	return link.Application(ui.L(ctx), v.ID)
}
