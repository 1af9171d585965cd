package hq_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// entry is a form of the register that is whole.
func entry(change ...string) url.Values {
	v := url.Values{
		"key": {"k1"}, "kind": {"ngo"}, "name_kk": {"Қамқор жүрек"}, "name_ru": {"Доброе сердце"}, "email": {"heart@shtab.test"},
		"joined_on": {"2024-05-01"}, "documents": {"Свидетельство № 12-345 от 01.02.2020"},
	}
	for i := 0; i < len(change); i += 2 {
		v.Set(change[i], change[i+1])
	}
	return v
}

// Whoever has an account applies for an organisation; the headquarters returns it with words, sees
// what was corrected, and takes it in: the applicant acts for it.
func TestApply(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	who := r.As(r.Person("new@shtab.test", 25))
	other := r.As(r.Person("other@shtab.test", 25))
	const apply = "/ru/organizations/apply"
	if a := r.Browser().Get(apply); a.Status != http.StatusSeeOther {
		t.Errorf("a visitor gets %d", a.Status)
	}
	want(t, who.Post(apply, entry("kind", "headquarters", "email", "")), http.StatusUnprocessableEntity, "Выберите вид организации.")
	for range 2 {
		want(t, who.Post(apply, entry()), http.StatusSeeOther)
	}
	id := r.Count(`select id from org where state = 'applied' and applied_by is not null`)
	r.Exec(`update org set applied_at = now() - interval '73 hours' where id = $1`, id)
	page, public := portaltest.Path(apply+"/%d", id), r.Browser()
	want(t, public.Get("/ru/organizations/qamqor-zhurek"), http.StatusNotFound)
	if a := public.Get("/ru/organizations"); strings.Contains(a.Body, "Доброе сердце") {
		t.Error("an application is on the public list")
	}
	want(t, other.Get(page), http.StatusNotFound)
	want(t, other.Post(page, entry("version", "1")), http.StatusNotFound)
	want(t, who.Get(page), http.StatusOK, "Заявка у штаба", "Доброе сердце")
	want(t, r.staff.Get("/ru/hq"), http.StatusOK, "1 ")
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "Доброе сердце", "Ждёт 3 дня", "Свидетельство № 12-345")

	deed := portaltest.Path("/ru/hq/organizations/%d/", id)
	want(t, who.Post(deed+"approve", url.Values{"version": {"1"}}), http.StatusForbidden)
	want(t, r.staff.Post(deed+"return", url.Values{"version": {"1"}}), http.StatusUnprocessableEntity, "Напишите, что исправить")
	for range 2 {
		want(t, r.staff.Post(deed+"return", url.Values{"version": {"1"}, "words": {"Укажите телефон"}}), http.StatusSeeOther)
	}
	want(t, r.staff.Post(deed+"approve", url.Values{"version": {"2"}}), http.StatusConflict)
	if mail := r.Mail("org_returned", "new@shtab.test"); !strings.Contains(mail, "Укажите телефон") || !strings.Contains(mail, page[3:]) {
		t.Errorf("the mail says %s", mail)
	}
	want(t, who.Get(page), http.StatusOK, "Укажите телефон")
	want(t, who.Post(page, entry("version", "2", "phone", "+77010000000")), http.StatusSeeOther)
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "Укажите телефон", "Что изменилось с тех пор", "<ins>+77010000000")
	want(t, r.staff.Post(deed+"approve", url.Values{"version": {"2"}}), http.StatusConflict, "Посмотрите")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if a, err := r.staff.Try(http.MethodPost, deed+"approve", url.Values{"version": {"3"}}); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	want(t, who.Get(portaltest.Path("/ru/desk/organizations/%d", id)), http.StatusOK)
	want(t, public.Get("/ru/organizations/qamqor-zhurek"), http.StatusOK)
	if mail := r.Mail("org_approved", "new@shtab.test"); mail == "" {
		t.Error("the applicant is not told")
	}
	if n := r.Count(`select count(*) from audit where verb = 'org.approve'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
	for i := range 4 {
		status := http.StatusSeeOther
		if i == 3 {
			status = http.StatusConflict
		}
		want(t, other.Post(apply, entry("key", portaltest.Path("o%d", i))), status)
	}
}

// What an organisation under review changes in an event that is public is public at once, and
// waits to be looked at, with what it was before.
func TestChangedAfterPublication(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	id := r.submitted(0)
	want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), r.version(id)), http.StatusSeeOther)
	shift := portaltest.Path("%d", r.Count(`select id from shift where event_id = $1`, id))
	day := time.Now().AddDate(0, 0, 5).Format(time.DateOnly)
	change := func(title string) {
		t.Helper()
		want(t, r.mine.Post(portaltest.Path("/ru/desk/events/%d/edit", id), url.Values{
			"version": r.version(id)["version"], "org": {portaltest.Path("%d", r.Org)}, "campaign": {portaltest.Path("%d", r.Campaign)},
			"title_kk": {"Ағаш егу"}, "title_ru": {title}, "summary_kk": {"Екеміз"}, "summary_ru": {"Сажаем"},
			"place_kk": {"Саябақ"}, "place_ru": {"Парк"}, "district": {"yesil"}, "cutoff_minutes": {"180"},
			"shift[0].id": {shift}, "shift[0].day": {day}, "shift[0].from": {"10:00"}, "shift[0].to": {"13:00"}, "shift[0].capacity": {"20"}, "op": {"save"},
		}), http.StatusSeeOther)
	}
	change("Совсем другое")
	want(t, r.Browser().Get(portaltest.Path("/ru/events/%d", id)), http.StatusOK, "Совсем другое")
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "изменено после публикации", "<del>Ағаш егу\nПосадка", "<ins>Ағаш егу\nСовсем другое")
	ask := r.version(id)
	ask.Set("words", "Верните название")
	for range 2 {
		want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/return", id), ask), http.StatusSeeOther)
	}
	if mail := r.Mail("event_returned", "a@shtab.test"); !strings.Contains(mail, "Верните название") || !strings.Contains(mail, "сайтта қала береді") {
		t.Errorf("the mail says %s", mail)
	}
	if a := r.staff.Get("/ru/hq/review"); strings.Contains(a.Body, "Совсем другое") {
		t.Error("it still waits")
	}
	change("Посадка")
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "Верните название", "<ins>Ағаш егу\nПосадка")
	for range 2 {
		want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), r.version(id)), http.StatusSeeOther)
	}
	if n := r.Count(`select count(*) from event where id = $1 and changed_at is null and returned = '' and state = 'published'`, id); n != 1 {
		t.Error("looked at, and still waits")
	}
	if n := r.Count(`select count(*) from river_job where args ->> 'kind' = 'event_returned'`); n != 2 {
		t.Errorf("%d mails", n)
	}
}
