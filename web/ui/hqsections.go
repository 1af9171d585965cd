package ui

import (
	"slices"

	"shtab/internal/account"
	"shtab/internal/i18n"
	"shtab/web/link"
)

// HQSection is one of the headquarters' page groups.
type HQSection struct {
	Name string // its word is hq.nav.<name>
	Can  account.Capability
	Path func(i18n.Lang) string
}

// HQSections are those that an actor may open, in the order of the navigation.
func HQSections(a account.Actor) []HQSection {
	return slices.DeleteFunc([]HQSection{
		{"totals", account.SeeReports, link.HQ},
		{"review", account.Review, func(l i18n.Lang) string { return link.HQReview(l, "") }},
		{
			"organizations", account.ManageOrganizations,
			func(l i18n.Lang) string { return link.HQOrganizations(l, nil) },
		},
		{"people", account.ManagePeople, func(l i18n.Lang) string { return link.HQPeople(l, nil) }},
		{"deliveries", account.ManageDeliveries, link.HQDeliveries},
		{"import", account.ImportHistory, link.HQImport},
		{"exports", account.ExportPeople, link.HQExports},
		{"audit", account.SeeAudit, func(l i18n.Lang) string { return link.HQAudit(l, nil) }},
		{"settings", account.SetCity, link.HQSettings},
	}, func(s HQSection) bool { return !a.Can(s.Can) })
}
