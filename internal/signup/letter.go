package signup

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Letter is a sign-up with all that a message about it says, as it is now.
type Letter struct {
	outbox.Recipient
	event.Details
	Volunteer     string    // as a coordinator reads of them: given name and first letter
	BirthDate     time.Time // the volunteer's
	State         State
	Cause         CancelCause // of a cancelled sign-up
	RemovalReason string      // of one that an organiser removed: one of RemovalReasons
	RemovalWords  string      // likewise
	Outcome       string      // in the hours ledger; empty: not there
	Minutes       int         // likewise
	HoldUntil     *time.Time
	Position      int // in the queue, from 1; 0 for those who do not wait
	ShiftID       int64
	ShiftTitle    i18n.Text
	StartsAt      time.Time // the shift's
	EndsAt        time.Time
	EventID       int64
	EventState    event.State
	EventStartsAt time.Time
	EventEndsAt   time.Time
	CancelReason  i18n.Text
	Cutoff        time.Time
}

// Letter loads a sign-up for a message to its volunteer. NoLonger when the sign-up is gone or
// another person's by now, or the person is erased.
func (s *Store) Letter(ctx context.Context, signupID, personID int64) (Letter, error) {
	return s.letter(ctx, signupID, personID, false)
}

// CoordinatorLetter is Letter for a message about the volunteer to somebody else.
func (s *Store) CoordinatorLetter(ctx context.Context, signupID, personID int64) (Letter, error) {
	return s.letter(ctx, signupID, personID, true)
}

func (s *Store) letter(ctx context.Context, signupID, personID int64, coordinator bool) (Letter, error) {
	rows, _ := s.db.Query(ctx, `
		select p.email as to, p.lang, p.given_name as name,
			v.given_name || case when v.family_name = '' then '' else ' ' ||
				left(v.family_name, 1) || '.' end as volunteer,
			coalesce(v.birth_date, date '0001-01-01') as birth_date,
			s.state, coalesce(s.cancel_cause, '') as cause, s.hold_until,
			coalesce(h.outcome, '') as outcome, coalesce(h.minutes, 0)::int as minutes,
			coalesce(r.reason, '') as removal_reason, coalesce(r.words, '') as removal_words,
			case when s.state = 'waitlisted' then (
				select count(*) from signup w
				where w.shift_id = s.shift_id and w.state = 'waitlisted'
					and w.queue_no <= s.queue_no) else 0 end::int as position,
			sh.id as shift_id, sh.title as shift_title, sh.starts_at, sh.ends_at,
			e.id as event_id, e.state as event_state, e.starts_at as event_starts_at, e.ends_at as event_ends_at,
			`+event.DetailColumns+`, e.cancel_reason,
			sh.starts_at - make_interval(mins => e.cutoff_minutes) as cutoff
		from signup s
		join person v on v.id = s.person_id
		join person p on p.id = @person
		join shift sh on sh.id = s.shift_id
		join event e on e.id = sh.event_id
		left join lateral (
			select (array_agg(outcome order by id desc))[1] as outcome, sum(minutes) as minutes
			from ledger where signup_id = s.id) h on true
		left join removal r on r.signup_id = s.id and s.cancel_cause = 'organiser'
		where s.id = @signup and (p.id = v.id or @coordinator)
			and p.email is not null and p.erased_at is null and v.erased_at is null`,
		pgx.StrictNamedArgs{"signup": signupID, "person": personID, "coordinator": coordinator})
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Letter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the sign-up is gone or its person is erased")
	}
	return l, postgres.Fault(err)
}
