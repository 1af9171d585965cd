package event_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
)

// desk is a world with the two organisations' coordinators, a member of staff and a headquarters
// whose campaign is open to all.
type desk struct {
	*world
	store               *event.Store
	review              *event.Reviewer
	jastar, qamqor, hq  account.Actor
	open, own, archived int64 // campaigns: the headquarters', the first organisation's, one of the past
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{world: newWorld(t)}
	d.exec(
		`insert into org (slug, kind, name, joined_on) values ('hq', 'headquarters', '{"kk":"Штаб"}', '2019-01-01')`)
	d.exec(`update org set state = case when slug <> 'qamqor' then 'trusted' else 'active' end`)
	d.exec(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at, state) values
		('open', 3, '{"kk":"Ашық"}', '{}', 'leaf', 'leaf', '2026-01-01', 'published'),
			('old', 3, '{"kk":"Ескі"}', '{}', 'leaf', 'leaf', '2026-01-01', 'archived')`)
	d.open, d.own, d.archived = 3, 1, 4
	d.store = event.NewStore(d.db, d.city)
	out, err := outbox.New(d.db, nil)
	if err != nil {
		t.Fatal(err)
	}
	d.review = event.NewReviewer(d.db, out, d.city)
	d.jastar = account.Actor{PersonID: 1, Orgs: []int64{1}}
	d.qamqor = account.Actor{PersonID: 2, Orgs: []int64{2}}
	d.hq = account.Actor{PersonID: 3, Role: account.Staff}
	return d
}

// plan is one that can be published.
func (d *desk) plan() event.Details {
	return event.Details{
		OrgID: 1, CampaignID: d.open, Cohosts: []int64{},
		Title: i18n.Text{KK: "Ағаш егу", RU: "Посадка"}, Summary: i18n.Text{KK: "Екеміз", RU: "Сажаем"},
		Place:    i18n.Text{KK: "Саябақ", RU: "Парк"},
		District: "yesil", CutoffMinutes: 180,
		Slots: []event.Slot{{Day: "2026-12-10", From: "10:00", To: "13:00", Capacity: 20}},
	}
}

func (d *desk) create(actor account.Actor, p event.Details) int64 {
	d.Helper()
	id, err := d.store.Create(context.Background(), actor, p, "", d.now)
	if err != nil {
		d.Fatal(err)
	}
	return id
}

func (d *desk) count(sql string, args ...any) (n int) {
	d.Helper()
	if err := d.db.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		d.Fatal(err)
	}
	return n
}

func problems(err error) map[string]string {
	if e, ok := errors.AsType[*fault.Error](err); ok && e.Kind == fault.KindInvalid {
		return e.Fields
	}
	return nil
}

func TestDraft(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := context.Background()
	// A host and a campaign are enough, and what is half written is kept.
	bare := event.Details{OrgID: 1, CampaignID: d.own, Slots: []event.Slot{{From: "10:00", Capacity: 7}}}
	id := d.create(d.jastar, bare)
	h, err := d.store.Get(ctx, d.jastar, id)
	if err != nil || h.State != event.Draft || h.Version != 1 || !slices.Equal(h.Slots, bare.Slots) ||
		!h.StartsAt.IsZero() {
		t.Fatalf("%+v, %v", h, err)
	}
	// The same form sent twice makes one event.
	a, err1 := d.store.Create(ctx, d.jastar, d.plan(), "once", d.now)
	b, err2 := d.store.Create(ctx, d.jastar, d.plan(), "once", d.now)
	if a != b || a == id || err1 != nil || err2 != nil {
		t.Errorf("%d and %d, %v, %v", a, b, err1, err2)
	}
	// Saved over, it grows a version; saved as it is, it does not.
	p := d.plan()
	p.Cohosts = []int64{2}
	if err := d.store.Save(ctx, d.jastar, id, 1, p, d.now); err != nil {
		t.Fatal(err)
	}
	if err := d.store.Save(ctx, d.qamqor, id, 2, p, d.now); err != nil { // a co-host runs it too
		t.Fatal(err)
	}
	if h, _ = d.store.Get(ctx, d.jastar, id); h.Version != 2 || h.StartsAt.IsZero() ||
		!slices.Equal(h.Cohosts, p.Cohosts) {
		t.Errorf("%+v", h)
	}
	// From an old version nothing is written.
	p.Title.KK = "Кеш"
	if err := d.store.Save(ctx, d.jastar, id, 1, p, d.now); fault.Of(err) != fault.KindConflict {
		t.Error(err)
	}
	if h, _ = d.store.Get(ctx, d.jastar, id); h.Title.KK != "Ағаш егу" {
		t.Error("written from an old version")
	}
	if n := d.count(`select count(*) from audit where object_id = $1 and verb in ('event.create', 'event.save')`,
		id); n != 2 {
		t.Errorf("%d lines in the audit", n)
	}
}

// What belongs to somebody else is missing, and nothing is written.
func TestForeign(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := context.Background()
	id := d.create(d.jastar, d.plan())
	with := func(set func(*event.Details)) event.Details { p := d.plan(); set(&p); return p }
	create := func(p event.Details) error { _, err := d.store.Create(ctx, d.qamqor, p, "", d.now); return err }
	before := d.count(`select count(*) from event`)
	_, publish := d.store.Publish(ctx, d.qamqor, id, 0, d.now)
	_, get := d.store.Get(ctx, d.qamqor, id)
	for name, c := range map[string]struct {
		err  error
		want fault.Kind
	}{
		"another's host": {create(d.plan()), fault.KindNotFound},
		"another's campaign": {
			create(with(func(p *event.Details) { p.OrgID, p.CampaignID = 2, d.own })),
			fault.KindInvalid,
		},
		"an archived campaign": {
			create(with(func(p *event.Details) { p.OrgID, p.CampaignID = 2, d.archived })),
			fault.KindInvalid,
		},
		"a co-host that is none": {
			create(with(func(p *event.Details) { p.OrgID, p.Cohosts = 2, []int64{99} })),
			fault.KindNotFound,
		},
		"read": {get, fault.KindNotFound},
		"save": {d.store.Save(ctx, d.qamqor, id, 1, d.plan(), d.now), fault.KindNotFound},
		"host given away": {d.store.Save(ctx, d.jastar, id, 1, with(func(p *event.Details) { p.OrgID = 2 }),
			d.now), fault.KindNotFound},
		"publish": {publish, fault.KindNotFound},
		"approve": {d.review.Approve(ctx, d.jastar, id, 0, d.now), fault.KindNotFound},
		"return":  {d.review.Return(ctx, d.jastar, id, 0, "жоқ", d.now), fault.KindNotFound},
	} {
		if fault.Of(c.err) != c.want {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if n := d.count(`select count(*) from event where state = 'draft' and version = 1 and org_id = 1`); n != 1 ||
		d.count(`select count(*) from event`) != before {
		t.Error("something was written")
	}
}

func TestPublish(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := context.Background()
	bare := d.create(d.jastar, event.Details{OrgID: 1, CampaignID: d.own})
	if _, err := d.store.Publish(ctx, d.jastar, bare, 0, d.now); problems(err)["title_kk"] == "" ||
		problems(err)["shifts"] == "" {
		t.Error(err)
	}
	p := d.plan()
	p.Slots = append(p.Slots, event.Slot{
		Day: "2026-12-09", From: "22:00", To: "02:00", NextDay: true, Capacity: 3,
		MinAge: 18,
	})
	id := d.create(d.jastar, p)
	if _, err := d.store.Publish(ctx, d.jastar, id, 7, d.now); fault.Of(err) != fault.KindConflict {
		t.Error("published what nobody looked at", err)
	}
	// Ten at once, of whom one publishes.
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if state, err := d.store.Publish(ctx, d.jastar, id, 1, d.now); err != nil || state != event.Published {
				t.Error(state, err)
			}
		})
	}
	all.Wait()
	h, err := d.store.Get(ctx, d.jastar, id)
	if err != nil || h.State != event.Published || len(h.Shifts) != 2 || h.Version != 2 || h.PublishedAt == nil {
		t.Fatalf("%+v, %v", h, err)
	}
	if s := h.Shifts[0]; !s.StartsAt.Equal(h.StartsAt) || s.EndsAt.Sub(s.StartsAt) != 4*time.Hour || s.MinAge != 18 ||
		!h.Shifts[1].EndsAt.Equal(h.EndsAt) {
		t.Errorf("%+v", h)
	}
	if n := d.count(`select count(*) from audit where object_id = $1 and verb = 'event.publish'`, id); n != 1 {
		t.Errorf("%d times in the audit", n)
	}
	if err := d.store.Save(ctx, d.jastar, id, 2, d.plan(), d.now); fault.Of(err) != fault.KindConflict {
		t.Error("a published event was saved over", err)
	}
}

// Whom the headquarters does not know yet, it looks at first.
func TestReview(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := context.Background()
	p := d.plan()
	p.OrgID = 2
	id := d.create(d.qamqor, p)
	state := func(t *testing.T, want event.State, version int) {
		t.Helper()
		if h, err := d.store.Get(ctx, d.qamqor, id); err != nil || h.State != want || h.Version != version {
			t.Fatalf("%s of version %d, not %s of %d: %v", h.State, h.Version, want, version, err)
		}
	}
	submit := func(t *testing.T) {
		t.Helper()
		for range 2 {
			if s, err := d.store.Publish(ctx, d.qamqor, id, 0, d.now); err != nil || s != event.Review {
				t.Fatal(s, err)
			}
		}
	}
	const words = "Мекенжайды нақтылаңыз"
	if !t.Run("it is submitted once", func(t *testing.T) {
		submit(t)
		state(t, event.Review, 2)
	}) {
		return
	}
	t.Run("it does not go back without words", func(t *testing.T) {
		if err := d.review.Return(ctx, d.hq, id, 2, " ", d.now); problems(err)["words"] == "" {
			t.Error(err)
		}
	})
	t.Run("nor from an old version", func(t *testing.T) {
		if err := d.review.Return(ctx, d.hq, id, 1, words, d.now); fault.Of(err) != fault.KindConflict {
			t.Error(err)
		}
	})
	if !t.Run("it goes back with words", func(t *testing.T) {
		if err := d.review.Return(ctx, d.hq, id, 2, words, d.now); err != nil {
			t.Fatal(err)
		}
		state(t, event.Draft, 3)
		if h, _ := d.store.Get(ctx, d.qamqor, id); h.Returned != words || h.ReturnedAt == nil {
			t.Errorf("%+v", h)
		}
	}) {
		return
	}
	t.Run("a draft is not approved", func(t *testing.T) {
		if err := d.review.Approve(ctx, d.hq, id, 0, d.now); fault.Of(err) != fault.KindConflict {
			t.Error("a draft was approved", err)
		}
	})
	if !t.Run("it is submitted again", func(t *testing.T) {
		submit(t)
		state(t, event.Review, 4)
	}) {
		return
	}
	if n := d.count(`select count(*) from shift where event_id = $1`, id); n != 0 {
		t.Error("shifts before publication")
	}
	t.Run("it is not approved for a day that has passed", func(t *testing.T) {
		if err := d.review.Approve(ctx, d.hq, id, 0, d.now.AddDate(0, 1, 0)); problems(err)["shift[0].day"] == "" {
			t.Error("approved for a day that has passed", err)
		}
	})
	if !t.Run("it is approved, and published once", func(t *testing.T) {
		for range 2 {
			if err := d.review.Approve(ctx, d.hq, id, 4, d.now); err != nil {
				t.Fatal(err)
			}
		}
		state(t, event.Published, 5)
	}) {
		return
	}
	for verb, want := range map[string]int{
		"event.submit": 2, "event.return": 1, "event.approve": 1,
		"event.publish": 0,
	} {
		n := d.count(`select count(*) from audit where object_id = $1 and verb = $2`, id, verb)
		t.Run("audit of "+verb, func(t *testing.T) {
			if n != want {
				t.Errorf("%d times in the audit, want %d", n, want)
			}
		})
	}
}

// held runs two things against an event that somebody else holds, so that both stand at the same
// point when it is let go.
func (d *desk) held(id int64, both func() error) (errs [2]error) {
	d.Helper()
	ctx := context.Background()
	tx, err := d.db.Begin(ctx)
	if err != nil {
		d.Fatal(err)
	}
	defer tx.Rollback(ctx)
	if _, err := tx.Exec(ctx, `select from event where id = $1 for no key update`, id); err != nil {
		d.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = both() })
	}
	pgtest.WaitForLocks(d, d.db, 2)
	if err := tx.Commit(ctx); err != nil {
		d.Fatal(err)
	}
	all.Wait()
	return errs
}

// Two people press the same button at the same instant: one does it, for the other it is done or
// has changed.
func TestAtTheSameInstant(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := context.Background()
	id := d.create(d.jastar, d.plan())
	errs := d.held(id, func() error { _, err := d.store.Publish(ctx, d.jastar, id, 1, d.now); return err })
	if errs[0] != nil || errs[1] != nil {
		t.Error(errs)
	}
	if n := d.count(`select count(*) from shift where event_id = $1`, id); n != 1 ||
		d.count(`select version from event where id = $1`, id) != 2 {
		t.Errorf("%d shifts", n)
	}
	id = d.create(d.jastar, d.plan())
	p := d.plan()
	p.Title.RU = "Другое"
	errs = d.held(id, func() error { return d.store.Save(ctx, d.jastar, id, 1, p, d.now) })
	if (errs[0] == nil) == (errs[1] == nil) || d.count(`select version from event where id = $1`, id) != 2 {
		t.Error(errs)
	}
}
