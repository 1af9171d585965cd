package totals

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// RowKind is the rows that make a figure.
type RowKind string

// The views.
const (
	EventRows        RowKind = "events"     // held
	AttendanceRows   RowKind = "attendance" // one row a sign-up, as corrected, and one an event of the years before the portal
	SignupRows       RowKind = "signups"
	VolunteerRows    RowKind = "volunteers" // who took part, one row a person
	RegisteredRows   RowKind = "registered"
	OrganizationRows RowKind = "bodies"
	DeliveryRows     RowKind = "delivered"
)

// RowKinds is every view in the order of the pages.
var RowKinds = []RowKind{EventRows, AttendanceRows, SignupRows, VolunteerRows, RegisteredRows, OrganizationRows, DeliveryRows}

// The parts of a view. Attendance has always one of the first two, Delivered always a kind of
// thing; Volunteers one of the last two, a span of ages ("15-19"), Unknown, or none.
const (
	PartAttended = "attended"
	PartNoShow   = "no_show"
	PartTeam     = "team"
	PartMovement = "movement"
)

// ErrUnknownRows is that there are no such rows.
var ErrUnknownRows = errors.New("totals: no such rows")

// Column is a column of a view.
type Column struct {
	Name string // a word for the catalogue
	Type CellType
}

// CellType is what a column holds.
type CellType int

// The cells, each with the type in Row.Cells.
const (
	CellDay          CellType = iota // time.Time
	CellEvent                        // i18n.Text, of the event with the row's ID
	CellOrganization                 // i18n.Text, of the organisation with the row's ID
	CellText                         // i18n.Text
	CellPerson                       // string: the given name and the first letter of the family's
	CellDistrict                     // string: its slug
	CellWord                         // string: a word for the catalogue
	CellNumber                       // *int
	CellHours                        // int: minutes
)

// Row is one row of a view.
type Row struct {
	ID    int64 // of the event or the organisation; 0: of neither
	Cells []any
}

// rowSource is how a view is read: the statements together make it, each with the columns after the ID,
// and with a last one that tells rowSource of one order apart. The youngest day comes first, by an index.
type rowSource struct {
	columns []Column
	of      []string
	order   string // of the statements' columns
}

const (
	personName = `trim(p.given_name || coalesce(' ' || nullif(left(p.family_name, 1), '') || '.', ''))`

	// firsts are the sign-ups of the period in the ledger, nets what the ledger says of each in the end.
	firsts = `ledger l join lateral (
			select sum(participations) as participations, sum(no_shows) as no_shows, sum(minutes)::int as minutes,
				(array_agg(outcome order by id desc))[1] as outcome, (array_agg(person_id order by id desc))[1] as person_id
			from ledger x where x.signup_id = l.signup_id) n on true
		join person p on p.id = n.person_id join event e on e.id = l.event_id`
	signedUp = `l.reason is null and ` + inLedger
)

var rowSources = map[RowKind]rowSource{
	EventRows: {
		[]Column{{"day", CellDay}, {"event", CellEvent}, {"campaign", CellText}, {"organization", CellText}, {"district", CellDistrict}, {"came", CellNumber}, {"hours", CellHours}},
		[]string{`select e.id, e.held_on, e.title, c.name, o.name, e.district, n.came + coalesce(e.brought_participations, 0), n.minutes + coalesce(e.brought_minutes, 0), e.id
			from event e join campaign c on c.id = e.campaign_id join org o on o.id = e.org_id
			cross join lateral (select coalesce(sum(participations), 0)::int as came, coalesce(sum(minutes), 0)::int as minutes from ledger where event_id = e.id) n
			where @age::text = '' and ` + held},
		`2 desc, 9 desc`,
	},
	AttendanceRows: {
		[]Column{{"day", CellDay}, {"event", CellEvent}, {"person", CellPerson}, {"age", CellNumber}, {"district", CellDistrict}, {"outcome", CellWord}, {"came", CellNumber}, {"hours", CellHours}},
		[]string{
			`select e.id, l.day, e.title, ` + personName + `, l.age, e.district, n.outcome,
				case when @part = 'attended' then n.participations else n.no_shows end::int, n.minutes, l.id
			from ` + firsts + ` where ` + signedUp + ` and case when @part = 'attended' then n.participations > 0 else n.no_shows > 0 end`,
			`select e.id, e.held_on, e.title, '', null, e.district, 'archive', e.brought_participations, e.brought_minutes, e.id
			from event e where @part = 'attended' and @age::text = '' and e.brought_participations > 0 and ` + held,
		},
		`2 desc, 10 desc`,
	},
	SignupRows: {
		[]Column{{"day", CellDay}, {"event", CellEvent}, {"person", CellPerson}, {"district", CellDistrict}, {"outcome", CellWord}},
		[]string{
			`select e.id, l.day, e.title, ` + personName + `, e.district, n.outcome, l.id
			from ` + firsts + ` where ` + signedUp,
			`select e.id, (s.starts_at at time zone @zone)::date, e.title, ` + personName + `, e.district, 'coming', g.id
			from ` + comingTables + ` where ` + coming,
		},
		`2 desc, 7 desc`,
	},
	VolunteerRows: {columns: []Column{{"person", CellPerson}, {"age", CellNumber}, {"side", CellWord}, {"times", CellNumber}, {"hours", CellHours}}},
	RegisteredRows: {
		[]Column{{"person", CellPerson}, {"age", CellNumber}, {"district", CellDistrict}, {"joined", CellDay}},
		[]string{`select 0::bigint, ` + personName + `, age_on(p.birth_date, ` + lastDay + `), coalesce(p.district, ''), (p.joined_at at time zone @zone)::date, p.id
			from person p where @campaign = 0 and @org = 0 and @kind = '' and ` + registered},
		`p.joined_at desc, p.id desc`,
	},
	OrganizationRows: {
		[]Column{{"organization", CellOrganization}, {"kind", CellWord}, {"joined", CellDay}},
		[]string{`select o.id, o.name, o.kind, o.joined_on, o.id from org o
			where o.state not in ('applied', 'closed') and o.joined_on < @to and (@org = 0 or o.id = @org) and (@kind = '' or o.kind = @kind)`},
		`4 desc, 5 desc`,
	},
	DeliveryRows: {
		[]Column{{"day", CellDay}, {"event", CellEvent}, {"campaign", CellText}, {"organization", CellText}, {"district", CellDistrict}, {"amount", CellNumber}},
		[]string{`select e.id, e.held_on, e.title, c.name, o.name, e.district, d.amount, e.id
			from event e join event_delivery d on d.event_id = e.id and d.kind = @part
			join campaign c on c.id = e.campaign_id join org o on o.id = e.org_id where ` + held},
		`2 desc, 8 desc`,
	},
}

// sql is the statement that reads the view from offset on, limit rows at most, 0 for all.
func (r rowSource) sql(limit, offset int) string {
	most := func(n int) string {
		if limit == 0 {
			return ""
		}
		return " limit " + strconv.Itoa(n)
	}
	one := " order by " + r.order + most(limit+offset)
	if len(r.of) == 1 {
		return r.of[0] + one + " offset " + strconv.Itoa(offset)
	}
	return "(" + strings.Join(r.of, one+") union all (") + one + ") order by " + r.order + ", 1 desc" + most(limit) + " offset " + strconv.Itoa(offset)
}

// Columns are the columns of a view.
func (v RowKind) Columns() []Column { return rowSources[v].columns }

// EachRow hands the rows of a view to do, from offset on and limit at most, 0 for all, as they come
// from the database. ErrView when there is no such view. Staff may: the caller sees to it.
func (s *Store) EachRow(ctx context.Context, q Query, v RowKind, part string, limit, offset int, do func(Row) error) error {
	of, ok := rowSources[v]
	if !ok {
		return ErrUnknownRows
	}
	if v == VolunteerRows {
		return s.eachVolunteer(ctx, q, part, limit, offset, do)
	}
	row, last := Row{Cells: make([]any, len(of.columns))}, int64(0)
	into := []any{&row.ID}
	for _, c := range of.columns {
		into = append(into, cell(c.Type))
	}
	args := q.args()
	args["part"] = part
	// With its arguments in the text: a plan for whatever filters reads everything for one page.
	found, _ := s.db.Query(ctx, of.sql(limit, offset), pgx.QueryExecModeSimpleProtocol, args)
	_, err := pgx.ForEachRow(found, append(into, &last), func() error {
		for i, c := range into[1:] {
			row.Cells[i] = value(c)
		}
		return do(row)
	})
	return postgres.Fault(err)
}

// cell is where a cell is read into, value what was read.
func cell(c CellType) any {
	switch c {
	case CellDay:
		return new(time.Time)
	case CellEvent, CellOrganization, CellText:
		return new(i18n.Text)
	case CellNumber:
		return new(*int)
	case CellHours:
		return new(int)
	default:
		return new(string)
	}
}

func value(into any) any {
	switch into := into.(type) {
	case *time.Time:
		return *into
	case *i18n.Text:
		return *into
	case **int:
		return *into
	case *int:
		return *into
	default:
		return *into.(*string)
	}
}

// RowsTotal is the figure that the rows of a view make, and the minutes in it where they have any.
func (s *Store) RowsTotal(ctx context.Context, q Query, v RowKind, part string) (n, minutes int, err error) {
	switch v {
	case EventRows, AttendanceRows, SignupRows, DeliveryRows:
		t, err := s.Breakdown(ctx, q)
		switch {
		case v == DeliveryRows:
			return t.Delivered[part], 0, err
		case v == SignupRows:
			return t.Signups, 0, err
		case v == EventRows:
			return t.Events, 0, err
		case part == PartNoShow:
			return t.NoShows, 0, err
		}
		return t.Participations, t.Minutes, err
	case VolunteerRows:
		c, err := s.AgeDistribution(ctx, q)
		return c.part(part).Total(), 0, err
	case RegisteredRows:
		n, _, err = registeredBy(ctx, s.db, q)
		return n, 0, err
	case OrganizationRows:
		kinds, err := kindsOf(ctx, s.db, q, q.Period)
		for _, k := range kinds {
			n += k.Now
		}
		return n, 0, err
	}
	return 0, 0, ErrUnknownRows
}
