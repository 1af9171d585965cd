package org

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Member is somebody who acts for an organisation.
type Member struct {
	PersonID   int64
	GivenName  string
	FamilyName string
	Email      string
	Since      *time.Time // nil: before this was written down
}

// Members are an organisation's coordinators and its open invitations. Its coordinators and staff
// may; NotFound otherwise.
func (s *Store) Members(
	ctx context.Context, actor account.Actor, id int64, now time.Time,
) (h Managed, members []Member, invited []Invitation, err error) {
	if h, err = s.Managed(ctx, actor, id); err != nil {
		return h, nil, nil, err
	}
	rows, _ := s.db.Query(ctx, `select p.id as person_id, p.given_name, p.family_name,
		coalesce(p.email, '') as email, c.since
		from coordinator c join person p on p.id = c.person_id where c.org_id = $1
		order by p.family_name collate "kk-x-icu", p.given_name collate "kk-x-icu", p.id`, id)
	if members, err = pgx.CollectRows(rows, pgx.RowToStructByName[Member]); err != nil {
		return h, nil, nil, postgres.Fault(err)
	}
	rows, _ = s.db.Query(ctx, `select id, email, invited_at, expires_at from org_invite
		where org_id = $1 and accepted_at is null and cancelled_at is null and expires_at > $2 order by id`, id, now)
	invited, err = pgx.CollectRows(rows, pgx.RowToStructByName[Invitation])
	return h, members, invited, postgres.Fault(err)
}

// AddMember lets a person act for an organisation, in the caller's transaction, and reports whether
// that is new. The caller checks the permission and notifies the person. NotFound for an unknown
// organisation, an application, and a closed organisation.
func AddMember(ctx context.Context, tx pgx.Tx, actor account.Actor, id, personID int64, now time.Time) (bool, error) {
	var state State
	if err := tx.QueryRow(ctx, `select state from org where id = $1 for no key update`, id).Scan(&state); err != nil {
		return false, postgres.Fault(err)
	}
	if state == Applied || state == Closed {
		return false, fault.NotFound()
	}
	done, err := tx.Exec(ctx, `insert into coordinator (person_id, org_id, since) values ($1, $2, $3)
		on conflict do nothing`, personID, id, now)
	if err != nil || done.RowsAffected() == 0 {
		return false, err
	}
	for object, of := range map[string]int64{"person": personID, "org": id} {
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.add_coordinator", Object: object, ObjectID: of,
			Fields: []string{"coordinator"},
		}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// RemoveMember takes away a person's right to act for an organisation, from their next request on,
// and mails them. A repeat changes nothing.
//
// Its coordinators and staff may; NotFound otherwise. Removing the last coordinator is a Conflict
// team.error.last, except for staff.
func (s *Store) RemoveMember(ctx context.Context, actor account.Actor, id, personID int64, now time.Time) error {
	return s.locked(ctx, actor, id, func(tx pgx.Tx, _ Managed) error {
		var all, theirs int
		if err := tx.QueryRow(ctx, `select count(*), count(*) filter (where person_id = $2) from coordinator
			where org_id = $1`, id, personID).Scan(&all, &theirs); err != nil {
			return err
		}
		switch {
		case theirs == 0:
			return nil
		case all == 1 && !actor.Can(account.ManageOrganizations):
			return fault.Conflict("team.error.last")
		}
		if _, err := tx.Exec(ctx, `delete from coordinator where org_id = $1
			and person_id = $2`, id, personID); err != nil {
			return err
		}
		for object, of := range map[string]int64{"person": personID, "org": id} {
			if err := audit.Write(ctx, tx, audit.Entry{
				At: now, ActorID: actor.PersonID, Verb: "org.remove_coordinator", Object: object, ObjectID: of,
				Fields: []string{"coordinator"},
			}); err != nil {
				return err
			}
		}
		if personID == actor.PersonID {
			return nil // they know
		}
		return s.out.Send(ctx, tx, outbox.Message{
			Kind: outbox.CoordinatorRemoved, PersonID: personID, SubjectID: id, Seq: now.UnixMicro(),
		})
	})
}
