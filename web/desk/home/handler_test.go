package home_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// The home page says what is today, what waits and what comes, each where it belongs.
func TestShowHome(t *testing.T) {
	t.Parallel()
	d := portaltest.StartDesk(t)
	show := func(b *portaltest.Browser) string {
		t.Helper()
		a := b.Get("/ru/desk")
		if a.Status != http.StatusOK {
			t.Fatalf("%d: %s", a.Status, a.Body)
		}
		return a.Body
	}
	if !strings.Contains(show(d.Mine), "Здесь начинается ваш день") {
		t.Error("an empty desk does not say what it is for")
	}
	for _, e := range []struct {
		title, state string
		from, to     time.Duration
	}{
		{"Идёт сейчас", "published", -time.Minute, time.Minute},
		{"Прошло", "published", -50 * time.Hour, -49 * time.Hour},
		{"Будет", "published", 50 * time.Hour, 51 * time.Hour},
		{"Пишется", "draft", 50 * time.Hour, 51 * time.Hour},
		{"Отменено", "cancelled", 50 * time.Hour, 51 * time.Hour},
	} {
		d.ListedEvent(e.title, e.state, e.from, e.to)
	}
	d.Exec(`update event set returned = 'Уточните адрес', returned_at = now() where state = 'draft'`)
	body := show(d.Mine)
	last := -1
	for _, part := range []string{
		"Сегодня", "Идёт сейчас", "Подтвердите часы", "Прошло", "Черновики и проверка", "Пишется", "Уточните адрес",
		"Впереди", "Будет",
	} {
		i := strings.Index(body, part)
		if i < last || i < 0 {
			t.Errorf("%q stands at %d, after %d", part, i, last)
		}
		last = i
	}
	if strings.Contains(body, "Отменено") {
		t.Error("what is cancelled still waits")
	}
	if strings.Contains(show(d.Theirs), "Будет") {
		t.Error("shows another organisation's events")
	}
}
