package totals

import (
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Scope is what part of the work a query is about; a zero field leaves everything in. The kind is that of
// an event's main host, the district that of the event, the age the one on the day of the shift.
type Scope struct {
	Campaign int64
	Org      int64 // as host or co-host
	Kind     org.Kind
	District string // a slug; NoDistrict: events without one
	Age      string // the slug of an AgeGroup
}

// NoDistrict is the scope of what has no district.
const NoDistrict = "none"

// eventDistrict is the scope's district as events carry it.
func (s Scope) eventDistrict() string {
	if s.District == NoDistrict {
		return ""
	}
	return s.District
}

// ofPeople reports whether the scope can be asked of people who never took part: only a district and an
// age group can.
func (s Scope) ofPeople() bool { return s.Campaign == 0 && s.Org == 0 && s.Kind == "" }

// Query is what totals are asked for.
type Query struct {
	Period
	Scope
	Zone *time.Location // the city's
	Now  time.Time
}

// On is the same query of another period.
func (q Query) On(p Period) Query {
	q.Period = p
	return q
}

// args are the arguments of a statement made of the conditions below: those that it names. part is that of
// its rows.
func (q Query) args(sql, part string) pgx.StrictNamedArgs {
	return postgres.Pick(sql, pgx.StrictNamedArgs{
		"from": q.From, "to": q.To, "zone": q.Zone.String(), "now": q.Now,
		"campaign": q.Campaign, "org": q.Org, "kind": string(q.Kind),
		"district": q.District, "event_district": q.eventDistrict(), "age": q.Age, "part": part,
	})
}

// The conditions of a scope: on an event e, and on the sign-up of a person p for its shift s.
const (
	ofEvent = `(@campaign::bigint = 0 or e.campaign_id = @campaign)
		and (@district::text = '' or e.district = @event_district)
		and (@org::bigint = 0 or e.org_id = @org
			or exists (select from event_cohost c where c.event_id = e.id and c.org_id = @org))
		and (@kind::text = '' or exists (select from org o where o.id = e.org_id and o.kind = @kind))`
	ofShift = ofEvent + ` and (@age::text = ''
		or age_group(age_on(p.birth_date, (s.starts_at at time zone @zone)::date)) = @age)`

	// held are the events that were held in the period, inLedger the rows l of the ledger of an event e.
	held     = `e.held_on >= @from and e.held_on < @to and ` + ofEvent
	inLedger = `l.day >= @from and l.day < @to and (@age::text = '' or age_group(l.age) = @age) and ` + ofEvent

	// coming are the confirmed sign-ups for shifts in the period of events whose hours are not confirmed.
	comingTables = `event e join shift s on s.event_id = e.id
		join signup g on g.shift_id = s.id and g.state = 'confirmed' join person p on p.id = g.person_id`
	coming = `e.state = 'published' and e.closed_at is null and e.ends_at > (@from::date)::timestamp at time zone @zone
		and e.starts_at < (@to::date)::timestamp at time zone @zone
		and s.starts_at >= (@from::date)::timestamp at time zone @zone
		and s.starts_at < (@to::date)::timestamp at time zone @zone and ` + ofShift
)
