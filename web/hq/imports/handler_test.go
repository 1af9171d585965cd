package imports_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"shtab/internal/sheet"
	"shtab/web/portal/portaltest"
)

// file makes a spreadsheet of rows under the head of the template.
func file(h *portaltest.Headquarters, rows ...[]any) []byte {
	h.T.Helper()
	var kind string // of things delivered: the last column
	h.Scan(`select name ->> 'ru' from delivery_kind order by position limit 1`, nil, &kind)
	head := []string{
		"Номер", "Дата", "Название (каз)", "Название (рус)", "Название (англ)", "Организация", "Кампания", "Район",
		"Участников", "Часов всего", kind,
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, sheet.Sheet{Name: "События", Head: head, Rows: rows}); err != nil {
		h.T.Fatal(err)
	}
	return b.Bytes()
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// Events of the years before the portal come from a file with totals only: the check names every
// problem by its cell, a confirmed file counts once, and the events are marked wherever shown.
func TestImport(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	const org = "Жастар"
	var campaign string
	h.Scan(`select name ->> 'kk' from campaign where id = $1`, []any{h.Campaign}, &campaign)
	upload := func(b *portaltest.Browser, rows ...[]any) portaltest.Answer {
		return b.PostFile("/ru/hq/import", "file", "past.xlsx", file(h, rows...), nil)
	}
	good := []any{"", date("2021-05-09"), "Сенбілік", "Субботник", "", org, campaign, "Есиль", 45, 135.5, 12}
	frost := []any{"", date("2020-12-31"), "Аяз", "Мороз", "", org, campaign, "", 5, 10, ""}

	t.Run("not by a coordinator", func(t *testing.T) {
		upload(h.Coordinator, good).Want(t, http.StatusForbidden)
	})
	t.Run("mistakes", func(t *testing.T) {
		a := upload(h.Staff, good,
			[]any{"", date("2018-05-09"), "А", "", "", "Нет такой", "Нет", "Луна", "много", -1, "пять"},
			[]any{"", date("2021-05-10"), "А", "Б", "", org, campaign, "", 0, 5, ""},
			good).Want(t, http.StatusUnprocessableEntity,
			"B3", "не раньше создания штаба", "D3", "F3", "Такой организации нет", "G3", "H3", "I3", "J3", "K3", "I4",
			"участников ноль")
		if n := strings.Count(a.Body, "<th scope=\"row\">"); n != 10 {
			t.Errorf("%d problems are named", n)
		}
		if h.Count(`select count(*) from event`)+h.Count(`select count(*) from history_file`) != 0 {
			t.Error("a file with mistakes was kept")
		}
	})

	before := h.Count(`select coalesce(sum(events), 0) from total_event`)
	for range 2 {
		at := upload(h.Staff, good, frost).Want(t, http.StatusSeeOther).Header.Get("Location")
		h.Staff.Get(at).Want(t, http.StatusOK, "Участников: 50, часов: 145,5")
		h.Admin.Get(at).Want(t, http.StatusNotFound)
		h.Admin.Post(at, nil).Want(t, http.StatusNotFound)
		h.Staff.PostAtOnce(t, 3, at, nil)
	}

	t.Run("counts once", func(t *testing.T) {
		for sql, want := range map[string]int{
			`select count(*) from event where imported and closed_at is not null
				and brought_participations = 45 and brought_minutes = 8130`: 1,
			`select count(*) from event_delivery where amount = 12`: 1,
			`select sum(events) from total_event`: before +
				2,
			`select sum(participations) from total_event where day between '2021-05-01' and '2021-05-31'`:    45,
			`select sum(minutes) from total_event where day < '2021-01-01' /* 31 December is in its year */`: 600,
		} {
			if n := h.Count(sql); n != want {
				t.Errorf("%d, not %d: %s", n, want, sql)
			}
		}
	})
	t.Run("is marked", func(t *testing.T) {
		id := h.Count(`select id from event where brought_participations = 45`)
		h.Browser().Get(portaltest.Path("/ru/events/%d", id)).
			Want(t, http.StatusOK, "Внесено из архива штаба", "9 мая 2021")
		a := h.Browser().Get("/ru/organizations/jastar").Want(t, http.StatusOK, "Внесено из архива штаба")
		if strings.Contains(a.Body, "00:00") {
			t.Error("an hour is shown that nobody knows")
		}
	})
}

func TestDownloadTemplate(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	f, err := excelize.OpenReader(strings.NewReader(h.Staff.Get("/ru/hq/import/template").Want(t, http.StatusOK).Body))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := f.GetCellValue(f.GetSheetName(0), "F1"); v != "Организация" {
		t.Errorf("the template's F1 is %q", v)
	}
}
