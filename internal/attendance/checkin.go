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

// The hours of the door: from so long before a shift's start until so long after its end. A tap
// that a phone kept while the network was away counts for as long as TapsFor.
const (
	EarlyBy = 2 * time.Hour
	LateBy  = 12 * time.Hour
	TapsFor = 12 * time.Hour
)

// Verdict is what the door says to somebody.
type Verdict string

// The verdicts.
const (
	Ready        Verdict = "ready"         // may be checked in
	Here         Verdict = "here"          // is, since Guest.CheckedInAt
	TooEarly     Verdict = "too_early"     // the door opens at Guest.Opens
	TooLate      Verdict = "too_late"      // the shift ended long ago
	Closed       Verdict = "closed"        // the hours are confirmed: only corrections are left
	EventOff     Verdict = "event_off"     // the event does not take place
	NotIn        Verdict = "not_in"        // the sign-up was cancelled
	Waiting      Verdict = "waiting"       // in the queue
	NeedsConsent Verdict = "needs_consent" // a guardian has not agreed yet
)

// By is who stands at the door: somebody who runs the event, or whoever holds a door link.
type By struct {
	Actor account.Actor
	Door  Door // its ID 0: none
}

// manages is the condition on an event e under which By may mark its people; its arguments are
// those of By.args.
const manages = `case when @door::bigint <> 0
	then exists (select from door_link d where d.id = @door and d.event_id = e.id and d.revoked_at is null and d.opens_at <= @now and @now < d.closes_at)
	else ` + event.Managing + ` end`

func (b By) args(id int64, now time.Time) pgx.StrictNamedArgs {
	a := event.Manager(b.Actor, id)
	a["door"], a["now"] = b.Door.ID, now
	return a
}

// Guest is somebody at the door.
type Guest struct {
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
	FamilyName  string // at a door link its first letter only
	Accompanied bool   // a guardian comes along, outside the capacity
	CheckedInAt *time.Time
	DoorID      int64  // of the door link that the mark came through; 0: none
	DoorLabel   string // likewise
}

// Name is the guest's, as the door calls it out.
func (g Guest) Name() string { return g.GivenName + " " + g.FamilyName }

// Opens is when the door opens for the guest's shift.
func (g Guest) Opens() time.Time { return g.StartsAt.Add(-EarlyBy) }

// Verdict is what the door says to the guest at an instant.
func (g Guest) Verdict(at time.Time) Verdict {
	switch {
	case g.CheckedInAt != nil && g.State == signup.Confirmed:
		return Here
	case g.EventState != event.Published:
		return EventOff
	case g.State == signup.Cancelled:
		return NotIn
	case g.State == signup.Waitlisted:
		return Waiting
	case g.State == signup.AwaitingConsent:
		return NeedsConsent
	case g.ClosedAt != nil:
		return Closed
	case at.Before(g.Opens()):
		return TooEarly
	case at.After(g.EndsAt.Add(LateBy)):
		return TooLate
	}
	return Ready
}

const guestColumns = `
	g.id as signup_id, g.shift_id, e.id as event_id, e.title as event_title, e.state as event_state, e.closed_at,
	s.title as shift_title, s.starts_at, s.ends_at, g.state, p.given_name,
	case when @door::bigint <> 0 then left(p.family_name, 1) || '.' else p.family_name end as family_name,
	exists (select from guardian_consent k
		where k.person_id = p.id and k.withdrawn_at is null and k.accompanied and (k.event_id is null or k.event_id = e.id)) as accompanied,
	a.checked_in_at, coalesce(a.door_id, 0) as door_id, coalesce(l.label, '') as door_label`

const guestTables = `
	signup g
	join shift s on s.id = g.shift_id
	join event e on e.id = s.event_id
	join person p on p.id = g.person_id and p.erased_at is null
	left join attendance a on a.signup_id = g.id
	left join door_link l on l.id = a.door_id`

// Guest is somebody's sign-up at the door of an event.
//
// Coordinators of the event's hosts, staff and an open door link of the event may; for anybody
// else it is NotFound.
func (s *Store) Guest(ctx context.Context, by By, signupID int64, now time.Time) (Guest, error) {
	return guest(ctx, s.db, by, signupID, now)
}

func guest(ctx context.Context, db postgres.DB, by By, signupID int64, now time.Time) (Guest, error) {
	rows, _ := db.Query(ctx, `select `+guestColumns+` from `+guestTables+` where g.id = @id and `+manages, by.args(signupID, now))
	g, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Guest])
	return g, postgres.Fault(err)
}

// Tap is one touch at the door: whom it concerns, and how long ago it was, for one that the phone
// had to keep. The phone tells the age and not the hour, because its clock may be wrong.
type Tap struct {
	SignupID int64
	Ago      time.Duration
}

// at is when the tap was. One older than TapsFor is Gone.
func (t Tap) at(now time.Time) (time.Time, error) {
	if t.Ago > TapsFor {
		return time.Time{}, fault.Gone("checkin.too_old")
	}
	return now.Add(-max(0, t.Ago)).Truncate(time.Microsecond), nil
}

// CheckIn notes that somebody has come. changed is false when they were here already, whoever
// marked them, when a later tap has taken them back, and when the verdict is another than Here:
// then nothing was written. The same tap twice, or ten helpers at once, are one check-in, and all
// are told the same time.
//
// Who may: as for Guest. A tap that was kept too long is Gone.
func (s *Store) CheckIn(ctx context.Context, by By, t Tap, now time.Time) (g Guest, changed bool, err error) {
	at, err := t.at(now)
	if err != nil {
		return Guest{}, false, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		args := by.args(t.SignupID, now)
		args["at"], args["person"], args["early"], args["late"] = at, by.person(), EarlyBy, LateBy
		// The key of attendance lets one of those who come at once through; the others find the row.
		tag, err := tx.Exec(ctx, `
			insert into attendance as a (signup_id, checked_in_at, checked_in_by, door_id)
			select g.id, @at::timestamptz, nullif(@person::bigint, 0), nullif(@door, 0)
			from signup g
			join shift s on s.id = g.shift_id
			join event e on e.id = s.event_id
			where g.id = @id and g.state = 'confirmed' and e.state = 'published' and e.closed_at is null
				and @at::timestamptz between s.starts_at - @early::interval and s.ends_at + @late::interval and `+manages+`
			for share of g, e
			on conflict (signup_id) do update
			set checked_in_at = excluded.checked_in_at, checked_in_by = excluded.checked_in_by, door_id = excluded.door_id
			where a.checked_in_at is null and (a.undone_at is null or a.undone_at < excluded.checked_in_at)`, args)
		if err != nil {
			return err
		}
		if changed = tag.RowsAffected() > 0; changed {
			if err := by.keep(ctx, tx, "check_in", t.SignupID, now); err != nil {
				return err
			}
		}
		g, err = guest(ctx, tx, by, t.SignupID, now)
		return err
	})
	return g, changed, err
}

// Undo takes a mark back, unless it was made after the tap. Through a door link only the link's
// own marks can be. changed is false when there was nothing to take back.
//
// Who may: as for Guest. Once the hours are confirmed it is a Conflict checkin.closed.
func (s *Store) Undo(ctx context.Context, by By, t Tap, now time.Time) (g Guest, changed bool, err error) {
	at, err := t.at(now)
	if err != nil {
		return Guest{}, false, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		args := by.args(t.SignupID, now)
		args["at"] = at
		tag, err := tx.Exec(ctx, `
			update attendance a set checked_in_at = null, checked_in_by = null, door_id = null, undone_at = @at::timestamptz
			from (select g.id
				from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
				where g.id = @id and e.closed_at is null and `+manages+`
				for share of e) f
			where a.signup_id = f.id and a.checked_in_at <= @at::timestamptz and (@door = 0 or a.door_id = @door)`, args)
		if err != nil {
			return err
		}
		if changed = tag.RowsAffected() > 0; changed {
			if err := by.keep(ctx, tx, "undo", t.SignupID, now); err != nil {
				return err
			}
		}
		if g, err = guest(ctx, tx, by, t.SignupID, now); err == nil && g.ClosedAt != nil {
			err = fault.Conflict("checkin.closed")
		}
		return err
	})
	return g, changed, err
}

// person is who marks, 0 through a door link.
func (b By) person() int64 {
	if b.Door.ID != 0 {
		return 0
	}
	return b.Actor.PersonID
}

// keep records an action: a link's among its uses, anybody else's in the audit.
func (b By) keep(ctx context.Context, tx pgx.Tx, action string, signupID int64, now time.Time) error {
	if b.Door.ID != 0 {
		_, err := tx.Exec(ctx, `insert into door_use (door_id, signup_id, action, used_at) values ($1, $2, $3, $4)`,
			b.Door.ID, signupID, action, now)
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: b.Actor.PersonID, Verb: "attendance." + action, Object: "signup", ObjectID: signupID})
}

// Scan is the guest behind a ticket, of whichever event. mine is false when by is not the door of
// that event: then nothing is told of the person, but which event it is.
func (s *Store) Scan(ctx context.Context, by By, ticket signup.Ticketed, now time.Time) (g Guest, mine bool, err error) {
	g, err = s.Guest(ctx, by, ticket.SignupID, now)
	if fault.Of(err) == fault.KindNotFound {
		return Guest{EventID: ticket.EventID}, false, nil
	}
	return g, err == nil, err
}
