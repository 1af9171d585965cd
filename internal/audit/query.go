package audit

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// Record is an entry as it is shown: with the name of who did it, unless they are erased.
type Record struct {
	Entry
	ID     int64
	Name   string // given name and first letter; empty: the portal, or somebody erased
	Erased bool
	FromIP string // empty: the portal's own work
}

// Query is what entries are looked for; empty fields ask for nothing.
type Query struct {
	Who      string // a part of a name, in whatever spelling, or a person's number
	Verb     string // "signup.cancel", or all of a noun: "signup"
	Object   string
	ObjectID int64
	From, To time.Time // days: from the first's beginning to the second's end, in their location
}

// PageSize is how many entries a page holds.
const PageSize = 100

const where = ` from audit a left join person p on p.id = a.actor_id
	where (@verb = '' or a.verb = @verb or a.verb like @verb || '.%')
		and (@object = '' or a.object = @object) and (@object_id = 0 or a.object_id = @object_id)
		and (@from::timestamptz is null or a.at >= @from) and (@to::timestamptz is null or a.at < @to)
		and (@who = '' or a.actor_id = any(@people::bigint[]))`

// args are the query's named arguments; the people of a name are looked up first, so that the
// list itself is found by an index.
func (q Query) args(ctx context.Context, db postgres.DB) (pgx.StrictNamedArgs, error) {
	who := strings.TrimSpace(q.Who)
	people := []int64{}
	if who != "" {
		rows, _ := db.Query(ctx, `
			select id from person where id::text = @who or fold(family_name || ' ' || given_name)
				like '%' || replace(replace(replace(fold(@who), '\', '\\'), '%', '\%'), '_', '\_') || '%'
			limit 200`, pgx.StrictNamedArgs{"who": who})
		var err error
		if people, err = pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
			return nil, postgres.Fault(err)
		}
	}
	return pgx.StrictNamedArgs{
		"verb": q.Verb, "object": q.Object, "object_id": q.ObjectID, "who": who, "people": people,
		"from": orNull(q.From), "to": orNull(q.To),
	}, nil
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const columns = `
	select a.id, a.at, coalesce(a.actor_id, 0) as actor_id, a.verb, a.object, a.object_id, a.fields,
		coalesce(a.from_ip, '') as from_ip,
	case when p.erased_at is not null then ''
		else coalesce(p.given_name ||
			case when p.family_name = '' then '' else ' ' || left(p.family_name, 1) || '.' end, '') end as name,
	p.erased_at is not null as erased`

// List is the entries before one (0: the latest), the latest first, and the one after which the
// next page goes on, 0 on the last. The caller checks the permission.
func List(ctx context.Context, db postgres.DB, q Query, before int64) ([]Record, int64, error) {
	args, err := q.args(ctx, db)
	if err != nil {
		return nil, 0, err
	}
	args["before"], args["limit"] = before, PageSize+1
	rows, _ := db.Query(ctx, columns+where+` and (@before = 0 or a.id < @before) order by a.id desc limit @limit`,
		args)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Record])
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	if len(list) > PageSize {
		return list[:PageSize], list[PageSize-1].ID, nil
	}
	return list, 0, nil
}

// Count is how many entries a query finds. The caller checks the permission.
func Count(ctx context.Context, db postgres.DB, q Query) (n int, err error) {
	args, err := q.args(ctx, db)
	if err != nil {
		return 0, err
	}
	err = db.QueryRow(ctx, `select count(*)::int`+where, args).Scan(&n)
	return n, postgres.Fault(err)
}

// Each calls do with every entry that a query finds, the latest first. The caller checks the
// permission.
func Each(ctx context.Context, db postgres.DB, q Query, do func(Record) error) error {
	args, err := q.args(ctx, db)
	if err != nil {
		return err
	}
	rows, err := db.Query(ctx, columns+where+` order by a.id desc`, args)
	if err != nil {
		return postgres.Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		l, err := pgx.RowToStructByName[Record](rows)
		if err != nil {
			return err
		}
		if err := do(l); err != nil {
			return err
		}
	}
	return postgres.Fault(rows.Err())
}
