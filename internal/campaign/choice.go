package campaign

import (
	"context"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// usable is the condition on a campaign c under which an organisation of @orgs may hold events
// under it: the headquarters' campaigns are open to all, an organisation's to itself and to those
// it invites.
const usable = `c.state = 'published' and (c.org_id = any(@orgs::bigint[])
	or exists (select from org h where h.id = c.org_id and h.kind = 'headquarters')
	or exists (select from campaign_invite i where i.campaign_id = c.id and i.org_id = any(@orgs)))`

// Choice is a campaign in a form's list.
type Choice struct {
	ID    int64
	OrgID int64 // whose it is
	Name  i18n.Text
}

// Choices are the campaigns under which the organisations, or with all any organisation, may hold
// events, and the one of id keep, whatever it has become; in the headquarters' order.
func Choices(ctx context.Context, db postgres.DB, orgs []int64, all bool, keep int64) ([]Choice, error) {
	rows, _ := db.Query(ctx, `select c.id, c.org_id, c.name from campaign c
		where c.id = @keep or @all::bool and c.state = 'published' or `+usable+` order by c.position, c.id`,
		pgx.StrictNamedArgs{"orgs": append([]int64{}, orgs...), "all": all, "keep": keep})
	cs, err := pgx.CollectRows(rows, pgx.RowToStructByName[Choice])
	return cs, postgres.Fault(err)
}

// MayUse reports whether an organisation may hold events under a campaign.
func MayUse(ctx context.Context, db postgres.DB, id, orgID int64) (may bool, err error) {
	err = db.QueryRow(ctx, `select exists (select from campaign c where c.id = @id and `+usable+`)`,
		pgx.StrictNamedArgs{"id": id, "orgs": []int64{orgID}}).Scan(&may)
	return may, postgres.Fault(err)
}
