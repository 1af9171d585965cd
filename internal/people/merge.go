package people

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// MergePreview is what Merge would do: what Keep gets from From, and what prevents it.
type MergePreview struct {
	Keep, From Summary
	Signups    int // that move
	Coming     int // of From's that are given up, because Keep has one at the same time
	Minutes    int // confirmed, that move
	Orgs       int
	Guardians  int
	Conflicts  []DoubleHours // what prevents it: to be corrected first
}

// DoubleHours is an event at which both accounts have confirmed hours, or one of them while the other has
// them at another: nobody is in two places.
type DoubleHours struct {
	EventID int64
	Title   i18n.Text
}

// PreviewMerge is what Merge would do. It changes nothing, but is in the audit as a look at both.
//
// It takes ManagePeople; for anybody else, and for accounts that are one, none, or merged already, it is
// NotFound.
func (s *Store) PreviewMerge(
	ctx context.Context, actor account.Actor, keepID, fromID int64, now time.Time,
) (m MergePreview, err error) {
	if !actor.Can(account.ManagePeople) || keepID == fromID {
		return m, fault.NotFound()
	}
	rows, _ := s.db.Query(ctx, `select `+lineColumns+` from person p where p.id = any($1) and p.erased_at is null
		and p.merged_into is null order by p.id = $2 desc`,
		[]int64{keepID, fromID}, keepID)
	both, err := pgx.CollectRows(rows, pgx.RowToStructByName[Summary])
	if err == nil && len(both) != 2 {
		err = fault.NotFound()
	}
	if err != nil {
		return m, postgres.Fault(err)
	}
	m.Keep, m.From = both[0], both[1]
	if err := s.fillPreview(ctx, s.db, &m, now); err != nil {
		return m, err
	}
	look := audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.look", Object: "person"}
	return m, postgres.Fault(audit.WriteEach(ctx, s.db, look, []int64{keepID, fromID}))
}

func (s *Store) fillPreview(ctx context.Context, db postgres.DB, m *MergePreview, now time.Time) (err error) {
	err = db.QueryRow(ctx, `select
		(select count(*)::int from signup g where person_id = @from and not `+conflicts+`),
		(select count(*)::int from signup g
			where person_id = @from and state <> 'cancelled' and lower(during) > @now and `+conflicts+`),
		(select coalesce(sum(minutes), 0)::int from ledger where person_id = @from),
		(select count(*)::int from coordinator c where person_id = @from
			and not exists (select from coordinator k where k.person_id = @keep and k.org_id = c.org_id)),
		(select count(*)::int from guardian f where person_id = @from
			and not exists (select from guardian k where k.person_id = @keep and k.email = f.email))`,
		pgx.StrictNamedArgs{"keep": m.Keep.ID, "from": m.From.ID, "now": now}).
		Scan(&m.Signups, &m.Coming, &m.Minutes, &m.Orgs, &m.Guardians)
	if err != nil {
		return postgres.Fault(err)
	}
	m.Conflicts, err = list[DoubleHours](ctx, db, `select e.id as event_id, e.title from event e where e.id in (
			select event_id from ledger where person_id = @keep group by 1 having sum(participations) > 0
			intersect select event_id from ledger where person_id = @from group by 1 having sum(participations) > 0
			union
			select unnest(array[k.event_id, f.event_id]) from `+attended("keep")+` k
			join `+attended("from")+` f on k.during && f.during)
		order by e.starts_at`, pgx.StrictNamedArgs{"keep": m.Keep.ID, "from": m.From.ID})
	return postgres.Fault(err)
}

// attended are the events that one of the two came to, and when.
func attended(who string) string {
	return `(select l.event_id, g.during from ledger l join signup g on g.id = l.signup_id
		where l.person_id = @` + who + ` group by 1, 2, g.id having sum(l.participations) > 0)`
}

// conflicts is the condition on a sign-up g under which it cannot become @keep's: they have one in that
// shift, or both are confirmed at the same time.
const conflicts = `exists (select from signup k where k.person_id = @keep and (k.shift_id = g.shift_id
	or k.state = 'confirmed' and g.state = 'confirmed' and k.during && g.during))`

// Merge makes two accounts of one person one: sign-ups, confirmed hours, consents, guardians and
// organisations of from become keep's; coming sign-ups that clash are given up, and go to whoever waits.
// Hours move by rows of their own in the ledger, so that no total changes. The other account is closed;
// both addresses are told, and a day later ClearMerged frees the closed one's. A repeat changes nothing.
//
// It takes ManagePeople; for anybody else, and as for PreviewMerge, it is NotFound. Accounts with a
// privileged role take ManageStaff too: a Conflict people.error.staff without it. Oneself is a Conflict
// people.error.own, hours of both at one event people.error.twice. Invalid "words" without a reason.
func (s *Store) Merge(
	ctx context.Context, actor account.Actor, keepID, fromID int64, words string, now time.Time,
) error {
	if !actor.Can(account.ManagePeople) || keepID == fromID {
		return fault.NotFound()
	}
	words, err := parseReason(words)
	switch {
	case err != nil:
		return err
	case fromID == actor.PersonID:
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var into int64
		if err := tx.QueryRow(ctx, `select coalesce(merged_into, 0) from person
			where id = $1`, fromID).Scan(&into); err != nil || into == keepID {
			return err
		}
		// Shifts are locked before people: what clashes is given up first.
		if err := s.signups.ReleaseConflicting(ctx, tx, fromID, keepID, now); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select id, role, merged_into is not null or erased_at is not null as closed,
			coalesce(merged_into, 0) = @keep as done
			from person where id in (@keep, @from) order by id for no key update`,
			pgx.StrictNamedArgs{"keep": keepID, "from": fromID})
		type half struct {
			ID     int64
			Role   account.Role
			Closed bool
			Done   bool // merged by a press of the same button
		}
		both, err := pgx.CollectRows(rows, pgx.RowToStructByName[half])
		switch {
		case err != nil:
			return err
		case len(both) == 2 && (both[0].Done || both[1].Done):
			return nil
		case len(both) != 2 || both[0].Closed || both[1].Closed:
			return fault.NotFound()
		case (both[0].Role.Privileged() || both[1].Role.Privileged()) && !actor.Can(account.ManageStaff):
			return fault.Conflict("people.error.staff")
		}
		// Either may have joined something before both were locked; from here on neither can.
		if err := s.signups.ReleaseConflicting(ctx, tx, fromID, keepID, now); err != nil {
			return err
		}
		// Whoever confirms or corrects hours of From holds the event: they come before or after.
		if _, err := tx.Exec(ctx, `select from event where id in (select event_id from ledger where person_id = @from
			union select s.event_id from signup g join shift s on s.id = g.shift_id where g.person_id = @from
			and lower(g.during) <= @now)
			order by id for no key update`, pgx.StrictNamedArgs{"from": fromID, "now": now}); err != nil {
			return err
		}
		m := MergePreview{Keep: Summary{ID: keepID}, From: Summary{ID: fromID}}
		if err := s.fillPreview(ctx, tx, &m, now); err != nil {
			return err
		}
		if len(m.Conflicts) > 0 {
			return fault.Conflict("people.error.twice")
		}
		told := outbox.Message{Kind: outbox.AccountMerged, PersonID: keepID, SubjectID: fromID}
		closed := outbox.Message{Kind: outbox.AccountMerged, PersonID: fromID, SubjectID: fromID}
		if err := s.out.Send(ctx, tx, told, closed); err != nil {
			return err
		}
		args := pgx.StrictNamedArgs{
			"keep": keepID, "from": fromID, "now": now, "actor": actor.PersonID, "volunteer": account.Volunteer,
		}
		var b pgx.Batch
		queue := func(sql string) { b.Queue(sql, postgres.Pick(sql, args)) }
		// First the hours and absences of each sign-up, off the one account and onto the other, then the sign-ups.
		queue(`insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, outcome, participations,
				no_shows, minutes, age, reason, recorded_by, recorded_at)
			select l.signup_id, x.person, l.event_id, l.campaign_id, l.org_id, l.day, l.outcome,
				x.sign * l.participations,
				x.sign * l.no_shows, x.sign * l.minutes, l.age, 'merge', @actor, @now
			from (select signup_id, event_id, campaign_id, org_id, day,
					(array_agg(outcome order by id desc))[1] as outcome, (array_agg(age order by id))[1] as age,
					sum(participations)::int as participations, sum(no_shows)::int as no_shows,
						sum(minutes)::int as minutes
				from ledger where person_id = @from group by 1, 2, 3, 4, 5
				having sum(participations) <> 0 or sum(no_shows) <> 0 or sum(minutes) <> 0) l
			cross join (values (@from::bigint, -1), (@keep::bigint, 1)) x (person, sign)
			order by l.signup_id, x.sign`)
		queue(`update signup g set person_id = @keep where person_id = @from and not ` + conflicts)
		queue(`insert into coordinator (person_id, org_id, since) select @keep, org_id, since from coordinator
			where person_id = @from on conflict do nothing`)
		queue(`delete from coordinator where person_id = @from`)
		queue(`insert into data_consent (person_id, version, purpose, agreed_at, withdrawn_at)
			select @keep, version, purpose, agreed_at, withdrawn_at from data_consent where person_id = @from
			on conflict do nothing`)
		// A guardian of both stands once; an address that has not shown yet that it is theirs stays behind.
		queue(`update guardian_consent c set guardian_id = k.id from guardian f join guardian k on k.person_id = @keep
			and k.email = f.email
			where f.person_id = @from and c.guardian_id = f.id`)
		queue(`update guardian f set person_id = @keep where person_id = @from and verified_at is not null
			and not exists (select from guardian k where k.person_id = @keep and k.email = f.email)`)
		queue(`update guardian_consent set person_id = @keep where person_id = @from`)
		queue(`update person set merged_into = @keep where merged_into = @from`)
		queue(`update person set merged_into = @keep, suspended_at = coalesce(suspended_at, @now), epoch = epoch + 1,
			role = @volunteer where id = @from`)
		if err := tx.SendBatch(ctx, &b).Close(); err != nil {
			return err
		}
		for _, id := range []int64{keepID, fromID} {
			if err := s.writeNote(ctx, tx, actor, id, "merge", words, now); err != nil {
				return err
			}
			if err := writeAudit(ctx, tx, actor, "people.merge", id, "merged_into", now); err != nil {
				return err
			}
		}
		return s.signups.Recheck(ctx, tx, keepID, now)
	})
}

// ClearMerged deletes e-mail, phone and password of accounts that were merged a day ago: until then the
// letter about it is on its way. The name stays until erasure.
func (s *Store) ClearMerged(ctx context.Context, now time.Time) error {
	_, err := s.db.Exec(ctx, `update person p set email = null, phone = null, password_hash = null
		where p.merged_into is not null and p.email is not null
			and not exists (select from person_note n where n.person_id = p.id and n.kind = 'merge'
			and n.at > $1)`, now.Add(-24*time.Hour))
	return postgres.Fault(err)
}
