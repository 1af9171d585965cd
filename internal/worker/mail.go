package worker

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/web/mail"
)

// mailWorker sends what lies in the outbox.
type mailWorker struct {
	river.WorkerDefaults[outbox.MessageJob]
	db        postgres.DB
	composer  composer
	accounts  Accounts
	guardians Guardians
	orgs      Orgs
	people    People
	out       transport
	log       *slog.Logger
	now       func() time.Time
}

// parcel is a letter on its way.
type parcel struct {
	jobID    int64
	queuedAt time.Time // does not change when the job is tried again
	kind     outbox.Kind
	to       string
	letter   mail.Letter
	html     string
	calendar []byte // an .ics file; nil: none
}

// transport takes parcels away. Its errors hold no personal values, because the queue keeps them.
type transport interface {
	// send is called again with the same parcel when it has failed. errRefused: never try again.
	send(ctx context.Context, p parcel) error
}

// errRefused is a mail that will not be taken however often it is tried.
var errRefused = errors.New("refused for good")

// Work sends one mail. A mail that has lost its reader or its sense meanwhile is dropped; one
// that is refused for good is cancelled; any other error is tried again later.
func (w *mailWorker) Work(ctx context.Context, job *river.Job[outbox.MessageJob]) error {
	m := job.Args.Message
	p := parcel{jobID: job.ID, queuedAt: job.CreatedAt, kind: m.Kind}
	if m.GuardianID == 0 {
		if err := w.guardians.Follow(ctx, m, w.now()); err != nil {
			return err
		}
	}
	ok, err := w.pack(ctx, m, &p)
	if err != nil {
		return err
	}
	if !ok {
		w.log.InfoContext(ctx, "mail dropped: no longer so", "job", job.ID, "mail", p.kind)
		return nil
	}
	var html strings.Builder
	if err := mail.HTML(p.letter).Render(ctx, &html); err != nil {
		return err
	}
	p.html = html.String()
	err = w.out.send(ctx, p)
	if errors.Is(err, errRefused) {
		w.log.WarnContext(ctx, "mail refused", "job", job.ID, "mail", p.kind, "err", err)
		return river.JobCancel(err)
	}
	return err
}

// pack fills p for m; false when there is nothing to send.
func (w *mailWorker) pack(ctx context.Context, m outbox.Message, p *parcel) (bool, error) {
	now := w.now()
	switch m.Kind {
	case outbox.RegisterCode:
		r, err := w.accounts.RegistrationMail(ctx, m.SubjectID, w.now())
		if k := fault.Of(err); k == fault.KindNotFound || k == fault.KindGone {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		p.to, p.letter = r.To, w.composer.registration(r)
	case outbox.PasswordReset:
		r, known, err := w.accounts.IssueReset(ctx, m.SubjectID, now)
		if err != nil || !known {
			return false, err
		}
		p.to, p.letter = r.To, w.composer.reset(r)
	case outbox.GuardianAsk, outbox.GuardianExpired:
		l, ok, err := w.guardians.AskLetter(ctx, m, now)
		if err != nil || !ok {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.question(m.Kind, l, now)
	case outbox.GuardianCode:
		l, ok, err := w.guardians.CodeLetter(ctx, m.GuardianID, now)
		if err != nil || !ok {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.guardianCode(l)
	case outbox.GuardianReceipt:
		l, ok, err := w.guardians.ReceiptLetter(ctx, m, now)
		if err != nil || !ok {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.receipt(l)
	case outbox.GuardianStranger:
		r, found, err := loadReader(ctx, w.db, m.PersonID)
		if err != nil || !found {
			return false, err
		}
		p.to, p.letter = r.Email, w.composer.stranger(r)
	case outbox.EmailCode, outbox.EmailChanged:
		done := m.Kind == outbox.EmailChanged
		e, err := w.accounts.EmailMail(ctx, m.SubjectID, done, now)
		if fault.Of(err) == fault.KindNotFound {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		p.to, p.letter = e.To, w.composer.email(e, done)
	case outbox.FactorAdded, outbox.FactorRemoved, outbox.FactorReset, outbox.RecoveryUsed:
		r, found, err := loadReader(ctx, w.db, m.PersonID)
		if err != nil || !found {
			return false, err
		}
		p.to, p.letter = r.Email, w.composer.factor(m, r)
	case outbox.CoordinatorInvite:
		l, ok, err := w.orgs.InviteLetter(ctx, m.SubjectID, now)
		if err != nil || !ok {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.invite(l)
	case outbox.CoordinatorRemoved:
		l, ok, err := w.orgs.RemovedLetter(ctx, m.PersonID, m.SubjectID)
		if err != nil || !ok {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.removed(l)
	case outbox.AccountChanged, outbox.AccountMerged:
		l, ok, err := w.people.Letter(ctx, m.PersonID, m.SubjectID)
		if err != nil || !ok {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.account(m, l)
	case outbox.OrgApproved, outbox.OrgReturned, outbox.OrgState, outbox.OrgMerged:
		l, ok, err := w.orgs.StateLetter(ctx, m.PersonID, m.SubjectID)
		if err != nil || !ok || !holds(m, l) {
			return false, err
		}
		p.to, p.letter = l.To, w.composer.standing(m.Kind, l)
	case outbox.CoordinatorMessage:
		r, found, err := loadMessage(ctx, w.db, m)
		if err != nil || !found {
			return false, err
		}
		p.to, p.letter = r.Email, w.composer.message(r, now)
	case outbox.EventApproved, outbox.EventReturned:
		d, found, err := loadDecision(ctx, w.db, m)
		if err != nil || !found {
			return false, err
		}
		p.to, p.letter = d.Email, w.composer.decision(m.Kind, d, now)
	default:
		s, found, err := load(ctx, w.db, m)
		if err != nil || !found || !s.holds(m, now) {
			return false, err
		}
		if m.GuardianID != 0 {
			l, ok, err := w.guardians.CopyLetter(ctx, m.GuardianID, now)
			if err != nil || !ok {
				return false, err
			}
			p.to, p.letter = l.To, w.composer.copied(m, s, l, now)
			return true, nil
		}
		p.to, p.letter = s.Email, w.composer.about(m, s, now)
		if m.Kind == outbox.SignupConfirmed || m.Kind == outbox.SignupPromoted {
			p.calendar = w.composer.calendar(s, now)
		}
	}
	return true, nil
}

// kept is the transport of a portal without a mail server: outbox_mail.
type kept struct {
	db  postgres.DB
	now func() time.Time
}

func (k kept) send(ctx context.Context, p parcel) error {
	return outbox.Keep(ctx, k.db, outbox.KeptMail{
		JobID: p.jobID, Kind: p.kind, Recipient: p.to, Lang: p.letter.Lang,
		Subject: p.letter.Subject, TextBody: p.letter.Text(), HTMLBody: p.html, CreatedAt: k.now(),
	})
}
