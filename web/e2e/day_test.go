package e2e_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"

	"shtab/internal/i18n"
	"shtab/internal/poll"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// theDay is an event with so many people, which begins so long from now, and its coordinator.
type theDay struct {
	*portaltest.Server
	world        portaltest.World
	host         int64
	event, shift int64
	signups      []int64
	tickets      []string
}

func newTheDay(t testing.TB, in time.Duration, people int) *theDay {
	t.Helper()
	d := &theDay{Server: portaltest.Start(t, portaltest.WithoutWorker)}
	d.world = d.Server.World()
	d.host = d.Person("host@shtab.test", 30)
	d.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, d.host, d.world.Org)
	d.event, d.shift = d.Event(d.world, in, 100)
	d.guests(people)
	return d
}

func (d *theDay) guests(n int) {
	d.T.Helper()
	families := []string{
		"Қожахметова", "Әбдірахманов", "Иванов", "Сейтқызы", "Жұмағалиева-Төлегенова", "Ким",
		"Оспанов",
	}
	d.signups, d.tickets = make([]int64, n), make([]string, n)
	for i := range n {
		id := d.Person(fmt.Sprintf("e%d-%d@shtab.test", d.event, i), 20)
		d.Exec(`update person set family_name = $2 where id = $1`, id, families[i%len(families)])
		d.Scan(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select id, $2::bigint, during, 'confirmed', 'DAY' || $2::bigint::text, now(), now() from shift
				where id = $1 returning id, ticket`,
			[]any{d.shift, id}, &d.signups[i], &d.tickets[i])
	}
}

// dayViews is the door, the links and the hours in every state that a coordinator meets.
func dayViews(d *theDay) []view {
	d.T.Helper()
	host := d.As(d.host)
	host.Post(portaltest.Path("/ru/desk/events/%d/checkin", d.event),
		map[string][]string{"signup": {fmt.Sprint(d.signups[0])}, "deed": {"in"}})
	host.Post(portaltest.Path("/ru/desk/events/%d/doors", d.event), map[string][]string{
		"key": {"k"}, "label": {"Саябақ жақтағы кіреберіс"}, "opens_at": {"2026-01-01T10:00"},
		"closes_at": {"2026-01-02T10:00"},
	})
	d.Exec(`insert into door_link (event_id, token_hash, label, opens_at, closes_at, form_key, created_by, created_at)
		values ($1, sha256('TOKEN'), 'Вход с парковки', now() - interval '1 hour', now() + interval '3 hours', 'x',
			$2, now())`, d.event, d.host)
	d.Exec(`update signup set state = 'waitlisted', queue_no = 1 where id = $1`, d.signups[3])
	d.Exec(`update signup set state = 'awaiting_consent' where id = $1`, d.signups[4])
	d.Exec(`insert into guardian_consent (person_id, accompanied, guardian_name, relation, text_version, agreed_at)
		select person_id, true, 'Сәуле', 'mother', '1', now() from signup where id = $1`, d.signups[1])
	live, signups, tickets := d.event, d.signups, d.tickets
	d.event, d.shift = d.Event(d.world, -3*time.Hour, 100)
	d.guests(4)
	done := d.event
	d.event, d.shift = d.Event(d.world, -6*time.Hour, 100)
	d.guests(3)
	closed, explained := d.event, d.signups[1]
	host.Post(portaltest.Path("/ru/desk/events/%d/hours", closed),
		map[string][]string{
			"deed": {"confirm"}, fmt.Sprint("o_", d.signups[0]): {"attended"},
			fmt.Sprint("m_", d.signups[0]): {"95"},
		})
	d.Exec(`update attendance set explanation = 'Автобус сынып қалды.', explained_at = now() where signup_id = $1`,
		explained)
	var missed int64
	d.Scan(`select person_id from signup where id = $1`, []any{explained}, &missed)
	d.Exec(
		`insert into attendance (signup_id, checked_in_at, checked_in_by) values ($1, now() - interval '1 hour', $2)
			on conflict do nothing`, signups[2], d.host)
	event := func(path func(i18n.Lang, int64) string, id int64) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return path(l, id) }
	}
	scan := func(i int) func(i18n.Lang) string { return func(i18n.Lang) string { return link.Scan(tickets[i]) } }
	staff := d.Person("staff@shtab.test", 40)
	d.Exec(`update person set role = 'staff' where id = $1`, staff)
	return []view{
		{name: "checkin", path: event(link.DeskCheckIn, live), who: d.host, main: true},
		{name: "checkin-refused", path: event(link.DeskCheckIn, live), who: d.host, do: func(p *tab, _ i18n.Lang) {
			p.touch(`.roster-add > summary`)
			p.fill("email", "nobody@shtab.test")
			p.press(`.roster-add button`)
		}, then: 422},
		{name: "scan-already", path: scan(2), who: d.host},
		{name: "scan-waiting", path: scan(3), who: d.host},
		{name: "doors", path: event(link.DeskHelperLinks, live), who: d.host, main: true},
		{name: "door", path: func(l i18n.Lang) string { return link.HelperList(l, "TOKEN") }},
		{name: "hours", path: event(link.DeskHours, done), who: d.host, main: true},
		{name: "hours-errors", path: event(link.DeskHours, done), who: d.host, do: func(p *tab, _ i18n.Lang) {
			js[bool](p,
				`(() => { const f = document.querySelector('.hours-form'); f.noValidate = true; f.querySelector('[value=attended]').checked = true; f.querySelector('input[type=number]').value = 2000; return true })()`)
			p.press(`button[value=save]`)
		}, then: 422},
		{name: "hours-early", path: event(link.DeskHours, live), who: d.host},
		{name: "hours-closed", path: event(link.DeskHours, closed), who: d.host, main: true},
		{name: "missed", path: link.Me, who: missed, main: true},
		{name: "deliveries", path: link.HQDeliveries, who: staff},
	}
}

// TestDayPages holds the day's pages to what TestPages asks of every page.
func TestDayPages(t *testing.T) {
	d := newTheDay(t, 30*time.Minute, 7)
	all := dayViews(d)
	ts := openTabs(t, d.URL)
	var found findings
	t.Run("of", func(t *testing.T) {
		for i, v := range all {
			for n := range i18n.Langs {
				l := i18n.Langs[(i+n)%len(i18n.Langs)]
				if n > 0 && !v.main {
					break
				}
				place := v.name + "." + string(l)
				t.Run(place, func(t *testing.T) {
					t.Parallel()
					ts.with(t, func(p *tab) {
						look(p, d.Server, v, l, n == 0, place, &found)
						rosterShots(p, place)
					})
				})
			}
		}
	})
	found.report(t)
}

// TestDoorOnAPhone scans, taps, loses the network and finds it again.
func TestDoorOnAPhone(t *testing.T) {
	d := newTheDay(t, 30*time.Minute, 5)
	p := openUnwatched(t, d.URL) // the network's absence is no failure of the page
	p.as(d.Server, d.host)
	// set wrong
	call(p, emulation.SetTimezoneOverride, emulation.SetTimezoneOverrideParams{TimezoneID: "America/New_York"})
	here := func() int { return d.Count(`select count(*) from attendance where checked_in_at is not null`) }
	// A scan checks in by itself: no tap at all.
	began := time.Now()
	p.visit(link.Scan(d.tickets[0]), 200)
	poll.Until(t, "the scan", func() bool { return here() == 1 && p.sees(".verdict-good") })
	t.Logf("a scan: %d taps, %v", p.taps, time.Since(began))

	p.visit(link.DeskCheckIn(i18n.RU, d.event), 200)
	row := func(i int) string { return fmt.Sprintf("#p-%d ", d.signups[i]) }
	p.touch(row(1) + `button.door-tap`)
	poll.Until(t, "a tap", func() bool { return here() == 2 && p.sees(row(1)+".is-here") })
	// Without the network two taps wait, over a reload too, and are sent once it is there again.
	js[bool](p,
		`(() => { window.away = window.fetch; window.fetch = () => Promise.reject(new TypeError('away')); return true })()`)
	p.touch(row(2) + `button.door-tap`)
	p.touch(row(3) + `button.door-tap`)
	poll.Until(t, "two wait", func() bool { return p.sees("#kept") && p.sees(row(3)+".is-here") })
	if s := js[string](p, `document.querySelector('#kept').textContent`); s != "Нет сети. Ещё не отправлено: 2" ||
		here() != 2 {
		t.Errorf("%q, %d here", s, here())
	}
	now := d.Now()
	at, tapped := js[string](p, `document.querySelector('`+row(3)+`[data-since]').textContent`),
		[]string{now.Format("15:04"), now.Add(-time.Minute).Format("15:04")}
	if !slices.Contains(tapped, at) {
		t.Errorf("somebody came at %s, not at %s", at, tapped)
	}
	if s := js[string](p, `Object.values(localStorage).join()`); s == "" || len(s) > 300 {
		t.Errorf("the phone keeps %q", s)
	}
	js[bool](p, `(() => { window.fetch = window.away; return dispatchEvent(new Event('online')) })()`)
	poll.Until(t, "both are sent", func() bool { return here() == 4 && !p.sees("#kept") })
	if n := d.Count(`select count(*) from audit where verb = 'attendance.check_in'`); n != 4 {
		t.Errorf("%d check-ins", n)
	}
	p.touch(row(3) + `.door-undo`)
	poll.Until(t, "the undo", func() bool { return here() == 3 })

	// Without scripts the page itself goes there and back.
	p.scriptsOff()
	p.visit(link.DeskCheckIn(i18n.RU, d.event), 200)
	p.press(row(4) + `button.door-tap`)
	p.mustSee(row(4) + ".is-here")
	p.visit(link.Scan(d.tickets[3]), 200)
	p.press(`.verdict button`)
	p.mustSee(`.verdict-good`)
}

// TestHoursOfFiftyOnAPhone confirms fifty people, three of whom did not come.
func TestHoursOfFiftyOnAPhone(t *testing.T) {
	for _, scripts := range []bool{true, false} {
		d := newTheDay(t, -3*time.Hour, 50)
		p := open(t, d.URL)
		p.as(d.Server, d.host)
		if !scripts {
			p.scriptsOff()
		}
		p.visit(link.DeskHours(i18n.KK, d.event), 200)
		began := time.Now()
		if scripts {
			p.touch(`button[value=all]`)
		} else {
			p.press(`button[value=all]`)
		}
		for _, i := range []int{3, 17, 44} {
			p.touch(fmt.Sprintf(`label[for="o-%d-no_show"]`, d.signups[i]))
		}
		p.press(`button[value=confirm]`)
		t.Logf("scripts %v: %d taps, the machine's part %v", scripts, p.taps, time.Since(began))
		if n := d.Count(`select sum(participations) * 1000 + sum(minutes) from ledger`); n != 47_000+47*120 {
			t.Errorf("scripts %v: the ledger says %d", scripts, n)
		}
		if p.taps != 5 {
			t.Errorf("scripts %v: %d taps, want 5", scripts, p.taps)
		}
	}
}
