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

// PageSize is how many people one page of the check-in list or of the hours holds.
const PageSize = 300

// List is a page of the check-in list of an event.
type List struct {
	event.Head
	Shifts    []Shift
	Filter    Filter
	Attendees []Attendee
	More      bool // there is a next page
	Present   int  // confirmed people who have come, of the filter's shift
	Total     int  // confirmed people of the filter's shift
	Guardians int  // guardians who come along with them, outside the capacity
}

// Shift is one shift of the event.
type Shift struct {
	ID       int64
	Title    i18n.Text
	StartsAt time.Time
	EndsAt   time.Time
}

// Filter narrows the list.
type Filter struct {
	Q     string // words that begin like the names
	Shift int64  // 0 for all
	Page  int    // from 1
}

// FilterFrom reads a filter from the query of a URL and ignores what is invalid in it.
func FilterFrom(q url.Values) Filter {
	f := roster.FilterFrom(q)
	return Filter{Q: f.Q, Shift: f.Shift, Page: f.Page}
}

// Values is the filter as the query of a URL.
func (f Filter) Values() url.Values {
	return roster.Filter{Q: f.Q, Shift: f.Shift, Page: f.Page}.Values()
}

// Opens is when check-in opens for the first shift.
func (l List) Opens() time.Time { return l.StartsAt.Add(-OpensBefore) }

// Shift is the event's shift of an id; the zero Shift for none.
func (l List) Shift(id int64) Shift {
	for _, s := range l.Shifts {
		if s.ID == id {
			return s
		}
	}
	return Shift{}
}

// List is a page of the people who are signed up for an event, by name. It includes those without a confirmed
// place, so that whoever checks in can tell them why.
//
// Who may: as for Attendee.
func (s *Store) List(ctx context.Context, by Marker, eventID int64, f Filter, now time.Time) (List, error) {
	l := List{Filter: f}
	rows, _ := s.db.Query(ctx, `select e.id, e.org_id, e.state, e.title,
			coalesce(e.starts_at, '0001-01-01 00:00:00+00') as starts_at,
			coalesce(e.ends_at, '0001-01-01 00:00:00+00') as ends_at, e.closed_at
		from event e where e.id = @id and `+mayMark, by.args(eventID, now))
	var err error
	if l.Head, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[event.Head]); err != nil {
		return List{}, postgres.Fault(err)
	}
	rows, _ = s.db.Query(ctx,
		`select id, title, starts_at, ends_at from shift where event_id = $1 order by starts_at, id`, eventID)
	if l.Shifts, err = pgx.CollectRows(rows, pgx.RowToStructByName[Shift]); err != nil {
		return List{}, postgres.Fault(err)
	}
	if l.Shift(f.Shift).ID == 0 {
		l.Filter.Shift = 0 // another event's, or gone
	}
	rows, _ = s.db.Query(ctx, `select `+attendeeColumns+` from `+attendeeTables+`
		where e.id = @id and g.state <> 'cancelled' and (@shift::bigint = 0 or g.shift_id = @shift)
			and not exists (
				select from unnest(@words::text[]) w
				where fold(p.family_name || ' ' || p.given_name)
					not like '%' || replace(replace(replace(fold(w), '\', '\\'), '%', '\%'), '_', '\_') || '%')
		order by p.family_name collate "kk-x-icu", p.given_name collate "kk-x-icu", g.id
		limit @limit offset @offset`, pgx.StrictNamedArgs{
		"id": eventID, "link": by.Link.ID, "shift": l.Filter.Shift,
		"words": append([]string{}, strings.Fields(f.Q)...),
		"limit": PageSize + 1, "offset": (max(1, f.Page) - 1) * PageSize,
	})
	if l.Attendees, err = pgx.CollectRows(rows, pgx.RowToStructByName[Attendee]); err != nil {
		return List{}, postgres.Fault(err)
	}
	if len(l.Attendees) > PageSize {
		l.Attendees, l.More = l.Attendees[:PageSize], true
	}
	l.Present, l.Total, l.Guardians, err = s.count(ctx, eventID, l.Filter.Shift)
	return l, err
}

// count counts the confirmed people of a shift, or of all with shiftID 0: how many have come, how many there are,
// and how many bring a guardian.
func (s *Store) count(ctx context.Context, eventID, shiftID int64) (present, total, guardians int, err error) {
	err = s.db.QueryRow(ctx, `
		select count(*) filter (where a.checked_in_at is not null), count(*),
			count(*) filter (where exists (select from guardian_consent k
				where k.person_id = g.person_id and k.withdrawn_at is null and k.accompanied
					and (k.event_id is null or k.event_id = s.event_id)))
		from signup g
		join shift s on s.id = g.shift_id
		join person p on p.id = g.person_id and p.erased_at is null
		left join attendance a on a.signup_id = g.id
		where s.event_id = $1 and g.state = 'confirmed' and ($2::bigint = 0 or s.id = $2)`,
		eventID, shiftID).Scan(&present, &total, &guardians)
	return present, total, guardians, postgres.Fault(err)
}

// Count is how many of the confirmed people of g's event have come, and how many there are. It checks no
// permission: the caller has got g from Attendee.
func (s *Store) Count(ctx context.Context, g Attendee, shiftID int64) (present, total int, err error) {
	present, total, _, err = s.count(ctx, g.EventID, shiftID)
	return present, total, err
}
