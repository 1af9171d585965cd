package roster

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// PageSize is how many people one page of the list holds.
const PageSize = 100

// States is every state in the order of the list's filter.
var States = []signup.State{signup.Confirmed, signup.Waitlisted, signup.AwaitingConsent, signup.Cancelled}

// Filter narrows the list. An empty field does not narrow it, but cancelled sign-ups are listed only when State
// asks for them.
type Filter struct {
	Q     string // words that begin like the names; case and similar letters do not matter
	State signup.State
	Shift int64
	Page  int // from 1
}

// FilterFrom reads a filter from the query of a URL and ignores what is invalid in it.
func FilterFrom(q url.Values) Filter {
	text := strings.ToValidUTF8(strings.ReplaceAll(q.Get("q"), "\x00", ""), "")
	f := Filter{Q: strings.Join(strings.Fields(text), " "), Page: 1}
	if r := []rune(f.Q); len(r) > 80 {
		f.Q = string(r[:80])
	}
	if s := signup.State(q.Get("state")); slices.Contains(States, s) {
		f.State = s
	}
	if n, err := strconv.ParseInt(q.Get("shift"), 10, 64); err == nil && n > 0 {
		f.Shift = n
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n <= 10_000 {
		f.Page = n
	}
	return f
}

// Values is the filter as the query of a URL.
func (f Filter) Values() url.Values {
	v := url.Values{}
	if f.Q != "" {
		v.Set("q", f.Q)
	}
	if f.State != "" {
		v.Set("state", string(f.State))
	}
	if f.Shift != 0 {
		v.Set("shift", strconv.FormatInt(f.Shift, 10))
	}
	if f.Page > 1 {
		v.Set("page", strconv.Itoa(f.Page))
	}
	return v
}

// Event loads an event with its shifts and how many people are in each.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) Event(ctx context.Context, actor account.Actor, id int64, now time.Time) (Event, error) {
	head, err := event.ManagedHead(ctx, s.db, actor, id)
	if err != nil {
		return Event{}, err
	}
	e := Event{Head: head}
	var publishedAt *time.Time
	var hosts []int64
	err = s.db.QueryRow(ctx, `
		select e.published_at, e.org_id || array(select org_id from event_cohost where event_id = e.id)
		from event e where e.id = $1`, id).Scan(&publishedAt, &hosts)
	if err != nil {
		return Event{}, postgres.Fault(err)
	}
	e.Phones = phones(actor, hosts, publishedAt, e.EndsAt, now)
	rows, _ := s.db.Query(ctx, `
		select s.id, s.title, s.starts_at, s.ends_at, s.capacity, s.confirmed, s.held, s.waiting,
			coalesce(g.awaiting, 0)::int as awaiting, coalesce(g.cancelled, 0)::int as cancelled
		from shift s
		left join (
			select shift_id, count(*) filter (where state = 'awaiting_consent') as awaiting,
				count(*) filter (where state = 'cancelled') as cancelled
			from signup where shift_id in (select id from shift where event_id = @id) group by shift_id) g
				on g.shift_id = s.id
		where s.event_id = @id order by s.starts_at, s.id`, pgx.StrictNamedArgs{"id": id})
	e.Shifts, err = pgx.CollectRows(rows, pgx.RowToStructByName[Shift])
	return e, postgres.Fault(err)
}

// people selects sign-ups with their people. Its argument phones says whether phones may be seen.
const people = `
	select g.id as signup_id, g.shift_id, e.id as event_id, s.title as shift_title, s.starts_at, s.ends_at,
		g.state, coalesce(g.cancel_cause, '') as cause, coalesce(r.reason, '') as reason,
		case when g.state = 'waitlisted' then (
			select count(*) from signup q
			where q.shift_id = g.shift_id and q.state = 'waitlisted'
				and q.queue_no <= g.queue_no) else 0 end::int as position,
		g.hold_until, p.given_name, p.family_name, p.lang,
		case when @phones and (g.state <> 'cancelled' or g.cancel_cause = 'event')
			then coalesce(p.phone, '') else '' end as phone,
		coalesce(p.birth_date, date '0001-01-01') as birth_date, c.consented, c.accompanied
	from signup g
	join shift s on s.id = g.shift_id
	join event e on e.id = s.event_id
	join person p on p.id = g.person_id
	left join removal r on r.signup_id = g.id and g.cancel_cause = 'organiser'
	cross join lateral (
		select count(*) > 0 as consented, coalesce(bool_or(k.accompanied), false) as accompanied
		from guardian_consent k
		where k.person_id = p.id and k.withdrawn_at is null and (k.event_id is null or k.event_id = e.id)) c
	where p.erased_at is null `

func (s *Store) collect(rows pgx.Rows) ([]Person, error) {
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[record])
	if err != nil {
		return nil, postgres.Fault(err)
	}
	people := make([]Person, len(found))
	for i, r := range found {
		people[i] = s.person(r)
	}
	return people, nil
}

// byName orders by the Kazakh alphabet, which includes the Russian letters in their order.
const byName = `p.family_name collate "kk-x-icu", p.given_name collate "kk-x-icu", g.id`

// orders holds the order of the list, by whether it is of the waiting list: by name, or by position.
var orders = map[bool]string{false: byName, true: `g.shift_id, g.queue_no`}

// List is a page of the people of e, which the caller has got from Event, and whether there are more.
func (s *Store) List(ctx context.Context, e Event, f Filter) (list []Person, more bool, err error) {
	rows, _ := s.db.Query(ctx, people+`
		and e.id = @event
		and (@shift::bigint = 0 or g.shift_id = @shift)
		and case when @state::text = '' then g.state <> 'cancelled' else g.state = @state end
		and not exists (
			select from unnest(@words::text[]) w
			where fold(p.family_name || ' ' || p.given_name)
				not like '%' || replace(replace(replace(fold(w), '\', '\\'), '%', '\%'), '_', '\_') || '%')
		order by `+orders[f.State == signup.Waitlisted]+`
		limit @limit offset @offset`, pgx.StrictNamedArgs{
		"event": e.ID, "phones": e.Phones, "shift": f.Shift, "state": string(f.State),
		"words": append([]string{}, strings.Fields(f.Q)...),
		"limit": PageSize + 1, "offset": (max(1, f.Page) - 1) * PageSize,
	})
	list, err = s.collect(rows)
	if len(list) > PageSize {
		list, more = list[:PageSize], true
	}
	return list, more, err
}

// All is everybody in e, or in one shift of it, in one of the states, by shift and name. It is for printing and
// for files, which have no pages.
func (s *Store) All(ctx context.Context, e Event, shift int64, states ...signup.State) ([]Person, error) {
	rows, _ := s.db.Query(ctx, people+`
		and e.id = @event and (@shift::bigint = 0 or g.shift_id = @shift) and g.state = any(@states)
		order by s.starts_at, s.id, `+byName,
		pgx.StrictNamedArgs{"event": e.ID, "phones": e.Phones, "shift": shift, "states": states})
	return s.collect(rows)
}

// Person loads one sign-up and its event.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) Person(
	ctx context.Context, actor account.Actor, signupID int64, now time.Time,
) (Event, Person, error) {
	var id int64
	err := s.db.QueryRow(ctx,
		`select s.event_id from signup g join shift s on s.id = g.shift_id where g.id = $1`, signupID).Scan(&id)
	if err != nil {
		return Event{}, Person{}, postgres.Fault(err)
	}
	e, err := s.Event(ctx, actor, id, now)
	if err != nil {
		return Event{}, Person{}, err
	}
	args := pgx.StrictNamedArgs{"signup": signupID, "event": e.ID, "phones": e.Phones}
	rows, _ := s.db.Query(ctx, people+` and e.id = @event and g.id = @signup`, args)
	found, err := s.collect(rows)
	if err != nil {
		return Event{}, Person{}, err
	}
	if len(found) == 0 {
		return Event{}, Person{}, postgres.Fault(pgx.ErrNoRows)
	}
	return e, found[0], nil
}
