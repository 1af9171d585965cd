package event

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Card is an event as a list shows it.
type Card struct {
	ID            int64
	State         State
	Title         i18n.Text
	Summary       i18n.Text
	Place         i18n.Text
	District      string
	AdultsOnly    Ground
	MinAge        int
	StartsAt      time.Time
	EndsAt        time.Time
	SignupOpensAt *time.Time
	UpdatedAt     time.Time
	Campaign      campaign.Ref `db:"-"`
	Org           org.Ref      `db:"-"`
	Shifts        int
	Capacity      int
	Free          int // places that can be given now, all shifts together
	Waiting       int
	Archived      bool // of the years before the portal: no hours, no names
}

// Page is one page of a list.
type Page struct {
	Cards []Card
	Total int    // on all pages
	Next  Cursor // zero on the last page
}

// PageSize is how many events a page of the list holds.
const PageSize = 50

// cardRow is Card as a row: pgx fills no nested structs.
type cardRow struct {
	Card
	CampaignSlug, CampaignColour, CampaignEmblem string
	CampaignName                                 i18n.Text
	OrgSlug                                      string
	OrgName                                      i18n.Text
	OrgDemo                                      bool
}

const cardColumns = `
	e.id, e.state, e.title, e.summary, e.place, e.district, coalesce(e.adults_only, '') as adults_only,
	coalesce(e.min_age, 0) as min_age, e.starts_at, e.ends_at, e.signup_opens_at, e.updated_at,
	c.slug as campaign_slug, c.name as campaign_name, c.colour as campaign_colour, c.emblem as campaign_emblem,
	o.slug as org_slug, o.name as org_name, o.demo as org_demo,
	s.shifts, s.capacity, s.free, s.waiting, e.brought_participations is not null as archived`

const cardTables = `
	event e
	join campaign c on c.id = e.campaign_id
	join org o on o.id = e.org_id
	cross join lateral (
		select count(*)::int as shifts, coalesce(sum(capacity), 0)::int as capacity,
			coalesce(sum(waiting), 0)::int as waiting,
		       coalesce(sum(greatest(capacity - confirmed - held, 0)), 0)::int as free
		from shift where event_id = e.id) s`

func collectCards(rows pgx.Rows) ([]Card, error) {
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[cardRow])
	cards := make([]Card, len(found))
	for i, r := range found {
		cards[i] = r.Card
		cards[i].Campaign = campaign.Ref{
			Slug: r.CampaignSlug, Name: r.CampaignName, Colour: r.CampaignColour,
			Emblem: r.CampaignEmblem,
		}
		cards[i].Org = org.Ref{Slug: r.OrgSlug, Name: r.OrgName, Demo: r.OrgDemo}
	}
	return cards, postgres.Fault(err)
}

// coming is which events a filter lets through; args are the named arguments of Filter.args.
// No event lasts longer than 31 days (a constraint), so an index on the start finds them all.
const coming = `
	e.state in ('published', 'cancelled')
	and e.starts_at > @now::timestamptz - interval '31 days' and e.ends_at > @now
	and (@q::text = '' or e.search like '%' || replace(replace(replace(fold(@q), '\', '\\'), '%', '\%'), '_', '\_')
		|| '%')
	and (@campaign::text = '' or e.campaign_id = (select id from campaign where slug = @campaign))
	and (@org::text = '' or e.org_id = (select id from org where slug = @org union select org_id from org_slug
		where slug = @org)
	     or exists (select from event_cohost h join org on org.id = h.org_id where h.event_id = e.id
		and org.slug = @org))
	and (@district::text = '' or e.district = @district)
	and (@from::timestamptz is null or e.ends_at > @from)
	and (@to::timestamptz is null or e.starts_at < @to)
	and (@age::int = 0 or (
		(e.adults_only is null or @age >= @adult_age::int) and exists (
			select from shift, lateral (select starts_at at time zone @zone as a, ends_at at time zone @zone as b) l
			where event_id = e.id and greatest(e.min_age, shift.min_age, 0) <= @age
			and (@age >= @adult_age or (l.a::date = l.b::date and extract(hour from l.a) >= @night_to::int
			     and l.b::time <= make_time(@night_from::int, 0, 0))))))
	and (not @open::bool or e.state = 'published' and exists (
		select from shift where event_id = e.id and confirmed + held < capacity and starts_at > @now))`

func (f ComingQuery) args(city *config.City, now time.Time) pgx.StrictNamedArgs {
	return pgx.StrictNamedArgs{
		"now": now, "q": f.Q, "campaign": f.Campaign, "org": f.Org, "district": f.District,
		"from": orNull(f.from), "to": orNull(f.to), "age": f.Age, "open": f.Open,
		"zone": city.Zone, "adult_age": city.Rules.AdultAge,
		"night_from": city.Rules.NightFrom, "night_to": city.Rules.NightTo,
	}
}

func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Coming is a page of the coming events that f lets through, the earliest first, and how many
// there are in all. Anyone may.
func Coming(ctx context.Context, db postgres.DB, f ComingQuery, city *config.City, now time.Time) (p Page, err error) {
	args := f.args(city, now)
	args["after"], args["after_id"], args["limit"] = orNull(f.After.StartsAt), f.After.ID, PageSize+1
	var b pgx.Batch
	b.Queue(`select `+cardColumns+` from `+cardTables+` where `+coming+`
		and (@after::timestamptz is null or (e.starts_at, e.id) > (@after, @after_id::bigint))
		order by e.starts_at, e.id limit @limit::int`, args).Query(func(rows pgx.Rows) (err error) {
		p.Cards, err = collectCards(rows)
		return err
	})
	b.Queue(`select count(*)::int from event e where `+coming, f.args(city, now)).QueryRow(func(row pgx.Row) error {
		return row.Scan(&p.Total)
	})
	if err := db.SendBatch(ctx, &b).Close(); err != nil {
		return Page{}, postgres.Fault(err)
	}
	if len(p.Cards) > PageSize {
		p.Cards = p.Cards[:PageSize]
		last := p.Cards[PageSize-1]
		p.Next = Cursor{last.StartsAt, last.ID}
	}
	return p, nil
}

// Next is the first few coming events with a free place, for the home page. Anyone may.
func Next(ctx context.Context, db postgres.DB, city *config.City, now time.Time, limit int) ([]Card, error) {
	args := ComingQuery{Open: true}.args(city, now)
	args["limit"] = limit
	rows, _ := db.Query(ctx, `select `+cardColumns+` from `+cardTables+` where `+coming+`
		and e.starts_at > @now order by e.starts_at, e.id limit @limit::int`, args)
	return collectCards(rows)
}

// Past is the last few events that were held, of one campaign or, as host or co-host, of one
// organisation: the other id is 0. Anyone may.
func Past(ctx context.Context, db postgres.DB, campaignID, orgID int64, now time.Time, limit int) ([]Card, error) {
	// Each branch walks an index of its own backwards.
	const last = ` and e.state = 'published' and e.ends_at <= @now order by e.starts_at desc, e.id desc
		limit @limit::int`
	of, host := `(select e.id from event e where e.campaign_id = @host`+last+`)`, campaignID
	if orgID != 0 {
		host = orgID
		of = `(select e.id from event e where e.org_id = @host` + last + `) union
			(select e.id from event_cohost h join event e on e.id = h.event_id where h.org_id = @host` + last + `)`
	}
	rows, _ := db.Query(ctx, `select `+cardColumns+` from `+cardTables+`
		where e.id in (`+of+`) order by e.starts_at desc, e.id desc limit @limit`,
		pgx.StrictNamedArgs{"host": host, "now": now, "limit": limit})
	return collectCards(rows)
}

// ListItems is what to bring, one thing an entry.
func ListItems(text string) (things []string) {
	for line := range strings.Lines(text) {
		if t := strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "-•*")); t != "" {
			things = append(things, t)
		}
	}
	return things
}

// SitemapEntry is an event's id and when it last changed.
type SitemapEntry struct {
	ID        int64
	UpdatedAt time.Time
}

// SitemapEntries names the public events of the last year and the coming ones, for the sitemap, at
// most 10,000 of them. Anyone may.
func SitemapEntries(ctx context.Context, db postgres.DB, now time.Time) ([]SitemapEntry, error) {
	rows, _ := db.Query(ctx, `select id, updated_at from event where state in ('published', 'cancelled')
		and starts_at > $1::timestamptz - interval '1 year' order by starts_at desc, id desc limit 10000`, now)
	s, err := pgx.CollectRows(rows, pgx.RowToStructByName[SitemapEntry])
	return s, postgres.Fault(err)
}
