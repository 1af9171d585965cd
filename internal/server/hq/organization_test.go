package hq_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/internal/totals"
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

// A body is put into the register once, corrected, and found in whatever spelling; somebody
// else's correction is not written over.
func TestRegister(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	const list = "/ru/hq/organizations"
	want(t, r.staff.Post(list+"/new", entry("name_kk", " ", "kind", "club", "joined_on", "2099-01-01")), http.StatusUnprocessableEntity,
		"Напишите название.", "Выберите вид организации.", "не позже сегодняшнего", "Доброе сердце")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if a, err := r.staff.Try(http.MethodPost, list+"/new", entry()); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	if n := r.Count(`select count(*) from org where kind = 'ngo' and state = 'active' and joined_on = '2024-05-01'`); n != 1 {
		t.Fatalf("%d entries", n)
	}
	// Bodies of one name that are put in at once all get an address of their own.
	for round := range 3 {
		for i := range 8 {
			wg.Go(func() {
				a, err := r.staff.Try(http.MethodPost, list+"/new", entry("key", fmt.Sprint("same", round, "-", i), "name_kk", fmt.Sprint("Дос ", round), "joined_on", "2024-06-01"))
				if err != nil || a.Status != http.StatusSeeOther {
					t.Errorf("%d %v", a.Status, err)
				}
			})
		}
		wg.Wait()
	}
	r.Exec(`delete from org where joined_on = '2024-06-01'`)
	id := r.Count(`select id from org where slug = 'qamqor-zhurek'`)
	page := portaltest.Path("/ru/hq/organizations/%d", id)
	want(t, r.staff.Get(list+"?q=Камкор+журек"), http.StatusOK, "Доброе сердце")
	if a := r.staff.Get(list + "?q=Камкор&state=paused"); strings.Contains(a.Body, "Доброе сердце") {
		t.Error("a filter is not heard")
	}
	want(t, r.staff.Get(list+"?q=нет-такой"), http.StatusOK, "Никого не нашли")
	want(t, r.staff.Get(page), http.StatusOK, "Свидетельство № 12-345")
	want(t, r.mine.Get(page), http.StatusForbidden)

	want(t, r.staff.Post(page, entry("version", "1", "documents", "Новое свидетельство")), http.StatusSeeOther)
	want(t, r.staff.Post(page, entry("version", "1", "documents", "Третье")), http.StatusConflict, "Третье")
	if n := r.Count(`select count(*) from org where documents = 'Новое свидетельство' and version = 2`); n != 1 {
		t.Error("not corrected once")
	}
	if n := r.Count(`select count(*) from audit where verb = 'org.correct' and fields = '{documents}' and object_id = $1`, id); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
}

// A paused organisation keeps what it has published and publishes nothing new; a closed one is on
// no list, and its coordinators have no desk. They are told, once.
func TestPauseAndClose(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	path := portaltest.Path("/ru/hq/organizations/%d/state", r.Org)
	id, _ := r.Event(r.World, 48*time.Hour, 5)
	draft := r.submitted(0)
	want(t, r.staff.Post(path, url.Values{"state": {"paused"}}), http.StatusUnprocessableEntity, "Напишите, что исправить")
	for range 2 {
		want(t, r.staff.Post(path, url.Values{"state": {"paused"}, "words": {"Нет отчёта"}}), http.StatusSeeOther)
	}
	want(t, r.Browser().Get("/ru/organizations/jastar"), http.StatusOK, "Приостановлена")
	want(t, r.Browser().Get(portaltest.Path("/ru/events/%d", id)), http.StatusOK)
	want(t, r.staff.Post(portaltest.Path("/ru/hq/review/%d/approve", draft), r.version(draft)), http.StatusUnprocessableEntity)
	r.Exec(`update event set state = 'draft' where id = $1`, draft)
	want(t, r.mine.Post(portaltest.Path("/ru/desk/events/%d/publish", draft), url.Values{}), http.StatusUnprocessableEntity, "приостановлена штабом")
	if mail := r.Mail("org_state", "a@shtab.test"); !strings.Contains(mail, "Нет отчёта") {
		t.Errorf("the mail says %s", mail)
	}

	want(t, r.staff.Post(path, url.Values{"state": {"closed"}, "words": {"По просьбе"}}), http.StatusConflict, "ещё не прошли")
	r.Exec(`update event set state = 'cancelled', cancel_reason = '{"ru":"Нет"}' where id = $1`, id)
	want(t, r.staff.Post(path, url.Values{"state": {"closed"}, "words": {"По просьбе"}}), http.StatusSeeOther)
	if a := r.Browser().Get("/ru/organizations"); strings.Contains(a.Body, "/organizations/jastar") {
		t.Error("a closed organisation is on the public list")
	}
	want(t, r.mine.Get("/ru/desk"), http.StatusForbidden)
	want(t, r.staff.Post(path, url.Values{"state": {"active"}}), http.StatusSeeOther)
	want(t, r.mine.Get("/ru/desk"), http.StatusOK)
	if n := r.Count(`select count(*) from river_job where args ->> 'kind' = 'org_state'`); n != 6 {
		t.Errorf("%d mails, not three to each of two", n)
	}
	want(t, r.staff.Post(portaltest.Path("/ru/hq/organizations/%d/state", r.HQ), url.Values{"state": {"closed"}, "words": {"Нет"}}), http.StatusConflict)
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

// Two entries of one body become one: events, people and totals stand together, old links lead on,
// and the summaries are still what the ledger says.
func TestMergeOrganizations(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	var from int64
	r.Scan(`insert into org (slug, kind, name, joined_on, state) values ('jastar-2', 'ngo', '{"kk":"Жастар 2","ru":"Жастар 2"}', '2024-01-01', 'trusted') returning id`, nil, &from)
	both, theirs := r.Person("both@shtab.test", 30), r.Person("theirs@shtab.test", 30)
	r.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, theirs, from)
	held := func(org, who int64, hours int, cohost int64) {
		w := r.World
		w.Org = org
		id, shift := r.Event(w, -time.Duration(hours)*time.Hour, 5)
		if cohost != 0 {
			r.Exec(`insert into event_cohost values ($1, $2)`, id, cohost)
		}
		r.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at) select id, $2, during, 'confirmed', gen_random_uuid()::text, now(), now() from shift where id = $1`, shift, who)
		r.Exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, minutes, recorded_at)
			select id, $2, $1, $3, $4, (lower(during) at time zone 'Asia/Almaty')::date, 'attended', 1, 120, now() from signup where shift_id = $5 and person_id = $2`, id, who, r.Campaign, org, shift)
		r.Exec(`update event set closed_at = now(), held_on = (starts_at at time zone 'Asia/Almaty')::date where id = $1`, id)
	}
	held(r.Org, both, 30, from) // a joint event of the two
	held(from, both, 60, 0)
	held(from, theirs, 90, r.HQ)
	path := portaltest.Path("/ru/hq/organizations/%d/merge", r.Org)
	want(t, r.mine.Get(path), http.StatusForbidden)
	want(t, r.staff.Get(path+"?q=Жастар"), http.StatusOK, "Жастар 2")
	want(t, r.staff.Get(path+portaltest.Path("?from=%d", from)), http.StatusOK, "/jastar-2")
	want(t, r.staff.Get(path+portaltest.Path("?from=%d", r.Org)), http.StatusNotFound)
	form := url.Values{"from": {portaltest.Path("%d", from)}, "from_version": {"7"}}
	want(t, r.staff.Post(path, form), http.StatusConflict)
	form.Set("from_version", "1")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if a, err := r.staff.Try(http.MethodPost, path, form); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	if a := r.Browser().Get("/ru/organizations/jastar-2"); a.Status != http.StatusMovedPermanently || a.Header.Get("Location") != "/ru/organizations/jastar" {
		t.Errorf("the old link gives %d to %s", a.Status, a.Header.Get("Location"))
	}
	for what, sql := range map[string]string{
		"events":       `select sum(events) = 3 and sum(minutes) = 360 from total_event where org_id = $1`,
		"coordinators": `select count(*) = 3 from coordinator where org_id = $1`,
	} {
		var ok bool
		r.Scan(sql, []any{r.Org}, &ok)
		if !ok {
			t.Error(what, "are not together")
		}
	}
	if n := r.Count(`select count(*) from total_event where org_id = $1 or cohosts && array[$1::bigint]`, from); n != 0 {
		t.Errorf("%d events stay behind", n)
	}
	want(t, r.Browser().Get("/ru/organizations/jastar"), http.StatusOK, ">3<", ">6<")
	found, err := totals.Verify(t.Context(), r.Pool)
	if err != nil || len(found) > 0 {
		t.Errorf("%v %v", found, err)
	}
	// What happens later to hours that were confirmed before is right too.
	r.Exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, minutes, reason, recorded_at)
		select l.signup_id, l.person_id, l.event_id, l.campaign_id, e.org_id, l.day, 'no_show', -1, -120, 'ошибка', now() from ledger l join event e on e.id = l.event_id where l.person_id = $1`, theirs)
	if found, err = totals.Verify(t.Context(), r.Pool); err != nil || len(found) > 0 {
		t.Errorf("after a correction: %v %v", found, err)
	}
	want(t, r.staff.Get(portaltest.Path("/ru/hq?period=since&org=%d", r.Org)), http.StatusOK)
	if mail := r.Mail("org_merged", "theirs@shtab.test"); !strings.Contains(mail, "біріктірді") {
		t.Errorf("the mail says %s", mail)
	}
	want(t, r.As(theirs).Get(portaltest.Path("/ru/desk/organizations/%d", r.Org)), http.StatusOK)
	want(t, r.staff.Post(portaltest.Path("/ru/hq/organizations/%d/merge", r.Org), url.Values{"from": {portaltest.Path("%d", r.HQ)}, "from_version": {"1"}}), http.StatusConflict)
}
