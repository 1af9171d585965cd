package audit

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// Line is a deed as it is shown: with the name of who did it, as far as they are not erased.
type Line struct {
	Entry
	ID     int64
	Name   string // given name and first letter; empty: the portal, or somebody erased
	Erased bool
	FromIP string // empty: the portal's own work
}

// Filter is what deeds are looked for; empty fields ask for nothing.
type Filter struct {
	Who      string // a part of a name, in whatever spelling, or a person's number
	Verb     string // "signup.cancel", or a whole room: "signup"
	Object   string
	ObjectID int64
	From, To time.Time // days: from the first's beginning to the second's end, in their location
}

// Page is how many deeds a page holds.
const Page = 100

const where = ` from audit a left join person p on p.id = a.actor_id
	where (@verb = '' or a.verb = @verb or a.verb like @verb || '.%')
		and (@object = '' or a.object = @object) and (@object_id = 0 or a.object_id = @object_id)
		and (@from::timestamptz is null or a.at >= @from) and (@to::timestamptz is null or a.at < @to)
		and (@who = '' or a.actor_id = any(@people::bigint[]))`

// args are the filter's named arguments; the people of a name are looked up first, so that the
// list itself is found by an index.
func (f Filter) args(ctx context.Context, db postgres.DB) (pgx.NamedArgs, error) {
	args := pgx.NamedArgs{
		"verb": f.Verb, "object": f.Object, "object_id": f.ObjectID, "who": strings.TrimSpace(f.Who), "people": []int64{},
		"from": orNull(f.From), "to": orNull(f.To),
	}
	if args["who"] == "" {
		return args, nil
	}
	rows, _ := db.Query(ctx, `select id from person where id::text = @who
		or fold(family_name || ' ' || given_name) like '%' || replace(replace(replace(fold(@who), '\', '\\'), '%', '\%'), '_', '\_') || '%' limit 200`, args)
	people, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	args["people"] = people
	return args, postgres.Fault(err)
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const columns = `select a.id, a.at, coalesce(a.actor_id, 0) as actor_id, a.verb, a.object, a.object_id, a.fields, coalesce(a.from_ip, '') as from_ip,
	case when p.erased_at is null then coalesce(p.given_name || case when p.family_name = '' then '' else ' ' || left(p.family_name, 1) || '.' end, '') else '' end as name,
	p.erased_at is not null as erased`

// List is the deeds before one (0: the latest), the latest first, and the one after which the
// next page goes on, 0 on the last. The caller sees to the permission.
func List(ctx context.Context, db postgres.DB, f Filter, before int64) ([]Line, int64, error) {
	args, err := f.args(ctx, db)
	if err != nil {
		return nil, 0, err
	}
	args["before"], args["limit"] = before, Page+1
	rows, _ := db.Query(ctx, columns+where+` and (@before = 0 or a.id < @before) order by a.id desc limit @limit`, args)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
	if err != nil {
		return nil, 0, postgres.Fault(err)
	}
	if len(list) > Page {
		return list[:Page], list[Page-1].ID, nil
	}
	return list, 0, nil
}

// Count is how many deeds a filter finds. The caller sees to the permission.
func Count(ctx context.Context, db postgres.DB, f Filter) (n int, err error) {
	args, err := f.args(ctx, db)
	if err != nil {
		return 0, err
	}
	err = db.QueryRow(ctx, `select count(*)::int`+where, args).Scan(&n)
	return n, postgres.Fault(err)
}

// Each calls do with every deed that a filter finds, the latest first. The caller sees to the
// permission.
func Each(ctx context.Context, db postgres.DB, f Filter, do func(Line) error) error {
	args, err := f.args(ctx, db)
	if err != nil {
		return err
	}
	rows, err := db.Query(ctx, columns+where+` order by a.id desc`, args)
	if err != nil {
		return postgres.Fault(err)
	}
	defer rows.Close()
	for rows.Next() {
		l, err := pgx.RowToStructByName[Line](rows)
		if err != nil {
			return err
		}
		if err := do(l); err != nil {
			return err
		}
	}
	return postgres.Fault(rows.Err())
}
