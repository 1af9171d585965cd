package totals

import "context"

const (
	personName = `trim(p.given_name || coalesce(' ' || nullif(left(p.family_name, 1), '') || '.', ''))`

	// confirmed are the sign-ups of the ledger, by their first row l, each with n: what the ledger says of it
	// after all corrections.
	confirmed = `ledger l join lateral (
			select sum(participations) as participations, sum(no_shows) as no_shows, sum(minutes)::int as minutes,
				(array_agg(outcome order by id desc))[1] as outcome,
					(array_agg(person_id order by id desc))[1] as person_id
			from ledger x where x.signup_id = l.signup_id) n on true
		join person p on p.id = n.person_id join event e on e.id = l.event_id`
	firstRow = `l.reason is null and ` + inLedger
)

// rowSources are all kinds of rows in the order of the pages.
var rowSources = checkRowSources([]rowSource{
	{
		kind: EventRows,
		columns: []Column{
			{"day", CellDay},
			{"event", CellEvent},
			{"campaign", CellText},
			{"organization", CellText},
			{"district", CellDistrict},
			{"came", CellNumber},
			{"hours", CellHours},
		},
		statements: []string{`select e.id, e.held_on, e.title, c.name, o.name, e.district,
				n.came + coalesce(e.brought_participations, 0), n.minutes + coalesce(e.brought_minutes, 0), e.id
			from event e join campaign c on c.id = e.campaign_id join org o on o.id = e.org_id
			cross join lateral (select coalesce(sum(participations), 0)::int as came,
				coalesce(sum(minutes), 0)::int as minutes
				from ledger where event_id = e.id) n
			where @age::text = '' and ` + held},
		order: `2 desc, 9 desc`,
		total: sumTotal(func(b *Breakdown, _ string) (int, int) { return b.Sums[Events], 0 }),
	},
	{
		kind: AttendanceRows,
		columns: []Column{
			{"day", CellDay},
			{"event", CellEvent},
			{"person", CellPerson},
			{"age", CellNumber},
			{"district", CellDistrict},
			{"outcome", CellWord},
			{"came", CellNumber},
			{"hours", CellHours},
		},
		statements: []string{
			`select e.id, l.day, e.title, ` + personName + `, l.age, e.district, n.outcome,
				case when @part = 'attended' then n.participations else n.no_shows end::int, n.minutes, l.id
			from ` + confirmed + ` where ` + firstRow + `
				and case when @part = 'attended' then n.participations > 0 else n.no_shows > 0 end`,
			`select e.id, e.held_on, e.title, '', null, e.district, 'archive', e.brought_participations,
				e.brought_minutes, e.id
			from event e where @part = 'attended' and @age::text = '' and e.brought_participations > 0 and ` + held,
		},
		order: `2 desc, 10 desc`,
		total: sumTotal(func(b *Breakdown, part string) (int, int) {
			if part == PartNoShow {
				return b.Sums[NoShows], 0
			}
			return b.Sums[Participations], b.Sums[Minutes]
		}),
	},
	{
		kind: SignupRows,
		columns: []Column{
			{"day", CellDay},
			{"event", CellEvent},
			{"person", CellPerson},
			{"district", CellDistrict},
			{"outcome", CellWord},
		},
		statements: []string{
			`select e.id, l.day, e.title, ` + personName + `, e.district, n.outcome, l.id
			from ` + confirmed + ` where ` + firstRow,
			`select e.id, (s.starts_at at time zone @zone)::date, e.title, ` + personName +
				`, e.district, 'coming', g.id
			from ` + comingTables + ` where ` + coming,
		},
		order: `2 desc, 7 desc`,
		total: sumTotal(func(b *Breakdown, _ string) (int, int) { return b.Sums[SignUps], 0 }),
	},
	{
		kind: VolunteerRows,
		columns: []Column{
			{"person", CellPerson},
			{"age", CellNumber},
			{"side", CellWord},
			{"times", CellNumber},
			{"hours", CellHours},
		},
		each: (*Store).eachVolunteer,
		total: func(s *Store, ctx context.Context, q Query, part string) (int, int, error) {
			ages, err := s.AgeDistribution(ctx, q)
			return ages.part(part).Total(), 0, err
		},
	},
	{
		kind: RegisteredRows,
		columns: []Column{
			{"person", CellPerson}, {"age", CellNumber}, {"district", CellDistrict}, {"joined", CellDay},
		},
		statements: []string{`select 0::bigint, ` + personName + `, age_on(p.birth_date, ` + lastDay + `),
				coalesce(p.district, ''), (p.joined_at at time zone @zone)::date, p.id
			from person p where @campaign = 0 and @org = 0 and @kind = '' and ` + registered},
		order: `p.joined_at desc, p.id desc`,
		total: func(s *Store, ctx context.Context, q Query, _ string) (int, int, error) {
			n, err := registeredBy(ctx, s.db, q)
			return n, 0, err
		},
	},
	{
		kind:    OrganizationRows,
		columns: []Column{{"organization", CellOrganization}, {"kind", CellWord}, {"joined", CellDay}},
		statements: []string{`select o.id, o.name, o.kind, o.joined_on, o.id from org o
			where o.state not in ('applied', 'closed') and o.joined_on < @to and (@org = 0 or o.id = @org)
				and (@kind = '' or o.kind = @kind)`},
		order: `4 desc, 5 desc`,
		total: func(s *Store, ctx context.Context, q Query, _ string) (n, minutes int, err error) {
			kinds, err := organizationsIn(ctx, s.db, q, q.Period)
			for _, k := range kinds {
				n += k.Now
			}
			return n, 0, err
		},
	},
	{
		kind: DeliveryRows,
		columns: []Column{
			{"day", CellDay},
			{"event", CellEvent},
			{"campaign", CellText},
			{"organization", CellText},
			{"district", CellDistrict},
			{"amount", CellNumber},
		},
		statements: []string{`select e.id, e.held_on, e.title, c.name, o.name, e.district, d.amount, e.id
			from event e join event_delivery d on d.event_id = e.id and d.kind = @part
			join campaign c on c.id = e.campaign_id join org o on o.id = e.org_id where ` + held},
		order: `2 desc, 8 desc`,
		total: sumTotal(func(b *Breakdown, part string) (int, int) { return b.Delivered[part], 0 }),
	},
})

// checkRowSources panics when the program starts with rows that cannot be read or have no total.
func checkRowSources(list []rowSource) []rowSource {
	for _, s := range list {
		if len(s.columns) == 0 || s.total == nil || (s.each == nil) == (len(s.statements) == 0 || s.order == "") {
			panic("totals: the rows " + string(s.kind) + " lack columns, a total, or a way to read them")
		}
	}
	return list
}
