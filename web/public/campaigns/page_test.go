package campaigns

import (
	"testing"

	"shtab/internal/event"
	"shtab/web/ui/uitest"
)

func TestPage(t *testing.T) {
	cs, cards := uitest.Campaigns(), uitest.EventCards()
	uitest.Check(t,
		uitest.State{Name: "campaigns", Path: "/campaigns", Page: listPage(cs)},
		uitest.State{
			Name: "campaign", Path: "/campaigns/taza-alem",
			Page: campaignPage(campaignView{
				Campaign: cs[4], Sums: uitest.Sums, Coming: event.Page{Cards: cards[:3], Total: 12},
				Past: cards[:2],
			}),
		},
	)
}
