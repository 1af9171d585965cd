package mail

import (
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func signupExamples() []example {
	copied := signupExample(outbox.SignupConfirmed, "confirmed", "", "/guardian"+token).saying(says("Айдана С."))
	message := copied.message
	copied.message = func(f *fixture, l i18n.Lang) outbox.Message {
		m := message(f, i18n.KK) // a guardian reads their own language
		m.GuardianID = f.guardian(m.PersonID, l)
		return m
	}
	removed := `with r as (insert into removal (signup_id, reason, words, removed_by, removed_at)
			select id, 'unfit', 'Нет прав', person_id, now() from signup where id = $1 returning signup_id)
		update signup set cancel_cause = 'organiser' where id in (select signup_id from r)`
	return []example{
		signupExample(outbox.SignupConfirmed, "confirmed", "", "/me"),
		signupExample(outbox.SignupConfirmed, "confirmed", "moved", "/me"),
		copied,
		signupExample(outbox.SignupPromoted, "confirmed", "", "/me"),
		signupExample(outbox.Reminder, "confirmed", "", "/me"),
		signupExample(outbox.SignupWaiting, "waitlisted", "", `/events/\d+`),
		signupExample(outbox.SignupAwaiting, "awaiting_consent", "", "/me/guardian"),
		signupExample(outbox.HoldExpired, "awaiting_consent", "", "/me/guardian").
			after(`update signup set hold_until = null where id = $1`),
		signupExample(outbox.SignupCancelled, "cancelled", "self", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "organiser", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "organiser", "/events").after(removed).
			saying(says("Нет прав")),
		signupExample(outbox.SignupCancelled, "cancelled", "ineligible", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "consent", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "event", "/events"),
	}
}
