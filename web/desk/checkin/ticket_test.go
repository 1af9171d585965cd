package checkin_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// TestCheckInTicket checks that only a POST of those who check people in marks the holder of a
// ticket, and a second one changes nothing.
func TestCheckInTicket(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	_, signup, ticket := h.Confirmed("Сейтова")
	c := "/c/" + ticket

	a := h.Host.Get(c)
	a.Want(t, 200, "Сейтова", "data-now")
	if h.checkedIn(signup) != "" {
		t.Fatal("a GET has checked in")
	}
	for k, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
		"X-Robots-Tag": "noindex, nofollow",
	} {
		t.Run(k, func(t *testing.T) {
			if v := a.Header.Get(k); v != want {
				t.Errorf("%q", v)
			}
		})
	}

	a = inRussian(h.Host).Post(c, nil)
	if a.Status != 303 || a.Header.Get("Location") != c+"?in" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("Location"))
	}
	at := h.checkedIn(signup)
	h.Host.Get(c+"?in").Want(t, 200, "Отмечено!", "verdict-good")
	again := h.Host.Post(c, nil)
	atAgain := h.checkedIn(signup)
	t.Run("a second scan changes nothing", func(t *testing.T) {
		if again.Header.Get("Location") != c || atAgain != at {
			t.Errorf("the second scan: %s", again.Header.Get("Location"))
		}
	})
	a = h.Host.Get(c)
	t.Run("it says since when they are here", func(t *testing.T) {
		a.Want(t, 200, "Уже здесь с ", "verdict-warn")
		a.WantWithout(t, "data-now")
	})
	guessed := h.Host.Get("/c/none")
	t.Run("a guessed ticket is missing", func(t *testing.T) {
		if guessed.Status != http.StatusNotFound {
			t.Errorf("a guessed ticket: %d", guessed.Status)
		}
	})
}

// inRussian is a browser in which Russian was chosen.
func inRussian(b *portaltest.Browser) *portaltest.Browser { b.Get("/ru"); return b }

// TestTicketOfOthers checks that to everybody but those who check people in the ticket says
// nothing, and that their POST finds nothing.
func TestTicketOfOthers(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	person, signup, ticket := h.Confirmed("Сейтова")
	c := "/c/" + ticket
	volunteer := h.As(h.Person("v@shtab.test", 20))
	for name, b := range map[string]*portaltest.Browser{
		"visitor": h.Browser(), "volunteer": volunteer,
		"other": h.Stranger,
	} {
		page, posted := b.Get(c), b.Post(c, nil)
		t.Run(name, func(t *testing.T) {
			page.Want(t, 200)
			page.WantWithout(t, "Сейтова", "Асан", "data-now")
			if posted.Status != http.StatusNotFound {
				t.Errorf("posts: %d", posted.Status)
			}
		})
	}
	inRussian(h.Stranger).Get(c).Want(t, 200, "Билет на другое событие")
	owner := h.As(person)
	page, posted := owner.Get(c), owner.Post(c, nil)
	t.Run("the owner", func(t *testing.T) {
		if page.Status != 303 || !strings.Contains(page.Header.Get("Location"), "/me/tickets/") {
			t.Errorf("the owner: %d %s", page.Status, page.Header.Get("Location"))
		}
		if posted.Status != http.StatusNotFound {
			t.Errorf("the owner posts: %d", posted.Status)
		}
	})
	if h.checkedIn(signup) != "" {
		t.Fatal("somebody else has checked in")
	}
	// Nor does their having tried stand in the way of who may.
	inRussian(h.Host).Post(c, nil).Want(t, 303)
	if h.checkedIn(signup) == "" {
		t.Error("the host could not check in")
	}
}

// TestScanRefuses checks that a scan says why somebody cannot be checked in, and does not check them in.
func TestScanRefuses(t *testing.T) {
	t.Parallel()
	h := startEvent(t, portaltest.WithoutWorker)
	h.Host.Get("/ru")
	for _, c := range []struct{ name, set, back, words string }{
		{
			"early",
			`update shift set starts_at = now() + interval '3 hours', ends_at = now() + interval '5 hours'
				where id = $1`,
			`update shift set starts_at = now() + interval '1 hour', ends_at = now() + interval '3 hours'
						where id = $1`, "Рано: вход с",
		},
		{
			"late",
			`update shift set starts_at = now() - interval '15 hours', ends_at = now() - interval '13 hours'
				where id = $1`,
			`update shift set starts_at = now() + interval '1 hour', ends_at = now() + interval '3 hours'
						where id = $1`, "давно закончилась",
		},
		{
			"cancelled", `update signup set state = 'cancelled', cancel_cause = 'self' where shift_id = $1`,
			`update signup set state = 'confirmed', cancel_cause = null where shift_id = $1`, "Запись отменена",
		},
		{
			"waiting", `update signup set state = 'waitlisted', queue_no = 1 where shift_id = $1`,
			`update signup set state = 'confirmed', queue_no = null where shift_id = $1`, "В очереди",
		},
		{
			"consent", `update signup set state = 'awaiting_consent' where shift_id = $1`,
			`update signup set state = 'confirmed' where shift_id = $1`, "Нет согласия",
		},
		{
			"event", `update event set state = 'cancelled' where id = (select event_id from shift where id = $1)`,
			`update event set state = 'published' where id = (select event_id from shift where id = $1)`,
			"Событие отменено",
		},
		{
			"closed",
			`update event set closed_at = now(), held_on = current_date
				where id = (select event_id from shift where id = $1)`,
			`update event set closed_at = null, held_on = null
						where id = (select event_id from shift where id = $1)`, "уже подтверждены",
		},
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
		h.mark(h.Host, signup, "in")
		at := h.checkedIn(signup)
		t.Run(c.name, func(t *testing.T) {
			a.WantWithout(t, "data-now", "verdict-good")
			if at != "" {
				t.Error("was checked in")
			}
			a.Want(t, 200, c.words)
		})
		h.Host.Get(h.Path("checkin")).Want(t, 200)
		h.Exec(c.back, h.ShiftID)
	}
}

// BenchmarkScan is a check-in by QR as the door lives it: the page, the mark, the answer.
func BenchmarkScan(b *testing.B) {
	h := &eventSoon{portaltest.StartEventIn(b, 30*time.Minute, portaltest.WithoutWorker)}
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
