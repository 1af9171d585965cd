package event

import (
	"context"
	"encoding/json"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// PastEvent is an event of the years before the portal: of its people only their number is known.
type PastEvent struct {
	Key            string // tells it from others that were brought
	Day            string // 2021-05-09, of the city's calendar
	Title          i18n.Text
	OrgID          int64
	CampaignID     int64
	District       string
	Participations int
	Minutes        int            // of all together
	Delivered      map[string]int // by kind
}

// ImportHistory makes held events of pasts, in the caller's transaction and a fixed number of
// statements, and returns how many are new: they count in the totals like any other. The
// permission and what must be right in them are the caller's to check.
func ImportHistory(ctx context.Context, tx pgx.Tx, city *config.City, actor account.Actor, pasts []PastEvent,
	now time.Time,
) (int, error) {
	rows := make([]map[string]any, len(pasts))
	for i, p := range pasts {
		d, err := time.ParseInLocation(time.DateOnly, p.Day, city.Location())
		if err != nil {
			return 0, err
		}
		rows[i] = map[string]any{
			"key": "past:" + p.Key, "day": p.Day, "starts": d,
			"ends": time.Date(d.Year(), d.Month(), d.Day(), 23, 59, 0, 0, city.Location()), "title": p.Title,
			"org": p.OrgID, "campaign": p.CampaignID, "district": p.District, "participations": p.Participations,
			"minutes": p.Minutes, "delivered": p.Delivered,
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		return 0, err
	}
	var ids []int64
	err = tx.QueryRow(ctx, `with made as (
			insert into event (campaign_id, org_id, state, title, district, starts_at, ends_at, created_at,
				updated_at, published_at, imported, import_key,
				brought_participations, brought_minutes)
			select campaign, org, 'published', title, district, starts, ends, @now, @now, starts, true, key,
				participations, minutes
			from jsonb_to_recordset(@rows) r (key text, starts timestamptz, ends timestamptz, title jsonb, org bigint,
				campaign bigint, district text,
				participations int, minutes int)
			on conflict (org_id, import_key) where import_key is not null do nothing
			returning id)
		select coalesce(array_agg(id), '{}') from made`, pgx.StrictNamedArgs{"now": now, "rows": string(text)}).
		Scan(&ids)
	if err != nil {
		return 0, postgres.Fault(err)
	}
	if _, err := tx.Exec(ctx, `insert into event_delivery (event_id, kind, amount)
		select e.id, k.slug, d.value::int from jsonb_to_recordset(@rows) r (key text, org bigint, delivered jsonb)
		join event e on e.org_id = r.org and e.import_key = r.key and e.id = any(@ids)
		cross join jsonb_each_text(coalesce(r.delivered, '{}')) d join delivery_kind k on k.slug = d.key
			where d.value::int > 0`,
		pgx.StrictNamedArgs{"rows": string(text), "ids": ids}); err != nil {
		return 0, postgres.Fault(err)
	}
	// Closing comes last: it is what the totals count by.
	if _, err := tx.Exec(ctx, `update event e set closed_at = @now, held_on = r.day
		from jsonb_to_recordset(@rows) r (key text, org bigint, day date)
		where e.org_id = r.org and e.import_key = r.key and e.id = any(@ids)`,
		pgx.StrictNamedArgs{"now": now, "rows": string(text), "ids": ids}); err != nil {
		return 0, postgres.Fault(err)
	}
	return len(ids), audit.WriteEach(ctx, tx,
		audit.Entry{At: now, ActorID: actor.PersonID, Verb: "event.import", Object: "event"}, ids)
}
