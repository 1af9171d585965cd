package worker

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

// reader is a person whom a mail speaks to about themselves.
type reader struct {
	Email     string
	Lang      i18n.Lang
	GivenName string
}

// loadReader reads a mail's reader; false when they are erased.
func loadReader(ctx context.Context, db postgres.DB, personID int64) (reader, bool, error) {
	rows, _ := db.Query(ctx, `select email, lang, given_name from person where id = $1 and email is not null and erased_at is null`, personID)
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[reader])
	if errors.Is(err, pgx.ErrNoRows) {
		return reader{}, false, nil
	}
	return r, err == nil, postgres.Fault(err)
}

// subject is a sign-up with all that a mail about it says, as it is now.
type subject struct {
	Email                      string
	Lang                       i18n.Lang
	GivenName                  string
	Volunteer                  string    // as a coordinator reads of them: given name and first letter
	BirthDate                  time.Time // the volunteer's
	State                      string
	Cause                      string // of a cancelled sign-up
	RemovalReason              string // of one that an organiser removed: one of signup.RemovalReasons
	RemovalWords               string // likewise
	Outcome                    string // in the hours ledger; empty: not there
	Minutes                    int    // likewise
	HoldUntil                  *time.Time
	Position                   int // in the queue, from 1; 0 for those who do not wait
	ShiftID                    int64
	ShiftTitle                 i18n.Text
	StartsAt                   time.Time // the shift's
	EndsAt                     time.Time
	EventID                    int64
	EventState                 event.State
	Title                      i18n.Text
	Place                      i18n.Text
	District                   string
	Bring                      i18n.Text
	ContactName                string
	ContactPhone               string
	CancelReason               i18n.Text
	Cutoff                     time.Time
	EventStartsAt, EventEndsAt time.Time
}

// load reads a mail's subject; false when it is gone or its person is erased.
func load(ctx context.Context, db postgres.DB, m outbox.Message) (subject, bool, error) {
	rows, _ := db.Query(ctx, `
		select p.email, p.lang, p.given_name, v.given_name || case when v.family_name = '' then '' else ' ' || left(v.family_name, 1) || '.' end as volunteer,
			coalesce(v.birth_date, date '0001-01-01') as birth_date,
			s.state, coalesce(s.cancel_cause, '') as cause, s.hold_until,
			coalesce(h.outcome, '') as outcome, coalesce(h.minutes, 0)::int as minutes,
			coalesce(r.reason, '') as removal_reason, coalesce(r.words, '') as removal_words,
			case when s.state = 'waitlisted' then (
				select count(*) from signup w
				where w.shift_id = s.shift_id and w.state = 'waitlisted' and w.queue_no <= s.queue_no) else 0 end::int as position,
			sh.id as shift_id, sh.title as shift_title, sh.starts_at, sh.ends_at,
			e.id as event_id, e.state as event_state, e.title, e.place, e.district, e.bring, e.contact_name, e.contact_phone,
			e.cancel_reason, sh.starts_at - make_interval(mins => e.cutoff_minutes) as cutoff,
			e.starts_at as event_starts_at, e.ends_at as event_ends_at
		from signup s
		join person v on v.id = s.person_id
		join person p on p.id = @person
		join shift sh on sh.id = s.shift_id
		join event e on e.id = sh.event_id
		left join lateral (select (array_agg(outcome order by id desc))[1] as outcome, sum(minutes) as minutes from ledger where signup_id = s.id) h on true
		left join removal r on r.signup_id = s.id and s.cancel_cause = 'organiser'
		where s.id = @signup and (p.id = v.id or @coordinator) and p.email is not null and p.erased_at is null and v.erased_at is null`,
		pgx.StrictNamedArgs{"signup": m.SubjectID, "person": m.PersonID, "coordinator": m.Kind == outbox.ConsentLost})
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[subject])
	if errors.Is(err, pgx.ErrNoRows) {
		return subject{}, false, nil
	}
	return s, err == nil, postgres.Fault(err)
}

// holds reports whether what m says is still so. A mail whose subject has changed meanwhile is
// not sent: whatever changed it sends its own.
func (s subject) holds(m outbox.Message, now time.Time) bool {
	on := s.EventState == event.Published && now.Before(s.EndsAt)
	switch m.Kind {
	case outbox.SignupConfirmed, outbox.SignupPromoted:
		return on && s.State == "confirmed"
	case outbox.Reminder:
		return on && s.State == "confirmed" && now.Before(s.StartsAt)
	case outbox.SignupWaiting:
		return on && s.State == "waitlisted"
	case outbox.SignupAwaiting:
		return on && s.State == "awaiting_consent"
	case outbox.HoldExpired:
		return on && s.State == "awaiting_consent" && s.HoldUntil == nil
	case outbox.SignupCancelled:
		return s.State == "cancelled"
	case outbox.ConsentLost:
		return on && s.State == "cancelled" && s.Cause == "consent"
	case outbox.EventChanged:
		return on && s.State != "cancelled" && m.Was != nil && (s.newTitle(*m.Was) || s.newTime(*m.Was) || s.newPlace(*m.Was))
	case outbox.HoursAttended:
		return s.Outcome == "attended"
	case outbox.HoursNoShow:
		return s.Outcome == "no_show"
	case outbox.EventCancelled:
		return s.EventState == event.Cancelled && (s.State != "cancelled" || s.Cause == "event")
	default:
		return false
	}
}

// What has changed, as this person reads it: another language's text is no news to them.
func (s subject) newTitle(was outbox.Was) bool { return was.Title.Str(s.Lang) != s.Title.Str(s.Lang) }

func (s subject) newPlace(was outbox.Was) bool { return was.Place.Str(s.Lang) != s.Place.Str(s.Lang) }

func (s subject) newTime(was outbox.Was) bool {
	before, after := s.times(was)
	return !before.from.Equal(after.from) || !before.to.Equal(after.to)
}

type span struct{ from, to time.Time }

// times are before and after a change: the shift's own where they are known, else the event's.
func (s subject) times(was outbox.Was) (before, after span) {
	if was.ShiftStartsAt.IsZero() {
		return span{was.StartsAt, was.EndsAt}, span{s.EventStartsAt, s.EventEndsAt}
	}
	return span{was.ShiftStartsAt, was.ShiftEndsAt}, span{s.StartsAt, s.EndsAt}
}
