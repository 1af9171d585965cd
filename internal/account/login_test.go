package account

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func TestLogin(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	me, _ := h.join("a@mail.kz")
	in, err := h.Login(ctx, " A@mail.kz", goodPassword, now)
	if err != nil || in.PersonID != me.PersonID || in.Epoch != me.Epoch || in.Lang != i18n.RU {
		t.Errorf("%+v, %v", in, err)
	}
	for _, try := range [][2]string{
		{"a@mail.kz", "жеті қат көк"},
		{"a@mail.kz", ""},
		{"a@mail.kz", strings.Repeat("x", 1<<20)},
		{"a@mail.kz", goodPassword + "\x00"},
		{"nobody@mail.kz", goodPassword},
		{"", goodPassword},
		{"not an e-mail", goodPassword},
		{"a\x00@mail.kz", goodPassword},
		{"a\xff@mail.kz", goodPassword},
	} {
		_, err := h.Login(ctx, try[0], try[1], now)
		says(t, err, fault.KindInvalid, "email=account.error.login")
	}
	h.exec(`update person set suspended_at = $1`, now)
	_, err = h.Login(ctx, "a@mail.kz", "wrong", now)
	says(t, err, fault.KindInvalid, "email=account.error.login")
	_, err = h.Login(ctx, "a@mail.kz", goodPassword, now)
	says(t, err, fault.KindConflict, "account.error.suspended")
	h.exec(`update person set merged_into = id where id = $1`, me.PersonID)
	_, err = h.Login(ctx, "a@mail.kz", goodPassword, now)
	says(t, err, fault.KindConflict, "account.error.merged")
	_, err = h.enter(ctx, me.PersonID, me.Epoch)
	says(t, err, fault.KindNotFound, "fault.not_found")
}

// TestUnknownTakesAsLong: an e-mail that nobody has costs one check of a hash like anybody's, so that
// the time of the answer does not tell who has an account.
func TestUnknownTakesAsLong(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	h.join("a@mail.kz")
	var hashes []string
	hasher := NewHasher()
	hasher.check = func(password, hash string) (bool, *argon2id.Params, error) {
		hashes = append(hashes, hash)
		return argon2id.CheckHash(password, hash)
	}
	h.hasher = hasher
	for _, email := range []string{"a@mail.kz", "b@mail.kz", "not an e-mail"} {
		hashes = nil
		_, err := h.Login(ctx, email, "a wrong password", now)
		says(t, err, fault.KindInvalid, "email=account.error.login")
		if len(hashes) != 1 {
			t.Fatalf("%s: %d hashes are checked, want 1", email, len(hashes))
		}
		params, _, _, err := argon2id.DecodeHash(hashes[0])
		if err != nil || *params != passwordParams {
			t.Errorf("%s: the hash costs %+v, %v; want %+v", email, params, err, passwordParams)
		}
	}
}

func TestLoginIsThrottled(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	h.join("a@mail.kz")
	for _, email := range []string{"a@mail.kz", "nobody@mail.kz"} {
		for range loginLimit.Most {
			_, err := h.Login(ctx, email, "a wrong password", now)
			says(t, err, fault.KindInvalid, "email=account.error.login")
		}
		_, err := h.Login(ctx, email, goodPassword, now)
		says(t, err, fault.KindTooMany, "account.error.too_many")
	}
	// A quarter of an hour later all is forgotten; and so it is after a success.
	later := now.Add(15 * time.Minute)
	for range 3 {
		for range loginLimit.Most - 1 {
			_, err := h.Login(ctx, "a@mail.kz", "a wrong password", later)
			says(t, err, fault.KindInvalid, "email=account.error.login")
		}
		if _, err := h.Login(ctx, "a@mail.kz", goodPassword, later); err != nil {
			t.Fatal(err)
		}
	}
	// At once, exactly as many are let through.
	got := together(3*loginLimit.Most, func(int) error {
		_, err := h.Login(ctx, "b@mail.kz", "a wrong password", now)
		return err
	})
	if got[fault.KindInvalid] != loginLimit.Most || got[fault.KindTooMany] != 2*loginLimit.Most {
		t.Errorf("outcomes %v", got)
	}
	h.RateLimits = false
	if _, err := h.Login(ctx, "b@mail.kz", "a wrong password", now); fault.Of(err) != fault.KindInvalid {
		t.Error(err)
	}
}

func TestRehash(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	h.join("a@mail.kz")
	weak, err := argon2id.CreateHash(goodPassword,
		&argon2id.Params{Memory: 8 << 10, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	h.exec(`update person set password_hash = $1`, weak)
	for range 2 {
		if _, err := h.Login(ctx, "a@mail.kz", goodPassword, now); err != nil {
			t.Fatal(err)
		}
		if s := one[string](h, `select password_hash from person`); !strings.Contains(s, "m=19456,t=2,p=1") {
			t.Error(s)
		}
	}
	// й in one letter or in two is one password.
	hash, err := h.hasher.Hash(ctx, "\u0439\u043e\u0434")
	if err != nil {
		t.Fatal(err)
	}
	if ok, _, err := h.hasher.Verify(ctx, "\u0438\u0306\u043e\u0434", hash); !ok || err != nil {
		t.Error(ok, err)
	}
}

// reset asks for a link and returns its token.
func (h world) reset(email string) string {
	h.t.Helper()
	if err := h.RequestReset(h.t.Context(), email, i18n.EN, now); err != nil {
		h.t.Fatal(err)
	}
	m, err := h.ResetLetter(h.t.Context(), one[int64](h, `select max(id) from password_reset`), now)
	if err != nil || m.To != email || m.Lang != i18n.EN || m.Name != "Әлия" || len(m.Token) != 43 {
		h.t.Fatalf("%+v, %v", m, err)
	}
	return m.Token
}

func TestReset(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	me, _ := h.join("a@mail.kz")
	gone := func(token string, at time.Time) {
		t.Helper()
		says(t, h.CheckReset(ctx, token, at), fault.KindGone, "account.error.reset_gone")
		_, err := h.ResetPassword(ctx, token, "a new password", at)
		says(t, err, fault.KindGone, "account.error.reset_gone")
	}
	token, second := h.reset("a@mail.kz"), h.reset("a@mail.kz")
	if n := one[int](h, `select count(*) from river_job where args->>'kind' = 'password_reset'`); n != 2 {
		t.Errorf("%d mails", n)
	}
	for _, bad := range []string{"", "x", token[:42], token + "A", "\x00", "\xff", strings.Repeat("A", 1<<16)} {
		gone(bad, now)
	}
	gone(token, now.Add(resetLife))
	if err := h.CheckReset(ctx, token, now.Add(resetLife-time.Second)); err != nil {
		t.Error(err)
	}
	_, err := h.ResetPassword(ctx, token, "short", now)
	says(t, err, fault.KindInvalid, "password=account.error.password_short")
	in, err := h.ResetPassword(ctx, token, "a new password", now)
	if err != nil || in.PersonID != me.PersonID || in.Epoch != me.Epoch+1 {
		t.Fatalf("%+v, %v", in, err)
	}
	gone(token, now)
	gone(second, now)
	_, err = h.enter(ctx, me.PersonID, me.Epoch)
	says(t, err, fault.KindNotFound, "fault.not_found")
	if _, err := h.enter(ctx, in.PersonID, in.Epoch); err != nil {
		t.Error(err)
	}
	_, err = h.Login(ctx, "a@mail.kz", goodPassword, now)
	says(t, err, fault.KindInvalid, "email=account.error.login")
	if _, err := h.Login(ctx, "a@mail.kz", "a new password", now); err != nil {
		t.Error(err)
	}
}

func TestResetOfAnUnknownEmail(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	h.join("a@mail.kz")
	h.exec(`update person set suspended_at = $1`, now)
	says(t, h.RequestReset(ctx, "no e-mail", i18n.KK, now), fault.KindInvalid, "email=account.error.email")
	for _, email := range []string{"b@mail.kz", "a@mail.kz"} { // unknown, suspended
		for range resetLimit.Most {
			if err := h.RequestReset(ctx, email, i18n.KK, now); err != nil {
				t.Fatal(err)
			}
		}
		if m, err := h.ResetLetter(ctx, one[int64](h, `select max(id) from password_reset`), now); !errors.As(err,
			new(outbox.NoLonger)) {
			t.Errorf("%+v, %v", m, err)
		}
		says(t, h.RequestReset(ctx, email, i18n.KK, now), fault.KindTooMany, "account.error.too_many_mails")
	}
}

func TestParallelResets(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	me, _ := h.join("a@mail.kz")
	tokens := []string{h.reset("a@mail.kz"), h.reset("a@mail.kz")}
	got := together(8, func(i int) error {
		_, err := h.ResetPassword(ctx, tokens[i%2], fmt.Sprintf("new password %d", i), now)
		return err
	})
	if got[0] != 1 || got[fault.KindGone] != 7 || one[int](h, `select epoch from person`) != me.Epoch+1 {
		t.Errorf("outcomes %v, want one", got)
	}
}

func TestChangePassword(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	me, actor := h.join("a@mail.kz")
	token := h.reset("a@mail.kz")
	_, err := h.ChangePassword(ctx, actor, "wrong", "a new password", now)
	says(t, err, fault.KindInvalid, "old_password=account.error.old_password")
	_, err = h.ChangePassword(ctx, actor, goodPassword, "Әлия қожахметқызы", now)
	says(t, err, fault.KindInvalid, "password=account.error.password_personal")
	got := together(4, func(i int) error {
		_, err := h.ChangePassword(ctx, actor, goodPassword, fmt.Sprintf("a new password %d", i), now)
		return err
	})
	if got[0] != 1 || got[fault.KindInvalid] != 3 {
		t.Errorf("outcomes %v, want one change", got)
	}
	_, err = h.enter(ctx, me.PersonID, me.Epoch)
	says(t, err, fault.KindNotFound, "fault.not_found")
	if _, err := h.enter(ctx, me.PersonID, me.Epoch+1); err != nil {
		t.Error(err)
	}
	says(t, h.CheckReset(ctx, token, now), fault.KindGone, "account.error.reset_gone")
}
