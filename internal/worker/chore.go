package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"shtab/internal/account"
	"shtab/internal/guardian"
	"shtab/internal/org"
	"shtab/internal/outbox"
)

// Accounts is what the worker asks of the account room.
type Accounts interface {
	// RegistrationMail is what the mail of a registration says; NotFound when it is over.
	RegistrationMail(ctx context.Context, registrationID int64, now time.Time) (account.RegistrationMail, error)
	// IssueReset draws a reset's token; false when there is no such account or it is over.
	IssueReset(ctx context.Context, resetID int64, now time.Time) (account.ResetMail, bool, error)
	// EmailMail is what the mails of a new e-mail say, before its code and once it is done; NotFound
	// when it is not so any more.
	EmailMail(ctx context.Context, changeID int64, done bool, now time.Time) (account.EmailMail, error)
	// Sweep removes what has run out: registrations, resets, sessions, throttles.
	Sweep(ctx context.Context, now time.Time) error
}

// Signups is what the worker asks of the signup room.
type Signups interface {
	// ExpireHolds gives up the places held for a consent that has not come in time.
	ExpireHolds(ctx context.Context, now time.Time) error
	// RemindDue puts the reminders that are due into the outbox.
	RemindDue(ctx context.Context, now time.Time) error
}

// Guardians is what the worker asks of the guardian room: the letters of its mails, false when
// there is nothing to send any more, and what follows from mails about sign-ups.
type Guardians interface {
	AskLetter(ctx context.Context, m outbox.Message, now time.Time) (guardian.Letter, bool, error)
	CodeLetter(ctx context.Context, guardianID int64, now time.Time) (guardian.Letter, bool, error)
	ReceiptLetter(ctx context.Context, m outbox.Message, now time.Time) (guardian.Letter, bool, error)
	CopyLetter(ctx context.Context, guardianID int64, now time.Time) (guardian.Letter, bool, error)
	Follow(ctx context.Context, m outbox.Message, now time.Time) error
	// Sweep forgets links, codes and guardians that have run out.
	Sweep(ctx context.Context, now time.Time) error
}

// Orgs is what the worker asks of the org room: the letters of its mails, false when there is
// nothing to send any more.
type Orgs interface {
	InviteLetter(ctx context.Context, inviteID int64, now time.Time) (org.InviteLetter, bool, error)
	RemovedLetter(ctx context.Context, personID, orgID int64) (org.RemovedLetter, bool, error)
	StateLetter(ctx context.Context, personID, orgID int64) (org.StateLetter, bool, error)
	Sweeper
}

// Sweeper forgets what has run out in a room.
type Sweeper interface {
	Sweep(ctx context.Context, now time.Time) error
}

// chore is work that comes round with time.
type chore struct {
	Do string `json:"do"`
}

// The chores.
const (
	remind      = "remind"
	expireHolds = "expire_holds"
	sweep       = "sweep"
)

// Kind is the job's name in the queue.
func (chore) Kind() string { return "chore" }

// InsertOpts tries a chore once: the next round comes soon.
func (chore) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: choreQueue, MaxAttempts: 1}
}

// periodic is when each chore comes round; all of them also when a portal starts.
func periodic() []*river.PeriodicJob {
	every := func(d time.Duration, do string) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(d),
			func() (river.JobArgs, *river.InsertOpts) { return chore{Do: do}, nil },
			&river.PeriodicJobOpts{ID: do, RunOnStart: true})
	}
	return []*river.PeriodicJob{
		every(5*time.Minute, remind),
		every(time.Minute, expireHolds),
		every(time.Hour, sweep),
	}
}

// choreWorker does the chores. Each is safe to do twice: the rooms see to that.
type choreWorker struct {
	river.WorkerDefaults[chore]
	db        *pgxpool.Pool
	accounts  Accounts
	signups   Signups
	guardians Guardians
	intake    Sweeper
	orgs      Sweeper
	people    Sweeper
	exports   Sweeper
	now       func() time.Time
}

// keptFor is how long a mail that did not go out is kept to be looked at: it holds an address
// and perhaps a code.
const keptFor = 7 * 24 * time.Hour

// Work does one chore.
func (w *choreWorker) Work(ctx context.Context, job *river.Job[chore]) error {
	switch job.Args.Do {
	case remind:
		return w.signups.RemindDue(ctx, w.now())
	case expireHolds:
		return w.signups.ExpireHolds(ctx, w.now())
	case sweep:
		if err := w.accounts.Sweep(ctx, w.now()); err != nil {
			return err
		}
		for _, room := range []Sweeper{w.guardians, w.intake, w.orgs, w.people, w.exports} {
			if err := room.Sweep(ctx, w.now()); err != nil {
				return err
			}
		}
		return outbox.Forget(ctx, w.db, w.now().Add(-keptFor))
	default:
		return river.JobCancel(fmt.Errorf("worker: unknown chore %q", job.Args.Do))
	}
}
