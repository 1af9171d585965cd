package imports_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/eventimport"
	"shtab/internal/sheet"
	"shtab/web/portal/portaltest"
)

// importer is a portal with a coordinator of World.Org, which the headquarters trusts.
type importer struct {
	*portaltest.Server
	portaltest.World
	person int64
	me     *portaltest.Browser
}

func startImporter(t testing.TB) *importer {
	t.Helper()
	h := &importer{Server: portaltest.Start(t, portaltest.WithoutWorker)}
	h.World = h.Server.World()
	h.person = h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, h.person, h.Org)
	h.me = h.As(h.person)
	return h
}

// upload sends a file to the import; publish also sends the box to publish its events.
func (h *importer) upload(org int64, file []byte, publish bool) portaltest.Answer {
	h.T.Helper()
	form := url.Values{"org": {fmt.Sprint(org)}}
	if publish {
		form.Set("publish", "1")
	}
	return h.me.PostFile("/ru/desk/import", "file", "events", file, form)
}

// kept uploads a file without mistakes and returns the page of what it would make.
func (h *importer) kept(org int64, file []byte, publish bool) string {
	h.T.Helper()
	return h.upload(org, file, publish).Want(h.T, http.StatusSeeOther).Header.Get("Location")
}

// workbook is a file of n events with the columns' plain names. change alters a row; nil leaves them.
func workbook(t testing.TB, n int, day time.Time, change func(i int, row map[string]any)) []byte {
	t.Helper()
	s := sheet.Sheet{Name: "События", Head: eventimport.Columns}
	for i := range n {
		row := map[string]any{
			"number": fmt.Sprint(i + 1), "campaign": "TAZA ALEM",
			"title_kk": fmt.Sprint("Сенбілік ", i), "title_ru": fmt.Sprint("Субботник ", i),
			"place_kk": "Саябақ", "place_ru": "Парк", "district": "Есиль",
			"date": day.AddDate(0, 0, i%28), "from": "10:00", "to": "13:00", "capacity": 20,
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

// midnight is a day as a spreadsheet has it, so many days from the tests' day.
func midnight(days int) time.Time {
	y, m, d := portaltest.Day().AddDate(0, 0, days).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// TestImportEvents imports past and coming events: they are checked first, made once, and a second time the same
// file changes nothing.
func TestImportEvents(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	file := workbook(t, 40, midnight(3), func(i int, row map[string]any) {
		if i >= 30 {
			row["date"] = midnight(-100 - i)
		}
		if i == 1 {
			row["from"], row["to"], row["adults_only"] = "22:00", "01:30", "тяжёлая или опасная работа"
		}
	})
	page := h.kept(h.Org, file, true)
	t.Run("check", func(t *testing.T) {
		if n := h.Count(`select count(*) from event`); n != 0 {
			t.Fatalf("%d events before anybody confirmed", n)
		}
		h.me.Get(page).Want(t, http.StatusOK, "40 новых событий", "Субботник 3")
		colleague := h.Person("other@shtab.test", 30)
		h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, colleague, h.Org)
		h.As(colleague).Post(page, url.Values{}).Want(t, http.StatusNotFound)
	})
	t.Run("confirm", func(t *testing.T) {
		for range 2 {
			h.me.Post(page, url.Values{}).Want(t, http.StatusSeeOther)
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
		h.me.Get(page).Want(t, http.StatusOK, "Создано 40 событий")
	})
	t.Run("the same file again", func(t *testing.T) {
		again := h.kept(h.Org, file, true)
		h.me.Get(again).Want(t, http.StatusOK, "40 уже есть")
		h.me.Post(again, url.Values{})
		if n := h.Count(`select count(*) from event`); n != 40 {
			t.Errorf("%d events after the same file twice", n)
		}
	})
	t.Run("past events", func(t *testing.T) { // nobody is asked for their hours
		h.me.Get("/ru/desk").WantWithout(t, `id="hours"`)
		past := h.Count(`select id from event where imported limit 1`)
		h.me.Get(portaltest.Path("/ru/desk/events/%d", past)).Want(t, http.StatusOK, "Внесено из файла")
	})
	t.Run("forgotten after an hour", func(t *testing.T) {
		late := h.kept(h.Org, workbook(t, 41, midnight(3), nil), false)
		h.Exec(`update intake set created_at = now() - interval '61 minutes'`)
		h.me.Get(late).Want(t, http.StatusNotFound)
	})
}

// TestImportKnownEvents checks that an event is known by its number or else by its title and start, however it was
// made, and that a number belongs to its host alone.
func TestImportKnownEvents(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	var other int64
	h.Scan(`insert into org (slug, kind, name, joined_on, state)
		values ('qamqor', 'ngo', '{"kk":"Қамқор"}', '2024-01-01', 'trusted') returning id`, nil, &other)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, h.person, other)
	// imported imports one event with a number, and says how many events its host has then.
	imported := func(t *testing.T, org int64, number string) int {
		t.Helper()
		file := workbook(t, 1, midnight(5), func(_ int, r map[string]any) { r["number"] = number })
		h.me.Post(h.kept(org, file, false), url.Values{}).Want(t, http.StatusSeeOther)
		return h.Count(`select count(*) from event where org_id = $1`, org)
	}
	t.Run("made by hand", func(t *testing.T) {
		h.Exec(`insert into event (campaign_id, org_id, title, starts_at, ends_at, created_at, updated_at)
			select $1, $2, '{"kk":"СЕНБІЛІК 0"}', at, at + interval '1 hour', now(), now()
			from (select ($3::date + time '10:00') at time zone $4 at) x`, h.Campaign, h.Org, midnight(5), h.City.Zone)
		for _, number := range []string{"", "А-1"} {
			if n := imported(t, h.Org, number); n != 1 {
				t.Errorf("number %q: %d events", number, n)
			}
		}
	})
	t.Run("imported before", func(t *testing.T) {
		for _, number := range []string{"", "1", "1", ""} {
			if n := imported(t, other, number); n != 1 {
				t.Errorf("number %q: %d events", number, n)
			}
		}
	})
	t.Run("two numbers at one time", func(t *testing.T) { // are two events
		h.Exec(`delete from event where org_id = $1`, other)
		for i, number := range []string{"1", "2"} {
			if n := imported(t, other, number); n != i+1 {
				t.Errorf("number %q: %d events", number, n)
			}
		}
	})
	t.Run("another host", func(t *testing.T) { // who has that number too: the event loses it
		h.Exec(`update event set import_key = 'own:1' where org_id = $1`, h.Org)
		store, actor := event.NewStore(h.Pool, h.City), account.Actor{PersonID: h.person, Orgs: []int64{h.Org, other}}
		e, err := store.Get(t.Context(), actor, int64(h.Count(`select id from event where org_id = $1`, h.Org)))
		if err != nil {
			t.Fatal(err)
		}
		e.OrgID = other
		if err := store.Save(t.Context(), actor, e.ID, e.Version, e.Details, h.Now()); err != nil {
			t.Error(err)
		}
		if n := h.Count(`select count(*) from event where org_id = $1 and import_key is null`, other); n != 1 {
			t.Errorf("%d without a number", n)
		}
	})
}

// TestImportOutdated checks that a file is checked anew when it is confirmed: its event may have begun meanwhile.
func TestImportOutdated(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	page := h.kept(h.Org, workbook(t, 1, midnight(9), nil), false)
	began := h.Now().In(h.City.Location()).Add(-20 * time.Minute)
	h.Exec(
		`update intake set created_at = now() - interval '50 minutes', plans = jsonb_set(plans, '{0,details,Slots,0}',
			jsonb_build_object('day', $1::text, 'from', $2::text, 'to', $2::text, 'next_day', true, 'capacity', 5))
		where done_at is null`, began.Format(time.DateOnly), began.Format("15:04"))
	h.me.Post(page, url.Values{}).WantRedirect(t, "/ru/desk/import")
	if n := h.Count(`select count(*) from event`); n != 0 {
		t.Errorf("%d events", n)
	}
}

// TestDownloadTemplate checks that the example of the template is no event, and is a valid one as soon as it has a
// number of its own, in each language and as either kind of file.
func TestDownloadTemplate(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	for _, l := range []string{"kk", "ru", "en"} {
		for _, form := range []string{"xlsx", "csv"} {
			t.Run(l+" "+form, func(t *testing.T) {
				a := h.me.Get("/"+l+"/desk/import/template/"+form).Want(t, http.StatusOK)
				if name := a.Header.Get("Content-Disposition"); !strings.Contains(name, "."+form) {
					t.Error(name)
				}
				h.upload(h.Org, []byte(a.Body), true).Want(t, http.StatusUnprocessableEntity, "В файле нет событий")
				h.kept(h.Org, numbered(t, a.Body), true)
			})
		}
	}
	h.me.Get("/ru/desk/import/template/xlsx?org="+fmt.Sprint(h.HQ)).Want(t, http.StatusNotFound)
}

// numbered is a file as CSV, with 1 as the number of each event.
func numbered(t *testing.T, file string) []byte {
	t.Helper()
	s := sheet.Sheet{Name: "x"}
	if err := sheet.Read([]byte(file), func(r sheet.Row) error {
		if s.Head == nil {
			s.Head = r.Cells
			return nil
		}
		row := make([]any, len(r.Cells))
		for i, cell := range r.Cells {
			row[i] = cell
		}
		row[0] = "1"
		s.Rows = append(s.Rows, row)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// BenchmarkImport reads and makes 1,310 events.
func BenchmarkImport(b *testing.B) {
	h := startImporter(b)
	run := 0
	for b.Loop() {
		run++
		file := workbook(b, 1310, midnight(-400),
			func(i int, r map[string]any) { r["number"] = fmt.Sprint(run, "-", i) })
		h.me.Post(h.kept(h.Org, file, true), url.Values{}).Want(b, http.StatusSeeOther)
	}
}
