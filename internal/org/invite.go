package org

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

const (
	inviteLife = 7 * 24 * time.Hour
	inviteMost = 20                  // open ones of an organisation
	inviteDay  = 3                   // to one e-mail in a day, whoever asks
	inviteKept = 30 * 24 * time.Hour // after it is over
)

// Invitation is an open invitation to act for an organisation.
type Invitation struct {
	ID        int64
	Email     string
	InvitedAt time.Time
	ExpiresAt time.Time
}

// Sweep deletes invitations a month after they ended, because they hold personal e-mail addresses.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	_, err := s.db.Exec(ctx, `delete from org_invite
		where least(coalesce(accepted_at, expires_at), coalesce(cancelled_at, expires_at)) < $1`, now.Add(-inviteKept))
	return postgres.Fault(err)
}

// Invite mails a link that lets the owner of an e-mail address act for the organisation, once signed
// in. A repeat within a minute changes nothing; a later repeat sends a new link and voids the old.
//
// Its coordinators and staff may; NotFound otherwise. Invalid on email when it is malformed or its
// owner acts for the organisation already; a Conflict team.error.many_invites beyond twenty open
// invitations, team.error.often beyond three mails a day to one address.
func (s *Store) Invite(
	ctx context.Context, actor account.Actor, orgID int64, email string, lang i18n.Lang, now time.Time,
) error {
	email, ok := account.ParseEmail(email)
	if !ok {
		return fault.Invalid(map[string]string{"email": "account.error.email"})
	}
	return s.locked(ctx, actor, orgID, func(tx pgx.Tx, _ Managed) error {
		var is bool
		var open, today int
		err := tx.QueryRow(ctx, `select exists (select from coordinator c join person p on p.id = c.person_id
			where c.org_id = $1 and p.email = $2),
			(select count(*) from org_invite where org_id = $1 and accepted_at is null and cancelled_at is null
			and expires_at > $3 and email <> $2),
			(select count(*) from org_invite where email = $2 and invited_at > $4)`,
			orgID, email, now, now.AddDate(0, 0, -1)).Scan(&is, &open, &today)
		switch {
		case err != nil:
			return err
		case is:
			return fault.Invalid(map[string]string{"email": "team.error.member"})
		case open >= inviteMost:
			return fault.Conflict("team.error.many_invites")
		case today > inviteDay:
			return fault.Conflict("team.error.often")
		}
		var id int64
		err = tx.QueryRow(ctx, `
			insert into org_invite as i (org_id, email, lang, invited_by, invited_at, expires_at)
			values ($1, $2, $3, $4, $5, $6)
			on conflict (org_id, email) where accepted_at is null and cancelled_at is null do update
			set lang = excluded.lang, invited_by = excluded.invited_by, invited_at = excluded.invited_at,
			expires_at = excluded.expires_at, token_hash = null
			where i.invited_at < excluded.invited_at - interval '1 minute'
			returning id`, orgID, email, i18n.ParseOr(string(lang)), actor.PersonID, now, now.Add(inviteLife)).
			Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // a moment ago
		}
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.invite", Object: "org", ObjectID: orgID,
		}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.CoordinatorInvite, SubjectID: id, Seq: now.UnixMicro()})
	})
}

// CancelInvite ends an invitation. A repeat changes nothing. The organisation's coordinators and
// staff may; NotFound otherwise, and for an invitation of another organisation.
func (s *Store) CancelInvite(ctx context.Context, actor account.Actor, orgID, id int64, now time.Time) error {
	return s.locked(ctx, actor, orgID, func(tx pgx.Tx, _ Managed) error {
		var ended bool
		err := tx.QueryRow(ctx, `select cancelled_at is not null from org_invite where id = $1 and org_id = $2
			and accepted_at is null for update`, id, orgID).Scan(&ended)
		if err != nil || ended {
			return err
		}
		if _, err := tx.Exec(ctx, `update org_invite set cancelled_at = $2 where id = $1`, id, now); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.cancel_invite", Object: "org", ObjectID: orgID,
		})
	})
}

// InviteLetter is the data of an invitation's mail.
type InviteLetter struct {
	outbox.Recipient
	Org   i18n.Text
	By    string // who invites: given name and the first letter of the family name
	Token string // 43 characters of a URL; kept only as its hash
}

// InviteLetter makes an invitation's token; a second call, when the mail has to be sent again, voids
// the first. NoLonger when the invitation is over.
func (s *Store) InviteLetter(ctx context.Context, id int64, now time.Time) (InviteLetter, error) {
	var secret [32]byte
	rand.Read(secret[:]) // never fails
	l := InviteLetter{Token: base64.RawURLEncoding.EncodeToString(secret[:])}
	var given, family string
	err := s.db.QueryRow(ctx, `
		update org_invite i set token_hash = $2 from org o, person p
		where i.id = $1 and i.accepted_at is null and i.cancelled_at is null and i.expires_at > $3 and o.id = i.org_id
		and p.id = i.invited_by
		returning i.email, i.lang, o.name, p.given_name,
		p.family_name`, id, hashOf(l.Token), now).Scan(&l.To, &l.Lang, &l.Org, &given, &family)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the invitation is over")
	}
	l.By = account.ShortName(given, family)
	return l, postgres.Fault(err)
}

// Invited is what the page of an invitation's link shows.
type Invited struct {
	OrgID int64
	Org   i18n.Text
	Email string
}

// Invitation returns what a link invites to; NotFound for an unknown, used, expired or cancelled one.
// Whoever has the link may.
func (s *Store) Invitation(ctx context.Context, token string, now time.Time) (Invited, error) {
	rows, _ := s.db.Query(ctx, `select o.id as org_id, o.name as org, i.email from org_invite i
		join org o on o.id = i.org_id
		where i.token_hash = $1 and i.accepted_at is null and i.cancelled_at is null
		and i.expires_at > $2`, hashOf(token), now)
	i, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Invited])
	return i, postgres.Fault(err)
}

// Accept makes the actor a coordinator of the organisation that a link invites to, and returns the
// organisation's id.
//
// Whoever has the link may, signed in with the e-mail address that it was sent to; with another it
// is a Conflict team.error.other_email. NotFound as for Invitation.
func (s *Store) Accept(ctx context.Context, actor account.Actor, token string,
	now time.Time,
) (orgID int64, err error) {
	if !actor.SignedIn() {
		return 0, fault.Forbidden()
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		var email string
		err := tx.QueryRow(ctx, `select id, org_id, email from org_invite
			where token_hash = $1 and accepted_at is null and cancelled_at is null
			and expires_at > $2 for update`, hashOf(token), now).Scan(&id, &orgID, &email)
		if err != nil {
			return err
		}
		if email != actor.Email {
			return fault.Conflict("team.error.other_email")
		}
		if _, err := tx.Exec(ctx, `update org_invite set accepted_at = $2, accepted_by = $3
			where id = $1`, id, now, actor.PersonID); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `insert into coordinator (person_id, org_id, since) values ($1, $2, $3)
			on conflict do nothing`, actor.PersonID, orgID, now); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.accept_invite", Object: "org", ObjectID: orgID,
			Fields: []string{"coordinator"},
		})
	})
	return orgID, err
}

// RemovedLetter is the data of the mail to a removed coordinator.
type RemovedLetter struct {
	outbox.Recipient
	Org i18n.Text
}

// RemovedLetter loads it; NoLonger when they act for it again, or are erased.
func (s *Store) RemovedLetter(ctx context.Context, personID, orgID int64) (RemovedLetter, error) {
	rows, _ := s.db.Query(ctx, `select p.email as to, p.lang, p.given_name as name, o.name as org from person p
		join org o on o.id = $2
		where p.id = $1 and p.email is not null and p.erased_at is null
			and not exists (select from coordinator c where c.person_id = p.id and c.org_id = o.id)`, personID, orgID)
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[RemovedLetter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("they act for the organisation again, or are erased")
	}
	return l, postgres.Fault(err)
}

func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
