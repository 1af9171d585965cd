package hq_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shtab/web/portal/portaltest"
)

// registry is a house with an administrator beside the staff.
type registry struct {
	*review
	boss   *portaltest.Browser
	bossID int64
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	r := &registry{review: newReview(t)}
	r.bossID = r.Person("boss@shtab.test", 45)
	r.Exec(`update person set role = 'admin' where id = $1`, r.bossID)
	r.boss = r.As(r.bossID)
	return r
}

func (r *registry) page(id int64, deed ...string) string {
	return portaltest.Path("/ru/hq/people/%d", id) + strings.Join(deed, "")
}

// mails is how many mails of a kind are for somebody.
func (r *registry) mails(kind string, id int64) int {
	return r.Count(`select count(*) from river_job where args ->> 'kind' = $1 and (args ->> 'person_id')::bigint = $2`, kind, id)
}

// People are found by a name in whatever spelling, in whatever order, by an e-mail's beginning, and
// by a phone in whatever form.
func TestFindPeople(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	who := r.Person("aliya.k@shtab.test", 20)
	r.Exec(`update person set given_name = 'Әлия', family_name = 'Қожахметқызы', phone = '+77011234567' where id = $1`, who)
	r.Exec(`insert into person (email, given_name, family_name, birth_date, calendar_token, joined_at)
		select 'x' || i || '@shtab.test', 'Айдана', 'Тестова' || i, '1990-01-01', 'x' || i, now() - make_interval(hours => i) from generate_series(1, 3000) i`)
	r.Exec(`analyze person`)
	want(t, r.mine.Get("/ru/hq/people"), http.StatusForbidden)
	for q, sees := range map[string]bool{
		"Кожахметкызы Алия": true, "алия кожахмет": true, "Кожахметкизы": true, "aliya.k@": true, "ALIYA.K@shtab.test": true,
		"8 (701) 123-45-67": true, "+7 701 1234567": true, "7011234567": true, "Иванов": false, "7779998877": false, "%": false, "_": false,
	} {
		a := want(t, r.staff.Get("/ru/hq/people?q="+url.QueryEscape(q)), http.StatusOK)
		if got := strings.Contains(a.Body, r.page(who)+`"`); got != sees {
			t.Errorf("%q: found %t", q, got)
		}
	}
	body := want(t, r.staff.Get("/ru/hq/people?role=admin"), http.StatusOK).Body
	if !strings.Contains(body, r.page(r.bossID)+`"`) || strings.Contains(body, r.page(who)+`"`) {
		t.Error("the filter of roles is not heard")
	}
	seen, next := 0, "/ru/hq/people?q=%D0%A2%D0%B5%D1%81%D1%82%D0%BE%D0%B2%D0%B0"
	for range 3 {
		body := r.staff.Get(next).Body
		seen += strings.Count(body, "Айдана</a>")
		_, rest, _ := strings.Cut(body, `rel="next" href="`)
		next, _, _ = strings.Cut(strings.ReplaceAll(rest, "&amp;", "&"), `"`)
	}
	if seen != 150 {
		t.Errorf("%d people on three pages", seen)
	}
}

// Every look at somebody's page is in the audit, once; nobody but staff looks.
func TestLookIsWritten(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	who := r.Person("v@shtab.test", 15)
	r.Exec(`insert into guardian (person_id, name, relation, email, lang, created_at) values ($1, 'Гүлнар', 'mother', 'g@shtab.test', 'kk', now())`, who)
	want(t, r.mine.Get(r.page(who)), http.StatusForbidden)
	want(t, r.Browser().Get(r.page(who)), http.StatusSeeOther)
	for range 2 {
		want(t, r.staff.Get(r.page(who)), http.StatusOK, "15 лет", "v@shtab.test", "Гүлнар")
	}
	if n := r.Count(`select count(*) from audit where verb = 'people.look' and object_id = $1`, who); n != 2 {
		t.Errorf("%d looks in the audit", n)
	}
	want(t, r.staff.Get(r.page(999999)), http.StatusNotFound)
	r.Exec(`update person set erased_at = now(), email = null where id = $1`, who)
	want(t, r.staff.Get(r.page(who)), http.StatusNotFound)
}

// Roles are given and taken by administrators, hold from the next request, and one administrator
// is always left.
func TestRoles(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	who := r.Person("v@shtab.test", 30)
	theirs := r.As(who)
	self := int64(r.Count(`select id from person where role = 'staff'`))
	role := func(name string) url.Values { return url.Values{"role": {name}} }
	want(t, r.staff.Post(r.page(who, "/role"), role("staff")), http.StatusForbidden)
	want(t, r.boss.Post(r.page(who, "/role"), role("king")), http.StatusUnprocessableEntity)
	want(t, theirs.Get("/ru/desk"), http.StatusForbidden)
	for range 2 {
		want(t, r.staff.Post(r.page(who, "/organizations"), url.Values{"org": {fmt.Sprint(r.Org)}}), http.StatusSeeOther)
	}
	want(t, theirs.Get("/ru/desk"), http.StatusOK)
	want(t, r.staff.Post(r.page(who, "/organizations"), url.Values{"org": {"999999"}}), http.StatusNotFound)
	want(t, r.staff.Post(r.page(who, fmt.Sprintf("/organizations/%d/remove", r.Org)), url.Values{}), http.StatusSeeOther)
	want(t, theirs.Get("/ru/desk"), http.StatusForbidden)
	for range 2 {
		want(t, r.boss.Post(r.page(who, "/role"), role("staff")), http.StatusSeeOther)
	}
	if r.Count(`select count(*) from person where id = $1 and role = 'staff'`, who) != 1 || r.mails("account_changed", who) != 2 {
		t.Errorf("%d mails", r.mails("account_changed", who))
	}
	want(t, r.boss.Post(r.page(r.bossID, "/role"), role("volunteer")), http.StatusConflict, "Попросите другого администратора")
	want(t, r.staff.Post(r.page(self, "/organizations"), url.Values{"org": {fmt.Sprint(r.Org)}}), http.StatusConflict, "Попросите другого администратора")

	// Two administrators take each other's role at once: one stays.
	for range 5 {
		r.Exec(`update person set role = case when id in ($1, $2) then 'admin' else 'volunteer' end where role <> 'volunteer' or id in ($1, $2)`, who, r.bossID)
		second := r.As(who)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = r.boss.Try(http.MethodPost, r.page(who, "/role"), role("volunteer")) })
		wg.Go(func() { _, _ = second.Try(http.MethodPost, r.page(r.bossID, "/role"), role("volunteer")) })
		wg.Wait()
		if n := r.Count(`select count(*) from person where role = 'admin'`); n != 1 {
			t.Fatalf("%d administrators are left", n)
		}
	}
}

// A suspended person is out at once, their places go on, and they read why; staff are suspended by
// administrators only.
func TestSuspend(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	who, next := r.Person("v@shtab.test", 30), r.Person("w@shtab.test", 30)
	theirs, other := r.As(who), r.As(next)
	_, shift := r.Event(r.World, r.Morning(3), 1)
	theirs.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	other.Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	why := url.Values{"words": {"Ругался с координатором"}}
	want(t, r.staff.Post(r.page(who, "/suspend"), url.Values{}), http.StatusUnprocessableEntity, "Напишите причину")
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if a, err := r.staff.Try(http.MethodPost, r.page(who, "/suspend"), why); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	if a := theirs.Get("/ru/me"); a.Status != http.StatusSeeOther {
		t.Errorf("the session goes on: %d", a.Status)
	}
	if n := r.Count(`select count(*) from signup where shift_id = $1 and person_id = $2 and state = 'confirmed'`, shift, next); n != 1 {
		t.Error("the place did not go on")
	}
	if mail := r.Mail("account_changed", "v@shtab.test"); !strings.Contains(mail, "Ругался с координатором") || r.mails("account_changed", who) != 1 {
		t.Errorf("the mail says %s (%d)", mail, r.mails("account_changed", who))
	}
	want(t, r.staff.Get(r.page(who)), http.StatusOK, "Приостановлен", "Ругался с координатором")
	for range 2 {
		want(t, r.staff.Post(r.page(who, "/restore"), url.Values{"words": {"Извинился"}}), http.StatusSeeOther)
	}
	want(t, r.As(who).Get("/ru/me"), http.StatusOK)

	colleague := r.Person("s@shtab.test", 30)
	r.Exec(`update person set role = 'staff' where id = $1`, colleague)
	want(t, r.staff.Post(r.page(colleague, "/suspend"), why), http.StatusConflict, "только администратор")
	want(t, r.boss.Post(r.page(r.bossID, "/suspend"), why), http.StatusConflict)
	want(t, r.boss.Post(r.page(colleague, "/suspend"), why), http.StatusSeeOther)
	if n := r.Count(`select count(*) from audit where verb = 'people.suspend'`); n != 2 {
		t.Errorf("%d suspensions in the audit", n)
	}
}

// A corrected birth date needs a reason, is told, and the law is asked again.
func TestCorrectBirthDate(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	who := r.Person("v@shtab.test", 30)
	_, shift := r.Event(r.World, r.Morning(3), 5)
	r.As(who).Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil)
	born := time.Now().AddDate(-15, 0, -10).Format(time.DateOnly)
	want(t, r.staff.Post(r.page(who, "/birthdate"), url.Values{"birth_date": {born}}), http.StatusUnprocessableEntity, "Напишите причину", born)
	want(t, r.staff.Post(r.page(who, "/birthdate"), url.Values{"birth_date": {"2099-01-01"}, "words": {"Паспорт"}}), http.StatusUnprocessableEntity)
	for range 2 {
		want(t, r.staff.Post(r.page(who, "/birthdate"), url.Values{"birth_date": {born}, "words": {"Ошибка при регистрации"}}), http.StatusSeeOther)
	}
	if n := r.Count(`select count(*) from signup where person_id = $1 and state = 'awaiting_consent'`, who); n != 1 {
		t.Error("a minor keeps a place without a parent's word")
	}
	if r.Count(`select count(*) from person_note where person_id = $1`, who) != 1 || r.mails("account_changed", who) != 1 {
		t.Error("not written, or not told, once")
	}
	if n := r.Count(`select count(*) from audit where verb = 'people.birth_date' and fields = '{birth_date}'`); n != 1 {
		t.Errorf("%d entries in the audit", n)
	}
}

// Two accounts of one person become one: sign-ups, hours, consents and roles move, clashing places
// go on, and no total changes.
func TestMergePeople(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	keep, from, queue := r.Person("keep@shtab.test", 30), r.Person("from@shtab.test", 30), r.Person("queue@shtab.test", 30)
	r.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, from, r.HQ)
	_, both := r.Event(r.World, r.Morning(3), 2)
	_, one := r.Event(r.World, r.Morning(4), 2)
	for _, who := range []int64{keep, from, queue} {
		want(t, r.As(who).Post(portaltest.Path("/ru/shifts/%d/signup", both), nil), http.StatusSeeOther)
	}
	want(t, r.As(from).Post(portaltest.Path("/ru/shifts/%d/signup", one), nil), http.StatusSeeOther)
	done, shift := r.Event(r.World, -30*time.Hour, 5)
	attended := func(who int64) {
		r.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at) select id, $2, during, 'confirmed', 'm' || $2::bigint, now(), now() from shift where id = $1`, shift, who)
		r.Exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, minutes, recorded_at)
			select id, $2, $1, $3, $4, current_date, 'attended', 1, 120, now() from signup where shift_id = $5 and person_id = $2`, done, who, r.Campaign, r.Org, shift)
	}
	attended(from)
	// Absences are the person's, under whatever account.
	missed, was := r.Event(r.World, -80*time.Hour, 5)
	r.Exec(`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at) select id, $2, during, 'confirmed', 'missed', now(), now() from shift where id = $1`, was, from)
	r.Exec(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, minutes, recorded_at)
		select id, $1, $2, $3, $4, current_date - 3, 'no_show', 0, 0, now() from signup where ticket = 'missed'`, from, missed, r.Campaign, r.Org)
	// Waiting somewhere at the hours of the other's place stands against nothing.
	_, full := r.Event(r.World, r.Morning(4), 1)
	want(t, r.As(queue).Post(portaltest.Path("/ru/shifts/%d/signup", full), nil), http.StatusSeeOther)
	want(t, r.As(keep).Post(portaltest.Path("/ru/shifts/%d/signup", full), nil), http.StatusSeeOther)
	totals := func() string {
		var s string
		r.Scan(`select string_agg(x::text, ' ' order by x::text) from (select event_id, day, events, signups, participations, no_shows, minutes from total_event) x`, nil, &s)
		return s
	}
	before := totals()

	merge := r.page(keep, "/merge")
	form := url.Values{"from": {fmt.Sprint(from)}, "words": {"Зарегистрировался дважды"}}
	want(t, r.staff.Get(merge+"?q=from@"), http.StatusOK, "from@shtab.test")
	want(t, r.staff.Get(merge+fmt.Sprintf("?from=%d", from)), http.StatusOK, "3 записи", "Подтверждённые часы: 2", "1 организация", "1 будущая запись")
	if n := r.Count(`select count(*) from audit where verb = 'people.look' and object_id in ($1, $2)`, keep, from); n != 2 {
		t.Errorf("%d looks in the audit", n)
	}
	want(t, r.staff.Get(merge+fmt.Sprintf("?from=%d", keep)), http.StatusNotFound)
	want(t, r.staff.Post(merge, url.Values{"from": {fmt.Sprint(from)}}), http.StatusUnprocessableEntity, "Напишите причину")
	want(t, r.mine.Post(merge, form), http.StatusForbidden)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if a, err := r.staff.Try(http.MethodPost, merge, form); err != nil || a.Status != http.StatusSeeOther {
				t.Errorf("%d %v", a.Status, err)
			}
		})
	}
	wg.Wait()
	for what, sql := range map[string]string{
		"absences moved":        `select sum(no_shows) = 1 from ledger where person_id = $1`,
		"hours moved":           `select sum(minutes) = 120 and sum(participations) = 1 from ledger where person_id = $1`,
		"the sign-up is kept's": `select count(*) = 4 from signup where person_id = $1 and state = 'confirmed'`,
		"the organisation":      `select count(*) = 1 from coordinator where person_id = $1`,
	} {
		var ok bool
		r.Scan(sql, []any{keep}, &ok)
		if !ok {
			t.Error(what, "is not so")
		}
	}
	if n := r.Count(`select coalesce(sum(minutes), 0) from ledger where person_id = $1`, from); n != 0 {
		t.Errorf("%d minutes stay behind", n)
	}
	if after := totals(); after != before {
		t.Errorf("the totals were %s and are %s", before, after)
	}
	if n := r.Count(`select count(*) from signup where shift_id = $1 and person_id = $2 and state = 'confirmed'`, both, queue); n != 1 {
		t.Error("the clashing place did not go on")
	}
	// Hours that are corrected later are the kept one's too.
	theirs := r.Count(`select id from signup where shift_id = $1`, shift)
	correct := url.Values{"outcome": {"attended"}, "minutes": {"90"}, "reason": {"Ушёл раньше"}}
	want(t, r.staff.Post(portaltest.Path("/ru/desk/signups/%d/hours", int64(theirs)), correct), http.StatusSeeOther)
	if k, f := r.Count(`select coalesce(sum(minutes), 0) from ledger where person_id = $1`, keep), r.Count(`select coalesce(sum(minutes), 0) from ledger where person_id = $1`, from); k != 90 || f != 0 {
		t.Errorf("corrected to 90 minutes, the kept account has %d, the closed one %d", k, f)
	}
	if a := r.staff.Get(r.page(from)); a.Status != http.StatusSeeOther || !strings.HasSuffix(a.Header.Get("Location"), r.page(keep)) {
		t.Errorf("the closed account's page: %d", a.Status)
	}
	if r.mails("account_merged", keep) != 1 || r.mails("account_merged", from) != 1 {
		t.Error("not both are told, once")
	}
	if mail := r.Mail("account_merged", "from@shtab.test"); !strings.Contains(mail, "екінші поштаңызбен") {
		t.Errorf("the mail says %s", mail)
	}

	// Hours of both at one event stand against it.
	third := r.Person("third@shtab.test", 30)
	attended(third)
	want(t, r.staff.Get(merge+fmt.Sprintf("?from=%d", third)), http.StatusOK, "за одно событие")
	want(t, r.staff.Post(merge, url.Values{"from": {fmt.Sprint(third)}, "words": {"Дважды"}}), http.StatusConflict, "за одно событие")
	// So do hours at another event at the same time.
	elsewhere, s2 := r.Event(r.World, -30*time.Hour, 5)
	fourth := r.Person("fourth@shtab.test", 30)
	done, shift = elsewhere, s2
	attended(fourth)
	want(t, r.staff.Post(merge, url.Values{"from": {fmt.Sprint(fourth)}, "words": {"Дважды"}}), http.StatusConflict, "в одно время")

	// Whoever joins meanwhile does not break it.
	for i := range 5 {
		a, b := r.Person(fmt.Sprintf("a%d@shtab.test", i), 30), r.Person(fmt.Sprintf("b%d@shtab.test", i), 30)
		_, s := r.Event(r.World, r.Morning(10+i), 3)
		as, bs := r.As(a), r.As(b)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = as.Try(http.MethodPost, portaltest.Path("/ru/shifts/%d/signup", s), nil) })
		wg.Go(func() { _, _ = bs.Try(http.MethodPost, portaltest.Path("/ru/shifts/%d/signup", s), nil) })
		wg.Go(func() {
			if x, err := r.staff.Try(http.MethodPost, r.page(a, "/merge"), url.Values{"from": {fmt.Sprint(b)}, "words": {"Дважды"}}); err != nil || x.Status != http.StatusSeeOther {
				t.Errorf("%d %v", x.Status, err)
			}
		})
		wg.Wait()
		if n := r.Count(`select confirmed from shift where id = $1`, s) - r.Count(`select count(*) from signup where shift_id = $1 and state = 'confirmed'`, s); n != 0 {
			t.Errorf("the counter is off by %d", n)
		}
		if n := r.Count(`select count(*) from signup where person_id = $1 and state <> 'cancelled'`, b); n != 0 {
			t.Errorf("the closed account holds %d places", n)
		}
	}
}

// Both accounts join the same shift while the merge waits for them: the closed one's place is given
// up all the same.
func TestMergeWaits(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	keep, from := r.Person("keep@shtab.test", 30), r.Person("from@shtab.test", 30)
	_, shift := r.Event(r.World, r.Morning(3), 3)
	tx, err := r.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	// As a turn of theirs holds them: the shift, then the people.
	for _, do := range []struct {
		sql  string
		args []any
	}{
		{`select from shift where id = $1 for no key update`, []any{shift}},
		{`select from person where id = any($1) order by id for no key update`, []any{[]int64{keep, from}}},
		{`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select s.id, p, s.during, 'confirmed', 'w' || p, now(), now() from shift s, unnest($2::bigint[]) p where s.id = $1`, []any{shift, []int64{keep, from}}},
	} {
		if _, err := tx.Exec(t.Context(), do.sql, do.args...); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		a, err := r.staff.Try(http.MethodPost, r.page(keep, "/merge"), url.Values{"from": {fmt.Sprint(from)}, "words": {"Дважды"}})
		if err != nil || a.Status != http.StatusSeeOther {
			t.Errorf("%d %v", a.Status, err)
		}
	})
	for deadline := time.Now().Add(30 * time.Second); r.Count(`select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the merge does not wait")
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if n := r.Count(`select count(*) from signup where person_id = $1 and state <> 'cancelled'`, from); n != 0 {
		t.Errorf("the closed account holds %d places", n)
	}
	if n := r.Count(`select count(*) from signup where person_id = $1 and state = 'confirmed'`, keep); n != 1 {
		t.Errorf("the kept account has %d", n)
	}
}
