package event_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
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

// Each thing that stands against publication is a problem of its field.
func TestProblems(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	long := strings.Repeat("а", 121)
	slot := func(set func(*event.Slot)) func(*event.Details) { return func(p *event.Details) { set(&p.Slots[0]) } }
	for name, c := range map[string]struct {
		set  func(*event.Details)
		want map[string]string
	}{
		"whole": {func(*event.Details) {}, map[string]string{}},
		"no Kazakh title": {
			func(p *event.Details) { p.Title.KK = " " },
			map[string]string{"title_kk": "publishing.problem.kk"},
		},
		"nothing written": {func(p *event.Details) {
			p.Title, p.Summary, p.Place = i18n.Text{}, i18n.Text{},
				i18n.Text{}
		}, map[string]string{
			"title_kk": "publishing.problem.kk", "title_ru": "publishing.problem.ru",
			"summary_kk": "publishing.problem.kk",
			"summary_ru": "publishing.problem.ru", "place_kk": "publishing.problem.kk",
			"place_ru": "publishing.problem.ru",
		}},
		"text in English only": {
			func(p *event.Details) { p.Body.EN = "Come" },
			map[string]string{"body_kk": "publishing.problem.kk", "body_ru": "publishing.problem.ru"},
		},
		"long title": {
			func(p *event.Details) { p.Title.RU = long },
			map[string]string{"title_ru": "publishing.problem.long_text"},
		},
		"no host": {
			func(p *event.Details) { p.OrgID = 0 },
			map[string]string{"org": "publishing.problem.org"},
		},
		"no campaign": {
			func(p *event.Details) { p.CampaignID = 0 },
			map[string]string{"campaign": "publishing.problem.campaign"},
		},
		"no district": {
			func(p *event.Details) { p.District = "" },
			map[string]string{"district": "publishing.problem.district"},
		},
		"another city's district": {
			func(p *event.Details) { p.District = "medeu" },
			map[string]string{"district": "publishing.problem.district"},
		},
		"no shift": {
			func(p *event.Details) { p.Slots = nil },
			map[string]string{"shifts": "publishing.problem.no_shift"},
		},
		"too many shifts": {
			func(p *event.Details) { p.Slots = slices.Repeat(p.Slots, 41) },
			map[string]string{"shifts": "publishing.problem.many_shifts"},
		},
		"no day": {
			slot(func(s *event.Slot) { s.Day = "" }),
			map[string]string{"shift[0].day": "publishing.problem.day"},
		},
		"no such day": {
			slot(func(s *event.Slot) { s.Day = "2026-02-30" }),
			map[string]string{"shift[0].day": "publishing.problem.day"},
		},
		"no hours": {
			slot(func(s *event.Slot) { s.From, s.To = "", "" }),
			map[string]string{"shift[0].from": "publishing.problem.hour", "shift[0].to": "publishing.problem.hour"},
		},
		"the past": {
			slot(func(s *event.Slot) { s.Day = "2026-12-02" }),
			map[string]string{"shift[0].day": "publishing.problem.past"},
		},
		"ends before it starts": {
			slot(func(s *event.Slot) { s.To = "09:00" }),
			map[string]string{"shift[0].to": "publishing.problem.end"},
		},
		"ends when it starts": {
			slot(func(s *event.Slot) { s.To = "10:00" }),
			map[string]string{"shift[0].to": "publishing.problem.end"},
		},
		"until the next day": {
			slot(func(s *event.Slot) { s.To, s.NextDay = "10:00", true }),
			map[string]string{},
		},
		"longer than a day": {
			slot(func(s *event.Slot) { s.To, s.NextDay = "10:01", true }),
			map[string]string{"shift[0].to": "publishing.problem.long"},
		},
		"no capacity": {
			slot(func(s *event.Slot) { s.Capacity = 0 }),
			map[string]string{"shift[0].capacity": "publishing.problem.capacity"},
		},
		"too much capacity": {
			slot(func(s *event.Slot) { s.Capacity = 100_001 }),
			map[string]string{"shift[0].capacity": "publishing.problem.capacity"},
		},
		"half a shift's title": {
			slot(func(s *event.Slot) { s.Title.KK = "Таң" }),
			map[string]string{"shift[0].title_ru": "publishing.problem.ru"},
		},
		"a shift's age": {
			slot(func(s *event.Slot) { s.MinAge = 100 }),
			map[string]string{"shift[0].min_age": "publishing.problem.age"},
		},
		"longer than a month": {func(p *event.Details) {
			p.Slots = append(p.Slots, event.Slot{Day: "2027-01-20", From: "10:00", To: "11:00", Capacity: 1})
		}, map[string]string{"shifts": "publishing.problem.span"}},
		"age": {
			func(p *event.Details) { p.MinAge = 100 },
			map[string]string{"min_age": "publishing.problem.age"},
		},
		"ground": {
			func(p *event.Details) { p.AdultsOnly = "whim" },
			map[string]string{"adults_only": "fault.invalid"},
		},
		"cut-off": {
			func(p *event.Details) { p.CutoffMinutes = 20161 },
			map[string]string{"cutoff_minutes": "publishing.problem.cutoff"},
		},
		"half a point": {
			func(p *event.Details) { p.Lat = new(51.1) },
			map[string]string{"point": "publishing.problem.point"},
		},
		"a point beyond the globe": {
			func(p *event.Details) { p.Lat, p.Lng = new(91.0), new(71.4) },
			map[string]string{"point": "publishing.problem.point"},
		},
		"co-host of its own": {
			func(p *event.Details) { p.Cohosts = []int64{1} },
			map[string]string{"cohosts": "publishing.problem.cohost"},
		},
		"window turned round": {func(p *event.Details) {
			p.SignupOpensAt, p.SignupClosesAt = new(d.now.Add(2*time.Hour)), new(d.now.Add(time.Hour))
		}, map[string]string{"closes_day": "publishing.problem.window"}},
		"opens when it is over": {
			func(p *event.Details) { p.SignupOpensAt = new(d.now.AddDate(0, 1, 0)) },
			map[string]string{"opens_day": "publishing.problem.opens_late"},
		},
	} {
		p := d.plan()
		c.set(&p)
		if got := p.ValidateToPublish(d.city, d.now, nil); !maps.Equal(got, fault.Fields(c.want)) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}

// A change of the clocks skips an hour in spring and gives one twice in autumn.
func TestInstantWhereClocksChange(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	astana, _ := time.LoadLocation("Asia/Almaty")
	for _, c := range []struct {
		day, hour, want string
		zone            *time.Location
	}{
		{"2026-03-29", "01:59", "", zone},
		{"2026-03-29", "02:00", "publishing.problem.skipped", zone},
		{"2026-03-29", "02:59", "publishing.problem.skipped", zone},
		{"2026-03-29", "03:00", "", zone},
		{"2026-10-25", "01:59", "", zone},
		{"2026-10-25", "02:00", "publishing.problem.doubled", zone},
		{"2026-10-25", "02:59", "publishing.problem.doubled", zone},
		{"2026-10-25", "03:00", "", zone},
		{"2024-02-29", "23:30", "publishing.problem.doubled", astana}, // the city's own change of 2024
		{"2024-03-01", "00:00", "", astana},
		{"2026-11-22", "24:00", "publishing.problem.hour", astana},
		{"22.11.2026", "10:00", "publishing.problem.day", astana},
	} {
		if _, got := event.Instant(c.day, c.hour, c.zone); got != c.want {
			t.Errorf("%s %s: %q, not %q", c.day, c.hour, got, c.want)
		}
	}
	// Of a night with 25 hours, all 24 that the clock shows are no longer a day.
	p := event.Details{Slots: []event.Slot{{
		Day: "2026-10-24", From: "12:00", To: "12:00", NextDay: true,
		Capacity: 1,
	}}}
	if len(p.Shifts(zone)) != 0 {
		t.Error("25 hours are a shift")
	}
}

// A shift that stands as it was is no problem, though its hour comes twice and has passed; its
// seconds stand too. Of one that has begun the end may move, the start may not.
func TestShiftsThatStand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	zone := d.city.Location()
	from := time.Date(2024, 2, 29, 18, 10, 7, 0, time.UTC) // 23:10 of the night in which it was 23:10 again
	held := []event.Shift{{ID: 5, StartsAt: from, EndsAt: from.Add(30 * time.Minute), Capacity: 3}}
	p := d.plan()
	p.Slots = []event.Slot{event.SlotOf(held[0], zone)}
	p.Slots[0].Capacity = 4
	if wrong := p.ValidateToPublish(d.city, d.now, held); len(wrong) != 0 {
		t.Error(wrong)
	}
	if over := p.ShiftsKeeping(held, zone); len(over) != 1 || !over[0].StartsAt.Equal(from) || over[0].Capacity != 4 {
		t.Errorf("%+v", over)
	}
	if wrong := p.ValidateToPublish(d.city, d.now, nil); wrong["shift[0].from"] == "" {
		t.Error("of nobody's, an hour that comes twice", wrong)
	}
	from = d.now.Add(-time.Hour)
	held[0].StartsAt, held[0].EndsAt = from, from.Add(3*time.Hour)
	p.Slots = []event.Slot{event.SlotOf(held[0], zone)}
	p.Slots[0].To = "16:00"
	if wrong := p.ValidateToPublish(d.city, d.now, held); len(wrong) != 0 {
		t.Error(wrong)
	}
	p.Slots[0].From = "10:00"
	if wrong := p.ValidateToPublish(d.city, d.now, held); wrong["shift[0].day"] != "publishing.problem.past" {
		t.Error(wrong)
	}
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
	state := func(want event.State, version int) {
		t.Helper()
		if h, err := d.store.Get(ctx, d.qamqor, id); err != nil || h.State != want || h.Version != version {
			t.Fatalf("%s of version %d, not %s of %d: %v", h.State, h.Version, want, version, err)
		}
	}
	submit := func() {
		t.Helper()
		for range 2 {
			if s, err := d.store.Publish(ctx, d.qamqor, id, 0, d.now); err != nil || s != event.Review {
				t.Fatal(s, err)
			}
		}
	}
	submit()
	state(event.Review, 2)
	if err := d.review.Return(ctx, d.hq, id, 2, " ", d.now); problems(err)["words"] == "" {
		t.Error(err)
	}
	if err := d.review.Return(ctx, d.hq, id, 1, "Мекенжайды нақтылаңыз", d.now); fault.Of(err) != fault.KindConflict {
		t.Error(err)
	}
	if err := d.review.Return(ctx, d.hq, id, 2, "Мекенжайды нақтылаңыз", d.now); err != nil {
		t.Fatal(err)
	}
	state(event.Draft, 3)
	if h, _ := d.store.Get(ctx, d.qamqor, id); h.Returned != "Мекенжайды нақтылаңыз" || h.ReturnedAt == nil {
		t.Errorf("%+v", h)
	}
	if err := d.review.Approve(ctx, d.hq, id, 0, d.now); fault.Of(err) != fault.KindConflict {
		t.Error("a draft was approved", err)
	}
	submit()
	state(event.Review, 4)
	if n := d.count(`select count(*) from shift where event_id = $1`, id); n != 0 {
		t.Error("shifts before publication")
	}
	if err := d.review.Approve(ctx, d.hq, id, 0, d.now.AddDate(0, 1, 0)); problems(err)["shift[0].day"] == "" {
		t.Error("approved for a day that has passed", err)
	}
	for range 2 {
		if err := d.review.Approve(ctx, d.hq, id, 4, d.now); err != nil {
			t.Fatal(err)
		}
	}
	state(event.Published, 5)
	for verb, want := range map[string]int{
		"event.submit": 2, "event.return": 1, "event.approve": 1,
		"event.publish": 0,
	} {
		if n := d.count(`select count(*) from audit where object_id = $1 and verb = $2`, id, verb); n != want {
			t.Errorf("%s: %d times in the audit", verb, n)
		}
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
