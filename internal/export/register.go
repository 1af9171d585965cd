package export

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Register is the register of volunteer activity that the ministry keeps: volunteers who agreed
// to be in it, groups, organisations, coordinators, programmes, and actions with their place,
// time and requirements. (Law No. 42-VI on volunteer activity.)
const Register Kind = "register"

// registerTables are six sheets; each is one statement.
func registerTables(ctx context.Context, s *Store, _ string, p *i18n.Printer) ([]Table, error) {
	head := func(names ...string) []string {
		for i, n := range names {
			names[i] = p.T("register_export." + n)
		}
		return names
	}
	zone := s.city.Location()
	text := func(t i18n.Text) any { return p.Text(t) }
	district := func(slug string) any {
		d, _ := s.city.District(slug)
		return p.Text(d.Name)
	}
	const ofKind = `select o.name, o.kind, o.joined_on, o.state, coalesce(o.contact_email, ''), coalesce(o.contact_phone, ''), o.documents
		from org o where o.state not in ('applied', 'closed') and (o.kind = 'initiative_group') = $1 order by o.name ->> 'kk' collate "kk-x-icu", o.id`
	orgs := func(name string, groups bool) Table {
		return table(s.db, p.T("register_export."+name), head("name", "kind", "joined", "state", "email", "phone", "documents"), ofKind, []any{groups},
			func(rows pgx.Rows) ([]any, error) {
				var t i18n.Text
				var kind, state, email, phone, documents string
				var joined time.Time
				err := rows.Scan(&t, &kind, &joined, &state, &email, &phone, &documents)
				return []any{text(t), p.T("organization.one_kind." + kind), joined, p.T("bodies.state." + state), email, phone, documents}, err
			})
	}
	tables := []Table{
		table(s.db, p.T("register_export.volunteers"), head("family_name", "given_name", "district", "joined", "events", "hours"),
			`select v.family_name, v.given_name, coalesce(v.district, ''), v.joined_at,
				coalesce(l.events, 0)::int, coalesce(l.minutes, 0)::int
			from data_consent d join person v on v.id = d.person_id
			left join lateral (select sum(participations) as events, sum(minutes) as minutes from ledger where person_id = v.id) l on true
			where d.purpose = 'register' and d.withdrawn_at is null and v.erased_at is null and v.suspended_at is null
			order by v.family_name collate "kk-x-icu", v.given_name collate "kk-x-icu", v.id`, nil,
			func(rows pgx.Rows) ([]any, error) {
				var family, given, where string
				var joined time.Time
				var events, minutes int
				err := rows.Scan(&family, &given, &where, &joined, &events, &minutes)
				return []any{family, given, district(where), day(joined, zone), events, float64(minutes) / 60}, err
			}),
		orgs("groups", true), orgs("organizations", false),
		table(s.db, p.T("register_export.coordinators"), head("family_name", "given_name", "organization", "email"),
			`select v.family_name, v.given_name, o.name, coalesce(v.email, '') from coordinator c join person v on v.id = c.person_id join org o on o.id = c.org_id
			where v.erased_at is null and v.suspended_at is null and o.state not in ('applied', 'closed')
			order by v.family_name collate "kk-x-icu", v.given_name collate "kk-x-icu", v.id, o.id`, nil,
			func(rows pgx.Rows) ([]any, error) {
				var family, given, email string
				var t i18n.Text
				err := rows.Scan(&family, &given, &t, &email)
				return []any{family, given, text(t), email}, err
			}),
		table(s.db, p.T("register_export.programmes"), head("name", "organization", "summary", "from", "to", "state"),
			`select c.name, o.name, c.summary, c.starts_on, c.ends_on, c.state from campaign c join org o on o.id = c.org_id
			where c.state <> 'draft' order by c.position, c.id`, nil,
			func(rows pgx.Rows) ([]any, error) {
				var name, org, summary i18n.Text
				var from, to *time.Time
				var state string
				err := rows.Scan(&name, &org, &summary, &from, &to, &state)
				return []any{text(name), text(org), text(summary), or(from), or(to), p.T("register_export.campaign_" + state)}, err
			}),
		table(s.db, p.T("register_export.actions"), head("name", "programme", "organization", "from", "to", "place", "district", "requirements", "least_age", "participants", "hours"),
			`select e.title, c.name, o.name, e.starts_at, e.ends_at, e.place, e.district, e.needs, coalesce(e.adults_only, ''), coalesce(e.min_age, 0),
				coalesce(l.participations, 0)::int, coalesce(l.minutes, 0)::int
			from event e join campaign c on c.id = e.campaign_id join org o on o.id = e.org_id
			left join lateral (select sum(participations) as participations, sum(minutes) as minutes from ledger where event_id = e.id) l on true
			where e.state = 'published' order by e.starts_at, e.id`, nil,
			func(rows pgx.Rows) ([]any, error) {
				var title, programme, org, place, needs i18n.Text
				var from, to time.Time
				var where, adults string
				var age, participations, minutes int
				err := rows.Scan(&title, &programme, &org, &from, &to, &place, &where, &needs, &adults, &age, &participations, &minutes)
				if adults != "" {
					age = max(age, s.city.Rules.AdultAge)
				}
				var least any
				if age > 0 {
					least = age
				}
				return []any{
					text(title), text(programme), text(org), from.In(zone), to.In(zone), text(place), district(where),
					strings.TrimSpace(p.Text(needs)), least, participations, float64(minutes) / 60,
				}, err
			}),
	}
	for i, from := range []string{
		`data_consent d where d.purpose = 'register' and d.withdrawn_at is null`, `org where kind = 'initiative_group'`, `org where kind <> 'initiative_group'`,
		`coordinator`, `campaign`, `event where state = 'published'`,
	} {
		if err := s.db.QueryRow(ctx, `select count(*)::int from `+from).Scan(&tables[i].Rows); err != nil {
			return nil, postgres.Fault(err)
		}
	}
	return tables, nil
}

// table is a sheet of one statement's rows.
func table(db postgres.DB, name string, head []string, sql string, args []any, read func(pgx.Rows) ([]any, error)) Table {
	return Table{Name: name, Head: head, Each: func(ctx context.Context, row func([]any) error) error {
		rows, err := db.Query(ctx, sql, args...)
		if err != nil {
			return postgres.Fault(err)
		}
		defer rows.Close()
		for rows.Next() {
			line, err := read(rows)
			if err != nil {
				return err
			}
			if err := row(line); err != nil {
				return err
			}
		}
		return postgres.Fault(rows.Err())
	}}
}

// day is the city's day of an instant, for a cell that shows no clock.
func day(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func or(t *time.Time) any {
	if t == nil {
		return nil
	}
	return *t
}
