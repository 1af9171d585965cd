package portal_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/eventimport"
	"shtab/internal/sheet"
	"shtab/web/portal/portaltest"
)

// upload sends a file to the import.
func upload(t testing.TB, b *portaltest.Browser, base string, org int64, name string, file []byte, publish bool) portaltest.Answer {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("org", fmt.Sprint(org))
	if publish {
		_ = m.WriteField("publish", "1")
	}
	w, err := m.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = w.Write(file)
	_ = m.Close()
	r, _ := http.NewRequest(http.MethodPost, base+"/ru/desk/import", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	resp, err := b.Client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, _ := io.ReadAll(resp.Body)
	return portaltest.Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}
}

// rows makes a workbook of events with the columns' plain names; each change spoils one.
func rows(t testing.TB, n int, day time.Time, change func(i int, row map[string]any)) []byte {
	t.Helper()
	s := sheet.Sheet{Name: "События", Head: eventimport.Columns}
	for i := range n {
		row := map[string]any{
			"number": fmt.Sprint(i + 1), "campaign": "TAZA ALEM", "title_kk": fmt.Sprint("Сенбілік ", i), "title_ru": fmt.Sprint("Субботник ", i),
			"place_kk": "Саябақ", "place_ru": "Парк", "district": "Есиль", "date": day.AddDate(0, 0, i%28), "from": "10:00", "to": "13:00", "capacity": 20,
		}
		if change != nil {
			change(i, row)
		}
		line := make([]any, len(eventimport.Columns))
		for c, name := range eventimport.Columns {
			line[c] = row[name]
		}
		s.Rows = append(s.Rows, line)
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func midnight(days int) time.Time {
	y, m, d := portaltest.Day().AddDate(0, 0, days).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// TestImport brings past and coming events: checked first, made once, the same file again
// changes nothing.
func TestImport(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	h.Exec(`update org set state = 'trusted'`)
	id := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, id, w.Org)
	c := h.As(id)

	file := rows(t, 40, midnight(3), func(i int, row map[string]any) {
		if i >= 30 {
			row["date"] = midnight(-100 - i)
		}
		if i == 1 {
			row["from"], row["to"], row["adults_only"] = "22:00", "01:30", "тяжёлая или опасная работа"
		}
	})
	a := upload(t, c, h.URL, w.Org, "x.xlsx", file, true)
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", a.Status, a.Body)
	}
	if n := h.Count(`select count(*) from event`); n != 0 {
		t.Fatalf("%d events before anybody confirmed", n)
	}
	at := a.Header.Get("Location")
	if page := c.Get(at); page.Status != 200 || !strings.Contains(page.Body, "40 новых событий") || !strings.Contains(page.Body, "Субботник 3") {
		t.Errorf("%d", page.Status)
	}
	other := h.Person("other@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, other, w.Org)
	if a := h.As(other).Post(at, url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("another's file: %d", a.Status)
	}
	for range 2 {
		if a := c.Post(at, url.Values{}); a.Status != http.StatusSeeOther {
			t.Fatalf("confirming: %d\n%s", a.Status, a.Body)
		}
	}
	for what, want := range map[string]int{
		`select count(*) from event where state = 'published'`:                                         40,
		`select count(*) from event where imported and ends_at < now()`:                                10,
		`select count(*) from event where imported`:                                                    10,
		`select count(*) from shift`:                                                                   40,
		`select count(*) from event where ends_at < now() and closed_at is null`:                       10,
		`select count(*) from audit where verb = 'event.import'`:                                       40,
		`select count(*) from event where adults_only = 'hazard' and ends_at - starts_at = '03:30:00'`: 1,
	} {
		if n := h.Count(what); n != want {
			t.Errorf("%s: %d, want %d", what, n, want)
		}
	}
	if page := c.Get(at); !strings.Contains(page.Body, "Создано 40 событий") {
		t.Error("the page does not say what was made")
	}
	// The same again, and one more.
	a = upload(t, c, h.URL, w.Org, "x.xlsx", file, true)
	if page := c.Get(a.Header.Get("Location")); !strings.Contains(page.Body, "40 уже есть") {
		t.Errorf("a second time: %d", page.Status)
	}
	c.Post(a.Header.Get("Location"), url.Values{})
	if n := h.Count(`select count(*) from event`); n != 40 {
		t.Errorf("%d events after the same file twice", n)
	}
	// Those that are over wait for no hours, and say where they come from.
	if desk := c.Get("/ru/desk"); strings.Contains(desk.Body, `id="hours"`) {
		t.Error("the desk asks for the hours of what was brought")
	}
	var over int64
	h.Scan(`select id from event where imported limit 1`, nil, &over)
	if page := c.Get(portaltest.Path("/ru/desk/events/%d", over)); page.Status != 200 || !strings.Contains(page.Body, "Внесено из файла") {
		t.Errorf("an event that was brought: %d", page.Status)
	}
	// After an hour it is forgotten.
	a = upload(t, c, h.URL, w.Org, "x.xlsx", rows(t, 41, midnight(3), nil), false)
	h.Exec(`update intake set created_at = now() - interval '61 minutes'`)
	if late := c.Get(a.Header.Get("Location")); late.Status != http.StatusNotFound {
		t.Errorf("after an hour: %d", late.Status)
	}
}

// TestImportTellsEveryProblem holds that all problems are told by cell, in words, and nothing is
// kept.
func TestImportTellsEveryProblem(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	id := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, id, w.Org)
	h.Exec(`update org set state = 'active'`)
	c := h.As(id)
	spoil := []func(map[string]any){
		func(r map[string]any) { r["campaign"] = "Чужая" },
		func(r map[string]any) { r["title_kk"] = "" },
		func(r map[string]any) { r["district"] = "Медеу" },
		func(r map[string]any) { r["date"] = "31.02.2027" },
		func(r map[string]any) { r["from"] = "утром" },
		func(r map[string]any) { r["capacity"] = "много" },
		func(r map[string]any) { r["capacity"] = -5 },
		func(r map[string]any) { r["adults_only"] = "да" },
		func(r map[string]any) { r["date"] = midnight(-30) },
		func(r map[string]any) { r["number"] = "1" },
		func(r map[string]any) {},
	}
	file := rows(t, len(spoil)+1, midnight(5), func(i int, r map[string]any) {
		if i > 0 {
			spoil[i-1](r)
		}
	})
	a := upload(t, c, h.URL, w.Org, "x.xlsx", file, false)
	if a.Status != http.StatusUnprocessableEntity {
		t.Fatalf("%d", a.Status)
	}
	for _, cell := range []string{"B3", "C4", "L5", "M6", "N7", "P8", "P9", "R10", "M11", "строка 12"} {
		if !strings.Contains(a.Body, "События · "+cell+"<") {
			t.Errorf("%s is not named", cell)
		}
	}
	if !strings.Contains(a.Body, "10 ошибок в файле") {
		t.Error("the problems are not counted: ", regexp.MustCompile(`<h2 id="report">[^<]*|<th scope="row">[^<]*</th><td>[^<]*`).FindAllString(a.Body, -1))
	}
	// One row, everything in it.
	a = upload(t, c, h.URL, w.Org, "x.xlsx", rows(t, 1, midnight(5), func(_ int, r map[string]any) {
		for _, column := range []string{"campaign", "district", "date", "from", "to", "capacity", "min_age", "adults_only"} {
			r[column] = "жоқ"
		}
		r["title_kk"], r["place_ru"], r["contact_phone"] = "", "", strings.Repeat("7", 40)
	}), false)
	for _, cell := range []string{"B2", "C2", "J2", "L2", "M2", "N2", "O2", "P2", "Q2", "R2", "T2"} {
		if !strings.Contains(a.Body, "События · "+cell+"<") {
			t.Errorf("%s of one row is not named", cell)
		}
	}
	if !strings.Contains(a.Body, "11 ошибок в файле") {
		t.Error("the problems of one row are not counted")
	}
	for what, c2 := range map[string]struct {
		change func(map[string]any)
		cell   string
	}{
		"an age that is none":     {func(r map[string]any) { r["min_age"] = -5 }, "Q2"},
		"the hours turned round":  {func(r map[string]any) { r["from"], r["to"] = "13:00", "10:00" }, "O2"},
		"an event of no duration": {func(r map[string]any) { r["to"] = "10:00" }, "O2"},
	} {
		a := upload(t, c, h.URL, w.Org, "x.xlsx", rows(t, 1, midnight(5), func(_ int, r map[string]any) { c2.change(r) }), false)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "События · "+c2.cell+"<") || !strings.Contains(a.Body, "1 ошибка") {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	if h.Count(`select count(*) from intake`)+h.Count(`select count(*) from event`) != 0 {
		t.Error("something was kept")
	}
	for what, file := range map[string][]byte{
		"no column": []byte("a;b\n1;2\n"), "a page": []byte("<html>"), "a formula": []byte("campaign;title_kk\n=1;2\n"), "nothing": nil,
		"separators": []byte(";;\n;;\n"), "an unknown column": []byte("number;campaign;title_kk;title_ru;sumary_kk\n1;2;3;4;5\n"),
		"a column twice": []byte("campaign;title_kk;title_kk\n1;2;3\n"),
	} {
		a := upload(t, c, h.URL, w.Org, "x.csv", file, false)
		if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `id="report"`) {
			t.Errorf("%s: %d", what, a.Status)
		}
	}
	if a := upload(t, c, h.URL, w.Org, "x.csv", make([]byte, 12<<20), false); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("12 MB: %d", a.Status)
	}
	if a := upload(t, c, h.URL, w.HQ, "x.xlsx", rows(t, 1, midnight(3), nil), false); a.Status != http.StatusNotFound {
		t.Errorf("another organisation: %d", a.Status)
	}
	// Where the headquarters does not trust yet, publishing goes to its review.
	a = upload(t, c, h.URL, w.Org, "x.xlsx", rows(t, 2, midnight(3), nil), true)
	c.Post(a.Header.Get("Location"), url.Values{})
	if n := h.Count(`select count(*) from event where state = 'review'`); n != 2 {
		t.Errorf("%d in review", n)
	}
}

// TestImportKnowsWhatIsThere holds that an event is known by its title and start, however it came
// there, and that a number is its host's own.
func TestImportKnowsWhatIsThere(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	var other int64
	h.Scan(`insert into org (slug, kind, name, joined_on, state) values ('qamqor', 'ngo', '{"kk":"Қамқор"}', '2024-01-01', 'trusted') returning id`, nil, &other)
	id := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2), ($1, $3)`, id, w.Org, other)
	c := h.As(id)
	bring := func(org int64, number string) int {
		t.Helper()
		a := upload(t, c, h.URL, org, "x.xlsx", rows(t, 1, midnight(5), func(_ int, r map[string]any) { r["number"] = number }), false)
		if a := c.Post(a.Header.Get("Location"), url.Values{}); a.Status != http.StatusSeeOther {
			t.Fatalf("%d", a.Status)
		}
		return h.Count(`select count(*) from event where org_id = $1`, org)
	}
	h.Exec(`insert into event (campaign_id, org_id, title, starts_at, ends_at, created_at, updated_at) select $1, $2, '{"kk":"СЕНБІЛІК 0"}', at, at + interval '1 hour', now(), now()
		from (select ($3::date + time '10:00') at time zone $4 at) x`, w.Campaign, w.Org, midnight(5), h.City.Zone)
	for _, number := range []string{"", "А-1"} {
		if n := bring(w.Org, number); n != 1 {
			t.Errorf("beside one written by hand, number %q: %d events", number, n)
		}
	}
	for _, number := range []string{"", "1", "1", ""} {
		if n := bring(other, number); n != 1 {
			t.Errorf("number %q: %d events", number, n)
		}
	}
	h.Exec(`delete from event where org_id = $1`, other)
	for i, number := range []string{"1", "2"} { // two of one name at one time, told apart by their host
		if n := bring(other, number); n != i+1 {
			t.Errorf("number %q: %d events", number, n)
		}
	}
	// The other host has such a number too: a draft that changes hands leaves its own behind.
	h.Exec(`update event set import_key = 'own:1' where org_id = $1`, w.Org)
	store, actor := event.NewStore(h.Pool, h.City), account.Actor{PersonID: id, Orgs: []int64{w.Org, other}}
	moved := h.Count(`select id from event where org_id = $1`, w.Org)
	held, err := store.Get(t.Context(), actor, int64(moved))
	if err != nil {
		t.Fatal(err)
	}
	held.OrgID = other
	if err := store.Save(t.Context(), actor, held.ID, held.Version, held.Details, h.Now()); err != nil {
		t.Errorf("a draft changes hands: %v", err)
	}
	if n := h.Count(`select count(*) from event where org_id = $1 and import_key is null`, other); n != 1 {
		t.Errorf("%d without a number", n)
	}

	// A day that passes between the check and the button is looked at anew.
	a := upload(t, c, h.URL, w.Org, "x.xlsx", rows(t, 1, midnight(9), nil), false)
	began := h.Now().In(h.City.Location()).Add(-20 * time.Minute)
	h.Exec(`update intake set created_at = now() - interval '50 minutes',
			plans = jsonb_set(plans, '{0,details,Slots,0}', jsonb_build_object('day', $1::text, 'from', $2::text, 'to', $2::text, 'next_day', true, 'capacity', 5))
		where done_at is null`, began.Format(time.DateOnly), began.Format("15:04"))
	before := h.Count(`select count(*) from event`)
	if a := c.Post(a.Header.Get("Location"), url.Values{}); a.Header.Get("Location") != "/ru/desk/import" || h.Count(`select count(*) from event`) != before {
		t.Errorf("passed meanwhile: %d, %s", a.Status, a.Header.Get("Location"))
	}
}

// TestImportTemplate holds that the template's example is no event, and a clean one as soon as it
// has a number of its own, in each language and form.
func TestImportTemplate(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t, portaltest.WithoutWorker)
	w := h.World()
	h.Exec(`update org set state = 'trusted'`)
	id := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, id, w.Org)
	c := h.As(id)
	for _, l := range []string{"kk", "ru", "en"} {
		for _, form := range []string{"xlsx", "csv"} {
			a := c.Get("/" + l + "/desk/import/template/" + form)
			if a.Status != 200 || !strings.Contains(a.Header.Get("Content-Disposition"), "."+form) {
				t.Fatalf("%s %s: %d", l, form, a.Status)
			}
			if a := upload(t, c, h.URL, w.Org, "t", []byte(a.Body), true); a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "В файле нет событий") {
				t.Errorf("%s %s: the example is an event: %d", l, form, a.Status)
			}
			own := sheet.Sheet{Name: "x"}
			if err := sheet.Read([]byte(a.Body), func(r sheet.Row) error {
				if own.Head == nil {
					own.Head = r.Cells
					return nil
				}
				line := make([]any, len(r.Cells))
				for i, cell := range r.Cells {
					line[i] = cell
				}
				line[0] = "1"
				own.Rows = append(own.Rows, line)
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			if err := sheet.WriteCSV(&b, own); err != nil {
				t.Fatal(err)
			}
			if a := upload(t, c, h.URL, w.Org, "t", b.Bytes(), true); a.Status != http.StatusSeeOther {
				t.Errorf("%s %s is not clean: %d\n%s", l, form, a.Status, a.Body)
			}
		}
	}
	if a := c.Get("/ru/desk/import/template/xlsx?org=" + fmt.Sprint(w.HQ)); a.Status != http.StatusNotFound {
		t.Errorf("another's campaigns: %d", a.Status)
	}
}

// BenchmarkImport reads and makes 1,310 events.
func BenchmarkImport(b *testing.B) {
	h := portaltest.Start(b, portaltest.WithoutWorker)
	w := h.World()
	h.Exec(`update org set state = 'trusted'`)
	id := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, id, w.Org)
	c := h.As(id)
	run := 0
	for b.Loop() {
		run++
		file := rows(b, 1310, midnight(-400), func(i int, r map[string]any) { r["number"] = fmt.Sprint(run, "-", i) })
		a := upload(b, c, h.URL, w.Org, "x.xlsx", file, true)
		if a := c.Post(a.Header.Get("Location"), url.Values{}); a.Status != http.StatusSeeOther {
			b.Fatal(a.Status)
		}
	}
}
