package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"shtab/internal/outbox"
)

// Exports is what the worker asks of the export room.
type Exports interface {
	Make(ctx context.Context, id int64, now time.Time) error
	// Failed says that a file will not be made.
	Failed(ctx context.Context, id int64, now time.Time) error
	Sweeper
}

// exportWorker makes the files that staff ask for.
type exportWorker struct {
	river.WorkerDefaults[outbox.Export]
	exports Exports
	now     func() time.Time
}

// exportTime is how long one file may take.
const exportTime = 10 * time.Minute

// Timeout is longer than a mail's.
func (*exportWorker) Timeout(*river.Job[outbox.Export]) time.Duration { return exportTime }

// Work makes one file.
func (w *exportWorker) Work(ctx context.Context, job *river.Job[outbox.Export]) error {
	err := w.exports.Make(ctx, job.Args.ID, w.now())
	if err != nil && job.Attempt >= job.MaxAttempts {
		if failed := w.exports.Failed(context.WithoutCancel(ctx), job.Args.ID, w.now()); failed != nil {
			return failed
		}
	}
	return err
}
