package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// seriesViews is the desk's lists, what is made of an event, and the headquarters' review, in
// every state that people meet.
func seriesViews(t testing.TB, h *portaltest.Server) []view {
	t.Helper()
	w := h.World()
	host, staff, idle := h.Person("host@shtab.test", 30), h.Person("staff@shtab.test", 30),
		h.Person("idle@shtab.test", 30)
	var quiet int64
	h.Scan(
		`insert into org (slug, kind, name, joined_on)
			values ('tynysh', 'initiative_group', '{"kk":"Тыныш","ru":"Тишина"}', '2024-01-01') returning id`, nil,
		&quiet)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2), ($3, $4)`, host, w.Org, idle, quiet)
	h.Exec(`update person set role = 'staff' where id = $1`, staff)
	whole := `, summary = '{"kk":"Бірге ағаш егеміз","ru":"Сажаем деревья вместе"}'`
	event, shift := h.Event(w, h.Morning(4), 6)
	h.Exec(`update event set version = 2`+whole+` where id = $1`, event)
	for i := range 8 {
		h.As(h.Person(fmt.Sprintf("p%d@shtab.test", i), 30)).Post(portaltest.Path("/kk/shifts/%d/signup", shift), nil)
	}
	h.As(h.Person("teen@shtab.test", 14)).Post(portaltest.Path("/kk/shifts/%d/signup", shift), nil)
	now, _ := h.Event(w, -10*time.Minute, 20)
	over, _ := h.Event(w, h.Morning(-3), 20)
	off, _ := h.Event(w, h.Morning(6), 20)
	twin, _ := h.Event(w, h.Morning(18), 20) // two weeks after the event
	h.Exec(`update event set state = 'cancelled', cancel_reason = '{"kk":"Боран","ru":"Буран"}' where id = $1`, off)
	h.Exec(
		`update event set title = '{"kk":"Қарттар үйіндегі кездесу және бірлескен сенбілік","ru":"Встреча в доме престарелых и общий субботник"}' where id = any($1)`, []int64{now, over})
	slots := fmt.Sprintf(`[{"day":"%s","from":"10:00","to":"13:00","capacity":20}]`, portaltest.Date(9))
	submit := func(title, words string, hours int) (id int64) {
		h.Scan(
			`insert into event (campaign_id, org_id, state, title, summary, place, district, slots, starts_at,
				ends_at, created_at, updated_at, submitted_at, returned, returned_at)
			values ($1, $2, 'review', jsonb_build_object('kk', $3::text, 'ru', $3::text),
				'{"kk":"Екеміз","ru":"Сажаем"}', '{"kk":"Саябақ","ru":"Парк"}', 'yesil', $4,
			now() + interval '9 days', now() + interval '9 days 3 hours', now(), now(),
				now() - make_interval(hours => $5), $6, case when $6 <> '' then now() - interval '20 days' end)
					returning id`,
			[]any{w.Campaign, quiet, title, slots, hours, words}, &id)
		return id
	}
	submit("Субботник", "", 75)
	again := submit("Концерт", "Уточните адрес и укажите, кто встречает людей у входа", 5)
	h.Exec(
		`insert into audit (at, actor_id, verb, object, object_id, fields)
			values (now(), $1, 'event.save', 'event', $2, '{place,shifts}')`, idle, again)
	var draft, returned int64
	h.Scan(
		`insert into event (campaign_id, org_id, title, created_at, updated_at) values ($1, $2, '{}', now(), now())
			returning id`, []any{w.Campaign, w.Org}, &draft)
	h.Scan(
		`insert into event (campaign_id, org_id, title, created_at, updated_at, returned, returned_at)
			values ($1, $2, '{"kk":"Кездесу","ru":"Встреча"}', now(), now(), 'Уточните адрес', now()) returning id`,
		[]any{w.Campaign, w.Org}, &returned)
	_ = twin

	at := func(path func(i18n.Lang, int64) string, id int64) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return path(l, id) }
	}
	do := func(id int64, deed string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return link.DeskEventAction(l, id, deed) }
	}
	list := func(q string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return link.DeskEvents(l, nil) + q }
	}
	review := func(l i18n.Lang) string { return link.HQReview(l, "") }
	return []view{
		{name: "desk-home", path: link.Desk, who: host, main: true},
		{name: "desk-home-staff", path: link.Desk, who: staff},
		{name: "desk-home-empty", path: link.Desk, who: h.Person("new@shtab.test", 30), do: func(p *tab, l i18n.Lang) {
			h.Exec(
				`insert into coordinator select id, $1 from person where email = 'new@shtab.test'
					on conflict do nothing`, w.HQ)
			p.visit(link.Desk(l), 200)
		}, status: 403},
		{name: "desk-events", path: list(""), who: host, main: true},
		{name: "desk-events-filter", path: list("?stage=ahead&q=%D0%B0"), who: staff, main: true},
		{name: "desk-events-nothing", path: list("?q=zzzz"), who: host},
		{name: "desk-overview", path: at(link.DeskEvent, event), who: host, main: true},
		{
			name: "desk-overview-draft", path: at(link.DeskEvent, returned), who: host,
			do: func(p *tab, _ i18n.Lang) { p.touch(`details.sure > summary`) },
		},
		{name: "repeat", path: do(event, "repeat"), who: host, main: true},
		{name: "repeat-errors", path: func(l i18n.Lang) string {
			return link.DeskEventAction(l, event, "repeat") + "?weeks=1&until=2020-01-01"
		}, who: host, status: 422},
		{name: "repeat-none", path: do(event, "repeat"), who: host, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `(document.querySelectorAll('[name=day]').forEach(e => e.checked = false), true)`)
			p.press(`.occasions button`)
		}, then: 422},
		{name: "repeat-no-hours", path: do(draft, "repeat"), who: host},
		{name: "cancel", path: do(event, "cancel"), who: host, main: true},
		{name: "cancel-errors", path: do(event, "cancel"), who: host, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `(document.querySelector('main form').noValidate = true)`)
			p.press(`main form.form button[type=submit]`)
		}, then: 422},
		{name: "hq-home", path: link.HQ, who: staff},
		{name: "review", path: review, who: staff, main: true},
		{name: "review-words", path: review, who: staff, do: func(p *tab, _ i18n.Lang) {
			p.touch(`.line:last-child details.sure > summary`)
			js[bool](p, `(document.querySelectorAll('textarea').forEach(e => e.required = false), true)`)
			p.press(`.line:last-child details.sure button`)
		}, then: 422},
	}
}

// TestSeriesPages holds these pages to what TestPages asks of every page, and writes pictures of
// them into the folder that SHOTS names.
func TestSeriesPages(t *testing.T) {
	h := portaltest.Start(t)
	all := seriesViews(t, h)
	ts := openTabs(t, h.URL)
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
						look(p, h, v, l, n == 0, place, &found)
						rosterShots(p, place)
					})
				})
			}
		}
	})
	found.report(t)
}

// TestSeriesTaps goes from the desk's home to a copy that is published, a series of eight and a
// cancelled event, on a phone without scripts, and counts the taps; typing and choosing a day are
// not counted.
func TestSeriesTaps(t *testing.T) {
	h := portaltest.Start(t)
	w := h.World()
	me := h.Person("host@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, me, w.Org)
	event, _ := h.Event(w, h.Morning(4), 6)
	h.Exec(`update event set summary = '{"kk":"Екеміз","ru":"Сажаем"}' where id = $1`, event)
	p := open(t, h.URL)
	p.size(360, 800)
	p.scriptsOff()
	p.as(h, me)
	job := func(name string, most int, do func()) {
		t.Helper()
		p.visit(link.Desk(i18n.RU), 200)
		before := p.taps
		p.press(fmt.Sprintf(`.line a[href$="/desk/events/%d"]`, event))
		do()
		n := p.taps - before
		t.Logf("%s: %d taps", name, n)
		if n > most {
			t.Errorf("%s takes %d taps", name, n)
		}
	}
	job("copy and publish", 3, func() {
		p.press(`form[action$="/duplicate"] button`)
		js[bool](p, `(() => { const f = document.getElementsByName('shift[0].day')[0]; f.value = '`+portaltest.Date(
			7)+`'; return f.value !== '' })()`)
		p.press(`.form-end button[value="publish"]`)
		p.mustSee(`.badge-good`)
	})
	job("a weekly series of eight", 3, func() {
		p.press(`a[href$="/repeat"]`)
		p.press(`.occasions button[value="publish"]`)
		p.mustSee(`.flash-good`)
	})
	job("cancel", 3, func() {
		p.press(`a[href$="/cancel"]`)
		p.fill("reason_kk", "Боран")
		p.fill("reason_ru", "Буран")
		p.press(`main form.form button[type=submit]`)
		p.mustSee(`.badge-bad`)
	})
	if n := h.Count(`select count(*) from event where state = 'published' and series_id is null`); n != 1 {
		t.Errorf("%d copies are published", n)
	}
	if n := h.Count(`select count(*) from event where series_id is not null`); n != 8 {
		t.Errorf("%d events in the series", n)
	}
}
