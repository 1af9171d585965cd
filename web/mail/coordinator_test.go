package mail

import (
	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func coordinatorExamples() []example {
	decided := func(kind outbox.Kind, path, state, words string) example {
		message := func(f *fixture, l i18n.Lang) outbox.Message {
			f.exec(`update event set state = $2, returned = $3 where id = $1`, f.event, state, words)
			return outbox.Message{PersonID: f.coordinator(l), SubjectID: f.event}
		}
		return example{kind: kind, path: path, event: true, says: says(words), message: message}
	}
	return []example{
		{
			kind: outbox.CoordinatorMessage, path: `/events/\d+`,
			says: func(l i18n.Lang) []string {
				body := map[i18n.Lang]string{
					i18n.KK: "Шатыр алыңыз.", i18n.RU: "Возьмите зонт.",
					i18n.EN: "Bring an umbrella.",
				}
				return []string{titles[l], body[l]}
			},
			message: func(f *fixture, l i18n.Lang) outbox.Message {
				person, _ := f.signup(l, "confirmed")
				return outbox.Message{PersonID: person, SubjectID: f.id(`
					insert into message (event_id, audience, subject, body, readers, key, sent_by, sent_at)
					values ($1, 'all', '{"kk": "Жаңбыр", "ru": "Дождь", "en": "Rain"}',
						'{"kk": "Шатыр алыңыз.", "ru": "Возьмите зонт.", "en": "Bring an umbrella."}', 1, 'k', $2, $3)
							returning id`,
					f.event, f.coordinator(l), now)}
			},
		},
		{
			kind: outbox.ConsentLost, path: `/events/\d+`, event: true, says: says("Айдана С."),
			message: func(f *fixture, l i18n.Lang) outbox.Message {
				person, signup := f.signup(l, "cancelled")
				f.guardian(person, l)
				f.exec(`update signup set cancel_cause = 'consent' where id = $1`, signup)
				return outbox.Message{PersonID: f.coordinator(l), SubjectID: signup}
			},
		},
		decided(outbox.EventApproved, `/desk/events/\d+`, "published", ""),
		decided(outbox.EventReturned, `/desk/events/\d+/edit`, "draft", "Где собираемся?"),
		decided(outbox.EventReturned, `/desk/events/\d+/edit`, "published", "Где собираемся?"),
	}
}
