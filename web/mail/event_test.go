package mail

import (
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func eventExamples() []example {
	changed := signupExample(outbox.EventChanged, "confirmed", "", `/events/\d+`)
	message := changed.message
	changed.message = func(f *fixture, l i18n.Lang) outbox.Message {
		m := message(f, l)
		m.Was = &outbox.Was{
			Texts:    map[string]i18n.Text{"title": {KK: "Ескі атау", RU: "Старое название", EN: "Old name"}},
			StartsAt: time.Date(2026, 6, 5, 4, 0, 0, 0, time.UTC), EndsAt: time.Date(2026, 6, 5, 6, 0, 0, 0, time.UTC),
		}
		return m
	}
	cancelled := `update event set state = 'cancelled', cancel_reason = '{"kk": "Аяз", "ru": "Мороз", "en": "Frost"}'
		where id = (select event_id from shift join signup g on g.shift_id = shift.id where g.id = $1)`
	return []example{
		changed,
		signupExample(outbox.EventCancelled, "confirmed", "", "/events").after(cancelled).
			saying(func(l i18n.Lang) []string {
				return []string{map[i18n.Lang]string{i18n.KK: "Аяз", i18n.RU: "Мороз", i18n.EN: "Frost"}[l]}
			}),
	}
}
