package signup

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// check is what can be said of a change by itself.
func (c Change) check() error {
	wrong := fault.Fields{}
	if c.Title.IsZero() {
		wrong.Add("title", "signup.title_missing")
	}
	if !slices.Contains([]event.Ground{"", event.Emergency, event.Victims, event.Convicts, event.Hazard},
		c.AdultsOnly) {
		wrong.Add("adults_only", "fault.invalid")
	}
	if c.MinAge < 0 || c.MinAge > 99 {
		wrong.Add("min_age", "signup.age_range")
	}
	if c.CutoffMinutes < 0 || c.CutoffMinutes > 20160 {
		wrong.Add("cutoff_minutes", "signup.cutoff_range")
	}
	for _, s := range slices.Concat(c.Shifts, c.Add) {
		if !s.EndsAt.After(s.StartsAt) || s.EndsAt.Sub(s.StartsAt) > 24*time.Hour {
			wrong.Add("ends_at", "signup.times")
		}
		if s.Capacity < 1 || s.Capacity > 100_000 {
			wrong.Add("capacity", "signup.capacity_range")
		}
		if s.MinAge < 0 || s.MinAge > 99 {
			wrong.Add("min_age", "signup.age_range")
		}
	}
	return wrong.Err()
}

// checkOpen is the fault of an event in which nothing can be changed any more.
func checkOpen(e *event.Event, now time.Time) error {
	switch {
	case e.State == event.Cancelled:
		return fault.Conflict("signup.event_cancelled")
	case !now.Before(e.EndsAt):
		return fault.Conflict("signup.over")
	}
	return nil
}

// apply makes the change in memory and returns the event's shifts and the names of what differs.
func (t *lockedTx) apply(c Change) (shifts []*lockedShift, fields []string, err error) {
	shifts = t.shiftsOf(c.EventID)
	e := shifts[0].Event
	if c.Version != 0 && c.Version != e.Version {
		return nil, nil, fault.Conflict(event.Stale)
	}
	if err := checkOpen(e, t.now); err != nil {
		return nil, nil, err
	}
	differs := func(name string, yes bool) {
		if yes && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	for _, to := range c.Shifts {
		shift := t.shifts[to.ID]
		if shift == nil || shift.EventID != c.EventID {
			return nil, nil, fault.NotFound()
		}
		shift.Title, shift.Capacity, shift.MinAge = to.Title, to.Capacity, to.MinAge
		shift.StartsAt, shift.EndsAt = to.StartsAt.Truncate(time.Microsecond), to.EndsAt.Truncate(time.Microsecond)
		differs("shift", shift.Title != shift.was.Title || shift.MinAge != shift.was.MinAge)
		differs("capacity", shift.Capacity != shift.was.Capacity)
		differs("time", shift.moved())
	}
	for _, id := range c.Remove {
		shift := t.shifts[id]
		if shift == nil || shift.EventID != c.EventID {
			return nil, nil, fault.NotFound()
		}
		if len(t.signedUp(shift)) > 0 {
			return nil, nil, fault.Invalid(map[string]string{"shifts": "publishing.problem.shift_in"})
		}
		delete(t.shifts, id)
	}
	differs("shift", len(c.Add)+len(c.Remove) > 0)
	was := *e
	for _, shift := range shifts {
		shift.wasEvent = was
	}
	e.Details = c.Details
	e.Slots = was.Slots            // the shifts themselves are what changes
	shifts = t.shiftsOf(c.EventID) // the order has changed with the times
	span := slices.Clone(c.Add)
	for _, shift := range shifts {
		span = append(span, ShiftChange{StartsAt: shift.StartsAt, EndsAt: shift.EndsAt})
	}
	if len(span) == 0 {
		return nil, nil, fault.Invalid(map[string]string{"shifts": "publishing.problem.no_shift"})
	}
	e.StartsAt, e.EndsAt = span[0].StartsAt, span[0].EndsAt
	for _, s := range span {
		if s.StartsAt.Before(e.StartsAt) {
			e.StartsAt = s.StartsAt
		}
		if s.EndsAt.After(e.EndsAt) {
			e.EndsAt = s.EndsAt
		}
	}
	if e.EndsAt.Sub(e.StartsAt) > 31*24*time.Hour {
		return nil, nil, fault.Invalid(map[string]string{"ends_at": "signup.times"})
	}
	fields = append(fields, e.Diff(was.Details)...)

	for _, shift := range shifts {
		if shift.moved() {
			for _, in := range t.signedUp(shift) {
				if in.State == Confirmed {
					t.releaseHours(in) // no longer busy at the old hours
				}
			}
		}
	}
	return shifts, fields, nil
}

// moved reports whether a shift's times change.
func (s *lockedShift) moved() bool {
	return !s.StartsAt.Equal(s.was.StartsAt) || !s.EndsAt.Equal(s.was.EndsAt)
}

// notifyChange tells everybody who is still in of a new time, title or place: once of the event,
// and of a shift of theirs that moved inside it.
func (t *lockedTx) notifyChange(shifts []*lockedShift) {
	shiftCount := map[int64]int{} // of each person
	for _, s := range shifts {
		for _, in := range t.signedUp(s) {
			shiftCount[in.PersonID]++
		}
	}
	told := map[int64]bool{}
	for _, s := range slices.Backward(shifts) {
		e, was := s.Event, s.wasEvent
		spanMoved := !e.StartsAt.Equal(was.StartsAt) || !e.EndsAt.Equal(was.EndsAt)
		about := outbox.Was{Texts: was.MailedTexts(), StartsAt: was.StartsAt, EndsAt: was.EndsAt}
		own := about
		own.ShiftStartsAt, own.ShiftEndsAt = s.was.StartsAt, s.was.EndsAt
		for _, in := range t.signedUp(s) {
			one, what := spanMoved && shiftCount[in.PersonID] > 1, &own
			if one {
				what = &about
			}
			isNew := s.moved() || !maps.Equal(e.MailedTexts(), was.MailedTexts())
			if isNew && (!told[in.PersonID] || s.moved() && !one) {
				told[in.PersonID] = true
				t.notify(in, outbox.Message{Kind: outbox.EventChanged, Was: what})
			}
		}
	}
}

// fillNames fills in the names of affected people.
func (t *lockedTx) fillNames(ctx context.Context, affected []Affected) error {
	if len(affected) == 0 {
		return nil
	}
	ids := make([]int64, len(affected))
	for i, a := range affected {
		ids[i] = a.PersonID
	}
	rows, _ := t.tx.Query(ctx, `select id, given_name, family_name from person where id = any($1)`, ids)
	names := map[int64][2]string{}
	var id int64
	var n [2]string
	_, err := pgx.ForEachRow(rows, []any{&id, &n[0], &n[1]}, func() error {
		names[id] = n
		return nil
	})
	for i := range affected {
		n := names[affected[i].PersonID]
		affected[i].GivenName, affected[i].FamilyName = n[0], n[1]
	}
	return err
}

// writeChange writes the event and its shifts. The sign-ups' own hours follow by the foreign
// key, one shift after the other, so that shifts which move into each other's old hours overlap
// on the way: the constraint looks when all is done.
func (t *lockedTx) writeChange(ctx context.Context, c Change, e *event.Event, shifts []*lockedShift) error {
	n := len(shifts)
	ids, titles := make([]int64, n), make([]string, n)
	from, to := make([]time.Time, n), make([]time.Time, n)
	capacities, ages := make([]int, n), make([]int, n)
	moved := []int64{}
	for i, s := range shifts {
		title, err := json.Marshal(s.Title)
		if err != nil {
			return err
		}
		ids[i], titles[i], from[i], to[i], capacities[i], ages[i] = s.ID, string(title), s.StartsAt, s.EndsAt,
			s.Capacity, s.MinAge
		if s.moved() {
			moved = append(moved, s.ID)
		}
	}
	var b pgx.Batch
	b.Queue(`set constraints signup_overlap deferred`)
	args := pgx.StrictNamedArgs(e.Values())
	for name, value := range map[string]any{
		"id": e.ID, "starts_at": e.StartsAt, "ends_at": e.EndsAt, "now": t.now,
		"known": c.known,
	} {
		args[name] = value
	}
	b.Queue(`update event set `+event.SetColumns()+`,
			starts_at = @starts_at, ends_at = @ends_at, version = version + 1, updated_at = @now,
			changed_at = case when @known
				or (select o.state from org o where o.id = org_id) = 'trusted' then changed_at
				else coalesce(changed_at, @now) end
		where id = @id`, args)
	b.Queue(`update shift s set title = u.title::jsonb, starts_at = u.starts_at, ends_at = u.ends_at,
			capacity = u.capacity, min_age = nullif(u.min_age, 0)
		from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::int[], $6::int[])
			u (id, title, starts_at, ends_at, capacity, min_age)
		where s.id = u.id`, ids, titles, from, to, capacities, ages)
	b.Queue(`update signup set reminded_at = null where shift_id = any($1) and reminded_at is not null`, moved)
	if err := t.tx.SendBatch(ctx, &b).Close(); err != nil {
		return err
	}
	return t.writeShifts(ctx, c)
}

// CancelEvent calls an event off: every sign-up for a shift that has not ended is cancelled and everybody told once,
// with the reason. A repeat changes nothing and tells nobody.
//
// Coordinators of the event's hosts and staff may; for anybody else the event is NotFound, and
// so is a draft, which nobody needs to be told of. A reason that is not written in Kazakh and
// Russian, or too long, is Invalid by field. After the event's end it is a Conflict signup.over.
func (s *Store) CancelEvent(ctx context.Context, actor account.Actor, eventID int64, reason i18n.Text,
	now time.Time,
) error {
	return s.withShifts(ctx, now, s.wholeEvent(ctx, actor, eventID), func(t *lockedTx) error {
		if err := checkReason(reason); err != nil {
			return err
		}
		shifts := t.shiftsOf(eventID)
		switch e := shifts[0].Event; {
		case e.State == event.Cancelled:
			return nil
		case !e.State.Public():
			return fault.NotFound()
		case !now.Before(e.EndsAt):
			return fault.Conflict("signup.over")
		default:
			e.State = event.Cancelled
		}
		told := map[int64]bool{}
		for _, shift := range slices.Backward(shifts) {
			for _, e := range t.signedUp(shift) {
				if !now.Before(shift.EndsAt) {
					break // this shift took place
				}
				t.cancel(e, ByEvent)
				if !told[e.PersonID] {
					told[e.PersonID] = true
					t.notify(e, outbox.Message{Kind: outbox.EventCancelled})
				}
			}
		}
		if _, err := t.tx.Exec(ctx,
			`update event set state = 'cancelled', cancel_reason = $2, version = version + 1, updated_at = $3
				where id = $1`,
			eventID, reason, now); err != nil {
			return err
		}
		return audit.Write(ctx, t.tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "event.cancel",
			Object: "event", ObjectID: eventID, Fields: []string{"state", "cancel_reason"},
		})
	})
}

// MaxReason is how long the reason of a cancelled event may be, in letters.
const MaxReason = 300

func checkReason(reason i18n.Text) error {
	wrong := fault.Fields{}
	for _, l := range i18n.Langs {
		switch n := utf8.RuneCountInString(strings.TrimSpace(reason.Get(l))); {
		case n > MaxReason:
			wrong.Add("reason_"+string(l), "publishing.problem.long_text")
		case n == 0 && l != i18n.EN:
			wrong.Add("reason_"+string(l), "publishing.problem."+string(l))
		}
	}
	return wrong.Err()
}

// Telling is how many people CancelEvent would tell now. Who runs the event may; for anybody else
// it is nobody.
func (s *Store) Telling(ctx context.Context, actor account.Actor, eventID int64, now time.Time) (n int, err error) {
	args := event.Manager(actor, eventID)
	args["now"] = now
	err = s.db.QueryRow(ctx,
		`select count(distinct g.person_id)::int from signup g join shift s on s.id = g.shift_id join event e
			on e.id = s.event_id
		where e.id = @id and g.state <> 'cancelled' and s.ends_at > @now and `+event.Managing, args).Scan(&n)
	return n, postgres.Fault(err)
}
