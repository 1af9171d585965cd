// Package outbox enqueues work inside the caller's transaction: what must happen after a commit,
// and only then, mails before all. Who does the work stands in internal/worker.
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

// Kind names a mail; its texts stand in the catalogue under mail.<kind>.
type Kind string

// The mails.
const (
	SignupConfirmed Kind = "signup_confirmed"
	SignupWaiting   Kind = "signup_waiting"
	SignupAwaiting  Kind = "signup_awaiting"  // a guardian's consent
	SignupPromoted  Kind = "signup_promoted"  // a place became free
	SignupCancelled Kind = "signup_cancelled" // by somebody else, or no longer eligible
	EventChanged    Kind = "event_changed"    // time, place or title
	EventCancelled  Kind = "event_cancelled"
	Reminder        Kind = "reminder"
	HoldExpired     Kind = "hold_expired"   // consent did not come in time: the place went on
	Message         Kind = "message"        // a coordinator's own words
	RegisterCode    Kind = "register_code"  // the code, or "you already have an account"
	PasswordReset   Kind = "password_reset" // the link, if there is such an account

	HoursAttended Kind = "hours_attended" // thanks, with the minutes
	HoursNoShow   Kind = "hours_no_show"  // how to explain

	GuardianAsk      Kind = "guardian_ask"      // to a guardian: will you agree?
	GuardianCode     Kind = "guardian_code"     // the code that makes an answer theirs
	GuardianReceipt  Kind = "guardian_receipt"  // what they have agreed to
	GuardianExpired  Kind = "guardian_expired"  // the place is no longer held
	GuardianStranger Kind = "guardian_stranger" // to the volunteer: that address is somebody else's
	ConsentLost      Kind = "consent_lost"      // to a coordinator: somebody no longer comes

	EventApproved Kind = "event_approved" // to a coordinator: the headquarters has published it
	EventReturned Kind = "event_returned" // to a coordinator: the headquarters has sent it back

	CoordinatorInvite  Kind = "coordinator_invite"  // will you act for an organisation?
	CoordinatorRemoved Kind = "coordinator_removed" // you no longer do

	AccountChanged Kind = "account_changed" // the headquarters has changed an account: role, suspension, birth date (Cause)
	AccountMerged  Kind = "account_merged"  // two accounts of one person are one now

	OrgApproved Kind = "org_approved" // to an applicant: the headquarters has taken the body in
	OrgReturned Kind = "org_returned" // to an applicant: the application came back with words
	OrgState    Kind = "org_state"    // to a coordinator: paused, closed, or going on (Cause)
	OrgMerged   Kind = "org_merged"   // to a coordinator: it is one with another now

	FactorAdded   Kind = "factor_added"   // Cause says which: app, passkey
	FactorRemoved Kind = "factor_removed" // Cause says which
	FactorReset   Kind = "factor_reset"   // by an administrator: all are gone
	RecoveryUsed  Kind = "recovery_used"  // Seq codes are left
	EmailCode     Kind = "email_code"     // the code of a new e-mail, or "you already have an account"
	EmailChanged  Kind = "email_changed"  // to the e-mail that was
)

// Mail is a mail to send, by ids: no personal value is kept in the queue.
type Mail struct {
	Mail Kind `json:"mail"`
	// PersonID is who gets it; 0 for RegisterCode and PasswordReset.
	PersonID int64 `json:"person_id,omitempty"`
	// SignupID is the sign-up it speaks of.
	SignupID int64 `json:"signup_id,omitempty"`
	// Seq tells repeated mails about one sign-up apart, such as two promotions.
	Seq int64 `json:"seq,omitempty"`
	// Cause is why, for SignupCancelled: a signup.cancel_cause; "moved" for SignupConfirmed and
	// SignupAwaiting in exchange for another shift.
	Cause string `json:"cause,omitempty"`
	// Was is what an event was before EventChanged.
	Was *Was `json:"was,omitempty"`
	// RegistrationID is the registration of RegisterCode.
	RegistrationID int64 `json:"registration_id,omitempty"`
	// ResetID is the request of PasswordReset.
	ResetID int64 `json:"reset_id,omitempty"`
	// GuardianID is the guardian who gets it: of the mails to guardians, and of a copy of a mail
	// about a sign-up.
	GuardianID int64 `json:"guardian_id,omitempty"`
	// AskID is the question of GuardianAsk and GuardianExpired.
	AskID int64 `json:"ask_id,omitempty"`
	// ConsentID is the consent of GuardianReceipt.
	ConsentID int64 `json:"consent_id,omitempty"`
	// MessageID is the message of Message, whose text it is.
	MessageID int64 `json:"message_id,omitempty"`
	// EventID is the event of EventApproved and EventReturned.
	EventID int64 `json:"event_id,omitempty"`
	// InviteID is the invitation of CoordinatorInvite.
	InviteID int64 `json:"invite_id,omitempty"`
	// OrgID is the organisation of CoordinatorRemoved and of the mails about its standing.
	OrgID int64 `json:"org_id,omitempty"`
	// ChangeID is the change of EmailCode and EmailChanged.
	ChangeID int64 `json:"change_id,omitempty"`
	// FromID is the account that was merged, of AccountMerged.
	FromID int64 `json:"from_id,omitempty"`
	// Lang is the page's language where there is no person to ask.
	Lang i18n.Lang `json:"lang,omitempty"`
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

// Kind is the job's name in the queue.
func (Mail) Kind() string { return "mail" }

// InsertOpts tries a mail for about half a day. A code or a link, which somebody waits for in
// front of the screen, overtakes the others; a code is tried for six minutes, as it lives
// fifteen.
func (m Mail) InsertOpts() river.InsertOpts {
	switch m.Mail {
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

// Send enqueues mails in tx: they go out after it commits, once each.
func (o *Outbox) Send(ctx context.Context, tx pgx.Tx, mails ...Mail) error {
	if len(mails) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(mails))
	for i, m := range mails {
		params[i] = river.InsertManyParams{Args: m}
	}
	_, err := o.client.InsertManyFastTx(ctx, tx, params)
	return err
}

// SendOnce is Send for mails that may have been enqueued before, by an earlier try of the job
// they follow from: a mail with the same fields is not enqueued again for a day.
func (o *Outbox) SendOnce(ctx context.Context, tx pgx.Tx, mails ...Mail) error {
	if len(mails) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(mails))
	for i, m := range mails {
		opts := m.InsertOpts()
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true}
		params[i] = river.InsertManyParams{Args: m, InsertOpts: &opts}
	}
	_, err := o.client.InsertManyTx(ctx, tx, params)
	return err
}

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

// Make enqueues a file in tx.
func (o *Outbox) Make(ctx context.Context, tx pgx.Tx, id int64) error {
	_, err := o.client.InsertTx(ctx, tx, Export{ID: id}, nil)
	return err
}
