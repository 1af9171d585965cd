package totals

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Sums are the figures that add up.
type Sums struct {
	Events         int // held; 0 under a filter by age, because an event has none
	Signups        int // on the lists, also of events to come
	Participations int
	NoShows        int
	Minutes        int
	Brought        int // of Participations: of the years before the portal, without names
}

// Rate is how many of a hundred came of those who came or should have; ok is false when nobody
// should have. What was brought says nothing of who did not come, and is left out.
func (s Sums) Rate() (percent float64, ok bool) {
	came := s.Participations - s.Brought
	if came+s.NoShows == 0 {
		return 0, false
	}
	return 100 * float64(came) / float64(came+s.NoShows), true
}

// counted is one row for each month of what there is in q, for a statement to sum up.
const counted = `
	select month, events, signups, participations, no_shows, minutes, brought from total_key
	where scope = @scope and key = @key and month >= @a and month < @b and (@age::text = '' or age_group = @age)
	union all
	select date_trunc('month', l.day)::date, 0, (l.reason is null)::int, l.participations, l.no_shows, l.minutes, 0
	from ledger l where ` + daysAtEdges + ` and ` + ofLedger + `
	union all
	select e.closed_month, 1, 0, ` + brought + ` from event e where @age::text = '' and ` + atEdges + ` and ` + ofEvent

const summed = `coalesce(sum(events), 0)::int as events, coalesce(sum(signups), 0)::int as signups,
	coalesce(sum(participations), 0)::int as participations, coalesce(sum(no_shows), 0)::int as no_shows, coalesce(sum(minutes), 0)::int as minutes, coalesce(sum(brought), 0)::int as brought`

// brought is what an event of the years before the portal brings: participations, no-shows,
// minutes, and the participations once more.
const brought = `coalesce(e.brought_participations, 0), 0, coalesce(e.brought_minutes, 0), coalesce(e.brought_participations, 0)`

// OfSums adds up what q asks for.
func OfSums(ctx context.Context, db postgres.DB, q Query) (Sums, error) {
	scope, key, ok := q.scope()
	rows, _ := db.Query(ctx, `select `+summed+` from (`+counted+`
		union all
		select null, 0, 1, 0, 0, 0, 0 from `+comingTables+` where `+coming+`) x`, q.args(scope, key, ok))
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Sums])
	return s, postgres.Fault(err)
}

// MonthSums is one month of a period.
type MonthSums struct {
	Month time.Time
	Sums
}

// OfMonths adds up by month; sign-ups are those of events held.
func OfMonths(ctx context.Context, db postgres.DB, q Query) ([]MonthSums, error) {
	scope, key, ok := q.scope()
	rows, _ := db.Query(ctx, `select month, `+summed+` from (`+counted+`) x group by month order by month`, q.args(scope, key, ok))
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[MonthSums])
	return list, postgres.Fault(err)
}

// KeySums is what stands under one campaign, organisation or district.
type KeySums struct {
	Key  string // the id, or a district's slug
	Name i18n.Text
	Sums
}

// The ways to tell figures apart: the scope of the summary, the filter that stands for it, the
// keys of a row of the ledger and of an event, and where the names are.
type apart struct {
	scope         string
	set           func(Filter) bool
	ledger, event string
	name          string
}

var (
	byCampaign = apart{
		"campaign", func(f Filter) bool { return f.Campaign != 0 }, `(select l.campaign_id::text as key)`, `(select e.campaign_id::text as key)`,
		`(select name from campaign c where c.id::text = x.key)`,
	}
	byOrg = apart{
		"org", func(f Filter) bool { return f.Org != 0 },
		`(select h::text as key from (select coalesce(m.merged_into, m.id) from org m where m.id = l.org_id union select c.org_id from event_cohost c where c.event_id = l.event_id) o (h) where @org::bigint = 0 or h = @org)`,
		`(select h::text as key from (select e.org_id union select c.org_id from event_cohost c where c.event_id = e.id) o (h) where @org::bigint = 0 or h = @org)`,
		`(select name from org o where o.id::text = x.key)`,
	}
	byDistrict = apart{"district", func(f Filter) bool { return f.District != "" }, `(select l.district as key)`, `(select e.district as key)`, `'{}'::jsonb`}
)

// OfCampaigns, OfOrgs and OfDistricts tell the figures of q apart, the most events first; a joint
// event stands under each of its hosts. Sign-ups are those of events held.
func OfCampaigns(ctx context.Context, db postgres.DB, q Query) ([]KeySums, error) {
	return q.apart(ctx, db, byCampaign)
}

// OfOrgs is OfCampaigns by organisation.
func OfOrgs(ctx context.Context, db postgres.DB, q Query) ([]KeySums, error) {
	return q.apart(ctx, db, byOrg)
}

// OfDistricts is OfCampaigns by district; events without one stand under "".
func OfDistricts(ctx context.Context, db postgres.DB, q Query) ([]KeySums, error) {
	return q.apart(ctx, db, byDistrict)
}

func (q Query) apart(ctx context.Context, db postgres.DB, by apart) ([]KeySums, error) {
	scope, key, ok := q.scope()
	if scope != by.scope {
		ok = ok && scope == "city" // the summary knows a campaign's months, not its organisations'
	}
	rows, _ := db.Query(ctx, `
		select key, `+by.name+` as name, `+summed+` from (
			select key, events, signups, participations, no_shows, minutes, brought from total_key
			where scope = @by and (not @set or key = @key) and month >= @a and month < @b and (@age::text = '' or age_group = @age)
			union all
			select k.key, 0, (l.reason is null)::int, l.participations, l.no_shows, l.minutes, 0
			from ledger l cross join lateral `+by.ledger+` k where `+daysAtEdges+` and `+ofLedger+`
			union all
			select k.key, 1, 0, `+brought+` from event e cross join lateral `+by.event+` k where @age::text = '' and `+atEdges+` and `+ofEvent+`) x
		group by key order by sum(events) desc, sum(minutes) desc, key`, q.with(q.args(scope, key, ok), pgx.NamedArgs{"by": by.scope, "set": by.set(q.Filter)}))
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[KeySums])
	return list, postgres.Fault(err)
}

// with is args and more.
func (Query) with(args, more pgx.NamedArgs) pgx.NamedArgs {
	for k, v := range more {
		args[k] = v
	}
	return args
}

// KindCount is how many organisations of a kind there are.
type KindCount struct {
	Kind org.Kind
	Now  int // joined before the period's end
	Was  int // before the end of the period to compare with
}

// OfKinds counts the organisations by kind, in the order of the pages: those that had joined by the
// last day and are neither applied nor closed today. Only the filters by organisation and by kind
// apply.
func OfKinds(ctx context.Context, db postgres.DB, q Query, before Period) ([]KindCount, error) {
	rows, _ := db.Query(ctx, `
		select k.kind, count(o.id)::int as now, count(o.id) filter (where o.joined_on < @before)::int as was
		from unnest(@kinds::text[]) with ordinality k (kind, position)
		left join org o on o.kind = k.kind and o.state not in ('applied', 'closed') and o.joined_on < @to and (@org = 0 or o.id = @org)
		where @kind = '' or k.kind = @kind
		group by k.kind, k.position order by k.position`,
		pgx.NamedArgs{"kinds": org.Kinds, "to": q.To, "before": before.To, "org": q.Org, "kind": string(q.Kind)})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[KindCount])
	return list, postgres.Fault(err)
}

// Thing is how much of a kind of thing was delivered.
type Thing struct {
	Slug string
	Name i18n.Text
	Unit i18n.Text
	Now  int
	Was  int
}

// OfThings is what the events held have brought, by kind, beside the period to compare with. It
// costs by events. The filter by age does not apply.
func OfThings(ctx context.Context, db postgres.DB, q Query, before Period) ([]Thing, error) {
	amount := func(in string) string {
		return `(select d.kind, sum(d.amount)::int as amount from event e join event_delivery d on d.event_id = e.id
			where ` + in + ` and ` + ofEvent + ` group by d.kind)`
	}
	was := q.On(before).args("", "", false)
	args := q.with(q.args("", "", false), pgx.NamedArgs{"was_from": was["from"], "was_to": was["to"]})
	rows, _ := db.Query(ctx, `
		select k.slug, k.name, k.unit, coalesce(n.amount, 0) as now, coalesce(w.amount, 0) as was
		from delivery_kind k
		left join `+amount(inPeriod)+` n on n.kind = k.slug
		left join `+amount(`e.closed_month >= date_trunc('month', @was_from::date) and e.closed_month < @was_to and `+eventDay+` >= @was_from and `+eventDay+` < @was_to`)+` w on w.kind = k.slug
		order by k.position`, args)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Thing])
	return list, postgres.Fault(err)
}
