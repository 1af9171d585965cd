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

// review is a house with an organisation that is not trusted yet, its coordinators and staff.
type review struct {
	*portaltest.Server
	portaltest.World
	mine, staff *portaltest.Browser
}

func newReview(t *testing.T) *review {
	t.Helper()
	r := &review{Server: portaltest.Start(t)}
	r.World = r.Server.World()
	r.Exec(`update org set state = 'active' where id = $1`, r.Org)
	a, b, c := r.Person("a@shtab.test", 30), r.Person("b@shtab.test", 30), r.Person("c@shtab.test", 30)
	r.Exec(`insert into coordinator (person_id, org_id) values ($1, $3), ($2, $3)`, a, b, r.Org)
	r.Exec(`update person set role = 'staff' where id = $1`, c)
	r.mine, r.staff = r.As(a), r.As(c)
	return r
}

// submitted is an event that waits since some time.
func (r *review) submitted(since time.Duration) (id int64) {
	r.T.Helper()
	day := time.Now().AddDate(0, 0, 5).Format(time.DateOnly)
	r.Scan(`insert into event (campaign_id, org_id, title, summary, place, district, slots, starts_at, ends_at, created_at, updated_at)
		values ($1, $2, '{"kk":"Ағаш егу","ru":"Посадка"}', '{"kk":"Екеміз","ru":"Сажаем"}', '{"kk":"Саябақ","ru":"Парк"}', 'yesil',
		jsonb_build_array(jsonb_build_object('day', $3::text, 'from', '10:00', 'to', '13:00', 'capacity', 20)),
		($3 || ' 10:00')::timestamptz, ($3 || ' 13:00')::timestamptz, now(), now()) returning id`, []any{r.Campaign, r.Org, day}, &id)
	want(r.T, r.mine.Post(portaltest.Path("/ru/desk/events/%d/publish", id), url.Values{}), http.StatusSeeOther)
	r.Exec(`update event set submitted_at = submitted_at - make_interval(secs => $2) where id = $1`, id, since.Seconds())
	return id
}

func want(t testing.TB, a portaltest.Answer, status int, parts ...string) portaltest.Answer {
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

func (r *review) version(id int64) url.Values {
	return url.Values{"version": {portaltest.Path("%d", r.Count(`select version from event where id = $1`, id))}}
}

// An event that waits is published by staff, however often the button is pressed: its
// coordinators are told once each.
func TestApprove(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	id := r.submitted(3 * time.Hour)
	want(t, r.staff.Get("/ru/hq"), http.StatusOK, "1 событие")
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "Посадка", "Ждёт 3 часа", portaltest.Path(`href="/ru/events/%d"`, id))
	path, form := portaltest.Path("/ru/hq/review/%d/approve", id), r.version(id)
	want(t, r.mine.Post(path, form), http.StatusForbidden)
	want(t, r.staff.Post("/ru/hq/review/999999/approve", form), http.StatusNotFound)
	want(t, r.staff.Post(path, url.Values{"version": {"77"}}), http.StatusConflict, "ничего не сделано")
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if a, err := r.staff.Try(http.MethodPost, path, form); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	if n := r.Count(`select count(*) from event e join shift s on s.event_id = e.id where e.id = $1 and e.state = 'published'`, id); n != 1 {
		t.Errorf("%d shifts", n)
	}
	if n := r.Count(`select count(*) from audit where verb = 'event.approve'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
	for _, to := range []string{"a@shtab.test", "b@shtab.test"} {
		if mail := r.Mail("event_approved", to); !strings.Contains(mail, portaltest.Path("/kk/desk/events/%d", id)) {
			t.Errorf("the mail to %s says %s", to, mail)
		}
	}
	if n := r.Count(`select count(*) from river_job where args ->> 'kind' = 'event_approved'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	// What was never handed in is not approved.
	other, _ := r.Event(r.World, 48*time.Hour, 5)
	want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", other), url.Values{}), http.StatusConflict)
}

// An event goes back with words, which its coordinators read in the mail, at the desk and on its
// page; handed in again, the queue says what has changed since.
func TestReturnAndResubmit(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	id := r.submitted(73 * time.Hour)
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "Ждёт 3 дня")
	path, form := portaltest.Path("/ru/hq/review/%d/return", id), r.version(id)
	form.Set("words", " ")
	want(t, r.mine.Post(path, form), http.StatusForbidden)
	want(t, r.staff.Post(path, form), http.StatusUnprocessableEntity, "Напишите, что исправить", "<details class=\"sure\" open")
	form.Set("words", "Уточните адрес\r\nи время")
	for range 2 {
		want(t, r.staff.Post(path, form), http.StatusSeeOther)
	}
	want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), form), http.StatusConflict, "уже не на проверке")
	if mail := r.Mail("event_returned", "b@shtab.test"); !strings.Contains(mail, "Уточните адрес") {
		t.Errorf("the mail says %s", mail)
	}
	if n := r.Count(`select count(*) from river_job where args ->> 'kind' = 'event_returned'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	want(t, r.mine.Get("/ru/desk"), http.StatusOK, "Уточните адрес")
	want(t, r.mine.Get(portaltest.Path("/ru/desk/events/%d", id)), http.StatusOK, "Уточните адрес")

	edit := portaltest.Path("/ru/desk/events/%d/edit", id)
	day := time.Now().AddDate(0, 0, 6).Format(time.DateOnly)
	want(t, r.mine.Post(edit, url.Values{
		"version": r.version(id)["version"], "org": {portaltest.Path("%d", r.Org)}, "campaign": {portaltest.Path("%d", r.Campaign)},
		"title_kk": {"Ағаш егу"}, "title_ru": {"Посадка"}, "summary_kk": {"Екеміз"}, "summary_ru": {"Сажаем"},
		"place_kk": {"Орталық саябақ"}, "place_ru": {"Центральный парк"}, "district": {"yesil"}, "cutoff_minutes": {"180"},
		"shift[0].day": {day}, "shift[0].from": {"11:00"}, "shift[0].to": {"13:00"}, "shift[0].capacity": {"20"}, "op": {"publish"},
	}), http.StatusSeeOther)
	want(t, r.staff.Get("/ru/hq/review"), http.StatusOK, "Что изменилось с тех пор", "<del>Саябақ\nПарк", "<ins>Орталық саябақ\nЦентральный парк", "11:00–13:00, 20 мест", "Уточните адрес")
	want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), r.version(id)), http.StatusSeeOther)
	if n := r.Count(`select count(*) from event where state = 'published' and returned = ''`); n != 1 {
		t.Error("not published after it was handed in again")
	}
}

// An event whose day passed while it waited is not published, and the queue says so.
func TestApproveTooLate(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	id := r.submitted(time.Minute)
	r.Exec(`update event set slots = jsonb_set(slots, '{0,day}', '"2026-01-10"') where id = $1`, id)
	want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", id), r.version(id)), http.StatusUnprocessableEntity, "день уже прошёл")
	if r.Count(`select count(*) from event where state = 'review'`) != 1 {
		t.Error("it left the queue")
	}
}

// The queue goes on on the next page, who has waited longest first.
func TestQueuePages(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	r.Exec(`insert into event (campaign_id, org_id, state, title, created_at, updated_at, submitted_at)
		select $1, $2, 'review', jsonb_build_object('ru', 'Событие-' || i || '-'), now(), now(), now() - make_interval(hours => i)
		from generate_series(1, 45) i`, r.Campaign, r.Org)
	next, seen := "/ru/hq/review", 0
	for range 3 {
		body := want(t, r.staff.Get(next), http.StatusOK).Body
		for range strings.Count(body, "<h3 class=\"line-title\">") {
			seen++
		}
		if seen == 20 && strings.Index(body, "Событие-45-") > strings.Index(body, "Событие-30-") {
			t.Error("who has waited longest is not first")
		}
		_, rest, ok := strings.Cut(body, `rel="next" href="`)
		if !ok {
			break
		}
		next, _, _ = strings.Cut(rest, `"`)
	}
	if seen != 45 {
		t.Errorf("%d of 45 seen", seen)
	}
}
