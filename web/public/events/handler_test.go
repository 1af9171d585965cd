package events_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestQueueMovesUp cancels a place: the first in the queue has it at once and is told.
func TestQueueMovesUp(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	_, shift := h.Event(h.World(), 72*time.Hour, 1)
	first, second := h.As(h.Person("first@shtab.test", 20)), h.As(h.Person("second@shtab.test", 20))
	join := portaltest.Path("/kk/shifts/%d/signup", shift)
	first.Post(join, url.Values{})
	second.Post(join, url.Values{})
	if a := second.Get("/kk/me"); !strings.Contains(a.Body, "Кезектегі орныңыз: 1") {
		t.Error("the second is not told their number")
	}
	id := h.Count(`select s.id from signup s join person p on p.id = s.person_id where p.email = 'first@shtab.test'`)
	if a := second.Post(portaltest.Path("/kk/signups/%d/cancel", id), url.Values{}); a.Status != http.StatusNotFound {
		t.Errorf("another's sign-up: %d", a.Status)
	}
	if a := first.Post(portaltest.Path("/kk/signups/%d/cancel", id), url.Values{}); a.Status != http.StatusSeeOther {
		t.Errorf("cancel: %d", a.Status)
	}
	h.Mail("signup_promoted", "second@shtab.test")
	if n := h.Count(
		`select count(*) from signup s join person p on p.id = s.person_id where p.email = 'second@shtab.test'
			and s.state = 'confirmed'`); n != 1 {
		t.Error("the second has no place")
	}
	ticket := portaltest.Path("/kk/me/tickets/%d", h.Count(`select id from signup where state = 'confirmed'`))
	if a := second.Get(ticket); a.Status != 200 || !strings.Contains(a.Body, `class="qr"`) {
		t.Errorf("ticket: %d", a.Status)
	}
	if a := first.Get(ticket); a.Status != http.StatusNotFound {
		t.Errorf("another's ticket: %d", a.Status)
	}
	var token, calendar string
	h.Scan(
		`select s.ticket, p.calendar_token from signup s join person p on p.id = s.person_id
			where s.state = 'confirmed'`,
		nil, &token, &calendar,
	)
	if a := first.Get("/c/" + token); a.Status != 200 || strings.Contains(a.Body, "second@") ||
		strings.Contains(a.Body, "Сейтқызы") {
		t.Errorf("a stranger's scan: %d, or it names the person", a.Status)
	}
	if a := second.Get("/c/" + token); a.Header.Get("Location") != ticket {
		t.Errorf("one's own scan: %d %s", a.Status, a.Header.Get("Location"))
	}
	if a := h.Browser().Get("/calendar/" + calendar + ".ics"); a.Status != 200 || !strings.Contains(
		a.Body, portaltest.Path("UID:shift-%d@", shift),
	) {
		t.Errorf("feed: %d\n%s", a.Status, a.Body)
	}
	second.Post("/kk/me/calendar/renew", url.Values{})
	if a := h.Browser().Get("/calendar/" + calendar + ".ics"); a.Status != http.StatusNotFound {
		t.Errorf("the old feed opens: %d", a.Status)
	}
}

// TestRefusalsArePages asks for places that cannot be had: each is a page that says why.
func TestRefusalsArePages(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	adult, child := h.As(h.Person("adult@shtab.test", 30)), h.As(h.Person("child@shtab.test", 17))
	at := func(in time.Duration, set string) (event, shift int64) {
		event, shift = h.Event(w, in, 3)
		if set != "" {
			h.Exec(`update event set `+set+` where id = $1`, event)
		}
		return event, shift
	}
	for name, c := range map[string]struct {
		b    *portaltest.Browser
		in   time.Duration
		set  string
		says string
	}{
		"adults":    {child, 48 * time.Hour, `adults_only = 'hazard'`, "18"},
		"young":     {child, 49 * time.Hour, `min_age = 21`, "21"},
		"not open":  {adult, 100 * time.Hour, `signup_opens_at = now() + interval '1 day'`, ""},
		"closed":    {adult, 120 * time.Hour, `signup_closes_at = now() - interval '1 hour'`, ""},
		"over":      {adult, -5 * time.Hour, ``, ""},
		"cancelled": {adult, 150 * time.Hour, `state = 'cancelled'`, ""},
	} {
		_, shift := at(c.in, c.set)
		a := c.b.Post(portaltest.Path("/ru/shifts/%d/signup", shift), url.Values{})
		if a.Status != http.StatusOK || !strings.Contains(a.Body, c.says) || strings.Contains(a.Body, "fault.") ||
			strings.Contains(a.Body, "/kk/shifts/") {
			t.Errorf("%s: %d", name, a.Status)
		}
	}
	if n := h.Count(`select count(*) from signup`); n != 0 {
		t.Errorf("%d sign-ups written by refusals", n)
	}
	// A clash names the other event.
	e1, s1 := h.Event(w, 200*time.Hour, 3)
	_, s2 := h.Event(w, 201*time.Hour, 3)
	adult.Post(portaltest.Path("/ru/shifts/%d/signup", s1), url.Values{})
	if a := adult.Post(
		portaltest.Path("/ru/shifts/%d/signup", s2), url.Values{},
	); a.Status != 200 || !strings.Contains(a.Body, portaltest.Path("/ru/events/%d", e1)) {
		t.Errorf("clash: %d, the other event is not named", a.Status)
	}
	// Under the age of consent the sign-up is kept until a parent has agreed.
	young := h.As(h.Person("young@shtab.test", 15))
	_, s3 := h.Event(w, 300*time.Hour, 3)
	young.Post(portaltest.Path("/ru/shifts/%d/signup", s3), url.Values{})
	if n := h.Count(`select count(*) from signup where state = 'awaiting_consent'`); n != 1 {
		t.Errorf("%d await consent", n)
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	h.Event(w, 48*time.Hour, 5)
	for _, path := range []string{"/kk/events.atom", "/ru/events.atom?district=yesil"} {
		a := h.Browser().Get(path)
		if a.Status != 200 || !strings.Contains(
			a.Body, h.URL+"/"+"kk/events/1",
		) && !strings.Contains(a.Body, h.URL+"/ru/events/1") {
			t.Errorf("%s: %d without the event:\n%.400s", path, a.Status, a.Body)
		}
		if err := xml.Unmarshal([]byte(a.Body), new(struct{ XMLName xml.Name })); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestCalendarFile checks that the file gives UTC, which every calendar turns into Astana's hour.
func TestCalendarFile(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	id, _ := h.Event(w, 48*time.Hour, 5)
	var at time.Time
	h.Scan(`select starts_at from event where id = $1`, []any{id}, &at)
	h.Exec(`update event set accessibility = '{"kk":"Пандус бар","ru":"Есть пандус"}' where id = $1`, id)
	a := h.Browser().Get(portaltest.Path("/ru/events/%d.ics", id))
	for _, want := range []string{
		"DESCRIPTION:Доступность: Есть пандус\r\n",
		"BEGIN:VCALENDAR\r\n", "DTSTART:" + at.UTC().Format("20060102T150405Z") + "\r\n",
		"SUMMARY:Посадка деревьев", "UID:shift-",
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("no %q in\n%s", want, a.Body)
		}
	}
	page := h.Browser().Get(portaltest.Path("/ru/events/%d", id))
	if !strings.Contains(page.Body, ">Доступность</h2>") || !strings.Contains(page.Body, "Есть пандус") {
		t.Error("the page does not say how one gets in")
	}
}

// TestEventSaysWhoWasAsked shows the volunteer, on the event's page, that a parent is waited for
// and which; nobody else.
func TestEventSaysWhoWasAsked(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	f := h.NewFamily(t, w, 5)
	path := portaltest.Path("/ru/events/%d", f.Event)
	if body := f.Me.Get(path).Body; !strings.Contains(body, "Ждём согласия родителя") || !strings.Contains(
		body, "Кого спросили: Гүлнар Серікқызы.",
	) {
		t.Error("the event's page does not say whom was asked")
	}
	other := h.As(h.Person("other@shtab.test", 15))
	other.Post(portaltest.Path("/ru/shifts/%d/signup", f.Shift), url.Values{})
	if body := other.Get(path).Body; strings.Contains(body, "Гүлнар") || !strings.Contains(
		body, "Родителю вы ещё не написали",
	) {
		t.Error("the event's page says to another whom this one asked")
	}
}
