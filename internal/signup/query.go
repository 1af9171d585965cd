package signup

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Row is a sign-up as its owner sees it.
type Row struct {
	event.Details // as far as its owner's pages need them
	SignupID      int64
	ShiftID       int64
	EventID       int64
	State         State
	Cause         CancelCause // of a cancelled one
	Position      int         // in the queue, from 1; 0 for those who do not wait
	HoldUntil     *time.Time
	Ticket        string
	EventState    event.State
	ShiftTitle    i18n.Text
	CancelReason  i18n.Text // of the event
	StartsAt      time.Time // the shift's
	EndsAt        time.Time
	CutoffAt      time.Time // a place may be given up before
	OrgSlug       string
	OrgName       i18n.Text
	ChangedAt     time.Time // the sign-up or the event, whichever was later
}

const rowColumns = `
	g.id as signup_id, g.shift_id, e.id as event_id, g.state, coalesce(g.cancel_cause, '') as cause,
	case when g.state = 'waitlisted' then (
		select count(*) from signup q
		where q.shift_id = g.shift_id and q.state = 'waitlisted' and q.queue_no <= g.queue_no) else 0 end::int as position,
	g.hold_until, g.ticket, e.state as event_state, e.title, s.title as shift_title, e.place, e.district, e.lat,
		e.lng, e.bring,
	e.contact_name, e.contact_phone, e.accessibility, e.cancel_reason, s.starts_at, s.ends_at,
	s.starts_at - make_interval(mins => e.cutoff_minutes) as cutoff_at,
	o.slug as org_slug, o.name as org_name, greatest(g.changed_at, e.updated_at) as changed_at`

const rowTables = `
	signup g
	join shift s on s.id = g.shift_id
	join event e on e.id = s.event_id
	join org o on o.id = e.org_id`

// recent is for how long a sign-up is still listed among the actor's own after its shift.
const recent = 90 * 24 * time.Hour

// Mine is the actor's own sign-ups, coming and recent (90 days), in the order of their shifts;
// those that the actor gave up or was moved out of are left out. A visitor has none.
func (s *Store) Mine(ctx context.Context, actor account.Actor, now time.Time) ([]Row, error) {
	rows, _ := s.db.Query(ctx, `select `+rowColumns+` from `+rowTables+`
		where g.person_id = $1 and s.ends_at > $2 and coalesce(g.cancel_cause, '') not in ('self', 'moved')
		order by s.starts_at, g.id`, actor.PersonID, now.Add(-recent))
	found, err := pgx.CollectRows(rows, pgx.RowToStructByNameLax[Row])
	return found, postgres.Fault(err)
}

// Ticket is one of the actor's own confirmed sign-ups with its ticket, for a shift that has not
// ended more than a day ago; NotFound otherwise.
func (s *Store) Ticket(ctx context.Context, actor account.Actor, signupID int64, now time.Time) (Row, error) {
	rows, _ := s.db.Query(ctx, `select `+rowColumns+` from `+rowTables+`
		where g.id = $1 and g.person_id = $2 and g.state = 'confirmed' and s.ends_at > $3`, signupID, actor.PersonID,
		now.AddDate(0, 0, -1))
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[Row])
	return r, postgres.Fault(err)
}

// Ticketed is the sign-up of a ticket.
type Ticketed struct {
	SignupID int64
	PersonID int64
	ShiftID  int64
	EventID  int64
	State    State
	Orgs     []int64 // the event's hosts
}

// ByTicket finds a sign-up by the token in its QR, or NotFound. Whoever holds the token may ask;
// it tells ids only.
func (s *Store) ByTicket(ctx context.Context, token string) (Ticketed, error) {
	rows, _ := s.db.Query(ctx, `
		select g.id as signup_id, g.person_id, g.shift_id, e.id as event_id, g.state,
			e.org_id || array(select org_id from event_cohost where event_id = e.id order by org_id) as orgs
		from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
		where g.ticket = $1`, token)
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Ticketed])
	return t, postgres.Fault(err)
}

// Feed is what a private calendar shows.
type Feed struct {
	Lang i18n.Lang // of its owner
	Rows []Row     // confirmed and cancelled; the latest 500 shifts
}

// CalendarFeed is the feed behind a person's private calendar token; NotFound for a token that
// was renewed or whose account is suspended or erased.
func (s *Store) CalendarFeed(ctx context.Context, token string) (Feed, error) {
	var f Feed
	var id int64
	err := s.db.QueryRow(ctx, `select id, lang from person
		where calendar_token = $1 and suspended_at is null and erased_at is null`, token).Scan(&id, &f.Lang)
	if err != nil {
		return Feed{}, postgres.Fault(err)
	}
	rows, _ := s.db.Query(ctx, `select `+rowColumns+` from `+rowTables+`
		where g.person_id = $1 and g.state in ('confirmed', 'cancelled')
		order by s.starts_at desc, g.id limit 500`, id)
	f.Rows, err = pgx.CollectRows(rows, pgx.RowToStructByNameLax[Row])
	return f, postgres.Fault(err)
}

// Standing is what somebody has in a shift, and what they could.
type Standing struct {
	SignupID  int64 // 0: never signed up
	State     State // empty: never signed up
	Position  int   // in the queue, from 1
	HoldUntil *time.Time
	CutoffAt  time.Time // a place may be given up before
	CanCancel bool
	// Reasons are why they may not have a place: for somebody who is not in, why they may not join;
	// for somebody waiting, why they are passed over.
	Reasons []event.Reason
}

// In reports whether the person is signed up, in whatever way.
func (s Standing) In() bool { return s.State != "" && s.State != Cancelled }

// ForEvent is where the actor stands with each of an event's shifts, by shift id. Anyone signed
// in may, for themselves; a visitor is Forbidden.
func (s *Store) ForEvent(ctx context.Context, actor account.Actor, e event.Event, shifts []event.Shift,
	now time.Time,
) (map[int64]Standing, error) {
	if !actor.SignedIn() {
		return nil, fault.Forbidden()
	}
	t := &lockedTx{Store: s, now: now, shifts: map[int64]*lockedShift{}, people: map[int64]*person{}}
	for _, sh := range shifts {
		t.shifts[sh.ID] = &lockedShift{Shift: sh, was: sh, Event: &e}
	}
	me := []int64{actor.PersonID}
	if err := t.load(ctx, s.db, me, me, ``); err != nil {
		return nil, postgres.Fault(err)
	}
	who := t.people[actor.PersonID]
	if who == nil {
		return nil, fault.NotFound()
	}
	standings := make(map[int64]Standing, len(shifts))
	for id, shift := range t.shifts {
		st := Standing{CutoffAt: e.Cutoff(shift.Shift)}
		if in := who.signups[id]; in != nil {
			st.SignupID, st.State, st.Position, st.HoldUntil = in.ID, in.State, in.Position, in.HoldUntil
		}
		switch {
		case !st.In():
			st.Reasons = t.check(who, shift)
		case st.State != Confirmed:
			st.Reasons = t.recheck(who, shift)
		}
		st.CanCancel = st.In() && now.Before(shift.EndsAt) && (st.State != Confirmed || now.Before(st.CutoffAt))
		standings[id] = st
	}
	return standings, nil
}
