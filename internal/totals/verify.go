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
	Kept    string // what the row says
	Truth   string // what it should say
}

// String is the difference on one line.
func (d Difference) String() string {
	return fmt.Sprintf("%s %s: kept %s, the ledger says %s", d.Summary, d.Row, d.Kept, d.Truth)
}

// Rebuild writes the summary anew from the ledger, the events and the people. Confirmations of hours wait
// meanwhile. A running portal reads the new summary.
func Rebuild(ctx context.Context, db postgres.DB) error {
	return postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select total_event_recount(array(select id from event))`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx,
			`update total_people set people = (select count(*) from person where erased_at is null)`)
		return err
	})
}

// Verify computes every summary again from the ledger, the events and the people, in one snapshot, and returns
// the rows that differ. It reads everything: run it at night.
func Verify(ctx context.Context, db postgres.DB) (found []Difference, err error) {
	err = postgres.InTx(ctx, db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `set transaction isolation level repeatable read, read only`); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `
			select 'total_event' as summary, concat_ws(' ', event_id, day) as row,
				coalesce((select jsonb_object_agg(key, value)::text from jsonb_each(k.says)
					where value is distinct from t.says -> key), 'nothing') as kept,
				coalesce((select jsonb_object_agg(key, value)::text from jsonb_each(t.says)
					where value is distinct from k.says -> key), 'nothing') as truth
			from (select event_id, day, to_jsonb(e) - '{event_id,day,changed}'::text[] as says from total_event e) k
			full join (select event_id, day, to_jsonb(e) - '{event_id,day}'::text[] as says from total_event_truth e) t
				using (event_id, day)
			where k.says is distinct from t.says
			union all
			select 'total_people', '', people || ' people', n || ' people'
			from total_people, (select count(*) as n from person where erased_at is null) t where people <> n
			order by 1, 2`)
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[Difference])
		return err
	})
	return found, err
}
