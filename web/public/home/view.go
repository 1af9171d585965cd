package home

import (
	"context"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/totals"
	"shtab/web/link"
	"shtab/web/ui"
)

// view is the first page.
type view struct {
	City      totals.CityTotals
	Next      []event.Card // the next events with free places
	Campaigns []campaign.Campaign
}

func layout(ctx context.Context) ui.Page {
	v := ui.From(ctx)
	return ui.Page{
		Description: ui.T(ctx, "home.description_text"), Section: "home", Public: true,
		JSONLD: map[string]any{
			"@context": "https://schema.org", "@type": "Organization",
			"name": ui.S(ctx, v.City.Headquarters), "url": v.BaseURL + link.Home(ui.L(ctx)),
			"email": v.City.Email, "telephone": v.City.Phone,
		},
	}
}
