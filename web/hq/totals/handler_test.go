package totals_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shtab/internal/totals"
	"shtab/web/portal/portaltest"
)

// season is a headquarters after six events, some of whose volunteers did not come.
func season(t *testing.T) *portaltest.Headquarters {
	t.Helper()
	h := portaltest.StartHeadquarters(t)
	for i := range 6 {
		event, shift := h.Event(h.World, -time.Duration(26+30*i)*time.Hour, 9)
		for j := range 3 + i {
			minutes := 90
			if j%4 == 3 {
				minutes = 0
			}
			h.Attend(event, shift, h.Person(fmt.Sprintf("p%d-%d@shtab.test", i, j), 15+j), minutes)
		}
		h.CloseEvent(event)
	}
	return h
}

var (
	figure    = regexp.MustCompile(`<dt>([^<]+)</dt><dd><a href="([^"]+)">([^<]+)</a>`)
	figureRow = regexp.MustCompile(`<a href="([^"]+/hq/totals/[^"]+)">(\d[^<]*)</a>`)
	rowsTotal = regexp.MustCompile(`(?:Всего|Подтверждённых часов): ([^<]+)`)
	notDigit  = regexp.MustCompile(`\D`)
)

func digits(s string) string { return notDigit.ReplaceAllString(s, "") }

// Every figure of the first page leads to its rows, and figure, rows and file say the same.
func TestShowReport(t *testing.T) {
	t.Parallel()
	h := season(t)
	h.Coordinator.Get("/ru/hq").Want(t, http.StatusForbidden)
	page := h.Staff.Get("/ru/hq?period=since").Want(t, http.StatusOK, "Как мы считаем", "Событий проведено").Body
	first := figure.FindAllStringSubmatch(page, -1)
	if want := len(totals.FiguresIn(totals.FirstPage)); len(first) != want {
		t.Fatalf("%d figures, declared are %d", len(first), want)
	}

	t.Run("figures", func(t *testing.T) {
		for _, f := range first {
			name, path, shown := f[1], html.UnescapeString(f[2]), f[3]
			_, rest, ok := strings.Cut(h.Staff.Get(path).Want(t, http.StatusOK).Body, "Всего: ")
			total, _, _ := strings.Cut(rest, "</b>")
			if !ok {
				t.Fatalf("%s leads nowhere", name)
			}
			if name == "Пришли из записанных" || name == "Подтверждённых часов" {
				continue // a share of rows, and their sum
			}
			if digits(total) != digits(shown) {
				t.Errorf("%s: %s on the page, %s above the rows", name, shown, total)
			}
			u, _ := url.Parse(path)
			form := url.Values{"form": {"xlsx"}, "query": {u.RawQuery}}
			file := h.Staff.Post(u.Path+"/export", form).Want(t, http.StatusOK).Workbook(t)
			if rows, _ := file.GetRows(file.GetSheetName(0)); fmt.Sprint(len(rows)-1) != digits(total) {
				t.Errorf("%s: %d rows in the file, %s on the page", name, len(rows)-1, total)
			}
		}
	})
	t.Run("rankings, charts and ages", func(t *testing.T) {
		others := figureRow.FindAllStringSubmatch(page, -1)
		if len(others) < 30 {
			t.Errorf("%d figures with rows", len(others))
		}
		for _, f := range others[len(first):] {
			totals := rowsTotal.FindAllStringSubmatch(h.Staff.Get(html.UnescapeString(f[1])).Want(t, http.StatusOK).
				Body, -1)
			same := slices.ContainsFunc(totals, func(m []string) bool { return digits(m[1]) == digits(f[2]) })
			if !same && digits(f[2]) != "0" {
				t.Errorf("%s: %s on the page, %q above the rows", f[1], f[2], totals)
			}
		}
	})
	t.Run("as a file", func(t *testing.T) {
		form := url.Values{"form": {"xlsx"}, "query": {"period=since"}}
		book := h.Staff.Post("/ru/hq/report", form).Want(t, http.StatusOK).Workbook(t)
		if n := len(book.GetSheetList()); n != 7 {
			t.Errorf("%d sheets in the report", n)
		}
		if cell, _ := book.GetCellValue(book.GetSheetName(0), "B5"); cell != "6" { // events
			t.Errorf("the report says %s events", cell)
		}
	})
	t.Run("of unknown filters", func(t *testing.T) {
		const nonsense = "period=dates&from=x&campaign=abc&org=99999999999999999999&kind=club&district=moon&age=old"
		h.Staff.Get("/ru/hq?"+nonsense).Want(t, http.StatusOK)
		h.Staff.Get(portaltest.Path("/ru/hq?org=%d&kind=ngo&age=14-17", h.Org)).Want(t, http.StatusOK, "Нет данных")
	})
}

// The rows name volunteers, and nothing by which they are reached; the filters stand in words.
func TestShowRows(t *testing.T) {
	t.Parallel()
	h := season(t)
	h.Exec(`update person set phone = '+77011234567' where email like 'p1-%'`)
	h.Staff.Get("/ru/hq/totals/attendance?period=since&part=attended").Want(t, http.StatusOK, "Айгүл").
		WantWithout(t, "p1-1@shtab.test", "+77011234567")
	h.Staff.Get("/ru/hq/totals/nonsense").Want(t, http.StatusNotFound)
	h.Staff.Get(portaltest.Path("/ru/hq/totals/delivered?part=trees&campaign=%d&district=none&age=14-17", h.Campaign)).
		Want(t, http.StatusOK, "Посаженные деревья · Кампания: Taza Alem · Район: без района · Возраст: 14")
}
