package account

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shtab/internal/fault"
	"shtab/internal/outbox"
)

// change asks for a new e-mail and returns the code of it.
func (h world) change(a Actor, email string) (id int64, code string) {
	h.t.Helper()
	if err := h.RequestEmail(h.t.Context(), a, email, now); err != nil {
		h.t.Fatal(err)
	}
	id = one[int64](h, `select max(id) from email_change where person_id = $1`, a.PersonID)
	return id, one[string](h, `select code from email_change where id = $1`, id)
}

func (h world) email(a Actor) string {
	return one[string](h, `select email from person where id = $1`, a.PersonID)
}

// TestChangeEmail: the code of the last mail counts, for a quarter of an hour and five tries; the
// old e-mail is told; open links to a new password are void; sent twice is the same.
func TestChangeEmail(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	_, me := h.join("a@mail.kz")
	says(t, h.RequestEmail(ctx, me, "A@mail.kz", now), fault.KindInvalid, "email=factor.error.same_email")
	says(t, h.RequestEmail(ctx, me, "new", now), fault.KindInvalid, "email=account.error.email")
	says(t, h.ConfirmEmail(ctx, me, "123456", now), fault.KindGone, "factor.error.email_expired")
	_, first := h.change(me, "first@mail.kz")
	id, code := h.change(me, "New@mail.kz")
	if first != code {
		says(t, h.ConfirmEmail(ctx, me, first, now), fault.KindInvalid, "code=account.error.code_wrong")
	}
	says(t, h.ConfirmEmail(ctx, me, "12345", now), fault.KindInvalid, "code=account.error.code_format")
	says(t, h.ConfirmEmail(ctx, me, code, now.Add(codeLife)), fault.KindGone, "factor.error.email_expired")
	if m, err := h.EmailCodeLetter(ctx, id, now); err != nil || m.To != "new@mail.kz" || m.Code != code || m.Taken {
		t.Errorf("%+v, %v", m, err)
	}
	if awaited, _ := h.AwaitedEmail(ctx, me, now); awaited != "new@mail.kz" {
		t.Errorf("awaited: %q", awaited)
	}
	if err := h.RequestReset(ctx, "a@mail.kz", me.Lang, now); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := h.ConfirmEmail(ctx, me, code[:3]+" "+code[3:], now); err != nil || h.email(me) != "new@mail.kz" {
			t.Errorf("%v, %s", err, h.email(me))
		}
	}
	if m, err := h.EmailChangedLetter(ctx, id); err != nil || m.To != "a@mail.kz" || m.Name != "Әлия" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := h.EmailCodeLetter(ctx, id, now); !errors.As(err, new(outbox.NoLonger)) {
		t.Errorf("a code after the change: %v", err)
	}
	if n := one[int](h, `select count(*)::int from password_reset where used_at is null`); n != 0 {
		t.Errorf("%d open links", n)
	}
	if n := one[int](h, `select count(*)::int from audit where verb = 'account.change_email'`); n != 1 {
		t.Errorf("%d in the audit", n)
	}
	if n := one[int](h, `select count(*)::int from river_job where args->>'kind' = 'email_changed'`); n != 1 {
		t.Errorf("%d mails", n)
	}
	if awaited, _ := h.AwaitedEmail(ctx, me, now); awaited != "" {
		t.Errorf("awaited: %q", awaited)
	}
}

// TestEmailTries: five tries, then the right code no longer helps; five mails an hour.
func TestEmailTries(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	_, me := h.join("a@mail.kz")
	_, code := h.change(me, "b@mail.kz")
	wrong := "000000"
	if code == wrong {
		wrong = "111111"
	}
	for range codeAttempts {
		says(t, h.ConfirmEmail(ctx, me, wrong, now), fault.KindInvalid, "code=account.error.code_wrong")
	}
	says(t, h.ConfirmEmail(ctx, me, code, now), fault.KindGone, "factor.error.email_expired")
	for i := 1; i < emailLimit.Most; i++ {
		h.change(me, string(rune('c'+i))+"@mail.kz")
	}
	says(t, h.RequestEmail(ctx, me, "z@mail.kz", now), fault.KindTooMany, "account.error.too_many_mails")
	if err := h.Sweep(ctx, now.Add(25*time.Hour)); err != nil ||
		one[int](h, `select count(*)::int from email_change`) != 0 {
		t.Errorf("requests stay: %v", err)
	}
}

// TestEmailOfSomebody: an e-mail that has an account looks the same from outside; its owner is
// told; it never changes hands. Of several who confirm the same free one at once, one gets it.
func TestEmailOfSomebody(t *testing.T) {
	h, ctx := newWorld(t), t.Context()
	h.RateLimits = false
	_, me := h.join("a@mail.kz")
	_, owner := h.join("owner@mail.kz")
	id, code := h.change(me, "owner@mail.kz")
	if awaited, err := h.AwaitedEmail(ctx, me, now); err != nil || awaited != "owner@mail.kz" {
		t.Errorf("%q, %v", awaited, err)
	}
	if m, err := h.EmailCodeLetter(ctx, id, now); err != nil || !m.Taken {
		t.Errorf("%+v, %v", m, err)
	}
	says(t, h.ConfirmEmail(ctx, me, code, now), fault.KindConflict, "factor.error.email_taken")
	if h.email(me) != "a@mail.kz" || h.email(owner) != "owner@mail.kz" {
		t.Errorf("%s, %s", h.email(me), h.email(owner))
	}

	type asker struct {
		Actor
		code string
	}
	var askers []asker
	for _, name := range []string{"p", "q", "r", "s", "t", "u"} {
		_, a := h.join(name + "@mail.kz")
		_, code := h.change(a, "free@mail.kz")
		askers = append(askers, asker{a, code})
	}
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for _, a := range askers {
		wg.Go(func() {
			switch err := h.ConfirmEmail(context.Background(), a.Actor, a.code, now); {
			case err == nil:
				won.Add(1)
			case fault.Of(err) == fault.KindConflict:
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || int(lost.Load()) != len(askers)-1 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
}
