package mail

import (
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func orgExamples() []example {
	standing := func(kind outbox.Kind, path, state, words string) example {
		message := func(f *fixture, l i18n.Lang) outbox.Message {
			person := f.person(l)
			org := f.id(
				`insert into org (slug, kind, name, joined_on, state, state_words, returned, applied_by, applied_at)
				select 'o' || count(*), 'volunteer_organization', '{"kk": "Жастар", "ru": "Жастар", "en": "Жастар"}',
					'2020-01-01',
					$1, $2, $2, $3, now()
				from org returning id`, state, words, person)
			return outbox.Message{PersonID: person, SubjectID: org, Cause: state}
		}
		return example{kind: kind, path: path, says: says("Жастар", words), message: message}
	}
	return []example{
		{
			kind: outbox.CoordinatorInvite, path: "/invitations" + token, says: says("Штаб", "Әлия С."),
			message: func(f *fixture, l i18n.Lang) outbox.Message {
				return outbox.Message{SubjectID: f.id(`
					insert into org_invite (org_id, email, lang, invited_by, invited_at, expires_at)
					values ($1, 'guest-' || $2 || '@mail.example', $2, $3, $4, $5) returning id`,
					f.org, l, f.person(l), now, now.Add(time.Hour))}
			},
		},
		{kind: outbox.CoordinatorRemoved, says: says("Штаб"), message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{PersonID: f.person(l), SubjectID: f.org}
		}},
		standing(outbox.OrgApproved, "/desk", "active", ""),
		standing(outbox.OrgReturned, `/organizations/apply/\d+`, "applied", "Укажите телефон"),
		standing(outbox.OrgState, "/desk", "paused", "До осени"),
		standing(outbox.OrgState, "", "closed", "До осени"),
		standing(outbox.OrgState, "/desk", "active", ""),
		standing(outbox.OrgMerged, "/desk", "active", ""),
	}
}
