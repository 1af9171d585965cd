package review_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// An event that waits is published by staff, however often the button is pressed: its
// coordinators are told once each.
func TestApproveEvent(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	id := h.SubmitEvent(3 * time.Hour)
	h.Staff.Get("/ru/hq").Want(t, http.StatusOK, "1 событие")
	h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "Посадка", "Ждёт 3 часа",
		portaltest.Path(`href="/ru/events/%d"`, id))
	path, form := portaltest.Path("/ru/hq/review/%d/approve", id), h.EventVersion(id)
	h.Coordinator.Post(path, form).Want(t, http.StatusForbidden)
	h.Staff.Post("/ru/hq/review/999999/approve", form).Want(t, http.StatusNotFound)
	h.Staff.Post(path, url.Values{"version": {"77"}}).Want(t, http.StatusConflict, "ничего не сделано")
	h.Staff.PostAtOnce(t, 5, path, form)
	if n := h.Count(
		`select count(*) from event e join shift s on s.event_id = e.id where e.id = $1 and e.state = 'published'`,
		id); n != 1 {
		t.Errorf("%d shifts", n)
	}
	if n := h.Count(`select count(*) from audit where verb = 'event.approve'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
	for _, to := range []string{"a@shtab.test", "b@shtab.test"} {
		if mail := h.Mail("event_approved", to); !strings.Contains(mail, portaltest.Path("/kk/desk/events/%d", id)) {
			t.Errorf("the mail to %s says %s", to, mail)
		}
	}
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'event_approved'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	// What was never handed in is not approved.
	other, _ := h.Event(h.World, 48*time.Hour, 5)
	h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", other), url.Values{}).Want(t, http.StatusConflict)
}

// An event goes back with words, which its coordinators read in the mail, at the desk and on its
// page; handed in again, the queue says what has changed since.
func TestReturnEvent(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	id := h.SubmitEvent(73 * time.Hour)
	h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "Ждёт 3 дня")
	path, form := portaltest.Path("/ru/hq/review/%d/return", id), h.EventVersion(id)
	form.Set("words", " ")
	h.Coordinator.Post(path, form).Want(t, http.StatusForbidden)
	h.Staff.Post(path, form).Want(t, http.StatusUnprocessableEntity, "Напишите, что исправить",
		"<details class=\"sure\" open")
	form.Set("words", "Уточните адрес\r\nи время")
	for range 2 {
		h.Staff.Post(path, form).Want(t, http.StatusSeeOther)
	}
	h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), form).
		Want(t, http.StatusConflict, "уже не на проверке")
	if mail := h.Mail("event_returned", "b@shtab.test"); !strings.Contains(mail, "Уточните адрес") {
		t.Errorf("the mail says %s", mail)
	}
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'event_returned'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	h.Coordinator.Get("/ru/desk").Want(t, http.StatusOK, "Уточните адрес")
	h.Coordinator.Get(portaltest.Path("/ru/desk/events/%d", id)).Want(t, http.StatusOK, "Уточните адрес")

	edit := portaltest.Path("/ru/desk/events/%d/edit", id)
	day := portaltest.Date(6)
	h.Coordinator.Post(edit, url.Values{
		"version": h.EventVersion(id)["version"], "org": {portaltest.Path("%d", h.Org)},
		"campaign": {portaltest.Path("%d", h.Campaign)},
		"title_kk": {"Ағаш егу"}, "title_ru": {"Посадка"}, "summary_kk": {"Екеміз"}, "summary_ru": {"Сажаем"},
		"place_kk": {"Орталық саябақ"}, "place_ru": {"Центральный парк"}, "district": {"yesil"},
		"cutoff_minutes": {"180"},
		"shift[0].day":   {day}, "shift[0].from": {"11:00"}, "shift[0].to": {"13:00"}, "shift[0].capacity": {"20"},
		"op": {"publish"},
	}).Want(t, http.StatusSeeOther)
	h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "Что изменилось с тех пор", "<del>Саябақ\nПарк",
		"<ins>Орталық саябақ\nЦентральный парк", "11:00–13:00, 20 мест", "Уточните адрес")
	h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), h.EventVersion(id)).Want(t, http.StatusSeeOther)
	if n := h.Count(`select count(*) from event where state = 'published' and returned = ''`); n != 1 {
		t.Error("not published after it was handed in again")
	}
}

// An event whose day passed while it waited is not published, and the queue says so.
func TestApproveEventTooLate(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	id := h.SubmitEvent(time.Minute)
	h.Exec(`update event set slots = jsonb_set(slots, '{0,day}', '"2026-01-10"') where id = $1`, id)
	h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), h.EventVersion(id)).
		Want(t, http.StatusUnprocessableEntity, "день уже прошёл")
	if h.Count(`select count(*) from event where state = 'review'`) != 1 {
		t.Error("it left the queue")
	}
}

// The queue goes on on the next page, who has waited longest first.
func TestShowQueuePages(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	h.Exec(`insert into event (campaign_id, org_id, state, title, created_at, updated_at, submitted_at)
		select $1, $2, 'review', jsonb_build_object('ru', 'Событие-' || i || '-'), now(), now(),
			now() - make_interval(hours => i)
		from generate_series(1, 45) i`, h.Campaign, h.Org)
	seen := 0
	for path := "/ru/hq/review"; path != ""; {
		page := h.Staff.Get(path).Want(t, http.StatusOK)
		seen += strings.Count(page.Body, "<h3 class=\"line-title\">")
		if seen == 20 && strings.Index(page.Body, "Событие-45-") > strings.Index(page.Body, "Событие-30-") {
			t.Error("who has waited longest is not first")
		}
		path = page.NextPage()
	}
	if seen != 45 {
		t.Errorf("%d of 45 seen", seen)
	}
}

// What an organisation under review changes in an event that is public is public at once, and
// waits to be looked at, with what it was before.
func TestChangeAfterPublication(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	id := h.SubmitEvent(0)
	h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), h.EventVersion(id)).Want(t, http.StatusSeeOther)
	shift := portaltest.Path("%d", h.Count(`select id from shift where event_id = $1`, id))
	day := portaltest.Date(5)
	change := func(title string) {
		t.Helper()
		h.Coordinator.Post(portaltest.Path("/ru/desk/events/%d/edit", id), url.Values{
			"version": h.EventVersion(id)["version"], "org": {portaltest.Path("%d", h.Org)},
			"campaign": {portaltest.Path("%d", h.Campaign)},
			"title_kk": {"Ағаш егу"}, "title_ru": {title}, "summary_kk": {"Екеміз"}, "summary_ru": {"Сажаем"},
			"place_kk": {"Саябақ"}, "place_ru": {"Парк"}, "district": {"yesil"}, "cutoff_minutes": {"180"},
			"shift[0].id": {shift}, "shift[0].day": {day}, "shift[0].from": {"10:00"}, "shift[0].to": {"13:00"},
			"shift[0].capacity": {"20"}, "op": {"save"},
		}).Want(t, http.StatusSeeOther)
	}
	change("Совсем другое")
	h.Browser().Get(portaltest.Path("/ru/events/%d", id)).Want(t, http.StatusOK, "Совсем другое")
	h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "изменено после публикации", "<del>Ағаш егу\nПосадка",
		"<ins>Ағаш егу\nСовсем другое")
	ask := h.EventVersion(id)
	ask.Set("words", "Верните название")
	for range 2 {
		h.Staff.Post(portaltest.Path("/ru/hq/review/%d/return", id), ask).Want(t, http.StatusSeeOther)
	}
	if mail := h.Mail("event_returned", "a@shtab.test"); !strings.Contains(mail, "Верните название") ||
		!strings.Contains(mail, "сайтта қала береді") {
		t.Errorf("the mail says %s", mail)
	}
	if a := h.Staff.Get("/ru/hq/review"); strings.Contains(a.Body, "Совсем другое") {
		t.Error("it still waits")
	}
	change("Посадка")
	h.Staff.Get("/ru/hq/review").Want(t, http.StatusOK, "Верните название", "<ins>Ағаш егу\nПосадка")
	for range 2 {
		h.Staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), h.EventVersion(id)).Want(t, http.StatusSeeOther)
	}
	if n := h.Count(
		`select count(*) from event where id = $1 and changed_at is null and returned = '' and state = 'published'`,
		id); n != 1 {
		t.Error("looked at, and still waits")
	}
	if n := h.Count(`select count(*) from river_job where args ->> 'kind' = 'event_returned'`); n != 2 {
		t.Errorf("%d mails", n)
	}
}
