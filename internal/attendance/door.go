package attendance

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// Door is a link for a helper without an account.
type Door struct {
	ID        int64
	EventID   int64
	Label     string
	OpensAt   time.Time
	ClosesAt  time.Time
	CreatedAt time.Time
	RevokedAt *time.Time
	Uses      int        // marks made and taken back through it
	UsedAt    *time.Time // the last of them
}

// Open reports whether the link works at now.
func (d Door) Open(now time.Time) bool {
	return d.RevokedAt == nil && !now.Before(d.OpensAt) && now.Before(d.ClosesAt)
}

// DoorBy is the door link behind a token; NotFound alike for one that was never given out, has
// not begun, has ended or was taken back. Whoever holds the token may.
func (s *Store) DoorBy(ctx context.Context, token string, now time.Time) (Door, error) {
	if len(token) > 64 {
		return Door{}, fault.NotFound()
	}
	rows, _ := s.db.Query(ctx, `select d.id, d.event_id, d.label, d.opens_at, d.closes_at, d.created_at from door_link d
		where d.token_hash = $1 and d.revoked_at is null and d.opens_at <= $2 and $2 < d.closes_at`, hashed(token), now)
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[Door])
	return d, postgres.Fault(err)
}

// Doors is an event's links, the newest first, at most 100.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) Doors(ctx context.Context, actor account.Actor, eventID int64) (event.Head, []Door, error) {
	head, err := event.ManagedHead(ctx, s.db, actor, eventID)
	if err != nil {
		return head, nil, err
	}
	rows, _ := s.db.Query(ctx, `select d.id, d.event_id, d.label, d.opens_at, d.closes_at, d.created_at, d.revoked_at,
			coalesce(u.uses, 0)::int as uses, u.used_at
		from (select * from door_link where event_id = $1 order by id desc limit 100) d
		left join lateral (select count(*) as uses, max(used_at) as used_at from door_use where door_id = d.id) u on true
		order by d.id desc`, eventID)
	doors, err := pgx.CollectRows(rows, pgx.RowToStructByName[Door])
	return head, doors, postgres.Fault(err)
}

// NewDoor is what a coordinator says of a link.
type NewDoor struct {
	EventID  int64
	Label    string
	OpensAt  time.Time
	ClosesAt time.Time
	Key      string // the form's own: sent twice, it makes one link
}

// LabelMax is how many characters a link's label has at most.
const LabelMax = 80

// DoorsMost is how many links of one event are open or to come at most.
const DoorsMost = 20

// OpenDoor makes a link and returns its token, which is kept nowhere: the link can be shown this
// once. A repeat of the form makes nothing and returns no token.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound. A label or
// hours that make no sense are Invalid; an event that is not published is a Conflict
// signup.not_published, one with DoorsMost links already checkin.door.too_many.
func (s *Store) OpenDoor(ctx context.Context, actor account.Actor, in NewDoor, now time.Time) (token string, err error) {
	in.Label = strings.Join(strings.Fields(in.Label), " ")
	wrong := fault.Fields{}
	if n := utf8.RuneCountInString(in.Label); n == 0 || n > LabelMax {
		wrong.Add("label", "checkin.door.label_wrong")
	}
	if in.OpensAt.IsZero() {
		wrong.Add("opens_at", "checkin.door.time_missing")
	}
	switch {
	case in.ClosesAt.IsZero():
		wrong.Add("closes_at", "checkin.door.time_missing")
	case !in.ClosesAt.After(in.OpensAt) || in.ClosesAt.Sub(in.OpensAt) > 32*24*time.Hour:
		wrong.Add("closes_at", "checkin.door.times")
	case !in.ClosesAt.After(now):
		wrong.Add("closes_at", "checkin.door.past")
	}
	if in.Key == "" || len(in.Key) > 64 {
		return "", fault.BadRequest(errors.New("door: no key"))
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var state event.State
		var open int
		args := event.Manager(actor, in.EventID)
		args["now"] = now
		err := tx.QueryRow(ctx, `select e.state,
				(select count(*) from door_link d where d.event_id = e.id and d.revoked_at is null and d.closes_at > @now)
			from event e where e.id = @id and `+event.Managing+` for no key update of e`, args).Scan(&state, &open)
		if err != nil {
			return err
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		switch {
		case state != event.Published:
			return fault.Conflict("signup.not_published")
		case open >= DoorsMost:
			return fault.Conflict("checkin.door.too_many")
		}
		token = rand.Text() // 130 bits
		var id int64
		err = tx.QueryRow(ctx, `
			insert into door_link (event_id, token_hash, label, opens_at, closes_at, form_key, created_by, created_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8)
			on conflict (event_id, form_key) do nothing returning id`,
			in.EventID, hashed(token), in.Label, in.OpensAt, in.ClosesAt, in.Key, actor.PersonID, now).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			token = ""
			return nil
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "door.open", Object: "door_link", ObjectID: id})
	})
	if err != nil {
		token = ""
	}
	return token, err
}

// CloseDoor takes a link back, at once and for good; a repeat changes nothing. It returns the
// link's event.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) CloseDoor(ctx context.Context, actor account.Actor, doorID int64, now time.Time) (eventID int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var revoked *time.Time
		err := tx.QueryRow(ctx, `select d.event_id, d.revoked_at from door_link d join event e on e.id = d.event_id
			where d.id = @id and `+event.Managing+` for no key update of d`, event.Manager(actor, doorID)).Scan(&eventID, &revoked)
		if err != nil || revoked != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update door_link set revoked_at = $2, revoked_by = $3 where id = $1`, doorID, now, actor.PersonID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "door.close", Object: "door_link", ObjectID: doorID})
	})
	return eventID, err
}

// hashed is a token as it is kept.
func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
