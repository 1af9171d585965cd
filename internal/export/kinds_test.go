package export

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/sheet"
	"shtab/internal/totals"
	"shtab/web/locale"
)

var now = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// newStore makes a Store over a headquarters in which every sheet of every kind has a row.
func newStore(t *testing.T) (*Store, *pgxpool.Pool) {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	db := pgtest.Pool(t)
	out, err := outbox.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`insert into org (slug, kind, name, joined_on) values ('hq', 'headquarters', '{"ru":"Штаб"}', '2019-01-01'),
			('group', 'initiative_group', '{"ru":"Группа"}', '2020-01-01')`,
		`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
			values ('c', (select id from org where slug = 'hq'), '{"ru":"К"}', '{}', 'sky', 'sun', '2026-01-01')`,
		`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
			values ('А', 'Б', '2000-01-01', 't', '2020-01-01')`,
		`insert into coordinator (person_id, org_id) select p.id, o.id from person p, org o where o.slug = 'group'`,
		`insert into data_consent (person_id, purpose, version, agreed_at) select id, 'register', '1', now()
			from person`,
		`insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at, updated_at,
			published_at)
			select c.id, c.org_id, 'published', '{"ru":"=1+1"}', 'yesil', '2026-11-20 10:00+05', '2026-11-20 12:00+05',
			now(), now(), now() from campaign c`,
		`insert into shift (event_id, starts_at, ends_at, capacity) select id, starts_at, ends_at, 5 from event`,
		`insert into signup (shift_id, person_id, during, state, ticket, created_at, changed_at)
			select s.id, p.id, s.during, 'confirmed', 't', now(), now() from shift s, person p`,
		`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, age, outcome, participations,
			no_shows, minutes, recorded_at)
			select g.id, g.person_id, e.id, e.campaign_id, e.org_id, '2026-11-20', 26, 'attended', 1, 0, 90, now()
			from signup g, event e`,
		`insert into event_delivery (event_id, kind, amount) select id, 'trees', 7 from event`,
		`update event set closed_at = now(), held_on = '2026-11-20'`,
		`insert into audit (at, verb, object, object_id) values (now(), 'event.save', 'event', 1)`,
	} {
		if _, err := db.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	return NewStore(db, out, totals.NewStore(db), city, texts), db
}

// filtersOf are filters with which a kind has rows; the rows of figures are asked for in each kind.
func filtersOf(kind Kind) (list []string) {
	if kind != FigureRows {
		return []string{"period=year"}
	}
	behind := []totals.Rows{{Kind: totals.DeliveryRows, Part: "trees"}}
	for _, f := range totals.Figures {
		if f.Rows.Part != totals.PartNoShow {
			behind = append(behind, f.Rows)
		}
	}
	for _, rows := range behind {
		list = append(list, url.Values{"period": {"year"}, "view": {string(rows.Kind)}, "part": {rows.Part}}.Encode())
	}
	return list
}

// Every kind of file has a name, rows, and words in three languages for each of its columns; whoever may
// not have it does not get it.
func TestKinds(t *testing.T) {
	t.Parallel()
	s, db := newStore(t)
	staff := account.Actor{Role: account.Staff}
	if _, err := db.Exec(t.Context(), `update person set role = 'staff'`); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(t.Context(), `select id from person`).Scan(&staff.PersonID); err != nil {
		t.Fatal(err)
	}
	for _, d := range declarations {
		t.Run(string(d.kind), func(t *testing.T) {
			for _, l := range i18n.Langs {
				p := s.texts.For(l)
				if verb := VerbText(p, "export."+string(d.kind)); strings.HasPrefix(verb, "audit.") {
					t.Errorf("%s: no words for the audit", l)
				}
				for _, filters := range filtersOf(d.kind) {
					checkSheets(t, s, d, filters, l)
				}
			}
			for _, format := range []Format{XLSX, CSV} {
				f, _, err := s.Request(t.Context(), staff, d.kind, filtersOf(d.kind)[0], format, i18n.RU, now)
				if err != nil {
					t.Fatal(err)
				}
				rows := 0
				err = sheet.Read(f.Data, func(sheet.Row) error { rows++; return nil })
				if err != nil || rows < 2 || f.Name != string(d.kind) || f.Format != format {
					t.Errorf("%s.%s has %d rows (%v)", f.Name, f.Format, rows, err)
				}
			}
			coordinator := account.Actor{PersonID: 1, Role: account.Volunteer, Orgs: []int64{1}}
			for what, actor := range map[string]account.Actor{"a visitor": {}, "a coordinator": coordinator} {
				_, _, err := s.Request(t.Context(), actor, d.kind, "", XLSX, i18n.RU, now)
				if fault.Of(err) != fault.KindForbidden {
					t.Errorf("%s gets %v", what, err)
				}
			}
		})
	}
	if _, _, err := s.Request(t.Context(), staff, "tickets", "", XLSX, i18n.RU,
		now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("an unknown kind gives %v", err)
	}
	_, _, err := s.Request(t.Context(), staff, Report, "%zz", XLSX, i18n.RU, now)
	if fault.Of(err) != fault.KindBadRequest {
		t.Errorf("filters that cannot be read give %v", err)
	}
}

// key matches a key of the catalogue, which is shown where a text is missing.
var key = regexp.MustCompile(`^[a-z_]+\.[a-z_.]+$`)

// checkSheets checks that each sheet has rows, as wide as its head, and words for its name and columns.
func checkSheets(t *testing.T, s *Store, d declaration, filters string, l i18n.Lang) {
	t.Helper()
	sheets, err := s.sheets(t.Context(), &d, filters, l, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, sheet := range sheets {
		if sheet.Name == "" || key.MatchString(sheet.Name) || slices.ContainsFunc(sheet.Head, key.MatchString) {
			t.Errorf("%s %s: %q has the columns %q", l, filters, sheet.Name, sheet.Head)
		}
		rows := 0
		err := sheet.Each(context.Background(), func(cells []any) error {
			rows++
			if len(cells) != len(sheet.Head) {
				t.Errorf("%s: %d cells in %d columns", sheet.Name, len(cells), len(sheet.Head))
			}
			for _, c := range cells {
				if text, ok := c.(string); ok && key.MatchString(text) {
					t.Errorf("%s: %s is not in the catalogue", sheet.Name, text)
				}
			}
			return nil
		})
		if err != nil || rows == 0 || sheet.Rows == 0 {
			t.Errorf("%s %s: %d rows, %d announced (%v)", sheet.Name, filters, rows, sheet.Rows, err)
		}
	}
}

// The headquarters' file has every figure of the first page, or its parts, and the sums of the tables.
func TestReportHasEveryFigure(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	p := s.texts.For(i18n.EN)
	sheets, err := s.sheets(t.Context(), Report.declared(), "period=year", i18n.EN, now)
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	err = sheets[0].Each(t.Context(), func(cells []any) error {
		labels = append(labels, cells[0].(string))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range totals.FiguresIn(totals.FirstPage) {
		if !slices.Contains(labels, p.T(f.Words.Label)) && f.Parts == nil {
			t.Errorf("%s is missing in %q", f.Key, labels)
		}
	}
	for _, f := range totals.FiguresIn(totals.ReportTables) {
		for _, sheet := range sheets[1:5] {
			if !slices.Contains(sheet.Head, p.T(f.Words.Label)) {
				t.Errorf("%s is missing in %q", f.Key, sheet.Head)
			}
		}
	}
	data, err := write(t.Context(), sheets, CSV, func(int) error { return nil })
	if err != nil || !bytes.Contains(data, []byte("Confirmed hours;1.5;0")) {
		t.Errorf("%v\n%s", err, data)
	}
}

// A kind that lacks a part ends the program when it starts.
func TestIncompleteKinds(t *testing.T) {
	t.Parallel()
	panics := func(list ...declaration) (yes bool) {
		defer func() { yes = recover() != nil }()
		checkDeclarations(list)
		return false
	}
	complete := declaration{"tickets", []account.Capability{account.SeeReports}, auditSheets}
	if panics(complete) {
		t.Error("a complete kind is not taken")
	}
	for what, list := range map[string][]declaration{
		"without a name":       {{"", []account.Capability{account.SeeReports}, auditSheets}},
		"without a capability": {{"tickets", nil, auditSheets}},
		"without sheets":       {{"tickets", []account.Capability{account.SeeReports}, nil}},
		"declared twice":       {complete, complete},
	} {
		if !panics(list...) {
			t.Errorf("a kind %s is taken", what)
		}
	}
}
