package outbox

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
)

// ExportQueue is the queue of the files that staff ask for: one at a time, apart from the mails.
const ExportQueue = "exports"

// Export is a file to make; internal/export knows of what.
type Export struct {
	ID int64 `json:"id"`
}

// Kind is the job's name in the queue.
func (Export) Kind() string { return "export" }

// InsertOpts tries it twice: somebody waits, and may ask again.
func (Export) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: ExportQueue, MaxAttempts: 2}
}

// SendExport enqueues a file to make in tx.
func (o *Outbox) SendExport(ctx context.Context, tx pgx.Tx, id int64) error {
	_, err := o.client.InsertTx(ctx, tx, Export{ID: id}, nil)
	return err
}
