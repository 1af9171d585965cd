package people_test

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

// duplicate is a headquarters in which one person has two accounts.
type duplicate struct {
	*portaltest.Headquarters
	keep, from   int64 // the account that stays, and the one that is merged into it
	queue        int64 // somebody who waits for a place of theirs
	both, full   int64 // shifts: both accounts have a place; keep waits at the hours of a place of from
	event, shift int64 // where from has attended
}

func newDuplicate(t *testing.T) *duplicate {
	t.Helper()
	d := &duplicate{Headquarters: portaltest.StartHeadquarters(t)}
	d.keep, d.from, d.queue = d.Person("keep@shtab.test", 30), d.Person("from@shtab.test", 30),
		d.Person("queue@shtab.test", 30)
	d.Exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, d.from, d.HQ)
	_, d.both = d.Event(d.World, d.Morning(3), 2)
	_, one := d.Event(d.World, d.Morning(4), 2)
	_, d.full = d.Event(d.World, d.Morning(4), 1)
	d.signUp(t, d.both, d.keep, d.from, d.queue)
	d.signUp(t, one, d.from)
	d.signUp(t, d.full, d.queue, d.keep)
	d.event, d.shift = d.Event(d.World, -30*time.Hour, 5)
	d.Attend(d.event, d.shift, d.from, 120)
	missed, was := d.Event(d.World, -80*time.Hour, 5)
	d.Attend(missed, was, d.from, 0)
	return d
}

func (d *duplicate) signUp(t *testing.T, shift int64, people ...int64) {
	t.Helper()
	for _, who := range people {
		d.As(who).Post(portaltest.Path("/ru/shifts/%d/signup", shift), nil).Want(t, http.StatusSeeOther)
	}
}

func (d *duplicate) totals() (s string) {
	d.Scan(`select string_agg(x::text, ' ' order by x::text) from (
		select event_id, day, events, signups, participations, no_shows, minutes from total_event) x`, nil, &s)
	return s
}

func (d *duplicate) minutes(who int64) int {
	return d.Count(`select coalesce(sum(minutes), 0) from ledger where person_id = $1`, who)
}

func mergeForm(from int64) url.Values {
	return url.Values{"from": {fmt.Sprint(from)}, "words": {"Зарегистрировался дважды"}}
}

// Two accounts of one person become one: sign-ups, hours, consents and roles move, places that clash
// are given to who waits, and no total changes.
func TestMergePeople(t *testing.T) {
	t.Parallel()
	d := newDuplicate(t)
	merge, before := path(d.keep, "/merge"), d.totals()

	t.Run("preview", func(t *testing.T) {
		d.Staff.Get(merge+"?q=from@").Want(t, http.StatusOK, "from@shtab.test")
		d.Staff.Get(merge+fmt.Sprintf("?from=%d", d.from)).Want(t, http.StatusOK,
			"3 записи", "Подтверждённые часы: 2", "1 организация", "1 будущая запись")
		if n := d.Count(`select count(*) from audit where verb = 'people.look' and object_id in ($1, $2)`, d.keep,
			d.from); n != 2 {
			t.Errorf("%d looks in the audit", n)
		}
		d.Staff.Get(merge+fmt.Sprintf("?from=%d", d.keep)).Want(t, http.StatusNotFound)
	})
	t.Run("refused", func(t *testing.T) {
		d.Staff.Post(merge, url.Values{"from": {fmt.Sprint(d.from)}}).
			Want(t, http.StatusUnprocessableEntity, "Напишите причину")
		d.Coordinator.Post(merge, mergeForm(d.from)).Want(t, http.StatusForbidden)
	})
	d.Staff.PostAtOnce(t, 3, merge, mergeForm(d.from))

	t.Run("moves", func(t *testing.T) {
		for what, sql := range map[string]string{
			"absences":     `select sum(no_shows) = 1 from ledger where person_id = $1`,
			"hours":        `select sum(minutes) = 120 and sum(participations) = 1 from ledger where person_id = $1`,
			"sign-ups":     `select count(*) = 4 from signup where person_id = $1 and state = 'confirmed'`,
			"organisation": `select count(*) = 1 from coordinator where person_id = $1`,
		} {
			var ok bool
			if d.Scan(sql, []any{d.keep}, &ok); !ok {
				t.Errorf("not all moved: %s", what)
			}
		}
		if n := d.minutes(d.from); n != 0 {
			t.Errorf("%d minutes stay behind", n)
		}
		if after := d.totals(); after != before {
			t.Errorf("the totals were %s and are %s", before, after)
		}
		if n := d.Count(`select count(*) from signup where shift_id = $1 and person_id = $2 and state = 'confirmed'`,
			d.both, d.queue); n != 1 {
			t.Error("nobody got the clashing place")
		}
	})
	t.Run("hours that are corrected later", func(t *testing.T) {
		signup := d.Count(`select id from signup where shift_id = $1`, d.shift)
		d.Staff.Post(portaltest.Path("/ru/desk/signups/%d/hours", signup),
			url.Values{"outcome": {"attended"}, "minutes": {"90"}, "reason": {"Ушёл раньше"}}).
			Want(t, http.StatusSeeOther)
		if k, f := d.minutes(d.keep), d.minutes(d.from); k != 90 || f != 0 {
			t.Errorf("corrected to 90 minutes, the kept account has %d, the closed one %d", k, f)
		}
	})
	t.Run("the closed account", func(t *testing.T) {
		if a := d.Staff.Get(path(d.from)).Want(t, http.StatusSeeOther); !strings.HasSuffix(a.Header.Get("Location"),
			path(d.keep)) {
			t.Errorf("its page leads to %s", a.Header.Get("Location"))
		}
		if mails(d.Headquarters, "account_merged", d.keep) != 1 ||
			mails(d.Headquarters, "account_merged", d.from) != 1 {
			t.Error("not both are told, once")
		}
		if mail := d.Mail("account_merged", "from@shtab.test"); !strings.Contains(mail, "екінші поштаңызбен") {
			t.Errorf("the mail says %s", mail)
		}
	})
}

// Two accounts that have hours at one event, or at the same time, are not one person's.
func TestMergePeopleWithHoursOfBoth(t *testing.T) {
	t.Parallel()
	d := newDuplicate(t)
	merge := path(d.keep, "/merge")
	d.Attend(d.event, d.shift, d.keep, 120)
	d.Staff.Get(merge+fmt.Sprintf("?from=%d", d.from)).Want(t, http.StatusOK, "за одно событие")
	d.Staff.Post(merge, mergeForm(d.from)).Want(t, http.StatusConflict, "за одно событие")

	third := d.Person("third@shtab.test", 30)
	event, shift := d.Event(d.World, -30*time.Hour, 5)
	d.Attend(event, shift, third, 120)
	d.Staff.Post(merge, mergeForm(third)).Want(t, http.StatusConflict, "в одно время")
}

// Places that both take while they are merged are counted right.
func TestMergePeopleWhoJoinMeanwhile(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	for i := range 5 {
		a, b := h.Person(fmt.Sprintf("a%d@shtab.test", i), 30), h.Person(fmt.Sprintf("b%d@shtab.test", i), 30)
		_, s := h.Event(h.World, h.Morning(10+i), 3)
		as, bs := h.As(a), h.As(b)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = as.Try(http.MethodPost, portaltest.Path("/ru/shifts/%d/signup", s), nil) })
		wg.Go(func() { _, _ = bs.Try(http.MethodPost, portaltest.Path("/ru/shifts/%d/signup", s), nil) })
		wg.Go(func() { h.Staff.PostAtOnce(t, 1, path(a, "/merge"), mergeForm(b)) })
		wg.Wait()
		if n := h.Count(`select confirmed from shift where id = $1`, s) -
			h.Count(`select count(*) from signup where shift_id = $1 and state = 'confirmed'`, s); n != 0 {
			t.Errorf("the counter is off by %d", n)
		}
		if n := h.Count(`select count(*) from signup where person_id = $1 and state <> 'cancelled'`, b); n != 0 {
			t.Errorf("the closed account holds %d places", n)
		}
	}
}

// Both accounts join the same shift while the merge waits for them: the closed one's place is given
// up all the same.
func TestMergePeopleWaits(t *testing.T) {
	t.Parallel()
	h := portaltest.StartHeadquarters(t)
	keep, from := h.Person("keep@shtab.test", 30), h.Person("from@shtab.test", 30)
	_, shift := h.Event(h.World, h.Morning(3), 3)
	tx, err := h.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	// As a transaction of theirs locks them: the shift, then the people.
	for _, do := range []struct {
		sql  string
		args []any
	}{
		{`select from shift where id = $1 for no key update`, []any{shift}},
		{`select from person where id = any($1) order by id for no key update`, []any{[]int64{keep, from}}},
		{`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select s.id, p, s.during, 'confirmed', 'w' || p, now(), now() from shift s, unnest($2::bigint[]) p
				where s.id = $1`, []any{shift, []int64{keep, from}}},
	} {
		if _, err := tx.Exec(t.Context(), do.sql, do.args...); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	wg.Go(func() { h.Staff.PostAtOnce(t, 1, path(keep, "/merge"), mergeForm(from)) })
	h.WaitForLock()
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if n := h.Count(`select count(*) from signup where person_id = $1 and state <> 'cancelled'`, from); n != 0 {
		t.Errorf("the closed account holds %d places", n)
	}
	if n := h.Count(`select count(*) from signup where person_id = $1 and state = 'confirmed'`, keep); n != 1 {
		t.Errorf("the kept account has %d", n)
	}
}
