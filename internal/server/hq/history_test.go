package hq_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shtab/internal/sheet"
	"shtab/web/portal/portaltest"
)

// registry is a house with an administrator beside the staff.
type registry struct {
	*review
	boss   *portaltest.Browser
	bossID int64
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	r := &registry{review: newReview(t)}
	r.bossID = r.Person("boss@shtab.test", 45)
	r.Exec(`update person set role = 'admin' where id = $1`, r.bossID)
	r.boss = r.As(r.bossID)
	return r
}

// sendFile posts a spreadsheet of rows under the head of the past years' template.
func sendFile(r *registry, b *portaltest.Browser, rows ...[]any) portaltest.Answer {
	r.T.Helper()
	var file, body bytes.Buffer
	head := []string{"Номер", "Дата", "Название (каз)", "Название (рус)", "Название (англ)", "Организация", "Кампания", "Район", "Участников", "Часов всего", r.thing()}
	if err := sheet.WriteXLSX(&file, sheet.Sheet{Name: "События", Head: head, Rows: rows}); err != nil {
		r.T.Fatal(err)
	}
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "past.xlsx")
	if err != nil {
		r.T.Fatal(err)
	}
	_, _ = part.Write(file.Bytes())
	_ = form.Close()
	req, _ := http.NewRequest(http.MethodPost, r.URL+"/ru/hq/import", &body)
	req.Header.Set("Content-Type", form.FormDataContentType())
	resp, err := b.Client.Do(req)
	if err != nil {
		r.T.Fatal(err)
	}
	defer resp.Body.Close()
	text, _ := io.ReadAll(resp.Body)
	return portaltest.Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}
}

// thing is the name of a kind of things delivered.
func (r *registry) thing() string {
	var name string
	r.Scan(`select name ->> 'ru' from delivery_kind order by position limit 1`, nil, &name)
	return name
}

// Events of the years before the portal come from a file with totals only: a dry run names every
// problem by its cell, a confirmed file counts once, and the events are marked wherever shown.
func TestHistory(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	const org = "Жастар"
	var name string
	r.Scan(`select name ->> 'kk' from campaign where id = $1`, []any{r.Campaign}, &name)
	good := []any{"", day("2021-05-09"), "Сенбілік", "Субботник", "", org, name, "Есиль", 45, 135.5, 12}
	want(t, sendFile(r, r.mine, good), http.StatusForbidden)
	a := want(t, sendFile(r, r.staff, good,
		[]any{"", day("2018-05-09"), "А", "", "", "Нет такой", "Нет", "Луна", "много", -1, "пять"},
		[]any{"", day("2021-05-10"), "А", "Б", "", org, name, "", 0, 5, ""},
		good), http.StatusUnprocessableEntity,
		"B3", "не раньше создания штаба", "D3", "F3", "Такой организации нет", "G3", "H3", "I3", "J3", "K3", "I4", "участников ноль")
	if n := strings.Count(a.Body, "<th scope=\"row\">"); n != 10 {
		t.Errorf("%d problems are named", n)
	}
	if r.Count(`select count(*) from event`)+r.Count(`select count(*) from history_file`) != 0 {
		t.Error("a file with mistakes was kept")
	}
	before := r.Count(`select coalesce(sum(events), 0) from total_event`)
	for range 2 {
		at := want(t, sendFile(r, r.staff, good, []any{"", day("2020-12-31"), "Аяз", "Мороз", "", org, name, "", 5, 10, ""}), http.StatusSeeOther).Header.Get("Location")
		want(t, r.staff.Get(at), http.StatusOK, "Участников: 50, часов: 145,5")
		want(t, r.boss.Get(at), http.StatusNotFound)
		want(t, r.boss.Post(at, nil), http.StatusNotFound)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if a, err := r.staff.Try(http.MethodPost, at, nil); err != nil || a.Status != http.StatusSeeOther {
					t.Errorf("%d %v", a.Status, err)
				}
			})
		}
		wg.Wait()
	}
	if n := r.Count(`select count(*) from event where imported and closed_at is not null and brought_participations = 45 and brought_minutes = 8130`); n != 1 {
		t.Errorf("%d events made", n)
	}
	if n := r.Count(`select count(*) from event_delivery where amount = 12`); n != 1 {
		t.Error("what was delivered is lost")
	}
	if n := r.Count(`select sum(events) from total_event`) - before; n != 2 {
		t.Errorf("%d events counted", n)
	}
	if n := r.Count(`select sum(participations) from total_event where day between '2021-05-01' and '2021-05-31'`); n != 45 {
		t.Errorf("%d participations counted", n)
	}
	if n := r.Count(`select sum(minutes) from total_event where day < '2021-01-01'`); n != 600 {
		t.Errorf("31 December stands elsewhere: %d", n)
	}
	id := r.Count(`select id from event where brought_participations = 45`)
	want(t, r.Browser().Get(portaltest.Path("/ru/events/%d", id)), http.StatusOK, "Внесено из архива штаба", "9 мая 2021")
	if a := want(t, r.Browser().Get("/ru/organizations/jastar"), http.StatusOK, "Внесено из архива штаба"); strings.Contains(a.Body, "00:00") {
		t.Error("an hour is shown that nobody knows")
	}
	f, err := excelize.OpenReader(strings.NewReader(want(t, r.staff.Get("/ru/hq/import/template"), http.StatusOK).Body))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := f.GetCellValue(f.GetSheetName(0), "F1"); v != "Организация" {
		t.Errorf("the template's F1 is %q", v)
	}
}
