package e2e_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/poll"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// A coordinator's whole day on a phone, with scripts and without: an event is written and
// published, volunteers sign up, come and are marked, the hours are confirmed and stand in a
// volunteer's book and in the totals.
func TestWholeDay(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	me := h.Person("coordinator@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, me, w.Org)
	h.Event(w, 200*time.Hour, 3) // of the campaign that the form begins with
	for i, scripts := range []bool{true, false} {
		name := fmt.Sprintf("Сажаем деревья %d", i)
		p := open(t, h.URL)
		p.size(360, 800)
		if !scripts {
			p.scriptsOff()
		}
		p.as(h, me)
		began, job := time.Now(), 0
		taps := func(what string) {
			t.Logf("scripts %v: %s: %d taps, %d fields", scripts, what, p.taps-job, p.fields)
			job, p.fields = p.taps, 0
		}

		// Write and publish.
		p.visit(link.Desk(i18n.RU), 200)
		p.press(`a[href="` + link.DeskEventNew(i18n.RU) + `"]`)
		p.expect(200)
		for _, f := range [][2]string{
			{"title_kk", "Ағаш егу"},
			{"title_ru", name},
			{"summary_kk", "Екеміз"},
			{"summary_ru", "Сажаем"},
			{"place_kk", "Саябақ"},
			{"place_ru", "Парк"},
			{"district", "yesil"},
			{"shift[0].day", portaltest.Date(7)},
			{"shift[0].from", "10:00"},
			{"shift[0].to", "12:00"},
			{"shift[0].capacity", "20"},
		} {
			js[bool](p, `(() => { const f = document.getElementsByName('`+f[0]+`')[0]; f.value = '`+f[1]+
				`'; return true })()`)
			p.fields++
		}
		p.press(`.form-end button[value="publish"]`)
		p.expect(200)
		taps("create and publish")
		var event, shift int64
		h.Scan(
			`select e.id, s.id from event e join shift s on s.event_id = e.id where e.title ->> 'ru' = $1
				and e.state = 'published'`, []any{name}, &event, &shift)

		// Three sign up; the day comes.
		var first int64
		for n := range 3 {
			id := h.Person(fmt.Sprintf("v%d-%d@shtab.test", i, n), 20+n)
			if n == 0 {
				first = id
				v := open(t, h.URL)
				v.as(h, id)
				v.visit(link.Event(i18n.KK, event), 200)
				v.press(`.bar form button`)
				v.expect(200)
				v.mustSee(`.shift.is-in`)
				continue
			}
			h.As(id).Post(link.Signup(i18n.KK, shift), url.Values{})
		}
		move := func(from, to string) {
			h.Exec(`update event set starts_at = now() + $2::interval, ends_at = now() + $3::interval where id = $1`,
				event, from, to)
			h.Exec(`update shift set starts_at = now() + $2::interval, ends_at = now() + $3::interval where id = $1`,
				shift, from, to)
		}
		move("-10 minutes", "110 minutes")

		// At the door: one tap each, one taken back and given again.
		p.visit(link.DeskCheckIn(i18n.RU, event), 200)
		marked := func() int {
			return h.Count(
				`select count(*) from attendance a join signup g on g.id = a.signup_id where g.shift_id = $1
					and a.checked_in_at is not null`, shift)
		}
		tap := func(button string, want int) {
			t.Helper()
			if scripts { // the list is marked in place
				p.touch(button)
			} else {
				p.press(button)
				p.expect(200)
			}
			poll.Until(t, fmt.Sprintf("scripts %v: %d are marked", scripts, want),
				func() bool { return marked() == want })
		}
		tap(`.door-row:nth-child(1) button[value="in"]`, 1)
		tap(`.door-row:nth-child(2) button[value="in"]`, 2)
		tap(`.door-row:nth-child(2) button[value="undo"]`, 1)
		tap(`.door-row:nth-child(2) button[value="in"]`, 2)
		taps("check in two, one of them twice")

		// After it: everybody but the one who did not come.
		move("-130 minutes", "-10 minutes")
		p.visit(link.DeskHours(i18n.RU, event), 200)
		p.touch(`.hours-row:nth-child(3) label[for$="-no_show"]`)
		p.press(`button[value="confirm"]`)
		p.expect(200)
		p.mustSee(`.notice-good`)
		taps("hours of three")
		if n := h.Count(`select count(*) from ledger where event_id = $1`, event); n != 3 {
			t.Fatalf("%d rows in the ledger", n)
		}
		if n := h.Count(`select count(*) from event where id = $1 and closed_at is not null`, event); n != 1 {
			t.Error("the event is not closed")
		}
		for _, who := range []int64{first} {
			v := open(t, h.URL)
			v.as(h, who)
			v.visit(link.Book(i18n.KK), 200)
			if outcome := h.Count(`select count(*) from ledger where person_id = $1 and outcome = 'attended'`,
				who); outcome == 1 {
				v.mustSee(`.table tbody tr`)
			}
		}
		t.Logf("scripts %v: the whole day in %v at a machine's pace", scripts, time.Since(began).
			Round(100*time.Millisecond))
	}
	if n := h.Count(`select sum(events)::int from total_event`); n != 2 {
		t.Errorf("%d events in the totals", n)
	}
}
