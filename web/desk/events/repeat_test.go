package events_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"shtab/web/portal/portaltest"
)

// published is an event that has been through the form.
func (o *office) published() int64 {
	o.T.Helper()
	return made(o.T.(*testing.T), o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "publish")))
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
	key := hidden(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d", id)).Body, "key")
	copyOf := portaltest.Path("/ru/desk/events/%d/duplicate", id)
	first := o.Mine.Post(copyOf, url.Values{"key": {key}})
	again := o.Mine.Post(copyOf, url.Values{"key": {key}})
	duplicate := made(t, first)
	if made(t, again) != duplicate || o.Count(`select count(*) from event`) != 2 {
		t.Error("sent twice it makes two")
	}
	at, _, _ := strings.Cut(first.Header.Get("Location"), "#")
	form := fields(t, want(t, o.Mine.Get(at), http.StatusOK, "Ағаш егу", "Посадка").Body)
	if form.Get("shift[0].day") != "" || form.Get("shift[0].from") != "10:00" ||
		form.Get("shift[0].capacity") != "20" {
		t.Errorf("the form holds %v", form)
	}
	want(t, o.Mine.Post(at, with(form, "shift[0].day", day(12), "op", "publish")), http.StatusSeeOther)
	if o.Count(
		`select count(*) from event where id = $1 and state = 'published' and starts_at > now() + interval '10 days'`,
		duplicate) != 1 {
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
	page := want(t, o.Mine.Get(path), http.StatusOK, "10:00–13:00", "Опубликовать отмеченные")
	form := fields(t, page.Body)
	days := regexp.MustCompile(`id="day-([0-9-]+)" name="day" value="[0-9-]+" checked`).
		FindAllStringSubmatch(page.Body, -1)
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
		a := want(t, o.Mine.Post(path, form), http.StatusSeeOther)
		if list := want(t, o.Mine.Get(a.Header.Get("Location")), http.StatusOK).
			Body; strings.Count(list, `class="line card"`) != 7 {
			t.Errorf("%d events in the series' list", strings.Count(list, `class="line card"`))
		}
	}
	if n := o.Count(`select count(*) from event where state = 'published'`); n != 7 {
		t.Errorf("%d events", n)
	}
	// What is there already is marked and not ticked.
	page = want(t, o.Mine.Get(path), http.StatusOK, "уже есть такое событие")
	// the weekday, and the day left out
	if n := strings.Count(page.Body, `name="day"`); n != 7 || strings.Count(page.Body, " checked") != 2 {
		t.Errorf("%d days, %d boxes ticked", n, strings.Count(page.Body, " checked"))
	}
	// A pattern that makes no sense keeps what was chosen.
	want(t, o.Mine.Get(path+"?weeks=2&weekday=2&weekday=4&until="+day(900)), http.StatusUnprocessableEntity,
		"год вперёд", `value="`+day(900)+`"`)
	want(t, o.Mine.Get(path+"?weeks=1&until="+day(30)), http.StatusUnprocessableEntity, "день недели")
	want(t, o.Mine.Post(path, with(form, "day", "2020-01-01", "key", "x")), http.StatusUnprocessableEntity)
	// Somebody has changed it meanwhile.
	o.Exec(`update event set version = version + 1 where id = $1`, id)
	want(t, o.Mine.Post(path, with(form, "key", "y")), http.StatusConflict, "ничего не сделано")
	// A host that is not trusted gets drafts.
	o.Exec(`update org set state = 'active' where id = $1`, o.Org)
	if strings.Contains(want(t, o.Mine.Get(path), http.StatusOK).Body, "Опубликовать отмеченные") {
		t.Error("publishes past the review")
	}
	form.Set("version", hidden(t, o.Mine.Get(path).Body, "version"))
	want(t, o.Mine.Post(path, with(form, "key", "z")), http.StatusConflict)
	want(t, o.Mine.Post(path, with(form, "key", "z", "op", "draft")), http.StatusSeeOther)
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
	want(t, o.Mine.Get(path), http.StatusOK, "Напишем 8 людям")
	want(t, o.Mine.Post(path, url.Values{"reason_kk": {"Боран"}, "reason_ru": {" "}}), http.StatusUnprocessableEntity,
		"Боран")
	if o.Count(`select count(*) from event where state = 'cancelled'`) != 0 {
		t.Fatal("cancelled without words")
	}
	var wg sync.WaitGroup
	for _, p := range people[8:] {
		wg.Go(func() { _, _ = p.Try(http.MethodPost, in, url.Values{}) })
	}
	for range 2 {
		wg.Go(func() {
			_, _ = o.Mine.Try(http.MethodPost, path, url.Values{"reason_kk": {"Боран"}, "reason_ru": {"Буран"}})
		})
	}
	wg.Wait()
	if n := o.Count(`select count(*) from signup where state <> 'cancelled'`); n != 0 {
		t.Errorf("%d are still in", n)
	}
	signed := o.Count(`select count(*) from signup where cancel_cause = 'event'`)
	told := o.Count(`select count(*) from river_job where kind = 'mail' and args ->> 'kind' = 'event_cancelled'`)
	once := o.Count(
		`select count(distinct args -> 'subject_id') from river_job where args ->> 'kind' = 'event_cancelled'`)
	if signed < 8 || told != signed || once != signed {
		t.Errorf("%d were in, %d told, %d of them once", signed, told, once)
	}
	if n := o.Count(`select count(*) from audit where verb = 'event.cancel'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
	if mail := o.Mail("event_cancelled", "v0@shtab.test"); !strings.Contains(mail, "Боран") {
		t.Errorf("the mail says %s", mail)
	}
	want(t, o.Mine.Get(path), http.StatusSeeOther)
	want(t, people[9].Get(portaltest.Path("/ru/events/%d", id)), http.StatusOK, "Буран")
}

// A draft is deleted from its page, and only a draft.
func TestDeletePage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	draft := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "")))
	want(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d", draft)), http.StatusOK, "Удалить черновик")
	for range 2 {
		want(t, o.Mine.Post(portaltest.Path("/ru/desk/events/%d/delete", draft), nil), http.StatusSeeOther)
	}
	id := o.published()
	want(t, o.Mine.Post(portaltest.Path("/ru/desk/events/%d/delete", id), nil), http.StatusSeeOther)
	if o.Count(`select count(*) from event where id = $1`, draft) != 0 ||
		o.Count(`select count(*) from event where id = $1`, id) != 1 {
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
		"key": {"k"}, "version": {"2"}, "weeks": {"1"}, "weekday": {"1", "2", "3"}, "until": {day(30)},
		"day": {day(12)}, "op": {"draft"},
		"reason_kk": {"Боран"}, "reason_ru": {"Буран"},
	}
	for _, action := range []string{"duplicate", "repeat", "cancel", "delete"} {
		path := portaltest.Path("/ru/desk/events/%d/%s", id, action)
		want(t, o.Theirs.Post(path, form), http.StatusNotFound)
		if action == "repeat" || action == "cancel" {
			want(t, o.Theirs.Get(path), http.StatusNotFound)
		}
	}
	for _, q := range []string{"", portaltest.Path("?org=%d", o.Org), "?series=1", "?q=%D0%BF%D0%BE%D1%81"} {
		if strings.Contains(want(t, o.Theirs.Get("/ru/desk/events"+q), http.StatusOK).Body, "Посадка") {
			t.Errorf("%s shows another organisation's event", q)
		}
	}
	if o.Count(`select count(*) from event`) != before ||
		o.Count(`select count(*) from event where id = $1 and state = 'published' and updated_at = '2020-01-01'`,
			id) != 1 {
		t.Error("something has changed")
	}
	// Nor by a co-host's coordinator, who runs it but does not host it.
	o.Exec(`insert into event_cohost values ($1, $2)`, id, o.Other)
	want(t, o.Theirs.Post(portaltest.Path("/ru/desk/events/%d/duplicate", id), form), http.StatusNotFound)
	want(t, o.Theirs.Post(portaltest.Path("/ru/desk/events/%d/repeat", id), form), http.StatusNotFound)
	want(t, o.Theirs.Get(portaltest.Path("/ru/desk/events/%d/cancel", id)), http.StatusOK)
	if strings.Contains(want(t, o.Theirs.Get(portaltest.Path("/ru/desk/events/%d", id)), http.StatusOK).
		Body, "Сделать копию") {
		t.Error("a co-host is offered what it may not do")
	}
}
