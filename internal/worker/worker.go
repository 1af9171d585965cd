// Package worker runs the jobs: it sends the messages that the domains have put into the outbox, makes
// the files that staff ask for, and does the periodic jobs. It decides nothing itself: what a message
// says and what the jobs do is handed in.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"

	"shtab/internal/outbox"
)

// Deps is what the worker works with.
type Deps struct {
	BaseURL string // scheme and host of the portal: its host names the sender to mail servers
	SMTPURL string // empty: mails are kept in outbox_mail
	From    string // the city's e-mail, which mails are sent from

	// Follow does what else follows from a message, such as copies to others, before it is composed.
	// It is called again when the job is tried again.
	Follow func(ctx context.Context, m outbox.Message, now time.Time) error
	// Compose writes the e-mail of a message, as things are now; an outbox.NoLonger drops it.
	Compose func(ctx context.Context, m outbox.Message, now time.Time) (outbox.Email, error)
	Export  Export
	// Periodic is every job that comes round with time.
	Periodic []Periodic

	Log *slog.Logger     // nil: slog.Default()
	Now func() time.Time // nil: time.Now
}

// Worker works the queue in this process. Several processes may do so at once: each job is
// taken by one of them, and one of them sets the periodic jobs.
type Worker struct {
	client *river.Client[pgx.Tx]
	pool   *pgxpool.Pool
	log    *slog.Logger

	mu      sync.Mutex
	stopped bool
}

// The queues: periodic jobs have one of their own, so that a mail server that hangs does not stop them.
const (
	messagesAtOnce = 4
	periodicQueue  = "periodic"
)

// New makes a worker over pool, of which it holds one connection while it runs and uses up to
// five more. It fails when a setting makes no sense or a kind of job has nobody to do it;
// it does not speak to the database yet.
func New(pool *pgxpool.Pool, d Deps) (*Worker, error) {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	base, err := url.Parse(d.BaseURL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("worker: BASE_URL must be like https://shtab.example, not %q", d.BaseURL)
	}
	var out transport = kept{db: pool, now: d.Now}
	if d.SMTPURL != "" {
		if out, err = newSMTP(d.SMTPURL, d.From, base.Hostname()); err != nil {
			return nil, err
		}
	}
	if d.Follow == nil || d.Compose == nil || d.Export.Make == nil || d.Export.Failed == nil {
		return nil, errors.New("worker: messages and exports need functions that do them")
	}
	due, periodic, err := schedule(d.Periodic, d.Now)
	if err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &messageWorker{follow: d.Follow, compose: d.Compose, out: out, log: d.Log, now: d.Now})
	river.AddWorker(workers, periodic)
	river.AddWorker(workers, &exportWorker{Export: d.Export, now: d.Now})
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: messagesAtOnce},
			periodicQueue:      {MaxWorkers: 1},
			outbox.ExportQueue: {MaxWorkers: 1},
		},
		PeriodicJobs:         due,
		JobTimeout:           time.Minute,
		RescueStuckJobsAfter: 5 * time.Minute, // what a killed process left behind
		ErrorHandler:         errorHandler{d.Log},
		Logger:               slog.New(quiet{d.Log.Handler()}),
	})
	if err != nil {
		return nil, fmt.Errorf("worker: %w", err)
	}
	return &Worker{client: client, pool: pool, log: d.Log}, nil
}

// Start begins to work and returns at once. The end of ctx does not end the work: Stop does, so
// that a mail under way at a shutdown is finished. It fails when the database does not answer,
// and may then be called again. After Stop it does nothing.
func (w *Worker) Start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return nil
	}
	ping, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if err := w.pool.Ping(ping); err != nil {
		return err
	}
	return w.client.Start(context.WithoutCancel(ctx))
}

// Run is Start for a database that may be away just now: it tries until it has started, until
// Stop or until ctx ends.
func (w *Worker) Run(ctx context.Context) {
	for {
		err := w.Start(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		w.log.WarnContext(ctx, "jobs wait for the database", "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
	}
}

// Stop takes no new jobs and waits for those under way until ctx ends; then it breaks them off,
// and they are tried again by the next process.
func (w *Worker) Stop(ctx context.Context) error {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	err := w.client.Stop(ctx)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		return w.client.StopAndCancel(hard)
	}
	return err
}

// errorHandler logs what went wrong by the job's number. A job's arguments hold no personal
// values and the transports keep them out of their errors; a panic's value might, so only its
// type and place are told.
type errorHandler struct{ log *slog.Logger }

// HandleError logs an attempt that failed; the last one loudly.
func (h errorHandler) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	level := slog.LevelWarn
	if job.Attempt >= job.MaxAttempts {
		level = slog.LevelError
	}
	h.log.Log(ctx, level, "job failed",
		"job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "of", job.MaxAttempts, "err", err)
	return nil
}

// HandlePanic logs a bug.
func (h errorHandler) HandlePanic(
	ctx context.Context, job *rivertype.JobRow, value any, trace string,
) *river.ErrorHandlerResult {
	h.log.ErrorContext(ctx, "job panicked",
		"job", job.ID, "kind", job.Kind, "attempt", job.Attempt, "type", fmt.Sprintf("%T", value), "trace", trace)
	return nil
}

// quiet lets only river's warnings and errors through: the rest errorHandler says better.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}
func (q quiet) WithAttrs(a []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(a)} }
func (q quiet) WithGroup(name string) slog.Handler   { return quiet{q.Handler.WithGroup(name)} }
