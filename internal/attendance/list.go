package attendance

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
	"shtab/internal/roster"
)

// PageSize is how many people one page of the door's list holds.
const PageSize = 300

// List is an event's people at the door.
type List struct {
	event.Head
	Shifts  []Shift
	Filter  Filter
	Guests  []Guest
	More    bool // there is a next page
	Here    int  // confirmed people who have come, of the filter's shift
	All     int  // confirmed people, likewise
	Parents int  // guardians who come along with them
}

// Shift is one of the event's.
type Shift struct {
	ID       int64
	Title    i18n.Text
	StartsAt time.Time
	EndsAt   time.Time
}

// Filter narrows the list: a name or the beginnings of one, a shift, a page from 1.
type Filter struct {
	Q     string
	Shift int64
	Page  int
}

// FilterFrom reads a filter from an address; what makes no sense in it is left out.
func FilterFrom(q url.Values) Filter {
	f := roster.FilterFrom(q)
	return Filter{Q: f.Q, Shift: f.Shift, Page: f.Page}
}

// Values is the filter as an address holds it.
func (f Filter) Values() url.Values {
	return roster.Filter{Q: f.Q, Shift: f.Shift, Page: f.Page}.Values()
}

// Opens is when the first of the event's doors opens.
func (l List) Opens() time.Time { return l.StartsAt.Add(-EarlyBy) }

// Shift is the event's shift of an id; the zero Shift for none.
func (l List) Shift(id int64) Shift {
	for _, s := range l.Shifts {
		if s.ID == id {
			return s
		}
	}
	return Shift{}
}

// List is a page of the people of an event who are in, in whatever way, by name; those without a
// place too, so that the door can say why.
//
// Who may: as for Guest.
func (s *Store) List(ctx context.Context, by By, eventID int64, f Filter, now time.Time) (List, error) {
	l := List{Filter: f}
	rows, _ := s.db.Query(ctx, `select e.id, e.org_id, e.state, e.title,
			coalesce(e.starts_at, '0001-01-01 00:00:00+00') as starts_at, coalesce(e.ends_at, '0001-01-01 00:00:00+00') as ends_at, e.closed_at
		from event e where e.id = @id and `+manages, by.args(eventID, now))
	var err error
	if l.Head, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[event.Head]); err != nil {
		return List{}, postgres.Fault(err)
	}
	rows, _ = s.db.Query(ctx, `select id, title, starts_at, ends_at from shift where event_id = $1 order by starts_at, id`, eventID)
	if l.Shifts, err = pgx.CollectRows(rows, pgx.RowToStructByName[Shift]); err != nil {
		return List{}, postgres.Fault(err)
	}
	if l.Shift(f.Shift).ID == 0 {
		l.Filter.Shift = 0 // another event's, or gone
	}
	rows, _ = s.db.Query(ctx, `select `+guestColumns+` from `+guestTables+`
		where e.id = @id and g.state <> 'cancelled' and (@shift::bigint = 0 or g.shift_id = @shift)
			and not exists (
				select from unnest(@words::text[]) w
				where fold(p.family_name || ' ' || p.given_name)
					not like '%' || replace(replace(replace(fold(w), '\', '\\'), '%', '\%'), '_', '\_') || '%')
		order by p.family_name collate "kk-x-icu", p.given_name collate "kk-x-icu", g.id
		limit @limit offset @offset`, pgx.StrictNamedArgs{
		"id": eventID, "door": by.Door.ID, "shift": l.Filter.Shift, "words": append([]string{}, strings.Fields(f.Q)...),
		"limit": PageSize + 1, "offset": (max(1, f.Page) - 1) * PageSize,
	})
	if l.Guests, err = pgx.CollectRows(rows, pgx.RowToStructByName[Guest]); err != nil {
		return List{}, postgres.Fault(err)
	}
	if len(l.Guests) > PageSize {
		l.Guests, l.More = l.Guests[:PageSize], true
	}
	l.Here, l.All, l.Parents, err = s.count(ctx, eventID, l.Filter.Shift)
	return l, err
}

// count is how many have come, of how many, and the guardians who come along.
func (s *Store) count(ctx context.Context, eventID, shiftID int64) (here, all, parents int, err error) {
	err = s.db.QueryRow(ctx, `
		select count(*) filter (where a.checked_in_at is not null), count(*),
			count(*) filter (where exists (select from guardian_consent k
				where k.person_id = g.person_id and k.withdrawn_at is null and k.accompanied and (k.event_id is null or k.event_id = s.event_id)))
		from signup g
		join shift s on s.id = g.shift_id
		join person p on p.id = g.person_id and p.erased_at is null
		left join attendance a on a.signup_id = g.id
		where s.event_id = $1 and g.state = 'confirmed' and ($2::bigint = 0 or s.id = $2)`, eventID, shiftID).Scan(&here, &all, &parents)
	return here, all, parents, postgres.Fault(err)
}

// Count is how many of an event's people have come, and of how many; by must have got a Guest of
// it.
func (s *Store) Count(ctx context.Context, g Guest, shiftID int64) (here, all int, err error) {
	here, all, _, err = s.count(ctx, g.EventID, shiftID)
	return here, all, err
}
