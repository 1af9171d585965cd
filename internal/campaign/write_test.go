package campaign_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres/pgtest"
)

var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// world is two organisations and a headquarters, a coordinator of each organisation, and staff.
type world struct {
	t                *testing.T
	db               *pgxpool.Pool
	store            *campaign.Store
	hq, ours, theirs int64
	us, them, staff  account.Actor
}

func newWorld(t *testing.T) *world {
	t.Helper()
	h := &world{t: t, db: pgtest.PoolN(t, 8)}
	h.store = campaign.NewStore(h.db)
	org := func(slug, kind string) (id int64) {
		h.scan(&id,
			`insert into org (slug, kind, name, joined_on)
				values ($1, $2, jsonb_build_object('ru', $1::text), '2020-01-01') returning id`, slug, kind)
		return id
	}
	person := func(role string) (id int64) {
		h.scan(&id,
			`insert into person (given_name, family_name, role, calendar_token, joined_at)
				values ('А', 'Б', $1, gen_random_uuid()::text, now()) returning id`, role)
		return id
	}
	h.hq, h.ours, h.theirs = org("hq", "headquarters"), org("ours", "ngo"), org("theirs", "ngo")
	h.us = account.Actor{PersonID: person("volunteer"), Orgs: []int64{h.ours}}
	h.them = account.Actor{PersonID: person("volunteer"), Orgs: []int64{h.theirs, h.hq}}
	h.staff = account.Actor{PersonID: person("staff"), Role: account.Staff}
	return h
}

func (h *world) scan(into any, sql string, args ...any) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), sql, args...).Scan(into); err != nil {
		h.t.Fatal(err)
	}
}

func (h *world) want(what string, err error, kind fault.Kind) {
	h.t.Helper()
	if fault.Of(err) != kind || kind == 0 && err != nil {
		h.t.Errorf("%s: %v, want kind %d", what, err, kind)
	}
}

func details(org int64) campaign.Details {
	return campaign.Details{
		OrgID: org, Name: i18n.Text{KK: "Жасыл көше", RU: "Зелёная улица"},
		Summary: i18n.Text{KK: "Ағаш егеміз", RU: "Сажаем деревья"},
		Colour:  "leaf", Emblem: "tree",
	}
}

func TestCampaignFromDraftToArchive(t *testing.T) {
	t.Parallel()
	h := newWorld(t)
	ctx := t.Context()
	p := details(h.ours)
	p.Summary.RU = ""
	id, err := h.store.Create(ctx, h.us, p, "key", now)
	h.want("create", err, 0)
	again, err := h.store.Create(ctx, h.us, p, "key", now)
	if err != nil || again != id {
		t.Errorf("the form sent twice made %d and %d, %v", id, again, err)
	}
	if _, err := campaign.BySlug(ctx, h.db, "zhasyl-koshe"); fault.Of(err) != fault.KindNotFound {
		t.Errorf("a draft is public: %v", err)
	}
	h.want("publish without Russian", h.store.SetState(ctx, h.us, id, 1, campaign.StatePublished, now),
		fault.KindInvalid)
	p = details(h.ours)
	p.Goals, p.Invited = []campaign.Goal{{"trees", 70}, {"events", 20}, {"hours", 500}}, []int64{h.theirs}
	h.want("save", h.store.Save(ctx, h.us, id, 1, p, now), 0)
	h.want("the same saved again", h.store.Save(ctx, h.us, id, 1, p, now), 0)
	p.Name.RU = "Другое"
	h.want("an older form", h.store.Save(ctx, h.us, id, 1, p, now), fault.KindConflict)
	h.want("publish what was not seen", h.store.SetState(ctx, h.us, id, 1, campaign.StatePublished, now),
		fault.KindConflict)
	h.want("archive a draft", h.store.SetState(ctx, h.us, id, 2, campaign.StateArchived, now), fault.KindConflict)
	h.want("publish", h.store.SetState(ctx, h.us, id, 2, campaign.StatePublished, now), 0)
	h.want("publish again", h.store.SetState(ctx, h.us, id, 2, campaign.StatePublished, now), 0)
	c, err := campaign.BySlug(ctx, h.db, "zhasyl-koshe")
	if err != nil || c.Name.RU != "Зелёная улица" {
		t.Errorf("%+v, %v", c, err)
	}
	if goals, err := campaign.Goals(ctx, h.db, id); err != nil || len(goals) != 3 ||
		goals[0].Goal != (campaign.Goal{"events", 20}) || goals[2].Kind != "trees" ||
		goals[2].Name.RU != "Посаженные деревья" {
		t.Errorf("goals %v, %v", goals, err)
	}
	var audited int
	h.scan(&audited, `select count(*) from audit where object = 'campaign' and object_id = $1`, id)
	if audited != 3 {
		t.Errorf("%d actions in the audit", audited)
	}
	h.want("archive", h.store.SetState(ctx, h.us, id, 3, campaign.StateArchived, now), 0)
	if list, _ := campaign.Published(ctx, h.db); len(list) != 0 {
		t.Errorf("the archive stands in the list: %v", list)
	}
	if c, err := campaign.BySlug(ctx, h.db, "zhasyl-koshe"); err != nil || !c.Archived {
		t.Errorf("an archived campaign cannot be read: %v", err)
	}
}

func TestCampaignIsItsOrganisations(t *testing.T) {
	t.Parallel()
	h := newWorld(t)
	ctx := t.Context()
	id, err := h.store.Create(ctx, h.us, details(h.ours), "a", now)
	h.want("create", err, 0)
	_, err = h.store.Create(ctx, h.us, details(h.theirs), "b", now)
	h.want("for another organisation", err, fault.KindNotFound)
	_, err = h.store.Create(ctx, h.them, details(h.hq), "c", now)
	h.want("the headquarters' by its coordinator", err, fault.KindNotFound)
	hqs, err := h.store.Create(ctx, h.staff, details(h.hq), "d", now)
	h.want("the headquarters' by staff", err, 0)
	p := details(h.ours)
	p.Invited = []int64{9999}
	h.want("an organisation that is none", h.store.Save(ctx, h.us, id, 1, p, now), fault.KindNotFound)
	for what, foreign := range map[string]int64{"theirs": id, "the headquarters'": hqs} {
		_, err := h.store.Get(ctx, h.them, foreign)
		h.want(what+": get", err, fault.KindNotFound)
		h.want(what+": save", h.store.Save(ctx, h.them, foreign, 1, details(h.theirs), now), fault.KindNotFound)
		h.want(what+": publish", h.store.SetState(ctx, h.them, foreign, 1, campaign.StatePublished, now),
			fault.KindNotFound)
	}
	h.want("publish", h.store.SetState(ctx, h.us, id, 1, campaign.StatePublished, now), 0)
	h.want("publish", h.store.SetState(ctx, h.staff, hqs, 1, campaign.StatePublished, now), 0)

	may := func(org int64) string {
		cs, err := campaign.Choices(ctx, h.db, []int64{org}, false, 0)
		if err != nil {
			t.Fatal(err)
		}
		s := ""
		for _, c := range cs {
			s += fmt.Sprint(c.ID, " ")
		}
		return s
	}
	if may(h.ours) != fmt.Sprint(id, " ", hqs, " ") || may(h.theirs) != fmt.Sprint(hqs, " ") {
		t.Errorf("ours may %s, theirs %s", may(h.ours), may(h.theirs))
	}
	p.Invited = []int64{h.theirs, h.theirs, h.ours}
	h.want("invite", h.store.Save(ctx, h.us, id, 2, p, now), 0)
	if may(h.theirs) != fmt.Sprint(id, " ", hqs, " ") {
		t.Errorf("the invited may %s", may(h.theirs))
	}
}

func TestSlugsAtOnce(t *testing.T) {
	t.Parallel()
	h := newWorld(t)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := h.store.Create(t.Context(), h.us, details(h.ours), fmt.Sprint("k", i), now); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var n int
	h.scan(&n, `select count(*) from campaign where slug = 'zhasyl-koshe' or slug ~ '^zhasyl-koshe-[0-9]+$'`)
	if n != 20 {
		t.Errorf("%d campaigns", n)
	}
}

func TestPlanProblems(t *testing.T) {
	t.Parallel()
	h := newWorld(t)
	day := func(d int) *time.Time { t := time.Date(2026, 5, d, 0, 0, 0, 0, time.UTC); return &t }
	for field, spoil := range map[string]func(*campaign.Details){
		"name_kk":     func(p *campaign.Details) { p.Name = i18n.Text{} },
		"colour":      func(p *campaign.Details) { p.Colour = "red" },
		"emblem":      func(p *campaign.Details) { p.Emblem = "<svg" },
		"ends_on":     func(p *campaign.Details) { p.StartsOn, p.EndsOn = day(2), day(1) },
		"goal_events": func(p *campaign.Details) { p.Goals = []campaign.Goal{{"events", 0}} },
		"things":      func(p *campaign.Details) { p.Goals = []campaign.Goal{{"unicorns", 5}} },
		"summary_ru":  func(p *campaign.Details) { p.Summary.RU = string(make([]rune, 301)) },
	} {
		p := details(h.ours)
		spoil(&p)
		_, err := h.store.Create(t.Context(), h.us, p, "k"+field, now)
		if f, _ := fieldsOf(err); f[field] == "" {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func fieldsOf(err error) (map[string]string, bool) {
	e, ok := err.(*fault.Error)
	if !ok {
		return nil, false
	}
	return e.Fields, true
}
