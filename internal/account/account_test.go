package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres/pgtest"
)

// now is inside a quarter of an hour and an hour, so that no window ends during a test.
var now = time.Date(2026, 11, 22, 10, 1, 0, 0, time.UTC)

const goodPassword = "жеті қат көк, тоғыз дала"

// world is a Store on a database of its own.
type world struct {
	*Store
	t  *testing.T
	db *pgxpool.Pool
}

var sharedHasher = sync.OnceValue(NewHasher)

func newWorld(t *testing.T) world {
	t.Helper()
	db := pgtest.Pool(t)
	out, err := outbox.New(db, nil)
	if err != nil {
		t.Fatal(err)
	}
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	return world{NewStore(db, out, city, sharedHasher()), t, db}
}

// one is the only value of a query.
func one[T any](h world, sql string, args ...any) (v T) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), sql, args...).Scan(&v); err != nil {
		h.t.Fatal(sql, ": ", err)
	}
	return v
}

func (h world) exec(sql string, args ...any) {
	h.t.Helper()
	if _, err := h.db.Exec(h.t.Context(), sql, args...); err != nil {
		h.t.Fatal(sql, ": ", err)
	}
}

func form(email string) Registration {
	return Registration{
		Email: email, Password: goodPassword, GivenName: "Әлия", FamilyName: "Қожахметқызы", BirthDate: "2008-02-29",
		Phone: "8 701 123 45 67", Agree: true, Lang: i18n.RU, Next: "/ru/events/7?shift=9",
	}
}

func (h world) code(registration int64) string {
	h.t.Helper()
	return one[string](h, `select code from registration where id = $1`, registration)
}

// join makes an account and returns its session and Actor.
func (h world) join(email string) (SignedIn, Actor) {
	h.t.Helper()
	id, err := h.Register(h.t.Context(), form(email), now)
	if err != nil {
		h.t.Fatal(err)
	}
	in, err := h.Confirm(h.t.Context(), id, h.code(id), now)
	if err != nil {
		h.t.Fatal(err)
	}
	a, err := h.enter(h.t.Context(), in.PersonID, in.Epoch)
	if err != nil {
		h.t.Fatal(err)
	}
	return in, a
}

// enter begins a session of an epoch and asks who its Actor is.
func (h world) enter(ctx context.Context, person int64, epoch int) (Actor, error) {
	h.t.Helper()
	id, err := h.Begin(ctx, SignedIn{PersonID: person, Epoch: epoch}, "Firefox, Linux", false, now)
	if err != nil {
		return Actor{}, err
	}
	return h.Store.Actor(ctx, id, now)
}

// says compares err with a kind and a key: the fault's own or "field=key".
func says(t *testing.T, err error, kind fault.Kind, key string) {
	t.Helper()
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != kind {
		t.Errorf("got %v, want kind %d %s", err, kind, key)
		return
	}
	field, fieldKey, isField := strings.Cut(key, "=")
	if isField && e.Fields[field] != fieldKey || !isField && e.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func other(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestRegistration(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	id, err := h.Register(ctx, form("  Aliya@Mail.KZ "), now)
	if err != nil {
		t.Fatal(err)
	}
	if n := one[int](h,
		`select count(*) from river_job where args->>'kind' = 'register_code' and (args->>'subject_id')::bigint = $1`,
		id); n != 1 {
		t.Errorf("%d mails", n)
	}
	m, err := h.RegistrationLetter(ctx, id, now)
	if want := (RegistrationLetter{
		Recipient: outbox.Recipient{To: "aliya@mail.kz", Lang: i18n.RU, Name: "Әлия"},
		Code:      h.code(id), Next: "/ru/events/7?shift=9",
	}); err != nil || m != want || len(m.Code) != 6 {
		t.Errorf("mail %+v, %v", m, err)
	}
	if _, err := h.RegistrationLetter(ctx, id, now.Add(16*time.Minute)); !errors.As(err, new(outbox.NoLonger)) {
		t.Error("a code that has run out would be mailed")
	}
	in, err := h.Confirm(ctx, id, " "+m.Code[:3]+" "+m.Code[3:], now.Add(14*time.Minute))
	if err != nil || in.PersonID == 0 || in.Epoch != 1 || in.Lang != i18n.RU || in.Next != "/ru/events/7?shift=9" {
		t.Fatalf("%+v, %v", in, err)
	}
	p, err := h.Profile(ctx, Actor{PersonID: in.PersonID})
	if err != nil || p.Email != "aliya@mail.kz" || p.Phone != "+77011234567" || p.FamilyName != "Қожахметқызы" ||
		p.BirthDate.Format(time.DateOnly) != "2008-02-29" || len(p.CalendarToken) < 26 || p.BirthDateCorrected {
		t.Errorf("%+v, %v", p, err)
	}
	if v := one[string](h, `select version from data_consent where person_id = $1 and purpose = 'registration'`,
		in.PersonID); v != h.city.Consent(config.Registration).Version {
		t.Error("consent to", v)
	}
	if n := one[int](h, `select count(*) from audit where verb = 'account.register' and object_id = $1`,
		in.PersonID); n != 1 {
		t.Errorf("%d audit entries", n)
	}
	if again, err := h.Confirm(ctx, id, m.Code, now); err != nil || again != in {
		t.Errorf("the second post of the code: %+v, %v", again, err)
	}
	says(t, h.Resend(ctx, id, now), fault.KindGone, "account.error.code_expired")
	_, err = h.RegistrationLetter(ctx, id, now)
	if !errors.As(err, new(outbox.NoLonger)) {
		t.Error(err)
	}
	if _, err := h.Login(ctx, "ALIYA@mail.kz", goodPassword, now); err != nil {
		t.Error(err)
	}
}

// TestRegistrationOfAKnownEmail compares what can be seen from outside with a new e-mail's.
func TestRegistrationOfAKnownEmail(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	known, _ := h.join("known@mail.kz")
	in := form("known@mail.kz")
	in.GivenName = "Stranger"
	id, err := h.Register(ctx, in, now)
	if err != nil || id == 0 {
		t.Fatal(err)
	}
	m, err := h.RegistrationLetter(ctx, id, now)
	if err != nil || !m.HasAccount || m.Code != "" || m.Name != "Әлия" {
		t.Errorf("%+v, %v", m, err)
	}
	fresh, err := h.Register(ctx, form("fresh@mail.kz"), now)
	if err != nil {
		t.Fatal(err)
	}
	for range codeResends {
		if a, b := h.Resend(ctx, id, now), h.Resend(ctx, fresh, now); a != nil || b != nil {
			t.Error(a, b)
		}
	}
	a, b := h.Resend(ctx, id, now), h.Resend(ctx, fresh, now)
	says(t, a, fault.KindTooMany, "account.error.too_many_codes")
	if fmt.Sprint(a) != fmt.Sprint(b) {
		t.Errorf("%v, %v", a, b)
	}
	if n := one[int](h, `select count(*) from river_job where (args->>'subject_id')::bigint = $1`,
		fresh); n != 1+codeResends {
		t.Errorf("%d mails", n)
	}
	for i := range codeAttempts + 1 {
		typed := other(h.code(fresh))
		if i == 0 {
			typed = h.code(id) // right, and still wrong
		}
		_, a := h.Confirm(ctx, id, typed, now)
		_, b := h.Confirm(ctx, fresh, other(h.code(fresh)), now)
		if a == nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("attempt %d: %v, %v", i+1, a, b)
		}
	}
	if n := one[int](h, `select count(*) from person`); n != 1 {
		t.Errorf("%d people", n)
	}
	if _, err := h.enter(ctx, known.PersonID, known.Epoch); err != nil {
		t.Error(err)
	}
}

func TestWrongCodes(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	id, err := h.Register(ctx, form("a@mail.kz"), now)
	if err != nil {
		t.Fatal(err)
	}
	code := h.code(id)
	for _, typed := range []string{"", "12345", "1234567", "abcdef", "１２３４５６", "12\x0034", "\xff12345"} {
		_, err := h.Confirm(ctx, id, typed, now)
		says(t, err, fault.KindInvalid, "code=account.error.code_format")
	}
	for range codeAttempts {
		_, err := h.Confirm(ctx, id, other(code), now)
		says(t, err, fault.KindInvalid, "code=account.error.code_wrong")
	}
	_, err = h.Confirm(ctx, id, code, now)
	says(t, err, fault.KindGone, "account.error.code_expired")
	says(t, h.Resend(ctx, id, now), fault.KindGone, "account.error.code_expired")
	_, err = h.Confirm(ctx, -7, code, now)
	says(t, err, fault.KindGone, "account.error.code_expired")
}

func TestCodeExpiresAndIsSentAgain(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	id, err := h.Register(ctx, form("a@mail.kz"), now)
	if err != nil {
		t.Fatal(err)
	}
	first := h.code(id)
	for range codeResends { // one draw in a million repeats the code
		if err := h.Resend(ctx, id, now.Add(10*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	if h.code(id) == first {
		t.Error("the code is the old one")
	}
	_, err = h.Confirm(ctx, id, h.code(id), now.Add(25*time.Minute))
	says(t, err, fault.KindGone, "account.error.code_expired")
	if _, err := h.Confirm(ctx, id, h.code(id), now.Add(24*time.Minute)); err != nil {
		t.Error(err)
	}
}

// together runs n calls at once and counts how each ended.
func together(n int, call func(i int) error) map[fault.Kind]int {
	var mu sync.Mutex
	var wg sync.WaitGroup
	got := map[fault.Kind]int{}
	for i := range n {
		wg.Go(func() {
			err := call(i)
			kind := fault.Of(err)
			if err != nil && kind == 0 {
				kind = -1
			}
			mu.Lock()
			got[kind]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return got
}

func TestParallelConfirms(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	// Twice the same registration, and another of the same e-mail.
	a, err1 := h.Register(ctx, form("a@mail.kz"), now)
	b, err2 := h.Register(ctx, form("a@mail.kz"), now)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	ids := []int64{a, a, a, b, b, b}
	codes := map[int64]string{a: h.code(a), b: h.code(b)}
	got := together(len(ids), func(i int) error {
		_, err := h.Confirm(ctx, ids[i], codes[ids[i]], now)
		return err
	})
	if got[0] != 3 || got[-1] != 0 || one[int](h, `select count(*) from person`) != 1 {
		t.Errorf("outcomes %v, want one account", got)
	}
}

func TestRegistrationIsThrottledPerEmail(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	for range registerLimit.Most {
		if _, err := h.Register(ctx, form("a@mail.kz"), now); err != nil {
			t.Fatal(err)
		}
	}
	_, err := h.Register(ctx, form("a@mail.kz"), now)
	says(t, err, fault.KindTooMany, "account.error.too_many_mails")
	if _, err := h.Register(ctx, form("b@mail.kz"), now); err != nil {
		t.Error(err)
	}
	if _, err := h.Register(ctx, form("a@mail.kz"), now.Add(time.Hour)); err != nil {
		t.Error(err)
	}
	h.RateLimits = false
	if _, err := h.Register(ctx, form("a@mail.kz"), now); err != nil {
		t.Error(err)
	}
}

func TestSweep(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	if _, err := h.Register(ctx, form("a@mail.kz"), now); err != nil {
		t.Fatal(err)
	}
	if err := h.RequestReset(ctx, "a@mail.kz", i18n.KK, now); err != nil {
		t.Fatal(err)
	}
	h.exec(`insert into sessions (token, data, expiry) values ('x', '', $1)`, now.Add(time.Minute))
	left := func() map[string]int {
		m := map[string]int{}
		for _, table := range []string{"registration", "password_reset", "throttle", "sessions"} {
			m[table] = one[int](h, `select count(*) from `+table)
		}
		return m
	}
	was := left()
	if err := h.Sweep(ctx, now); err != nil || !maps.Equal(was, left()) {
		t.Errorf("%v: %v became %v", err, was, left())
	}
	if err := h.Sweep(ctx, now.Add(25*time.Hour)); err != nil {
		t.Error(err)
	}
	if m := left(); slices.Max(slices.Collect(maps.Values(m))) != 0 {
		t.Errorf("left: %v", m)
	}
}

func TestCreateUser(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	if err := h.CreateUser(ctx, "Staff@Shtab.kz", goodPassword, "Айгүл", "Сәрсен", Staff, now); err != nil {
		t.Fatal(err)
	}
	in, err := h.Login(ctx, "staff@shtab.kz", goodPassword, now)
	if err != nil {
		t.Fatal(err)
	}
	a, err := h.enter(ctx, in.PersonID, in.Epoch)
	if err != nil || !in.MustAddMFA || a.Can(Review) || !a.Withheld {
		t.Errorf("staff before the second factor: %+v, %+v, %v", in, a, err)
	}
	h.exec(`update person_session set factor_at = $1`, now)
	a, err = h.Actor(ctx, a.SessionID, now)
	if err != nil || !a.Can(Review) || a.Can(SetCity) || a.Withheld {
		t.Errorf("%+v, %v", a, err)
	}
	says(t, h.CreateUser(ctx, "staff@shtab.kz", goodPassword, "Айгүл", "Сәрсен", Staff, now), fault.KindConflict,
		"fault.email_taken")
	says(t, h.CreateUser(ctx, "x@shtab.kz", goodPassword, "Айгүл", "Сәрсен", "king", now), fault.KindInvalid,
		"role=account.error.role")
}

func TestHasherQueue(t *testing.T) {
	h := NewHasher()
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	h.waiting.Store(hashQueue)
	_, err := h.Hash(t.Context(), goodPassword)
	says(t, err, fault.KindUnavailable, "fault.unavailable")
	h.waiting.Store(0)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, _, err = h.Verify(ctx, goodPassword, "")
	says(t, err, fault.KindUnavailable, "fault.unavailable")
	if n := h.waiting.Load(); n != 0 {
		t.Errorf("%d still wait", n)
	}
}
