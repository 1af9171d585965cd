package attendance

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Outcome is whether the person of a sign-up came.
type Outcome string

// The outcomes.
const (
	Attended Outcome = "attended"
	NoShow   Outcome = "no_show"
	Excused  Outcome = "excused"
)

// Outcomes is every outcome, in the order in which pages offer them.
var Outcomes = []Outcome{Attended, NoShow, Excused}

// MaxMinutes is the greatest number of minutes of one shift: a day.
const MaxMinutes = 1440

// Row is one person's hours in a shift: a draft until the event's hours are confirmed, then the sum of the
// ledger's rows.
type Row struct {
	SignupID    int64
	ShiftTitle  i18n.Text // empty in a simple event
	StartsAt    time.Time // the shift's
	EndsAt      time.Time
	GivenName   string
	FamilyName  string
	CheckedInAt *time.Time
	Outcome     Outcome // empty: not decided yet
	Minutes     int
	Reason      string // of the last correction
	Explanation string // of a no-show, in the volunteer's own words
}

// Name is the person's, the family name first.
func (r Row) Name() string { return r.FamilyName + " " + r.GivenName }

// lateGrace is how long after the start of a shift a check-in still counts as punctual: people queue for it.
const lateGrace = 15 * time.Minute

// FullMinutes is how many minutes the person gets who attended until the end: the whole shift, or, checked in later
// than lateGrace, the time from the check-in on, rounded up to five minutes. It is never more than MaxMinutes.
func (r Row) FullMinutes() int {
	from := r.StartsAt
	if r.CheckedInAt != nil && r.CheckedInAt.After(from.Add(lateGrace)) && r.CheckedInAt.Before(r.EndsAt) {
		from = *r.CheckedInAt
	}
	whole := int(r.EndsAt.Sub(from) / time.Minute)
	if from.After(r.StartsAt) {
		whole = (whole + 4) / 5 * 5
	}
	return min(whole, MaxMinutes)
}

// Proposed is r with its own outcome, or with the one that follows from the check-in when it has none.
func (r Row) Proposed() Row {
	switch {
	case r.Outcome != "":
	case r.CheckedInAt != nil:
		r.Outcome, r.Minutes = Attended, r.FullMinutes()
	default:
		r.Outcome = NoShow
	}
	return r
}

// Sheet is a page of an event's hours, with its results.
type Sheet struct {
	event.Head
	FirstEndsAt time.Time // the first shift's end; hours can be entered from then on
	Several     bool      // more than one shift
	Rows        []Row
	Page        int
	More        bool
	Total       int // people on all pages
	Results     Results
}

// Open reports whether hours can be entered: from the first shift's end until they are confirmed.
func (s Sheet) Open(now time.Time) bool {
	return s.State == event.Published && s.ClosedAt == nil && !s.FirstEndsAt.IsZero() && !now.Before(s.FirstEndsAt)
}

// Over reports whether the hours can be confirmed: after the last shift's end.
func (s Sheet) Over(now time.Time) bool { return s.Open(now) && !now.Before(s.EndsAt) }

const rowColumns = `
	g.id as signup_id, s.title as shift_title, s.starts_at, s.ends_at, p.given_name, p.family_name, a.checked_in_at,
	coalesce(l.outcome, a.outcome, '') as outcome, coalesce(l.minutes, a.minutes, 0)::int as minutes,
	coalesce(l.reason, '') as reason, coalesce(a.explanation, '') as explanation`

const rowTables = `
	signup g
	join shift s on s.id = g.shift_id
	join person p on p.id = g.person_id
	left join attendance a on a.signup_id = g.id
	left join lateral (
		select (array_agg(outcome order by id desc))[1] as outcome, sum(minutes) as minutes,
			(array_agg(reason order by id desc))[1] as reason
		from ledger where signup_id = g.id having count(*) > 0) l on true`

// Hours loads a page, counted from 1, of an event's hours.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) Hours(ctx context.Context, actor account.Actor, eventID int64, page int) (Sheet, error) {
	head, err := event.ManagedHead(ctx, s.db, actor, eventID)
	if err != nil {
		return Sheet{}, err
	}
	sh := Sheet{Head: head, Page: max(1, page)}
	var firstEnds *time.Time
	err = s.db.QueryRow(ctx, `
		select (select min(ends_at) from shift where event_id = @id),
			(select count(*) > 1 from shift where event_id = @id),
			(select count(*) from signup g join shift s on s.id = g.shift_id
			 where s.event_id = @id and (g.state = 'confirmed'
				or exists (select from ledger where signup_id = g.id)))`,
		pgx.StrictNamedArgs{"id": eventID}).Scan(&firstEnds, &sh.Several, &sh.Total)
	if err != nil {
		return Sheet{}, postgres.Fault(err)
	}
	if firstEnds != nil {
		sh.FirstEndsAt = *firstEnds
	}
	sh.Rows, err = hours(ctx, s.db, eventID, PageSize+1, (sh.Page-1)*PageSize)
	if err != nil {
		return Sheet{}, err
	}
	if len(sh.Rows) > PageSize {
		sh.Rows, sh.More = sh.Rows[:PageSize], true
	}
	sh.Results, err = results(ctx, s.db, eventID)
	return sh, err
}

// hours lists the confirmed people of an event and those in its ledger, by name. A limit of 0 is none.
func hours(ctx context.Context, db postgres.DB, eventID int64, limit, offset int) ([]Row, error) {
	rows, _ := db.Query(ctx, `select `+rowColumns+` from `+rowTables+`
		where s.event_id = @id and (g.state = 'confirmed' or l.outcome is not null)
		order by p.family_name collate "kk-x-icu", p.given_name collate "kk-x-icu", g.id
		limit nullif(@limit::int, 0) offset @offset`,
		pgx.StrictNamedArgs{"id": eventID, "limit": limit, "offset": offset})
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Row])
	return found, postgres.Fault(err)
}

// HoursEntry is the outcome and minutes that a coordinator enters for one sign-up.
type HoursEntry struct {
	SignupID int64
	Outcome  Outcome
	Minutes  int // ignored unless Outcome is Attended
}

// check is the catalogue's key of what is wrong with m; empty when nothing is.
func (m HoursEntry) check() (key string) {
	switch {
	case !slices.Contains(Outcomes, m.Outcome):
		return "hours.outcome_missing"
	case m.Outcome == Attended && (m.Minutes < 0 || m.Minutes > MaxMinutes):
		return "hours.minutes_range"
	}
	return ""
}

// normalized is m as it is stored.
func (m HoursEntry) normalized() HoursEntry {
	if m.Outcome != Attended {
		m.Minutes = 0
	}
	return m
}

// SaveHours saves a draft of hours and results. Nothing enters the ledger yet.
//
// Coordinators of the event's hosts and staff may; for anybody else, and for a sign-up that is not confirmed in the
// event, it is NotFound. Wrong values are Invalid on "m_" and the sign-up's id. Before the first shift's end it is
// a Conflict hours.not_yet, once the hours are confirmed a Conflict hours.already_closed.
func (s *Store) SaveHours(
	ctx context.Context, actor account.Actor, eventID int64, entries []HoursEntry, r Results, now time.Time,
) error {
	return s.withSheet(ctx, actor, eventID, now, func(tx pgx.Tx, e event.Head) error {
		if e.ClosedAt != nil {
			return fault.Conflict("hours.already_closed")
		}
		return s.saveDraft(ctx, tx, actor, eventID, entries, r, now)
	})
}

// MarkAllPresent saves as a draft that everybody has attended, each for their FullMinutes. Permissions and errors
// are those of SaveHours.
func (s *Store) MarkAllPresent(
	ctx context.Context, actor account.Actor, eventID int64, r Results, now time.Time,
) error {
	return s.withSheet(ctx, actor, eventID, now, func(tx pgx.Tx, e event.Head) error {
		if e.ClosedAt != nil {
			return fault.Conflict("hours.already_closed")
		}
		rows, err := hours(ctx, tx, eventID, 0, 0)
		if err != nil {
			return err
		}
		entries := make([]HoursEntry, len(rows))
		for i, row := range rows {
			entries[i] = HoursEntry{row.SignupID, Attended, row.FullMinutes()}
		}
		return s.saveDraft(ctx, tx, actor, eventID, entries, r, now)
	})
}

// ConfirmHours writes the hours of everybody into the ledger, closes the event and sends the mails, in one
// transaction. An outcome is the one of entries, or else of the draft, or else the one that follows from the
// check-in. Confirming again, at the same instant or later, changes nothing: changed is false.
//
// Permissions and errors are those of SaveHours; before the event's end it is a Conflict hours.not_over.
func (s *Store) ConfirmHours(
	ctx context.Context, actor account.Actor, eventID int64, entries []HoursEntry, r Results, now time.Time,
) (changed bool, err error) {
	err = s.withSheet(ctx, actor, eventID, now, func(tx pgx.Tx, e event.Head) error {
		changed = false
		if e.ClosedAt != nil {
			return nil
		}
		if now.Before(e.EndsAt) {
			return fault.Conflict("hours.not_over")
		}
		if err := s.saveDraft(ctx, tx, actor, eventID, entries, r, now); err != nil {
			return err
		}
		rows, err := hours(ctx, tx, eventID, 0, 0)
		if err != nil {
			return err
		}
		var undecided []HoursEntry
		for _, row := range rows {
			if row.Outcome == "" {
				p := row.Proposed()
				undecided = append(undecided, HoursEntry{p.SignupID, p.Outcome, p.Minutes})
			}
		}
		if err := saveEntries(ctx, tx, actor, eventID, undecided, now); err != nil {
			return err
		}
		if err := s.close(ctx, tx, actor, eventID, now); err != nil {
			return err
		}
		changed = true
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "hours.confirm", Object: "event", ObjectID: eventID,
		})
	})
	return changed, err
}

// close copies the draft of an event into the ledger, closes the event and sends the mails.
func (s *Store) close(ctx context.Context, tx pgx.Tx, actor account.Actor, eventID int64, now time.Time) error {
	args := pgx.StrictNamedArgs{"id": eventID, "zone": s.city.Location().String(), "by": actor.PersonID, "now": now}
	rows, _ := tx.Query(ctx, `
		insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, age,
			outcome, participations, no_shows, minutes, recorded_by, recorded_at)
		select g.id, g.person_id, e.id, e.campaign_id, e.org_id, d.day, age_on(p.birth_date, d.day),
			a.outcome, (a.outcome = 'attended')::int, (a.outcome = 'no_show')::int, a.minutes, @by, @now
		from signup g
		join person p on p.id = g.person_id
		join shift s on s.id = g.shift_id
		cross join lateral (select (s.starts_at at time zone @zone)::date as day) d
		join event e on e.id = s.event_id
		join attendance a on a.signup_id = g.id
		where e.id = @id and g.state = 'confirmed'
		order by g.id
		returning signup_id, person_id, outcome`, args)
	var mails []outbox.Message
	var m outbox.Message
	var o Outcome
	_, err := pgx.ForEachRow(rows, []any{&m.SubjectID, &m.PersonID, &o}, func() error {
		if m.Kind = outcomeKinds[o]; m.Kind != "" {
			mails = append(mails, m)
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx,
		`update event set closed_at = $2, held_on = (starts_at at time zone $3)::date where id = $1`,
		eventID, now, s.city.Location().String())
	if err != nil {
		return err
	}
	return s.out.Send(ctx, tx, mails...)
}

// outcomeKinds is the kind of mail about an outcome. Those who are excused get none: they said so themselves.
var outcomeKinds = map[Outcome]outbox.Kind{Attended: outbox.HoursAttended, NoShow: outbox.HoursNoShow}

// withSheet runs do in a transaction that locks the event's row, so that changes to the hours of one event wait for
// each other. It checks that actor runs the event and that its hours may be entered.
func (s *Store) withSheet(
	ctx context.Context, actor account.Actor, eventID int64, now time.Time, do func(pgx.Tx, event.Head) error,
) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `select from event e where e.id = @id and `+event.Managing+` for no key update`,
			event.Manager(actor, eventID))
		if err != nil {
			return err
		}
		head, err := event.ManagedHead(ctx, tx, actor, eventID)
		if err != nil {
			return err
		}
		var shiftOver bool
		err = tx.QueryRow(ctx,
			`select count(*) > 0 from shift where event_id = $1 and ends_at <= $2`, eventID, now).Scan(&shiftOver)
		if err == nil && head.ClosedAt == nil && (!shiftOver || head.State != event.Published) {
			err = fault.Conflict("hours.not_yet")
		}
		if err != nil {
			return err
		}
		return do(tx, head)
	})
}

// saveDraft checks entries and r and saves them.
func (s *Store) saveDraft(
	ctx context.Context, tx pgx.Tx, actor account.Actor, eventID int64, entries []HoursEntry, r Results, now time.Time,
) error {
	wrong := fault.Fields{}
	for i, m := range entries {
		if key := m.check(); key != "" {
			wrong.Add("m_"+strconv.FormatInt(m.SignupID, 10), key)
		}
		entries[i] = m.normalized()
	}
	r.check(wrong)
	if err := wrong.Err(); err != nil {
		return err
	}
	if err := saveEntries(ctx, tx, actor, eventID, entries, now); err != nil {
		return err
	}
	return r.write(ctx, tx, eventID)
}

// saveEntries saves entries as a draft; NotFound when one is of a sign-up that is not confirmed in the event.
func saveEntries(
	ctx context.Context, tx pgx.Tx, actor account.Actor, eventID int64, entries []HoursEntry, now time.Time,
) error {
	if len(entries) == 0 {
		return nil
	}
	ids, outcomes, minutes := make([]int64, len(entries)), make([]string, len(entries)), make([]int, len(entries))
	for i, m := range entries {
		ids[i], outcomes[i], minutes[i] = m.SignupID, string(m.Outcome), m.Minutes
	}
	tag, err := tx.Exec(ctx, `
		insert into attendance as a (signup_id, outcome, minutes, recorded_at, recorded_by)
		select g.id, u.outcome, u.minutes, @now, @by
		from unnest(@ids::bigint[], @outcomes::text[], @minutes::int[]) u (id, outcome, minutes)
		join signup g on g.id = u.id and g.state = 'confirmed'
		join shift s on s.id = g.shift_id and s.event_id = @event
		order by g.id
		on conflict (signup_id) do update
		set outcome = excluded.outcome, minutes = excluded.minutes,
			recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`,
		pgx.StrictNamedArgs{
			"ids": ids, "outcomes": outcomes, "minutes": minutes, "event": eventID, "now": now, "by": actor.PersonID,
		})
	if err == nil && tag.RowsAffected() != int64(len(entries)) {
		err = fault.NotFound()
	}
	return err
}
