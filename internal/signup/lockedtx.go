package signup

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/event"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// lockedTx is a transaction with locked shifts. It locks first the shifts, then the people concerned,
// both in the order of their ids; what it reads after that stays true until it commits. Decisions
// change the records and counters in memory; flush writes them.
type lockedTx struct {
	*Store
	tx     pgx.Tx
	now    time.Time
	shifts map[int64]*lockedShift
	people map[int64]*person

	changed         []*record
	mails           []mail
	beforeAssigning func(context.Context) error // runs when freed places are written and given ones are not yet
	afterWriting    func(context.Context) error // runs when everything is written and new sign-ups have their ids
	missing         []int64                     // shifts whose queues may move but which are not locked
}

// lockedShift is a shift with its queue.
type lockedShift struct {
	event.Shift
	Event    *event.Event // one for all shifts of an event
	was      event.Shift  // before a change
	wasEvent event.Event  // likewise, once a change is applied
	queue    []*record    // who waits, as far as loaded
	next     int          // in queue: everybody before was promoted or skipped
	readTo   int64        // the last queue number in it
	complete bool         // it holds everybody
	page     int          // people to load next
}

// person is somebody locked, with all that eligibility asks.
type person struct {
	id        int64
	birth     time.Time
	suspended bool // suspended or erased
	noShows   int  // since the last attendance
	consents  []event.Consent
	signups   map[int64]*record // by shift: the coming sign-ups, and any in the locked shifts
}

// record is a sign-up.
type record struct {
	ID        int64
	ShiftID   int64
	PersonID  int64
	EventID   int64
	Title     i18n.Text // the event's
	State     State
	QueueNo   int64
	HoldUntil *time.Time
	StartsAt  time.Time // as stored
	EndsAt    time.Time
	Position  int // in the queue when it was read; only for those who ask

	cause CancelCause
	was   State // as stored; empty: not yet
	held  bool  // had a place as stored
	dirty bool
}

type mail struct {
	outbox.Message
	of *record // its id is known when it is written
}

// scope is what a transaction locks and reads.
type scope struct {
	shifts  []int64
	people  []int64 // who asks, or is asked about
	all     []int64 // shifts of which everybody's sign-up is looked at
	freeing int     // places about to be freed, a guess: so many more people of the queue are loaded at once
}

// errMissingShifts rolls a transaction back that must begin again with more shifts.
var errMissingShifts = errors.New("signup: more shifts are concerned")

// withShifts runs do in a transaction of its own over the shifts that find names, then moves the
// queues up and writes. When do ends somebody's being confirmed, the queues in which that person waits
// at the same hours are concerned too: the transaction starts again with their shifts locked.
func (s *Store) withShifts(ctx context.Context, now time.Time, find func(pgx.Tx) (scope, error),
	do func(*lockedTx) error,
) error {
	var more []int64
	for {
		var beyond []int64
		err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
			about, err := find(tx)
			if err != nil {
				return err
			}
			named := about.shifts
			about.shifts = append(slices.Clone(named), more...)
			t, err := s.lock(ctx, tx, now, about)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(named, func(id int64) bool { return t.shifts[id] == nil }) {
				return errMissingShifts // taken out of its event while this transaction waited for it
			}
			if err := do(t); err != nil {
				return err
			}
			if len(t.missing) > 0 {
				beyond = t.missing
				return errMissingShifts
			}
			return t.finish(ctx)
		})
		if !errors.Is(err, errMissingShifts) {
			return err
		}
		more = append(more, beyond...)
	}
}

// lock locks and loads what about names.
func (s *Store) lock(ctx context.Context, tx pgx.Tx, now time.Time, about scope) (*lockedTx, error) {
	t := &lockedTx{Store: s, tx: tx, now: now, shifts: map[int64]*lockedShift{}, people: map[int64]*person{}}
	shifts := sorted(about.shifts)
	all := append([]int64{}, about.all...)

	var b pgx.Batch
	if !s.noLock {
		b.Queue(`select from shift where id = any($1) order by id for no key update`, shifts)
	}
	b.Queue(`select s.id, s.event_id, s.title, s.starts_at, s.ends_at, s.capacity, coalesce(s.min_age, 0) as min_age,
			s.confirmed, s.held, s.waiting
		from shift s where s.id = any($1)`, shifts).Query(func(rows pgx.Rows) error {
		found, err := pgx.CollectRows(rows, pgx.RowToStructByName[event.Shift])
		for _, f := range found {
			t.shifts[f.ID] = &lockedShift{Shift: f, was: f, complete: f.Waiting == 0, page: 32}
		}
		return err
	})
	b.Queue(
		`select e.id, e.org_id, e.state, e.title, e.place, e.district, e.lat, e.lng,
			coalesce(e.adults_only, '') as adults_only,
			coalesce(e.min_age, 0) as min_age, e.signup_opens_at, e.signup_closes_at, e.cutoff_minutes, e.starts_at,
				e.ends_at, e.version
		from event e where e.id in (select event_id from shift where id = any($1))`, shifts).
		Query(func(rows pgx.Rows) error {
			found, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[event.Event])
			events := map[int64]*event.Event{}
			for _, f := range found {
				events[f.ID] = f
			}
			for _, shift := range t.shifts {
				shift.Event = events[shift.EventID]
			}
			return err
		})
	// The heads of the queues, where a place is or is about to be free.
	var heads []rowKey
	b.Queue(`select q.shift_id, q.person_id, q.state, q.queue_no
		from shift s join event e on e.id = s.event_id
		cross join lateral (
			select g.shift_id, g.person_id, g.state, g.queue_no from signup g
			where g.shift_id = s.id and g.state = 'waitlisted' and e.state = 'published'
				and s.starts_at - make_interval(mins => e.cutoff_minutes) > @now
			order by g.queue_no
			limit case when s.capacity - s.confirmed - s.held + @freeing::int > 0
				then least(s.capacity - s.confirmed - s.held + @freeing + 4, 1000) else 0 end) q
		where s.id = any(@shifts) and s.waiting > 0 and s.id <> all(@all::bigint[])
		order by q.queue_no`, pgx.StrictNamedArgs{"now": now, "shifts": shifts, "all": all, "freeing": about.freeing}).
		Query(collect(&heads))
	if len(all) > 0 {
		b.Queue(`select shift_id, person_id, state, queue_no from signup
			where shift_id = any($1) and state <> 'cancelled' order by queue_no`, all).Query(collect(&heads))
	}
	if err := tx.SendBatch(ctx, &b).Close(); err != nil {
		return nil, err
	}
	return t, t.lockPeople(ctx, about.people, heads)
}

// rowKey finds a sign-up that is about to be loaded.
type rowKey struct {
	ShiftID  int64
	PersonID int64
	State    State
	QueueNo  *int64
}

// collect appends what a query finds to dst.
func collect(dst *[]rowKey) func(pgx.Rows) error {
	return func(rows pgx.Rows) (err error) {
		*dst, err = pgx.AppendRows(*dst, rows, pgx.RowToStructByName[rowKey])
		return err
	}
}

// lockPeople locks and loads those who ask, and the people of keys, who join the queues in their
// order if they wait.
func (t *lockedTx) lockPeople(ctx context.Context, asking []int64, keys []rowKey) error {
	people := slices.Clone(asking)
	for _, k := range keys {
		people = append(people, k.PersonID)
	}
	people = slices.DeleteFunc(sorted(people), func(id int64) bool { return t.people[id] != nil })
	if len(people) > 0 {
		if err := t.load(ctx, t.tx, people, asking, ` for no key update`); err != nil {
			return err
		}
	}
	for _, k := range keys {
		if who := t.people[k.PersonID]; k.State == Waitlisted && who != nil {
			if e := who.signups[k.ShiftID]; e != nil {
				s := t.shifts[k.ShiftID]
				s.queue, s.readTo = append(s.queue, e), *k.QueueNo
				s.complete = len(s.queue) >= s.was.Waiting
			}
		}
	}
	return nil
}

// load reads what eligibility asks of people, who must be in order, and the places in the queue
// of those asking. lock is the locking clause; a page that only looks has none.
func (t *lockedTx) load(ctx context.Context, db postgres.DB, people, asking []int64, lock string) error {
	var b pgx.Batch
	b.Queue(`select id, coalesce(birth_date, date '0001-01-01'), suspended_at is not null or erased_at is not null
		from person where id = any($1) order by id`+lock, people).Query(func(rows pgx.Rows) error {
		var p person
		_, err := pgx.ForEachRow(rows, []any{&p.id, &p.birth, &p.suspended}, func() error {
			t.people[p.id] = &person{id: p.id, birth: p.birth, suspended: p.suspended, signups: map[int64]*record{}}
			return nil
		})
		return err
	})
	b.Queue(`select person_id, coalesce(event_id, 0), accompanied from guardian_consent
		where person_id = any($1) and withdrawn_at is null`, people).Query(func(rows pgx.Rows) error {
		var id int64
		var c event.Consent
		_, err := pgx.ForEachRow(rows, []any{&id, &c.EventID, &c.Accompanied}, func() error {
			if p := t.people[id]; p != nil {
				p.consents = append(p.consents, c)
			}
			return nil
		})
		return err
	})
	b.Queue(`select person_id, count(*)
		from (
			select person_id, outcome, at, max(at) filter (where outcome = 'attended') over (partition by person_id)
				as came
			from (
				select distinct on (l.signup_id) l.person_id, l.outcome, lower(g.during) as at
				from ledger l join signup g on g.id = l.signup_id
				where l.person_id = any($1) order by l.signup_id, l.id desc) last) o
		where outcome = 'no_show' and (came is null or at > came) group by person_id`, people).
		Query(func(rows pgx.Rows) error {
			var id int64
			var n int
			_, err := pgx.ForEachRow(rows, []any{&id, &n}, func() error {
				if p := t.people[id]; p != nil {
					p.noShows = n
				}
				return nil
			})
			return err
		})
	shifts := slices.Collect(maps.Keys(t.shifts))
	b.Queue(`select g.id, g.shift_id, g.person_id, s.event_id, e.title, g.state, coalesce(g.queue_no, 0) as queue_no,
			g.hold_until, lower(g.during) as starts_at, upper(g.during) as ends_at,
			case when g.state = 'waitlisted' and g.shift_id = any(@shifts)
				and g.person_id = any(@asking::bigint[]) then (
				select count(*) from signup q
				where q.shift_id = g.shift_id and q.state = 'waitlisted'
					and q.queue_no <= g.queue_no) else 0 end::int as position
		from signup g
		join shift s on s.id = g.shift_id
		join event e on e.id = s.event_id
		where g.person_id = any(@people)
			and (g.shift_id = any(@shifts) or g.state <> 'cancelled' and upper(g.during) > @now)`,
		pgx.StrictNamedArgs{"people": people, "asking": append([]int64{}, asking...), "shifts": shifts, "now": t.now}).
		Query(func(rows pgx.Rows) error {
			found, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByNameLax[record])
			for _, e := range found {
				e.was, e.held = e.State, e.holds()
				if p := t.people[e.PersonID]; p != nil {
					p.signups[e.ShiftID] = e
				}
			}
			return err
		})
	return db.SendBatch(ctx, &b).Close()
}

// sorted is ids in order, each once.
func sorted(ids []int64) []int64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return append([]int64{}, slices.Compact(ids)...)
}
