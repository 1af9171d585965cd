package calendar

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/web/locale"
)

// Times are in UTC, a shift is named after its event, and one that is cancelled says so.
func TestFile(t *testing.T) {
	t.Parallel()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	lat, lng := 51.1, 71.4
	at := time.Date(2026, 12, 5, 10, 0, 0, 0, city.Location())
	shift := Shift{
		ID: 7, EventID: 3, Title: i18n.Text{RU: "Субботник, снег; лёд"}, Place: i18n.Text{RU: "Парк"},
		StartsAt: at, EndsAt: at.Add(2 * time.Hour), Accessibility: i18n.Text{RU: "Пандус"}, Lat: &lat, Lng: &lng,
		UpdatedAt: at.AddDate(0, 0, -1),
	}
	other := shift
	other.ID, other.ShiftTitle, other.Cancelled = 8, i18n.Text{RU: "Утро"}, true
	url := func(l i18n.Lang, event int64) string { return fmt.Sprintf("https://shtab.test/%s/events/%d", l, event) }
	file := strings.ReplaceAll(string(File([]Shift{shift, other}, texts.For(i18n.RU), url, city)), "\r\n ", "")
	for _, want := range []string{
		"UID:shift-7@shtab\r\n", "DTSTART:20261205T050000Z\r\n", "DTEND:20261205T070000Z\r\n",
		"DTSTAMP:20261204T050000Z\r\n",
		`SUMMARY:Субботник\, снег\; лёд` + "\r\n", `LOCATION:Парк\, Астана` + "\r\n", "GEO:51.1;71.4\r\n",
		"DESCRIPTION:Доступность: Пандус\r\n",
		"URL:https://shtab.test/ru/events/3\r\n", "STATUS:CONFIRMED\r\n",
		"UID:shift-8@shtab\r\n", `SUMMARY:Субботник\, снег\; лёд · Утро` + "\r\n", "STATUS:CANCELLED\r\n",
	} {
		if !strings.Contains(file, want) {
			t.Errorf("no %q in\n%s", want, file)
		}
	}
	if n := strings.Count(file, "BEGIN:VEVENT"); n != 2 {
		t.Errorf("%d entries", n)
	}
}
