package event

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// DeskRow is an event as those who run it see it in a list.
type DeskRow struct {
	ID          int64
	State       State
	Title       i18n.Text
	OrgName     i18n.Text
	StartsAt    time.Time // zero in a draft without hours
	EndsAt      time.Time
	UpdatedAt   time.Time
	SubmittedAt *time.Time
	Returned    string // the headquarters' words when it came back
	ClosedAt    *time.Time
	SeriesID    int64 // 0: none
	Imported    bool  // brought from a file when it was over: no hours wait
	Shifts      int
	Capacity    int
	Taken       int // confirmed, and places kept while a guardian is asked
	Waiting     int
	Awaiting    int // of whom a guardian is asked
}

// Free is how many places can be given now.
func (l DeskRow) Free() int { return max(0, l.Capacity-l.Taken) }

// Unclosed reports whether its hours wait to be confirmed at now.
func (l DeskRow) Unclosed(now time.Time) bool {
	return l.State == Published && l.ClosedAt == nil && !l.Imported && !now.Before(l.EndsAt)
}

// deskRows is the Line of the events e that where lets through, in an order, cut by page (a limit).
func deskRows(where, order, page string) string {
	return `select e.id, e.state, e.title, o.name as org_name, ` + hoursColumns +
		`, e.updated_at, e.submitted_at, e.returned, e.closed_at,
			coalesce(e.series_id, 0) as series_id, e.imported, s.shifts, s.capacity, s.taken, s.waiting,
			(select count(*)::int from signup g join shift on shift.id = g.shift_id where shift.event_id = e.id
				and g.state = 'awaiting_consent') as awaiting
		from (select * from event e where ` + where + ` order by ` + order + ` ` + page + `) e
		join org o on o.id = e.org_id
		cross join lateral (
			select count(*)::int as shifts, coalesce(sum(capacity), 0)::int as capacity,
				coalesce(sum(waiting), 0)::int as waiting,
			       coalesce(sum(confirmed + held), 0)::int as taken
			from shift where event_id = e.id) s
		order by ` + order
}

// Overview is where a coordinator's day begins.
type Overview struct {
	Today     []DeskRow // under way or to come before midnight
	Unclosed  []DeskRow // over, their hours not confirmed, the oldest first
	Drafts    []DeskRow // being written, in review or sent back, the latest first
	Coming    []DeskRow // from tomorrow on
	UnclosedN int       // how many there are of each
	DraftsN   int
	ComingN   int
}

// OverviewSize is how many events a part of the overview shows.
const OverviewSize = 8

// LoadOverview is the overview of the organisations that actor acts for, as host or co-host; of staff
// who act for none, of all.
func LoadOverview(ctx context.Context, db postgres.DB, actor account.Actor, city *config.City,
	now time.Time,
) (v Overview, err error) {
	y, m, d := now.In(city.Location()).Date()
	args := pgx.StrictNamedArgs{
		"all": actor.Can(account.RunAllEvents) && len(actor.Orgs) == 0, "orgs": append([]int64{}, actor.Orgs...),
		"now":      now,
		"midnight": time.Date(y, m, d+1, 0, 0, 0, 0, city.Location()), "limit": OverviewSize,
	}
	const mine = ` (@all::bool or e.org_id = any(@orgs::bigint[])
		or e.id in (select event_id from event_cohost where org_id = any(@orgs))) `
	const (
		today = `e.state = 'published' and e.starts_at > @now::timestamptz - interval '31 days'
			and e.starts_at < @midnight and e.ends_at > @now and` + mine
		unclosed = `e.state = 'published' and e.closed_at is null and not e.imported
			and e.ends_at <= @now::timestamptz and` + mine
		drafts = `e.state in ('draft', 'review') and` + mine
		coming = `e.state = 'published' and e.starts_at >= @midnight::timestamptz and` + mine
	)
	var b pgx.Batch
	list := func(to *[]DeskRow, where, order, page string) {
		sql := deskRows(where, order, page)
		b.Queue(sql, postgres.Pick(sql, args)).Query(func(rows pgx.Rows) (err error) {
			*to, err = pgx.CollectRows(rows, pgx.RowToStructByName[DeskRow])
			return err
		})
	}
	list(&v.Today, today, `e.starts_at, e.id`, `limit 100`)
	list(&v.Unclosed, unclosed, `e.ends_at, e.id`, `limit @limit::int`)
	list(&v.Drafts, drafts, `e.updated_at desc, e.id desc`, `limit @limit::int`)
	list(&v.Coming, coming, `e.starts_at, e.id`, `limit @limit::int`)
	const counts = `select (select count(*) from event e where ` + unclosed + `)::int,
		(select count(*) from event e where ` + drafts + `)::int, (select count(*) from event e where ` + coming +
		`)::int`
	b.Queue(counts, postgres.Pick(counts, args)).QueryRow(func(row pgx.Row) error {
		return row.Scan(&v.UnclosedN, &v.DraftsN, &v.ComingN)
	})
	return v, postgres.Fault(db.SendBatch(ctx, &b).Close())
}

// Stage is what a list of one's events can be narrowed to.
type Stage string

// The stages, in the order of an event's life.
const (
	Drafted    Stage = "draft"
	InReview   Stage = "review"
	Ahead      Stage = "ahead" // published and not over
	Unclosed   Stage = "unclosed"
	Closed     Stage = "closed"
	CalledOff  Stage = "cancelled"
	stageWhere       = `(@stage::text = ''
		or @stage = 'ahead' and e.state = 'published' and e.ends_at > @now::timestamptz
		or @stage = 'unclosed' and e.state = 'published' and e.closed_at is null and not e.imported
			and e.ends_at <= @now
		or @stage = 'closed' and e.state = 'published' and e.closed_at is not null
		or e.state = @stage and @stage in ('draft', 'review', 'cancelled'))`
)

// Stages is every stage in the order of the form.
var Stages = []Stage{Drafted, InReview, Ahead, Unclosed, Closed, CalledOff}

// DeskQuery narrows the list of the events that one runs. Empty fields do not narrow.
type DeskQuery struct {
	Q        string // text in title or place, forgiving in spelling
	Stage    Stage
	From, To string // days of the city, 2026-12-31, To included
	Org      int64
	Series   int64
	Page     int // from 1
}

// DeskPageSize is how many events a page of the list holds.
const DeskPageSize = 50

// ParseDeskQuery reads a search from an address; what makes no sense in it is left out.
func ParseDeskQuery(q url.Values, city *config.City) DeskQuery {
	f := DeskQuery{Q: clean(q.Get("q"), 100), Page: 1}
	if s := Stage(q.Get("stage")); slices.Contains(Stages, s) {
		f.Stage = s
	}
	if _, ok := calendarDay(q.Get("from"), city.Location()); ok {
		f.From = q.Get("from")
	}
	if _, ok := calendarDay(q.Get("to"), city.Location()); ok {
		f.To = q.Get("to")
	}
	if n, err := strconv.ParseInt(q.Get("org"), 10, 64); err == nil && n > 0 {
		f.Org = n
	}
	if n, err := strconv.ParseInt(q.Get("series"), 10, 64); err == nil && n > 0 {
		f.Series = n
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n <= 10_000 {
		f.Page = n
	}
	return f
}

// Values is the search as an address holds it.
func (f DeskQuery) Values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" {
			v.Set(name, value)
		}
	}
	set("q", f.Q)
	set("stage", string(f.Stage))
	set("from", f.From)
	set("to", f.To)
	set("org", strconv.FormatInt(f.Org, 10))
	set("series", strconv.FormatInt(f.Series, 10))
	if f.Page > 1 {
		set("page", strconv.Itoa(f.Page))
	}
	return v
}

// ListManaged is a page of the events that actor runs and f lets through, and whether there is another:
// those without a day first, then the latest; one series, and what lies ahead, the earliest first.
func ListManaged(ctx context.Context, db postgres.DB, actor account.Actor, f DeskQuery, city *config.City,
	now time.Time,
) (found []DeskRow, more bool, err error) {
	from, _ := calendarDay(f.From, city.Location())
	to, ok := calendarDay(f.To, city.Location())
	if ok {
		to = to.AddDate(0, 0, 1)
	}
	order := `e.starts_at desc nulls first, e.id desc`
	if f.Series != 0 || f.Stage == Ahead {
		order = `e.starts_at, e.id`
	}
	args := actor.Scope(account.RunAllEvents)
	for name, value := range map[string]any{
		"q": f.Q, "stage": string(f.Stage), "from": orNull(from), "to": orNull(to), "org": f.Org, "series": f.Series,
		"now": now, "limit": DeskPageSize + 1, "offset": (f.Page - 1) * DeskPageSize,
	} {
		args[name] = value
	}
	rows, _ := db.Query(ctx, deskRows(Managing+` and `+stageWhere+`
		and (@q::text = '' or e.search like '%' || replace(replace(replace(fold(@q), '\', '\\'), '%', '\%'), '_',
			'\_') || '%')
		and (@from::timestamptz is null or e.ends_at > @from)
		and (@to::timestamptz is null or e.starts_at < @to)
		and (@org::bigint = 0 or e.org_id = @org
			or exists (select from event_cohost h where h.event_id = e.id and h.org_id = @org))
		and (@series::bigint = 0 or e.series_id = @series)`, order, `limit @limit::int offset @offset::int`), args)
	if found, err = pgx.CollectRows(rows, pgx.RowToStructByName[DeskRow]); err != nil {
		return nil, false, postgres.Fault(err)
	}
	if more = len(found) > DeskPageSize; more {
		found = found[:DeskPageSize]
	}
	return found, more, nil
}
