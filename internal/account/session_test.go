package account

import (
	"testing"
	"time"

	"shtab/internal/fault"
	"shtab/internal/postgres/pgtest"
)

// TestWithheld: who has a second factor has no rights in a browser that has not shown it, staff
// not even without one; what is left is a volunteer's.
func TestWithheld(t *testing.T) {
	for _, c := range []struct {
		was      Actor
		role     Role
		orgs     int
		withheld bool
	}{
		{Actor{Role: Volunteer}, Volunteer, 0, false},
		{Actor{Role: Volunteer, Orgs: []int64{7}}, Volunteer, 1, false},
		{Actor{Role: Volunteer, Orgs: []int64{7}, HasMFA: true}, Volunteer, 0, true},
		{Actor{Role: Volunteer, Orgs: []int64{7}, HasMFA: true, MFAShown: true}, Volunteer, 1, false},
		{Actor{Role: Volunteer, HasMFA: true}, Volunteer, 0, false},
		{Actor{Role: Staff, Orgs: []int64{7}}, Volunteer, 0, true},
		{Actor{Role: Admin, HasMFA: true}, Volunteer, 0, true},
		{Actor{Role: Admin, HasMFA: true, MFAShown: true}, Admin, 0, false},
	} {
		a := c.was
		a.withhold()
		if a.Role != c.role || len(a.Orgs) != c.orgs || a.Withheld != c.withheld {
			t.Errorf("%+v becomes %+v", c.was, a)
		}
	}
}

// TestFresh: a proof counts for ten minutes, and of who has a second factor only with it.
func TestFresh(t *testing.T) {
	for _, c := range []struct {
		ago           time.Duration
		factor, shown bool
		want          bool
	}{
		{9 * time.Minute, false, false, true},
		{10 * time.Minute, false, false, false},
		{time.Minute, true, false, false},
		{time.Minute, true, true, true},
		{time.Hour, true, true, false},
	} {
		a := Actor{ProvedAt: now.Add(-c.ago), HasMFA: c.factor, MFAShown: c.shown}
		if a.IsFresh(now) != c.want {
			t.Errorf("%+v", c)
		}
	}
}

// TestSessions: each browser is listed, the one in use first; one's own can be ended, one or all
// others; nobody else's. That one is in use is kept every ten minutes and not before.
func TestSessions(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	in, me := h.join("a@mail.kz")
	_, other := h.join("b@mail.kz")
	second, _ := h.enter(ctx, in.PersonID, in.Epoch)
	third, _ := h.enter(ctx, in.PersonID, in.Epoch)
	seen := func() time.Time {
		return one[time.Time](h, `select seen_at from person_session where id = $1`, me.SessionID).UTC()
	}

	for _, c := range []struct{ after, want time.Duration }{
		{9 * time.Minute, 0},
		{10 * time.Minute, 10 * time.Minute},
		{19 * time.Minute, 10 * time.Minute},
	} {
		if _, err := h.Actor(ctx, me.SessionID, now.Add(c.after)); err != nil || !seen().Equal(now.Add(c.want)) {
			t.Errorf("after %v: seen at %v, %v", c.after, seen(), err)
		}
	}

	list, err := h.Sessions(ctx, third, now)
	if err != nil || len(list) != 3 || list[0].ID != third.SessionID || list[1].ID != me.SessionID ||
		list[0].Device != "Firefox, Linux" {
		t.Errorf("%+v, %v", list, err)
	}
	says(t, h.EndSession(ctx, other, me.SessionID, now), fault.KindNotFound, "fault.not_found")
	if err := h.EndSession(ctx, me, second.SessionID, now); err != nil {
		t.Error(err)
	}
	says(t, h.EndSession(ctx, me, second.SessionID, now), fault.KindNotFound, "fault.not_found")
	if _, err := h.Actor(ctx, second.SessionID, now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("an ended session: %v", err)
	}
	for range 2 { // a repeated POST changes nothing more
		if err := h.EndOthers(ctx, me, now); err != nil {
			t.Error(err)
		}
	}
	if list, _ := h.Sessions(ctx, me, now); len(list) != 1 || list[0].ID != me.SessionID {
		t.Errorf("%+v", list)
	}
	if _, err := h.Actor(ctx, other.SessionID, now); err != nil {
		t.Errorf("somebody else's: %v", err)
	}
	if n := one[int](h,
		`select count(*)::int from audit where verb in ('account.end_session', 'account.end_sessions')
			and object_id = $1`, in.PersonID); n != 2 {
		t.Errorf("%d in the audit", n)
	}
	if err := h.Sweep(ctx, now.Add(SessionLife+time.Minute)); err != nil ||
		one[int](h, `select count(*)::int from person_session`) != 0 {
		t.Errorf("sessions stay: %v", err)
	}
}

// TestActorCostsOneStatement: a request asks who somebody is in one statement, and writes in every
// ten minutes' first.
func TestActorCostsOneStatement(t *testing.T) {
	h := newWorld(t)
	pool, statements := pgtest.Counted(t, 1)
	if _, err := pool.Exec(t.Context(),
		`insert into person (id, email, given_name, family_name, calendar_token, joined_at) overriding system value
			values (1, 'a@mail.kz', 'A', 'B', 'c', $1)`, now); err != nil {
		t.Fatal(err)
	}
	s := NewStore(pool, h.out, h.city, h.hasher)
	id, err := s.Begin(t.Context(), SignedIn{PersonID: 1, Epoch: 1}, "", false, now)
	if err != nil {
		t.Fatal(err)
	}
	statements.Take()
	for _, c := range []struct {
		after time.Duration
		want  int64
	}{{0, 1}, {9 * time.Minute, 1}, {10 * time.Minute, 2}, {11 * time.Minute, 1}} {
		if _, err := s.Actor(t.Context(), id, now.Add(c.after)); err != nil {
			t.Fatal(err)
		}
		if n := statements.Take(); n != c.want {
			t.Errorf("after %v: %d statements", c.after, n)
		}
	}
}

// TestProve: the own password counts, a wrong one is counted as an attempt to log in.
func TestProve(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	_, me := h.join("a@mail.kz")
	if err := h.Prove(ctx, me, goodPassword, now); err != nil {
		t.Error(err)
	}
	for range loginLimit.Most {
		says(t, h.Prove(ctx, me, "бөтен құпиясөз", now), fault.KindInvalid, "password=account.error.old_password")
	}
	says(t, h.Prove(ctx, me, goodPassword, now), fault.KindTooMany, "account.error.too_many")
	later := now.Add(time.Hour)
	if err := KeepProof(ctx, h.db, me, true, false, later); err != nil {
		t.Error(err)
	}
	if a, err := h.Actor(ctx, me.SessionID, later); err != nil || !a.IsFresh(later) || a.MFAShown {
		t.Errorf("%+v, %v", a, err)
	}
}
