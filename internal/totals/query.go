package totals

import (
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/org"
)

// Scope narrows figures; what is zero leaves everything in. It is about what was done: the host's
// kind, the event's district, the age on the day of the shift.
type Scope struct {
	Campaign int64
	Org      int64 // as host or co-host
	Kind     org.Kind
	District string // NoDistrict: of none
	Age      string // the slug of an AgeGroup
}

// NoDistrict is the filter by what has no district.
const NoDistrict = "none"

// place is the district as it stands at events.
func (f Scope) place() string {
	if f.District == NoDistrict {
		return ""
	}
	return f.District
}

// Query is what figures are asked for.
type Query struct {
	Period
	Scope
	Zone *time.Location // the city's
	Now  time.Time
}

// On is the same question of another period.
func (q Query) On(p Period) Query {
	q.Period = p
	return q
}

// args are the arguments of the statements below.
func (q Query) args() pgx.NamedArgs {
	return pgx.NamedArgs{
		"from": q.From, "to": q.To, "zone": q.Zone.String(), "now": q.Now,
		"campaign": q.Campaign, "org": q.Org, "kind": string(q.Kind), "district": q.District, "place": q.place(), "age": q.Age,
	}
}

// The conditions of a filter on an event e, and on a sign-up to come: of a person p for its shift s.
const (
	ofEvent = `(@campaign::bigint = 0 or e.campaign_id = @campaign) and (@district::text = '' or e.district = @place)
		and (@org::bigint = 0 or e.org_id = @org or exists (select from event_cohost c where c.event_id = e.id and c.org_id = @org))
		and (@kind::text = '' or exists (select from org o where o.id = e.org_id and o.kind = @kind))`
	ofShift = ofEvent + ` and (@age::text = '' or age_group(age_on(p.birth_date, (s.starts_at at time zone @zone)::date)) = @age)`

	// held are the events of the period, inLedger the rows l of the ledger of an event e.
	held     = `e.held_on >= @from and e.held_on < @to and ` + ofEvent
	inLedger = `l.day >= @from and l.day < @to and (@age::text = '' or age_group(l.age) = @age) and ` + ofEvent

	// coming are the places taken at events that start in the period and are not closed.
	comingTables = `event e join shift s on s.event_id = e.id join signup g on g.shift_id = s.id and g.state = 'confirmed' join person p on p.id = g.person_id`
	coming       = `e.state = 'published' and e.closed_at is null and e.ends_at > (@from::date)::timestamp at time zone @zone
		and e.starts_at < (@to::date)::timestamp at time zone @zone
		and s.starts_at >= (@from::date)::timestamp at time zone @zone and s.starts_at < (@to::date)::timestamp at time zone @zone and ` + ofShift
)
