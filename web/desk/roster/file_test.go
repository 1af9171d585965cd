package roster_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"shtab/web/portal/portaltest"
)

// The heads of the columns that an import reads, in Kazakh.
const (
	signupColumn = "Жазылу №"
	removeColumn = "Шығару"
	emailColumn  = "Жаңа адамның поштасы"
	shiftColumn  = "Ауысым №"
)

// fileDesk is an event with somebody in each shift, and somebody who is in none.
type fileDesk struct {
	*portaltest.EventDesk
	one, two int64 // the sign-ups of a@shtab.test in the first shift, b@shtab.test in the second
}

func newFileDesk(t *testing.T) *fileDesk {
	t.Helper()
	h := &fileDesk{EventDesk: portaltest.StartEvent(t, portaltest.WithoutWorker)}
	h.one = h.SignUp(h.Volunteer("a@shtab.test", "=1+1", "Айгүл;\"", 20), h.ShiftID)
	h.two = h.SignUp(h.Volunteer("b@shtab.test", "Беков", "Асан", 15), h.LaterID)
	h.Volunteer("new@shtab.test", "Жаңа", "Адам", 20)
	return h
}

// upload sends a file to the roster's import.
func (h *fileDesk) upload(b *portaltest.Browser, file string) portaltest.Answer {
	h.T.Helper()
	return b.PostFile(h.Path("roster/import"), "file", "roster", []byte(file), nil)
}

// file is a CSV file with the Kazakh heads. Each row names columns, each followed by its value.
func (h *fileDesk) file(t *testing.T, rows ...[]string) string {
	t.Helper()
	head := cells(t, h.Host.Get(portaltest.Path("/kk/desk/events/%d/roster.csv", h.EventID)).Body)[0]
	text := strings.Join(head, ";") + "\n"
	for _, r := range rows {
		line := make([]string, len(head))
		for i := 0; i+1 < len(r); i += 2 {
			line[slices.Index(head, r[i])] = r[i+1]
		}
		text += strings.Join(line, ";") + "\n"
	}
	return text
}

// in is how many confirmed sign-ups an e-mail has in a shift.
func (h *fileDesk) in(email string, shift int64) int {
	h.T.Helper()
	return h.Count(`select count(*) from signup g join person p on p.id = g.person_id
		where p.email = $1 and g.shift_id = $2 and g.state = 'confirmed'`, email, shift)
}

// TestExportRoster checks that the files contain no formulas, that each export is in the audit, and that a
// file that comes back as it was changes nothing.
func TestExportRoster(t *testing.T) {
	t.Parallel()
	h := newFileDesk(t)
	for i, ext := range []string{"xlsx", "csv"} {
		a := h.Host.Get(h.Path("roster.%s", ext)).Want(t, 200)
		if !strings.Contains(a.Header.Get("Content-Disposition"), ext) {
			t.Error(a.Header)
		}
		rows := cells(t, a.Body)
		if len(rows) != 3 || rows[1][0] != fmt.Sprint(h.one) || rows[1][2] != "=1+1" || rows[1][3] != "Айгүл;\"" ||
			rows[2][8] != "2" {
			t.Errorf("%s: %q", ext, rows)
		}
		exports := h.Count(
			`select count(*) from audit where verb = 'roster.export' and object_id = $1 and actor_id = $2`, h.EventID,
			h.HostID)
		if exports != i+1 {
			t.Errorf("%d exports in the audit", exports)
		}
		before := snapshot(h.EventDesk)
		h.upload(h.Host, a.Body).Want(t, 200, "В файле нет изменений")
		if snapshot(h.EventDesk) != before {
			t.Error("an unchanged file changed something")
		}
	}
}

// TestImportProblems checks that every problem of a file is told and that the file changes nothing.
func TestImportProblems(t *testing.T) {
	t.Parallel()
	h := newFileDesk(t)
	elsewhere := h.SignUp(h.Volunteer("c@shtab.test", "Бөтен", "Адам", 20), h.OtherShiftID)
	before := snapshot(h.EventDesk)
	t.Run("rows", func(t *testing.T) {
		file := h.file(t,
			[]string{signupColumn, fmt.Sprint(elsewhere), removeColumn, "x"},
			[]string{signupColumn, "abc", removeColumn, "x"},
			[]string{emailColumn, "nobody@shtab.test", shiftColumn, "1"},
			[]string{emailColumn, "new@shtab.test"},
			[]string{emailColumn, "new@shtab.test", shiftColumn, "3"},
			[]string{removeColumn, "x"})
		h.upload(h.Host, file).Want(t, 422, "В файле 6 ошибок", "Такой записи на это событие нет",
			"сначала зарегистрируется", "Напишите номер смены", "Напишите почту")
	})
	t.Run("no roster", func(t *testing.T) {
		for _, file := range []string{"", "a;b\n1;2\n", "<html>", "PK\x03\x04"} {
			h.upload(h.Host, file).Want(t, 422, "error-summary")
		}
	})
	t.Run("too large", func(t *testing.T) {
		if a := h.upload(h.Host, strings.Repeat("x", 1<<20+1)); a.Status != 422 && a.Status != 413 {
			t.Errorf("%d", a.Status)
		}
	})
	t.Run("another organisation", func(t *testing.T) {
		if a := h.upload(h.Stranger, h.file(t)); a.Status != 404 {
			t.Errorf("%d", a.Status)
		}
		for _, form := range []url.Values{
			{"add": {fmt.Sprint(h.OtherShiftID, " new@shtab.test")}},
			{"remove": {fmt.Sprint(elsewhere)}, "reason": {"asked"}},
		} {
			if a := h.Host.Post(h.Path("roster/import"), form); a.Status != 404 {
				t.Errorf("%v: %d", form, a.Status)
			}
		}
	})
	if snapshot(h.EventDesk) != before {
		t.Error("something has changed")
	}
}

// TestImportRoster checks that what a file asks for is shown before it is done, is done once, and that those
// whom the rules refuse do not stop the others.
func TestImportRoster(t *testing.T) {
	t.Parallel()
	h := newFileDesk(t)
	file := h.file(t,
		[]string{signupColumn, fmt.Sprint(h.one)},
		[]string{signupColumn, fmt.Sprint(h.two), removeColumn, "да"},
		[]string{emailColumn, "New@shtab.test", shiftColumn, "1"},
		[]string{emailColumn, "a@shtab.test", shiftColumn, "1"})
	form := url.Values{"add": {fmt.Sprint(h.ShiftID, " New@shtab.test")}, "remove": {fmt.Sprint(h.two)}}
	t.Run("preview", func(t *testing.T) {
		before := snapshot(h.EventDesk)
		h.upload(h.Host, file).Want(t, 200, "Добавим 1 человека", "Уберём 1 человека", "Беков Асан", "New@shtab.test")
		h.Host.Post(h.Path("roster/import"), form).Want(t, 422, "Беков Асан", "New@shtab.test", "Выберите причину")
		if snapshot(h.EventDesk) != before {
			t.Error("something changed before it was confirmed with a reason")
		}
	})
	t.Run("apply", func(t *testing.T) {
		form.Set("reason", "fewer")
		for range 2 {
			h.Host.Post(h.Path("roster/import"), form).Want(t, 303)
		}
		if h.SignupState(h.two) != "cancelled" || h.in("new@shtab.test", h.ShiftID) != 1 {
			t.Error("not done")
		}
		h.upload(h.Host, file).Want(t, 200, "В файле нет изменений")
	})
	t.Run("refused", func(t *testing.T) {
		h.Volunteer("c@shtab.test", "Бөтен", "Адам", 20)
		h.Exec(`update shift set min_age = 18 where id = $1`, h.LaterID)
		form := url.Values{"add": {fmt.Sprint(h.LaterID, " b@shtab.test"), fmt.Sprint(h.LaterID, " c@shtab.test")}}
		h.Host.Post(h.Path("roster/import"), form).Want(t, 200, "b@shtab.test", "Сюда берут с 18 лет")
		if h.in("c@shtab.test", h.LaterID) != 1 {
			t.Error("the others were not added")
		}
	})
}
