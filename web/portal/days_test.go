package portal_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/locale"
	"shtab/web/portal/portaltest"
)

// broken is what a page must not say: a text that was not filled in, an instant as no person writes it.
var broken = []string{"<no value>", "%!", "NaN", "0001-01-01", "+0000 UTC", "+0500 +05"}

// Pages whose texts depend on dates are right on days that are easily got wrong, in each language.
func TestPagesOnChosenDays(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	texts, err := i18n.Load(locale.FS, h.City.Location())
	if err != nil {
		t.Fatal(err)
	}
	h.EachChosenDay(t, func(t *testing.T, d portaltest.DayPages) {
		visitor, volunteer, coordinator, staff := h.Browser(), h.As(d.Volunteer), h.As(d.Coordinator), h.As(d.Staff)
		for _, l := range i18n.Langs {
			pages := map[string]*portaltest.Browser{
				link.Me(l): volunteer, link.Book(l): volunteer, link.Profile(l): volunteer,
				link.DeskRoster(l, d.Event): coordinator, link.DeskCheckIn(l, d.Event): coordinator,
				link.DeskEventAction(l, d.Event, "repeat"): coordinator,
				link.DeskEventAction(l, d.Event, "cancel"): coordinator,
				link.DeskEventEdit(l, d.Event):             coordinator,
			}
			for _, path := range []string{
				link.Home(l), link.Events(l, nil), link.Event(l, d.Event), link.Totals(l),
				link.EventICS(l, d.Event),
			} {
				pages[path] = visitor
			}
			for _, when := range []string{"today", "tomorrow", "weekend", "week", "month"} {
				pages[link.Events(l, nil)+"?when="+when] = visitor
			}
			for _, path := range []string{link.Desk(l), link.DeskEvents(l, nil), link.DeskEvent(l, d.Event)} {
				pages[path] = coordinator
			}
			for _, period := range []string{"week", "month", "last_month", "quarter", "year", "last_year", "since"} {
				pages[link.HQ(l)+"?period="+period] = staff
			}
			pages[link.HQReview(l, "")], pages[link.HQAudit(l, nil)] = staff, staff
			for path, b := range pages {
				a := b.Get(path)
				if a.Status != http.StatusOK {
					t.Errorf("%s: %d", path, a.Status)
				}
				for _, text := range broken {
					if i := strings.Index(a.Body, text); i >= 0 {
						t.Errorf("%s says %q", path, a.Body[max(0, i-60):min(len(a.Body), i+60)])
					}
				}
			}
			// The time limit for cancelling, three hours before tomorrow's event, is written out.
			limit := texts.For(l).Moment(h.Now().Truncate(time.Minute).Add(23*time.Hour), h.Now())
			volunteer.Get(link.Me(l)).Want(t, http.StatusOK, limit)
		}
	})
}
