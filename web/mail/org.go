package mail

import (
	"context"
	"time"

	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/web/link"
)

// orgKinds are about acting for an organisation, and how it stands with the headquarters.
func orgKinds() []kind {
	return []kind{
		declaration[org.InviteLetter]{
			Kind: outbox.CoordinatorInvite, Holds: stillSo[org.InviteLetter],
			Load: func(ctx context.Context, s Stores, m outbox.Message, now time.Time) (org.InviteLetter, error) {
				return s.Orgs.InviteLetter(ctx, m.SubjectID, now)
			},
			Read: func(w *writer, i org.InviteLetter, _ outbox.Message) Letter {
				args := []any{"org", w.Text(i.Org), "by", i.By}
				l := w.short(w.texts+".why", w.own("body", args...), args...)
				l.Button = w.ownButton(link.Invitation(w.Lang(), i.Token))
				l.Closing = []string{w.own("life")}
				return l
			},
		}.kind(),
		declaration[org.RemovedLetter]{
			Kind: outbox.CoordinatorRemoved, Holds: stillSo[org.RemovedLetter],
			Load: func(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (org.RemovedLetter, error) {
				return s.Orgs.RemovedLetter(ctx, m.PersonID, m.SubjectID)
			},
			Read: func(w *writer, r org.RemovedLetter, _ outbox.Message) Letter {
				return w.short(w.texts+".why", w.own("body", "org", w.Text(r.Org)), "org", w.Text(r.Org), "name",
					r.Name)
			},
		}.kind(),
		declaration[org.StateLetter]{
			Kind: outbox.OrgApproved, Load: loadOrg, Holds: stillSo[org.StateLetter],
			Read: func(w *writer, o org.StateLetter, _ outbox.Message) Letter { return w.standing(o, "body") },
		}.kind(),
		declaration[org.StateLetter]{
			Kind: outbox.OrgReturned, Load: loadOrg, Holds: applied,
			Read: func(w *writer, o org.StateLetter, _ outbox.Message) Letter {
				l := w.standing(o, "body")
				l.Button = w.ownButton(link.Application(w.Lang(), o.OrgID))
				return l
			},
		}.kind(),
		declaration[org.StateLetter]{
			Kind: outbox.OrgState, Load: loadOrg, Holds: sameState,
			Read: func(w *writer, o org.StateLetter, _ outbox.Message) Letter {
				if o.State.Publishes() {
					return w.standing(o, "active")
				}
				return w.standing(o, string(o.State))
			},
		}.kind(),
		declaration[org.StateLetter]{
			Kind: outbox.OrgMerged, Load: loadOrg, Holds: stillSo[org.StateLetter],
			Read: func(w *writer, o org.StateLetter, _ outbox.Message) Letter { return w.standing(o, "body") },
		}.kind(),
	}
}

func loadOrg(ctx context.Context, s Stores, m outbox.Message, _ time.Time) (org.StateLetter, error) {
	return s.Orgs.StateLetter(ctx, m.PersonID, m.SubjectID)
}

func applied(o org.StateLetter, _ outbox.Message, _ time.Time) outbox.NoLonger {
	if o.State != org.Applied || o.Words == "" {
		return "the application was sent again or decided"
	}
	return ""
}

func sameState(o org.StateLetter, m outbox.Message, _ time.Time) outbox.NoLonger {
	told := org.State(m.Cause)
	if told != o.State && !(o.State.Publishes() && told.Publishes()) {
		return "the organisation has another state"
	}
	return ""
}

// standing tells an applicant or a coordinator how an organisation stands; body is the key of the
// letter's own text. What the headquarters has written follows.
func (w *writer) standing(o org.StateLetter, body string) Letter {
	name := w.Text(o.Org)
	l := w.short(w.texts+".why", w.own(body, "org", name), "org", name, "name", o.Name)
	l.say(lines(o.Words)...)
	if o.State != org.Closed {
		l.Button = w.ownButton(link.Desk(w.Lang()))
	}
	return l
}
