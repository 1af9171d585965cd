package events_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"

	"shtab/web/portal/portaltest"
)

// office is the desk with what these tests fill in.
type office struct{ *portaltest.Desk }

func newOffice(t *testing.T, with ...portaltest.Option) *office {
	t.Helper()
	return &office{portaltest.StartDesk(t, with...)}
}

// fields are what a browser would send of the event's form in a page.
func fields(t *testing.T, body string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	at := func(n *html.Node, name string) (value string, ok bool) {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val, true
			}
		}
		return "", false
	}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		if action, _ := at(n, "action"); n.Type == html.ElementNode && n.Data == "form" {
			inside = strings.Contains(action, "/desk/events/")
		}
		name, named := at(n, "name")
		if inside && named && n.Type == html.ElementNode {
			switch n.Data {
			case "input":
				value, _ := at(n, "value")
				if kind, _ := at(n, "type"); kind == "checkbox" {
					if _, on := at(n, "checked"); !on {
						break
					}
				}
				form.Add(name, value)
			case "textarea":
				text := ""
				if n.FirstChild != nil {
					text = n.FirstChild.Data
				}
				form.Add(name, strings.ReplaceAll(text, "\n", "\r\n"))
			case "select":
				value := ""
				for o := n.FirstChild; o != nil; o = o.NextSibling {
					if _, on := at(o, "selected"); on && o.Data == "option" {
						value, _ = at(o, "value")
					}
				}
				form.Add(name, value)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c, inside)
		}
	}
	walk(doc, false)
	return form
}

func with(form url.Values, pairs ...string) url.Values {
	next := url.Values{}
	for k, v := range form {
		next[k] = slices.Clone(v)
	}
	for i := 0; i < len(pairs); i += 2 {
		next.Set(pairs[i], pairs[i+1])
	}
	return next
}

// day is a day so many from now, as the form takes it.
func day(in int) string { return portaltest.Date(in) }

// whole is a form that can be published.
func (o *office) whole() url.Values {
	return url.Values{
		"key": {rand.Text()}, "org": {fmt.Sprint(o.Org)}, "campaign": {fmt.Sprint(o.Campaign)},
		"title_kk": {"Ағаш егу"}, "title_ru": {"Посадка"}, "summary_kk": {"Екеміз"}, "summary_ru": {"Сажаем"},
		"place_kk": {"Саябақ"}, "place_ru": {"Парк"}, "district": {"yesil"}, "cutoff_minutes": {"180"},
		"shift[0].day": {day(5)}, "shift[0].from": {"10:00"}, "shift[0].to": {"13:00"}, "shift[0].capacity": {"20"},
	}
}

func want(t *testing.T, a portaltest.Answer, status int, parts ...string) portaltest.Answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("%d, not %d: %s", a.Status, status, a.Body[:min(len(a.Body), 300)])
	}
	for _, p := range parts {
		if !strings.Contains(a.Body, p) {
			t.Errorf("the page does not say %q", p)
		}
	}
	return a
}

// made is the id of the event to which a saved form leads.
func made(t *testing.T, a portaltest.Answer) (id int64) {
	t.Helper()
	want(t, a, http.StatusSeeOther)
	if _, err := fmt.Sscanf(a.Header.Get("Location"), "/ru/desk/events/%d", &id); err != nil {
		t.Fatalf("leads to %q", a.Header.Get("Location"))
	}
	return id
}

// The simple case: one form, one button, and everybody sees it.
func TestPublishFromTheForm(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := fields(t, want(t, o.Mine.Get("/ru/desk/events/new"), 200, "Новое событие").Body)
	if form.Get("org") != fmt.Sprint(o.Org) || form.Get("key") == "" {
		t.Errorf("%v", form)
	}
	for k, v := range o.whole() {
		if k != "key" {
			form[k] = v
		}
	}
	form.Set("op", "publish")
	id := made(t, o.Mine.Post("/ru/desk/events/new", form))
	if again := made(t, o.Mine.Post("/ru/desk/events/new", form)); again != id {
		t.Errorf("sent twice it made %d and %d", id, again)
	}
	want(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d", id)), 200, "Опубликовано", "0 / 20")
	want(t, o.Browser().Get(portaltest.Path("/ru/events/%d", id)), 200, "Посадка", "Участвую")
	if n := o.Count(`select count(*) from event`); n != 1 {
		t.Errorf("%d events", n)
	}
}

// A draft may hold little; what it needs is a list of links to its fields.
func TestDraftBecomesAnEvent(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := url.Values{
		"org": {fmt.Sprint(o.Org)}, "campaign": {fmt.Sprint(o.Campaign)}, "title_ru": {"Субботник"},
		"shift[0].from": {"10:00"}, "op": {"save"},
	}
	id := made(t, o.Mine.Post("/ru/desk/events/new", form))
	path := portaltest.Path("/ru/desk/events/%d", id)
	want(t, o.Mine.Get(path), 200, "Черновик", "Для публикации не хватает", path+"/edit#f-title_kk",
		path+"/edit#f-shift[0].day")
	want(t, o.Mine.Post(path+"/publish", url.Values{}), 422, "Для публикации не хватает")
	// The preview is the public page; nobody else sees it.
	want(t, o.Mine.Get(portaltest.Path("/ru/events/%d", id)), 200, "Так увидят событие все", "Субботник")
	want(t, o.Browser().Get(portaltest.Path("/ru/events/%d", id)), 404)
	want(t, o.Theirs.Get(portaltest.Path("/ru/events/%d", id)), 404)
	// The form with the button "publish" names each field and saves nothing.
	edit := fields(t, want(t, o.Mine.Get(path+"/edit"), 200).Body)
	if edit.Get("shift[0].from") != "10:00" || edit.Get("title_ru") != "Субботник" {
		t.Errorf("%v", edit)
	}
	a := want(t, o.Mine.Post(path+"/edit", with(edit, "op", "publish", "title_ru", "Другое")), 422,
		`href="#f-title_kk"`, `href="#f-shift[0].day"`, "Другое")
	if o.Count(`select count(*) from event where title ->> 'ru' = 'Другое'`) != 0 {
		t.Error("a form with problems was saved")
	}
	edit = fields(t, a.Body)
	for k, v := range o.whole() {
		edit[k] = v
	}
	made(t, o.Mine.Post(path+"/edit", with(edit, "op", "save")))
	want(t, o.Mine.Get(portaltest.Path("/ru/events/%d", id)), 200, "Посадка", "disabled", "Участвую")
	want(t, o.Mine.Get(path), 200, "Всё готово")
	want(t, o.Mine.Post(path+"/publish", url.Values{"version": {"1"}}), 409, "Пока вы работали, событие изменили")
	made(t, o.Mine.Post(path+"/publish", url.Values{"version": {"2"}}))
	made(t, o.Mine.Post(path+"/publish", url.Values{"version": {"2"}}))
	if n := o.Count(`select count(*) from audit where verb = 'event.publish'`); n != 1 {
		t.Errorf("%d times in the audit", n)
	}
	want(t, o.Browser().Get(portaltest.Path("/ru/events/%d", id)), 200, "Участвую")
}

func TestUntrustedGoToReview(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := with(o.whole(), "org", fmt.Sprint(o.Other), "op", "publish")
	id := made(t, o.Theirs.Post("/ru/desk/events/new", form))
	want(t, o.Theirs.Get(portaltest.Path("/ru/desk/events/%d", id)), 200, "На проверке в штабе")
	want(t, o.Browser().Get(portaltest.Path("/ru/events/%d", id)), 404)
	want(t, o.Theirs.Get(portaltest.Path("/ru/desk/events/%d/edit", id)), 200)
	if s := o.Count(`select count(*) from event where state = 'review' and submitted_at is not null`); s != 1 {
		t.Error("not under review")
	}
	// Staff open the same pages and may publish it themselves.
	want(t, o.Staff.Get(portaltest.Path("/ru/desk/events/%d", id)), 200, "На проверке в штабе")
	made(t, o.Staff.Post(portaltest.Path("/ru/desk/events/%d/publish", id), url.Values{}))
	want(t, o.Browser().Get(portaltest.Path("/ru/events/%d", id)), 200)
}

// Without scripts a row more is a button, and everything that was typed stays.
func TestAddShiftKeepsAll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := with(o.whole(), "title_en", "Trees", "body_kk", "Бірінші\r\n- екінші", "body_ru", "Первое\r\n- второе",
		"bring_ru", "Перчатки", "bring_kk", "Қолғап",
		"needs_kk", "Курс", "needs_ru", "Курс", "point", "51.12, 71.43", "contact_name", "Айгүл", "contact_phone",
		"+7 700 000 00 00",
		"adults_only", "hazard", "min_age", "21", "opens_day", day(1), "opens_hour", "09:00", "closes_day", day(4),
		"closes_hour", "18:00",
		"shift[0].title_kk", "Таң", "shift[0].title_ru", "Утро", "shift[0].min_age", "21")
	form["cohosts"] = []string{fmt.Sprint(o.HQ), fmt.Sprint(o.Other)}
	slices.Sort(form["cohosts"])
	got := fields(t, want(t, o.Mine.Post("/ru/desk/events/new", with(form, "op", "add_shift")), 200, "Смена 2",
		"Никто младше 21").Body)
	for k, v := range form {
		if !slices.Equal(got[k], v) {
			t.Errorf("%s: %q, not %q", k, got[k], v)
		}
	}
	if got.Get("shift[1].day") != day(5) || got.Get("shift[1].from") != "13:00" ||
		got.Get("shift[1].capacity") != "20" {
		t.Errorf("the new row: %v", got)
	}
	got.Set("shift[1].to", "15:00")
	// Away with the first: the second is the first then.
	less := fields(t, want(t, o.Mine.Post("/ru/desk/events/new", with(got, "op", "remove_shift 0")), 200).Body)
	if less.Has("shift[1].day") || less.Get("shift[0].from") != "13:00" || less.Get("shift[0].to") != "15:00" ||
		less.Get("body_ru") != "Первое\r\n- второе" {
		t.Errorf("%v", less)
	}
	if n := o.Count(`select count(*) from event`); n != 0 {
		t.Error("a button that only adds a row saved something")
	}
	// All of it survives being saved, too.
	id := made(t, o.Mine.Post("/ru/desk/events/new", with(form, "op", "save")))
	saved := fields(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d/edit", id)).Body)
	for k, v := range form {
		if k != "key" && !slices.Equal(saved[k], v) {
			t.Errorf("saved %s: %q, not %q", k, saved[k], v)
		}
	}
	want(t, o.Mine.Get(portaltest.Path("/ru/events/%d", id)), 200, "Что нужно уметь", "Курс", "Перчатки")
}

// Each id of somebody else's, in the path, the body or a hidden field, is missing or refused, and
// nothing is written.
func TestForeignIDs(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "save")))
	live := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "publish")))
	_, foreignShift := o.Event(o.World, 72*time.Hour, 3)
	path, livePath := portaltest.Path("/ru/desk/events/%d", id), portaltest.Path("/ru/desk/events/%d", live)
	snapshot := func() string {
		var s string
		o.Scan(
			`select string_agg(e::text || (select string_agg(s::text, ',' order by s.id) from shift s
				where s.event_id = e.id), ';' order by e.id) || (select count(*) from event) || (select count(*)
					from audit) || (select count(*) from event_cohost)
			from event e`, nil, &s)
		return s
	}
	before := snapshot()
	form, liveForm := fields(t, o.Mine.Get(path+"/edit").Body), fields(t, o.Mine.Get(livePath+"/edit").Body)
	mineForm := o.whole()
	for name, c := range map[string]struct {
		a    portaltest.Answer
		want int
	}{
		"overview":             {o.Theirs.Get(path), 404},
		"form":                 {o.Theirs.Get(path + "/edit"), 404},
		"save":                 {o.Theirs.Post(path+"/edit", form), 404},
		"add a row":            {o.Theirs.Post(path+"/edit", with(form, "op", "add_shift")), 404},
		"publish":              {o.Theirs.Post(path+"/publish", url.Values{}), 404},
		"save a published one": {o.Theirs.Post(livePath+"/edit", liveForm), 404},
		"no such event":        {o.Mine.Post("/ru/desk/events/999999/edit", form), 404},
		"host of a new one": {o.Mine.Post("/ru/desk/events/new",
			with(mineForm, "org", fmt.Sprint(o.Other), "op", "save")), 404},
		"host that is no number": {o.Mine.Post("/ru/desk/events/new", with(mineForm, "org", "x", "op", "save")), 404},
		"host of a draft": {
			o.Mine.Post(path+"/edit", with(form, "org", fmt.Sprint(o.Other), "op", "save")),
			404,
		},
		"campaign of a new one": {o.Mine.Post("/ru/desk/events/new",
			with(mineForm, "campaign", fmt.Sprint(o.OtherCampaign), "op", "save")), 422},
		"campaign of a draft": {o.Mine.Post(path+"/edit",
			with(form, "campaign", fmt.Sprint(o.OtherCampaign), "op", "save")), 422},
		"campaign, published": {o.Mine.Post(livePath+"/edit",
			with(liveForm, "campaign", fmt.Sprint(o.OtherCampaign), "op", "save")), 422},
		"co-host that is none": {o.Mine.Post(path+"/edit", with(form, "cohosts", "999999", "op", "save")), 404},
		"co-host, published": {
			o.Mine.Post(livePath+"/edit", with(liveForm, "cohosts", "999999", "op", "save")),
			404,
		},
		"another event's shift": {o.Mine.Post(livePath+"/edit",
			with(liveForm, "shift[0].id", fmt.Sprint(foreignShift), "op", "save")), 404},
		"a shift, confirmed": {o.Mine.Post(livePath+"/edit",
			with(liveForm, "shift[0].id", fmt.Sprint(foreignShift), "op", "confirm")), 404},
		"another event's id": {o.Theirs.Get(livePath), 404},
	} {
		t.Run(name, func(t *testing.T) {
			if c.a.Status != c.want {
				t.Errorf("%d, not %d", c.a.Status, c.want)
			}
		})
	}
	if after := snapshot(); after != before {
		t.Errorf("something was written:\n%s\n%s", before, after)
	}
	// A published event's host is not the form's to say.
	made(t, o.Mine.Post(livePath+"/edit", with(liveForm, "org", fmt.Sprint(o.Other), "op", "save")))
	if o.Count(`select count(*) from event where org_id = $1`, o.Other) != 0 {
		t.Error("a published event changed hands")
	}
}

// Two people have the form open: the second sees what the first has changed, and loses nothing.
func TestTwoEdit(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"save", "publish"} {
		o := newOffice(t)
		id := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", op)))
		path := portaltest.Path("/ru/desk/events/%d", id)
		first, second := fields(t, o.Mine.Get(path+"/edit").Body), fields(t, o.Staff.Get(path+"/edit").Body)
		made(t, o.Mine.Post(path+"/edit", with(first, "op", "save", "summary_ru", "Первый", "body_kk", "Мәтін",
			"body_ru", "Текст")))

		a := want(t, o.Staff.Post(path+"/edit",
			with(second, "op", "save", "summary_ru", "Второй", "contact_name", "Ержан")), 409,
			"Пока вы писали, событие изменил кто-то другой", "изменили оба", "взято", "Первый", "Второй",
			"Сохранить моё поверх")
		merged := fields(t, a.Body)
		for name, value := range map[string]string{
			"summary_ru": "Второй", "body_ru": "Текст", "body_kk": "Мәтін",
			"contact_name": "Ержан",
		} {
			if merged.Get(name) != value {
				t.Errorf("%s: %s is %q, not %q", op, name, merged.Get(name), value)
			}
		}
		if n := o.Count(
			`select count(*) from event where id = $1 and summary ->> 'ru' = 'Первый' and contact_name = ''`,
			id); n != 1 {
			t.Errorf("%s: overwritten", op)
		}
		merged.Set("point", "51.12;71.43") // as nobody would write it back
		made(t, o.Staff.Post(path+"/edit", with(merged, "op", "save")))
		made(t, o.Staff.Post(path+"/edit", with(merged, "op", "save"))) // twice: it is so already
		if n := o.Count(
			`select count(*) from event where id = $1 and summary ->> 'ru' = 'Второй' and contact_name = 'Ержан'
				and body ->> 'ru' = 'Текст'`, id); n != 1 {
			t.Errorf("%s: not saved over it", op)
		}
	}
}

// Ten people save at once: one is first, the others are shown that.
func TestManyEditAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "publish")))
	path := portaltest.Path("/ru/desk/events/%d/edit", id)
	form := fields(t, o.Mine.Get(path).Body)
	var all sync.WaitGroup
	answers := make([]int, 10)
	for i := range answers {
		all.Go(func() {
			a, err := o.Mine.Try(http.MethodPost, path,
				with(form, "op", "save", "contact_name", fmt.Sprint("Айгүл ", i)))
			if err != nil {
				t.Error(err)
			}
			answers[i] = a.Status
		})
	}
	all.Wait()
	saved := 0
	for _, s := range answers {
		if s == 303 {
			saved++
		} else if s != 409 {
			t.Errorf("answered %d", s)
		}
	}
	if v := o.Count(`select version from event where id = $1`, id); saved != 1 || v != 3 {
		t.Errorf("%d saved, version %d", saved, v)
	}
}

// A change of a published event shows first what it does to those who are in; the second button
// does it.
func TestConfirmAChange(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "publish")))
	path := portaltest.Path("/ru/desk/events/%d/edit", id)
	shift := o.Count(`select id from shift where event_id = $1`, id)
	adult, child := o.Person("adult@shtab.test", 30), o.Person("child@shtab.test", 17)
	for _, who := range []int64{adult, child} {
		made := o.As(who).Post(portaltest.Path("/ru/shifts/%d/signup", int64(shift)), url.Values{})
		want(t, made, 303)
	}
	o.Exec(`update person set given_name = 'Ержан', family_name = 'Жасов' where id = $1`, child)
	form := with(fields(t, o.Mine.Get(path).Body), "op", "save", "min_age", "18", "shift[0].from", "11:00",
		"summary_ru", "Новое")
	a := want(t, o.Mine.Post(path, form), 200, "Посмотрите, прежде чем сохранить",
		"О новом времени напишем 1 человеку", "Эти люди потеряют место", "Ержан Жасов")
	if n := o.Count(`select count(*) from signup where state = 'cancelled'`) + o.Count(
		`select count(*) from event where min_age = 18`); n != 0 {
		t.Fatal("done before it was looked at")
	}
	confirm := fields(t, a.Body)
	// Back to the form: everything is there.
	back := fields(t, want(t, o.Mine.Post(path, with(confirm, "op", "look")), 200).Body)
	if back.Get("min_age") != "18" || back.Get("summary_ru") != "Новое" || back.Get("shift[0].from") != "11:00" {
		t.Errorf("%v", back)
	}
	// Somebody joins in between who would lose the place too: shown again.
	another := o.Person("another@shtab.test", 17)
	want(t, o.As(another).Post(portaltest.Path("/ru/shifts/%d/signup", int64(shift)), url.Values{}), 303)
	a = want(t, o.Mine.Post(path, with(confirm, "op", "confirm")), 409, "Изменение коснулось ещё кого-то")
	confirm = fields(t, a.Body)
	made(t, o.Mine.Post(path, with(confirm, "op", "confirm")))
	made(t, o.Mine.Post(path, with(confirm, "op", "confirm"))) // pressed twice
	if n := o.Count(`select count(*) from signup where state = 'cancelled' and person_id = any($1)`,
		[]int64{child, another}); n != 2 {
		t.Errorf("%d lost their place", n)
	}
	if n := o.Count(
		`select count(*) from river_job where kind = 'mail' and args ->> 'kind' = 'event_changed'`); n != 1 {
		t.Errorf("%d were told", n)
	}
	if n := o.Count(`select count(*) from audit where verb = 'event.change'`); n != 1 {
		t.Errorf("%d times in the audit", n)
	}
}

// Fewer places than are taken need a choice: as many as are taken, or people removed first.
func TestFewerPlacesNeedAChoice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := made(t, o.Mine.Post("/ru/desk/events/new", with(o.whole(), "op", "publish")))
	path := portaltest.Path("/ru/desk/events/%d/edit", id)
	shift := o.Count(`select id from shift where event_id = $1`, id)
	for i := range 3 {
		want(t, o.As(o.Person(fmt.Sprint(i, "@shtab.test"), 30)).
			Post(portaltest.Path("/ru/shifts/%d/signup", int64(shift)), url.Values{}), 303)
	}
	form := with(fields(t, o.Mine.Get(path).Body), "op", "save", "shift[0].capacity", "1", "summary_ru", "Новое")
	a := want(t, o.Mine.Post(path, form), 409, "Мест меньше, чем уже занято", "keep 0 3",
		portaltest.Path("/ru/desk/events/%d/roster", id))
	kept := fields(t, want(t, o.Mine.Post(path, with(fields(t, a.Body), "op", "keep 0 3")), 200).Body)
	if kept.Get("shift[0].capacity") != "3" || kept.Get("summary_ru") != "Новое" {
		t.Errorf("%v", kept)
	}
	// Nor does a row go in which somebody is.
	more := fields(t, want(t, o.Mine.Post(path, with(kept, "op", "add_shift")), 200).Body)
	less := want(t, o.Mine.Post(path, with(more, "op", "remove_shift 0")), 422, "В этой смене есть люди")
	if f := fields(t, less.Body); f.Get("shift[1].id") != fmt.Sprint(shift) {
		t.Errorf("%v", f)
	}
	made(t, o.Mine.Post(path, with(kept, "op", "save")))
	if n := o.Count(`select count(*) from signup where state = 'confirmed'`); n != 3 ||
		o.Count(`select capacity from shift where id = $1`, shift) != 3 {
		t.Errorf("%d confirmed", n)
	}
}

// What can no longer be changed says so.
func TestOverIsOver(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id, _ := o.Event(o.World, -72*time.Hour, 3)
	want(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d", id)), 200, "Прошло")
	want(t, o.Mine.Get(portaltest.Path("/ru/desk/events/%d/edit", id)), 409)
	want(t, o.Mine.Post(portaltest.Path("/ru/desk/events/%d/edit", id), o.whole()), 409)
}

// After the browser's way back, a form that has made its event already and says something else
// now is shown beside it.
func TestBackToANewForm(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	form := with(o.whole(), "op", "save")
	id := made(t, o.Mine.Post("/ru/desk/events/new", form))
	a := want(t, o.Mine.Post("/ru/desk/events/new", with(form, "title_ru", "Другое")), 409, "Посадка", "Другое",
		"Сохранить моё поверх", portaltest.Path("/ru/desk/events/%d/edit", id))
	if n := o.Count(`select count(*) from event where title ->> 'ru' = 'Посадка'`); n != 1 ||
		o.Count(`select count(*) from event`) != 1 {
		t.Error("written")
	}
	if again := made(t, o.Mine.Post(portaltest.Path("/ru/desk/events/%d/edit", id),
		with(fields(t, a.Body), "op", "save"))); again != id {
		t.Errorf("saved as %d, not %d", again, id)
	}
	if n := o.Count(`select count(*) from event where title ->> 'ru' = 'Другое'`); n != 1 {
		t.Error("not saved over it")
	}
}
