package mail

import (
	"context"
	"time"

	"shtab/internal/account"
	"shtab/internal/outbox"
	"shtab/internal/people"
	"shtab/web/link"
)

// accountKinds are about somebody's own account.
func accountKinds() []kind {
	return []kind{
		declaration[account.RegistrationLetter]{
			Kind: outbox.RegisterCode, Urgency: outbox.Code, Holds: stillSo[account.RegistrationLetter],
			Read: readRegistration,
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (account.RegistrationLetter,
				error,
			) {
				return s.Accounts.RegistrationLetter(ctx, m.SubjectID, now)
			},
		}.kind(),
		declaration[account.ResetLetter]{
			Kind: outbox.PasswordReset, Urgency: outbox.Link, Holds: stillSo[account.ResetLetter],
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (account.ResetLetter, error) {
				return s.Accounts.ResetLetter(ctx, m.SubjectID, now)
			},
			Read: func(w *writer, r account.ResetLetter, _ outbox.Message) Letter {
				l := w.short(w.texts+".why", w.own("body"))
				l.Button = w.ownButton(link.PasswordToken(w.Lang(), r.Token))
				return l
			},
		}.kind(),
		declaration[account.EmailCodeLetter]{
			Kind: outbox.EmailCode, Urgency: outbox.Code, Holds: stillSo[account.EmailCodeLetter], Read: readEmailCode,
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (account.EmailCodeLetter,
				error,
			) {
				return s.Accounts.EmailCodeLetter(ctx, m.SubjectID, now)
			},
		}.kind(),
		declaration[outbox.Recipient]{
			Kind: outbox.EmailChanged, Holds: stillSo[outbox.Recipient],
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (outbox.Recipient, error) {
				return s.Accounts.EmailChangedLetter(ctx, m.SubjectID)
			},
			Read: func(w *writer, r outbox.Recipient, _ outbox.Message) Letter {
				return w.short(w.texts+".why", w.own("body"), "name", r.Name)
			},
		}.kind(),
		declaration[people.Letter]{
			Kind: outbox.AccountChanged, Holds: stillSo[people.Letter], Read: readAccountChanged,
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (people.Letter, error) {
				return s.People.Letter(ctx, m.PersonID, m.SubjectID)
			},
		}.kind(),
		declaration[outbox.Recipient]{
			Kind: outbox.AccountMerged, Load: loadRecipient, Holds: stillSo[outbox.Recipient],
			Read: func(w *writer, r outbox.Recipient, m outbox.Message) Letter {
				l := w.short(w.texts+".why", w.own("body"), "name", r.Name)
				if m.PersonID == m.SubjectID {
					l.say(w.own("closed"))
				}
				return l
			},
		}.kind(),
	}
}

func loadRecipient(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (outbox.Recipient, error) {
	return s.Accounts.Recipient(ctx, m.PersonID)
}

// readRegistration is the code, or "you already have an account". It holds no word that was typed
// into the form: whoever typed it has not shown that the address is theirs.
func readRegistration(w *writer, r account.RegistrationLetter, _ outbox.Message) Letter {
	if r.HasAccount {
		w = w.with("mail.already_have_account")
		l := w.short(w.texts+".why", w.own("body"))
		l.Button = w.ownButton(link.Login(w.Lang(), r.Next))
		return l
	}
	l := w.short(w.texts+".why", w.own("body"), "code", r.Code)
	l.Code = r.Code
	return l
}

// readEmailCode is the code of a new e-mail, or "you already have an account" where it has one. It goes
// to an address that nobody has shown to be theirs: it holds no name.
func readEmailCode(w *writer, e account.EmailCodeLetter, _ outbox.Message) Letter {
	if e.Taken {
		w = w.with("mail.email_in_use")
		return w.short(w.texts+".why", w.own("body"))
	}
	l := w.short(w.texts+".why", w.own("body"), "code", e.Code)
	l.Code = e.Code
	return l
}

// readAccountChanged is what the headquarters has done to an account: the cause is the text's key.
func readAccountChanged(w *writer, p people.Letter, m outbox.Message) Letter {
	l := w.short(w.texts+".why", w.own(m.Cause, "org", w.Text(p.Org)), "name", p.Name)
	switch m.Cause {
	case "suspended":
		l.say(lines(p.Words)...)
	case "coordinator":
		l.Button = w.button("mail.org_approved.button", link.Desk(w.Lang()))
	case "restored":
		l.Button = w.button("mail.already_have_account.button", link.Login(w.Lang(), ""))
	}
	return l
}
