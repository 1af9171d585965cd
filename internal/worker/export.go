package worker

import (
	"context"
	"time"

	"github.com/riverqueue/river"

	"shtab/internal/outbox"
)

// Export makes the files that staff ask for.
type Export struct {
	Make func(ctx context.Context, id int64, now time.Time) error
	// Failed says that a file will not be made.
	Failed func(ctx context.Context, id int64, now time.Time) error
}

type exportWorker struct {
	river.WorkerDefaults[outbox.Export]
	Export
	now func() time.Time
}

// exportTime is how long one file may take.
const exportTime = 10 * time.Minute

// Timeout is longer than a mail's.
func (*exportWorker) Timeout(*river.Job[outbox.Export]) time.Duration { return exportTime }

// Work makes one file.
func (w *exportWorker) Work(ctx context.Context, job *river.Job[outbox.Export]) error {
	err := w.Make(ctx, job.Args.ID, w.now())
	if err != nil && job.Attempt >= job.MaxAttempts {
		if failed := w.Failed(context.WithoutCancel(ctx), job.Args.ID, w.now()); failed != nil {
			return failed
		}
	}
	return err
}
