package eventimport_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/event/eventtest"
	"shtab/internal/eventimport"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/sheet"
	"shtab/web/locale"
)

// world is a trusted organisation with a coordinator, its campaign, and a store; it is noon of 2 December
// 2026.
type world struct {
	*testing.T
	ctx    context.Context
	db     *pgxpool.Pool
	city   *config.City
	texts  *i18n.Catalogue
	events *event.Store
	store  *eventimport.Store
	actor  account.Actor
	now    time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{T: t, ctx: t.Context(), db: pgtest.Pool(t), actor: account.Actor{PersonID: 1, Orgs: []int64{1}}}
	var err error
	if w.city, err = config.LoadCity(""); err != nil {
		t.Fatal(err)
	}
	if w.texts, err = i18n.Load(locale.FS, w.city.Location()); err != nil {
		t.Fatal(err)
	}
	w.now = time.Date(2026, 12, 2, 12, 0, 0, 0, w.city.Location())
	w.events = event.NewStore(w.db, w.city)
	w.store = eventimport.NewStore(w.db, w.city, w.events, w.texts)
	w.exec(`insert into org (slug, kind, name, joined_on, state)
		values ('a', 'volunteer_organization', '{"kk":"Жастар","ru":"Молодые"}', '2020-01-01', 'trusted')`)
	w.exec(`insert into campaign (slug, org_id, name, summary, colour, emblem, state, updated_at)
		values ('c', 1, '{"kk":"Таза","ru":"Чисто"}', '{}', 'leaf', 'leaf', 'published', '2026-01-01')`)
	w.exec(`insert into person (email, given_name, family_name, lang, calendar_token, joined_at)
		values ('a@shtab.test', 'А', 'Б', 'kk', 'a', now()), ('b@shtab.test', 'А', 'Б', 'kk', 'b', now())`)
	return w
}

func (w *world) exec(sql string, args ...any) {
	w.Helper()
	if _, err := w.db.Exec(w.ctx, sql, args...); err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(sql string) (n int) {
	w.Helper()
	if err := w.db.QueryRow(w.ctx, sql).Scan(&n); err != nil {
		w.Fatal(err)
	}
	return n
}

// file is a workbook of rows; head says how a column is headed, nil by its own name.
func (w *world) file(columns []string, head func(string) string, rows ...map[string]any) []byte {
	w.Helper()
	s := sheet.Sheet{Name: "x"}
	for _, c := range columns {
		if head != nil {
			c = head(c)
		}
		s.Head = append(s.Head, c)
	}
	for _, r := range rows {
		line := make([]any, len(columns))
		for i, c := range columns {
			line[i] = r[c]
		}
		s.Rows = append(s.Rows, line)
	}
	var b bytes.Buffer
	if err := sheet.WriteXLSX(&b, s); err != nil {
		w.Fatal(err)
	}
	return b.Bytes()
}

// row is an event of 10 December; changes are pairs of a column and a value.
func row(changes ...any) map[string]any {
	r := map[string]any{
		"number": "1", "campaign": "таза", "title_kk": "Сенбілік", "title_ru": "Субботник", "place_kk": "Саябақ",
		"place_ru": "Парк",
		"district": "yesil", "date": time.Date(2026, 12, 10, 0, 0, 0, 0, time.UTC), "from": "10:00", "to": "13:00",
		"capacity": 20,
	}
	for i := 0; i < len(changes); i += 2 {
		r[changes[i].(string)] = changes[i+1]
	}
	return r
}

func (w *world) read(file []byte) eventimport.ReadResult {
	w.Helper()
	r, err := w.store.Read(w.ctx, w.actor, 1, file, false, w.now)
	if err != nil {
		w.Fatal(err)
	}
	return r
}

// Every imported field is read, under its heading in each language, and nothing else changes on the way.
func TestEveryImportedFieldIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	full := eventtest.Filled("full", 1, 1, 1, "2026-12-10")
	full.Slots[0].Capacity = 20
	cells := row("min_age", full.MinAge)
	for _, f := range event.Fields {
		for i, name := range f.Inputs {
			if _, given := cells[name]; !given || f.Text != nil {
				cells[name] = f.Show(&full, w.city.Location())[i]
			}
		}
	}
	for i, l := range i18n.Langs {
		p := w.texts.For(l)
		cells["campaign"], cells["number"] = "Чисто", fmt.Sprint(i+1)
		cells["adults_only"] = p.T("intake.ground." + string(full.AdultsOnly))
		r := w.read(w.file(eventimport.Columns, func(c string) string { return eventimport.Heading(p, c) }, cells))
		if r.ID == 0 {
			t.Fatalf("%s: %v", l, r.Problems)
		}
		kept, err := w.store.Get(w.ctx, w.actor, r.ID, w.now)
		if err != nil || len(kept.Events) != 1 {
			t.Fatalf("%s: %d events, %v", l, len(kept.Events), err)
		}
		diff := kept.Events[0].Details.Diff(full)
		for _, f := range event.Fields {
			if f.Imported == slices.Contains(diff, f.Name) && f.Name != "org" && f.Name != "cohosts" {
				t.Errorf("%s: imported %v, %s differs: %v", l, f.Imported, f.Name, diff)
			}
		}
	}
}

// Every problem is told by its cell.
func TestProblems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for what, c := range map[string]struct {
		change []any
		column string
		key    string
	}{
		"another campaign":       {[]any{"campaign", "Чужая"}, "campaign", "intake.error.campaign"},
		"no Kazakh title":        {[]any{"title_kk", ""}, "title_kk", "publishing.problem.kk"},
		"a text in one language": {[]any{"accessibility_ru", "Пандус"}, "accessibility_kk", "publishing.problem.kk"},
		"a text that is too long": {
			[]any{
				"accessibility_kk", "Пандус", "accessibility_ru",
				string(bytes.Repeat([]byte("а"), event.MaxList+1)),
			},
			"accessibility_ru", "publishing.problem.long_text",
		},
		"no such district": {[]any{"district", "Медеу"}, "district", "intake.error.district"},
		"no such day":      {[]any{"date", "31.02.2027"}, "date", "publishing.problem.day"},
		"no hour":          {[]any{"from", "утром"}, "from", "publishing.problem.hour"},
		"no number":        {[]any{"capacity", "много"}, "capacity", "intake.error.number"},
		"an age below one": {[]any{"min_age", -5}, "min_age", "publishing.problem.age"},
		"no ground":        {[]any{"adults_only", "да"}, "adults_only", "intake.error.ground"},
		"turned round":     {[]any{"from", "13:00", "to", "10:00"}, "to", "intake.error.turned"},
	} {
		r := w.read(w.file(eventimport.Columns, nil, row(c.change...)))
		want := eventimport.Problem{
			Sheet: "x", Row: 2, Column: slices.Index(eventimport.Columns, c.column) + 1,
			Key: c.key,
		}
		if r.ID != 0 || len(r.Problems) != 1 || r.Problems[0] != want {
			t.Errorf("%s: %+v, not %+v", what, r.Problems, want)
		}
	}
	twice := w.read(w.file(eventimport.Columns, nil, row(), row()))
	if len(twice.Problems) != 1 || twice.Problems[0].Key != "intake.error.twice" || twice.Problems[0].Row != 3 {
		t.Errorf("one event twice: %+v", twice.Problems)
	}
	if n := w.count(`select count(*) from intake`); n != 0 {
		t.Errorf("%d files with problems are kept", n)
	}
}

// The head of a file is checked: what stands in an unknown column would be lost.
func TestHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for what, c := range map[string]struct {
		columns []string
		key     string
	}{
		"an unknown column": {append(slices.Clone(eventimport.Columns), "weather"), "intake.error.column"},
		"a column twice":    {append(slices.Clone(eventimport.Columns), "title_kk"), "intake.error.column_twice"},
		"no capacity": {
			slices.DeleteFunc(slices.Clone(eventimport.Columns), func(c string) bool { return c == "capacity" }),
			"intake.missing.capacity",
		},
	} {
		r := w.read(w.file(c.columns, nil, row()))
		if !slices.ContainsFunc(r.Problems, func(p eventimport.Problem) bool { return p.Key == c.key }) {
			t.Errorf("%s: %+v", what, r.Problems)
		}
	}
}

// A clean file is its owner's for an hour, and makes its events once.
func TestConfirm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	past := time.Date(2026, 5, 10, 0, 0, 0, 0, time.UTC)
	r := w.read(w.file(eventimport.Columns, nil, row(), row("number", "2", "date", past)))
	other := account.Actor{PersonID: 2, Orgs: []int64{1}}
	for what, c := range map[string]struct {
		actor account.Actor
		now   time.Time
	}{
		"another coordinator's":      {other, w.now},
		"after an hour":              {w.actor, w.now.Add(61 * time.Minute)},
		"without the organisation":   {account.Actor{PersonID: 1}, w.now},
		"of a file that is none yet": {account.Actor{PersonID: 3, Orgs: []int64{1}}, w.now},
	} {
		if _, err := w.store.Confirm(w.ctx, c.actor, r.ID, c.now); fault.Of(err) != fault.KindNotFound {
			t.Errorf("%s: %v", what, err)
		}
	}
	for range 2 {
		if made, err := w.store.Confirm(w.ctx, w.actor, r.ID, w.now); err != nil || made != 2 {
			t.Fatalf("%d made, %v", made, err)
		}
	}
	for sql, want := range map[string]int{
		`select count(*) from event where state = 'draft' and not imported`:      1,
		`select count(*) from event where state = 'published' and imported`:      1,
		`select count(*) from audit where verb = 'event.import'`:                 2,
		`select count(*) from audit where verb = 'intake.confirm'`:               1,
		`select count(*) from shift`:                                             1,
		`select count(*) from intake where plans = '[]' and done_at is not null`: 1,
	} {
		if n := w.count(sql); n != want {
			t.Errorf("%s: %d, not %d", sql, n, want)
		}
	}
	again, err := w.store.Get(w.ctx, w.actor, w.read(w.file(eventimport.Columns, nil, row())).ID, w.now)
	if err != nil || again.Known != 1 {
		t.Errorf("%d known, %v", again.Known, err)
	}
}

// What has changed since a file was read is a conflict, and nothing is made.
func TestConfirmAfterAChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := w.file(eventimport.Columns, nil, row())
	r := w.read(file)
	w.exec(`update campaign set state = 'archived'`)
	if _, err := w.store.Confirm(w.ctx, w.actor, r.ID, w.now); fault.Of(err) != fault.KindConflict {
		t.Errorf("a campaign that is closed: %v", err)
	}
	w.exec(`update campaign set state = 'published'`)
	begun := time.Date(2026, 12, 10, 10, 30, 0, 0, w.city.Location())
	w.exec(`update intake set created_at = $1`, begun.Add(-50*time.Minute))
	if _, err := w.store.Confirm(w.ctx, w.actor, r.ID, begun); fault.Of(err) != fault.KindConflict {
		t.Errorf("an event that has begun: %v", err)
	}
	if n := w.count(`select count(*) from event`); n != 0 {
		t.Errorf("%d events", n)
	}
	if _, err := w.store.Read(w.ctx, account.Actor{PersonID: 2}, 1, file, false,
		w.now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("a file for another's organisation: %v", err)
	}
}
