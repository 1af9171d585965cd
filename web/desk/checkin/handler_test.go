package checkin_test

import (
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

// eventSoon is an event that begins in half an hour.
type eventSoon struct{ *portaltest.EventDesk }

func startEvent(t testing.TB, with ...portaltest.Option) *eventSoon {
	t.Helper()
	return &eventSoon{portaltest.StartEventIn(t, 30*time.Minute, with...)}
}

// checkedIn is when somebody was checked in; empty for those who were not.
func (h *eventSoon) checkedIn(signup int64) (at string) {
	h.T.Helper()
	h.Scan(`select coalesce((select checked_in_at::text from attendance where signup_id = $1), '')`, []any{signup},
		&at)
	return at
}

// mark sends the form of a mark: "in" or "undo".
func (h *eventSoon) mark(b *portaltest.Browser, signup int64, action string) portaltest.Answer {
	h.T.Helper()
	return b.Post(h.Path("checkin"), url.Values{"signup": {fmt.Sprint(signup)}, "deed": {action}})
}

// TestShowCheckIn lists an event's people, marks some and takes marks back.
func TestShowCheckIn(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, first, _ := h.Confirmed("Қожахметов")
	h.Confirmed("Яковлев")
	_, off, _ := h.Confirmed("Крылов")
	h.Exec(`update signup set state = 'waitlisted', queue_no = 1 where id = $1`, off)
	h.Exec(`insert into guardian_consent (person_id, accompanied, guardian_name, relation, text_version, agreed_at)
		select person_id, true, 'Мама', 'mother', '1', now() from signup where id = $1`, first)

	a := h.Host.Get(h.Path("checkin"))
	t.Run("the list", func(t *testing.T) {
		a.Want(t, 200, "Пришли 0 из 2", "И 1 родитель", "С родителем", "Крылов", "В очереди")
	})
	found := h.Host.Get(h.Path("checkin?q=%s", url.QueryEscape("кожахм")))
	t.Run("somebody looked for", func(t *testing.T) {
		found.Want(t, 200, "Қожахметов", "Пришли 0 из 2")
		found.WantWithout(t, "Яковлев")
	})

	a = h.Host.Post(h.Path("checkin"), url.Values{"signup": {fmt.Sprint(first)}, "deed": {"in"}, "q": {"кожахм"}})
	if want := h.Path("checkin?q=%s#p-%d", url.QueryEscape("кожахм"), first); a.Status != 303 ||
		a.Header.Get("Location") != want {
		t.Fatalf("%d %s, want %s", a.Status, a.Header.Get("Location"), want)
	}
	at := h.checkedIn(first)
	h.mark(h.Host, first, "in")
	if at == "" || h.checkedIn(first) != at {
		t.Error("the second mark moved the time")
	}
	h.Host.Get(h.Path("checkin")).Want(t, 200, "Пришли 1 из 2")
	h.mark(h.Host, first, "undo")
	h.mark(h.Host, first, "undo")
	if h.checkedIn(first) != "" {
		t.Error("still here")
	}
	h.mark(h.Host, off, "in")
	h.Host.Get(h.Path("checkin")).Want(t, 200, "места у него нет")
	if h.checkedIn(off) != "" {
		t.Error("somebody in the queue was checked in")
	}
	if n := h.Count(`select count(*) from audit where verb in ('attendance.check_in', 'attendance.undo')`); n != 2 {
		t.Errorf("%d marks in the audit, want 2", n)
	}
}

// TestCheckInOfOthers checks that another organisation's event is the same as a missing one, and
// that a sign-up is found under its own event alone.
func TestCheckInOfOthers(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, second, _ := h.Confirmed("Яковлев")
	if a := h.Stranger.Get(h.Path("checkin")); a.Status != 404 {
		t.Errorf("%d", a.Status)
	}
	if a := h.mark(h.Stranger, second, "in"); a.Status != 404 {
		t.Errorf("%d", a.Status)
	}
	a := h.Stranger.Post(fmt.Sprintf("/ru/desk/events/%d/checkin", h.OtherEventID),
		url.Values{"signup": {fmt.Sprint(second)}, "deed": {"in"}})
	if a.Status != 404 || h.checkedIn(second) != "" {
		t.Errorf("a sign-up of another event: %d", a.Status)
	}
	// Within one organisation too, the event of the address must be that of the sign-up.
	event, _ := h.Event(h.World, time.Hour, 5)
	a = h.Host.Post(fmt.Sprintf("/ru/desk/events/%d/checkin", event),
		url.Values{"signup": {fmt.Sprint(second)}, "deed": {"in"}})
	if a.Status != 404 || h.checkedIn(second) != "" {
		t.Errorf("another event's sign-up: %d", a.Status)
	}
}

// TestConcurrentCheckIn checks one person in by fifty helpers at once: it is one check-in at one time.
func TestConcurrentCheckIn(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	_, naive, _ := h.Confirmed("Бекова")
	now, by := h.Now(), attendance.Marker{Actor: h.Coordinator()}
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
		g, changed, err := h.Attendance.CheckIn(t.Context(), by, attendance.CheckInMark{SignupID: signup},
			now.Add(time.Duration(i)*time.Millisecond))
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
		t.Errorf("%d check-ins in the audit", n)
	}

	// The control: looking first and writing afterwards, whatever the key says, checks in many times.
	var looked sync.WaitGroup
	looked.Add(4)
	wrote := 0
	crowd(4, func(i int) {
		free := h.Count(`select count(*) from attendance where signup_id = $1 and checked_in_at is not null`,
			naive) == 0
		looked.Done()
		looked.Wait()
		if free {
			h.Exec(`insert into attendance (signup_id, checked_in_at, checked_in_by) values ($1, $2, $3)
				on conflict (signup_id) do update set checked_in_at = excluded.checked_in_at`, naive,
				now.Add(time.Duration(i)*time.Second), h.HostID)
			mu.Lock()
			wrote++
			mu.Unlock()
		}
	})
	if wrote < 2 {
		t.Errorf("the control checked in %d times: it shows nothing", wrote)
	}
}

// sendMark sends a mark as the list's script does, so long after it was made.
func (h *eventSoon) sendMark(b *portaltest.Browser, path string, signup int64, action string,
	ago time.Duration) (status int, answer struct {
	Here           bool
	At, Count, Why string
	Mine           bool
},
) {
	h.T.Helper()
	form := url.Values{"signup": {fmt.Sprint(signup)}, "deed": {action}, "ago": {fmt.Sprint(ago.Milliseconds())}}
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

// TestKeptMarks checks that a mark that the phone kept counts once, at the time when it was made.
func TestKeptMarks(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, signup, _ := h.Confirmed("Абаев")
	path := h.Path("checkin")
	status, a := h.sendMark(h.Host, path, signup, "in", 20*time.Minute)
	if status != 200 || !a.Here || a.Count != "Пришли 1 из 1" {
		t.Fatalf("%d %+v", status, a)
	}
	if n := h.Count(`select extract(epoch from now() - checked_in_at)::int / 60 from attendance where signup_id = $1`,
		signup); n != 20 {
		t.Errorf("checked in %d minutes ago, not when it was marked", n)
	}
	at := h.checkedIn(signup)
	if status, again := h.sendMark(h.Host, path, signup, "in", 20*time.Minute); status != 200 || again.At != a.At ||
		h.checkedIn(signup) != at {
		t.Errorf("the replay: %d %+v", status, again)
	}
	// An undo of before the mark takes nothing back; one after it does, once.
	h.sendMark(h.Host, path, signup, "undo", 30*time.Minute)
	if h.checkedIn(signup) != at {
		t.Error("an older undo took the mark back")
	}
	h.sendMark(h.Host, path, signup, "undo", 10*time.Minute)
	h.sendMark(h.Host, path, signup, "undo", 10*time.Minute)
	if h.checkedIn(signup) != "" {
		t.Error("not taken back")
	}
	h.sendMark(h.Host, path, signup, "in", 20*time.Minute) // sent again after all
	if h.checkedIn(signup) != "" {
		t.Error("the replayed mark stands again")
	}
	if n := h.Count(`select count(*) from audit where object_id = $1 and verb like 'attendance.%'`, signup); n != 2 {
		t.Errorf("%d in the audit", n)
	}
	if status, _ := h.sendMark(h.Host, path, signup, "in", 13*time.Hour); status != http.StatusGone {
		t.Errorf("a mark of yesterday: %d", status)
	}
	if status, _ := h.sendMark(h.Host, path, signup, "in", -time.Hour); status != 200 ||
		h.Count(`select count(*) from attendance where checked_in_at > now()`) != 0 {
		t.Errorf("a mark of tomorrow: %d", status)
	}
}

// TestAddWalkIn adds people who come without a sign-up, by the rules of every sign-up.
func TestAddWalkIn(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
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
	// Too young.
	h.Exec(`update event set min_age = 50 where id = $1`, h.EventID)
	h.Volunteer("young@shtab.test", "Жас", "Асан", 20)
	add("young@shtab.test").Want(t, 200, "нельзя добавить", "с 50 лет")
	if n := h.Count(
		`select count(*) from signup g join person p on p.id = g.person_id
			where p.email = 'young@shtab.test'`); n != 0 {
		t.Error("was signed up")
	}
	for name, a := range map[string]portaltest.Answer{
		"another organisation": h.Stranger.Post(h.Path("checkin/add"),
			url.Values{"email": {"young@shtab.test"}, "shift": {fmt.Sprint(h.ShiftID)}}),
		"another event's shift": h.Host.Post(h.Path("checkin/add"),
			url.Values{"email": {"young@shtab.test"}, "shift": {fmt.Sprint(h.OtherShiftID)}}),
	} {
		if a.Status != 404 {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
}
