package e2e_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/demo"
	"shtab/internal/i18n"
	"shtab/web/link"
	"shtab/web/portal/portaltest"
)

// view is one page in one state.
type view struct {
	name   string
	path   func(i18n.Lang) string
	who    int64 // 0: a visitor
	status int   // 0: 200
	do     func(p *tab, l i18n.Lang)
	then   int  // the status of the page that do leads to; 0: it stays
	main   bool // looked at in all three languages
}

// demonstration runs a portal over the seeded headquarters.
func demonstration(t testing.TB) *portaltest.Server {
	t.Helper()
	h := portaltest.Start(t)
	began := time.Now()
	hash, err := account.NewHasher().Hash(context.Background(), demo.Password)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := demo.Seed(context.Background(), h.Pool, h.City, h.Now(), hash); err != nil {
		t.Fatal(err)
	}
	h.Exec(`analyze`)
	t.Logf("seeded in %v", time.Since(began).Round(100*time.Millisecond))
	return h
}

func same(path string) func(i18n.Lang) string { return func(i18n.Lang) string { return path } }

// submit sends the page's form as it stands.
func submit(p *tab, _ i18n.Lang) { p.press(`main form.form button[type=submit]`) }

// views is every page of the portal in every state that people meet, on the demonstration.
func views(t testing.TB, h *portaltest.Server) []view {
	t.Helper()
	one := func(what, sql string, args ...any) (id int64) {
		t.Helper()
		if err := h.QueryRow(sql, args...).Scan(&id); err != nil {
			t.Fatalf("the demonstration has no %s: %v", what, err)
		}
		return id
	}
	// coming finds an event by its shifts: n of them, with free and waiting places.
	coming := func(what, where string) func(i18n.Lang) string {
		t.Helper()
		id := one(what, `select e.id from event e cross join lateral (
				select count(*) n, sum(capacity - confirmed - held) free, sum(waiting) waiting, min(starts_at) first
					from shift where event_id = e.id) s
			where e.closed_at is null and `+where+` order by e.starts_at, e.id limit 1`)
		return func(l i18n.Lang) string { return link.Event(l, id) }
	}
	const open = `e.state = 'published' and s.first > now() + interval '1 day'
		and coalesce(e.signup_opens_at < now(), true) and coalesce(e.signup_closes_at > now(), true) `
	account := func(name string) int64 {
		t.Helper()
		return one(name+"@", `select id from person where email = $1`, name+"@shtab.test")
	}
	volunteer, coordinator, staff, admin := account("volunteer"), account("coordinator"), account("staff"),
		account("admin")
	nobody := h.Person("nobody@shtab.test", 30)
	child := h.Person("child@shtab.test", 12)
	teen := h.Person("fifteen@shtab.test", 15)
	body := one("organisation", `select id from org where state = 'active' order by id limit 1`)
	fileReady := one("export",
		`insert into export (kind, form, lang, asked_by, asked_at, total, done, ready_at)
			values ('audit', 'xlsx', 'ru', $1, now(), 6000, 6000, now()) returning id`, staff)
	fileFailed := one("export",
		`insert into export (kind, form, lang, asked_by, asked_at, total, failed_at)
			values ('audit', 'xlsx', 'ru', $1, now(), 6000, now()) returning id`, staff)
	suspended := h.Person("suspended@shtab.test", 19)
	h.Exec(`update person set suspended_at = now() where id = $1`, suspended)
	h.Exec(
		`insert into person_note (person_id, kind, words, by_id, at)
			values ($1, 'suspend', 'Орынсыз сөйледі', $2, now())`, suspended, staff)
	applicant := h.Person("applicant@shtab.test", 30)
	var application int64
	h.Scan(`insert into org (slug, kind, name, joined_on, state, applied_by, applied_at, returned, returned_at)
		values ('e2e', 'ngo', '{"kk":"Қамқор","ru":"Қамқор"}', '2026-01-01', 'applied', $1, now(),
			'Телефонды жазыңызшы', now()) returning id`, []any{applicant}, &application)

	// standing finds a sign-up in a coming event.
	type standing struct{ person, event, shift, signup int64 }
	find := func(what, where string, args ...any) (s standing) {
		t.Helper()
		err := h.QueryRow(
			`select s.person_id, e.id, sh.id, s.id from signup s join shift sh on sh.id = s.shift_id join event e
				on e.id = sh.event_id
			where e.state = 'published' and sh.starts_at > now() and `+where+` order by sh.starts_at, s.id limit 1`,
			args...).Scan(&s.person, &s.event, &s.shift, &s.signup)
		if err != nil {
			t.Fatalf("the demonstration has no %s: %v", what, err)
		}
		return s
	}
	in := find("place of volunteer@", `s.state = 'confirmed' and s.person_id = $1`, volunteer)
	waiting := find("queue with volunteer@", `s.state = 'waitlisted' and s.person_id = $1`, volunteer)
	awaiting := find("sign-up that waits for a guardian", `s.state = 'awaiting_consent'`)
	clashing, clashShift := func() (int64, int64) { // an event at the same time as that place
		at := one("start", `select extract(epoch from starts_at)::bigint from shift where id = $1`, in.shift)
		var w portaltest.World
		h.Scan(`select campaign_id, org_id from event where id = $1`, []any{in.event}, &w.Campaign, &w.Org)
		return h.Event(w, time.Unix(at, 0).Add(time.Hour).Sub(h.Now()), 10)
	}()
	event := func(id int64) func(i18n.Lang) string { return func(l i18n.Lang) string { return link.Event(l, id) } }
	adults := coming("event for adults only", `e.adults_only is not null`)
	free := coming("free event",
		open+`and s.n = 1 and s.free > 3 and s.waiting = 0 and e.adults_only is null and e.min_age is null`)

	// A link to a new password, from a mail as it would have gone out.
	fresh := regexp.MustCompile(`/(?:kk|ru|en)/password/(\S+)`)
	h.Browser().Post("/ru/password", url.Values{"email": {"volunteer@shtab.test"}})
	m := fresh.FindStringSubmatch(h.Mail("password_reset", "volunteer@shtab.test"))
	if m == nil {
		t.Fatal("the reset mail holds no link")
	}
	newPassword := func(l i18n.Lang) string { return link.PasswordToken(l, m[1]) }

	var ticket, campaignSlug, orgSlug, quietOrg string
	h.Scan(`select ticket from signup where id = $1`, []any{in.signup}, &ticket)
	h.Scan(`select slug from campaign order by id limit 1`, nil, &campaignSlug)
	h.Scan(
		`select o.slug from org o join event e on e.org_id = o.id where e.starts_at > now() and o.demo group by o.id
			order by count(*) desc, o.id limit 1`, nil, &orgSlug)
	h.Scan(
		`select o.slug from org o where o.demo and o.state <> 'applied'
			order by (select count(*) from event e where e.org_id = o.id), o.id limit 1`, nil, &quietOrg)

	// Parents of the demonstration, each with a link, as a mail would hold it.
	parentOf := func(what, where string) func(i18n.Lang) string {
		t.Helper()
		id, token := one(what, `select g.id from guardian g where `+where+` order by g.id limit 1`), rand.Text()
		h.Exec(
			`insert into guardian_link (token_hash, guardian_id, sent_at, used_at)
				values (sha256($1::text::bytea), $2, now(), now())`, token, id)
		return func(l i18n.Lang) string { return link.Guardian(l, token) }
	}
	// asks signs a minor up, who asks a parent.
	asks := func(email string, age int, events ...int64) int64 {
		t.Helper()
		id := h.Person(email, age)
		for _, e := range events {
			h.As(id).
				Post(link.Signup(i18n.KK, one("shift", `select id from shift where event_id = $1 order by id limit 1`,
					e)), url.Values{})
		}
		h.As(id).Post(link.MyGuardian(i18n.KK),
			url.Values{"name": {"Гүлнар Серікқызы"}, "relation": {"mother"}, "email": {"of-" + email}, "lang": {"kk"}})
		return id
	}
	var world portaltest.World
	h.Scan(`select campaign_id, org_id from event where id = $1`, []any{in.event}, &world.Campaign, &world.Org)
	one1, _ := h.Event(world, h.Morning(31), 9)
	one2, _ := h.Event(world, h.Morning(32), 9)
	late, _ := h.Event(world, h.Morning(33)+13*time.Hour, 9) // eleven in the evening
	asked, two := asks("asked@shtab.test", 15, one1), asks("two@shtab.test", 13, one1, one2)
	asks("late@shtab.test", 17, late)
	asks("ahead@shtab.test", 14)
	asks("chooses@shtab.test", 15, one2)
	// leave gives up whatever somebody is in.
	leave := func(id int64) {
		h.As(id).
			Post(link.Cancel(i18n.KK, one("sign-up",
				`select id from signup where person_id = $1 and state <> 'cancelled'`, id)), url.Values{})
	}
	leave(asks("gone@shtab.test", 17, late))
	no := func(email string) {
		h.Exec(
			`update guardian_ask set refused_at = now()
				where guardian_id in (select id from guardian where email = $1)`, "of-"+email)
	}
	leave(asks("mind@shtab.test", 15, one1))
	no("mind@shtab.test")
	asks("again@shtab.test", 15, one1)
	no("again@shtab.test")
	pending := parentOf("asked parent", `g.email = 'of-chooses@shtab.test'`)
	choose := func(p *tab, _ i18n.Lang) {
		if p.sees(`#f-code`) { // chosen in another language
			return
		}
		p.touch(`#f-scope`)
		p.fill("name", "Гүлнар Серікқызы")
		p.press(`form[action$="/choose"] button`)
		p.expect(200)
	}
	given := find("minor with a consent",
		`s.state = 'confirmed' and s.person_id in (select person_id from guardian_consent where withdrawn_at is null
			and event_id is null and guardian_id is not null)
		and s.person_id in (select id from person where birth_date > now() - interval '15 years')`)
	refused := one("refused minor",
		`select s.person_id from signup s join shift h on h.id = s.shift_id where s.cancel_cause = 'consent'
			and h.starts_at > now() order by s.id limit 1`)

	// An organisation's own campaign, an invitation, and a file of events that was found clean.
	var ourOrg, ourCampaign, file int64
	h.Scan(`select org_id from coordinator where person_id = $1 order by 1 limit 1`, []any{coordinator}, &ourOrg)
	h.Scan(
		`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at, starts_on, ends_on)
			values ('koktem', $1,
		'{"kk":"Көктемгі көше","ru":"Весенняя улица"}', '{"kk":"Аулаларды тазалаймыз","ru":"Убираем дворы"}', 'coral',
			'sun', '2026-01-01', '2026-03-01', '2026-05-31') returning id`, []any{ourOrg}, &ourCampaign)
	h.Exec(
		`insert into campaign_goal (campaign_id, kind, target)
			values ($1, 'events', 20), ($1, 'hours', 900), ($1, 'trees', 300)`, ourCampaign)
	invitation := rand.Text()
	h.Exec(`insert into org_invite (org_id, email, lang, token_hash, invited_by, invited_at, expires_at)
		values ($1, 'nobody@shtab.test', 'kk', sha256($2::text::bytea), $3, now(), now() + interval '7 days')`, ourOrg,
		invitation, coordinator)
	h.Scan(
		`insert into intake (org_id, person_id, publish, plans, created_at) values ($1, $2, true, $3, now())
			returning id`, []any{
			ourOrg, coordinator,
			`[{"key":"own:1","details":{"Title":{"kk":"Сенбілік","ru":"Субботник"},
				"Slots":[{"day":"2026-12-05","from":"10:00","to":"13:00","capacity":20}]}}]`,
		}, &file)
	our := func(do string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return link.DeskOrganizationAction(l, ourOrg, do) }
	}

	filter := func(q string) func(i18n.Lang) string {
		v, err := url.ParseQuery(q)
		if err != nil {
			t.Fatal(err)
		}
		return func(l i18n.Lang) string { return link.Events(l, v) }
	}
	// Lists after the first are short ones: axe takes its time over fifty cards.
	var title i18n.Text
	h.Scan(`select title from event where id = $1`, []any{in.event}, &title)
	word := url.QueryEscape(strings.Fields(title.RU)[0])
	day := portaltest.Date
	next := func(to func(i18n.Lang, string) string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return to(l, free(l)) }
	}
	empty := func(to func(i18n.Lang, string) string) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return to(l, "") }
	}
	take := func(p *tab, _ i18n.Lang) {
		if p.sees(`.shift.is-in, .shift.is-consent`) { // taken in another language
			return
		}
		p.press(`.shift-form button, .bar form button`)
		p.expect(200)
	}
	var registration atomic.Int64
	code := func(p *tab, l i18n.Lang) {
		p.fill("email", fmt.Sprintf("look%d@shtab.test", registration.Add(1)))
		p.fill("password", "жеті ағайынды жұлдыз")
		p.fill("given_name", "Дана")
		p.fill("family_name", "Оспанова")
		p.fill("birth_date", "2000-02-29")
		p.touch(`#f-agree`)
		submit(p, l)
	}

	// An event of the coordinator's own, and two drafts: one just begun, one ready.
	var office portaltest.World
	h.Scan(
		`select c.org_id, (select id from campaign order by id limit 1) from coordinator c where c.person_id = $1
			order by 1 limit 1`, []any{coordinator}, &office.Org, &office.Campaign)
	live, liveShift := h.Event(office, h.Morning(16), 5)
	h.Exec(`update event set summary = title, district = $2 where id = $1`, live, h.City.Districts[0].Slug)
	for _, age := range []int{17, 40} {
		h.As(h.Person(fmt.Sprintf("of%d@shtab.test", age), age)).
			Post(portaltest.Path("/ru/shifts/%d/signup", liveShift), url.Values{})
	}
	begun := one("draft",
		`insert into event (campaign_id, org_id, title, created_at, updated_at, returned, returned_at)
		values ($1, $2, '{"kk": "Көктемгі сенбілік"}', now(), now(), 'Мекенжайды нақтылаңыз', now()) returning id`,
		office.Campaign, office.Org)
	ready := one("draft",
		`insert into event (campaign_id, org_id, title, summary, place, needs, district, slots, starts_at, ends_at,
			created_at, updated_at)
		select campaign_id, org_id, title, title, place, title, district,
			jsonb_build_array(jsonb_build_object('day', to_char(now() + interval '9 days', 'YYYY-MM-DD'), 'from',
				'10:00', 'to', '13:00', 'capacity', 20)),
			now() + interval '9 days', now() + interval '10 days', now(), now() from event where id = $1 returning id`,
		live)
	at := func(to func(i18n.Lang, int64) string, id int64) func(i18n.Lang) string {
		return func(l i18n.Lang) string { return to(l, id) }
	}
	press := func(op string) func(*tab, i18n.Lang) {
		return func(p *tab, _ i18n.Lang) { p.press(`.event-form button[value="` + op + `"]:not([tabindex])`) }
	}
	write := func(op string, values ...string) func(*tab, i18n.Lang) {
		return func(p *tab, l i18n.Lang) {
			for i := 0; i < len(values); i += 2 {
				js[bool](p, `(document.getElementsByName('`+values[i]+`')[0].value = '`+values[i+1]+`') !== null`)
			}
			press(op)(p, l)
		}
	}

	publishing := []view{
		{name: "desk-event-new", path: link.DeskEventNew, who: coordinator, main: true},
		{name: "desk-event-new-staff", path: link.DeskEventNew, who: staff},
		{name: "desk-event-new-open", path: link.DeskEventNew, who: coordinator, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `(document.querySelectorAll('.fold').forEach(d => { d.open = true }), true)`)
		}, main: true},
		{
			name: "desk-event-new-errors", path: link.DeskEventNew, who: coordinator, do: press("publish"), then: 422,
			main: true,
		},
		{name: "desk-event-new-shifts", path: link.DeskEventNew, who: coordinator, do: press("add_shift"), then: 200},
		{name: "desk-event", path: at(link.DeskEvent, live), who: coordinator, main: true},
		{name: "desk-event-edit", path: at(link.DeskEventEdit, live), who: coordinator, main: true},
		{
			name: "desk-event-confirm", path: at(link.DeskEventEdit, live), who: coordinator,
			do: write("save", "min_age", "18", "shift[0].from", "00:30"), then: 200, main: true,
		},
		{
			name: "desk-event-short", path: at(link.DeskEventEdit, live), who: coordinator,
			do: write("save", "shift[0].capacity", "1"), then: 409, main: true,
		},
		{
			name: "desk-event-stale", path: at(link.DeskEventEdit, live), who: coordinator,
			do: write("save", "version", "7", "base", "", "contact_name", "Данияр"), then: 409, main: true,
		},
		{name: "desk-event-begun", path: at(link.DeskEvent, begun), who: coordinator, main: true},
		{name: "desk-event-returned", path: at(link.DeskEventEdit, begun), who: coordinator},
		{name: "desk-event-ready", path: at(link.DeskEvent, ready), who: coordinator, main: true},
		{name: "desk-event-preview", path: at(link.Event, ready), who: coordinator, main: true},
		{name: "desk-event-preview-begun", path: at(link.Event, begun), who: coordinator},
	}

	return append(publishing, []view{
		{name: "home", path: link.Home, main: true},
		{name: "home-signed-in", path: link.Home, who: volunteer},
		{name: "home-menu", path: link.Home, do: func(p *tab, _ i18n.Lang) { p.touch(`.menu-button`) }},
		{
			name: "home-menu-staff", path: link.Home, who: staff,
			do: func(p *tab, _ i18n.Lang) { p.touch(`.menu-button`) },
		},

		{name: "events", path: filter(""), main: true},
		{
			name: "events-filter-open", path: filter("q=" + word + "&open=1"),
			do: func(p *tab, _ i18n.Lang) { p.touch(`.filter-more > summary`) }, main: true,
		},
		{
			name: "events-filtered", path: filter(
				"when=month&open=1&age=16&district=" + h.City.Districts[0].Slug + "&campaign=" + campaignSlug),
			main: true,
		},
		{name: "events-dates", path: filter("when=dates&from=" + day(3) + "&to=" + day(6))},
		{name: "events-found", path: filter("q=" + word), who: volunteer},
		{name: "events-nothing", path: filter("q=zzzzzzzz&when=week")},
		{name: "events-next-page", path: filter(""), do: func(p *tab, _ i18n.Lang) { p.press(`.pager a`) }, then: 200},

		{name: "event-free", path: free, main: true},
		{name: "event-free-signed-in", path: free, who: nobody},
		{name: "event-nearly-full", path: coming("event nearly full",
			open+`and s.n = 1 and s.free between 1 and 3 and s.waiting = 0`)},
		{name: "event-full", path: coming("full event without a queue", open+`and s.free = 0 and s.waiting = 0`)},
		{name: "event-queue", path: coming("full event with a queue",
			open+`and s.n = 1 and s.free = 0 and s.waiting > 0`), main: true},
		{name: "event-adults", path: adults},
		{name: "event-16", path: coming("event from 16", `e.min_age = 16 and `+open)},
		{name: "event-several", path: coming("event with several shifts", open+`and s.n > 1`), main: true},
		{name: "event-several-signed-in", path: coming("event with several shifts", open+`and s.n > 1`), who: nobody},
		{name: "event-cohosts", path: coming("event with co-hosts",
			open+`and exists (select from event_cohost c where c.event_id = e.id)`)},
		{name: "event-cancelled", path: coming("cancelled event", `e.state = 'cancelled'`), main: true},
		{name: "event-cancelled-signed-in", path: coming("cancelled event", `e.state = 'cancelled'`), who: nobody},
		{name: "event-under-way", path: coming("event under way",
			`e.state = 'published' and e.starts_at < now() and e.ends_at > now()`)},
		{
			name: "event-over",
			path: event(
				one("past event",
					`select id from event where closed_at is not null order by starts_at desc, id limit 1`)),
			main: true,
		},
		{name: "event-not-yet", path: coming("event not open yet",
			`e.state = 'published' and e.signup_opens_at > now()`), main: true},
		{name: "event-not-yet-signed-in", path: coming("event not open yet",
			`e.state = 'published' and e.signup_opens_at > now()`), who: nobody},
		{name: "event-closed", path: coming("event whose sign-up has closed",
			`e.state = 'published' and e.signup_closes_at < now() and e.starts_at > now()`)},
		{name: "event-in", path: event(in.event), who: volunteer, main: true},
		{name: "event-waiting", path: event(waiting.event), who: volunteer, main: true},
		{name: "event-awaiting-consent", path: event(awaiting.event), who: awaiting.person, main: true},
		{name: "event-consent-needed", path: free, who: teen},
		{
			name: "event-asks-guardian", path: coming("free event",
				open+`and s.n = 1 and s.free > 10 and s.waiting = 0 and e.adults_only is null and e.min_age is null`),
			who: child, do: take,
		},
		{name: "event-refused-adults", path: adults, who: teen, main: true},
		{name: "event-refused-16", path: coming("event from 16", `e.min_age = 16 and `+open), who: teen},
		{name: "event-refused-clash", path: event(clashing), who: volunteer, main: true},
		{
			name: "event-just-in", path: coming("free event",
				open+`and s.n = 1 and s.free > 6 and s.waiting = 0 and e.adults_only is null and e.min_age is null`),
			who: coordinator, do: take,
		},

		{name: "campaigns", path: link.Campaigns, main: true},
		{name: "campaign", path: func(l i18n.Lang) string { return link.Campaign(l, campaignSlug) }, main: true},
		{name: "organizations", path: link.Organizations, main: true},
		{name: "organization", path: func(l i18n.Lang) string { return link.Organization(l, orgSlug) }, main: true},
		{name: "organization-quiet", path: func(l i18n.Lang) string { return link.Organization(l, quietOrg) }},
		{name: "totals", path: link.Totals, main: true},
		{name: "totals-year", path: func(l i18n.Lang) string { return link.Totals(l) + "?year=2024" }},
		{name: "totals-nothing", path: func(l i18n.Lang) string { return link.Totals(l) + "?year=1999" }},
		{name: "help", path: link.Help, main: true},
		{name: "privacy", path: link.Privacy, main: true},

		{name: "register", path: empty(link.Register), main: true},
		{name: "register-from-event", path: next(link.Register)},
		{name: "register-errors", path: empty(link.Register), do: submit, then: 422, main: true},
		{name: "code", path: empty(link.Register), do: code, then: 200, main: true},
		{
			name: "code-errors", path: empty(link.Register),
			do: func(p *tab, l i18n.Lang) { code(p, l); p.fill("code", "12345"); submit(p, l) }, then: 422,
		},
		{name: "login", path: empty(link.Login), main: true},
		{name: "login-errors", path: empty(link.Login), do: submit, then: 422},
		{name: "login-wrong", path: next(link.Login), do: func(p *tab, l i18n.Lang) {
			p.fill("email", "nobody-at-all@shtab.test")
			p.fill("password", "нет такого")
			submit(p, l)
		}, then: 422},
		{name: "password", path: link.Password},
		{name: "password-errors", path: link.Password, do: submit, then: 422},
		{
			name: "password-sent", path: link.Password,
			do: func(p *tab, l i18n.Lang) { p.fill("email", "v0007@shtab.test"); submit(p, l) }, then: 200,
		},
		{name: "password-new", path: newPassword},
		{name: "password-new-errors", path: newPassword, do: submit, then: 422},

		{name: "me", path: link.Me, who: volunteer, main: true},
		{name: "me-empty", path: link.Me, who: nobody},
		{name: "me-awaiting", path: link.Me, who: awaiting.person},
		{name: "me-sure", path: link.Me, who: volunteer, do: func(p *tab, _ i18n.Lang) {
			if p.sees(`details.sure`) {
				p.touch(`details.sure > summary`)
			}
		}},
		{
			name: "ticket", path: func(l i18n.Lang) string { return link.Ticket(l, in.signup) }, who: volunteer,
			main: true,
		},
		// no place, no ticket
		{
			name: "ticket-waiting", path: func(l i18n.Lang) string { return link.Ticket(l, waiting.signup) },
			who: volunteer, status: 404,
		},
		{name: "book", path: link.Book, who: volunteer, main: true},
		{name: "book-empty", path: link.Book, who: nobody},
		{name: "profile", path: link.Profile, who: volunteer, main: true},
		{name: "profile-errors", path: link.Profile, who: nobody, do: func(p *tab, l i18n.Lang) {
			js[bool](p, `(document.querySelector('#f-given_name').value = '') === ''`)
			submit(p, l)
		}, then: 422},
		{name: "profile-saved", path: link.Profile, who: nobody, do: submit, then: 200},
		{name: "security", path: link.Security, who: volunteer},
		{name: "security-errors", path: link.Security, who: volunteer, do: submit, then: 422},

		{name: "guardian-ask", path: link.MyGuardian, who: account("teen"), main: true},
		{name: "guardian-ask-errors", path: link.MyGuardian, who: account("teen"), do: submit, then: 422, main: true},
		{name: "guardian-asked", path: link.MyGuardian, who: asked, main: true},
		{
			name: "guardian-asked-two", path: link.MyGuardian, who: two,
			do: func(p *tab, _ i18n.Lang) { p.touch(`details.sure > summary`) },
		},
		{name: "guardian-correct-errors", path: link.MyGuardian, who: asked, do: func(p *tab, _ i18n.Lang) {
			p.touch(`details.sure > summary`)
			js[bool](p, `(document.querySelector('#f-email').value = '') === ''`)
			p.press(`main form.form button[type=submit]`)
		}, then: 422, main: true},
		{name: "event-awaiting", path: event(one1), who: asked},
		{name: "event-awaiting-nobody", path: event(awaiting.event), who: awaiting.person},
		{name: "guardian-given", path: link.MyGuardian, who: given.person},
		{name: "guardian-refused", path: link.MyGuardian, who: refused},
		{name: "guardian-grown", path: link.MyGuardian, who: volunteer},
		{name: "guardian", path: parentOf("parent", `g.email = 'of-asked@shtab.test'`), main: true},
		{name: "guardian-two", path: parentOf("parent of two events", `g.email = 'of-two@shtab.test'`)},
		{name: "guardian-night", path: parentOf("parent at night", `g.email = 'of-late@shtab.test'`)},
		{name: "guardian-ahead", path: parentOf("parent asked in advance", `g.email = 'of-ahead@shtab.test'`)},
		{
			name: "guardian-nothing", path: parentOf("parent of who gave up", `g.email = 'of-gone@shtab.test'`),
			main: true,
		},
		{
			name: "guardian-no", path: parentOf("parent who said no", `g.email = 'of-mind@shtab.test'`),
			do: func(p *tab, _ i18n.Lang) {
				p.touch(`details.sure:has(form[action$="/choose"]) > summary`)
			}, main: true,
		},
		{
			name: "guardian-no-again", path: parentOf("parent who is asked again", `g.email = 'of-again@shtab.test'`),
			main: true,
		},
		{
			name: "guardian-404", path: func(l i18n.Lang) string { return link.Guardian(l, strings.Repeat("x", 43)) },
			status: 404, main: true,
		},
		{
			name: "guardian-errors", path: parentOf("parent", `g.email = 'of-asked@shtab.test'`),
			do: func(p *tab, _ i18n.Lang) {
				p.press(`form[action$="/choose"] button`)
			}, then: 422,
		},
		{name: "guardian-code", path: pending, do: choose, main: true},
		{name: "guardian-code-wrong", path: pending, do: func(p *tab, l i18n.Lang) {
			choose(p, l)
			p.fill("code", "12345")
			p.press(`form[action$="/agree"] button`)
		}, then: 422},
		{name: "guardian-verified", path: parentOf("parent who agreed",
			fmt.Sprintf(`g.person_id = %d and g.verified_at is not null`, given.person)), main: true},

		{name: "campaign-goals", path: func(l i18n.Lang) string { return link.Campaign(l, "koktem") }},
		{name: "desk-campaigns", path: link.DeskCampaigns, who: coordinator, main: true},
		{name: "desk-campaign-new", path: link.DeskCampaignNew, who: coordinator, main: true},
		{
			name: "desk-campaign-errors", path: link.DeskCampaignNew, who: coordinator,
			do: func(p *tab, _ i18n.Lang) { p.press(`.form-end button`) }, then: 422,
		},
		{
			name: "desk-campaign", path: func(l i18n.Lang) string { return link.DeskCampaign(l, ourCampaign) },
			who: coordinator, main: true,
		},
		{name: "desk-organization", path: our(""), who: coordinator, main: true},
		{name: "desk-organization-errors", path: our(""), who: coordinator, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `(document.querySelector('#f-links').value = 'http://x') !== ''`)
			p.press(`.form-end button`)
		}, then: 422},
		{name: "desk-organizations", path: link.DeskOrganizations, who: staff},
		{name: "desk-people", path: our("people"), who: coordinator, main: true},
		{name: "desk-people-errors", path: our("people"), who: coordinator, do: submit, then: 422},
		{name: "desk-org-totals", path: our("totals"), who: coordinator, main: true},
		{
			name: "desk-org-totals-month", path: func(
				l i18n.Lang,
			) string {
				return our("totals")(l) + "?period=month"
			},
			who: coordinator,
		},
		{name: "desk-import", path: link.DeskImport, who: coordinator, main: true},
		{name: "desk-import-errors", path: link.DeskImport, who: coordinator, do: submit, then: 422},
		{
			name: "desk-imported", path: func(l i18n.Lang) string { return link.DeskImported(l, file) },
			who:  coordinator,
			main: true,
		},
		{name: "invitation", path: func(l i18n.Lang) string { return link.Invitation(l, invitation) }, main: true},
		{
			name: "invitation-other", path: func(l i18n.Lang) string { return link.Invitation(l, invitation) },
			who: volunteer,
		},
		{
			name: "invitation-mine", path: func(l i18n.Lang) string { return link.Invitation(l, invitation) },
			who: nobody,
		},

		{name: "scan", path: same(link.Scan(ticket))},
		{name: "desk", path: link.Desk, who: coordinator, main: true},
		{name: "desk-events", path: func(l i18n.Lang) string { return link.DeskEvents(l, nil) }, who: coordinator},
		{
			name: "desk-repeat", path: func(l i18n.Lang) string { return link.DeskEventAction(l, live, "repeat") },
			who: coordinator,
		},
		{
			name: "desk-cancel", path: func(l i18n.Lang) string { return link.DeskEventAction(l, live, "cancel") },
			who: coordinator,
		},
		{name: "hq-review", path: func(l i18n.Lang) string { return link.HQReview(l, "") }, who: staff},
		{name: "hq", path: link.HQ, who: staff, main: true},
		{
			name: "hq-organizations", path: func(l i18n.Lang) string { return link.HQOrganizations(l, nil) },
			who:  staff,
			main: true,
		},
		{name: "hq-organizations-none", path: func(
			l i18n.Lang,
		) string {
			return link.HQOrganizations(l, url.Values{"q": {"xyzzy"}})
		}, who: staff},
		{
			name: "hq-organization", path: func(l i18n.Lang) string { return link.HQOrganization(l, body) },
			who:  staff,
			main: true,
		},
		{name: "hq-organization-new", path: link.HQOrganizationNew, who: staff},
		{name: "hq-organization-errors", path: link.HQOrganizationNew, who: staff, do: submit, then: 422},
		{
			name: "hq-totals-dates", path: func(
				l i18n.Lang,
			) string {
				return link.HQ(l) + "?period=dates&from=2024-02-15&to=2025-03-10&age=14-17"
			},
			who: staff,
		},
		{
			name: "hq-totals-nothing", path: func(
				l i18n.Lang,
			) string {
				return link.HQ(l) + "?period=month&kind=enterprise&district=nura&age=55-up"
			},
			who: staff,
		},
		{
			name: "hq-rows-events", path: func(l i18n.Lang) string { return link.HQRows(l, "events", nil) },
			who:  staff,
			main: true,
		},
		{name: "hq-rows-attendance", path: func(l i18n.Lang) string {
			return link.HQRows(l, "attendance",
				url.Values{"part": {"attended"}})
		}, who: staff},
		{name: "hq-rows-nothing", path: func(l i18n.Lang) string {
			return link.HQRows(l, "delivered",
				url.Values{"part": {"none"}})
		}, who: staff},
		{name: "hq-import", path: link.HQImport, who: staff},
		{name: "hq-import-errors", path: link.HQImport, who: staff, do: submit, then: 422},
		{name: "hq-people", path: func(l i18n.Lang) string { return link.HQPeople(l, nil) }, who: staff, main: true},
		{name: "hq-people-none", path: func(l i18n.Lang) string {
			return link.HQPeople(l,
				url.Values{"q": {"xyzzy"}})
		}, who: staff},
		{
			name: "hq-person", path: func(l i18n.Lang) string { return link.HQPerson(l, awaiting.person) }, who: admin,
			main: true,
		},
		{
			name: "hq-person-suspended", path: func(l i18n.Lang) string { return link.HQPerson(l, suspended) },
			who: staff,
		},
		{
			name: "hq-person-errors", path: func(l i18n.Lang) string { return link.HQPerson(l, volunteer) },
			who: staff,
			do: func(p *tab, _ i18n.Lang) {
				p.touch(`details:has(form[action$="/suspend"]) > summary`)
				p.press(`form[action$="/suspend"] button`)
			}, then: 422,
		},
		{name: "hq-merge", path: func(l i18n.Lang) string {
			return link.HQPersonAction(l, volunteer, "merge?from="+fmt.Sprint(suspended))
		}, who: staff, main: true},
		{name: "hq-merge-search", path: func(l i18n.Lang) string {
			return link.HQPersonAction(l, volunteer,
				"merge?q=v000")
		}, who: staff},
		{name: "hq-audit", path: func(l i18n.Lang) string { return link.HQAudit(l, nil) }, who: staff, main: true},
		{name: "hq-audit-none", path: func(l i18n.Lang) string {
			return link.HQAudit(l,
				url.Values{"who": {"xyzzy"}})
		}, who: staff},
		{name: "hq-exports", path: link.HQExports, who: staff},
		{name: "hq-export-ready", path: func(l i18n.Lang) string { return link.HQExport(l, fileReady) }, who: staff},
		{name: "hq-export-failed", path: func(l i18n.Lang) string { return link.HQExport(l, fileFailed) }, who: staff},
		{name: "hq-organization-merge", path: func(l i18n.Lang) string {
			return link.HQOrganizationAction(l, body, fmt.Sprintf("merge?from=%d", body+1))
		}, who: staff},
		{name: "hq-settings", path: link.HQSettings, who: admin, main: true},
		{name: "hq-settings-errors", path: link.HQSettings, who: admin, do: func(p *tab, _ i18n.Lang) {
			js[bool](p, `(document.querySelector("#f-night_to").value = "3", true)`)
			js[bool](p, `(document.querySelector('main form').noValidate = true)`)
			p.press(`.event-form button[type=submit]`)
		}, then: 422},
		{name: "hq-consents", path: link.HQConsents, who: admin, main: true},
		{name: "hq-deliveries", path: link.HQDeliveries, who: staff},
		{name: "apply", path: link.Apply, who: volunteer, main: true},
		{name: "apply-errors", path: link.Apply, who: volunteer, do: submit, then: 422},
		{
			name: "apply-returned", path: func(l i18n.Lang) string { return link.Application(l, application) },
			who: applicant,
		},
		{name: "outbox", path: same("/dev/outbox")},

		{name: "error-400", path: func(l i18n.Lang) string { return link.Home(l) + "/events?q=%ff" }, status: 400},
		{name: "error-403", path: link.Desk, who: volunteer, status: 403, main: true},
		{
			name: "error-404", path: func(l i18n.Lang) string { return link.In(l, "/no/such/page") }, status: 404,
			main: true,
		},
		{name: "error-404-event", path: func(l i18n.Lang) string { return link.Event(l, 1<<40) }, status: 404},
		{name: "error-405", path: func(l i18n.Lang) string { return link.Signup(l, clashShift) }, status: 405},
		{
			name: "error-410", path: func(l i18n.Lang) string {
				return link.PasswordToken(l,
					strings.Repeat("x", 43))
			},
			status: 410,
		},
	}...)
}

// show brings the tab to a view.
func (p *tab) show(h *portaltest.Server, v view, l i18n.Lang) {
	p.t.Helper()
	p.forget()
	if v.who != 0 {
		p.as(h, v.who)
	}
	p.visit(v.path(l), max(v.status, 200))
	if v.do != nil {
		v.do(p, l)
		if v.then != 0 {
			p.expect(v.then)
		}
	}
}
