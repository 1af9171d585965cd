package attendance

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Check-in opens OpensBefore a shift's start and closes ClosesAfter its end. A mark that a phone kept while it
// had no network counts until it is older than MaxMarkAge.
const (
	OpensBefore = 2 * time.Hour
	ClosesAfter = 12 * time.Hour
	MaxMarkAge  = 12 * time.Hour
)

// Status says whether an attendee has been checked in, may be, or why not. Texts of the catalogue carry its
// values in their keys.
type Status string

// The statuses.
const (
	Ready           Status = "ready"         // may be checked in
	CheckedIn       Status = "here"          // since Attendee.CheckedInAt
	TooEarly        Status = "too_early"     // check-in opens at Attendee.Opens
	TooLate         Status = "too_late"      // the shift ended more than ClosesAfter ago
	HoursConfirmed  Status = "closed"        // the hours are confirmed; they can only be corrected
	NotTakingPlace  Status = "event_off"     // the event does not take place
	SignupCancelled Status = "not_in"        // the sign-up was cancelled
	Waitlisted      Status = "waiting"       // on the waiting list
	AwaitingConsent Status = "needs_consent" // a guardian has not agreed yet
)

// Marker is who checks people in: somebody who runs the event, or a helper with a link.
type Marker struct {
	Actor account.Actor
	Link  HelperLink // ID 0 for none
}

// mayMark is the SQL condition on an event e under which a Marker may mark its people. Its arguments are those
// of Marker.args.
const mayMark = `case when @link::bigint <> 0
	then exists (
		select from door_link d
		where d.id = @link and d.event_id = e.id and d.revoked_at is null and d.opens_at <= @now
			and @now < d.closes_at)
	else ` + event.Managing + ` end`

func (m Marker) args(id int64, now time.Time) pgx.StrictNamedArgs {
	a := event.Manager(m.Actor, id)
	a["link"], a["now"] = m.Link.ID, now
	return a
}

// Attendee is one sign-up as those who check people in see it.
type Attendee struct {
	SignupID    int64
	ShiftID     int64
	EventID     int64
	EventTitle  i18n.Text
	EventState  event.State
	ClosedAt    *time.Time // the event's hours are confirmed
	ShiftTitle  i18n.Text  // empty in a simple event
	StartsAt    time.Time  // the shift's
	EndsAt      time.Time
	State       signup.State
	GivenName   string
	FamilyName  string // through a helper's link only its first letter
	Accompanied bool   // a guardian comes along, who takes no place
	CheckedInAt *time.Time
	LinkID      int64  // of the helper's link that made the mark; 0 for none
	LinkLabel   string // of the same link
}

// Name is the attendee's, the given name first.
func (g Attendee) Name() string { return g.GivenName + " " + g.FamilyName }

// Opens is when check-in opens for the attendee's shift.
func (g Attendee) Opens() time.Time { return g.StartsAt.Add(-OpensBefore) }

// Status is the attendee's status at an instant.
func (g Attendee) Status(at time.Time) Status {
	switch {
	case g.CheckedInAt != nil && g.State == signup.Confirmed:
		return CheckedIn
	case g.EventState != event.Published:
		return NotTakingPlace
	case g.State == signup.Cancelled:
		return SignupCancelled
	case g.State == signup.Waitlisted:
		return Waitlisted
	case g.State == signup.AwaitingConsent:
		return AwaitingConsent
	case g.ClosedAt != nil:
		return HoursConfirmed
	case at.Before(g.Opens()):
		return TooEarly
	case at.After(g.EndsAt.Add(ClosesAfter)):
		return TooLate
	}
	return Ready
}

const attendeeColumns = `
	g.id as signup_id, g.shift_id, e.id as event_id, e.title as event_title, e.state as event_state, e.closed_at,
	s.title as shift_title, s.starts_at, s.ends_at, g.state, p.given_name,
	case when @link::bigint <> 0 then left(p.family_name, 1) || '.' else p.family_name end as family_name,
	exists (select from guardian_consent k
		where k.person_id = p.id and k.withdrawn_at is null and k.accompanied
			and (k.event_id is null or k.event_id = e.id)) as accompanied,
	a.checked_in_at, coalesce(a.door_id, 0) as link_id, coalesce(l.label, '') as link_label`

const attendeeTables = `
	signup g
	join shift s on s.id = g.shift_id
	join event e on e.id = s.event_id
	join person p on p.id = g.person_id and p.erased_at is null
	left join attendance a on a.signup_id = g.id
	left join door_link l on l.id = a.door_id`

// Attendee loads one sign-up.
//
// Coordinators of the event's hosts, staff and holders of an open helper's link of the event may; for anybody
// else it is NotFound.
func (s *Store) Attendee(ctx context.Context, by Marker, signupID int64, now time.Time) (Attendee, error) {
	return attendee(ctx, s.db, by, signupID, now)
}

func attendee(ctx context.Context, db postgres.DB, by Marker, signupID int64, now time.Time) (Attendee, error) {
	rows, _ := db.Query(ctx,
		`select `+attendeeColumns+` from `+attendeeTables+` where g.id = @id and `+mayMark, by.args(signupID, now))
	g, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Attendee])
	return g, postgres.Fault(err)
}

// CheckInMark is a press of a button of the check-in list. Ago is how long ago that was, for a mark that the
// phone kept while it had no network. The phone sends the age and not the time, because its clock may be wrong.
type CheckInMark struct {
	SignupID int64
	Ago      time.Duration
}

// at is when the mark was made. One older than MaxMarkAge is Gone.
func (m CheckInMark) at(now time.Time) (time.Time, error) {
	if m.Ago > MaxMarkAge {
		return time.Time{}, fault.Gone("checkin.too_old")
	}
	return now.Add(-max(0, m.Ago)).Truncate(time.Microsecond), nil
}

// CheckIn marks that somebody has come. changed is false, and nothing is written, when they were checked in
// already, when a later mark has undone it, and when their status does not allow it. The same mark twice, or ten
// helpers at once, make one check-in, and all get the same time.
//
// Who may: as for Attendee. A mark older than MaxMarkAge is Gone.
func (s *Store) CheckIn(
	ctx context.Context, by Marker, m CheckInMark, now time.Time,
) (g Attendee, changed bool, err error) {
	at, err := m.at(now)
	if err != nil {
		return Attendee{}, false, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		args := by.args(m.SignupID, now)
		args["at"], args["person"], args["early"], args["late"] = at, by.person(), OpensBefore, ClosesAfter
		// Of several marks at once the primary key of attendance lets one through; the others find its row.
		tag, err := tx.Exec(ctx, `
			insert into attendance as a (signup_id, checked_in_at, checked_in_by, door_id)
			select g.id, @at::timestamptz, nullif(@person::bigint, 0), nullif(@link, 0)
			from signup g
			join shift s on s.id = g.shift_id
			join event e on e.id = s.event_id
			where g.id = @id and g.state = 'confirmed' and e.state = 'published' and e.closed_at is null
				and @at::timestamptz between s.starts_at - @early::interval and s.ends_at + @late::interval and `+
			mayMark+`
			for share of g, e
			on conflict (signup_id) do update
			set checked_in_at = excluded.checked_in_at, checked_in_by = excluded.checked_in_by,
				door_id = excluded.door_id
			where a.checked_in_at is null and (a.undone_at is null or a.undone_at < excluded.checked_in_at)`, args)
		if err != nil {
			return err
		}
		if changed = tag.RowsAffected() > 0; changed {
			if err := by.record(ctx, tx, "check_in", m.SignupID, now); err != nil {
				return err
			}
		}
		g, err = attendee(ctx, tx, by, m.SignupID, now)
		return err
	})
	return g, changed, err
}

// Undo takes a check-in back, unless it was made after m. Through a helper's link only the link's own marks can
// be taken back. changed is false when there was nothing to take back.
//
// Who may: as for Attendee. Once the hours are confirmed it is a Conflict checkin.closed.
func (s *Store) Undo(
	ctx context.Context, by Marker, m CheckInMark, now time.Time,
) (g Attendee, changed bool, err error) {
	at, err := m.at(now)
	if err != nil {
		return Attendee{}, false, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		args := by.args(m.SignupID, now)
		args["at"] = at
		tag, err := tx.Exec(ctx, `
			update attendance a set checked_in_at = null, checked_in_by = null, door_id = null,
				undone_at = @at::timestamptz
			from (select g.id
				from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
				where g.id = @id and e.closed_at is null and `+mayMark+`
				for share of e) f
			where a.signup_id = f.id and a.checked_in_at <= @at::timestamptz and (@link = 0 or a.door_id = @link)`,
			args)
		if err != nil {
			return err
		}
		if changed = tag.RowsAffected() > 0; changed {
			if err := by.record(ctx, tx, "undo", m.SignupID, now); err != nil {
				return err
			}
		}
		if g, err = attendee(ctx, tx, by, m.SignupID, now); err == nil && g.ClosedAt != nil {
			err = fault.Conflict("checkin.closed")
		}
		return err
	})
	return g, changed, err
}

// person is the account that marks; 0 through a helper's link.
func (m Marker) person() int64 {
	if m.Link.ID != 0 {
		return 0
	}
	return m.Actor.PersonID
}

// record notes an action: of a helper's link among the link's uses, of anybody else in the audit.
func (m Marker) record(ctx context.Context, tx pgx.Tx, action string, signupID int64, now time.Time) error {
	if m.Link.ID != 0 {
		_, err := tx.Exec(ctx, `insert into door_use (door_id, signup_id, action, used_at) values ($1, $2, $3, $4)`,
			m.Link.ID, signupID, action, now)
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: m.Actor.PersonID, Verb: "attendance." + action, Object: "signup", ObjectID: signupID,
	})
}

// Scan loads the attendee of a ticket, of whichever event. mine is false when by may not check people in at that
// event: then the result holds nothing but the event's id.
func (s *Store) Scan(
	ctx context.Context, by Marker, ticket signup.Ticketed, now time.Time,
) (g Attendee, mine bool, err error) {
	g, err = s.Attendee(ctx, by, ticket.SignupID, now)
	if fault.Of(err) == fault.KindNotFound {
		return Attendee{EventID: ticket.EventID}, false, nil
	}
	return g, err == nil, err
}
