package totals

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/postgres"
)

// OrgMonth is what one organisation did in a month, as host and as co-host of others.
type OrgMonth struct {
	Month time.Time // the first day
	Figures
	Hosted int // of Events: as the host
}

// OfOrgMonths is what one organisation did, month by month, the latest first. The caller sees to
// the permission.
func OfOrgMonths(ctx context.Context, db postgres.DB, orgID int64, p Period) ([]OrgMonth, error) {
	rows, _ := db.Query(ctx, `
		select month, sum(events)::int as events, sum(participations)::int as participations, sum(minutes)::int as minutes,
			coalesce(sum(events) filter (where part = 'host'), 0)::int as hosted
		from total_month where org_id = @org and (@all or month >= @from and month < @to)
		group by month order by month desc`,
		pgx.NamedArgs{"org": orgID, "all": p == Period{}, "from": p.From, "to": p.To})
	months, err := pgx.CollectRows(rows, pgx.RowToStructByName[OrgMonth])
	return months, postgres.Fault(err)
}

// Sum is the months together.
func Sum(months []OrgMonth) (f Figures, hosted int) {
	for _, m := range months {
		f.Events += m.Events
		f.Participations += m.Participations
		f.Minutes += m.Minutes
		hosted += m.Hosted
	}
	return f, hosted
}
