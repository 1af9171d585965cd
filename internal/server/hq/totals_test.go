package hq_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shtab/web/portal/portaltest"
)

// On the first page every figure leads to its rows, and figure, rows and file say the same.
func TestFigureRowsFile(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	for i := range 6 {
		id, shift := h.Event(h.World, -time.Duration(26+30*i)*time.Hour, 9)
		for j := range 3 + i {
			who := h.Person(fmt.Sprintf("p%d-%d@shtab.test", i, j), 15+j)
			h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at) select id, $2, during, 'confirmed', gen_random_uuid()::text, now(), now() from shift where id = $1`, shift, who)
			h.Exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, no_shows, minutes, recorded_at)
				select g.id, g.person_id, $1, $3, $4, (lower(g.during) at time zone 'Asia/Almaty')::date, case when g.id % 4 = 0 then 'no_show' else 'attended' end, (g.id % 4 <> 0)::int, (g.id % 4 = 0)::int, 90 * (g.id % 4 <> 0)::int, now()
				from signup g where g.shift_id = $2 and g.person_id = $5`, id, shift, h.Campaign, h.Org, who)
		}
		h.Exec(`update event set closed_at = now(), held_on = (starts_at at time zone 'Asia/Almaty')::date where id = $1`, id)
	}
	h.Coordinator.Get("/ru/hq").Want(t, http.StatusForbidden)
	page := h.Staff.Get("/ru/hq?period=since").Want(t, http.StatusOK, "Как мы считаем", "Событий проведено").Body
	figure := regexp.MustCompile(`<dt>([^<]+)</dt><dd><a href="([^"]+)">([^<]+)</a>`)
	found := figure.FindAllStringSubmatch(page, -1)
	if len(found) < 8 {
		t.Fatalf("%d figures", len(found))
	}
	number := regexp.MustCompile(`\D`)
	for _, f := range found {
		path := strings.ReplaceAll(f[2], "&amp;", "&")
		body := h.Staff.Get(path).Want(t, http.StatusOK).Body
		_, rest, ok := strings.Cut(body, "Всего: ")
		total, _, _ := strings.Cut(rest, "</b>")
		if !ok {
			t.Fatalf("%s leads nowhere", f[1])
		}
		if f[1] == "Пришли из записанных" || f[1] == "Подтверждённых часов" {
			continue // a share of rows, and their sum
		}
		if number.ReplaceAllString(total, "") != number.ReplaceAllString(f[3], "") {
			t.Errorf("%s: %s on the page, %s above the rows", f[1], f[3], total)
		}
		u, _ := url.Parse(path)
		a := h.Staff.Post(u.Path+"/export", url.Values{"form": {"xlsx"}, "query": {u.RawQuery}}).Want(t, http.StatusOK)
		file, err := excelize.OpenReader(strings.NewReader(a.Body))
		if err != nil {
			t.Fatal(err)
		}
		rows, _ := file.GetRows(file.GetSheetName(0))
		if fmt.Sprint(len(rows)-1) != number.ReplaceAllString(total, "") {
			t.Errorf("%s: %d rows in the file, %s on the page", f[1], len(rows)-1, total)
		}
	}
	// So does every other figure: in the rankings, in the tables of the charts, of the ages.
	others := regexp.MustCompile(`<a href="([^"]+/hq/totals/[^"]+)">(\d[^<]*)</a>`).FindAllStringSubmatch(page, -1)
	if len(others) < 30 {
		t.Errorf("%d figures with rows", len(others))
	}
	above := regexp.MustCompile(`(?:Всего|Подтверждённых часов): ([^<]+)`)
	for _, f := range others[len(found):] {
		body := h.Staff.Get(strings.ReplaceAll(f[1], "&amp;", "&")).Want(t, http.StatusOK).Body
		same := slices.ContainsFunc(above.FindAllStringSubmatch(body, -1), func(m []string) bool {
			return number.ReplaceAllString(m[1], "") == number.ReplaceAllString(f[2], "")
		})
		if !same && number.ReplaceAllString(f[2], "") != "0" {
			t.Errorf("%s: %s on the page, %q above the rows", f[1], f[2], above.FindAllString(body, -1))
		}
	}
	book, err := excelize.OpenReader(strings.NewReader(h.Staff.Post("/ru/hq/report", url.Values{"form": {"xlsx"}, "query": {"period=since"}}).Want(t, http.StatusOK).Body))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(book.GetSheetList()); n != 7 {
		t.Errorf("%d sheets in the report", n)
	}
	if cell, _ := book.GetCellValue(book.GetSheetName(0), "B5"); cell != "6" { // events
		t.Errorf("the report says %s events", cell)
	}
	rows := h.Staff.Get("/ru/hq/totals/attendance?period=since&part=attended").Want(t, http.StatusOK).Body
	for _, secret := range []string{"@shtab.test", "+7"} {
		if strings.Contains(rows, "p1-1"+secret) {
			t.Errorf("the rows show %s", secret)
		}
	}
	h.Staff.Get("/ru/hq/totals/nonsense").Want(t, http.StatusNotFound)
	h.Staff.Get(portaltest.Path("/ru/hq/totals/delivered?part=trees&campaign=%d&district=none&age=14-17", h.Campaign)).Want(t, http.StatusOK, "Посаженные деревья · Кампания: Taza Alem · Район: без района · Возраст: 14")
	h.Staff.Get("/ru/hq?period=dates&from=x&campaign=abc&org=99999999999999999999&kind=club&district=moon&age=old").Want(t, http.StatusOK)
	h.Staff.Get(portaltest.Path("/ru/hq?org=%d&kind=ngo&age=14-17", h.Org)).Want(t, http.StatusOK, "Нет данных")
}
