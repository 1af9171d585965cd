package worker

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"shtab/internal/account"
	"shtab/internal/config"
	"shtab/internal/eventimport"
	"shtab/internal/export"
	"shtab/internal/fault"
	"shtab/internal/guardian"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/internal/postgres/pgtest"
	"shtab/internal/signup"
	"shtab/internal/totals"
	"shtab/web/locale"
)

const base = "https://shtab.example"

// now is when the tests take place: two days before the event.
var now = time.Date(2026, 6, 4, 5, 0, 0, 0, time.UTC)

// accounts is the account room as the worker sees it.
type accounts struct {
	registrations map[int64]account.RegistrationMail
	resets        map[int64]account.ResetMail
	sweeps        atomic.Int32
}

func (a *accounts) RegistrationMail(_ context.Context, id int64, _ time.Time) (account.RegistrationMail, error) {
	r, ok := a.registrations[id]
	if !ok {
		return r, fault.NotFound()
	}
	return r, nil
}

func (a *accounts) EmailMail(context.Context, int64, bool, time.Time) (account.EmailMail, error) {
	return account.EmailMail{}, fault.NotFound()
}

func (a *accounts) IssueReset(_ context.Context, id int64, _ time.Time) (account.ResetMail, bool, error) {
	r, ok := a.resets[id]
	return r, ok, nil
}

func (a *accounts) Sweep(context.Context, time.Time) error { a.sweeps.Add(1); return nil }

// signups is the signup room as the worker sees it.
type signups struct{ holds, reminders atomic.Int32 }

func (s *signups) ExpireHolds(context.Context, time.Time) error { s.holds.Add(1); return nil }
func (s *signups) RemindDue(context.Context, time.Time) error   { s.reminders.Add(1); return nil }

// words is the catalogue with the mails' texts only.
func words(t testing.TB, city *config.City) *i18n.Catalogue {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range i18n.Langs {
		name := string(l) + "/mail.toml"
		b, err := fs.ReadFile(locale.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: b}
	}
	c, err := i18n.Load(files, city.Location())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// house is a database with one event on 6 June 2026, 10:00 in Astana, and what works on it.
type house struct {
	pool     *pgxpool.Pool
	deps     Deps
	accounts *accounts
	signups  *signups
	event    int64
	shift    int64
	jobs     int64
}

func newHouse(t testing.TB) *house {
	t.Helper()
	city, err := config.LoadCity("")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{pool: pgtest.Pool(t), accounts: &accounts{}, signups: &signups{}}
	out, err := outbox.New(h.pool)
	if err != nil {
		t.Fatal(err)
	}
	h.deps = Deps{
		Orgs:      org.NewStore(h.pool, out, city),
		Exports:   export.NewStore(h.pool, out, totals.NewStore(h.pool), city, words(t, city)),
		People:    people.NewStore(h.pool, out, nil, nil),
		Intake:    eventimport.NewStore(h.pool, city, nil, words(t, city)),
		Guardians: guardian.NewStore(h.pool, out, city, nil, signup.NewStore(h.pool, out, city)),
		Catalogue: words(t, city), City: city, BaseURL: base, Accounts: h.accounts, Signups: h.signups,
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	}
	h.row(t, &h.event, `
		with o as (insert into org (slug, kind, name, joined_on) values ('hq', 'headquarters', '{"ru": "Штаб"}', '2019-01-01') returning id),
		c as (insert into campaign (slug, org_id, name, summary, colour, emblem)
			select 'taza', id, '{"ru": "Taza"}', '{}', 'leaf', 'leaf' from o returning id, org_id)
		insert into event (campaign_id, org_id, state, title, place, district, bring, contact_name, contact_phone,
			starts_at, ends_at, created_at, published_at, updated_at)
		select id, org_id, 'published',
			'{"kk": "Есіл жағасын тазалау", "ru": "Уборка берега Есиля", "en": "Cleaning the Yesil bank"}',
			'{"kk": "Орталық жағалау", "ru": "Центральная набережная", "en": "Central embankment"}', 'yesil',
			'{"kk": "- Қолғап\n- Су", "ru": "- Перчатки\n- Вода", "en": "- Gloves\n- Water"}', 'Гүлнар', '+7 700 000 00 01',
			'2026-06-06 05:00Z', '2026-06-06 08:00Z', now(), now(), now() from c returning id`)
	h.row(t, &h.shift, `insert into shift (event_id, starts_at, ends_at, capacity)
		values ($1, '2026-06-06 05:00Z', '2026-06-06 08:00Z', 40) returning id`, h.event)
	return h
}

func (h *house) row(t testing.TB, into any, sql string, args ...any) {
	t.Helper()
	if err := h.pool.QueryRow(t.Context(), sql, args...).Scan(into); err != nil {
		t.Fatal(err)
	}
}

func (h *house) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := h.pool.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// signup adds a person with a sign-up in the given state.
func (h *house) signup(t testing.TB, lang i18n.Lang, state string) (person, signup int64) {
	t.Helper()
	token := fmt.Sprint(time.Now().UnixNano())
	h.row(t, &person, `insert into person (email, given_name, family_name, birth_date, lang, calendar_token, joined_at)
		values ('aliya' || $2 || '@mail.example', 'Әлия', 'Серікқызы', '2011-01-01', $1, $2, now()) returning id`, lang, token)
	h.row(t, &signup, `insert into signup (shift_id, person_id, during, state, queue_no, hold_until, cancel_cause, ticket, created_at, changed_at)
		select id, $2, during, $3, case when $3 = 'waitlisted' then nextval('signup_queue') end,
			case when $3 = 'awaiting_consent' then '2026-06-05 05:00Z'::timestamptz end,
			case when $3 = 'cancelled' then 'organiser' end, $4, now(), now() from shift where id = $1 returning id`, h.shift, person, state, token)
	return person, signup
}

// mails is the mail worker on its own, with the transport of a portal without a mail server.
func (h *house) mails() *mailWorker {
	return &mailWorker{
		db: h.pool, composer: composer{catalogue: h.deps.Catalogue, city: h.deps.City, base: base},
		accounts: h.accounts, guardians: h.deps.Guardians, orgs: h.deps.Orgs, out: kept{db: h.pool, now: h.deps.Now}, log: h.deps.Log, now: h.deps.Now,
	}
}

// work does one job and returns the mail it has left, if any.
func (h *house) work(t testing.TB, m outbox.Message) (outbox.KeptMail, bool) {
	t.Helper()
	h.jobs++
	job := &river.Job[outbox.MessageJob]{JobRow: &rivertype.JobRow{ID: h.jobs, CreatedAt: now}, Args: outbox.MessageJob{Message: m}}
	if err := h.mails().Work(t.Context(), job); err != nil {
		t.Fatalf("%s: %v", m.Kind, err)
	}
	found, err := outbox.Kept(t.Context(), h.pool, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 || found[0].JobID != h.jobs {
		return outbox.KeptMail{}, false
	}
	return found[0], true
}

// send puts mails into the outbox as the rooms do.
func (h *house) send(t testing.TB, mails ...outbox.Message) {
	t.Helper()
	o, err := outbox.New(h.pool)
	if err != nil {
		t.Fatal(err)
	}
	if err := pgx.BeginFunc(t.Context(), h.pool, func(tx pgx.Tx) error { return o.Send(t.Context(), tx, mails...) }); err != nil {
		t.Fatal(err)
	}
}

// start runs the whole worker until the test ends.
func (h *house) start(t testing.TB) {
	t.Helper()
	w, err := New(h.pool, h.deps)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.Stop(ctx); err != nil {
			t.Error("stop: ", err)
		}
	})
}

// eventually waits until ok, at most 20 seconds.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain until ", what)
}

func TestChoresComeRoundFromTheStart(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	eventually(t, "every chore was done", func() bool {
		return h.signups.holds.Load() > 0 && h.signups.reminders.Load() > 0 && h.accounts.sweeps.Load() > 0
	})
}

// TestADatabaseThatWasAway ends every connection under a running worker.
func TestADatabaseThatWasAway(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	person, signup := h.signup(t, i18n.KK, "confirmed")
	h.exec(t, `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`)
	var o *outbox.Outbox
	eventually(t, "the outbox takes a mail", func() bool {
		var err error
		o, err = outbox.New(h.pool)
		return err == nil && pgx.BeginFunc(t.Context(), h.pool, func(tx pgx.Tx) error {
			return o.Send(t.Context(), tx, outbox.Message{Kind: outbox.SignupConfirmed, PersonID: person, SubjectID: signup})
		}) == nil
	})
	eventually(t, "the mail was kept", func() bool {
		found, err := outbox.Kept(t.Context(), h.pool, 1)
		return err == nil && len(found) == 1
	})
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	h := newHouse(t)
	for name, change := range map[string]func(*Deps){
		"no base":        func(d *Deps) { d.BaseURL = "" },
		"base with js":   func(d *Deps) { d.BaseURL = "javascript:alert(1)" },
		"smtp scheme":    func(d *Deps) { d.SMTPURL = "http://u:hush@mail.example" },
		"smtp host":      func(d *Deps) { d.SMTPURL = "smtp://" },
		"smtp tls":       func(d *Deps) { d.SMTPURL = "smtp://u:hush@mail.example?tls=perhaps" },
		"smtp port":      func(d *Deps) { d.SMTPURL = "smtp://u:hush@mail.example:99999" },
		"smtp unparsed":  func(d *Deps) { d.SMTPURL = "smtp://u:hush@mail.example:port" },
		"city no e-mail": func(d *Deps) { c := *d.City; c.Email = ""; d.City = &c; d.SMTPURL = "smtp://mail.example" },
	} {
		d := h.deps
		change(&d)
		_, err := New(h.pool, d)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		if s := err.Error(); len(s) == 0 || contains(s, "hush") {
			t.Errorf("%s: the error tells the password: %s", name, s)
		}
	}
}
