package events_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The list narrows by stage and by days.
func TestListEvents(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.ListedEvent("Прошло", "published", -50*time.Hour, -49*time.Hour)
	o.ListedEvent("Будет", "published", 50*time.Hour, 51*time.Hour)
	o.ListedEvent("Пишется", "draft", 50*time.Hour, 51*time.Hour)
	o.ListedEvent("Отменено", "cancelled", 50*time.Hour, 51*time.Hour)
	for stage, title := range map[string]string{
		"draft": "Пишется", "ahead": "Будет", "unclosed": "Прошло", "cancelled": "Отменено", "review": "Ничего",
		"closed": "Ничего",
	} {
		body := want(t, o.Mine.Get("/ru/desk/events?stage="+stage), http.StatusOK).Body
		if !strings.Contains(body, title) {
			t.Errorf("%s does not show %q", stage, title)
		}
	}
	found := want(t, o.Mine.Get("/ru/desk/events?from="+day(-3)+"&to="+day(-1)), http.StatusOK).Body
	if !strings.Contains(found, "Прошло") || strings.Contains(found, "Будет") {
		t.Error("the period does not narrow the list")
	}
}

// A list longer than a page goes on on the next one, each event once.
func TestListEventsGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Exec(
		`insert into event (campaign_id, org_id, state, title, starts_at, ends_at, created_at, updated_at,
			published_at)
		select $1, $2, 'published', jsonb_build_object('ru', 'Событие-' || i || '-'),
			now() + make_interval(hours => i), now() + make_interval(hours => i + 1), now(), now(), now()
		from generate_series(1, 120) i`, o.Campaign, o.Org)
	seen := map[string]int{}
	next := "/ru/desk/events"
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("the list does not end")
		}
		body := want(t, o.Mine.Get(next), http.StatusOK).Body
		for _, m := range regexp.MustCompile(`Событие-\d+-`).FindAllString(body, -1) {
			seen[m]++
		}
		next = ""
		if m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body); m != nil {
			next = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 events seen", len(seen))
	}
}
