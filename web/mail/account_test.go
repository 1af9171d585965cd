package mail

import (
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

func accountExamples() []example {
	registration := func(f *fixture, l i18n.Lang, email string) outbox.Message {
		return outbox.Message{SubjectID: f.id(`
			insert into registration (email, password_hash, given_name, family_name, birth_date, lang,
				consent_version, code,
				created_at, expires_at)
			values ($1, '', 'http://spam.example', '', '2000-01-01', $2, '1', '042137', $3, $4) returning id`,
			email, l, now, now.Add(time.Minute))}
	}
	change := func(f *fixture, l i18n.Lang, email string, done *time.Time) outbox.Message {
		return outbox.Message{SubjectID: f.id(`
			insert into email_change (person_id, email, was, code, requested_at, expires_at, done_at)
			values ($1, $2, 'was@mail.example', '042137', $3, $4, $5) returning id`,
			f.person(l), email, now, now.Add(time.Minute), done)}
	}
	known := func(f *fixture, l i18n.Lang) (email string) {
		err := f.pool.QueryRow(f.t.Context(), `select email from person where id = $1`, f.person(l)).Scan(&email)
		if err != nil {
			f.t.Fatal(err)
		}
		return email
	}
	account := func(cause, path string) example {
		return example{kind: outbox.AccountChanged, path: path, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{PersonID: f.person(l), SubjectID: f.org, Cause: cause}
		}}
	}
	suspended := account("suspended", "").saying(says("Несколько раз не пришёл"))
	suspended.message = func(f *fixture, l i18n.Lang) outbox.Message {
		person := f.person(l)
		f.exec(`with p as (update person set suspended_at = now() where id = $1 returning id)
			insert into person_note (person_id, kind, words, by_id, at)
			select id, 'suspend', 'Несколько раз не пришёл', id, now() from p`, person)
		return outbox.Message{PersonID: person, Cause: "suspended"}
	}
	return []example{
		{
			kind: outbox.RegisterCode, says: says("042137"), hides: "spam",
			message: func(f *fixture, l i18n.Lang) outbox.Message { return registration(f, l, "new@mail.example") },
		},
		{
			kind: outbox.RegisterCode, path: "/login", hides: `spam|\b\d{6}\b`,
			message: func(f *fixture, l i18n.Lang) outbox.Message { return registration(f, l, known(f, l)) },
		},
		{kind: outbox.PasswordReset, path: "/password" + token, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{SubjectID: f.id(`
				insert into password_reset (email, lang, requested_at) values ($1, $2, $3) returning id`,
				known(f, i18n.KK), l, now)}
		}},
		{
			kind: outbox.EmailCode, says: says("042137"), hides: "Әлия",
			message: func(f *fixture, l i18n.Lang) outbox.Message {
				return change(f, l, "next@mail.example", nil)
			},
		},
		{kind: outbox.EmailCode, hides: `Әлия|\b\d{6}\b`, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return change(f, l, known(f, l), nil)
		}},
		{kind: outbox.EmailChanged, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return change(f, l, "next@mail.example", &now)
		}},
		account("role_volunteer", ""),
		account("role_staff", ""),
		account("role_admin", ""),
		account("coordinator", "/desk").saying(says("Штаб")),
		suspended,
		account("restored", "/login"),
		account("birth_date", ""),
		{kind: outbox.AccountMerged, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{PersonID: f.person(l), SubjectID: f.person(l)}
		}},
		{kind: outbox.AccountMerged, message: func(f *fixture, l i18n.Lang) outbox.Message {
			person := f.person(l)
			return outbox.Message{PersonID: person, SubjectID: person}
		}},
	}
}
