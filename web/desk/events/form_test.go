package events_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"shtab/internal/event"
	"shtab/internal/event/eventtest"
	"shtab/web/portal/portaltest"
)

// The form shows every field of an event as it was sent, and a copy all but its dates.
func TestFormShowsEveryField(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	full := eventtest.Filled("full", o.Org, o.Campaign, o.Other, day(60))
	sent := event.Form().Show(&full, o.City.Location())
	form := with(nil, "op", "save", "key", "k", "cohosts", fmt.Sprint(o.Other),
		"shift[0].day", day(60), "shift[0].from", "10:00", "shift[0].to", "13:00", "shift[0].capacity", "7")
	for name, value := range sent {
		form.Set(name, value)
	}
	id := made(t, o.Mine.Post("/ru/desk/events/new", form))
	shown := fields(t, want(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d/edit", id)), http.StatusOK).Body)
	for _, name := range slices.Sorted(maps.Keys(form)) {
		if got := shown.Get(name); name != "op" && name != "key" && got != form.Get(name) {
			t.Errorf("%s is %q, not %q", name, got, form.Get(name))
		}
	}
	copied := o.Mine.Post(portaltest.Path("/ru/desk/events/%d/duplicate", id), with(nil, "key", "c"))
	place, _, _ := strings.Cut(want(t, copied, http.StatusSeeOther).Header.Get("Location"), "#")
	shown = fields(t, want(t, o.Mine.Get(place), http.StatusOK).Body)
	for _, f := range event.Fields {
		for _, name := range f.Inputs {
			if same := shown.Get(name) == sent[name]; same == f.Dated {
				t.Errorf("the copy's %s is %q", name, shown.Get(name))
			}
		}
	}
}
