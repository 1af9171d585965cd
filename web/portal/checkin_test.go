package portal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/attendance"
	"shtab/web/portal/portaltest"
)

// day is an event that begins in half an hour, with its coordinator and somebody else's.
type day struct{ *portaltest.EventDesk }

func newDay(t *testing.T, with ...portaltest.Option) *day {
	t.Helper()
	return &day{portaltest.StartEventIn(t, 30*time.Minute, with...)}
}

// here is when somebody came, as the table has it; empty for who has not.
func (h *day) here(signup int64) (at string) {
	h.T.Helper()
	h.Scan(`select coalesce((select checked_in_at::text from attendance where signup_id = $1), '')`, []any{signup}, &at)
	return at
}

func (h *day) mark(b *portaltest.Browser, signup int64, deed string) portaltest.Answer {
	h.T.Helper()
	return b.Post(h.Path("checkin"), url.Values{"signup": {fmt.Sprint(signup)}, "deed": {deed}})
}

func TestTenHelpersAreOneCheckIn(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	_, naive, _ := h.Confirmed("Бекова")
	now := time.Now()
	const helpers = 50
	var mu sync.Mutex
	first, times := 0, map[string]int{}
	crowd := func(n int, do func(i int)) {
		var wg sync.WaitGroup
		for i := range n {
			wg.Go(func() { do(i) })
		}
		wg.Wait()
	}
	crowd(helpers, func(i int) {
		g, changed, err := h.Attendance.CheckIn(context.Background(), attendance.By{Actor: h.Coordinator()}, attendance.Tap{SignupID: signup}, now.Add(time.Duration(i)*time.Millisecond))
		mu.Lock()
		defer mu.Unlock()
		if err != nil || g.CheckedInAt == nil {
			t.Errorf("%v", err)
			return
		}
		if changed {
			first++
		}
		times[g.CheckedInAt.String()]++
	})
	if first != 1 || len(times) != 1 {
		t.Errorf("%d check-ins, %d times: %v", first, len(times), times)
	}
	if n := h.Count(`select count(*) from audit where verb = 'attendance.check_in'`); n != 1 {
		t.Errorf("%d deeds in the audit", n)
	}

	// The control: who looks first and writes then, without the key's word, checks in many times.
	var looked sync.WaitGroup
	looked.Add(4)
	wrote := 0
	crowd(4, func(i int) {
		free := h.Count(`select count(*) from attendance where signup_id = $1 and checked_in_at is not null`, naive) == 0
		looked.Done()
		looked.Wait()
		if free {
			h.Exec(`insert into attendance (signup_id, checked_in_at, checked_in_by) values ($1, $2, $3)
				on conflict (signup_id) do update set checked_in_at = excluded.checked_in_at`, naive, now.Add(time.Duration(i)*time.Second), h.HostID)
			mu.Lock()
			wrote++
			mu.Unlock()
		}
	})
	if wrote < 2 {
		t.Errorf("the control checked in %d times: it shows nothing", wrote)
	}
}

func TestScanChecksInOnPostOnly(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	person, signup, ticket := h.Confirmed("Сейтова")
	c := "/c/" + ticket

	a := h.Host.Get(c)
	a.Want(t, 200, "Сейтова", "data-now")
	if h.here(signup) != "" {
		t.Fatal("a GET has checked in")
	}
	for _, k := range []string{"Cache-Control", "Referrer-Policy", "X-Robots-Tag"} {
		if v := a.Header.Get(k); v != map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"}[k] {
			t.Errorf("%s: %q", k, v)
		}
	}
	// To others the ticket says nothing, whoever they are and whatever they send.
	volunteer := h.As(h.Person("v@shtab.test", 20))
	for name, b := range map[string]*portaltest.Browser{"visitor": h.Browser(), "volunteer": volunteer, "other": h.Stranger} {
		a := b.Get(c)
		a.Want(t, 200)
		a.WantWithout(t, "Сейтова", "Асан", "data-now")
		if a := b.Post(c, nil); a.Status != http.StatusNotFound {
			t.Errorf("%s posts: %d", name, a.Status)
		}
	}
	lang := func(b *portaltest.Browser) *portaltest.Browser { b.Get("/ru"); return b }
	lang(h.Stranger).Get(c).Want(t, 200, "Билет на другое событие")
	owner := h.As(person)
	if a := owner.Get(c); a.Status != 303 || !strings.Contains(a.Header.Get("Location"), "/me/tickets/") {
		t.Errorf("the owner: %d %s", a.Status, a.Header.Get("Location"))
	}
	if a := owner.Post(c, nil); a.Status != http.StatusNotFound {
		t.Errorf("the owner posts: %d", a.Status)
	}
	if h.here(signup) != "" {
		t.Fatal("somebody else has checked in")
	}

	a = lang(h.Host).Post(c, nil)
	if a.Status != 303 || a.Header.Get("Location") != c+"?in" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
	}
	at := h.here(signup)
	h.Host.Get(c+"?in").Want(t, 200, "Отмечено!", "verdict-good")
	a = h.Host.Post(c, nil) // another scan
	if a.Header.Get("Location") != c || h.here(signup) != at {
		t.Errorf("the second scan: %s", a.Header.Get("Location"))
	}
	a = h.Host.Get(c)
	a.Want(t, 200, "Уже здесь с ", "verdict-warn")
	a.WantWithout(t, "data-now")
	if a := h.Host.Get("/c/none"); a.Status != http.StatusNotFound {
		t.Errorf("a guessed ticket: %d", a.Status)
	}
}

func TestDoorSaysWhyNot(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	h.Host.Get("/ru")
	for _, c := range []struct{ name, set, back, words string }{
		{"early", `update shift set starts_at = now() + interval '3 hours', ends_at = now() + interval '5 hours' where id = $1`, `update shift set starts_at = now() + interval '1 hour', ends_at = now() + interval '3 hours' where id = $1`, "Рано: вход с"},
		{"late", `update shift set starts_at = now() - interval '15 hours', ends_at = now() - interval '13 hours' where id = $1`, `update shift set starts_at = now() + interval '1 hour', ends_at = now() + interval '3 hours' where id = $1`, "давно закончилась"},
		{"cancelled", `update signup set state = 'cancelled', cancel_cause = 'self' where shift_id = $1`, `update signup set state = 'confirmed', cancel_cause = null where shift_id = $1`, "Запись отменена"},
		{"waiting", `update signup set state = 'waitlisted', queue_no = 1 where shift_id = $1`, `update signup set state = 'confirmed', queue_no = null where shift_id = $1`, "В очереди"},
		{"consent", `update signup set state = 'awaiting_consent' where shift_id = $1`, `update signup set state = 'confirmed' where shift_id = $1`, "Нет согласия"},
		{"event", `update event set state = 'cancelled' where id = (select event_id from shift where id = $1)`, `update event set state = 'published' where id = (select event_id from shift where id = $1)`, "Событие отменено"},
		{"closed", `update event set closed_at = now(), held_on = current_date where id = (select event_id from shift where id = $1)`, `update event set closed_at = null, held_on = null where id = (select event_id from shift where id = $1)`, "уже подтверждены"},
	} {
		var signup int64
		var ticket string
		if h.Count(`select count(*) from signup`) == 0 {
			h.Confirmed("Жанов")
		}
		h.Scan(`select id, ticket from signup where shift_id = $1`, []any{h.ShiftID}, &signup, &ticket)
		h.Exec(c.set, h.ShiftID)
		h.Host.Post("/c/"+ticket, nil).Want(t, 303)
		a := h.Host.Get("/c/" + ticket)
		a.Want(t, 200, c.words)
		a.WantWithout(t, "data-now", "verdict-good")
		h.mark(h.Host, signup, "in")
		if h.here(signup) != "" {
			t.Errorf("%s: was checked in", c.name)
		}
		h.Host.Get(h.Path("checkin")).Want(t, 200)
		h.Exec(c.back, h.ShiftID)
	}
}

func TestCheckInList(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	_, first, _ := h.Confirmed("Қожахметов")
	_, second, _ := h.Confirmed("Яковлев")
	_, off, _ := h.Confirmed("Крылов")
	h.Exec(`update signup set state = 'waitlisted', queue_no = 1 where id = $1`, off)
	h.Exec(`insert into guardian_consent (person_id, accompanied, guardian_name, relation, text_version, agreed_at)
		select person_id, true, 'Мама', 'mother', '1', now() from signup where id = $1`, first)

	a := h.Host.Get(h.Path("checkin"))
	a.Want(t, 200, "Пришли 0 из 2", "И 1 родитель", "С родителем", "Крылов", "В очереди")
	a = h.Host.Get(h.Path("checkin?q=%s", url.QueryEscape("кожахм")))
	a.Want(t, 200, "Қожахметов", "Пришли 0 из 2")
	a.WantWithout(t, "Яковлев")

	a = h.Host.Post(h.Path("checkin"), url.Values{"signup": {fmt.Sprint(first)}, "deed": {"in"}, "q": {"кожахм"}})
	if want := h.Path("checkin?q=%s#p-%d", url.QueryEscape("кожахм"), first); a.Status != 303 || a.Header.Get("Location") != want {
		t.Fatalf("%d %s, want %s", a.Status, a.Header.Get("Location"), want)
	}
	at := h.here(first)
	h.mark(h.Host, first, "in")
	if at == "" || h.here(first) != at {
		t.Error("the second tap moved the time")
	}
	h.Host.Get(h.Path("checkin")).Want(t, 200, "Пришли 1 из 2")
	h.mark(h.Host, first, "undo")
	h.mark(h.Host, first, "undo")
	if h.here(first) != "" {
		t.Error("still here")
	}
	h.mark(h.Host, off, "in")
	h.Host.Get(h.Path("checkin")).Want(t, 200, "места у него нет")
	if h.here(off) != "" {
		t.Error("somebody in the queue was checked in")
	}
	if n := h.Count(`select count(*) from audit where verb in ('attendance.check_in', 'attendance.undo')`); n != 2 {
		t.Errorf("%d deeds in the audit, want 2", n)
	}

	// Another organisation's door: the same as a missing one, by whichever way.
	if a := h.Stranger.Get(h.Path("checkin")); a.Status != 404 {
		t.Errorf("%d", a.Status)
	}
	if a := h.mark(h.Stranger, second, "in"); a.Status != 404 {
		t.Errorf("%d", a.Status)
	}
	a = h.Stranger.Post(fmt.Sprintf("/ru/desk/events/%d/checkin", h.OtherEventID), url.Values{"signup": {fmt.Sprint(second)}, "deed": {"in"}})
	if a.Status != 404 || h.here(second) != "" {
		t.Errorf("a sign-up of another event: %d", a.Status)
	}
	// So too within one organisation: the event of the address is the event of the sign-up.
	event, _ := h.Event(h.World, time.Hour, 5)
	a = h.Host.Post(fmt.Sprintf("/ru/desk/events/%d/checkin", event), url.Values{"signup": {fmt.Sprint(second)}, "deed": {"in"}})
	if a.Status != 404 || h.here(second) != "" {
		t.Errorf("another event's sign-up: %d", a.Status)
	}
}

// taps sends a tap as the list's script does.
func (h *day) taps(b *portaltest.Browser, path string, signup int64, deed string, ago time.Duration) (status int, answer struct {
	Here           bool
	At, Count, Why string
	Mine           bool
},
) {
	h.T.Helper()
	form := url.Values{"signup": {fmt.Sprint(signup)}, "deed": {deed}, "ago": {fmt.Sprint(ago.Milliseconds())}}
	r, _ := http.NewRequest("POST", h.URL+path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	resp, err := b.Client.Do(r)
	if err != nil {
		h.T.Fatal(err)
	}
	defer resp.Body.Close()
	_ = json.NewDecoder(resp.Body).Decode(&answer)
	return resp.StatusCode, answer
}

func TestKeptTapsAreSentOnce(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	path := h.Path("checkin")
	status, a := h.taps(h.Host, path, signup, "in", 20*time.Minute)
	if status != 200 || !a.Here || a.Count != "Пришли 1 из 1" {
		t.Fatalf("%d %+v", status, a)
	}
	if n := h.Count(`select extract(epoch from now() - checked_in_at)::int / 60 from attendance where signup_id = $1`, signup); n != 20 {
		t.Errorf("checked in %d minutes ago, not when it was tapped", n)
	}
	at := h.here(signup)
	if status, again := h.taps(h.Host, path, signup, "in", 20*time.Minute); status != 200 || again.At != a.At || h.here(signup) != at {
		t.Errorf("the replay: %d %+v", status, again)
	}
	// An undo of before the mark takes nothing back; one after it does, once.
	h.taps(h.Host, path, signup, "undo", 30*time.Minute)
	if h.here(signup) != at {
		t.Error("an older tap took the mark back")
	}
	h.taps(h.Host, path, signup, "undo", 10*time.Minute)
	h.taps(h.Host, path, signup, "undo", 10*time.Minute)
	if h.here(signup) != "" {
		t.Error("not taken back")
	}
	h.taps(h.Host, path, signup, "in", 20*time.Minute) // sent again after all
	if h.here(signup) != "" {
		t.Error("the replayed mark stands again")
	}
	if n := h.Count(`select count(*) from audit where object_id = $1 and verb like 'attendance.%'`, signup); n != 2 {
		t.Errorf("%d deeds", n)
	}
	if status, _ := h.taps(h.Host, path, signup, "in", 13*time.Hour); status != http.StatusGone {
		t.Errorf("a tap of yesterday: %d", status)
	}
	if status, _ := h.taps(h.Host, path, signup, "in", -time.Hour); status != 200 || h.Count(`select count(*) from attendance where checked_in_at > now()`) != 0 {
		t.Errorf("a tap of tomorrow: %d", status)
	}
}

// link makes a door link and returns its path.
func (h *day) link(form url.Values) string {
	h.T.Helper()
	if form.Get("key") == "" {
		form.Set("key", fmt.Sprint("key", time.Now().UnixNano()))
	}
	a := h.Host.Post(h.Path("doors"), form)
	a.Want(h.T, 200, "Ссылка готова")
	i := strings.Index(a.Body, "/ru/door/")
	if i < 0 {
		h.T.Fatal("no link is shown")
	}
	return a.Body[i : i+strings.IndexAny(a.Body[i:], "<\"")]
}

// open is the form of a link that works now.
func (h *day) open() url.Values {
	zone := h.City.Location()
	return url.Values{
		"label":     {"Кіреберіс"},
		"opens_at":  {time.Now().Add(-time.Hour).In(zone).Format("2006-01-02T15:04")},
		"closes_at": {time.Now().Add(3 * time.Hour).In(zone).Format("2006-01-02T15:04")},
	}
}

func TestDoorLink(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	_, signup, ticket := h.Confirmed("Сейтқызова")
	_, hosts, _ := h.Confirmed("Бекова")
	h.mark(h.Host, hosts, "in")
	door := h.link(h.open())
	helper := h.Browser()

	a := helper.Get(door)
	a.Want(t, 200, "Асан С.", "Асан Б.", "Пришли 1 из 2", "Кіреберіс")
	a.WantWithout(t, "Сейтқызова", "+7 701", "18+", h.Host.Get(h.Path("doors")).Body)
	for k, v := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow"} {
		if a.Header.Get(k) != v {
			t.Errorf("%s: %q", k, a.Header.Get(k))
		}
	}
	helper.Get(door+"?q="+url.QueryEscape("сейтк")).Want(t, 200, "Асан С.")
	if a := helper.Post(door, url.Values{"signup": {fmt.Sprint(signup)}, "deed": {"in"}}); a.Status != 303 || h.here(signup) == "" {
		t.Fatalf("%d", a.Status)
	}
	// One's own marks can be taken back, others' not.
	helper.Post(door, url.Values{"signup": {fmt.Sprint(hosts)}, "deed": {"undo"}})
	if h.here(hosts) == "" {
		t.Error("a helper took the coordinator's mark back")
	}
	helper.Post(door, url.Values{"signup": {fmt.Sprint(signup)}, "deed": {"undo"}})
	if h.here(signup) != "" {
		t.Error("a helper cannot take an own mark back")
	}
	// Scans of the same browser are the link's.
	helper.Get("/c/"+ticket).Want(t, 200, "Асан С.", "data-now")
	if a := helper.Post("/c/"+ticket, nil); a.Status != 303 || h.here(signup) == "" {
		t.Fatalf("a scan: %d", a.Status)
	}
	if n := h.Count(`select count(*) from door_use`); n != 3 {
		t.Errorf("%d uses, want 3", n)
	}
	h.Host.Get(h.Path("doors")).Want(t, 200, "3 отметки", "Кіреберіс")

	// Another event's people: not there, by list and by scan.
	other, otherShift := h.Event(h.World, 30*time.Minute, 5)
	_ = other
	h.ShiftID, otherShift = otherShift, h.ShiftID
	_, stranger, strange := h.Confirmed("Чужая")
	h.ShiftID = otherShift
	if a := helper.Post(door, url.Values{"signup": {fmt.Sprint(stranger)}, "deed": {"in"}}); a.Status != 404 {
		t.Errorf("another event's sign-up: %d", a.Status)
	}
	a = helper.Get("/c/" + strange)
	a.Want(t, 200, "Билет на другое событие")
	a.WantWithout(t, "Асан", "Чужая")
	if a := helper.Post("/c/"+strange, nil); a.Status != 404 || h.here(stranger) != "" {
		t.Errorf("another event's ticket: %d", a.Status)
	}

	// Taken back: the same as one never given out, also for scans.
	guessed := helper.Get("/ru/door/AAAAAAAAAAAAAAAAAAAAAAAAAA")
	var id int64
	h.Scan(`select id from door_link`, nil, &id)
	if a := h.Stranger.Post(fmt.Sprintf("/ru/desk/doors/%d/close", id), nil); a.Status != 404 {
		t.Errorf("another's link closed: %d", a.Status)
	}
	helper.Get(door).Want(t, 200)
	for range 2 {
		if a := h.Host.Post(fmt.Sprintf("/ru/desk/doors/%d/close", id), nil); a.Status != 303 {
			t.Errorf("%d", a.Status)
		}
	}
	if n := h.Count(`select count(*) from audit where verb = 'door.close'`); n != 1 {
		t.Errorf("closed %d times", n)
	}
	a = helper.Get(door)
	if a.Status != 404 || guessed.Status != 404 || len(a.Body) != len(guessed.Body) {
		t.Errorf("a revoked link: %d (%d bytes), a guessed one: %d (%d)", a.Status, len(a.Body), guessed.Status, len(guessed.Body))
	}
	if a := helper.Post("/c/"+ticket, nil); a.Status != 404 {
		t.Errorf("a scan after that: %d", a.Status)
	}
	helper.Get("/c/"+ticket).WantWithout(t, "Асан")
}

func TestDoorLinkHours(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	for _, set := range []string{
		`update door_link set opens_at = now() + interval '1 minute'`,
		`update door_link set opens_at = now() - interval '2 hours', closes_at = now() - interval '1 second'`,
	} {
		door := h.link(h.open())
		h.Browser().Get(door).Want(t, 200)
		h.Exec(set)
		if a := h.Browser().Get(door); a.Status != 404 {
			t.Errorf("%s: %d", set, a.Status)
		}
		if a := h.Browser().Post(door, url.Values{"signup": {fmt.Sprint(signup)}, "deed": {"in"}}); a.Status != 404 || h.here(signup) != "" {
			t.Errorf("%s: %d", set, a.Status)
		}
	}
	// A form sent twice makes one link; what makes no sense makes none.
	h.Exec(`delete from door_link`)
	form := h.open()
	form.Set("key", "k")
	h.link(form)
	if a := h.Host.Post(h.Path("doors"), form); a.Status != 303 || h.Count(`select count(*) from door_link`) != 1 {
		t.Errorf("sent twice: %d", a.Status)
	}
	for _, bad := range []url.Values{
		{"key": {"x"}, "label": {""}, "opens_at": form["opens_at"], "closes_at": form["closes_at"]},
		{"key": {"x"}, "label": {"a"}, "opens_at": form["closes_at"], "closes_at": form["opens_at"]},
		{"key": {"x"}, "label": {"a"}, "opens_at": {"soon"}, "closes_at": {""}},
	} {
		if a := h.Host.Post(h.Path("doors"), bad); a.Status != 422 {
			t.Errorf("%v: %d", bad, a.Status)
		}
	}
	for _, b := range []portaltest.Answer{h.Stranger.Get(h.Path("doors")), h.Stranger.Post(h.Path("doors"), h.open())} {
		if b.Status == 200 || b.Status == 303 {
			t.Errorf("another organisation: %d", b.Status)
		}
	}
	if n := h.Count(`select count(*) from door_link`); n != 1 {
		t.Errorf("%d links", n)
	}
}

func TestWalkIn(t *testing.T) {
	t.Parallel()
	h := newDay(t, portaltest.WithoutWorker)
	h.Exec(`update shift set capacity = 1 where id = $1`, h.ShiftID)
	h.Volunteer("walk@shtab.test", "Абаев", "Асан", 30)
	h.Volunteer("late@shtab.test", "Бекова", "Асан", 30)
	h.Volunteer("child@shtab.test", "Бала", "Асан", 10)
	add := func(email string) portaltest.Answer {
		return h.Host.Post(h.Path("checkin/add"), url.Values{"email": {email}, "shift": {fmt.Sprint(h.ShiftID)}})
	}
	h.Host.Get(h.Path("checkin")).Want(t, 200, "Добавить на месте")
	for range 2 { // sent twice
		add("walk@shtab.test").Want(t, 303)
	}
	h.Host.Get(h.Path("checkin")).Want(t, 200, "Абаев", "Пришли 1 из 1", "Добавлен и отмечен")
	if n := h.Count(`select count(*) from attendance where checked_in_at is not null`); n != 1 {
		t.Errorf("%d are here", n)
	}
	// No place is left: the queue, and nobody is checked in. No consent: awaited.
	add("late@shtab.test").Want(t, 303)
	h.Host.Get(h.Path("checkin")).Want(t, 200, "Бекова", "В очереди", "Пришли 1 из 1")
	h.Exec(`update shift set capacity = 5 where id = $1`, h.ShiftID)
	add("child@shtab.test")
	if n := h.Count(`select count(*) from attendance`); n != 1 {
		t.Errorf("%d marked", n)
	}
	add("nobody@shtab.test").Want(t, 422, "nobody@shtab.test")
	// The rules of everybody.
	h.Exec(`update event set min_age = 50 where id = $1`, h.EventID)
	h.Volunteer("young@shtab.test", "Жас", "Асан", 20)
	add("young@shtab.test").Want(t, 200, "нельзя добавить", "с 50 лет")
	if n := h.Count(`select count(*) from signup g join person p on p.id = g.person_id where p.email = 'young@shtab.test'`); n != 0 {
		t.Error("was signed up")
	}
	for name, a := range map[string]portaltest.Answer{
		"another organisation":  h.Stranger.Post(h.Path("checkin/add"), url.Values{"email": {"young@shtab.test"}, "shift": {fmt.Sprint(h.ShiftID)}}),
		"another event's shift": h.Host.Post(h.Path("checkin/add"), url.Values{"email": {"young@shtab.test"}, "shift": {fmt.Sprint(h.OtherShiftID)}}),
	} {
		if a.Status != 404 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}

// BenchmarkScan is a check-in by QR as the door lives it: the page, the mark, the answer.
func BenchmarkScan(b *testing.B) {
	h := &day{portaltest.StartEventIn(b, 30*time.Minute, portaltest.WithoutWorker)}
	h.Exec(`update shift set capacity = 100000 where id = $1`, h.ShiftID)
	tickets := make([]string, b.N)
	for i := range tickets {
		_, _, tickets[i] = h.Confirmed("Абаев")
	}
	b.ResetTimer()
	for _, ticket := range tickets {
		h.Host.Get("/c/" + ticket)
		a := h.Host.Post("/c/"+ticket, nil)
		if a = h.Host.Get(a.Header.Get("Location")); !strings.Contains(a.Body, "verdict-good") {
			b.Fatal(a.Status)
		}
	}
}
