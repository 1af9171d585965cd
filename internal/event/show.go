package event

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/campaign"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Full is an event with all that its page shows.
type Full struct {
	Event
	Campaign campaign.Ref
	Org      org.Ref
	Cohosts  []org.Ref
	Shifts   []Shift // of a draft none but its Slots
}

// Preview is f as visitors would see it were it published: with the shifts that its slots make,
// as far as they are written. What is published is its own preview.
func (f Full) Preview(zone *time.Location) Full {
	if !f.State.Public() && len(f.Shifts) == 0 {
		f.Shifts = shiftsOf(f.Slots, f.ID, zone)
	}
	return f
}

type fullRow struct {
	Event
	CampaignSlug, CampaignColour, CampaignEmblem string
	CampaignName                                 i18n.Text
	OrgSlug                                      string
	OrgName                                      i18n.Text
	OrgDemo                                      bool
	CohostRefs                                   []org.Ref
}

// DetailColumns is what is read of an event e to have its Details, eventColumns to have all of it.
var (
	DetailColumns = allFields.Select("e") + `,
	e.slots, array(select h.org_id from event_cohost h where h.event_id = e.id order by h.org_id) as cohosts`
	eventColumns = DetailColumns + `,
	e.id, e.state, e.cancel_reason, ` + hoursColumns + `, e.published_at, e.updated_at, e.version,
	e.brought_participations is not null as archived`
)

// hoursColumns are the event's hours, the zero time where a draft has none.
const hoursColumns = `
	coalesce(e.starts_at, '0001-01-01 00:00:00+00') as starts_at,
		coalesce(e.ends_at, '0001-01-01 00:00:00+00') as ends_at`

const shiftColumns = `
	s.id, s.event_id, s.title, s.starts_at, s.ends_at, s.capacity, coalesce(s.min_age, 0) as min_age,
	s.confirmed, s.held, s.waiting`

// Show is one event with its shifts, or NotFound. What is not published yet is shown only to
// those who run it, and has no shifts but its Slots.
func Show(ctx context.Context, db postgres.DB, actor account.Actor, id int64) (Full, error) {
	rows, _ := db.Query(ctx, `
		select `+eventColumns+`,
			c.slug as campaign_slug, c.name as campaign_name, c.colour as campaign_colour, c.emblem as campaign_emblem,
			o.slug as org_slug, o.name as org_name, o.demo as org_demo,
			(select coalesce(jsonb_agg(jsonb_build_object('slug', h.slug, 'name', h.name, 'demo', h.demo)
				order by h.id), '[]')
			 from event_cohost ec join org h on h.id = ec.org_id where ec.event_id = e.id) as cohost_refs
		from event e
		join campaign c on c.id = e.campaign_id
		join org o on o.id = e.org_id
		where e.id = @id and (e.state in ('published', 'cancelled') or `+Managing+`)`, Manager(actor, id))
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[fullRow])
	if err != nil {
		return Full{}, postgres.Fault(err)
	}
	f := Full{
		Event: r.Event, Cohosts: r.CohostRefs,
		Campaign: campaign.Ref{
			Slug: r.CampaignSlug, Name: r.CampaignName, Colour: r.CampaignColour,
			Emblem: r.CampaignEmblem,
		},
		Org: org.Ref{Slug: r.OrgSlug, Name: r.OrgName, Demo: r.OrgDemo},
	}
	rows, _ = db.Query(ctx, `select `+shiftColumns+` from shift s where s.event_id = $1 order by s.starts_at, s.id`,
		id)
	f.Shifts, err = pgx.CollectRows(rows, pgx.RowToStructByName[Shift])
	return f, postgres.Fault(err)
}

// OfShift is the event that a shift belongs to, or NotFound before it is published, and whether one can
// sign up for the shift at now. Anyone may.
func OfShift(ctx context.Context, db postgres.DB, shift int64, now time.Time) (event int64, open bool, err error) {
	err = db.QueryRow(ctx, `
		select e.id, e.state = 'published' and s.starts_at > @now and coalesce(e.signup_closes_at > @now, true)
			and coalesce(e.signup_opens_at <= @now, true)
		from shift s join event e on e.id = s.event_id
		where s.id = @shift and e.state in ('published', 'cancelled')`,
		pgx.StrictNamedArgs{"shift": shift, "now": now}).Scan(&event, &open)
	return event, open, postgres.Fault(err)
}

// LoadDetails is what is written of an event, or NotFound. The permission is the caller's to check.
func LoadDetails(ctx context.Context, db postgres.DB, id int64) (Details, error) {
	rows, _ := db.Query(ctx, `select `+DetailColumns+` from event e where e.id = $1`, id)
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Details])
	return d, postgres.Fault(err)
}
