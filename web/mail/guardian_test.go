package mail

import (
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func guardianExamples() []example {
	// of is a message to a guardian of somebody who awaits consent.
	type maker func(f *fixture, person, signup, guardian int64) outbox.Message
	of := func(message maker) func(*fixture, i18n.Lang) outbox.Message {
		return func(f *fixture, l i18n.Lang) outbox.Message {
			person, signup := f.signup(l, "awaiting_consent")
			guardian := f.guardian(person, l)
			m := message(f, person, signup, guardian)
			m.GuardianID = guardian
			return m
		}
	}
	return []example{
		{
			kind: outbox.GuardianAsk, path: "/guardian" + token,
			says: func(l i18n.Lang) []string { return []string{titles[l], "10:00–13:00", "Айдана С."} },
			message: of(func(f *fixture, _, _, guardian int64) outbox.Message {
				return outbox.Message{SubjectID: f.ask(guardian)}
			}),
		},
		{
			kind: outbox.GuardianExpired, path: "/guardian" + token,
			says: func(l i18n.Lang) []string { return []string{titles[l], "Айдана С."} },
			message: of(func(f *fixture, _, signup, guardian int64) outbox.Message {
				f.exec(`update signup set hold_until = null where id = $1`, signup)
				return outbox.Message{SubjectID: f.ask(guardian)}
			}),
		},
		{
			kind: outbox.GuardianCode, says: says("123456", "Айдана С."),
			message: of(func(f *fixture, _, _, guardian int64) outbox.Message {
				f.exec(`insert into guardian_code (guardian_id, scope, event_id, name, code, expires_at)
					values ($1, 'along', $2, 'Гүлнар С', '123456', $3)`,
					guardian, f.event, now.Add(15*time.Minute))
				return outbox.Message{}
			}),
		},
		{
			kind: outbox.GuardianReceipt, path: "/guardian" + token,
			says: func(l i18n.Lang) []string { return []string{titles[l], "Айдана С."} },
			message: of(func(f *fixture, person, _, guardian int64) outbox.Message {
				return outbox.Message{SubjectID: f.consent(person, guardian)}
			}),
		},
		{kind: outbox.GuardianStranger, path: "/me/guardian", message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{PersonID: f.person(l)}
		}},
	}
}
