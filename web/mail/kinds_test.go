package mail

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
)

// example is a message of one kind and what its mail must hold.
type example struct {
	kind    outbox.Kind
	message func(f *fixture, l i18n.Lang) outbox.Message
	path    string                     // the button's, after the language, as a regular expression; empty: no button
	event   bool                       // the title stands in subject and bodies, the hours in the text
	says    func(l i18n.Lang) []string // in the text and in the HTML; nil: nothing
	hides   string                     // a regular expression of what is in no part; empty: nothing
}

const token = `/[A-Za-z0-9_-]{43}`

func says(all ...string) func(i18n.Lang) []string { return func(i18n.Lang) []string { return all } }

func saysTitle(l i18n.Lang) []string { return []string{titles[l]} }

// TestEveryKindInEveryLanguage writes an example of each kind of message, or several where it reads
// in several ways, in each language.
func TestEveryKindInEveryLanguage(t *testing.T) {
	f := newFixture(t)
	examples := map[outbox.Kind]bool{}
	seen := map[string]outbox.Kind{}
	for _, group := range [][]example{
		signupExamples(), eventExamples(), guardianExamples(), coordinatorExamples(), orgExamples(), accountExamples(), factorExamples(),
	} {
		for _, e := range group {
			examples[e.kind] = true
			for _, l := range i18n.Langs {
				f.newEvent()
				m := e.message(f, l)
				m.Kind = e.kind
				mail, ok := f.compose(m)
				if !ok {
					t.Errorf("%s %s %s: no mail", e.kind, m.Cause, l)
					continue
				}
				e.check(t, mail, l)
				if other, twice := seen[mail.Text]; twice {
					t.Errorf("%s %s %s: the same words as %s", e.kind, m.Cause, l, other)
				}
				seen[mail.Text] = e.kind
			}
		}
	}
	for _, kind := range outbox.Kinds() {
		if !examples[kind] {
			t.Errorf("%s: no example", kind)
		}
	}
}

func (e example) check(t *testing.T, m outbox.Email, l i18n.Lang) {
	t.Helper()
	readable(t, e.kind, m)
	if m.Lang != l {
		t.Errorf("%s %s: in %s", e.kind, l, m.Lang)
	}
	var want []string
	if e.says != nil {
		want = e.says(l)
	}
	if e.event {
		want = append(want, titles[l])
		if !strings.Contains(m.Subject, titles[l]) {
			t.Errorf("%s %s: the title is missing in %q", e.kind, l, m.Subject)
		}
		if !strings.Contains(m.Text, "10:00–13:00") {
			t.Errorf("%s %s: not at Astana's time:\n%s", e.kind, l, m.Text)
		}
	}
	for _, s := range want {
		if !strings.Contains(m.Text, s) || !strings.Contains(m.HTML, s) {
			t.Errorf("%s %s: %q is missing in\n%s", e.kind, l, s, m.Text)
		}
	}
	path := regexp.QuoteMeta(base+"/"+string(l)) + e.path
	switch {
	case e.path == "" && strings.Contains(m.Text, base):
		t.Errorf("%s %s: a link in\n%s", e.kind, l, m.Text)
	case e.path != "" && !regexp.MustCompile(`(?m)^`+path+`$`).MatchString(m.Text):
		t.Errorf("%s %s: no link like %s in\n%s", e.kind, l, path, m.Text)
	case e.path != "" && !regexp.MustCompile(`href="`+path+`"`).MatchString(m.HTML):
		t.Errorf("%s %s: no link like %s in the HTML", e.kind, l, path)
	}
	parts := m.Subject + m.Text + m.HTML
	if strings.Contains(parts, "Серікқызы") {
		t.Errorf("%s %s: the whole family name", e.kind, l)
	}
	if e.hides != "" && regexp.MustCompile(e.hides).MatchString(m.Subject+m.Text) {
		t.Errorf("%s %s: it must not say %s:\n%s", e.kind, l, e.hides, m.Text)
	}
}

// signupExample is about a sign-up in a state, to its volunteer.
func signupExample(kind outbox.Kind, state, cause, path string) example {
	return example{kind: kind, path: path, event: true, message: func(f *fixture, l i18n.Lang) outbox.Message {
		person, signup := f.signup(l, state)
		return outbox.Message{PersonID: person, SubjectID: signup, Cause: cause}
	}}
}

// after is e where a statement on the sign-up, $1, comes between the message and its mail.
func (e example) after(sql string) example {
	message := e.message
	e.message = func(f *fixture, l i18n.Lang) outbox.Message {
		m := message(f, l)
		f.exec(sql, m.SubjectID)
		return m
	}
	return e
}

func (e example) saying(says func(i18n.Lang) []string) example { e.says = says; return e }

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
		signupExample(outbox.HoldExpired, "awaiting_consent", "", "/me/guardian").after(`update signup set hold_until = null where id = $1`),
		signupExample(outbox.SignupCancelled, "cancelled", "self", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "organiser", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "organiser", "/events").after(removed).saying(says("Нет прав")),
		signupExample(outbox.SignupCancelled, "cancelled", "ineligible", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "consent", "/events"),
		signupExample(outbox.SignupCancelled, "cancelled", "event", "/events"),
	}
}

func eventExamples() []example {
	changed := signupExample(outbox.EventChanged, "confirmed", "", `/events/\d+`)
	message := changed.message
	changed.message = func(f *fixture, l i18n.Lang) outbox.Message {
		m := message(f, l)
		m.Was = &outbox.Was{
			Title:    i18n.Text{KK: "Ескі атау", RU: "Старое название", EN: "Old name"},
			StartsAt: time.Date(2026, 6, 5, 4, 0, 0, 0, time.UTC), EndsAt: time.Date(2026, 6, 5, 6, 0, 0, 0, time.UTC),
		}
		return m
	}
	noted := `insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations, no_shows, minutes, recorded_at)
		select g.id, g.person_id, e.id, e.campaign_id, e.org_id, s.starts_at, '%', 0, 0, 90, now()
		from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id where g.id = $1`
	cancelled := `update event set state = 'cancelled', cancel_reason = '{"kk": "Аяз", "ru": "Мороз", "en": "Frost"}'
		where id = (select event_id from shift join signup g on g.shift_id = shift.id where g.id = $1)`
	return []example{
		changed,
		signupExample(outbox.EventCancelled, "confirmed", "", "/events").after(cancelled).saying(func(l i18n.Lang) []string {
			return []string{map[i18n.Lang]string{i18n.KK: "Аяз", i18n.RU: "Мороз", i18n.EN: "Frost"}[l]}
		}),
		signupExample(outbox.HoursAttended, "confirmed", "", "/me/book").after(strings.Replace(noted, "%", "attended", 1)),
		signupExample(outbox.HoursNoShow, "confirmed", "", "/me#missed").after(strings.Replace(noted, "%", "no_show", 1)),
	}
}

func guardianExamples() []example {
	// of is a message to a guardian of somebody who awaits consent.
	of := func(message func(f *fixture, person, signup, guardian int64) outbox.Message) func(*fixture, i18n.Lang) outbox.Message {
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
				f.exec(`insert into guardian_code (guardian_id, scope, event_id, name, code, expires_at) values ($1, 'along', $2, 'Гүлнар С', '123456', $3)`,
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

func coordinatorExamples() []example {
	decided := func(kind outbox.Kind, path, state, words string) example {
		return example{kind: kind, path: path, event: true, says: says(words), message: func(f *fixture, l i18n.Lang) outbox.Message {
			f.exec(`update event set state = $2, returned = $3 where id = $1`, f.event, state, words)
			return outbox.Message{PersonID: f.coordinator(l), SubjectID: f.event}
		}}
	}
	return []example{
		{
			kind: outbox.CoordinatorMessage, path: `/events/\d+`,
			says: func(l i18n.Lang) []string {
				return []string{titles[l], map[i18n.Lang]string{i18n.KK: "Шатыр алыңыз.", i18n.RU: "Возьмите зонт.", i18n.EN: "Bring an umbrella."}[l]}
			},
			message: func(f *fixture, l i18n.Lang) outbox.Message {
				person, _ := f.signup(l, "confirmed")
				return outbox.Message{PersonID: person, SubjectID: f.id(`
					insert into message (event_id, audience, subject, body, readers, key, sent_by, sent_at)
					values ($1, 'all', '{"kk": "Жаңбыр", "ru": "Дождь", "en": "Rain"}',
						'{"kk": "Шатыр алыңыз.", "ru": "Возьмите зонт.", "en": "Bring an umbrella."}', 1, 'k', $2, $3) returning id`,
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

func orgExamples() []example {
	standing := func(kind outbox.Kind, path, state, words string) example {
		return example{kind: kind, path: path, says: says("Жастар", words), message: func(f *fixture, l i18n.Lang) outbox.Message {
			person := f.person(l)
			org := f.id(`insert into org (slug, kind, name, joined_on, state, state_words, returned, applied_by, applied_at)
				select 'o' || count(*), 'volunteer_organization', '{"kk": "Жастар", "ru": "Жастар", "en": "Жастар"}', '2020-01-01', $1, $2, $2, $3, now()
				from org returning id`, state, words, person)
			return outbox.Message{PersonID: person, SubjectID: org, Cause: state}
		}}
	}
	return []example{
		{kind: outbox.CoordinatorInvite, path: "/invitations" + token, says: says("Штаб", "Әлия С."), message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{SubjectID: f.id(`insert into org_invite (org_id, email, lang, invited_by, invited_at, expires_at)
				values ($1, 'guest@mail.example', $2, $3, $4, $5)
				on conflict (org_id, email) where accepted_at is null and cancelled_at is null do update set lang = excluded.lang returning id`,
				f.org, l, f.person(l), now, now.Add(time.Hour))}
		}},
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

func accountExamples() []example {
	registration := func(f *fixture, l i18n.Lang, email string) outbox.Message {
		return outbox.Message{SubjectID: f.id(`
			insert into registration (email, password_hash, given_name, family_name, birth_date, lang, consent_version, code, created_at, expires_at)
			values ($1, '', 'http://spam.example', '', '2000-01-01', $2, '1', '042137', $3, $4) returning id`,
			email, l, now, now.Add(time.Minute))}
	}
	change := func(f *fixture, l i18n.Lang, email string, done *time.Time) outbox.Message {
		return outbox.Message{SubjectID: f.id(`
			insert into email_change (person_id, email, was, code, requested_at, expires_at, done_at)
			values ($1, $2, 'was@mail.example', '042137', $3, $4, $5) returning id`, f.person(l), email, now, now.Add(time.Minute), done)}
	}
	known := func(f *fixture, l i18n.Lang) (email string) {
		if err := f.pool.QueryRow(context.Background(), `select email from person where id = $1`, f.person(l)).Scan(&email); err != nil {
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
			insert into person_note (person_id, kind, words, by_id, at) select id, 'suspend', 'Несколько раз не пришёл', id, now() from p`, person)
		return outbox.Message{PersonID: person, Cause: "suspended"}
	}
	return []example{
		{kind: outbox.RegisterCode, says: says("042137"), hides: "spam", message: func(f *fixture, l i18n.Lang) outbox.Message {
			return registration(f, l, "new@mail.example")
		}},
		{kind: outbox.RegisterCode, path: "/login", hides: `spam|\b\d{6}\b`, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return registration(f, l, known(f, l))
		}},
		{kind: outbox.PasswordReset, path: "/password" + token, message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{SubjectID: f.id(`insert into password_reset (email, lang, requested_at) values ($1, $2, $3) returning id`, known(f, i18n.KK), l, now)}
		}},
		{kind: outbox.EmailCode, says: says("042137"), hides: "Әлия", message: func(f *fixture, l i18n.Lang) outbox.Message {
			return change(f, l, "next@mail.example", nil)
		}},
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

func factorExamples() []example {
	factor := func(kind outbox.Kind, cause string, left int64) example {
		return example{kind: kind, path: "/me/security", message: func(f *fixture, l i18n.Lang) outbox.Message {
			return outbox.Message{PersonID: f.person(l), Cause: cause, Seq: left}
		}}
	}
	return []example{
		factor(outbox.FactorAdded, "app", 0),
		factor(outbox.FactorAdded, "passkey", 0),
		factor(outbox.FactorRemoved, "app", 0),
		factor(outbox.FactorRemoved, "passkey", 0),
		factor(outbox.FactorReset, "", 0),
		factor(outbox.RecoveryUsed, "", 7).saying(says("7")),
	}
}
