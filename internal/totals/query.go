package totals

import (
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/org"
)

// Filter narrows figures; what is zero leaves everything in. It is about what was done: the host's
// kind, the event's district, the age on the day of the shift.
type Filter struct {
	Campaign int64
	Org      int64 // as host or co-host
	Kind     org.Kind
	District string
	Age      string // the slug of an AgeGroup
}

// Query is what figures are asked for.
type Query struct {
	Period
	Filter
	Zone *time.Location // the city's
	Now  time.Time
}

// On is the same question of another period.
func (q Query) On(p Period) Query {
	q.Period = p
	return q
}

// scope is the key of the summaries under which f stands, but for the age; ok is false when it
// stands under none, because it is an organisation's kind or several filters at once.
func (f Filter) scope() (scope, key string, ok bool) {
	scope, n := "city", 0
	if f.Campaign != 0 {
		scope, key, n = "campaign", strconv.FormatInt(f.Campaign, 10), n+1
	}
	if f.Org != 0 {
		scope, key, n = "org", strconv.FormatInt(f.Org, 10), n+1
	}
	if f.District != "" {
		scope, key, n = "district", f.District, n+1
	}
	return scope, key, n < 2 && f.Kind == ""
}

// args are the arguments of the statements below. The days from a up to b are the whole months
// that the summary answers for under scope and key, the edges the others, for which the ledger is
// read; without a summary all days are edges.
func (q Query) args(scope, key string, summary bool) pgx.NamedArgs {
	a, b := q.From, q.From
	if summary {
		a, b = q.months()
	}
	return pgx.NamedArgs{
		"from": q.From, "to": q.To, "a": a, "b": b, "scope": scope, "key": key, "zone": q.Zone.String(), "now": q.Now,
		"campaign": q.Campaign, "org": q.Org, "kind": string(q.Kind), "district": q.District, "age": q.Age,
	}
}

// The conditions of a filter on a row l of the ledger, on an event e, and on both of a sign-up to
// come: an event e and a person p on the day of the shift s.
const (
	ofLedger = `(@campaign::bigint = 0 or l.campaign_id = @campaign) and (@district::text = '' or l.district = @district)
		and (@org::bigint = 0 or exists (select from org o where o.id = l.org_id and coalesce(o.merged_into, o.id) = @org) or exists (select from event_cohost c where c.event_id = l.event_id and c.org_id = @org))
		and (@kind::text = '' or exists (select from org o join org k on k.id = coalesce(o.merged_into, o.id) where o.id = l.org_id and k.kind = @kind))
		and (@age::text = '' or age_group(l.age) = @age)`
	ofEvent = `(@campaign::bigint = 0 or e.campaign_id = @campaign) and (@district::text = '' or e.district = @district)
		and (@org::bigint = 0 or e.org_id = @org or exists (select from event_cohost c where c.event_id = e.id and c.org_id = @org))
		and (@kind::text = '' or exists (select from org o where o.id = e.org_id and o.kind = @kind))`
	ofShift = ofEvent + ` and (@age::text = '' or age_group(age_on(p.birth_date, (s.starts_at at time zone @zone)::date)) = @age)`

	// held are the closed events of the period; at the edges also of those months that it cuts.
	eventDay = `(e.starts_at at time zone @zone)::date`
	inPeriod = `e.closed_month >= date_trunc('month', @from::date) and e.closed_month < @to and ` + eventDay + ` >= @from and ` + eventDay + ` < @to`
	atEdges  = `(e.closed_month >= date_trunc('month', @from::date) and e.closed_month < @a or e.closed_month >= date_trunc('month', @b::date) and e.closed_month < @to)
		and (` + eventDay + ` >= @from and ` + eventDay + ` < @a or ` + eventDay + ` >= @b and ` + eventDay + ` < @to)`
	daysAtEdges = `(l.day >= @from and l.day < @a or l.day >= @b and l.day < @to)`

	// coming are the places taken at events that start in the period and are not closed.
	comingTables = `event e join shift s on s.event_id = e.id join signup g on g.shift_id = s.id and g.state = 'confirmed' join person p on p.id = g.person_id`
	coming       = `e.state = 'published' and e.closed_at is null and e.ends_at > (@from::date)::timestamp at time zone @zone
		and e.starts_at < (@to::date)::timestamp at time zone @zone
		and s.starts_at >= (@from::date)::timestamp at time zone @zone and s.starts_at < (@to::date)::timestamp at time zone @zone and ` + ofShift
)
