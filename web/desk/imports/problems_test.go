package imports_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// TestImportProblems checks that all problems of a file are told by cell, in words, and that nothing is kept.
func TestImportProblems(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	h.Exec(`update org set state = 'active'`) // which may not import past events
	wantCells := func(t *testing.T, a portaltest.Answer, count string, cells ...string) {
		t.Helper()
		a.Want(t, http.StatusUnprocessableEntity, count)
		for _, cell := range cells {
			if !strings.Contains(a.Body, "События · "+cell+"<") {
				t.Errorf("%s is not named", cell)
			}
		}
		if t.Failed() {
			t.Log(regexp.MustCompile(`<h2 id="report">[^<]*|<th scope="row">[^<]*</th><td>[^<]*`).
				FindAllString(a.Body, -1))
		}
	}
	// one uploads a file of one event, altered.
	one := func(change func(row map[string]any)) portaltest.Answer {
		return h.upload(h.Org, workbook(t, 1, midnight(5), func(_ int, row map[string]any) { change(row) }), false)
	}
	t.Run("one in each row", func(t *testing.T) {
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
			func(map[string]any) {},
		}
		file := workbook(t, len(spoil)+1, midnight(5), func(i int, r map[string]any) {
			if i > 0 {
				spoil[i-1](r)
			}
		})
		cells := []string{"B3", "C4", "L5", "M6", "N7", "P8", "P9", "R10", "M11", "строка 12"}
		wantCells(t, h.upload(h.Org, file, false), "10 ошибок в файле", cells...)
	})
	t.Run("all in one row", func(t *testing.T) {
		a := one(func(r map[string]any) {
			for _, column := range []string{
				"campaign", "district", "date", "from", "to", "capacity", "min_age",
				"adults_only",
			} {
				r[column] = "жоқ"
			}
			r["title_kk"], r["place_ru"], r["contact_phone"] = "", "", strings.Repeat("7", 40)
		})
		wantCells(t, a, "11 ошибок в файле", "B2", "C2", "J2", "L2", "M2", "N2", "O2", "P2", "Q2", "R2", "T2")
	})
	t.Run("a negative age", func(t *testing.T) {
		wantCells(t, one(func(r map[string]any) { r["min_age"] = -5 }), "1 ошибка", "Q2")
	})
	t.Run("an end before the start", func(t *testing.T) {
		wantCells(t, one(func(r map[string]any) { r["from"], r["to"] = "13:00", "10:00" }), "1 ошибка", "O2")
	})
	t.Run("no duration", func(t *testing.T) {
		wantCells(t, one(func(r map[string]any) { r["to"] = "10:00" }), "1 ошибка", "O2")
	})
	if h.Count(`select count(*) from intake`)+h.Count(`select count(*) from event`) != 0 {
		t.Error("something was kept")
	}
}

// TestImportRefusesFiles checks that a file that cannot be read, is too large, or is for another organisation is
// refused.
func TestImportRefusesFiles(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	for what, file := range map[string]string{
		"no column": "a;b\n1;2\n", "a page": "<html>", "a formula": "campaign;title_kk\n=1;2\n", "nothing": "",
		"separators": ";;\n;;\n", "an unknown column": "number;campaign;title_kk;title_ru;sumary_kk\n1;2;3;4;5\n",
		"a column twice": "campaign;title_kk;title_kk\n1;2;3\n",
	} {
		t.Run(what, func(t *testing.T) {
			h.upload(h.Org, []byte(file), false).Want(t, http.StatusUnprocessableEntity, `id="report"`)
		})
	}
	h.upload(h.Org, make([]byte, 12<<20), false).Want(t, http.StatusRequestEntityTooLarge)
	h.upload(h.HQ, workbook(t, 1, midnight(3), nil), false).Want(t, http.StatusNotFound)
}

// TestImportIntoReview checks that the events of an organisation that the headquarters does not trust yet wait for
// its review when they are to be published.
func TestImportIntoReview(t *testing.T) {
	t.Parallel()
	h := startImporter(t)
	h.Exec(`update org set state = 'active'`)
	h.me.Post(h.kept(h.Org, workbook(t, 2, midnight(3), nil), true), url.Values{})
	if n := h.Count(`select count(*) from event where state = 'review'`); n != 2 {
		t.Errorf("%d in review", n)
	}
}
