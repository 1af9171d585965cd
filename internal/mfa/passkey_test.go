package mfa

import (
	"strings"
	"testing"

	"shtab/internal/account"
	"shtab/internal/fault"
)

// TestPasskeyRefusals: what is no answer to the question asked is refused. That a real one is taken
// is shown by web/e2e.
func TestPasskeyRefusals(t *testing.T) {
	h := newFixture(t)
	ctx := t.Context()
	me := h.person("me", account.Staff)
	q, err := h.BeginAddPasskey(ctx, me)
	if err != nil || !strings.Contains(string(q.Options), `"id":"shtab.test"`) ||
		!strings.Contains(string(q.Options), `"userVerification":"required"`) {
		t.Errorf("%s, %v", q.Options, err)
	}
	for name, answer := range map[string]string{
		"no answer": "", "an empty answer": "{}",
		"an answer without a signature": `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := h.AddPasskey(ctx, me, "Телефон", q.Session, []byte(answer), now)
			if e, ok := err.(*fault.Error); !ok || e.Fields["passkey"] == "" {
				t.Errorf("%q: %v", answer, err)
			}
			if _, err := h.CheckPasskey(ctx, account.Actor{}, q.Session, []byte(answer),
				now); fault.Of(err) != fault.KindConflict {
				t.Errorf("%q: %v", answer, err)
			}
		})
	}
	for what, name := range map[string]string{
		"a blank name": " ", "a long name": strings.Repeat("ә", passkeyName+1), "a name with a zero": "a\x00b",
	} {
		t.Run(what, func(t *testing.T) {
			_, err := h.AddPasskey(ctx, me, name, q.Session, nil, now)
			if e, ok := err.(*fault.Error); !ok || e.Fields["name"] == "" {
				t.Errorf("%q: %v", name, err)
			}
		})
	}
	t.Run("asked of who has none", func(t *testing.T) {
		if _, err := h.BeginPasskey(ctx, me); fault.Of(err) != fault.KindConflict {
			t.Errorf("asked for none: %v", err)
		}
	})
	if of, _ := h.StatusOf(ctx, me); of.Any() {
		t.Errorf("%+v", of)
	}
}

// TestPasskeysRemoved: a passkey of somebody else's is not to be found, the last one of staff
// stays, and there are only so many.
func TestPasskeysRemoved(t *testing.T) {
	h := newFixture(t)
	ctx := t.Context()
	me, other := h.person("me", account.Staff), h.person("other", account.Staff)
	// Two passkeys, as if they had been made.
	key := func(a account.Actor, name string) (id int64) {
		return one[int64](h,
			`insert into passkey (person_id, name, credential_id, credential, added_at) values ($1, $2, $3, '{}', $4)
				returning id`, a.PersonID, name, []byte(name), now)
	}
	h.enrolled(me)
	mine, theirs := key(me, "mine"), key(other, "theirs")
	if err := h.RemovePasskey(ctx, me, theirs, now); fault.Of(err) != fault.KindNotFound {
		t.Errorf("somebody else's: %v", err)
	}
	if of, _ := h.StatusOf(ctx, me); len(of.Passkeys) != 1 || !of.CanRemove() {
		t.Errorf("%+v", of)
	}
	if err := h.RemoveApp(ctx, me, now); err != nil {
		t.Errorf("the app, with a passkey left: %v", err)
	}
	if err := h.RemovePasskey(ctx, me, mine, now); fault.Of(err) != fault.KindConflict {
		t.Errorf("the last: %v", err)
	}
	for range passkeysMost {
		key(me, "more"+NewSecret())
	}
	if _, err := h.BeginAddPasskey(ctx, me); fault.Of(err) != fault.KindConflict {
		t.Errorf("too many: %v", err)
	}
}

// TestPasskeysNeedAName: a portal without a name takes no passkeys.
func TestPasskeysNeedAName(t *testing.T) {
	h := newFixture(t)
	for address, takes := range map[string]bool{
		"http://127.0.0.1:8080": false, "http://[::1]:8080": false,
		"http://localhost:8080": true, "https://volunteers.astana.kz": true,
	} {
		t.Run(address, func(t *testing.T) {
			s, err := NewStore(h.db, nil, h.accounts, address)
			if err != nil || s.TakesPasskeys() != takes {
				t.Fatalf("it takes passkeys: %v, want %v; %v", err == nil && s.TakesPasskeys(), takes, err)
			}
			if _, err := s.BeginPasskey(t.Context(), account.Actor{}); (err == nil) != takes {
				t.Error(err)
			}
		})
	}
}
