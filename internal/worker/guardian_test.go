package worker

import (
	"regexp"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

// TestEveryMailAboutConsent holds each mail of asking and agreeing in each language: to the
// guardian, to the volunteer, to the coordinator.
func TestEveryMailAboutConsent(t *testing.T) {
	h := newHouse(t)
	link := regexp.MustCompile(regexp.QuoteMeta(base) + `/(kk|ru|en)/guardian/([A-Za-z0-9_-]{43})`)
	seen := map[string]bool{}
	for _, l := range i18n.Langs {
		person, signup := h.signup(t, l, "awaiting_consent")
		h.exec(t, `update person set birth_date = '2011-01-01', given_name = 'Айдана', family_name = 'Серікқызы' where id = $1`, person)
		coordinator, _ := h.signup(t, l, "waitlisted")
		var guardian, ask, consent int64
		h.row(t, &guardian, `insert into guardian (person_id, name, relation, email, lang, copies, verified_at, created_at)
			values ($1, 'Гүлнар', 'mother', $2, $3, true, $4, $4) returning id`, person, "g-"+string(l)+"@shtab.test", l, now)
		h.row(t, &ask, `insert into guardian_ask (guardian_id, event_id, asked_at) values ($1, $2, $3) returning id`, guardian, h.event, now)
		h.row(t, &consent, `insert into guardian_consent (person_id, event_id, accompanied, guardian_name, relation, text_version, agreed_at, guardian_id)
			values ($1, $2, true, 'Гүлнар С', 'mother', '1', $3, $4) returning id`, person, h.event, now, guardian)
		h.exec(t, `insert into guardian_code (guardian_id, scope, event_id, name, code, expires_at) values ($1, 'along', $2, 'Гүлнар С', '123456', $3)`,
			guardian, h.event, now.Add(15*time.Minute))
		mail := func(m outbox.Message, says ...string) string {
			t.Helper()
			got, ok := h.work(t, m)
			if !ok {
				t.Fatalf("%s %s: no mail", m.Kind, l)
			}
			readable(t, got)
			for _, s := range says {
				if !contains(got.TextBody, s) || !contains(got.HTMLBody, s) {
					t.Errorf("%s %s: %q is missing in\n%s", m.Kind, l, s, got.TextBody)
				}
			}
			if contains(got.TextBody, "Серікқызы") {
				t.Errorf("%s %s: the whole family name", m.Kind, l)
			}
			if seen[got.TextBody] {
				t.Errorf("%s %s: the same words as another mail", m.Kind, l)
			}
			seen[got.TextBody] = true
			return got.TextBody
		}
		toGuardian := func(m outbox.Message, says ...string) {
			t.Helper()
			m.GuardianID = guardian
			if text := mail(m, append(says, "Айдана С.")...); m.Kind != outbox.GuardianCode && !link.MatchString(text) {
				t.Errorf("%s %s: no link in\n%s", m.Kind, l, text)
			}
		}
		toGuardian(outbox.Message{Kind: outbox.GuardianAsk, SubjectID: ask}, titles[l], "10:00–13:00")
		toGuardian(outbox.Message{Kind: outbox.GuardianCode}, "123456")
		toGuardian(outbox.Message{Kind: outbox.GuardianReceipt, SubjectID: consent}, titles[l])
		h.exec(t, `update signup set hold_until = null where id = $1`, signup)
		toGuardian(outbox.Message{Kind: outbox.GuardianExpired, SubjectID: ask}, titles[l])
		mail(outbox.Message{Kind: outbox.HoldExpired, PersonID: person, SubjectID: signup}, titles[l])
		mail(outbox.Message{Kind: outbox.GuardianStranger, PersonID: person})
		h.exec(t, `update signup set state = 'confirmed', hold_until = null where id = $1`, signup)
		toGuardian(outbox.Message{Kind: outbox.SignupConfirmed, PersonID: person, SubjectID: signup}, titles[l])
		h.exec(t, `update signup set state = 'cancelled', cancel_cause = 'consent' where id = $1`, signup)
		mail(outbox.Message{Kind: outbox.ConsentLost, PersonID: coordinator, SubjectID: signup}, titles[l], "Айдана С.")

		// What is no longer so is not said.
		for _, m := range []outbox.Message{
			{Kind: outbox.GuardianAsk, GuardianID: guardian, SubjectID: ask},
			{Kind: outbox.GuardianExpired, GuardianID: guardian, SubjectID: ask},
			{Kind: outbox.GuardianAsk, GuardianID: guardian + 100, SubjectID: ask},
		} {
			if got, ok := h.work(t, m); ok {
				t.Errorf("%s %s: %s", m.Kind, l, got.Subject)
			}
		}
		h.exec(t, `update person set birth_date = '2000-01-01' where id = $1`, person)
		if _, ok := h.work(t, outbox.Message{Kind: outbox.GuardianReceipt, GuardianID: guardian, SubjectID: consent}); ok {
			t.Errorf("%s: a mail about somebody of age", l)
		}
	}
}
