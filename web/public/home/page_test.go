package home

import (
	"testing"

	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	campaigns := uitest.Campaigns()
	uitest.Check(t,
		uitest.State{
			Name: "visitor",
			Page: page(view{City: uitest.CityTotals, Next: uitest.EventCards()[:6], Campaigns: campaigns}),
		},
		uitest.State{
			Name: "signed in, no events", Actor: uitest.Volunteer,
			Page: page(view{City: uitest.CityTotals, Campaigns: campaigns}),
		},
	)
}
