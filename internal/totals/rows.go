package totals

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// RowKind names a kind of rows behind figures, as in addresses.
type RowKind string

// The kinds of rows.
const (
	EventRows        RowKind = "events"     // held
	AttendanceRows   RowKind = "attendance" // one a sign-up, as corrected, and one an event from the archive
	SignupRows       RowKind = "signups"
	VolunteerRows    RowKind = "volunteers" // who took part, one a person
	RegisteredRows   RowKind = "registered"
	OrganizationRows RowKind = "bodies"
	DeliveryRows     RowKind = "delivered"
)

// The parts of rows. AttendanceRows always have one of the first two, DeliveryRows a kind of delivery;
// VolunteerRows have one of the last two, a span of ages ("15-19"), UnknownAge, or none.
const (
	PartAttended = "attended"
	PartNoShow   = "no_show"
	PartTeam     = "team"
	PartMovement = "movement"
)

// ErrUnknownRows says that there is no such kind of rows.
var ErrUnknownRows = errors.New("totals: no such rows")

// Column is a column of rows. Its words are figures.column.<Name> in the catalogue.
type Column struct {
	Name string
	Type CellType
}

// CellType is what the cells of a column hold.
type CellType int

// The types, each with its Go type in Row.Cells.
const (
	CellDay          CellType = iota // time.Time
	CellEvent                        // i18n.Text: of the event with the row's ID
	CellOrganization                 // i18n.Text: of the organisation with the row's ID
	CellText                         // i18n.Text
	CellPerson                       // string: the given name and the first letter of the family name
	CellDistrict                     // string: its slug
	CellWord                         // string: its words are figures.word.<cell>
	CellNumber                       // *int
	CellHours                        // int: minutes
)

// Row is one row.
type Row struct {
	ID    int64 // of the event or the organisation; 0: of neither
	Cells []any
}

// source is where rows of a kind come from; nil: there is no such kind.
func (k RowKind) source() *rowSource {
	i := slices.IndexFunc(rowSources, func(s rowSource) bool { return s.kind == k })
	if i < 0 {
		return nil
	}
	return &rowSources[i]
}

// Columns are the columns of the rows.
func (k RowKind) Columns() []Column {
	if s := k.source(); s != nil {
		return s.columns
	}
	return nil
}

func (r Rows) source() *rowSource { return r.Kind.source() }

// EachRow calls do with each row, from offset on and limit rows at most, 0 for all, as they come from the
// database. The cells of a row are overwritten when do returns. ErrUnknownRows when there is no such kind.
// The caller checks the permission.
func (s *Store) EachRow(
	ctx context.Context, q Query, kind RowKind, part string, limit, offset int, do func(Row) error,
) error {
	source := kind.source()
	if source == nil {
		return ErrUnknownRows
	}
	if source.each != nil {
		return source.each(s, ctx, q, part, limit, offset, do)
	}
	row, tieBreaker := Row{Cells: make([]any, len(source.columns))}, int64(0)
	into := []any{&row.ID}
	for _, c := range source.columns {
		into = append(into, c.Type.target())
	}
	// With the arguments in the text: a plan that holds for any scope would read everything for one page.
	sql := source.sql(limit, offset)
	rows, _ := s.db.Query(ctx, sql, pgx.QueryExecModeSimpleProtocol, q.args(sql, part))
	_, err := pgx.ForEachRow(rows, append(into, &tieBreaker), func() error {
		for i, target := range into[1:] {
			row.Cells[i] = read(target)
		}
		return do(row)
	})
	return postgres.Fault(err)
}

// RowsTotal is the figure that rows make, and the minutes in it where they have any. ErrUnknownRows when
// there is no such kind. The caller checks the permission.
func (s *Store) RowsTotal(ctx context.Context, q Query, kind RowKind, part string) (n, minutes int, err error) {
	source := kind.source()
	if source == nil {
		return 0, 0, ErrUnknownRows
	}
	return source.total(s, ctx, q, part)
}

// rowSource declares a kind of rows. The statements together make them, each with the event's or
// organisation's id before the columns, and after them one that tells rows of the same order apart. The
// newest come first, by an index. Rows that no statement can make have a function instead.
type rowSource struct {
	kind       RowKind
	columns    []Column
	statements []string
	order      string // of the statements' columns
	each       func(s *Store, ctx context.Context, q Query, part string, limit, offset int, do func(Row) error) error
	total      rowsTotal
}

// has reports whether the rows have a column that can be added up.
func (r *rowSource) has(column string) bool {
	return slices.ContainsFunc(r.columns, func(c Column) bool {
		return c.Name == column && (c.Type == CellNumber || c.Type == CellHours)
	})
}

// sql is the statement that reads the rows from offset on, limit at most, 0 for all.
func (r *rowSource) sql(limit, offset int) string {
	atMost := func(n int) string {
		if limit == 0 {
			return ""
		}
		return " limit " + strconv.Itoa(n)
	}
	each := " order by " + r.order + atMost(limit+offset)
	if len(r.statements) == 1 {
		return r.statements[0] + each + " offset " + strconv.Itoa(offset)
	}
	return "(" + strings.Join(r.statements, each+") union all (") + each + ") order by " + r.order + ", 1 desc" +
		atMost(limit) + " offset " + strconv.Itoa(offset)
}

// target is a variable for the cells of a type, and read what it holds.
func (c CellType) target() any {
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

func read(target any) any {
	switch t := target.(type) {
	case *time.Time:
		return *t
	case *i18n.Text:
		return *t
	case **int:
		return *t
	case *int:
		return *t
	default:
		return *target.(*string)
	}
}

// rowsTotal computes what the rows of a part make.
type rowsTotal func(s *Store, ctx context.Context, q Query, part string) (n, minutes int, err error)

// sumTotal is the total of rows that are counted in the breakdown.
func sumTotal(of func(b *Breakdown, part string) (n, minutes int)) rowsTotal {
	return func(s *Store, ctx context.Context, q Query, part string) (int, int, error) {
		b, err := s.Breakdown(ctx, q)
		n, minutes := of(&b, part)
		return n, minutes, err
	}
}
