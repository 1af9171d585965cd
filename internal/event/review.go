package event

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Reviewer is the headquarters' say over the events of organisations that it does not trust yet.
// What it decides is mailed to the host's coordinators.
type Reviewer struct {
	events *Store
	out    *outbox.Outbox
}

// NewReviewer makes one for a city.
func NewReviewer(db postgres.DB, out *outbox.Outbox, city *config.City) *Reviewer {
	return &Reviewer{NewStore(db, city), out}
}

// Submitted is an event that waits for the headquarters: to be published, or, when it is Live and
// was changed after it was published, to be looked at again.
type Submitted struct {
	ID           int64
	State        State
	Version      int
	Title        i18n.Text
	CampaignName i18n.Text
	OrgID        int64
	OrgName      i18n.Text
	Held         int // events that the host has held before
	StartsAt     time.Time
	EndsAt       time.Time
	SubmittedAt  time.Time // waits since then
	Returned     string    // the headquarters' words when it came back last, empty: never
	ReturnedAt   *time.Time
	Changed      []string // names of what has changed since it was looked at, as Differs has them
	LookedAt     *Details // what it was then; nil: never looked at
	Now          Details  `db:"-"`
}

// Live reports whether it is published, and waits because it was changed.
func (s Submitted) Live() bool { return s.State == Published }

// QueuePage is how many events a page of the queue holds.
const QueuePage = 20

// Queue is the events that wait after a place in the queue, who has waited longest first, and the
// place after them, zero on the last page. Staff may; for anybody else it is Forbidden.
func (r *Reviewer) Queue(ctx context.Context, actor account.Actor, after Cursor,
	now time.Time,
) ([]Submitted, Cursor, error) {
	if !actor.Can(account.Review) {
		return nil, Cursor{}, fault.Forbidden()
	}
	rows, _ := r.events.db.Query(ctx,
		`select e.id, e.state, e.version, e.title, c.name as campaign_name, e.org_id, o.name as org_name,
			(select count(*)::int from event h where h.org_id = e.org_id and h.closed_at is not null) as held,
			`+hoursColumns+`, e.since as submitted_at, e.returned, e.returned_at, e.looked_at,
			array(select distinct f from audit a, unnest(a.fields) f
				where a.object = 'event' and a.object_id = e.id and a.verb in ('event.save', 'event.change')
					and a.at > coalesce(e.returned_at, e.published_at) order by f) as changed
		from (
			(select event.*, submitted_at as since from event where state = 'review'
				and (submitted_at, id) > (coalesce(@after::timestamptz, '-infinity'), @after_id::bigint)
				order by submitted_at, id limit @limit::int)
			union all
			(select event.*, changed_at from event where changed_at is not null and state = 'published'
				and ends_at > @now
				and (changed_at, id) > (coalesce(@after::timestamptz, '-infinity'), @after_id::bigint)
				order by changed_at, id limit @limit::int)
			order by since, id limit @limit::int) e
		join org o on o.id = e.org_id join campaign c on c.id = e.campaign_id
		order by e.since, e.id`, pgx.StrictNamedArgs{
			"after": orNull(after.StartsAt), "after_id": after.ID,
			"limit": QueuePage + 1, "now": now,
		})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Submitted])
	if err != nil {
		return nil, Cursor{}, postgres.Fault(err)
	}
	next := Cursor{}
	if len(list) > QueuePage {
		list = list[:QueuePage]
		last := list[QueuePage-1]
		next = Cursor{last.SubmittedAt, last.ID}
	}
	ids := make([]int64, len(list))
	for i, s := range list {
		ids[i] = s.ID
	}
	events, err := r.events.managed(ctx, r.events.db, `e.id = any(@ids)`, pgx.StrictNamedArgs{"ids": ids})
	if err != nil {
		return nil, Cursor{}, err
	}
	for i := range list {
		for _, h := range events {
			if h.ID == list[i].ID {
				list[i].Now = h.Details
			}
		}
	}
	return list, next, nil
}

// Waiting is how many events wait for the headquarters. For staff's pages.
func Waiting(ctx context.Context, db postgres.DB, now time.Time) (n int, err error) {
	err = db.QueryRow(ctx, `select (select count(*) from event where state = 'review')::int
		+ (select count(*) from event where changed_at is not null and state = 'published' and ends_at > $1)::int`,
		now).Scan(&n)
	return n, postgres.Fault(err)
}

// Approve publishes an event that is under review and tells its host's coordinators; one that is
// published and was changed no longer waits, and nobody need be told. Staff may; for anybody else
// it is NotFound. version is the one looked at, 0 for whichever; another is a
// Conflict Stale. A day that has passed meanwhile, like anything else missing, is Invalid. What
// is published stays so; what is no longer under review is a Conflict publishing.not_in_review.
func (r *Reviewer) Approve(ctx context.Context, actor account.Actor, id int64, version int, now time.Time) error {
	return r.decide(ctx, actor, id, version, outbox.EventApproved,
		func(h ManagedEvent) bool { return h.State == Published && h.SubmittedAt != nil && !h.Changed },
		func(tx pgx.Tx, h ManagedEvent) error {
			if h.State == Published {
				return r.markSeen(ctx, tx, actor, h, "event.look", "", now)
			}
			if err := h.ValidateToPublish(r.events.city, now, nil).Err(); err != nil {
				return err
			}
			return r.events.publish(ctx, tx, actor, h, "event.approve", now)
		})
}

// MaxReturned is how long the headquarters' words may be, in letters.
const MaxReturned = 1000

// markSeen keeps what has been seen of a published event: it no longer waits.
func (r *Reviewer) markSeen(ctx context.Context, tx pgx.Tx, actor account.Actor, h ManagedEvent, verb, words string,
	now time.Time,
) error {
	if _, err := tx.Exec(ctx,
		`update event set changed_at = null, looked_at = $2, returned = $3, returned_at = case
			when $3 <> '' then $4::timestamptz end where id = $1`,
		h.ID, h.Details, words, now); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: verb, Object: "event",
		ObjectID: h.ID,
	})
}

// Return sends an event under review back to its host as a draft, with words that say what is to
// be done; its coordinators are told. One that is published stays so: they are asked to change it. Staff may; the
// errors are those of Approve. Without words it is Invalid "words". The same words again do no more.
func (r *Reviewer) Return(ctx context.Context, actor account.Actor, id int64, version int, words string,
	now time.Time,
) error {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); actor.Can(account.Review) && (n == 0 || n > MaxReturned) {
		return fault.Invalid(map[string]string{"words": "publishing.problem.words"})
	}
	return r.decide(ctx, actor, id, version, outbox.EventReturned, func(h ManagedEvent) bool {
		return (h.State == Draft || h.State == Published && !h.Changed) && h.Returned == words
	},
		func(tx pgx.Tx, h ManagedEvent) error {
			if h.State == Published {
				return r.markSeen(ctx, tx, actor, h, "event.return", words, now)
			}
			if _, err := tx.Exec(ctx,
				`update event set state = 'draft', returned = $2, returned_at = $3, looked_at = $4,
					version = version + 1, updated_at = $3 where id = $1`,
				id, words, now, h.Details); err != nil {
				return err
			}
			return audit.Write(ctx, tx, audit.Entry{
				At: now, ActorID: actor.PersonID, Verb: "event.return",
				Object: "event", ObjectID: id, Fields: []string{"state", "returned"},
			})
		})
}

// decide runs do for staff on an event that is under review and tells its host's coordinators;
// where it is done already nothing happens.
func (r *Reviewer) decide(ctx context.Context, actor account.Actor, id int64, version int, kind outbox.Kind,
	done func(ManagedEvent) bool, do func(pgx.Tx, ManagedEvent) error,
) error {
	if !actor.Can(account.Review) {
		return fault.NotFound()
	}
	return r.events.locked(ctx, actor, id, func(tx pgx.Tx, h ManagedEvent) error {
		switch {
		case done(h):
			return nil
		case h.State != Review && !(h.State == Published && h.Changed):
			return fault.Conflict("publishing.not_in_review")
		case version != 0 && version != h.Version:
			return fault.Conflict(Stale)
		}
		if err := do(tx, h); err != nil {
			return err
		}
		if h.State == Published && kind == outbox.EventApproved {
			return nil
		}
		rows, _ := tx.Query(ctx, `select person_id from coordinator where org_id = $1 order by person_id`, h.OrgID)
		people, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return postgres.Fault(err)
		}
		mails := make([]outbox.Message, len(people))
		for i, p := range people {
			mails[i] = outbox.Message{Kind: kind, PersonID: p, SubjectID: id}
		}
		return r.out.Send(ctx, tx, mails...)
	})
}
