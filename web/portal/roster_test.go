package portal_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/postgres/pgtest"
	"shtab/internal/sheet"
	"shtab/web/portal/portaltest"
)

// rostered is a portal with one event of two shifts, its coordinator, and a coordinator of
// another organisation.
type rostered struct {
	*portaltest.Server
	portaltest.World
	event, shift, later int64
	other, otherShift   int64 // an event of the other organisation
	host, foreign       *portaltest.Browser
	hostID              int64
}

func newRostered(t *testing.T, with ...portaltest.Option) *rostered {
	t.Helper()
	return newRosteredOn(portaltest.Start(t, with...))
}

func newRosteredOn(s *portaltest.Server) *rostered {
	h := &rostered{Server: s}
	h.T.Helper()
	h.World = h.Server.World()
	at := time.Now().Add(48 * time.Hour).Truncate(time.Minute)
	h.event, h.shift = h.Event(h.World, 48*time.Hour, 3)
	h.later = h.Shift(h.event, at.Add(3*time.Hour), 3)
	h.Exec(`update event set ends_at = $2 where id = $1`, h.event, at.Add(5*time.Hour))
	var org int64
	h.Scan(`insert into org (slug, kind, name, joined_on) values ('other', 'ngo', '{"kk":"Басқа"}', '2020-01-01') returning id`, nil, &org)
	h.other, h.otherShift = h.Event(h.World, 72*time.Hour, 3)
	h.Exec(`update event set org_id = $2 where id = $1`, h.other, org)
	h.hostID = h.Person("host@shtab.test", 30)
	foreign := h.Person("foreign@shtab.test", 30)
	h.Exec(`insert into coordinator (person_id, org_id) values ($1, $2), ($3, $4)`, h.hostID, h.Org, foreign, org)
	h.host, h.foreign = h.As(h.hostID), h.As(foreign)
	return h
}

// person is somebody with a name and a phone.
func (h *rostered) person(email, family, given string, age int) int64 {
	h.T.Helper()
	id := h.Person(email, age)
	h.Exec(`update person set family_name = $2, given_name = $3, phone = '+7 701 555 01 01' where id = $1`, id, family, given)
	return id
}

// joins signs person up as they would themselves and returns the sign-up.
func (h *rostered) joins(person, shift int64) (id int64) {
	h.T.Helper()
	h.As(person).Post(portaltest.Path("/kk/shifts/%d/signup", shift), nil)
	h.Scan(`select id from signup where person_id = $1 and shift_id = $2`, []any{person, shift}, &id)
	return id
}

func (h *rostered) path(format string, args ...any) string {
	return fmt.Sprintf("/ru/desk/events/%d/", h.event) + fmt.Sprintf(format, args...)
}

func (h *rostered) state(signup int64) (state string) {
	h.T.Helper()
	h.Scan(`select state from signup where id = $1`, []any{signup}, &state)
	return state
}

func wants(t *testing.T, a portaltest.Answer, status int, texts ...string) {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%d, want %d: %s", a.Status, status, a.Header.Get("Location"))
	}
	for _, s := range texts {
		if !strings.Contains(a.Body, s) {
			t.Errorf("the page does not say %q", s)
		}
	}
	for _, key := range []string{">roster.", ">message.", ">signup.", ">fault."} {
		if strings.Contains(a.Body, key) {
			t.Errorf("a missing text: %s", key)
		}
	}
}

func lacks(t *testing.T, a portaltest.Answer, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(a.Body, s) {
			t.Errorf("the page says %q", s)
		}
	}
}

func TestRosterListsPeople(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	for i, name := range []string{"Яковлев", "Қожахметов", "Крылов", "Әбенов", "Абаев"} {
		h.joins(h.person(fmt.Sprintf("p%d@shtab.test", i), name, "Тимур", 20), h.shift) // three places, two wait
	}
	child := h.person("child@shtab.test", "Бала", "Асан", 13)
	h.joins(child, h.later)

	for _, l := range []string{"kk", "ru", "en"} {
		a := h.host.Get(fmt.Sprintf("/%s/desk/events/%d/roster", l, h.event))
		wants(t, a, 200, "Қожахметов Тимур", "tel:+77015550101", "18+", "Бала Асан")
		at := -1
		for _, name := range []string{"Абаев", "Әбенов", "Бала", "Крылов", "Қожахметов", "Яковлев"} { // as the Kazakh alphabet goes
			i := strings.Index(a.Body, name)
			if i < at {
				t.Errorf("%s: %s stands too early", l, name)
			}
			at = i
		}
	}
	a := h.host.Get(h.path("roster"))
	wants(t, a, 200, "3 из 6", "до 14 лет", "Нет согласия", "В очереди, номер 2")

	a = h.host.Get(h.path("roster?state=waitlisted"))
	wants(t, a, 200, "Әбенов", "Абаев")
	lacks(t, a, "Яковлев", "Бала")
	a = h.host.Get(h.path("roster?shift=%d", h.later))
	wants(t, a, 200, "Бала", "0 из 3")
	lacks(t, a, "Яковлев")
	wants(t, h.host.Get(h.path("roster?shift=999999&state=none&page=-1")), 200, "Яковлев")

	for _, q := range []string{"Кожахмет", "қожахмет тим", "тимур кожа", "КОЖАХМЕТОВ"} {
		a = h.host.Get(h.path("roster?q=%s", url.QueryEscape(q)))
		wants(t, a, 200, "Қожахметов")
		lacks(t, a, "Крылов", "Яковлев")
	}
	lacks(t, h.host.Get(h.path("roster?q=%%25")), "Яковлев")
	wants(t, h.host.Get(h.path("roster?q=nobody")), 200, "Такого человека не нашли")

	// Whoever gave up is folded away.
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self', hold_until = null where person_id = $1`, child)
	lacks(t, h.host.Get(h.path("roster")), "Бала")
	a = h.host.Get(h.path("roster?state=cancelled"))
	wants(t, a, 200, "Бала", "Отказ самого человека")
	lacks(t, a, "555 01 01", "5550101")
}

func TestRosterPages(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	h.Exec(`update shift set capacity = 1000 where id = $1`, h.shift)
	h.Exec(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
		select 'Т', 'Н' || lpad(i::text, 4, '0'), '2000-01-01', 'c' || i, now() from generate_series(1, 230) i`)
	h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
		select s.id, p.id, s.during, 'confirmed', 't' || p.id, now(), now() from shift s, person p where s.id = $1 and p.calendar_token like 'c%'`, h.shift)
	for page, want := range map[int]int{1: 100, 2: 100, 3: 30, 4: 0} {
		a := h.host.Get(h.path("roster?page=%d", page))
		if n := strings.Count(a.Body, `class="person-name"`); n != want {
			t.Errorf("page %d has %d people", page, n)
		}
		if more := strings.Contains(a.Body, `rel="next"`); more != (page < 3) {
			t.Errorf("page %d: more %v", page, more)
		}
	}
}

// TestRosterStatements holds that a page of the roster costs the same number of SQL statements
// whatever the number of people.
func TestRosterStatements(t *testing.T) {
	pool, count := pgtest.Counted(t, 4)
	h := newRosteredOn(portaltest.On(t, pool, portaltest.WithoutWorker))
	h.Exec(`update shift set capacity = 1000 where id = $1`, h.shift)
	var counts []int64
	for _, n := range []int{10, 500} {
		h.Exec(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
			select 'Т', 'Н' || i, '2012-01-01', $1::int || '-' || i, now() from generate_series(1, $1::int) i`, n)
		h.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at, queue_no)
			select s.id, p.id, s.during, case when p.id % 2 = 0 then 'confirmed' else 'waitlisted' end, 't' || p.id, now(), now(), case when p.id % 2 = 1 then p.id end
			from shift s, person p where s.id = $1 and p.calendar_token like $2::int || '-%'`, h.shift, n)
		for _, path := range append(rosterPaths(h), h.path("roster?state=waitlisted&q=1"), h.path("messages")) {
			h.host.Get(path)
			before := count.Count()
			if a := h.host.Get(path); a.Status != 200 {
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

// TestRosterKeepsSecrets: no birth date anywhere; phones for the event's coordinators only, and
// from its publication until seven days after its end.
func TestRosterKeepsSecrets(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	signup := h.joins(h.person("a@shtab.test", "Абаев", "Тимур", 20), h.shift)
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
	h.Exec(`insert into event_cohost select $1, id from org where slug = 'co'`, h.event)

	see := func(b *portaltest.Browser, phones bool) {
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
	see(h.host, true)
	see(cohost, true)
	see(h.As(staffID), false)

	shift := func(by string) {
		h.Exec(`update event set starts_at = now() - interval '`+by+`' - interval '5 hours', ends_at = now() - interval '`+by+`', signup_closes_at = null where id = $1`, h.event)
		h.Exec(`update shift set starts_at = now() - interval '`+by+`' - interval '3 hours', ends_at = now() - interval '`+by+`' where event_id = $1`, h.event)
	}
	shift("6 days 23 hours")
	see(h.host, true)
	shift("7 days 1 minute")
	see(h.host, false)
}

// TestRosterDeeds goes through what a coordinator does to people, each deed twice.
func TestRosterDeeds(t *testing.T) {
	t.Parallel()
	h := newRostered(t)
	h.person("aigul@shtab.test", "Сейтова", "Айгүл", 20)
	twice := func(path string, form url.Values, want string) {
		t.Helper()
		for range 2 {
			a := h.host.Post(path, form)
			if to := a.Header.Get("Location"); a.Status != 303 || !strings.HasSuffix(to, want) {
				t.Fatalf("%s: %d to %s", path, a.Status, to)
			}
		}
	}
	mails := func(kind string, want int) {
		t.Helper()
		if n := h.Count(`select count(*) from river_job where args ->> 'kind' = $1`, kind); n != want {
			t.Errorf("%d mails %s, want %d", n, kind, want)
		}
	}

	twice(h.path("roster"), url.Values{"email": {" Aigul@Shtab.test "}, "shift": {fmt.Sprint(h.shift)}}, "/roster")
	wants(t, h.host.Get(h.path("roster")), 200, "Сейтова Айгүл", "Этот человек уже в списке")
	mails("signup_confirmed", 1)
	var first, second int64
	h.Scan(`select id from signup`, nil, &first)

	move := portaltest.Path("/ru/desk/signups/%d/move", first)
	h.host.Post(move, url.Values{"shift": {fmt.Sprint(h.later)}})
	h.Scan(`select id from signup where shift_id = $1 and state = 'confirmed'`, []any{h.later}, &second)
	twice(move, url.Values{"shift": {fmt.Sprint(h.later)}}, fmt.Sprint(second))
	wants(t, h.host.Get(portaltest.Path("/ru/desk/signups/%d", second)), 200, "Сейтова Айгүл", "Перевели в другую смену")
	wants(t, h.host.Get(portaltest.Path("/ru/desk/signups/%d", first)), 200, "Переведён в другую смену")
	mails("signup_confirmed", 2)
	mails("signup_cancelled", 0)

	remove := portaltest.Path("/ru/desk/signups/%d/remove", second)
	for _, form := range []url.Values{{}, {"reason": {"special"}}, {"reason": {"x"}}, {"reason": {"asked"}, "words": {strings.Repeat("я", 301)}}} {
		wants(t, h.host.Post(remove, form), 422, "error-summary")
	}
	if h.state(second) != "confirmed" {
		t.Fatal("removed without a reason")
	}
	twice(remove, url.Values{"reason": {"rules"}, "words": {"Опоздали на два часа & <b>"}}, fmt.Sprint(second))
	wants(t, h.host.Get(portaltest.Path("/ru/desk/signups/%d", second)), 200, "Убран: нарушил правила", "Вернуть в список")
	mails("signup_cancelled", 1)
	if text := h.Mail("signup_cancelled", "aigul@shtab.test"); !strings.Contains(text, "Опоздали на два часа & <b>") || !strings.Contains(text, "тәртіп бұзылды") || strings.Contains(text, "Себебін одан") {
		t.Errorf("the mail says:\n%s", text)
	}
	if n := h.Count(`select count(*) from river_job where args::text like '%Опоздали%'`); n != 0 {
		t.Error("the words stand in the queue")
	}
	twice(portaltest.Path("/ru/desk/signups/%d/restore", second), nil, fmt.Sprint(second))
	if h.state(second) != "confirmed" {
		t.Error("the removal was not taken back")
	}

	for verb, want := range map[string]int{"signup.add": 2, "signup.move": 1, "signup.remove": 1} {
		if n := h.Count(`select count(*) from audit where verb = $1 and actor_id = $2`, verb, h.hostID); n != want {
			t.Errorf("%s stands %d times in the audit", verb, n)
		}
	}
}

func TestRosterSaysWhyNot(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	h.person("child@shtab.test", "Бала", "Асан", 13)
	in := h.joins(h.person("a@shtab.test", "Абаев", "Тимур", 20), h.shift)
	for email, want := range map[string]string{"nobody@shtab.test": "сначала зарегистрируется", "no": "Введите почту"} {
		wants(t, h.host.Post(h.path("roster"), url.Values{"email": {email}, "shift": {fmt.Sprint(h.shift)}}), 422, want, email, "Абаев")
	}
	h.Exec(`update shift set min_age = 16 where id = $1`, h.later)
	wants(t, h.host.Post(h.path("roster"), url.Values{"email": {"child@shtab.test"}, "shift": {fmt.Sprint(h.later)}}), 200, "Сюда берут с 16 лет")

	// No place there, no place in the queue's front: words, and nothing changes.
	h.Exec(`update shift set min_age = null, capacity = 1 where id = $1`, h.later)
	waits := func(email string) int64 { return h.joins(h.person(email, "Я", "Т", 20), h.later) }
	waits("b@shtab.test")
	queued := waits("c@shtab.test")
	for path, form := range map[string]url.Values{
		portaltest.Path("/ru/desk/signups/%d/move", in):        {"shift": {fmt.Sprint(h.later)}},
		portaltest.Path("/ru/desk/signups/%d/promote", queued): {},
	} {
		if a := h.host.Post(path, form); a.Status != 303 {
			t.Fatalf("%s: %d", path, a.Status)
		}
		wants(t, h.host.Get(h.path("roster")), 200, "Там нет свободных мест")
	}
	if h.state(in) != "confirmed" || h.state(queued) != "waitlisted" {
		t.Error("something changed")
	}
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self' where shift_id = $1 and state = 'confirmed'`, h.later)
	wants(t, h.host.Get(h.path("roster?state=waitlisted")), 200, "Дать место: Я Т")
	if a := h.host.Post(portaltest.Path("/ru/desk/signups/%d/promote", queued), url.Values{"list": {"1"}}); a.Status != 303 || !strings.HasSuffix(a.Header.Get("Location"), "roster?state=waitlisted") {
		t.Errorf("%d to %s", a.Status, a.Header.Get("Location"))
	}
	if h.state(queued) != "confirmed" {
		t.Error("not promoted")
	}
}

// TestRosterIsNobodyElses: with an id of another organisation, in path, body or hidden field,
// nothing is there and nothing changes.
func TestRosterIsNobodyElses(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	email := "a@shtab.test"
	me := h.person(email, "Абаев", "Тимур", 20)
	in := h.joins(me, h.shift)
	alien := h.joins(me, h.otherShift)
	words := message("k")
	before := snapshot(h)

	gets := append(rosterPaths(h), h.path("messages"), h.path("roster/import"), portaltest.Path("/ru/desk/signups/%d", in))
	posts := map[string]url.Values{
		h.path("roster"):   {"email": {email}, "shift": {fmt.Sprint(h.later)}},
		h.path("messages"): words,
		portaltest.Path("/ru/desk/signups/%d/move", in):    {"shift": {fmt.Sprint(h.later)}},
		portaltest.Path("/ru/desk/signups/%d/promote", in): {},
		portaltest.Path("/ru/desk/signups/%d/remove", in):  {"reason": {"asked"}},
		portaltest.Path("/ru/desk/signups/%d/restore", in): {},
		h.path("roster/import"):                            {"remove": {fmt.Sprint(in)}, "reason": {"asked"}},
	}
	for _, path := range gets {
		if a := h.foreign.Get(path); a.Status != 404 || strings.Contains(a.Body, "Абаев") {
			t.Errorf("GET %s: %d", path, a.Status)
		}
		if a := h.As(me).Get(path); a.Status != 403 || strings.Contains(a.Body, "Абаев") {
			t.Errorf("GET %s as a volunteer: %d", path, a.Status)
		}
	}
	for path, form := range posts {
		if a := h.foreign.Post(path, form); a.Status != 404 {
			t.Errorf("POST %s: %d", path, a.Status)
		}
	}
	// One's own event in the path, another's shift in the body; one's own sign-up, another's shift.
	for path, form := range map[string]url.Values{
		h.path("roster"): {"email": {email}, "shift": {fmt.Sprint(h.otherShift)}},
		portaltest.Path("/ru/desk/signups/%d/move", in):    {"shift": {fmt.Sprint(h.otherShift)}},
		portaltest.Path("/ru/desk/signups/%d/move", alien): {"shift": {fmt.Sprint(h.shift)}},
	} {
		if a := h.host.Post(path, form); a.Status != 404 {
			t.Errorf("POST %s %v: %d", path, form, a.Status)
		}
	}
	words.Set("shift", fmt.Sprint(h.otherShift))
	if a := h.host.Post(h.path("messages"), words); a.Status != 422 {
		t.Errorf("a message to another's shift: %d", a.Status)
	}
	if after := snapshot(h); after != before {
		t.Errorf("something changed:\n%s\n%s", before, after)
	}
}

// snapshot is all that deeds of the roster write.
func snapshot(h *rostered) (s string) {
	h.T.Helper()
	h.Scan(`select (select json_agg(g order by id) from signup g)::text || (select count(*) from message) || ' ' || (select count(*) from removal)
		|| ' ' || (select count(*) from audit where verb not in ('signup.cancel', 'roster.export')) || ' ' || (select count(*) from river_job)`, nil, &s)
	return s
}

// message is a message ready to be sent.
func message(key string) url.Values {
	return url.Values{
		"key": {key}, "audience": {"all"}, "shift": {"0"}, "deed": {"send"},
		"subject_kk": {"Жаңбыр"}, "body_kk": {"Шатыр алыңыз.\r\n\r\nКөрісейік!"},
		"subject_ru": {"Дождь"}, "body_ru": {"Возьмите зонт."},
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	h := newRostered(t)
	one := h.person("one@shtab.test", "Абаев", "Тимур", 20)
	two := h.person("two@shtab.test", "Беков", "Асан", 20)
	h.Exec(`update person set lang = 'ru' where id = $1`, two)
	h.joins(one, h.shift)
	h.joins(one, h.later) // in two shifts, and yet one mail
	h.joins(two, h.later)
	h.Exec(`update event set contact_name = 'Динара', contact_phone = '+7 702 000 00 00' where id = $1`, h.event)

	wants(t, h.host.Get(h.path("messages")), 200, `name="key"`, "ещё: 3")
	form := message("k1")
	form.Set("deed", "preview")
	wants(t, h.host.Post(h.path("messages"), form), 200, "Сообщение получат 2 человека", "Шатыр алыңыз.", "Возьмите зонт.", `value="send"`)
	form.Set("deed", "edit")
	wants(t, h.host.Post(h.path("messages"), form), 200, "Возьмите зонт.</textarea>")
	if n := h.Count(`select count(*) from message`); n != 0 {
		t.Fatal("a look has sent it")
	}

	var done sync.WaitGroup
	for range 10 {
		done.Go(func() {
			if a, err := h.host.Try(http.MethodPost, h.path("messages"), message("k1")); err != nil || a.Status != 303 {
				t.Errorf("%d, %v", a.Status, err)
			}
		})
	}
	done.Wait()
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'message'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	if n := h.Count(`select count(*) from audit where verb = 'message.send' and object = 'message' and object_id = (select id from message)`); n != 1 {
		t.Errorf("%d in the audit", n)
	}
	wants(t, h.host.Get(h.path("messages")), 200, "Дождь", "2 людям", "Айгүл С.", "ещё: 2")
	kk, ru := h.Mail("message", "one@shtab.test"), h.Mail("message", "two@shtab.test")
	for _, s := range []string{"Жаңбыр", "Шатыр алыңыз.", "Көрісейік!", "Айгүл, үйлестіруші, «Жастар»", "Динара", "Ағаш егу"} {
		if !strings.Contains(kk, s) {
			t.Errorf("the mail does not say %q:\n%s", s, kk)
		}
	}
	if !strings.Contains(ru, "Возьмите зонт.") || strings.Contains(ru, "Шатыр") {
		t.Errorf("in Russian:\n%s", ru)
	}
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'message' and args::text ~ 'Дождь|Жаңбыр|shtab.test'`); n != 0 {
		t.Error("texts stand in the queue")
	}

	// Three a day, however fast they come.
	sent := make(chan int, 6)
	for i := range 6 {
		done.Go(func() {
			a, err := h.host.Try(http.MethodPost, h.path("messages"), message(fmt.Sprint("more", i)))
			if err != nil {
				t.Error(err)
			}
			sent <- a.Status
		})
	}
	done.Wait()
	close(sent)
	counts := map[int]int{}
	for s := range sent {
		counts[s]++
	}
	if counts[303] != 2 || counts[422] != 4 {
		t.Errorf("%v", counts)
	}
	h.Exec(`update message set sent_at = sent_at - interval '24 hours'`)
	if a := h.host.Post(h.path("messages"), message("tomorrow")); a.Status != 303 {
		t.Errorf("the next day: %d", a.Status)
	}
}

func TestMessageToAGroup(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	h.Exec(`update shift set capacity = 1 where id = $1`, h.shift)
	h.joins(h.person("in@shtab.test", "А", "А", 20), h.shift)
	h.joins(h.person("waits@shtab.test", "Б", "Б", 20), h.shift)
	h.joins(h.person("child@shtab.test", "В", "В", 13), h.later)
	gone := h.joins(h.person("gone@shtab.test", "Г", "Г", 20), h.later)
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self' where id = $1`, gone)
	to := func(audience string, shift int64, want ...string) {
		t.Helper()
		h.Exec(`delete from river_job`)
		h.Exec(`delete from message`)
		form := message("k")
		form.Set("audience", audience)
		form.Set("shift", fmt.Sprint(shift))
		if a := h.host.Post(h.path("messages"), form); a.Status != 303 {
			t.Fatalf("%s: %d", audience, a.Status)
		}
		var got string
		h.Scan(`select string_agg(split_part(p.email, '@', 1), ' ' order by p.id) from river_job j join person p on p.id = (j.args ->> 'person_id')::bigint`, nil, &got)
		if got != strings.Join(want, " ") {
			t.Errorf("%s: %s; want %v", audience, got, want)
		}
	}
	to("all", 0, "in", "waits", "child")
	to("all", h.later, "child")
	to("confirmed", 0, "in")
	to("waitlisted", 0, "waits")
	to("awaiting_consent", 0, "child")

	bad := func(field, value, says string) {
		t.Helper()
		form := message("k2")
		form.Set(field, value)
		wants(t, h.host.Post(h.path("messages"), form), 422, says)
	}
	bad("audience", "x", "error-summary")
	bad("subject_kk", "  ", "Напишите тему")
	bad("subject_ru", "a\nb", "уместиться в строку")
	bad("body_ru", "", "Напишите текст")
	bad("body_kk", strings.Repeat("ә", 2001), "не больше 2 000 знаков")
	bad("subject_en", "Rain", "Напишите текст")
	h.Exec(`update signup set state = 'cancelled', cancel_cause = 'self', queue_no = null where state = 'waitlisted'`)
	bad("audience", "waitlisted", "никого нет")

	h.Exec(`update shift set starts_at = now() - interval '8 days', ends_at = now() - interval '7 days 1 minute' where event_id = $1`, h.event)
	h.Exec(`update event set starts_at = now() - interval '8 days', ends_at = now() - interval '7 days 1 minute' where id = $1`, h.event)
	wants(t, h.host.Post(h.path("messages"), message("k3")), 409, "до 7 дней после")
}

// TestRosterOfADraft: an event that nobody can be in yet has a list all the same, an empty one.
func TestRosterOfADraft(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	h.person("a@shtab.test", "Абаев", "Тимур", 20)
	h.Exec(`delete from shift where event_id = $1`, h.event)
	h.Exec(`update event set state = 'draft', published_at = null, starts_at = null, ends_at = null where id = $1`, h.event)
	for _, path := range rosterPaths(h) {
		if a := h.host.Get(path); a.Status != 200 {
			t.Errorf("%s: %d", path, a.Status)
		}
	}
	wants(t, h.host.Get(h.path("messages")), 200, "с публикации события")
	wants(t, h.host.Post(h.path("messages"), message("k")), 409)
}

func TestRosterOnPaper(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	h.joins(h.person("a@shtab.test", "Абаев", "Тимур", 20), h.shift)
	h.joins(h.person("child@shtab.test", "Бала", "Асан", 13), h.later)
	a := h.host.Get(h.path("roster/print"))
	wants(t, a, 200, "<thead>", "Абаев Тимур", "Бала Асан", "Ждёт согласия", "до 14 лет", "+7 701 555 01 01")
	if n := strings.Count(a.Body, `class="sheet"`); n != 2 {
		t.Errorf("%d sheets", n)
	}
	if n := strings.Count(a.Body, `class="tick"`); n != 2+2*8 {
		t.Errorf("%d boxes to tick", n)
	}
	lacks(t, h.host.Get(h.path("roster/print?shift=%d", h.later)), "Абаев")
}

// rosterPaths is every page and file that lists an event's people.
func rosterPaths(h *rostered) []string {
	return []string{h.path("roster"), h.path("roster/print"), h.path("roster.xlsx"), h.path("roster.csv")}
}

// plain is what a page or file says; a workbook's cells stand in it one after the other.
func plain(t *testing.T, path, body string) string {
	t.Helper()
	if !strings.HasSuffix(path, ".xlsx") {
		return body
	}
	return fmt.Sprint(cells(t, body))
}

// cells is the rows of a file.
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

// upload sends a file to the roster's import.
func (h *rostered) upload(b *portaltest.Browser, body string) portaltest.Answer {
	h.T.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	f, err := m.CreateFormFile("file", "roster")
	if err != nil {
		h.T.Fatal(err)
	}
	_, _ = f.Write([]byte(body))
	_ = m.Close()
	resp, err := b.Client.Post(h.URL+h.path("roster/import"), m.FormDataContentType(), &form)
	if err != nil {
		h.T.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.T.Fatal(err)
	}
	return portaltest.Answer{Status: resp.StatusCode, Header: resp.Header, Body: string(text)}
}

// TestRosterFiles: both open without formulas, come back without change, and what they ask for is
// shown before it is done.
func TestRosterFiles(t *testing.T) {
	t.Parallel()
	h := newRostered(t, portaltest.WithoutWorker)
	one := h.joins(h.person("a@shtab.test", "=1+1", "Айгүл;\"", 20), h.shift)
	two := h.joins(h.person("b@shtab.test", "Беков", "Асан", 15), h.later)
	h.person("new@shtab.test", "Жаңа", "Адам", 20)
	var before string
	for i, ext := range []string{"xlsx", "csv"} {
		a := h.host.Get(h.path("roster.%s", ext))
		wants(t, a, 200)
		if !strings.Contains(a.Header.Get("Content-Disposition"), ext) {
			t.Error(a.Header)
		}
		rows := cells(t, a.Body)
		if len(rows) != 3 || rows[1][0] != fmt.Sprint(one) || rows[1][2] != "=1+1" || rows[1][3] != "Айгүл;\"" || rows[2][8] != "2" {
			t.Errorf("%s: %q", ext, rows)
		}
		if n := h.Count(`select count(*) from audit where verb = 'roster.export' and object_id = $1 and actor_id = $2`, h.event, h.hostID); n != i+1 {
			t.Errorf("%d exports in the audit", n)
		}
		before = snapshot(h)
		wants(t, h.upload(h.host, a.Body), 200, "В файле нет изменений")
		if snapshot(h) != before {
			t.Error("an unchanged file changed something")
		}
	}

	kk := cells(t, h.host.Get(fmt.Sprintf("/kk/desk/events/%d/roster.csv", h.event)).Body)[0] // a file of another language
	write := func(rows ...[]string) string {
		text := strings.Join(kk, ";") + "\n"
		for _, r := range rows {
			line := make([]string, len(kk))
			for i := 0; i+1 < len(r); i += 2 {
				line[slices.Index(kk, r[i])] = r[i+1]
			}
			text += strings.Join(line, ";") + "\n"
		}
		return text
	}
	const id, remove, email, no = "Жазылу №", "Шығару", "Жаңа адамның поштасы", "Ауысым №"
	alien := h.joins(h.person("c@shtab.test", "Бөтен", "Адам", 20), h.otherShift)
	wants(t, h.upload(h.host, write(
		[]string{id, fmt.Sprint(alien), remove, "x"}, []string{id, "abc", remove, "x"}, []string{email, "nobody@shtab.test", no, "1"},
		[]string{email, "new@shtab.test"}, []string{email, "new@shtab.test", no, "3"}, []string{remove, "x"})),
		422, "В файле 6 ошибок", "Такой записи на это событие нет", "сначала зарегистрируется", "Напишите номер смены", "Напишите почту")
	for _, bad := range []string{"", "a;b\n1;2\n", "<html>", "PK\x03\x04"} {
		wants(t, h.upload(h.host, bad), 422, "error-summary")
	}
	if a := h.upload(h.host, strings.Repeat("x", 1<<20+1)); a.Status != 422 && a.Status != 413 {
		t.Errorf("a large file: %d", a.Status)
	}
	if h.upload(h.foreign, write()).Status != 404 {
		t.Error("somebody else's roster took a file")
	}

	file := write([]string{id, fmt.Sprint(one)}, []string{id, fmt.Sprint(two), remove, "да"}, []string{email, "New@shtab.test", no, "1"}, []string{email, "a@shtab.test", no, "1"})
	before = snapshot(h)
	wants(t, h.upload(h.host, file), 200, "Добавим 1 человека", "Уберём 1 человека", "Беков Асан", "New@shtab.test")
	if snapshot(h) != before {
		t.Error("a look has changed something")
	}
	form := url.Values{"add": {fmt.Sprint(h.shift, " New@shtab.test")}, "remove": {fmt.Sprint(two)}}
	wants(t, h.host.Post(h.path("roster/import"), form), 422, "Беков Асан", "New@shtab.test", "Выберите причину")
	for _, swapped := range []url.Values{
		{"add": {fmt.Sprint(h.otherShift, " new@shtab.test")}}, {"remove": {fmt.Sprint(alien)}, "reason": {"asked"}},
	} {
		if a := h.host.Post(h.path("roster/import"), swapped); a.Status != 404 {
			t.Errorf("%v: %d", swapped, a.Status)
		}
	}
	if snapshot(h) != before {
		t.Error("something changed without a reason")
	}
	form.Set("reason", "fewer")
	for range 2 {
		if a := h.host.Post(h.path("roster/import"), form); a.Status != 303 {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	if h.state(two) != "cancelled" || h.Count(`select count(*) from signup g join person p on p.id = g.person_id where p.email = 'new@shtab.test' and g.state = 'confirmed'`) != 1 {
		t.Error("not done")
	}
	wants(t, h.upload(h.host, file), 200, "В файле нет изменений")

	// Whom the rules refuse is named; the others are done.
	h.Exec(`update shift set min_age = 18 where id = $1`, h.later)
	form = url.Values{"add": {fmt.Sprint(h.later, " b@shtab.test"), fmt.Sprint(h.later, " c@shtab.test")}}
	wants(t, h.host.Post(h.path("roster/import"), form), 200, "b@shtab.test", "Сюда берут с 18 лет")
	if n := h.Count(`select count(*) from signup g join person p on p.id = g.person_id where p.email = 'c@shtab.test' and g.shift_id = $1 and g.state = 'confirmed'`, h.later); n != 1 {
		t.Error("the others were not done")
	}
}
