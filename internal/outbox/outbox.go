// Package outbox enqueues work inside the caller's transaction: what must happen after a commit,
// and only then, messages before all. Who does the work stands in internal/worker; what a message
// says, in web/mail.
package outbox

import (
	"context"
	"fmt"
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

// Was is an event's time and those of its texts that are told, before a change, and, where an event has
// several shifts, the time of the sign-up's own: what its person has in the calendar.
type Was struct {
	Texts         map[string]i18n.Text `json:"texts"` // by the names of their fields
	StartsAt      time.Time            `json:"starts_at"`
	EndsAt        time.Time            `json:"ends_at"`
	ShiftStartsAt time.Time            `json:"shift_starts_at,omitzero"`
	ShiftEndsAt   time.Time            `json:"shift_ends_at,omitzero"`
}

// MessageJob is a message in the queue.
type MessageJob struct{ Message }

// Kind is the job's name in the queue; the message's kind is Message.Kind.
func (MessageJob) Kind() string { return "mail" }

// Outbox enqueues.
type Outbox struct {
	client    *river.Client[pgx.Tx]
	urgencies map[Kind]Urgency
}

// New makes an outbox over pool. It inserts only; internal/worker runs the jobs. urgencies are the
// kinds that may be sent, as web/mail declares them; nil, in tests, for any kind as Ordinary.
func New(pool *pgxpool.Pool, urgencies map[Kind]Urgency) (*Outbox, error) {
	c, err := river.NewClient(riverpgxv5.New(pool), &river.Config{})
	if err != nil {
		return nil, err
	}
	return &Outbox{client: c, urgencies: urgencies}, nil
}

// Send enqueues messages in tx: they go out after it commits, once each. It fails for a kind that
// is not declared.
func (o *Outbox) Send(ctx context.Context, tx pgx.Tx, messages ...Message) error {
	params, err := o.params(messages, river.UniqueOpts{})
	if err != nil || len(params) == 0 {
		return err
	}
	_, err = o.client.InsertManyFastTx(ctx, tx, params)
	return err
}

// SendOnce is Send for messages that may have been enqueued before, by an earlier try of the job
// they follow from: a message with the same fields is not enqueued again for a day.
func (o *Outbox) SendOnce(ctx context.Context, tx pgx.Tx, messages ...Message) error {
	params, err := o.params(messages, river.UniqueOpts{ByArgs: true})
	if err != nil || len(params) == 0 {
		return err
	}
	_, err = o.client.InsertManyTx(ctx, tx, params)
	return err
}

func (o *Outbox) params(messages []Message, unique river.UniqueOpts) ([]river.InsertManyParams, error) {
	params := make([]river.InsertManyParams, len(messages))
	for i, m := range messages {
		u, declared := o.urgencies[m.Kind]
		if !declared && o.urgencies != nil {
			return nil, fmt.Errorf("outbox: no declaration of message kind %q", m.Kind)
		}
		opts := u.insertOpts()
		opts.UniqueOpts = unique
		params[i] = river.InsertManyParams{Args: MessageJob{m}, InsertOpts: &opts}
	}
	return params, nil
}
