package totals

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// Difference is a row of a summary that is not what the ledger says.
type Difference struct {
	Summary string // the table
	Row     string // its key
	Kept    string // what stands there
	Truth   string // what should
}

// String is the difference on one line.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s: kept %s, the ledger says %s", d.Summary, d.Row, d.Kept, d.Truth)
}

// Verify recomputes every summary from the ledger, the events and the people, and returns what
// differs, in one snapshot. It reads everything: run it at night.
func Verify(ctx context.Context, db postgres.DB) (found []Difference, err error) {
	err = postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set transaction isolation level repeatable read, read only`); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `
			select 'total_key' as summary, concat_ws(' ', scope, key, month, age_group) as row,
				format('%s events, %s sign-ups, %s came, %s did not, %s minutes', coalesce(k.events, 0), coalesce(k.signups, 0), coalesce(k.participations, 0), coalesce(k.no_shows, 0), coalesce(k.minutes, 0)) || ', ' || coalesce(k.brought, 0) || ' brought' as kept,
				format('%s events, %s sign-ups, %s came, %s did not, %s minutes', coalesce(t.events, 0), coalesce(t.signups, 0), coalesce(t.participations, 0), coalesce(t.no_shows, 0), coalesce(t.minutes, 0)) || ', ' || coalesce(t.brought, 0) || ' brought' as truth
			from total_key k full join total_key_truth t using (scope, key, month, age_group)
			where (coalesce(k.events, 0), coalesce(k.signups, 0), coalesce(k.participations, 0), coalesce(k.no_shows, 0), coalesce(k.minutes, 0), coalesce(k.brought, 0))
				<> (coalesce(t.events, 0), coalesce(t.signups, 0), coalesce(t.participations, 0), coalesce(t.no_shows, 0), coalesce(t.minutes, 0), coalesce(t.brought, 0))
			union all
			select 'total_return', concat_ws(' ', scope, key, month, prev_month, coalesce(age, -1)), sum(k) || ' people', sum(t) || ' people'
			from (select scope, key, month, prev_month, age, n as k, 0 as t from total_return
				union all select scope, key, month, prev_month, age, 0, n from total_return_truth) x
			group by scope, key, month, prev_month, age having sum(k) <> sum(t)
			union all
			select 'total_month', concat_ws(' ', month, campaign_id, org_id, part), sum(e) || ' events, ' || sum(p) || ' came, ' || sum(m) || ' minutes',
				sum(te) || ' events, ' || sum(tp) || ' came, ' || sum(tm) || ' minutes'
			from (select month, campaign_id, org_id, part, events as e, participations as p, minutes as m, 0 as te, 0 as tp, 0 as tm from total_month
				union all
				select month, campaign_id, org_id, part, 0, 0, 0, events, participations, minutes from total_month_truth) x
			group by month, campaign_id, org_id, part having sum(e) <> sum(te) or sum(p) <> sum(tp) or sum(m) <> sum(tm)
			union all
			select 'total_people', '', people || ' people', n || ' people'
			from total_people, (select count(*) as n from person where erased_at is null) t where people <> n
			order by 1, 2`)
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[Difference])
		return err
	})
	return found, postgres.Fault(err)
}
