package e2e_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// A newcomer goes from an event's page to a confirmed place on a phone, and their choice of
// shift is remembered on the way.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	simple, only := h.Event(w, 48*time.Hour, 50)
	several, _ := h.Event(w, 72*time.Hour, 50)
	second := h.Shift(several, h.Now().Add(75*time.Hour).Truncate(time.Minute), 20)
	h.Exec(`update event set ends_at = (select max(ends_at) from shift where event_id = $1) where id = $1`, several)

	for i, c := range []struct {
		lang         i18n.Lang
		scripts      bool
		event, shift int64
	}{
		{i18n.KK, true, simple, only},
		{i18n.KK, false, simple, only},
		{i18n.RU, true, simple, only},
		{i18n.RU, false, simple, only},
		{i18n.EN, true, several, second},
		{i18n.KK, false, several, second},
	} {
		name := fmt.Sprintf("%s scripts %v event %d", c.lang, c.scripts, c.event)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			email := fmt.Sprintf("newcomer%d@shtab.test", i)
			p := open(t, h.URL)
			if !c.scripts {
				p.scriptsOff()
			}
			p.visit(link.Event(c.lang, c.event), 200)
			if c.event == simple {
				p.press(`.bar form button`) // under the thumb, without scrolling
			} else {
				p.press(`form[action="` + link.Signup(c.lang, c.shift) + `"] button`)
			}

			p.expect(200)
			p.mustSee(`form[action="` + link.Register(c.lang, "") + `"]`)
			if n := js[int](p,
				`document.querySelectorAll('main form.form :is(input:not([type=hidden]), select, textarea)').length`); n > 7 {
				t.Errorf("registration asks for %d things, want at most 7", n)
			}
			p.fill("email", email)
			p.fill("password", "алма ағашы гүлдейді")
			p.fill("given_name", "Айгүл")
			p.fill("family_name", "Сейтқызы")
			p.fill("birth_date", h.Now().AddDate(-24, 0, 0).Format(time.DateOnly))
			p.touch(`#f-agree`)
			p.press(`main form.form button[type=submit]`)

			p.expect(200)
			if at := p.where(); at != link.RegisterCode(c.lang) {
				t.Fatalf("the form led to %s: %s", at,
					js[string](p, `document.querySelector('main').innerText.slice(0, 500)`))
			}
			p.fill("code", sixDigits.FindString(h.Mail("register_code", email)))
			p.press(`main form.form button[type=submit]`)

			p.expect(200)
			if at, want := p.where(), link.EventShift(c.lang, c.event, c.shift); at != want {
				t.Fatalf("the code led to %s, want %s", at, want)
			}
			if c.event == several {
				p.mustSee(fmt.Sprintf(`#shift-%d.is-chosen`, c.shift))
			}
			before := p.taps
			p.press(`form[action="` + link.Signup(c.lang, c.shift) + `"] button`)
			if p.taps != before+1 {
				t.Errorf("%d taps from the code to the place", p.taps-before)
			}

			p.expect(200)
			p.mustSee(fmt.Sprintf(`#shift-%d.is-in .notice-gold`, c.shift))
			if got := js[string](p, `document.documentElement.lang`); got != string(c.lang) {
				t.Errorf("the page is in %q", got)
			}
			if n := h.Count(
				`select count(*) from signup s join person p on p.id = s.person_id where p.email = $1
					and s.shift_id = $2 and s.state = 'confirmed'`, email, c.shift); n != 1 {
				t.Errorf("%d confirmed places in the database", n)
			}
			t.Logf("%s: %d taps and %d fields, %v at a machine's pace", name, p.taps, p.fields, time.Since(began).
				Round(10*time.Millisecond))

			p.press(fmt.Sprintf(`#shift-%d .notice a[href*="/me/tickets/"]`, c.shift))
			p.expect(200)
			p.mustSee(`svg.qr[role=img][aria-label]`)
			if n := js[int](p, `document.querySelector('svg.qr').getBoundingClientRect().width`); n < 160 {
				t.Errorf("the QR is %d px wide, too small to scan", n)
			}
		})
	}
}

// Who finds no place stands in the queue, and moves up when a place is given back.
func TestQueue(t *testing.T) {
	t.Parallel()
	h := portaltest.Start(t)
	w := h.World()
	event, shift := h.Event(w, 48*time.Hour, 1)
	at := func(p *tab, l i18n.Lang) string { p.visit(link.Event(l, event), 200); return p.shiftState(shift) }
	enter := func(l i18n.Lang, email string) *tab {
		p := open(t, h.URL)
		p.as(h, h.Person(email, 30))
		p.visit(link.Event(l, event), 200)
		p.press(`form[action="` + link.Signup(l, shift) + `"] button`)
		p.expect(200)
		return p
	}
	first := enter(i18n.RU, "first@shtab.test")
	if got := first.shiftState(shift); got != "is-in" {
		t.Fatalf("the first is %q", got)
	}
	second := enter(i18n.KK, "second@shtab.test")
	third := enter(i18n.EN, "third@shtab.test")
	for i, p := range []*tab{second, third} {
		if got := p.shiftState(shift); got != "is-waiting" {
			t.Fatalf("%s is %q, want is-waiting", p.where(), got)
		}
		title := js[string](p, `document.querySelector('.shift .notice-title').innerText`)
		if !regexp.MustCompile(fmt.Sprintf(`\b%d\b`, i+1)).MatchString(title) {
			t.Errorf("number %d in the queue reads %q", i+1, title)
		}
	}
	first.giveUp(shift)
	if got := first.shiftState(shift); got != "is-queue" {
		t.Errorf("after giving the place back the first is %q", got)
	}
	if got := at(second, i18n.KK); got != "is-in" {
		t.Errorf("the second is %q after the place was given back, want is-in", got)
	}
	at(third, i18n.EN)
	if title := js[string](third, `document.querySelector('.shift .notice-title').innerText`); !regexp.MustCompile(
		`\b1\b`).MatchString(title) {
		t.Errorf("the third now reads %q", title)
	}
	h.Mail("signup_promoted", "second@shtab.test")
	third.giveUp(shift)
	if got := third.shiftState(shift); got != "is-queue" {
		t.Errorf("after leaving the queue the third is %q", got)
	}
}

// shiftState is the class that says where the reader stands in a shift.
func (p *tab) shiftState(shift int64) string {
	p.t.Helper()
	return js[string](p,
		fmt.Sprintf(
			`[...document.getElementById('shift-%d').classList].find(c => c.startsWith('is-') && c !== 'is-chosen') ?? ''`, shift))
}

// giveUp gives the place in a shift back, or leaves its queue, and says yes where the page asks
// once more.
func (p *tab) giveUp(shift int64) {
	p.t.Helper()
	in := fmt.Sprintf(`#shift-%d `, shift)
	if p.sees(in + `details:not([open]) > summary`) {
		p.touch(in + `details > summary`)
	}
	p.press(in + `form[action*="/signups/"] button`)
}
