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

// Merge merges the organisation fromID into keepID: its events, campaigns, coordinators, open
// invitations and results become keepID's, and its URL redirects there. The merged organisation is
// closed and its coordinators get a mail. A repeat changes nothing.
//
// Staff may; NotFound otherwise, and for an organisation that is unknown or merged into another.
// version is the version of fromID that was reviewed: another is a Conflict Stale. Merging the
// headquarters itself away is a Conflict bodies.error.headquarters, an application that is not yet
// decided a Conflict bodies.error.state.
func (s *Store) Merge(
	ctx context.Context, actor account.Actor, keepID, fromID int64, version int, now time.Time,
) error {
	if !actor.Can(account.ManageOrganizations) || keepID == fromID {
		return fault.NotFound()
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, `select id from org where id in ($1, $2) order by id for update`, keepID, fromID)
		if ids, err := pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil || len(ids) != 2 {
			return postgres.Fault(orNoRows(err))
		}
		keep, err := load(ctx, tx, keepID, now, "")
		if err != nil {
			return err
		}
		from, err := load(ctx, tx, fromID, now, "")
		switch {
		case err != nil:
			return err
		case from.MergedInto == keepID:
			return nil
		case from.MergedInto != 0 || keep.MergedInto != 0:
			return fault.NotFound()
		case from.Kind == Headquarters:
			return fault.Conflict("bodies.error.headquarters")
		case from.State == Applied || keep.State == Applied:
			return fault.Conflict("bodies.error.state")
		case from.Version != version:
			return fault.Conflict(Stale)
		}
		if err := s.tellAll(ctx, tx, fromID, outbox.Message{Kind: outbox.OrgMerged, SubjectID: keepID}); err != nil {
			return err
		}
		args := pgx.StrictNamedArgs{"keep": keepID, "from": fromID, "slug": from.Slug, "now": now}
		var b pgx.Batch
		queue := func(sql string) { b.Queue(sql, postgres.Pick(sql, args)) }
		queue(`update event e set org_id = @keep, import_key = case when exists (select from event k
			where k.org_id = @keep and k.import_key = e.import_key) then null else import_key end
			where org_id = @from`)
		queue(`insert into event_cohost (event_id, org_id) select c.event_id, @keep from event_cohost c
			join event e on e.id = c.event_id
			where c.org_id = @from and e.org_id <> @keep on conflict do nothing`)
		queue(`delete from event_cohost c using event e where e.id = c.event_id
			and (c.org_id = @from or c.org_id = @keep and e.org_id = @keep)`)
		queue(`update campaign set org_id = @keep where org_id = @from`)
		queue(`insert into campaign_invite (campaign_id, org_id) select campaign_id, @keep from campaign_invite
			where org_id = @from on conflict do nothing`)
		queue(`delete from campaign_invite where org_id = @from`)
		queue(`insert into coordinator (person_id, org_id, since) select person_id, @keep, since from coordinator
			where org_id = @from on conflict do nothing`)
		queue(`delete from coordinator where org_id = @from`)
		queue(`update org_invite i set cancelled_at = coalesce(cancelled_at, @now) where org_id = @from
			and accepted_at is null
			and exists (select from org_invite k where k.org_id = @keep and k.email = i.email and k.accepted_at is null
			and k.cancelled_at is null)`)
		queue(
			`update org_invite set org_id = @keep where org_id = @from and accepted_at is null
				and cancelled_at is null`)
		queue(`update org_slug set org_id = @keep where org_id = @from`)
		queue(`update org set merged_into = @keep where merged_into = @from`)
		queue(`update org set merged_into = @keep, state = 'closed', slug = 'merged-' || id, version = version + 1
			where id = @from`)
		queue(`insert into org_slug (slug, org_id) values (@slug, @keep)`)
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return postgres.Fault(err)
		}
		return audit.WriteEach(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.merge", Object: "org", Fields: []string{"merged_into"},
		}, []int64{keepID, fromID})
	})
}

func orNoRows(err error) error {
	if err == nil {
		return pgx.ErrNoRows
	}
	return err
}
