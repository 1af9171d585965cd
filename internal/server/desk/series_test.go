package desk_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// published is an event that has been through the form.
func (o *office) published() int64 {
	o.T.Helper()
	return made(o.T.(*testing.T), o.mine.Post("/ru/desk/events/new", with(o.whole(), "op", "publish")))
}

// hidden is the value of a hidden field in a page.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no field %s", name)
	}
	return m[1]
}

// The copy of an event opens in the form with all but its day, and the day is all that it needs
// to be published. The button pressed twice makes one.
func TestDuplicateAndPublish(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.published()
	key := hidden(t, o.mine.Get(portaltest.Path("/ru/desk/events/%d", id)).Body, "key")
	copyOf := portaltest.Path("/ru/desk/events/%d/duplicate", id)
	first := o.mine.Post(copyOf, url.Values{"key": {key}})
	again := o.mine.Post(copyOf, url.Values{"key": {key}})
	duplicate := made(t, first)
	if made(t, again) != duplicate || o.Count(`select count(*) from event`) != 2 {
		t.Error("sent twice it makes two")
	}
	at, _, _ := strings.Cut(first.Header.Get("Location"), "#")
	form := fields(t, want(t, o.mine.Get(at), http.StatusOK, "Ағаш егу", "Посадка").Body)
	if form.Get("shift[0].day") != "" || form.Get("shift[0].from") != "10:00" || form.Get("shift[0].capacity") != "20" {
		t.Errorf("the form holds %v", form)
	}
	want(t, o.mine.Post(at, with(form, "shift[0].day", day(12), "op", "publish")), http.StatusSeeOther)
	if o.Count(`select count(*) from event where id = $1 and state = 'published' and starts_at > now() + interval '10 days'`, duplicate) != 1 {
		t.Error("the copy is not published")
	}
}

// A series is looked at before it is made: each day with its hours, twins marked, days unticked
// left out; sent twice, it is made once.
func TestRepeatPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.published()
	path := portaltest.Path("/ru/desk/events/%d/repeat", id)
	page := want(t, o.mine.Get(path), http.StatusOK, "10:00–13:00", "Опубликовать отмеченные")
	form := fields(t, page.Body)
	days := regexp.MustCompile(`id="day-([0-9-]+)" name="day" value="[0-9-]+" checked`).FindAllStringSubmatch(page.Body, -1)
	if len(days) != 7 || o.Count(`select count(*) from event`) != 1 || o.Count(`select count(*) from series`) != 0 {
		t.Fatalf("%d days ticked, or something is made by looking", len(days))
	}
	form["day"] = nil
	for _, d := range days {
		if d[1] != day(19) {
			form.Add("day", d[1])
		}
	}
	form.Set("op", "publish")
	for range 2 {
		a := want(t, o.mine.Post(path, form), http.StatusSeeOther)
		if list := want(t, o.mine.Get(a.Header.Get("Location")), http.StatusOK).Body; strings.Count(list, `class="line card"`) != 7 {
			t.Errorf("%d events in the series' list", strings.Count(list, `class="line card"`))
		}
	}
	if n := o.Count(`select count(*) from event where state = 'published'`); n != 7 {
		t.Errorf("%d events", n)
	}
	// What is there already is marked and not ticked.
	page = want(t, o.mine.Get(path), http.StatusOK, "уже есть такое событие")
	if n := strings.Count(page.Body, `name="day"`); n != 7 || strings.Count(page.Body, " checked") != 2 { // the weekday, and the day left out
		t.Errorf("%d days, %d boxes ticked", n, strings.Count(page.Body, " checked"))
	}
	// A rhythm that makes no sense keeps what was chosen.
	want(t, o.mine.Get(path+"?weeks=2&weekday=2&weekday=4&until="+day(900)), http.StatusUnprocessableEntity, "год вперёд", `value="`+day(900)+`"`)
	want(t, o.mine.Get(path+"?weeks=1&until="+day(30)), http.StatusUnprocessableEntity, "день недели")
	want(t, o.mine.Post(path, with(form, "day", "2020-01-01", "key", "x")), http.StatusUnprocessableEntity)
	// Somebody has changed it meanwhile.
	o.Exec(`update event set version = version + 1 where id = $1`, id)
	want(t, o.mine.Post(path, with(form, "key", "y")), http.StatusConflict, "ничего не сделано")
	// A host that is not trusted gets drafts.
	o.Exec(`update org set state = 'active' where id = $1`, o.Org)
	if strings.Contains(want(t, o.mine.Get(path), http.StatusOK).Body, "Опубликовать отмеченные") {
		t.Error("publishes past the review")
	}
	form.Set("version", hidden(t, o.mine.Get(path).Body, "version"))
	want(t, o.mine.Post(path, with(form, "key", "z")), http.StatusConflict)
	want(t, o.mine.Post(path, with(form, "key", "z", "op", "draft")), http.StatusSeeOther)
	if n := o.Count(`select count(*) from event where state = 'draft'`); n != 6 {
		t.Errorf("%d drafts", n)
	}
}

// Calling an event off says whom it concerns, needs words, and tells each once; whoever signs up
// in the same moment is not in afterwards either.
func TestCancelPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, shift := o.Event(o.World, o.Morning(3), 5)
	var people []*portaltest.Browser
	for i := range 16 {
		people = append(people, o.As(o.Person(fmt.Sprintf("v%d@shtab.test", i), 30)))
	}
	in := portaltest.Path("/ru/shifts/%d/signup", shift)
	for _, p := range people[:8] {
		want(t, p.Post(in, nil), http.StatusSeeOther)
	}
	path := portaltest.Path("/ru/desk/events/%d/cancel", id)
	want(t, o.mine.Get(path), http.StatusOK, "Напишем 8 людям")
	want(t, o.mine.Post(path, url.Values{"reason_kk": {"Боран"}, "reason_ru": {" "}}), http.StatusUnprocessableEntity, "Боран")
	if o.Count(`select count(*) from event where state = 'cancelled'`) != 0 {
		t.Fatal("cancelled without words")
	}
	var wg sync.WaitGroup
	for _, p := range people[8:] {
		wg.Go(func() { _, _ = p.Try(http.MethodPost, in, url.Values{}) })
	}
	for range 2 {
		wg.Go(func() {
			_, _ = o.mine.Try(http.MethodPost, path, url.Values{"reason_kk": {"Боран"}, "reason_ru": {"Буран"}})
		})
	}
	wg.Wait()
	if n := o.Count(`select count(*) from signup where state <> 'cancelled'`); n != 0 {
		t.Errorf("%d are still in", n)
	}
	signed := o.Count(`select count(*) from signup where cancel_cause = 'event'`)
	told := o.Count(`select count(*) from river_job where kind = 'mail' and args ->> 'kind' = 'event_cancelled'`)
	once := o.Count(`select count(distinct args -> 'subject_id') from river_job where args ->> 'kind' = 'event_cancelled'`)
	if signed < 8 || told != signed || once != signed {
		t.Errorf("%d were in, %d told, %d of them once", signed, told, once)
	}
	if n := o.Count(`select count(*) from audit where verb = 'event.cancel'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
	if mail := o.Mail("event_cancelled", "v0@shtab.test"); !strings.Contains(mail, "Боран") {
		t.Errorf("the mail says %s", mail)
	}
	want(t, o.mine.Get(path), http.StatusSeeOther)
	want(t, people[9].Get(portaltest.Path("/ru/events/%d", id)), http.StatusOK, "Буран")
}

// A draft is deleted from its page, and only a draft.
func TestDeletePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	draft := made(t, o.mine.Post("/ru/desk/events/new", with(o.whole(), "op", "")))
	want(t, o.mine.Get(portaltest.Path("/ru/desk/events/%d", draft)), http.StatusOK, "Удалить черновик")
	for range 2 {
		want(t, o.mine.Post(portaltest.Path("/ru/desk/events/%d/delete", draft), nil), http.StatusSeeOther)
	}
	id := o.published()
	want(t, o.mine.Post(portaltest.Path("/ru/desk/events/%d/delete", id), nil), http.StatusSeeOther)
	if o.Count(`select count(*) from event where id = $1`, draft) != 0 || o.Count(`select count(*) from event where id = $1`, id) != 1 {
		t.Error("the wrong one is gone")
	}
}

// Another organisation's event is not there, whatever is asked of it, and stays as it is.
func TestForeignSeries(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.published()
	before := o.Count(`select count(*) from event`)
	o.Exec(`update event set updated_at = '2020-01-01' where id = $1`, id)
	form := url.Values{
		"key": {"k"}, "version": {"2"}, "weeks": {"1"}, "weekday": {"1", "2", "3"}, "until": {day(30)}, "day": {day(12)}, "op": {"draft"},
		"reason_kk": {"Боран"}, "reason_ru": {"Буран"},
	}
	for _, deed := range []string{"duplicate", "repeat", "cancel", "delete"} {
		path := portaltest.Path("/ru/desk/events/%d/%s", id, deed)
		want(t, o.theirs.Post(path, form), http.StatusNotFound)
		if deed == "repeat" || deed == "cancel" {
			want(t, o.theirs.Get(path), http.StatusNotFound)
		}
	}
	for _, q := range []string{"", portaltest.Path("?org=%d", o.Org), "?series=1", "?q=%D0%BF%D0%BE%D1%81"} {
		if strings.Contains(want(t, o.theirs.Get("/ru/desk/events"+q), http.StatusOK).Body, "Посадка") {
			t.Errorf("%s shows another organisation's event", q)
		}
	}
	if o.Count(`select count(*) from event`) != before || o.Count(`select count(*) from event where id = $1 and state = 'published' and updated_at = '2020-01-01'`, id) != 1 {
		t.Error("something has changed")
	}
	// Nor by a co-host's coordinator, who runs it but does not host it.
	o.Exec(`insert into event_cohost values ($1, $2)`, id, o.other)
	want(t, o.theirs.Post(portaltest.Path("/ru/desk/events/%d/duplicate", id), form), http.StatusNotFound)
	want(t, o.theirs.Post(portaltest.Path("/ru/desk/events/%d/repeat", id), form), http.StatusNotFound)
	want(t, o.theirs.Get(portaltest.Path("/ru/desk/events/%d/cancel", id)), http.StatusOK)
	if strings.Contains(want(t, o.theirs.Get(portaltest.Path("/ru/desk/events/%d", id)), http.StatusOK).Body, "Сделать копию") {
		t.Error("a co-host is offered what it may not do")
	}
}

// The home page says what is today, what waits and what comes, each where it belongs.
func TestDeskHome(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	want(t, o.mine.Get("/ru/desk"), http.StatusOK, "Здесь начинается ваш день")
	at := func(title, state string, from, to time.Duration) {
		now := time.Now()
		o.Exec(`with e as (insert into event (campaign_id, org_id, state, title, starts_at, ends_at, created_at, updated_at, published_at)
			values ($1, $2, $3, jsonb_build_object('ru', $4::text), $5, $6, now(), now(), now()) returning *)
			insert into shift (event_id, starts_at, ends_at, capacity) select id, starts_at, ends_at, 5 from e where state <> 'draft'`,
			o.Campaign, o.Org, state, title, now.Add(from), now.Add(to))
	}
	at("Идёт сейчас", "published", -time.Minute, time.Minute)
	at("Прошло", "published", -50*time.Hour, -49*time.Hour)
	at("Будет", "published", 50*time.Hour, 51*time.Hour)
	at("Пишется", "draft", 50*time.Hour, 51*time.Hour)
	at("Отменено", "cancelled", 50*time.Hour, 51*time.Hour)
	o.Exec(`update event set returned = 'Уточните адрес', returned_at = now() where state = 'draft'`)
	body := want(t, o.mine.Get("/ru/desk"), http.StatusOK, "Уточните адрес").Body
	last := -1
	for _, part := range []string{"Сегодня", "Идёт сейчас", "Подтвердите часы", "Прошло", "Черновики и проверка", "Пишется", "Впереди", "Будет"} {
		i := strings.Index(body, part)
		if i < last || i < 0 {
			t.Errorf("%q stands at %d, after %d", part, i, last)
		}
		last = i
	}
	if strings.Contains(body, "Отменено") {
		t.Error("what is cancelled still waits")
	}
	if strings.Contains(want(t, o.theirs.Get("/ru/desk"), http.StatusOK).Body, "Будет") {
		t.Error("shows another organisation's events")
	}
	for stage, title := range map[string]string{"draft": "Пишется", "ahead": "Будет", "unclosed": "Прошло", "cancelled": "Отменено", "review": "Ничего", "closed": "Ничего"} {
		body := want(t, o.mine.Get("/ru/desk/events?stage="+stage), http.StatusOK).Body
		if !strings.Contains(body, title) {
			t.Errorf("%s does not show %q", stage, title)
		}
	}
	found := want(t, o.mine.Get("/ru/desk/events?from="+day(-3)+"&to="+day(-1)), http.StatusOK).Body
	if !strings.Contains(found, "Прошло") || strings.Contains(found, "Будет") {
		t.Error("the period does not narrow the list")
	}
}

// A list longer than a page goes on on the next one, each event once.
func TestDeskPages(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.Exec(`insert into event (campaign_id, org_id, state, title, starts_at, ends_at, created_at, updated_at, published_at)
		select $1, $2, 'published', jsonb_build_object('ru', 'Событие-' || i || '-'), now() + make_interval(hours => i), now() + make_interval(hours => i + 1), now(), now(), now()
		from generate_series(1, 120) i`, o.Campaign, o.Org)
	seen := map[string]int{}
	next := "/ru/desk/events"
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("the list does not end")
		}
		body := want(t, o.mine.Get(next), http.StatusOK).Body
		for _, m := range regexp.MustCompile(`Событие-\d+-`).FindAllString(body, -1) {
			seen[m]++
		}
		next = ""
		if m := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body); m != nil {
			next = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 events seen", len(seen))
	}
}
