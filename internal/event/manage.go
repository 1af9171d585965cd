package event

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Managing is the condition on an event e under which an actor runs it: as coordinator of its
// host or a co-host, or as staff. Its arguments are those of Manager.
const Managing = `(@all::bool or e.org_id = any(@orgs::bigint[])
	or exists (select from event_cohost h where h.event_id = e.id and h.org_id = any(@orgs)))`

// Manager is the arguments of Managing, and the id that the statement asks for.
func Manager(actor account.Actor, id int64) pgx.StrictNamedArgs {
	args := actor.Scope(account.RunAllEvents)
	args["id"] = id
	return args
}

// Head is what every desk page of an event says about it.
type Head struct {
	ID       int64
	OrgID    int64
	State    State
	Title    i18n.Text
	StartsAt time.Time // the first shift's; zero in a draft without hours
	EndsAt   time.Time // the last shift's; likewise
	ClosedAt *time.Time
}

// ManagedHead is the head of an event that actor runs; NotFound for anybody else's.
func ManagedHead(ctx context.Context, db postgres.DB, actor account.Actor, id int64) (Head, error) {
	rows, _ := db.Query(ctx, `select e.id, e.org_id, e.state, e.title, `+hoursColumns+`, e.closed_at
		from event e where e.id = @id and `+Managing, Manager(actor, id))
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Head])
	return h, postgres.Fault(err)
}

// Head is the head of h.
func (h ManagedEvent) Head() Head {
	return Head{
		ID: h.ID, OrgID: h.OrgID, State: h.State, Title: h.Title, StartsAt: h.StartsAt, EndsAt: h.EndsAt,
		ClosedAt: h.ClosedAt,
	}
}
