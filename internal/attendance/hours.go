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

// Outcome is what became of a sign-up on the day.
type Outcome string

// The outcomes.
const (
	Attended Outcome = "attended"
	NoShow   Outcome = "no_show"
	Excused  Outcome = "excused"
)

// Outcomes is every outcome in the order of the pages.
var Outcomes = []Outcome{Attended, NoShow, Excused}

// MinutesMost is how many minutes one shift gives at most: a day's.
const MinutesMost = 1440

// Row is one person's hours in an event: a proposal or a draft until the event is closed, after
// that what the ledger says.
type Row struct {
	SignupID    int64
	ShiftTitle  i18n.Text // empty in a simple event
	StartsAt    time.Time // the shift's
	EndsAt      time.Time
	GivenName   string
	FamilyName  string
	CheckedInAt *time.Time
	Outcome     Outcome // empty: nobody has said yet
	Minutes     int
	Reason      string // of the last correction
	Explanation string // of a no-show, in the volunteer's own words
}

// Name is the person's, the family's first.
func (r Row) Name() string { return r.FamilyName + " " + r.GivenName }

// late is how much later than the start somebody may be checked in without losing time: the door
// has a queue.
const late = 15 * time.Minute

// Full is how many minutes the person has given if they attended: the shift's, or from the
// check-in on when it was late, in steps of five.
func (r Row) Full() int {
	from := r.StartsAt
	if r.CheckedInAt != nil && r.CheckedInAt.After(from.Add(late)) && r.CheckedInAt.Before(r.EndsAt) {
		from = *r.CheckedInAt
	}
	whole := int(r.EndsAt.Sub(from) / time.Minute)
	if from.After(r.StartsAt) {
		whole = (whole + 4) / 5 * 5
	}
	return min(whole, MinutesMost)
}

// Proposed is r with an outcome: its own, or else what the door knows.
func (r Row) Proposed() Row {
	switch {
	case r.Outcome != "":
	case r.CheckedInAt != nil:
		r.Outcome, r.Minutes = Attended, r.Full()
	default:
		r.Outcome = NoShow
	}
	return r
}

// Sheet is the hours of an event and what it has brought.
type Sheet struct {
	event.Head
	FirstEndsAt time.Time // the first shift's end: the page opens then
	Several     bool      // more than one shift
	Rows        []Row
	Page        int
	More        bool
	All         int // people on all pages
	Results     Results
}

// Open reports whether hours can be written: from the first shift's end until they are confirmed.
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
		select (array_agg(outcome order by id desc))[1] as outcome, sum(minutes) as minutes, (array_agg(reason order by id desc))[1] as reason
		from ledger where signup_id = g.id having count(*) > 0) l on true`

// Hours is a page of an event's hours, from 1.
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
		select (select min(ends_at) from shift where event_id = @id), (select count(*) > 1 from shift where event_id = @id),
			(select count(*) from signup g join shift s on s.id = g.shift_id
			 where s.event_id = @id and (g.state = 'confirmed' or exists (select from ledger where signup_id = g.id)))`,
		pgx.StrictNamedArgs{"id": eventID}).Scan(&firstEnds, &sh.Several, &sh.All)
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

func hours(ctx context.Context, db postgres.DB, eventID int64, limit, offset int) ([]Row, error) {
	rows, _ := db.Query(ctx, `select `+rowColumns+` from `+rowTables+`
		where s.event_id = @id and (g.state = 'confirmed' or l.outcome is not null)
		order by p.family_name collate "kk-x-icu", p.given_name collate "kk-x-icu", g.id
		limit nullif(@limit::int, 0) offset @offset`, pgx.StrictNamedArgs{"id": eventID, "limit": limit, "offset": offset})
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Row])
	return found, postgres.Fault(err)
}

// Mark is what a coordinator says of one person.
type Mark struct {
	SignupID int64
	Outcome  Outcome
	Minutes  int // only of who attended
}

func (m Mark) check() (key string) {
	switch {
	case !slices.Contains(Outcomes, m.Outcome):
		return "hours.outcome_missing"
	case m.Outcome == Attended && (m.Minutes < 0 || m.Minutes > MinutesMost):
		return "hours.minutes_range"
	}
	return ""
}

// trimmed is m as it is kept.
func (m Mark) trimmed() Mark {
	if m.Outcome != Attended {
		m.Minutes = 0
	}
	return m
}

// SaveHours keeps a draft: what is said of people, and of the results. Nothing is counted yet.
//
// Coordinators of the event's hosts and staff may; for anybody else, and for somebody who is not
// in the event, it is NotFound. What cannot be is Invalid, on "m_" and the sign-up; before the
// first shift's end it is a Conflict hours.not_yet, once the hours are confirmed hours.already_closed.
func (s *Store) SaveHours(ctx context.Context, actor account.Actor, eventID int64, marks []Mark, r Results, now time.Time) error {
	return s.onSheet(ctx, actor, eventID, now, func(tx pgx.Tx, e event.Head) error {
		if e.ClosedAt != nil {
			return fault.Conflict("hours.already_closed")
		}
		return s.draft(ctx, tx, actor, eventID, marks, r, now)
	})
}

// AllPresent keeps as a draft that everybody has attended, from the check-in or for the whole
// shift. Who may, and the errors: as for SaveHours.
func (s *Store) AllPresent(ctx context.Context, actor account.Actor, eventID int64, r Results, now time.Time) error {
	return s.onSheet(ctx, actor, eventID, now, func(tx pgx.Tx, e event.Head) error {
		if e.ClosedAt != nil {
			return fault.Conflict("hours.already_closed")
		}
		rows, err := hours(ctx, tx, eventID, 0, 0)
		if err != nil {
			return err
		}
		marks := make([]Mark, len(rows))
		for i, row := range rows {
			marks[i] = Mark{row.SignupID, Attended, row.Full()}
		}
		return s.draft(ctx, tx, actor, eventID, marks, r, now)
	})
}

// ConfirmHours closes the list: what was said of everybody, now or in a draft, and for whom
// nothing was said, what the door knows, goes into the ledger, the event counts as held, and the
// people are told, in one transaction. Who confirms second, at the same instant or later, changes
// nothing: changed is false.
//
// Who may, and the errors: as for SaveHours; before the event's end it is a Conflict
// hours.not_over.
func (s *Store) ConfirmHours(ctx context.Context, actor account.Actor, eventID int64, marks []Mark, r Results, now time.Time) (changed bool, err error) {
	err = s.onSheet(ctx, actor, eventID, now, func(tx pgx.Tx, e event.Head) error {
		changed = false
		if e.ClosedAt != nil {
			return nil
		}
		if now.Before(e.EndsAt) {
			return fault.Conflict("hours.not_over")
		}
		if err := s.draft(ctx, tx, actor, eventID, marks, r, now); err != nil {
			return err
		}
		rows, err := hours(ctx, tx, eventID, 0, 0)
		if err != nil {
			return err
		}
		var silent []Mark
		for _, row := range rows {
			if row.Outcome == "" {
				p := row.Proposed()
				silent = append(silent, Mark{p.SignupID, p.Outcome, p.Minutes})
			}
		}
		if err := write(ctx, tx, actor, eventID, silent, now); err != nil {
			return err
		}
		if err := s.close(ctx, tx, actor, eventID, now); err != nil {
			return err
		}
		changed = true
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "hours.confirm", Object: "event", ObjectID: eventID})
	})
	return changed, err
}

// close writes the drafts of an event into the ledger, closes it and tells its people.
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
	_, err = tx.Exec(ctx, `update event set closed_at = $2, held_on = (starts_at at time zone $3)::date where id = $1`,
		eventID, now, s.city.Location().String())
	if err != nil {
		return err
	}
	return s.out.Send(ctx, tx, mails...)
}

// outcomeKinds is the message that tells of an outcome; who was excused has said so themselves.
var outcomeKinds = map[Outcome]outbox.Kind{Attended: outbox.HoursAttended, NoShow: outbox.HoursNoShow}

// onSheet runs do on an event that actor runs, whose row it holds: check-ins, drafts and
// confirmations of one event come one after the other.
func (s *Store) onSheet(ctx context.Context, actor account.Actor, eventID int64, now time.Time, do func(pgx.Tx, event.Head) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `select from event e where e.id = @id and `+event.Managing+` for no key update`, event.Manager(actor, eventID)); err != nil {
			return err
		}
		head, err := event.ManagedHead(ctx, tx, actor, eventID)
		if err != nil {
			return err
		}
		var began bool
		err = tx.QueryRow(ctx, `select count(*) > 0 from shift where event_id = $1 and ends_at <= $2`, eventID, now).Scan(&began)
		if err == nil && head.ClosedAt == nil && (!began || head.State != event.Published) {
			err = fault.Conflict("hours.not_yet")
		}
		if err != nil {
			return err
		}
		return do(tx, head)
	})
}

// draft checks and writes what was said.
func (s *Store) draft(ctx context.Context, tx pgx.Tx, actor account.Actor, eventID int64, marks []Mark, r Results, now time.Time) error {
	wrong := fault.Fields{}
	for i, m := range marks {
		if key := m.check(); key != "" {
			wrong.Add("m_"+strconv.FormatInt(m.SignupID, 10), key)
		}
		marks[i] = m.trimmed()
	}
	r.check(wrong)
	if err := wrong.Err(); err != nil {
		return err
	}
	if err := write(ctx, tx, actor, eventID, marks, now); err != nil {
		return err
	}
	return r.write(ctx, tx, eventID)
}

// write keeps marks; NotFound when one is of nobody confirmed in the event.
func write(ctx context.Context, tx pgx.Tx, actor account.Actor, eventID int64, marks []Mark, now time.Time) error {
	if len(marks) == 0 {
		return nil
	}
	ids, outcomes, minutes := make([]int64, len(marks)), make([]string, len(marks)), make([]int, len(marks))
	for i, m := range marks {
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
		set outcome = excluded.outcome, minutes = excluded.minutes, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`,
		pgx.StrictNamedArgs{"ids": ids, "outcomes": outcomes, "minutes": minutes, "event": eventID, "now": now, "by": actor.PersonID})
	if err == nil && tag.RowsAffected() != int64(len(marks)) {
		err = fault.NotFound()
	}
	return err
}
