package roster_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shtab/internal/postgres/pgtest"
	"shtab/internal/sheet"
	"shtab/web/portal/portaltest"
)

func TestShowRoster(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	for i, name := range []string{"Яковлев", "Қожахметов", "Крылов", "Әбенов", "Абаев"} {
		h.SignUp(h.Volunteer(fmt.Sprintf("p%d@shtab.test", i), name, "Тимур", 20), h.ShiftID) // three places, two wait
	}
	child := h.Volunteer("child@shtab.test", "Бала", "Асан", 13)
	h.SignUp(child, h.LaterID)

	for _, l := range []string{"kk", "ru", "en"} {
		a := h.Host.Get(fmt.Sprintf("/%s/desk/events/%d/roster", l, h.EventID))
		a.Want(t, 200, "Қожахметов Тимур", "tel:+77015550101", "18+", "Бала Асан")
		at := -1
		// as the Kazakh alphabet goes
		for _, name := range []string{"Абаев", "Әбенов", "Бала", "Крылов", "Қожахметов", "Яковлев"} {
			i := strings.Index(a.Body, name)
			if i < at {
				t.Errorf("%s: %s is listed too early", l, name)
			}
			at = i
		}
	}
	a := h.Host.Get(h.Path("roster"))
	a.Want(t, 200, "3 из 6", "до 14 лет", "Нет согласия", "В очереди, номер 2")

	a = h.Host.Get(h.Path("roster?state=waitlisted"))
	a.Want(t, 200, "Әбенов", "Абаев")
	a.WantWithout(t, "Яковлев", "Бала")
	a = h.Host.Get(h.Path("roster?shift=%d", h.LaterID))
	a.Want(t, 200, "Бала", "0 из 3")
	a.WantWithout(t, "Яковлев")
	h.Host.Get(h.Path("roster?shift=999999&state=none&page=-1")).Want(t, 200, "Яковлев")

	for _, q := range []string{"Кожахмет", "қожахмет тим", "тимур кожа", "КОЖАХМЕТОВ"} {
		a = h.Host.Get(h.Path("roster?q=%s", url.QueryEscape(q)))
		a.Want(t, 200, "Қожахметов")
		a.WantWithout(t, "Крылов", "Яковлев")
	}
	h.Host.Get(h.Path("roster?q=%%25")).WantWithout(t, "Яковлев")
	h.Host.Get(h.Path("roster?q=nobody")).Want(t, 200, "Такого человека не нашли")

	// Those who gave up are left out unless asked for.
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self', hold_until = null where person_id = $1`,
		child)
	h.Host.Get(h.Path("roster")).WantWithout(t, "Бала")
	a = h.Host.Get(h.Path("roster?state=cancelled"))
	a.Want(t, 200, "Бала", "Отказ самого человека")
	a.WantWithout(t, "555 01 01", "5550101")
}

func TestRosterPages(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.Exec(`update shift set capacity = 1000 where id = $1`, h.ShiftID)
	h.Exec(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
		select 'Т', 'Н' || lpad(i::text, 4, '0'), '2000-01-01', 'c' || i, now() from generate_series(1, 230) i`)
	h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
		select s.id, p.id, s.during, 'confirmed', 't' || p.id, now(), now() from shift s, person p where s.id = $1
			and p.calendar_token like 'c%'`, h.ShiftID)
	for page, want := range map[int]int{1: 100, 2: 100, 3: 30, 4: 0} {
		a := h.Host.Get(h.Path("roster?page=%d", page))
		if n := strings.Count(a.Body, `class="person-name"`); n != want {
			t.Errorf("page %d has %d people", page, n)
		}
		if more := strings.Contains(a.Body, `rel="next"`); more != (page < 3) {
			t.Errorf("page %d: more %v", page, more)
		}
	}
}

// TestRosterStatements checks that a page of the roster costs the same number of SQL statements
// whatever the number of people.
func TestRosterStatements(t *testing.T) {
	pool, count := pgtest.Counted(t, 4)
	h := portaltest.EventOn(portaltest.On(t, pool, portaltest.WithoutWorker))
	h.Exec(`update shift set capacity = 1000 where id = $1`, h.ShiftID)
	var counts []int64
	for _, n := range []int{10, 500} {
		h.Exec(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
			select 'Т', 'Н' || i, '2012-01-01', $1::int || '-' || i, now() from generate_series(1, $1::int) i`, n)
		h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at, queue_no)
			select s.id, p.id, s.during, case when p.id % 2 = 0 then 'confirmed' else 'waitlisted' end, 't' || p.id,
				now(), now(), case when p.id % 2 = 1 then p.id end
			from shift s, person p where s.id = $1 and p.calendar_token like $2::int || '-%'`, h.ShiftID, n)
		for _, path := range append(rosterPaths(h), h.Path("roster?state=waitlisted&q=1")) {
			h.Host.Get(path)
			before := count.Count()
			if a := h.Host.Get(path); a.Status != 200 {
				t.Fatalf("%s: %d", path, a.Status)
			}
			counts = append(counts, count.Count()-before)
		}
	}
	half := len(counts) / 2
	if !slices.Equal(counts[:half], counts[half:]) {
		t.Errorf("statements at 10 people %v, at 510 %v", counts[:half], counts[half:])
	}
	t.Logf("statements: %v", counts[:half])
}

// TestBirthDatesAndPhones checks that no page and no file says a birth date or an e-mail, and that phones are
// there for the event's coordinators only, from its publication until seven days after its end.
func TestBirthDatesAndPhones(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	signup := h.SignUp(h.Volunteer("a@shtab.test", "Абаев", "Тимур", 20), h.ShiftID)
	var born time.Time
	h.Scan(`select birth_date from person where email = 'a@shtab.test'`, nil, &born)
	staffID := h.Person("staff@shtab.test", 40)
	h.Exec(`update person set role = 'staff' where id = $1`, staffID)
	cohostID := h.Person("cohost@shtab.test", 40)
	h.Exec(`insert into org (slug, kind, name, joined_on) values ('co', 'ngo', '{}', '2020-01-01')`)
	h.Exec(`insert into coordinator select $1, id from org where slug = 'co'`, cohostID)
	cohost := h.As(cohostID)
	paths := append([]string{fmt.Sprintf("/ru/desk/signups/%d", signup)}, rosterPaths(h)...)
	if a := cohost.Get(paths[0]); a.Status != 404 {
		t.Errorf("not a co-host yet: %d", a.Status)
	}
	h.Exec(`insert into event_cohost select $1, id from org where slug = 'co'`, h.EventID)

	want := func(b *portaltest.Browser, phones bool) {
		t.Helper()
		for _, path := range paths {
			a := b.Get(path)
			body := plain(t, path, a.Body)
			if a.Status != 200 || !strings.Contains(body, "Абаев") {
				t.Fatalf("%s: %d", path, a.Status)
			}
			if got := strings.Contains(body, "555 01 01") || strings.Contains(body, "5550101"); got != phones {
				t.Errorf("%s: phones %v", path, got)
			}
			for _, layout := range []string{"2006-01-02", "02.01.2006", "2.1.2006"} {
				if strings.Contains(body, born.Format(layout)) {
					t.Errorf("%s: the birth date", path)
				}
			}
			if strings.Contains(body, "a@shtab.test") {
				t.Errorf("%s: the e-mail", path)
			}
		}
	}
	want(h.Host, true)
	want(cohost, true)
	want(h.As(staffID), false)

	end := func(ago string) {
		h.Exec(`update event set starts_at = now() - interval '`+ago+
			`' - interval '5 hours', ends_at = now() - interval '`+ago+`', signup_closes_at = null where id = $1`,
			h.EventID)
		h.Exec(`update shift set starts_at = now() - interval '`+ago+
			`' - interval '3 hours', ends_at = now() - interval '`+ago+`' where event_id = $1`, h.EventID)
	}
	end("6 days 23 hours")
	want(h.Host, true)
	end("7 days 1 minute")
	want(h.Host, false)
}

// TestOtherOrganizationsIDs checks that an id of another organisation, in the path, the body or a hidden
// field, finds nothing and changes nothing.
func TestOtherOrganizationsIDs(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	email := "a@shtab.test"
	me := h.Volunteer(email, "Абаев", "Тимур", 20)
	in := h.SignUp(me, h.ShiftID)
	elsewhere := h.SignUp(me, h.OtherShiftID)
	before := snapshot(h)

	gets := append(rosterPaths(h), h.Path("roster/import"), portaltest.Path("/ru/desk/signups/%d", in))
	posts := map[string]url.Values{
		h.Path("roster"): {"email": {email}, "shift": {fmt.Sprint(h.LaterID)}},
		portaltest.Path("/ru/desk/signups/%d/move", in):    {"shift": {fmt.Sprint(h.LaterID)}},
		portaltest.Path("/ru/desk/signups/%d/promote", in): {},
		portaltest.Path("/ru/desk/signups/%d/remove", in):  {"reason": {"asked"}},
		portaltest.Path("/ru/desk/signups/%d/restore", in): {},
		h.Path("roster/import"):                            {"remove": {fmt.Sprint(in)}, "reason": {"asked"}},
	}
	for _, path := range gets {
		if a := h.Stranger.Get(path); a.Status != 404 || strings.Contains(a.Body, "Абаев") {
			t.Errorf("GET %s: %d", path, a.Status)
		}
		if a := h.As(me).Get(path); a.Status != 403 || strings.Contains(a.Body, "Абаев") {
			t.Errorf("GET %s as a volunteer: %d", path, a.Status)
		}
	}
	for path, form := range posts {
		if a := h.Stranger.Post(path, form); a.Status != 404 {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
	// Their own event in the path and another's shift in the body; their own sign-up and another's shift.
	for path, form := range map[string]url.Values{
		h.Path("roster"): {"email": {email}, "shift": {fmt.Sprint(h.OtherShiftID)}},
		portaltest.Path("/ru/desk/signups/%d/move", in):        {"shift": {fmt.Sprint(h.OtherShiftID)}},
		portaltest.Path("/ru/desk/signups/%d/move", elsewhere): {"shift": {fmt.Sprint(h.ShiftID)}},
	} {
		if a := h.Host.Post(path, form); a.Status != 404 {
			t.Errorf("POST %s %v: %d", path, form, a.Status)
		}
	}
	if after := snapshot(h); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}

// snapshot is everything that a change of the roster writes.
func snapshot(h *portaltest.EventDesk) (s string) {
	h.T.Helper()
	h.Scan(
		`select (select json_agg(g order by id) from signup g)::text || (select count(*) from message) || ' ' ||
			(select count(*) from removal)
		|| ' ' || (select count(*) from audit where verb not in ('signup.cancel', 'roster.export')) || ' ' ||
			(select count(*) from river_job)`, nil, &s)
	return s
}

// TestRosterOfADraft checks that an event without shifts has an empty list.
func TestRosterOfADraft(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.Volunteer("a@shtab.test", "Абаев", "Тимур", 20)
	h.Exec(`delete from shift where event_id = $1`, h.EventID)
	h.Exec(`update event set state = 'draft', published_at = null, starts_at = null, ends_at = null where id = $1`,
		h.EventID)
	for _, path := range rosterPaths(h) {
		if a := h.Host.Get(path); a.Status != 200 {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
}

func TestPrintRoster(t *testing.T) {
	t.Parallel()
	h := portaltest.StartEvent(t, portaltest.WithoutWorker)
	h.SignUp(h.Volunteer("a@shtab.test", "Абаев", "Тимур", 20), h.ShiftID)
	h.SignUp(h.Volunteer("child@shtab.test", "Бала", "Асан", 13), h.LaterID)
	a := h.Host.Get(h.Path("roster/print"))
	a.Want(t, 200, "<thead>", "Абаев Тимур", "Бала Асан", "Ждёт согласия", "до 14 лет", "+7 701 555 01 01")
	if n := strings.Count(a.Body, `class="sheet"`); n != 2 {
		t.Errorf("%d sheets", n)
	}
	if n := strings.Count(a.Body, `class="tick"`); n != 2+2*8 {
		t.Errorf("%d boxes to tick", n)
	}
	h.Host.Get(h.Path("roster/print?shift=%d", h.LaterID)).WantWithout(t, "Абаев")
}

// rosterPaths is every page and file that lists an event's people.
func rosterPaths(h *portaltest.EventDesk) []string {
	return []string{h.Path("roster"), h.Path("roster/print"), h.Path("roster.xlsx"), h.Path("roster.csv")}
}

// plain is the text of a page or file; of a workbook its cells, one after the other.
func plain(t *testing.T, path, body string) string {
	t.Helper()
	if !strings.HasSuffix(path, ".xlsx") {
		return body
	}
	return fmt.Sprint(cells(t, body))
}

// cells is the rows of a workbook or CSV file.
func cells(t *testing.T, body string) (rows [][]string) {
	t.Helper()
	err := sheet.Read([]byte(body), func(r sheet.Row) error {
		rows = append(rows, r.Cells)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
