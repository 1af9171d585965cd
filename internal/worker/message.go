package worker

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// messageWorker sends what lies in the outbox.
type messageWorker struct {
	river.WorkerDefaults[outbox.MessageJob]
	follow  func(context.Context, outbox.Message, time.Time) error
	compose func(context.Context, outbox.Message, time.Time) (outbox.Email, error)
	out     transport
	log     *slog.Logger
	now     func() time.Time
}

// delivery is an e-mail on its way.
type delivery struct {
	jobID    int64
	queuedAt time.Time // does not change when the job is tried again
	kind     outbox.Kind
	outbox.Email
}

// transport takes e-mails away. Its errors hold no personal values, because the queue keeps them.
type transport interface {
	// send is called again with the same delivery when it has failed. errRefused: never try again.
	send(ctx context.Context, d delivery) error
}

// errRefused is a mail that will not be taken however often it is tried.
var errRefused = errors.New("refused for good")

// Work sends one message. One that is no longer so is dropped; one that is refused for good is
// cancelled; any other error is tried again later.
func (w *messageWorker) Work(ctx context.Context, job *river.Job[outbox.MessageJob]) error {
	m, now := job.Args.Message, w.now()
	if err := w.follow(ctx, m, now); err != nil {
		return err
	}
	email, err := w.compose(ctx, m, now)
	if why, ok := errors.AsType[outbox.NoLonger](err); ok {
		w.log.InfoContext(ctx, "message dropped: no longer so", "job", job.ID, "message", m.Kind, "why", string(why))
		return nil
	}
	if err != nil {
		return err
	}
	err = w.out.send(ctx, delivery{jobID: job.ID, queuedAt: job.CreatedAt, kind: m.Kind, Email: email})
	if errors.Is(err, errRefused) {
		w.log.WarnContext(ctx, "message refused", "job", job.ID, "message", m.Kind, "err", err)
		return river.JobCancel(err)
	}
	return err
}

// kept is the transport of a portal without a mail server: outbox_mail.
type kept struct {
	db  postgres.DB
	now func() time.Time
}

func (k kept) send(ctx context.Context, d delivery) error {
	return outbox.Keep(ctx, k.db, outbox.KeptMail{
		JobID: d.jobID, Kind: d.kind, Recipient: d.To, Lang: d.Lang,
		Subject: d.Subject, TextBody: d.Text, HTMLBody: d.HTML, CreatedAt: k.now(),
	})
}
