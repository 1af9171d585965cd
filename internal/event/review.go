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

// Submitted is an event that waits for the headquarters.
type Submitted struct {
	ID           int64
	Version      int
	Title        i18n.Text
	CampaignName i18n.Text
	OrgID        int64
	OrgName      i18n.Text
	Held         int // events that the host has held before
	StartsAt     time.Time
	EndsAt       time.Time
	SubmittedAt  time.Time
	Returned     string // the headquarters' words when it came back last, empty: never
	ReturnedAt   *time.Time
	Changed      []string // names of what has changed since then, as Differs has them
}

// QueuePage is how many events a page of the queue holds.
const QueuePage = 20

// Queue is the events under review after a place in it, who has waited longest first, and the
// place after them, zero on the last page. Staff may; for anybody else it is Forbidden.
func (r *Reviewer) Queue(ctx context.Context, actor account.Actor, after Cursor) ([]Submitted, Cursor, error) {
	if !actor.IsStaff() {
		return nil, Cursor{}, fault.Forbidden()
	}
	rows, _ := r.events.db.Query(ctx, `select e.id, e.version, e.title, c.name as campaign_name, e.org_id, o.name as org_name,
			(select count(*)::int from event h where h.org_id = e.org_id and h.closed_at is not null) as held,
			`+hoursColumns+`, e.submitted_at, e.returned, e.returned_at,
			array(select distinct f from audit a, unnest(a.fields) f
				where a.object = 'event' and a.object_id = e.id and a.verb = 'event.save' and a.at > e.returned_at order by f) as changed
		from (select * from event where state = 'review' and (submitted_at, id) > (coalesce(@after::timestamptz, '-infinity'), @after_id::bigint)
			order by submitted_at, id limit @limit::int) e
		join org o on o.id = e.org_id join campaign c on c.id = e.campaign_id
		order by e.submitted_at, e.id`, pgx.NamedArgs{"after": orNull(after.StartsAt), "after_id": after.ID, "limit": QueuePage + 1})
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
	return list, next, nil
}

// Waiting is how many events wait for the headquarters. For staff's pages.
func Waiting(ctx context.Context, db postgres.DB) (n int, err error) {
	err = db.QueryRow(ctx, `select count(*)::int from event where state = 'review'`).Scan(&n)
	return n, postgres.Fault(err)
}

// Approve publishes an event that is under review and tells its host's coordinators. Staff may;
// for anybody else it is NotFound. version is the one looked at, 0 for whichever; another is a
// Conflict Stale. A day that has passed meanwhile, like anything else missing, is Invalid. What
// is published stays so; what is no longer under review is a Conflict publishing.not_in_review.
func (r *Reviewer) Approve(ctx context.Context, actor account.Actor, id int64, version int, now time.Time) error {
	return r.decide(ctx, actor, id, version, outbox.EventApproved, func(h Held) bool { return h.State == Published && h.SubmittedAt != nil },
		func(tx pgx.Tx, h Held) error {
			if err := h.Problems(r.events.city, now, nil).Err(); err != nil {
				return err
			}
			return r.events.publish(ctx, tx, actor, h, "event.approve", now)
		})
}

// MaxReturned is how long the headquarters' words may be, in letters.
const MaxReturned = 1000

// Return sends an event under review back to its host as a draft, with words that say what is to
// be done; its coordinators are told. Staff may; the errors are those of Approve. Without words
// it is Invalid "words". The same words again do no more.
func (r *Reviewer) Return(ctx context.Context, actor account.Actor, id int64, version int, words string, now time.Time) error {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); actor.IsStaff() && (n == 0 || n > MaxReturned) {
		return fault.Invalid(map[string]string{"words": "publishing.problem.words"})
	}
	return r.decide(ctx, actor, id, version, outbox.EventReturned, func(h Held) bool { return h.State == Draft && h.Returned == words },
		func(tx pgx.Tx, h Held) error {
			if _, err := tx.Exec(ctx, `update event set state = 'draft', returned = $2, returned_at = $3, version = version + 1, updated_at = $3 where id = $1`,
				id, words, now); err != nil {
				return err
			}
			return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "event.return", Object: "event", ObjectID: id, Fields: []string{"state", "returned"}})
		})
}

// decide runs do for staff on an event that is under review and tells its host's coordinators;
// where it is done already nothing happens.
func (r *Reviewer) decide(ctx context.Context, actor account.Actor, id int64, version int, kind outbox.Kind, done func(Held) bool, do func(pgx.Tx, Held) error) error {
	if !actor.IsStaff() {
		return fault.NotFound()
	}
	return r.events.locked(ctx, actor, id, func(tx pgx.Tx, h Held) error {
		switch {
		case done(h):
			return nil
		case h.State != Review:
			return fault.Conflict("publishing.not_in_review")
		case version != 0 && version != h.Version:
			return fault.Conflict(Stale)
		}
		if err := do(tx, h); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select person_id from coordinator where org_id = $1 order by person_id`, h.OrgID)
		people, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return postgres.Fault(err)
		}
		mails := make([]outbox.Mail, len(people))
		for i, p := range people {
			mails[i] = outbox.Mail{Mail: kind, PersonID: p, EventID: id}
		}
		return r.out.Send(ctx, tx, mails...)
	})
}
