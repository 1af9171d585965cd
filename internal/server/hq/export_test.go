package hq_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"

	"github.com/xuri/excelize/v2"
)

// A small file comes at once; a large one is made by a job, and goes for an hour to who asked, and
// to nobody else. What begins like a formula is text.
func TestExports(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	h.Exec(`insert into audit (at, verb, object, object_id, fields) values (now(), 'event.save', 'event', 1, '{=1+1}')`)
	const ask = "/ru/hq/audit/export"
	h.Coordinator.Post(ask, url.Values{"form": {"xlsx"}}).Want(t, http.StatusForbidden)
	a := h.Staff.Post(ask, url.Values{"form": {"csv"}, "query": {"verb=event"}}).Want(t, http.StatusOK, "Изменил(а) черновик события", "'=1+1")
	if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") || !strings.Contains(a.Header.Get("Content-Disposition"), "audit.csv") {
		t.Errorf("the file comes as %v", a.Header)
	}
	h.Staff.Post(ask, url.Values{"form": {"csv"}, "query": {"%zz"}}).Want(t, http.StatusBadRequest)

	h.Exec(`insert into audit (at, verb, object, object_id) select now(), 'signup.move', 'signup', i from generate_series(1, 6000) i`)
	form := url.Values{"form": {"xlsx"}, "query": {"verb=signup"}}
	var at string
	for range 2 {
		at = h.Staff.Post(ask, form).Want(t, http.StatusSeeOther).Header.Get("Location")
	}
	if h.Count(`select count(*) from export`) != 1 {
		t.Error("a second press asked for a second file")
	}
	other := h.Admin
	deadline := time.Now().Add(30 * time.Second)
	for !strings.Contains(h.Staff.Get(at).Body, "Файл готов") {
		if time.Now().After(deadline) {
			t.Fatal("the file is not made")
		}
		time.Sleep(50 * time.Millisecond)
	}
	other.Get(at).Want(t, http.StatusNotFound)
	other.Get(at+"/file").Want(t, http.StatusNotFound)
	f, err := excelize.OpenReader(strings.NewReader(h.Staff.Get(at+"/file").Want(t, http.StatusOK).Body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) != 6001 {
		t.Errorf("%d rows: %v", len(rows), err)
	}
	h.Exec(`update export set asked_at = asked_at - interval '61 minutes'`)
	h.Staff.Get(at).Want(t, http.StatusNotFound)
	h.Staff.Get(at+"/file").Want(t, http.StatusNotFound)
	if n := h.Count(`select count(*) from audit where verb = 'export.audit'`); n != 2 {
		t.Errorf("%d exports in the audit", n)
	}
}

// The ministry's register holds the volunteers who agreed to it, and nobody else; who is too young
// to agree alone is not asked.
func TestRegisterExport(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	done, shift := h.Event(h.World, -30*time.Hour, 5)
	_ = done
	yes, no, child := h.Person("yes@shtab.test", 20), h.Person("no@shtab.test", 20), h.Person("child@shtab.test", 15)
	h.Exec(`update person set family_name = 'Согласнова' where id = $1`, yes)
	h.Exec(`update person set family_name = 'Несогласнов' where id = $1`, no)
	profile := func(id int, register string) url.Values {
		var given, family, born string
		h.Scan(`select given_name, family_name, birth_date::text from person where id = $1`, []any{id}, &given, &family, &born)
		return url.Values{"given_name": {given}, "family_name": {family}, "birth_date": {born}, "lang": {"ru"}, "register": {register}}
	}
	h.As(yes).Get("/ru/me/profile").Want(t, http.StatusOK, "в реестре волонтёров")
	if a := h.As(child).Get("/ru/me/profile"); strings.Contains(a.Body, "в реестре волонтёров") {
		t.Error("a child is asked to agree alone")
	}
	h.As(yes).Post("/ru/me/profile", profile(int(yes), "1")).Want(t, http.StatusSeeOther)
	h.As(child).Post("/ru/me/profile", profile(int(child), "1")).Want(t, http.StatusSeeOther)
	h.As(no).Post("/ru/me/profile", profile(int(no), "1")).Want(t, http.StatusSeeOther)
	h.As(no).Post("/ru/me/profile", profile(int(no), "")).Want(t, http.StatusSeeOther)
	_ = shift
	a := h.Staff.Post("/ru/hq/exports/register", url.Values{"form": {"xlsx"}}).Want(t, http.StatusOK)
	f, err := excelize.OpenReader(strings.NewReader(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	if names := f.GetSheetList(); len(names) != 6 || names[0] != "Волонтёры" || names[5] != "События" {
		t.Errorf("sheets %v", names)
	}
	people, _ := f.GetRows("Волонтёры")
	if len(people) != 2 || people[1][0] != "Согласнова" {
		t.Errorf("volunteers %v", people)
	}
	events, _ := f.GetRows("События")
	if len(events) != 2 {
		t.Errorf("events %v", events)
	}
}
