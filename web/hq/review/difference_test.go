package review

import (
	"testing"

	"shtab/internal/campaign"
	"shtab/internal/event"
	"shtab/internal/event/eventtest"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/web/ui"
	"shtab/web/ui/uitest"
)

// The review shows every field that has changed, under its name.
func TestShowsEveryField(t *testing.T) {
	full := eventtest.Filled("full", 1, 2, 3, "2026-12-10")
	v := view{
		Orgs:      []org.Org{{ID: 1, Name: i18n.Text{RU: "Один"}}, {ID: 3, Name: i18n.Text{RU: "Три"}}},
		Campaigns: []campaign.Choice{{ID: 2, Name: i18n.Text{RU: "Два"}}},
	}
	for _, l := range i18n.Langs {
		ctx := uitest.Context(t, l)
		for _, f := range event.Form() {
			if label := ui.T(ctx, f.Label); label == f.Label {
				t.Errorf("%s: %s has no name", l, f.Name)
			}
			if now, was := v.shown(ctx, f, full), v.shown(ctx, f, event.Details{}); now == "" || now == was {
				t.Errorf("%s: %s is shown as %q, and empty as %q", l, f.Name, now, was)
			}
		}
	}
}
