package exports_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/internal/poll"
	"shtab/web/portal/portaltest"
)

const auditExport = "/ru/hq/audit/export"

// A small file is sent at once; what begins like a formula is text in it.
func TestSmallExport(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	h.Exec(
		`insert into audit (at, verb, object, object_id, fields) values (now(), 'event.save', 'event', 1, '{=1+1}')`)
	h.Coordinator.Post(auditExport, url.Values{"form": {"xlsx"}}).Want(t, http.StatusForbidden)
	form := url.Values{"form": {"csv"}, "query": {"verb=event"}}
	a := h.Staff.Post(auditExport, form).Want(t, http.StatusOK, "Изменил(а) черновик события", "'=1+1")
	media, name := a.Header.Get("Content-Type"), a.Header.Get("Content-Disposition")
	if !strings.HasPrefix(media, "text/csv") || !strings.Contains(name, "audit.csv") {
		t.Errorf("the file comes as %s, %s", media, name)
	}
	h.Staff.Post(auditExport, url.Values{"form": {"csv"}, "query": {"%zz"}}).Want(t, http.StatusBadRequest)
	if n := h.Count(`select count(*) from audit where verb = 'export.audit'`); n != 1 {
		t.Errorf("%d exports in the audit", n)
	}
}

// A large file is made by a job, once, and goes for an hour to who asked, and to nobody else.
func TestLargeExport(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	h.Exec(`insert into audit (at, verb, object, object_id)
		select now(), 'signup.move', 'signup', i from generate_series(1, 6000) i`)
	var at string
	for range 2 {
		form := url.Values{"form": {"xlsx"}, "query": {"verb=signup"}}
		at = h.Staff.Post(auditExport, form).Want(t, http.StatusSeeOther).Header.Get("Location")
	}
	if n, audited := h.Count(`select count(*) from export`),
		h.Count(`select count(*) from audit where verb = 'export.audit'`); n != 1 || audited != 1 {
		t.Errorf("%d files, %d in the audit", n, audited)
	}
	poll.Until(t, "the file is made", func() bool { return strings.Contains(h.Staff.Get(at).Body, "Файл готов") })
	t.Run("who asked", func(t *testing.T) {
		f := h.Staff.Get(at+"/file").Want(t, http.StatusOK).Workbook(t)
		if rows, err := f.GetRows(f.GetSheetName(0)); err != nil || len(rows) != 6001 {
			t.Errorf("%d rows: %v", len(rows), err)
		}
	})
	t.Run("somebody else", func(t *testing.T) {
		h.Admin.Get(at).Want(t, http.StatusNotFound)
		h.Admin.Get(at+"/file").Want(t, http.StatusNotFound)
	})
	t.Run("after an hour", func(t *testing.T) {
		h.Exec(`update export set asked_at = asked_at - interval '61 minutes'`)
		h.Staff.Get(at).Want(t, http.StatusNotFound)
		h.Staff.Get(at+"/file").Want(t, http.StatusNotFound)
	})
}

// The ministry's register holds the volunteers who agreed to it, and nobody else; who is too young
// to agree alone is not asked.
func TestExportRegister(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	h.Event(h.World, -30*time.Hour, 5)
	yes, no, child := h.Person("yes@shtab.test", 20), h.Person("no@shtab.test", 20), h.Person("child@shtab.test", 15)
	h.Exec(`update person set family_name = 'Согласнова' where id = $1`, yes)
	h.Exec(`update person set family_name = 'Несогласнов' where id = $1`, no)
	save := func(id int64, register string) {
		t.Helper()
		var given, family, born string
		h.Scan(`select given_name, family_name, birth_date::text from person where id = $1`, []any{id}, &given,
			&family, &born)
		h.As(id).Post("/ru/me/profile", url.Values{
			"given_name": {given}, "family_name": {family}, "birth_date": {born}, "lang": {"ru"},
			"register": {register},
		}).Want(t, http.StatusSeeOther)
	}
	h.As(yes).Get("/ru/me/profile").Want(t, http.StatusOK, "в реестре волонтёров")
	if a := h.As(child).Get("/ru/me/profile"); strings.Contains(a.Body, "в реестре волонтёров") {
		t.Error("a child is asked to agree alone")
	}
	save(yes, "1")
	save(child, "1")
	save(no, "1")
	save(no, "")
	f := h.Staff.Post("/ru/hq/exports/register", url.Values{"form": {"xlsx"}}).Want(t, http.StatusOK).Workbook(t)
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
