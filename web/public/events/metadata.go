package events

import (
	"context"
	"strconv"
	"time"

	"shtab/internal/event"
	"shtab/web/link"
	"shtab/web/ui"
)

// layout is what search engines and messengers read of the page.
func (v eventView) layout(ctx context.Context) ui.Page {
	e := v.Event
	p := ui.Page{
		Title: ui.S(ctx, e.Title), Section: "events", Public: e.State.Public(), Type: "article",
		Description: ui.T(
			ctx, "event.about_text", "when", ui.P(ctx).Moment(e.StartsAt, ui.From(ctx).Now), "place",
			ui.S(ctx, e.Place), "summary", ui.S(ctx, e.Summary),
		),
	}
	if p.Public {
		p.JSONLD = v.schema(ctx)
	}
	return p
}

// schema is the event as schema.org has it.
func (v eventView) schema(ctx context.Context) map[string]any {
	e, view, zone := v.Event, ui.From(ctx), ui.P(ctx).Zone()
	free := 0
	for _, c := range v.Choices {
		free += c.Shift.Free()
	}
	status, stock := "EventScheduled", "InStock"
	if e.State == event.Cancelled {
		status = "EventCancelled"
	}
	if free == 0 {
		stock = "SoldOut"
	}
	here := view.BaseURL + link.Event(ui.L(ctx), e.ID)
	place := map[string]any{
		"@type": "Place", "name": ui.S(ctx, e.Place),
		"address": map[string]any{
			"@type": "PostalAddress", "streetAddress": ui.S(ctx, e.Place),
			"addressLocality": ui.S(ctx, view.City.Name),
		},
	}
	if e.Lat != nil && e.Lng != nil {
		place["geo"] = map[string]any{"@type": "GeoCoordinates", "latitude": *e.Lat, "longitude": *e.Lng}
	}
	data := map[string]any{
		"@context": "https://schema.org", "@type": "Event",
		"name": ui.S(ctx, e.Title), "description": ui.S(ctx, e.Summary), "url": here, "inLanguage": string(ui.L(ctx)),
		"startDate": e.StartsAt.In(zone).Format(time.RFC3339), "endDate": e.EndsAt.In(zone).Format(time.RFC3339),
		"eventStatus":         "https://schema.org/" + status,
		"eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
		"location":            place, "isAccessibleForFree": true,
		"image": view.BaseURL + ui.Asset(ctx, "img/share.png"),
		"organizer": map[string]any{
			"@type": "Organization", "name": ui.S(ctx, e.Org.Name),
			"url": view.BaseURL + link.Organization(ui.L(ctx), e.Org.Slug),
		},
		"offers": map[string]any{
			"@type": "Offer", "price": 0, "priceCurrency": "KZT", "availability": "https://schema.org/" + stock,
			"url": here,
		},
	}
	if age := v.ages(); e.AdultsOnly != "" {
		data["typicalAgeRange"] = strconv.Itoa(view.City.Rules.AdultAge) + "-"
	} else if age > 0 {
		data["typicalAgeRange"] = strconv.Itoa(age) + "-"
	}
	return data
}
