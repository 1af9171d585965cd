// Package outbox enqueues work inside the caller's transaction: what must happen after a commit,
// and only then, messages before all. Who does the work stands in internal/worker; what a message
// says, in web/mail.
package outbox

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"shtab/internal/i18n"
)

// Message is something to tell somebody, by ids: no personal value is kept in the queue.
type Message struct {
	Kind Kind `json:"kind"`
	// PersonID is who gets it; 0 where the subject says so: an address without an account, a guardian.
	PersonID int64 `json:"person_id,omitempty"`
	// GuardianID is the guardian who gets it: of the messages to guardians, and of a copy of a
	// message about a sign-up.
	GuardianID int64 `json:"guardian_id,omitempty"`
	// SubjectID is the row that it is about; the list of kinds says of which table.
	SubjectID int64 `json:"subject_id,omitempty"`
	// Seq tells repeated messages about one subject apart, such as two promotions.
	Seq int64 `json:"seq,omitempty"`
	// Cause is why or how, one word that the kind knows, such as a signup.CancelCause.
	Cause string `json:"cause,omitempty"`
	// Was is what an event was before EventChanged.
	Was *Was `json:"was,omitempty"`
}

// Was is an event's time, place and title before a change, and, where an event has several
// shifts, the time of the sign-up's own: what its person has in the calendar.
type Was struct {
	Title         i18n.Text `json:"title"`
	Place         i18n.Text `json:"place"`
	StartsAt      time.Time `json:"starts_at"`
	EndsAt        time.Time `json:"ends_at"`
	ShiftStartsAt time.Time `json:"shift_starts_at,omitzero"`
	ShiftEndsAt   time.Time `json:"shift_ends_at,omitzero"`
}

// MessageJob is a message in the queue.
type MessageJob struct{ Message }

// Kind is the job's name in the queue; the message's kind is Message.Kind.
func (MessageJob) Kind() string { return "mail" }

// InsertOpts tries a message for about half a day. A code or a link, which somebody waits for in
// front of the screen, overtakes the others; a code is tried for six minutes, as it lives
// fifteen.
func (j MessageJob) InsertOpts() river.InsertOpts {
	switch j.Message.Kind {
	case RegisterCode, GuardianCode, EmailCode:
		return river.InsertOpts{MaxAttempts: 5}
	case PasswordReset:
		return river.InsertOpts{MaxAttempts: 12}
	default:
		return river.InsertOpts{MaxAttempts: 12, Priority: 2}
	}
}

// Outbox enqueues.
type Outbox struct {
	client *river.Client[pgx.Tx]
}

// New makes an outbox over pool. It inserts only; internal/worker runs the jobs.
func New(pool *pgxpool.Pool) (*Outbox, error) {
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		return nil, err
	}
	return &Outbox{client: c}, nil
}

// Send enqueues messages in tx: they go out after it commits, once each.
func (o *Outbox) Send(ctx context.Context, tx pgx.Tx, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(messages))
	for i, m := range messages {
		params[i] = river.InsertManyParams{Args: MessageJob{m}}
	}
	_, err := o.client.InsertManyFastTx(ctx, tx, params)
	return err
}

// SendOnce is Send for messages that may have been enqueued before, by an earlier try of the job
// they follow from: a message with the same fields is not enqueued again for a day.
func (o *Outbox) SendOnce(ctx context.Context, tx pgx.Tx, messages ...Message) error {
	if len(messages) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(messages))
	for i, m := range messages {
		job := MessageJob{m}
		opts := job.InsertOpts()
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true}
		params[i] = river.InsertManyParams{Args: job, InsertOpts: &opts}
	}
	_, err := o.client.InsertManyTx(ctx, tx, params)
	return err
}
