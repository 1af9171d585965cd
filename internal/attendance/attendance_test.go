package attendance_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/attendance"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/signup"
)

// The shift of these tests takes two hours of a Monday in Astana, from 15:00.
var (
	starts = time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	ends   = starts.Add(2 * time.Hour)
)

// world is a database with one published event of one shift, run by host.
type world struct {
	testing.TB
	db      *pgxpool.Pool
	store   *attendance.Store
	signups *signup.Store
	host    account.Actor
	event   int64
	shift   int64
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{TB: t, db: pgtest.Pool(t)}
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	out, err := outbox.New(w.db, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.store, w.signups = attendance.NewStore(w.db, out, city), signup.NewStore(w.db, out, city)
	org := w.id(`insert into org (slug, kind, name, joined_on)
		values ('host', 'ngo', '{"ru": "Хозяин"}', '2020-01-01') returning id`)
	campaign := w.id(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
		values ('c', $1, '{}', '{}', 'leaf', 'tree', '2026-01-01') returning id`, org)
	w.host = account.Actor{PersonID: w.person(), Orgs: []int64{org}}
	w.event = w.id(`insert into event
		(campaign_id, org_id, state, title, place, starts_at, ends_at, created_at, published_at, updated_at)
		values ($1, $2, 'published', '{"ru": "Посадка"}', '{"ru": "Парк"}', $3, $4, $5, $5, $5) returning id`,
		campaign, org, starts, ends, starts.AddDate(0, 0, -7))
	w.shift = w.id(`insert into shift (event_id, starts_at, ends_at, capacity) values ($1, $2, $3, 20) returning id`,
		w.event, starts, ends)
	return w
}

func (w *world) id(sql string, args ...any) (id int64) {
	w.Helper()
	if err := w.db.QueryRow(w.Context(), sql, args...).Scan(&id); err != nil {
		w.Fatal(err)
	}
	return id
}

// person makes an adult.
func (w *world) person() int64 {
	w.Helper()
	return w.id(`insert into person (given_name, family_name, birth_date, calendar_token, joined_at)
		values ('Айдана', 'Серікова', '1996-01-15', gen_random_uuid()::text, '2026-05-01') returning id`)
}

// join signs a new person up and returns the id of the confirmed sign-up.
func (w *world) join() int64 {
	w.Helper()
	r, err := w.signups.Join(w.Context(), account.Actor{PersonID: w.person()}, w.shift, starts.AddDate(0, 0, -1))
	if err != nil || r.State != signup.Confirmed {
		w.Fatalf("join: %+v, %v", r, err)
	}
	return r.SignupID
}

// by is the host as a marker.
func (w *world) by() attendance.Marker { return attendance.Marker{Actor: w.host} }

// link makes a helper's link that is open around the shift.
func (w *world) link() attendance.HelperLink {
	w.Helper()
	in := attendance.NewHelperLink{
		EventID: w.event, Label: "Вход", OpensAt: starts.Add(-2 * time.Hour), ClosesAt: ends.Add(time.Hour),
		Key: "form",
	}
	token, err := w.store.CreateHelperLink(w.Context(), w.host, in, starts.Add(-3*time.Hour))
	if err != nil {
		w.Fatal(err)
	}
	l, err := w.store.HelperLinkByToken(w.Context(), token, starts)
	if err != nil {
		w.Fatal(err)
	}
	return l
}

func (w *world) checkIn(
	by attendance.Marker, m attendance.CheckInMark, now time.Time, want attendance.Status, changed bool,
) {
	w.Helper()
	a, got, err := w.store.CheckIn(w.Context(), by, m, now)
	if err != nil || got != changed || a.Status(now) != want {
		w.Fatalf("check-in: %s, changed %v, %v; want %s, %v", a.Status(now), got, err, want, changed)
	}
}

func (w *world) undo(
	by attendance.Marker, m attendance.CheckInMark, now time.Time, want attendance.Status, changed bool,
) {
	w.Helper()
	a, got, err := w.store.Undo(w.Context(), by, m, now)
	if err != nil || got != changed || a.Status(now) != want {
		w.Fatalf("undo: %s, changed %v, %v; want %s, %v", a.Status(now), got, err, want, changed)
	}
}

func (w *world) wantFault(err error, kind fault.Kind) {
	w.Helper()
	if fault.Of(err) != kind {
		w.Errorf("%v; want kind %d", err, kind)
	}
}

// TestStatus: an attendee's status follows from the sign-up, the event and the time, in this order.
func TestStatus(t *testing.T) {
	at := starts
	ready := attendance.Attendee{
		EventState: event.Published, State: signup.Confirmed, StartsAt: starts, EndsAt: ends,
	}
	with := func(change func(*attendance.Attendee)) attendance.Attendee {
		a := ready
		change(&a)
		return a
	}
	for name, c := range map[string]struct {
		attendee attendance.Attendee
		at       time.Time
		want     attendance.Status
	}{
		"ready":                {ready, starts, attendance.Ready},
		"when check-in opens":  {ready, starts.Add(-attendance.OpensBefore), attendance.Ready},
		"before it opens":      {ready, starts.Add(-attendance.OpensBefore - time.Second), attendance.TooEarly},
		"when check-in closes": {ready, ends.Add(attendance.ClosesAfter), attendance.Ready},
		"after it has closed":  {ready, ends.Add(attendance.ClosesAfter + time.Second), attendance.TooLate},
		"checked in": {
			with(func(a *attendance.Attendee) { a.CheckedInAt, a.ClosedAt = &at, &at }), ends, attendance.CheckedIn,
		},
		"cancelled after check-in": {
			with(func(a *attendance.Attendee) { a.CheckedInAt, a.State = &at, signup.Cancelled }), ends,
			attendance.SignupCancelled,
		},
		"event cancelled": {
			with(func(a *attendance.Attendee) { a.EventState = event.Cancelled }), starts, attendance.NotTakingPlace,
		},
		"on the waiting list": {
			with(func(a *attendance.Attendee) { a.State = signup.Waitlisted }), starts, attendance.Waitlisted,
		},
		"without consent": {
			with(func(a *attendance.Attendee) { a.State = signup.AwaitingConsent }), starts,
			attendance.AwaitingConsent,
		},
		"hours confirmed": {
			with(func(a *attendance.Attendee) { a.ClosedAt = &at }), starts, attendance.HoursConfirmed,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.attendee.Status(c.at); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestCheckIn: a mark counts from when it was made, and the first of several marks wins.
func TestCheckIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := attendance.CheckInMark{SignupID: w.join()}
	w.checkIn(w.by(), m, starts.Add(-3*time.Hour), attendance.TooEarly, false)

	late := attendance.CheckInMark{SignupID: m.SignupID, Ago: 10 * time.Minute} // kept by a phone without network
	w.checkIn(w.by(), late, starts.Add(10*time.Minute), attendance.CheckedIn, true)
	w.checkIn(w.by(), m, starts.Add(20*time.Minute), attendance.CheckedIn, false)
	a, err := w.store.Attendee(t.Context(), w.by(), m.SignupID, starts)
	if err != nil || a.CheckedInAt == nil || !a.CheckedInAt.Equal(starts) {
		t.Errorf("checked in at %v, %v; want %v", a.CheckedInAt, err, starts)
	}
	if n := w.id(`select count(*) from audit where verb = 'attendance.check_in'`); n != 1 {
		t.Errorf("%d check-ins in the audit", n)
	}

	m.Ago = attendance.MaxMarkAge + time.Second
	_, _, err = w.store.CheckIn(t.Context(), w.by(), m, ends)
	w.wantFault(err, fault.KindGone)
	stranger := attendance.Marker{Actor: account.Actor{PersonID: w.person()}}
	_, _, err = w.store.CheckIn(t.Context(), stranger, attendance.CheckInMark{SignupID: m.SignupID}, starts)
	w.wantFault(err, fault.KindNotFound)
}

// TestUndo: the later of a check-in and its undoing counts, in whichever order they arrive, and a helper's
// link takes back only its own marks.
func TestUndo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	m := attendance.CheckInMark{SignupID: w.join()}
	helper := attendance.Marker{Link: w.link()}

	w.checkIn(w.by(), m, starts, attendance.CheckedIn, true)
	w.undo(helper, m, starts.Add(time.Minute), attendance.CheckedIn, false) // the host's mark
	early := attendance.CheckInMark{SignupID: m.SignupID, Ago: 2 * time.Minute}
	w.undo(w.by(), early, starts.Add(time.Minute), attendance.CheckedIn, false) // made before the check-in
	w.undo(w.by(), m, starts.Add(2*time.Minute), attendance.Ready, true)
	w.undo(w.by(), m, starts.Add(3*time.Minute), attendance.Ready, false)
	// A check-in from before the undoing arrives after it.
	w.checkIn(helper, early, starts.Add(3*time.Minute), attendance.Ready, false)

	w.checkIn(helper, m, starts.Add(4*time.Minute), attendance.CheckedIn, true)
	w.undo(helper, m, starts.Add(5*time.Minute), attendance.Ready, true)
	if n := w.id(`select count(*) from door_use where door_id = $1`, helper.Link.ID); n != 2 {
		t.Errorf("%d uses of the link, want 2", n)
	}

	if _, err := w.store.ConfirmHours(t.Context(), w.host, w.event, nil, attendance.Results{}, ends); err != nil {
		t.Fatal(err)
	}
	_, _, err := w.store.Undo(t.Context(), w.by(), m, ends)
	w.wantFault(err, fault.KindConflict)
}
