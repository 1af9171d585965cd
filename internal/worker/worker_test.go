package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/poll"
	"shtab/internal/postgres/pgtest"
)

// now is what the worker's clock says.
var now = time.Date(2026, 6, 4, 5, 0, 0, 0, time.UTC)

var subjects = map[i18n.Lang]string{
	i18n.KK: "Есіл жағасын тазалау", i18n.RU: "Уборка берега Есиля", i18n.EN: "Cleaning the Yesil bank",
}

// fixture is a database with people, and what works on it.
type fixture struct {
	pool     *pgxpool.Pool
	deps     Deps
	people   int
	rounds   [2]atomic.Int32 // of the periodic jobs
	followed atomic.Int32
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{pool: pgtest.Pool(t)}
	round := func(i int) func(context.Context, time.Time) error {
		return func(context.Context, time.Time) error { f.rounds[i].Add(1); return nil }
	}
	none := func(context.Context, int64, time.Time) error { return errors.New("no exports here") }
	f.deps = Deps{
		BaseURL: "https://shtab.example", From: "shtab@shtab.test",
		Follow:  func(context.Context, outbox.Message, time.Time) error { f.followed.Add(1); return nil },
		Compose: f.compose,
		Export:  Export{Make: none, Failed: none},
		Periodic: []Periodic{
			{Name: "first", Every: time.Hour, Do: round(0)},
			{Name: "second", Every: time.Hour, Do: round(1)},
		},
		Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now },
	}
	return f
}

// compose stands for web/mail: a letter to a person, whatever the message.
func (f *fixture) compose(ctx context.Context, m outbox.Message, _ time.Time) (outbox.Email, error) {
	switch m.Kind {
	case "gone":
		return outbox.Email{}, outbox.NoLonger("it is gone")
	case "nonsense":
		return outbox.Email{}, errors.New("no declaration of nonsense")
	}
	e := outbox.Email{
		Sender: "Штаб", Text: "Сәлем", HTML: "<p>Сәлем</p>", Calendar: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
	}
	err := f.pool.QueryRow(ctx, `select email, lang from person where id = $1`, m.PersonID).Scan(&e.To, &e.Lang)
	e.Subject = subjects[e.Lang]
	return e, err
}

func (f *fixture) row(t testing.TB, into any, sql string, args ...any) {
	t.Helper()
	if err := f.pool.QueryRow(t.Context(), sql, args...).Scan(into); err != nil {
		t.Fatal(err)
	}
}

// message is one to a new person.
func (f *fixture) message(t testing.TB, lang i18n.Lang) outbox.Message {
	t.Helper()
	m := outbox.Message{Kind: outbox.SignupConfirmed, SubjectID: 7}
	f.people++
	f.row(t, &m.PersonID,
		`insert into person (email, given_name, family_name, birth_date, lang, calendar_token, joined_at)
		values ('aliya' || $2 || '@mail.example', 'Әлия', 'Серікқызы', '2011-01-01', $1, $2, now()) returning id`,
		lang, fmt.Sprint(f.people))
	return m
}

// messages is the message worker on its own, with the transport of a portal without a mail server.
func (f *fixture) messages() *messageWorker {
	return &messageWorker{
		follow: f.deps.Follow, compose: f.deps.Compose, out: kept{db: f.pool, now: f.deps.Now},
		log: f.deps.Log, now: f.deps.Now,
	}
}

// send puts messages into the outbox as the domains do.
func (f *fixture) send(t testing.TB, messages ...outbox.Message) {
	t.Helper()
	o, err := outbox.New(f.pool, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = pgx.BeginFunc(t.Context(), f.pool, func(tx pgx.Tx) error { return o.Send(t.Context(), tx, messages...) })
	if err != nil {
		t.Fatal(err)
	}
}

// kept is the mails that were not sent for want of a mail server.
func (f *fixture) kept(t testing.TB) []outbox.KeptMail {
	t.Helper()
	found, err := outbox.Kept(t.Context(), f.pool, 10)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// start runs the whole worker until the test ends.
func (f *fixture) start(t testing.TB) {
	t.Helper()
	w, err := New(f.pool, f.deps)
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

func TestPeriodicJobsComeRoundFromTheStart(t *testing.T) {
	f := newFixture(t)
	f.start(t)
	poll.Until(t, "every periodic job was done",
		func() bool { return f.rounds[0].Load() > 0 && f.rounds[1].Load() > 0 })
}

func TestAJobThatRunsTwiceLeavesOneMail(t *testing.T) {
	f := newFixture(t)
	job := &river.Job[outbox.MessageJob]{
		JobRow: &rivertype.JobRow{ID: 7, CreatedAt: now}, Args: outbox.MessageJob{Message: f.message(t, i18n.KK)},
	}
	for range 2 {
		if err := f.messages().Work(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.kept(t)); n != 1 || f.followed.Load() != 2 {
		t.Errorf("%d mails, %d followed", n, f.followed.Load())
	}
}

func TestAMessageThatIsNoLongerSoIsDropped(t *testing.T) {
	f := newFixture(t)
	var log strings.Builder
	f.deps.Log = slog.New(slog.NewTextHandler(&log, nil))
	job := &river.Job[outbox.MessageJob]{
		JobRow: &rivertype.JobRow{ID: 7, CreatedAt: now},
		Args:   outbox.MessageJob{Message: outbox.Message{Kind: "gone"}},
	}
	if err := f.messages().Work(t.Context(), job); err != nil || len(f.kept(t)) != 0 {
		t.Error(err, f.kept(t))
	}
	if f.followed.Load() != 1 || !strings.Contains(log.String(), "it is gone") {
		t.Errorf("followed %d times; %s", f.followed.Load(), &log)
	}
}

// TestAnUnknownKindIsAJobThatFails: it stays in the queue with its error, and is tried again.
func TestAnUnknownKindIsAJobThatFails(t *testing.T) {
	f := newFixture(t)
	f.send(t, outbox.Message{Kind: "nonsense", PersonID: 1})
	f.start(t)
	var errs string
	poll.Until(t, "the job has failed", func() bool {
		f.row(t, &errs, `select coalesce(max(errors::text), '') from river_job
			where kind = 'mail' and state in ('retryable', 'available')`)
		return errs != ""
	})
	if !strings.Contains(errs, "nonsense") {
		t.Error(errs)
	}
}

func TestTheQueueHoldsNoPersonalValues(t *testing.T) {
	f := newFixture(t)
	f.send(t, f.message(t, i18n.KK))
	f.start(t)
	poll.Until(t, "the mail was kept", func() bool { return len(f.kept(t)) == 1 })
	var n int
	f.row(t, &n, `select count(*) from river_job j, person p
		where position(p.email in j::text) + position(p.given_name in j::text) + position(p.family_name in j::text)
			> 0`)
	if n > 0 {
		t.Error("a job holds a name or an address")
	}
}

// TestADatabaseThatWasAway ends every connection under a running worker.
func TestADatabaseThatWasAway(t *testing.T) {
	f := newFixture(t)
	f.start(t)
	m := f.message(t, i18n.KK)
	if _, err := f.pool.Exec(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity
		where datname = current_database() and pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	poll.Until(t, "the outbox takes a message", func() bool {
		o, err := outbox.New(f.pool, nil)
		return err == nil && pgx.BeginFunc(t.Context(), f.pool, func(tx pgx.Tx) error {
			return o.Send(t.Context(), tx, m)
		}) == nil
	})
	poll.Until(t, "the mail was kept", func() bool {
		found, err := outbox.Kept(t.Context(), f.pool, 1)
		return err == nil && len(found) == 1
	})
}

func TestSettingsThatMakeNoSense(t *testing.T) {
	f := newFixture(t)
	for name, change := range map[string]func(*Deps){
		"no base":        func(d *Deps) { d.BaseURL = "" },
		"base with js":   func(d *Deps) { d.BaseURL = "javascript:alert(1)" },
		"smtp scheme":    func(d *Deps) { d.SMTPURL = "http://u:hush@mail.example" },
		"smtp host":      func(d *Deps) { d.SMTPURL = "smtp://" },
		"smtp tls":       func(d *Deps) { d.SMTPURL = "smtp://u:hush@mail.example?tls=perhaps" },
		"smtp port":      func(d *Deps) { d.SMTPURL = "smtp://u:hush@mail.example:99999" },
		"smtp unparsed":  func(d *Deps) { d.SMTPURL = "smtp://u:hush@mail.example:port" },
		"city no e-mail": func(d *Deps) { d.From = ""; d.SMTPURL = "smtp://mail.example" },
		"no composer":    func(d *Deps) { d.Compose = nil },
		"nobody follows": func(d *Deps) { d.Follow = nil },
		"no exports":     func(d *Deps) { d.Export.Make = nil },
		"no failed ones": func(d *Deps) { d.Export.Failed = nil },
		"job of no name": func(d *Deps) { d.Periodic = []Periodic{{Every: time.Hour, Do: d.Periodic[0].Do}} },
		"job of no time": func(d *Deps) { d.Periodic = []Periodic{{Name: "x", Do: d.Periodic[0].Do}} },
		"job of nothing": func(d *Deps) { d.Periodic = []Periodic{{Name: "x", Every: time.Hour}} },
		"jobs of a name": func(d *Deps) { d.Periodic = []Periodic{d.Periodic[0], d.Periodic[0]} },
	} {
		d := f.deps
		change(&d)
		_, err := New(f.pool, d)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		if s := err.Error(); len(s) == 0 || strings.Contains(s, "hush") {
			t.Errorf("%s: the error tells the password: %s", name, s)
		}
	}
}
