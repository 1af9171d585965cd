package signup

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/event/eventtest"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres/pgtest"
)

// plan is a published event as its form has it, ready to be saved again.
func (w *world) plan(id int64) (event.Details, int) {
	w.Helper()
	w.exec(
		`update event set title = '{"kk": "Егу", "ru": "Посадка"}', summary = '{"kk": "Екеміз", "ru": "Сажаем"}',
			place = '{"kk": "Саябақ", "ru": "Парк"}', district = 'yesil' where id = $1`, id)
	h, err := event.NewStore(w.db, w.city).Get(w.ctx, w.host, id)
	if err != nil {
		w.Fatal(err)
	}
	return h.Details, h.Version
}

func (w *world) edit(id int64, version int, p event.Details, agreed ...int64) (Effect, error) {
	w.Helper()
	return w.store.Edit(w.ctx, w.host, id, version, p, agreed, noon)
}

// hours of a slot are the city's: noon is 12:00 there.
func later(s event.Slot, hours int) event.Slot {
	from, _ := time.Parse("15:04", s.From)
	to, _ := time.Parse("15:04", s.To)
	s.From, s.To = from.Add(time.Duration(hours)*time.Hour).Format("15:04"), to.Add(time.Duration(hours)*time.Hour).
		Format("15:04")
	return s
}

// What concerns nobody's place is saved and nobody hears of it; saved as it is, nothing changes.
func TestEditOfTexts(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(2, 48)
	p, version := w.plan(id)
	w.join(w.person(20), shifts[0], Confirmed, 0)
	if _, err := w.edit(id, version, p); err != nil {
		t.Fatal(err)
	}
	if n := w.id(`select count(*) from audit where verb = 'event.change'`) + w.id(
		`select version - 1 from event where id = $1`, id); n != 0 {
		t.Error("saved as it was, and written")
	}
	p.Needs, p.ContactName = i18n.Text{KK: "Курс", RU: "Курс"}, "Ержан"
	look, err := w.store.PreviewEdit(w.ctx, w.host, id, version, p, noon)
	if err != nil || !look.Silent() || !slices.Equal(look.Fields, []string{"needs", "contact_name"}) {
		t.Errorf("%+v, %v", look, err)
	}
	if _, err := w.edit(id, version, p); err != nil {
		t.Fatal(err)
	}
	if _, err := w.edit(id, version, p); !isFault(err, event.Stale) {
		t.Error("written from an old version", err)
	}
	if n := w.id(
		`select count(*) from event where id = $1 and needs ->> 'ru' = 'Курс' and contact_name = 'Ержан'
			and version = 2`, id); n != 1 {
		t.Error("not written")
	}
	if n := w.id(
		`select count(*) from audit where verb = 'event.change' and fields = '{needs,contact_name}'`); n != 1 {
		t.Error("not in the audit")
	}
	w.check(noon)
}

// A change of a published event writes every field.
func TestEditWritesEveryField(t *testing.T) {
	w := newWorld(t, 4)
	id, _ := w.event(2, 480)
	p, version := w.plan(id)
	other := w.id(
		`insert into org (slug, kind, name, joined_on) values ('other', 'ngo', '{"ru": "Другая"}', '2020-01-01')
			returning id`)
	camp := w.id(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at, state)
		values ('d', $1, '{}', '{}', 'leaf', 'tree', '2026-01-01', 'published') returning id`, w.org)
	full := eventtest.Filled("full", w.org, camp, other, p.Slots[0].Day)
	full.Slots[0].ShiftID = p.Slots[0].ShiftID
	if _, err := w.edit(id, version, full); err != nil {
		t.Fatal(err)
	}
	now, err := event.NewStore(w.db, w.city).Get(w.ctx, w.host, id)
	if err != nil {
		t.Fatal(err)
	}
	if diff := now.Diff(full); len(diff) > 0 {
		t.Errorf("not written: %v", diff)
	}
}

func isFault(err error, key string) bool {
	e, ok := errors.AsType[*fault.Error](err)
	return ok && e.Key == key
}

// Before a new time is saved it is known who is told and who loses their place; they are told
// once, and whoever has joined in between is not dropped unseen.
func TestEditThatConcernsPeople(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(5, 48)
	p, version := w.plan(id)
	who := w.people(2, 20)
	child := w.person(17)
	w.join(who[0], shifts[0], Confirmed, 0)
	lost := w.join(child, shifts[0], Confirmed, 0)
	p.MinAge = 18
	p.Slots[0] = later(p.Slots[0], 1)
	look, err := w.store.PreviewEdit(w.ctx, w.host, id, version, p, noon)
	if err != nil || look.Told != 1 || len(look.Affected) != 1 || look.Affected[0].SignupID != lost.SignupID ||
		look.Affected[0].Reasons[0].Cause != event.TooYoung {
		t.Fatalf("%+v, %v", look, err)
	}
	w.state(child, shifts[0], Confirmed)

	second := w.person(16)
	w.join(second, shifts[0], Confirmed, 0)
	if _, err := w.edit(id, version, p, lost.SignupID); !isFault(err, "publishing.more_affected") {
		t.Error(err)
	}
	w.state(second, shifts[0], Confirmed)
	look, _ = w.store.PreviewEdit(w.ctx, w.host, id, version, p, noon)
	if _, err := w.edit(id, version, p, look.Affected[0].SignupID, look.Affected[1].SignupID); err != nil {
		t.Fatal(err)
	}
	_, _ = w.edit(id, version, p, look.Affected[0].SignupID, look.Affected[1].SignupID) // pressed twice
	w.state(child, shifts[0], Cancelled)
	w.wantMails(child, "signup_confirmed", "signup_cancelled")
	w.wantMails(second, "signup_confirmed", "signup_cancelled")
	w.wantMails(who[0], "signup_confirmed", "event_changed")
	w.check(noon)
}

// Fewer places than are taken are refused with how many are; nobody is dropped.
func TestEditOfCapacity(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(3, 48, 52)
	p, version := w.plan(id)
	for _, who := range w.people(3, 20) {
		w.join(who, shifts[0], Confirmed, 0)
	}
	p.Slots[0].Capacity, p.Slots[1].Capacity = 1, 1
	for _, try := range []func() (Effect, error){
		func() (Effect, error) { return w.store.PreviewEdit(w.ctx, w.host, id, version, p, noon) },
		func() (Effect, error) { return w.edit(id, version, p) },
	} {
		_, err := try()
		if short, ok := errors.AsType[Overbooked](err); !ok || !slices.Equal(short, Overbooked{{shifts[0], 3}}) ||
			fault.Of(err) != fault.KindConflict {
			t.Error(err)
		}
	}
	p.Slots[0].Capacity = 3
	if _, err := w.edit(id, version, p); err != nil {
		t.Fatal(err)
	}
	if n := w.id(`select capacity from shift where id = $1`, shifts[1]); n != 1 {
		t.Error("not written")
	}
	w.check(noon)
}

// Shifts come and go; one in which somebody is stays.
func TestEditOfShifts(t *testing.T) {
	w := newWorld(t, 4)
	id, shifts := w.event(3, 48, 52)
	p, version := w.plan(id)
	who := w.people(2, 20)
	w.join(who[0], shifts[0], Confirmed, 0)
	w.cancel(w.join(who[1], shifts[1], Confirmed, 0), who[1]) // was in, and has left
	first, second := p.Slots[0], p.Slots[1]

	p.Slots = []event.Slot{second}
	if _, err := w.edit(id, version, p); fields(err)["shifts"] != "publishing.problem.shift_in" {
		t.Error(err)
	}
	added := later(second, 3)
	added.ShiftID, added.Capacity = 0, 9
	p.Slots = []event.Slot{first, added}
	if _, err := w.edit(id, version, p); err != nil {
		t.Fatal(err)
	}
	if n := w.id(`select count(*) from shift where event_id = $1 and (id = $2 or capacity = 9)`, id,
		shifts[0]); n != 2 || w.id(`select count(*) from shift where event_id = $1`, id) != 2 {
		t.Error("not the two shifts")
	}
	if n := w.id(
		`select count(*) from event where id = $1 and ends_at = (select max(ends_at) from shift where event_id = $1)
			and starts_at = (select min(starts_at) from shift where event_id = $1)`, id); n != 1 {
		t.Error("the event's hours are not its shifts'")
	}
	if _, err := w.store.Join(w.ctx, as(who[1]), shifts[1], noon); fault.Of(err) != fault.KindNotFound {
		t.Error("a shift that has gone can be joined", err)
	}
	w.wantMails(who[0], "signup_confirmed")
	// All old ones away, a new one in: possible once nobody is in.
	p2, version := w.plan(id)
	p2.Slots = []event.Slot{added}
	w.exec(`update signup set state = 'cancelled', cancel_cause = 'self' where person_id = $1`, who[0])
	if _, err := w.edit(id, version, p2); err != nil {
		t.Fatal(err)
	}
	w.check(noon)
}

func fields(err error) map[string]string {
	if e, ok := errors.AsType[*fault.Error](err); ok {
		return e.Fields
	}
	return nil
}

func TestEditIsTheHosts(t *testing.T) {
	w := newWorld(t, 4)
	id, _ := w.event(3, 48)
	_, others := w.event(3, 72)
	p, version := w.plan(id)
	stranger := account.Actor{PersonID: w.person(30), Orgs: []int64{99}}
	if _, err := w.store.Edit(w.ctx, stranger, id, version, p, nil, noon); fault.Of(err) != fault.KindNotFound {
		t.Error(err)
	}
	for name, c := range map[string]struct {
		set  func(*event.Details)
		want fault.Kind
	}{
		"another event's shift":   {func(p *event.Details) { p.Slots[0].ShiftID = others[0] }, fault.KindNotFound},
		"another host":            {func(p *event.Details) { p.OrgID = 99 }, fault.KindInvalid},
		"a campaign that is none": {func(p *event.Details) { p.CampaignID = 99 }, fault.KindInvalid},
		"a co-host that is none":  {func(p *event.Details) { p.Cohosts = []int64{99} }, fault.KindNotFound},
		"Kazakh taken away":       {func(p *event.Details) { p.Title.KK = "" }, fault.KindInvalid},
		"no shift":                {func(p *event.Details) { p.Slots = nil }, fault.KindInvalid},
		"a new shift in the past": {func(p *event.Details) {
			p.Slots = append(p.Slots, event.Slot{Day: "2026-05-31", From: "10:00", To: "11:00", Capacity: 1})
		}, fault.KindInvalid},
		"a shift moved to the past": {func(p *event.Details) { p.Slots[0].Day = "2026-05-31" }, fault.KindInvalid},
	} {
		q := p
		q.Slots = slices.Clone(p.Slots)
		c.set(&q)
		if _, err := w.edit(id, version, q); fault.Of(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.store.Edit(w.ctx, w.host, id, version, p, nil, noon.AddDate(0, 0, 5)); !isFault(err,
		"signup.over") {
		t.Error("changed when it was over", err)
	}
	if n := w.id(`select count(*) from audit where verb = 'event.change'`); n != 0 {
		t.Error("something was written")
	}
}

// While people join and leave, others change the times and the number of places: never is more
// given than there is, every change is of its version, and each is told once of each new time.
func TestEditAgainstSignups(t *testing.T) {
	w := newWorld(t, 8)
	id, shifts := w.event(10, 48, 52)
	p, version := w.plan(id)
	people := w.people(40, 20)
	for _, who := range people[:5] {
		w.join(who, shifts[0], Confirmed, 0)
	}
	var all sync.WaitGroup
	var saved sync.Map
	for i, who := range people[5:] {
		all.Go(func() {
			if _, err := w.store.Join(w.ctx, as(who), shifts[i%2], noon); err != nil && fault.Of(err) == 0 {
				t.Error(err)
			}
		})
	}
	for i := range 8 {
		all.Go(func() {
			q := p
			q.Slots = slices.Clone(p.Slots)
			q.Slots[0] = later(q.Slots[0], 1)
			q.Slots[0].Capacity, q.Slots[1].Capacity = 10+i, 12+i
			q.Slots = append(q.Slots, event.Slot{Day: q.Slots[0].Day, From: "20:00", To: "21:00", Capacity: 1 + i})
			switch _, err := w.edit(id, version, q); {
			case err == nil:
				saved.Store(i, true)
			case !isFault(err, event.Stale):
				t.Error(err)
			}
		})
	}
	all.Wait()
	n := 0
	saved.Range(func(any, any) bool { n++; return true })
	if v := w.id(`select version from event where id = $1`, id); n != 1 || v != int64(version+1) ||
		w.id(`select count(*) from shift where event_id = $1`, id) != 3 {
		t.Errorf("%d saved, version %d", n, v)
	}
	for _, who := range people[:5] {
		w.wantMails(who, "signup_confirmed", "event_changed")
	}
	if n := w.id(
		fmt.Sprintf(
			`select coalesce(max(n), 0) from (select count(*) n from river_job where args ->> 'kind' = 'event_changed'
				group by args ->> 'person_id') x where %d > 0`, id)); n != 1 {
		t.Errorf("somebody is told %d times", n)
	}
	w.check(noon)
}

// Whoever is in a shift that goes while they ask for it is told that it is not there.
func TestShiftRemovedWhileAskedFor(t *testing.T) {
	w := newWorld(t, 8)
	for range 5 {
		id, shifts := w.event(10, 48, 52)
		p, version := w.plan(id)
		p.Slots = p.Slots[:1]
		var all sync.WaitGroup
		for _, who := range w.people(6, 20) {
			all.Go(func() {
				if _, err := w.store.Join(w.ctx, as(who), shifts[1], noon); err != nil &&
					fault.Of(err) != fault.KindNotFound {
					t.Error(err)
				}
			})
		}
		all.Go(func() {
			if _, err := w.edit(id, version, p); err != nil && fields(err)["shifts"] != "publishing.problem.shift_in" {
				t.Error(err)
			}
		})
		all.Wait()
	}
	w.check(noon)
}

// A change costs the same number of statements whatever the number of shifts and people.
func TestEditStatements(t *testing.T) {
	w, count := countedWorld(t)
	cost := func(shifts, people int) int64 {
		hours := make([]int, shifts)
		for i := range hours {
			hours[i] = 48 + 3*i
		}
		id, made := w.event(100, hours...)
		for _, who := range w.people(people, 20) {
			w.join(who, made[0], Confirmed, 0)
		}
		p, version := w.plan(id)
		p.Needs = i18n.Text{KK: "Курс", RU: "Курс"}
		p.Slots = p.Slots[:len(p.Slots)-1]
		for i := range p.Slots {
			p.Slots[i].Capacity++
		}
		p.Slots[0] = later(p.Slots[0], 1)
		for range shifts {
			p.Slots = append(p.Slots, event.Slot{Day: p.Slots[0].Day, From: "20:00", To: "21:00", Capacity: 1})
		}
		before := count.Count()
		if e, err := w.edit(id, version, p); err != nil || e.Told != people {
			t.Fatal(e, err)
		}
		return count.Count() - before
	}
	few, many := cost(2, 1), cost(12, 30)
	if few != many {
		t.Errorf("%d statements for two shifts and one person, %d for twelve and thirty", few, many)
	}
}

// Whoever waits for a shift that is taken out of its event meanwhile is told that it is not there.
func TestShiftRemovedWhileWaitedFor(t *testing.T) {
	w := newWorld(t, 4)
	_, shifts := w.event(3, 48, 52)
	tx, err := w.db.Begin(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(w.ctx)
	if _, err := tx.Exec(w.ctx, `delete from shift where id = $1`, shifts[1]); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- w.store.SetCapacity(w.ctx, w.host, shifts[1], 5, noon) }()
	pgtest.WaitForLocks(t, w.db, 1)
	if err := tx.Commit(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.wantFault(<-done, fault.KindNotFound)
}
