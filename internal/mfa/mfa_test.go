package mfa

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
)

// now is inside a quarter of an hour, so that no window ends during a test.
var now = time.Date(2026, 11, 23, 10, 1, 0, 0, time.UTC)

type fixture struct {
	*Store
	t  *testing.T
	db *pgxpool.Pool
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	t.Parallel()
	db := pgtest.Pool(t)
	out, err := outbox.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	s, err := NewStore(db, out, account.NewStore(db, out, city, account.NewHasher()), "https://shtab.test")
	if err != nil {
		t.Fatal(err)
	}
	return fixture{s, t, db}
}

func one[T any](h fixture, sql string, args ...any) (v T) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), sql, args...).Scan(&v); err != nil {
		h.t.Fatal(sql, ": ", err)
	}
	return v
}

// person is somebody with a role, in a session of their own.
func (h fixture) person(name string, role account.Role) account.Actor {
	h.t.Helper()
	id := one[int64](h, `insert into person (email, given_name, family_name, role, calendar_token, joined_at)
		values ($1 || '@mail.kz', 'Әлия', 'Сейт', $2, $1, $3) returning id`, name, role, now)
	return h.session(id)
}

// session is a new one of a person; their Actor as the next request knows it.
func (h fixture) session(id int64) account.Actor {
	h.t.Helper()
	epoch := one[int](h, `select epoch from person where id = $1`, id)
	s, err := h.accounts.Begin(h.t.Context(), account.SignedIn{PersonID: id, Epoch: epoch}, "", false, now)
	if err != nil {
		h.t.Fatal(err)
	}
	return h.again(s)
}

func (h fixture) again(session int64) account.Actor {
	h.t.Helper()
	a, err := h.accounts.Actor(h.t.Context(), session, now)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

// enrolled adds an app to a person and returns its secret and the recovery codes.
func (h fixture) enrolled(a account.Actor) (secret string, codes []string) {
	h.t.Helper()
	secret = NewSecret()
	codes, err := h.AddApp(h.t.Context(), a, secret, h.code(secret, now), now)
	if err != nil {
		h.t.Fatal(err)
	}
	return secret, codes
}

func (h fixture) code(secret string, at time.Time) string {
	h.t.Helper()
	c, err := Code(secret, at)
	if err != nil {
		h.t.Fatal(err)
	}
	return c
}

// mails is how many mails of a kind wait for a person.
func (h fixture) mails(kind outbox.Kind, person int64) int {
	return one[int](h,
		`select count(*)::int from river_job where kind = 'mail' and args->>'kind' = $1
			and (args->>'person_id')::bigint = $2`, string(kind), person)
}

// wrong compares err with Invalid with the field code and a key.
func wrong(t *testing.T, err error, key string) {
	t.Helper()
	if e, ok := err.(*fault.Error); !ok || e.Kind != fault.KindInvalid || e.Fields["code"] != key {
		t.Errorf("%v, want %s", err, key)
	}
}

// TestStandardVector: RFC 6238, appendix B, the last six digits.
func TestStandardVector(t *testing.T) {
	secret := secrets.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 20000000000: "353130"} {
		if got, err := Code(secret, time.Unix(at, 0)); got != want {
			t.Errorf("at %d: %s, %v", at, got, err)
		}
	}
	const want = "otpauth://totp/a@mail.kz?secret=AB&issuer=%D0%A8%D1%82%D0%B0%D0%B1%20%D0%90%26%D0%9E"
	if got := KeyURI("Штаб А&О", "a@mail.kz", "AB"); got != want {
		t.Error(got)
	}
}

// TestEnrol: the app is taken with a right first code only; log-in asks from then on, this browser
// has shown it, another one has not; the person is told; a second app replaces the first and keeps
// the recovery codes.
func TestEnrol(t *testing.T) {
	h := newFixture(t)
	ctx := t.Context()
	me := h.person("me", account.Staff)
	other := h.session(me.PersonID)
	if !me.Withheld || me.Role.Privileged() {
		t.Errorf("before: %+v", me)
	}
	secret := NewSecret()
	_, err := h.AddApp(ctx, me, secret, "000000", now)
	wrong(t, err, "factor.error.first_code")
	_, err = h.AddApp(ctx, me, secret, "12345", now)
	wrong(t, err, "factor.error.code_format")
	if _, err = h.AddApp(ctx, me, "AAAA", "123456", now); fault.Of(err) != fault.KindBadRequest {
		t.Error(err)
	}
	if of, _ := h.StatusOf(ctx, me); of.Any() || !of.Required {
		t.Errorf("%+v", of)
	}

	code := h.code(secret, now)
	codes, err := h.AddApp(ctx, me, secret, code[:3]+" "+code[3:], now)
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("%v, %v", codes, err)
	}
	if a := h.again(me.SessionID); !a.Role.Privileged() || !a.MFAShown || !a.HasMFA || a.Withheld {
		t.Errorf("after: %+v", a)
	}
	if a := h.again(other.SessionID); a.Role.Privileged() || a.MFAShown || !a.Withheld {
		t.Errorf("the other browser: %+v", a)
	}
	if of, _ := h.StatusOf(ctx, me); !of.Any() || of.Codes != recoveryCodes {
		t.Errorf("%+v", of)
	}
	wrong(t, h.Check(ctx, me, code, now), "factor.error.code") // the first code counts as used
	if again, err := h.AddApp(ctx, me, NewSecret(), "1", now); err == nil {
		t.Error(again)
	}
	second := NewSecret()
	if codes, err := h.AddApp(ctx, me, second, h.code(second, now), now); err != nil || codes != nil {
		t.Errorf("replaced: %v, %v", codes, err)
	}
	wrong(t, h.Check(ctx, me, h.code(secret, now.Add(30*time.Second)), now), "factor.error.code")
	if err := h.Check(ctx, me, codes[0], now); err != nil {
		t.Errorf("a recovery code after a new app: %v", err)
	}
	if n := h.mails(outbox.FactorAdded, me.PersonID); n != 2 {
		t.Errorf("%d mails", n)
	}
}

// TestCodeOnce: a code is taken once, of many that come at the same time exactly one is; the half
// minute before and after is taken, but none before one that was taken.
func TestCodeOnce(t *testing.T) {
	h := newFixture(t)
	h.accounts.RateLimits = false
	me := h.person("me", account.Volunteer)
	secret, _ := h.enrolled(me)
	at := now.Add(5 * time.Minute)
	code := h.code(secret, at)
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if h.Check(context.Background(), me, code, at) == nil {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Errorf("taken %d times", taken.Load())
	}
	for _, c := range []struct {
		aside time.Duration
		ok    bool
	}{{-30, false}, {0, false}, {60, false}, {30, true}, {30, false}} {
		if err := h.Check(t.Context(), me, h.code(secret, at.Add(c.aside*time.Second)), at); (err == nil) != c.ok {
			t.Errorf("%v aside: %v", c.aside, err)
		}
	}
	at = at.Add(10 * time.Minute)
	if err := h.Check(t.Context(), me, h.code(secret, at.Add(-30*time.Second)), at); err != nil {
		t.Errorf("the half minute before: %v", err)
	}
}

// TestAttempts: six codes of one person in a quarter of an hour, and no more, also the right one;
// somebody else is not held up; a right one forgets the wrong ones.
func TestAttempts(t *testing.T) {
	h := newFixture(t)
	ctx := t.Context()
	me, other := h.person("me", account.Volunteer), h.person("other", account.Volunteer)
	secret, codes := h.enrolled(me)
	theirs, _ := h.enrolled(other)
	next := now.Add(30 * time.Second)
	for range codeLimit.Most - 1 {
		wrong(t, h.Check(ctx, me, "000000", now), "factor.error.code")
	}
	if err := h.Check(ctx, me, h.code(secret, next), now); err != nil {
		t.Error(err)
	}
	for range codeLimit.Most {
		wrong(t, h.Check(ctx, me, "aaaa-bbbb-cccc-dddd", now), "factor.error.code")
	}
	if err := h.Check(ctx, me, codes[0], now); fault.Of(err) != fault.KindTooMany {
		t.Error(err)
	}
	if err := h.Check(ctx, other, h.code(theirs, next), now); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	if err := h.Check(ctx, me, codes[0], now.Add(15*time.Minute)); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
	wrong(t, h.Check(ctx, me, " - ", now.Add(15*time.Minute)), "factor.error.code_missing")
}

// TestRecoveryCodes: each works once, of several at the same time one; the person is told how many
// are left; a new set ends the old; nobody else's work. They are not kept as they are.
func TestRecoveryCodes(t *testing.T) {
	h := newFixture(t)
	h.accounts.RateLimits = false
	ctx := t.Context()
	me, other := h.person("me", account.Volunteer), h.person("other", account.Volunteer)
	_, codes := h.enrolled(me)
	_, theirs := h.enrolled(other)
	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if h.Check(context.Background(), me, strings.ToUpper(codes[0]), now) == nil {
				taken.Add(1)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 || h.mails(outbox.RecoveryUsed, me.PersonID) != 1 {
		t.Errorf("taken %d times, %d mails", taken.Load(), h.mails(outbox.RecoveryUsed, me.PersonID))
	}
	if left := one[int](h,
		`select (args->>'seq')::int from river_job where args->>'kind' = 'recovery_used'`); left != recoveryCodes-1 {
		t.Errorf("%d left", left)
	}
	wrong(t, h.Check(ctx, me, theirs[0], now), "factor.error.code")
	fresh, err := h.NewCodes(ctx, me, now)
	if err != nil || len(fresh) != recoveryCodes {
		t.Fatal(err)
	}
	wrong(t, h.Check(ctx, me, codes[1], now), "factor.error.code")
	if err := h.Check(ctx, me, strings.ReplaceAll(fresh[0], "-", " "), now); err != nil {
		t.Error(err)
	}
	if n := one[int](h, `select count(*)::int from recovery_code where hash = any($1)`,
		[][]byte{[]byte(fresh[1])}); n != 0 {
		t.Error("a code is kept as it is")
	}
	if _, err := h.NewCodes(ctx, h.person("third", account.Volunteer), now); fault.Of(err) != fault.KindConflict {
		t.Errorf("codes for nothing: %v", err)
	}
}

// TestLastStays: staff and administrators keep their last factor, whatever the browser has shown;
// others may go without, and then no browser counts as having shown one.
func TestLastStays(t *testing.T) {
	h := newFixture(t)
	ctx := t.Context()
	staff, volunteer := h.person("staff", account.Staff), h.person("volunteer", account.Volunteer)
	h.enrolled(staff)
	h.enrolled(volunteer)
	for _, a := range []account.Actor{h.again(staff.SessionID), h.session(staff.PersonID)} {
		if err := h.RemoveApp(ctx, a, now); fault.Of(err) != fault.KindConflict {
			t.Errorf("staff: %v", err)
		}
	}
	if of, _ := h.StatusOf(ctx, staff); !of.Any() || of.Codes != recoveryCodes {
		t.Errorf("%+v", of)
	}
	if err := h.RemoveApp(ctx, volunteer, now); err != nil {
		t.Fatal(err)
	}
	if err := h.RemoveApp(ctx, volunteer, now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("twice: %v", err)
	}
	if a := h.again(volunteer.SessionID); a.HasMFA || a.MFAShown || h.mails(outbox.FactorRemoved, a.PersonID) != 1 {
		t.Errorf("%+v", a)
	}
	if n := one[int](h, `select count(*)::int from recovery_code where person_id = $1`, volunteer.PersonID); n != 0 {
		t.Errorf("%d codes stay", n)
	}
}

// TestReset: an administrator, and nobody else, takes somebody's factors, once; not their own. The
// person is signed out and told.
func TestReset(t *testing.T) {
	h := newFixture(t)
	ctx := t.Context()
	admin, staff, lost := h.person("admin", account.Admin), h.person("staff", account.Staff),
		h.person("lost", account.Staff)
	for _, a := range []account.Actor{admin, staff, lost} {
		h.enrolled(a)
	}
	asked := h.session(admin.PersonID) // has not shown the factor
	admin, staff = h.again(admin.SessionID), h.again(staff.SessionID)
	for _, a := range []account.Actor{staff, asked, {}} {
		if err := h.Reset(ctx, a, lost.PersonID, now); fault.Of(err) != fault.KindForbidden {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if err := h.Reset(ctx, admin, admin.PersonID, now); fault.Of(err) != fault.KindConflict {
		t.Errorf("own: %v", err)
	}
	if err := h.Reset(ctx, admin, 1<<40, now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("nobody: %v", err)
	}
	for range 2 {
		if err := h.Reset(ctx, admin, lost.PersonID, now); err != nil {
			t.Fatal(err)
		}
	}
	if of, _ := h.StatusOf(ctx, lost); of.Any() || of.Codes != 0 {
		t.Errorf("%+v", of)
	}
	if _, err := h.accounts.Actor(ctx, lost.SessionID, now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("still signed in: %v", err)
	}
	if a := h.session(lost.PersonID); a.HasMFA || a.Role.Privileged() || !a.Withheld {
		t.Errorf("%+v", a)
	}
	if h.mails(outbox.FactorReset, lost.PersonID) != 1 ||
		one[int](h, `select count(*)::int from audit where verb = 'factor.reset' and actor_id = $1 and object_id = $2`,
			admin.PersonID, lost.PersonID) != 1 {
		t.Error("not told once, or not in the audit once")
	}
	if err := h.ResetByEmail(ctx, "Admin@mail.kz", now); err != nil {
		t.Fatal(err)
	}
	if of, _ := h.StatusOf(ctx, admin); of.Any() {
		t.Errorf("the command line: %+v", of)
	}
}
