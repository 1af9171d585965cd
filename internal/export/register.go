package export

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// registerSheet is a sheet of the register of volunteer activity that the ministry keeps (Law No. 42-VI on
// volunteer activity). The words of its name and columns are register_export.<name> in the catalogue.
type registerSheet struct {
	name    string
	columns []string
	sql     string
	from    string // what the rows are counted from, roughly, for the progress
	cells   func(rows pgx.Rows, w registerWords) ([]any, error)
}

// registerWords puts values into words.
type registerWords struct {
	*i18n.Printer
	store *Store
	zone  *time.Location
}

// registerContents are its sheets: volunteers who agreed to be in the register, groups, organisations, coordinators,
// programmes, and actions with their place, time and requirements.
var registerContents = []registerSheet{
	{
		name:    "volunteers",
		columns: []string{"family_name", "given_name", "district", "joined", "events", "hours"},
		sql: `select v.family_name, v.given_name, coalesce(v.district, ''), v.joined_at,
				coalesce(l.events, 0)::int, coalesce(l.minutes, 0)::int
			from data_consent d join person v on v.id = d.person_id
			left join lateral (select sum(participations) as events, sum(minutes) as minutes
				from ledger where person_id = v.id) l on true
			where d.purpose = 'register' and d.withdrawn_at is null and v.erased_at is null and v.suspended_at is null
			order by v.family_name collate "kk-x-icu", v.given_name collate "kk-x-icu", v.id`,
		from: `data_consent d where d.purpose = 'register' and d.withdrawn_at is null`,
		cells: func(rows pgx.Rows, w registerWords) ([]any, error) {
			var family, given, district string
			var joined time.Time
			var events, minutes int
			err := rows.Scan(&family, &given, &district, &joined, &events, &minutes)
			return []any{
				family, given, w.store.district(w.Printer, district), cityDay(joined, w.zone), events, hours(minutes),
			}, err
		},
	},
	organizationSheet("groups", `= 'initiative_group'`),
	organizationSheet("organizations", `<> 'initiative_group'`),
	{
		name:    "coordinators",
		columns: []string{"family_name", "given_name", "organization", "email"},
		sql: `select v.family_name, v.given_name, o.name, coalesce(v.email, '')
			from coordinator c join person v on v.id = c.person_id join org o on o.id = c.org_id
			where v.erased_at is null and v.suspended_at is null and o.state not in ('applied', 'closed')
			order by v.family_name collate "kk-x-icu", v.given_name collate "kk-x-icu", v.id, o.id`,
		from: `coordinator`,
		cells: func(rows pgx.Rows, w registerWords) ([]any, error) {
			var family, given, email string
			var org i18n.Text
			err := rows.Scan(&family, &given, &org, &email)
			return []any{family, given, w.Text(org), email}, err
		},
	},
	{
		name:    "programmes",
		columns: []string{"name", "organization", "summary", "from", "to", "state"},
		sql: `select c.name, o.name, c.summary, c.starts_on, c.ends_on, c.state from campaign c join org o
			on o.id = c.org_id
			where c.state <> 'draft' order by c.position, c.id`,
		from: `campaign`,
		cells: func(rows pgx.Rows, w registerWords) ([]any, error) {
			var name, org, summary i18n.Text
			var from, to *time.Time
			var state string
			err := rows.Scan(&name, &org, &summary, &from, &to, &state)
			return []any{
				w.Text(name), w.Text(org), w.Text(summary), dateCell(from), dateCell(to),
				w.T("register_export.campaign_" + state),
			}, err
		},
	},
	{
		name: "actions",
		columns: []string{
			"name", "programme", "organization", "from", "to", "place", "district", "requirements", "least_age",
			"participants", "hours",
		},
		sql: `select e.title, c.name, o.name, e.starts_at, e.ends_at, e.place, e.district, e.needs,
				coalesce(e.adults_only, ''), coalesce(e.min_age, 0), coalesce(l.participations, 0)::int,
					coalesce(l.minutes, 0)::int
			from event e join campaign c on c.id = e.campaign_id join org o on o.id = e.org_id
			left join lateral (select sum(participations) as participations, sum(minutes) as minutes
				from ledger where event_id = e.id) l on true
			where e.state = 'published' order by e.starts_at, e.id`,
		from:  `event where state = 'published'`,
		cells: actionCells,
	},
}

// organizationSheet is a sheet of organisations whose kind meets a condition.
func organizationSheet(name, kind string) registerSheet {
	return registerSheet{
		name:    name,
		columns: []string{"name", "kind", "joined", "state", "email", "phone", "documents"},
		sql: `select o.name, o.kind, o.joined_on, o.state,
				coalesce(o.contact_email, ''), coalesce(o.contact_phone, ''), o.documents
			from org o where o.state not in ('applied', 'closed') and o.kind ` + kind + `
			order by o.name ->> 'kk' collate "kk-x-icu", o.id`,
		from: `org where kind ` + kind,
		cells: func(rows pgx.Rows, w registerWords) ([]any, error) {
			var name i18n.Text
			var kind, state, email, phone, documents string
			var joined time.Time
			err := rows.Scan(&name, &kind, &joined, &state, &email, &phone, &documents)
			return []any{
				w.Text(name), w.T("organization.one_kind." + kind), joined, w.T("bodies.state." + state), email, phone,
				documents,
			}, err
		},
	}
}

func actionCells(rows pgx.Rows, w registerWords) ([]any, error) {
	var title, programme, org, place, needs i18n.Text
	var from, to time.Time
	var district, adults string
	var age, participations, minutes int
	err := rows.Scan(&title, &programme, &org, &from, &to, &place, &district, &needs, &adults, &age,
		&participations, &minutes)
	if adults != "" {
		age = max(age, w.store.city.Rules.AdultAge)
	}
	var leastAge any
	if age > 0 {
		leastAge = age
	}
	return []any{
		w.Text(title), w.Text(programme), w.Text(org), from.In(w.zone), to.In(w.zone), w.Text(place),
		w.store.district(w.Printer, district), strings.TrimSpace(w.Text(needs)), leastAge, participations,
		hours(minutes),
	}, err
}

// registerSheets are six sheets of one statement each.
func registerSheets(ctx context.Context, s *Store, in input) ([]Sheet, error) {
	words := registerWords{in.printer, s, s.city.Location()}
	sheets := make([]Sheet, len(registerContents))
	for i, d := range registerContents {
		sheet := Sheet{Name: words.T("register_export." + d.name), Each: d.each(s.db, words)}
		for _, c := range d.columns {
			sheet.Head = append(sheet.Head, words.T("register_export."+c))
		}
		if err := s.db.QueryRow(ctx, `select count(*)::int from `+d.from).Scan(&sheet.Rows); err != nil {
			return nil, postgres.Fault(err)
		}
		sheets[i] = sheet
	}
	return sheets, nil
}

// each reads the rows of the sheet's statement.
func (d registerSheet) each(db postgres.DB, words registerWords) func(context.Context, func([]any) error) error {
	return func(ctx context.Context, row func([]any) error) error {
		rows, err := db.Query(ctx, d.sql)
		if err != nil {
			return postgres.Fault(err)
		}
		defer rows.Close()
		for rows.Next() {
			cells, err := d.cells(rows, words)
			if err != nil {
				return err
			}
			if err := row(cells); err != nil {
				return err
			}
		}
		return postgres.Fault(rows.Err())
	}
}

// cityDay is the city's day of an instant, for a cell that shows no clock.
func cityDay(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// dateCell is a date, empty when there is none.
func dateCell(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}
