package e2e_test

import (
	"testing"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// Pages whose texts depend on dates stand as they should in the narrowest window, in the language with
// the longest ones: nothing is covered, nothing reaches over the side. Colours are TestPages'.
func TestChosenDays(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	p := open(t, h.URL)
	p.size(320, 640)
	h.EachChosenDay(t, func(t *testing.T, d portaltest.DayPages) {
		for _, page := range []struct {
			path string
			who  int64
			open string // what is opened before one looks
		}{
			{link.Me(i18n.KK), d.Volunteer, `details.sure > summary`},
			{link.Event(i18n.KK, d.Event), d.Volunteer, `details.sure > summary`},
			{link.Home(i18n.KK), 0, ""},
			{link.DeskEventAction(i18n.KK, d.Event, "repeat"), d.Coordinator, ""},
		} {
			p.forget()
			if page.who != 0 {
				p.as(h, page.who)
			}
			p.visit(page.path, 200)
			if page.open != "" {
				p.touch(page.open)
			}
			if width, culprits := p.wide(); width > 320 {
				t.Errorf("%s is %d wide: %q", page.path, width, culprits)
			}
			for _, c := range p.covered() {
				t.Errorf("%s: %s", page.path, c)
			}
		}
	})
}
