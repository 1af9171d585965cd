package mail

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/roster"
	"shtab/internal/signup"
	"shtab/web/locale"
)

const base = "https://shtab.example"

// now is when the tests take place: two days before the event.
var now = time.Date(2026, 6, 4, 5, 0, 0, 0, time.UTC)

var titles = map[i18n.Lang]string{
	i18n.KK: "Есіл жағасын тазалау", i18n.RU: "Уборка берега Есиля", i18n.EN: "Cleaning the Yesil bank",
}

// fixture is a database with one event on 6 June 2026, 10:00 in Astana, and a composer over it.
type fixture struct {
	*Composer
	t      testing.TB
	pool   *pgxpool.Pool
	org    int64
	event  int64
	shift  int64
	people int
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := i18n.Load(locale.FS, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, pool: pgtest.Pool(t)}
	out, err := outbox.New(f.pool, Urgencies())
	if err != nil {
		t.Fatal(err)
	}
	accounts, signups := account.NewStore(f.pool, out, city, nil), signup.NewStore(f.pool, out, city)
	f.Composer, err = New(texts, city, base+"/", Stores{
		Accounts: accounts, Signups: signups, Guardians: guardian.NewStore(f.pool, out, city, accounts, signups),
		Orgs: org.NewStore(f.pool, out, city), Reviews: event.NewReviewer(f.pool, out, city),
		Rosters: roster.NewStore(f.pool, out, city), People: people.NewStore(f.pool, out, accounts, signups),
	})
	if err != nil {
		t.Fatal(err)
	}
	f.org = f.id(`insert into org (slug, kind, name, joined_on)
		values ('hq', 'headquarters', '{"ru": "Штаб"}', '2019-01-01') returning id`)
	f.id(`insert into campaign (slug, org_id, name, summary, colour, emblem, updated_at)
		values ('taza', $1, '{"ru": "Taza"}', '{}', 'leaf', 'leaf', '2026-01-01') returning id`, f.org)
	f.newEvent()
	return f
}

// newEvent makes another event like the first, which the fixture is about from then on.
func (f *fixture) newEvent() {
	f.t.Helper()
	f.event = f.id(`
		insert into event (campaign_id, org_id, state, title, place, district, bring, contact_name, contact_phone,
			starts_at, ends_at, created_at, published_at, updated_at)
		select id, org_id, 'published',
			'{"kk": "Есіл жағасын тазалау", "ru": "Уборка берега Есиля", "en": "Cleaning the Yesil bank"}',
			'{"kk": "Орталық жағалау", "ru": "Центральная набережная", "en": "Central embankment"}', 'yesil',
			'{"kk": "- Қолғап\n- Су", "ru": "- Перчатки\n- Вода", "en": "- Gloves\n- Water"}', 'Гүлнар',
				'+7 700 000 00 01',
			'2026-06-06 05:00Z', '2026-06-06 08:00Z', now(), now(), now() from campaign returning id`)
	f.shift = f.id(`insert into shift (event_id, starts_at, ends_at, capacity)
		values ($1, '2026-06-06 05:00Z', '2026-06-06 08:00Z', 40) returning id`, f.event)
}

// id runs sql and returns the id that it gives.
func (f *fixture) id(sql string, args ...any) (id int64) {
	f.t.Helper()
	if err := f.pool.QueryRow(f.t.Context(), sql, args...).Scan(&id); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return id
}

func (f *fixture) exec(sql string, args ...any) {
	f.t.Helper()
	if _, err := f.pool.Exec(f.t.Context(), sql, args...); err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
}

// person adds somebody.
func (f *fixture) person(lang i18n.Lang) int64 {
	f.t.Helper()
	f.people++
	return f.id(`insert into person (email, given_name, family_name, birth_date, lang, calendar_token, joined_at)
		values ('aliya' || $2 || '@mail.example', 'Әлия', 'Серікқызы', '2011-01-01', $1, $2, now()) returning id`,
		lang, fmt.Sprint(f.people))
}

// signup adds a person with a sign-up in the given state.
func (f *fixture) signup(lang i18n.Lang, state string) (person, signup int64) {
	f.t.Helper()
	person = f.person(lang)
	return person, f.id(`
		insert into signup (shift_id, person_id, during, state, queue_no, hold_until, cancel_cause, ticket,
			created_at, changed_at)
		select id, $2, during, $3, case when $3 = 'waitlisted' then nextval('signup_queue') end,
			case when $3 = 'awaiting_consent' then '2026-06-05 05:00Z'::timestamptz end,
			case when $3 = 'cancelled' then 'organiser' end, $4, now(), now() from shift where id = $1 returning id`,
		f.shift, person, state, fmt.Sprint("t", f.people))
}

// coordinator adds somebody who acts for the organisation.
func (f *fixture) coordinator(lang i18n.Lang) int64 {
	f.t.Helper()
	person := f.person(lang)
	f.exec(`insert into coordinator (person_id, org_id) values ($1, $2)`, person, f.org)
	return person
}

// guardian adds a guardian of person who wants copies.
func (f *fixture) guardian(person int64, lang i18n.Lang) int64 {
	f.t.Helper()
	f.exec(`update person set given_name = 'Айдана' where id = $1`, person)
	return f.id(`insert into guardian (person_id, name, relation, email, lang, copies, verified_at, created_at)
		values ($1::bigint, 'Гүлнар', 'mother', 'g' || $1::bigint || '@shtab.test', $2, true, $3, $3) returning id`,
		person, lang, now)
}

// ask asks a guardian about the event.
func (f *fixture) ask(guardian int64) int64 {
	f.t.Helper()
	return f.id(`insert into guardian_ask (guardian_id, event_id, asked_at) values ($1, $2, $3) returning id`,
		guardian, f.event, now)
}

// consent is a guardian's, to come along to the event.
func (f *fixture) consent(person, guardian int64) int64 {
	f.t.Helper()
	return f.id(`
		insert into guardian_consent (person_id, event_id, accompanied, guardian_name, relation, text_version,
			agreed_at, guardian_id)
		values ($1, $2, true, 'Гүлнар С', 'mother', '1', $3, $4) returning id`, person, f.event, now, guardian)
}

// compose composes a message as the worker does; false when it is no longer so.
func (f *fixture) compose(m outbox.Message) (outbox.Email, bool) {
	f.t.Helper()
	if err := f.Follow(f.t.Context(), m, now); err != nil {
		f.t.Fatalf("%s: %v", m.Kind, err)
	}
	mail, err := f.Compose(f.t.Context(), m, now)
	if why, ok := errors.AsType[outbox.NoLonger](err); ok {
		if why == "" {
			f.t.Errorf("%s: no reason", m.Kind)
		}
		return mail, false
	}
	if err != nil {
		f.t.Fatalf("%s: %v", m.Kind, err)
	}
	return mail, true
}

var address = regexp.MustCompile(`https?://[^\s"<]+`)

// readable fails when a mail is not fit to be read.
func readable(t testing.TB, kind outbox.Kind, m outbox.Email) {
	t.Helper()
	for part, s := range map[string]string{
		"subject": m.Subject, "text": m.Text, "html": m.HTML, "sender": m.Sender, "to": m.To,
	} {
		if strings.TrimSpace(s) == "" {
			t.Errorf("%s %s: empty %s", kind, m.Lang, part)
		}
		for _, bad := range []string{
			"{{", "<no value>", "mail.common", "mail." + string(kind), "mail.already", "mail.email", "mail.factor",
			"%!",
		} {
			if strings.Contains(s, bad) {
				t.Errorf("%s %s: the %s holds %q:\n%s", kind, m.Lang, part, bad, s)
			}
		}
		for _, link := range address.FindAllString(s, -1) {
			if !strings.HasPrefix(link, base+"/"+string(m.Lang)+"/") {
				t.Errorf("%s %s: a link to %s", kind, m.Lang, link)
			}
		}
	}
	if !strings.Contains(m.HTML, `<html lang="`+string(m.Lang)+`"`) {
		t.Errorf("%s %s: the HTML does not say its language", kind, m.Lang)
	}
	if strings.ContainsAny(m.Subject, "\r\n") {
		t.Errorf("%s %s: a line break in the subject", kind, m.Lang)
	}
}
