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

// HelperLink is a link through which a helper without an account checks people in at one event.
type HelperLink struct {
	ID        int64
	EventID   int64
	Label     string
	OpensAt   time.Time
	ClosesAt  time.Time
	CreatedAt time.Time
	RevokedAt *time.Time
	Uses      int        // check-ins made and undone through it
	UsedAt    *time.Time // the last of them
}

// Open reports whether the link works at now.
func (d HelperLink) Open(now time.Time) bool {
	return d.RevokedAt == nil && !now.Before(d.OpensAt) && now.Before(d.ClosesAt)
}

// HelperLinkByToken loads the open link of a token. A token that was never issued, and a link that is not open
// yet, has ended or was revoked, are all NotFound. Whoever holds the token may.
func (s *Store) HelperLinkByToken(ctx context.Context, token string, now time.Time) (HelperLink, error) {
	if len(token) > 64 {
		return HelperLink{}, fault.NotFound()
	}
	rows, _ := s.db.Query(ctx, `
		select d.id, d.event_id, d.label, d.opens_at, d.closes_at, d.created_at from door_link d
		where d.token_hash = $1 and d.revoked_at is null and d.opens_at <= $2 and $2 < d.closes_at`, hashed(token),
		now)
	d, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByNameLax[HelperLink])
	return d, postgres.Fault(err)
}

// HelperLinks lists an event's links, the newest first, at most 100.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) HelperLinks(
	ctx context.Context, actor account.Actor, eventID int64,
) (event.Head, []HelperLink, error) {
	head, err := event.ManagedHead(ctx, s.db, actor, eventID)
	if err != nil {
		return head, nil, err
	}
	rows, _ := s.db.Query(ctx, `
		select d.id, d.event_id, d.label, d.opens_at, d.closes_at, d.created_at, d.revoked_at,
			coalesce(u.uses, 0)::int as uses, u.used_at
		from (select * from door_link where event_id = $1 order by id desc limit 100) d
		left join lateral (
			select count(*) as uses, max(used_at) as used_at from door_use where door_id = d.id) u on true
		order by d.id desc`, eventID)
	links, err := pgx.CollectRows(rows, pgx.RowToStructByName[HelperLink])
	return head, links, postgres.Fault(err)
}

// NewHelperLink is the form of a new link.
type NewHelperLink struct {
	EventID  int64
	Label    string
	OpensAt  time.Time
	ClosesAt time.Time
	Key      string // identifies the form: sent twice, it makes one link
}

// MaxLabel is the greatest length of a link's label, in characters.
const MaxLabel = 80

// MaxHelperLinks is the greatest number of links of one event that are open or will open.
const MaxHelperLinks = 20

// CreateHelperLink makes a link and returns its token. Only the token's hash is stored, so the link can be shown
// only this once. The same form sent again makes nothing and returns no token.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound. A wrong label or wrong times
// are Invalid on label, opens_at or closes_at; an event that is not published is a Conflict signup.not_published,
// one with MaxHelperLinks links a Conflict checkin.door.too_many.
func (s *Store) CreateHelperLink(
	ctx context.Context, actor account.Actor, in NewHelperLink, now time.Time,
) (token string, err error) {
	in.Label = strings.Join(strings.Fields(in.Label), " ")
	wrong := fault.Fields{}
	if n := utf8.RuneCountInString(in.Label); n == 0 || n > MaxLabel {
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
		return "", fault.BadRequest(errors.New("helper link: no key"))
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var state event.State
		var open int
		args := event.Manager(actor, in.EventID)
		args["now"] = now
		err := tx.QueryRow(ctx, `select e.state,
				(select count(*) from door_link d
				 where d.event_id = e.id and d.revoked_at is null and d.closes_at > @now)
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
		case open >= MaxHelperLinks:
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
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "door.open", Object: "door_link", ObjectID: id,
		})
	})
	if err != nil {
		token = ""
	}
	return token, err
}

// RevokeHelperLink ends a link at once and for good; a repeat changes nothing. It returns the id of the link's
// event.
//
// Coordinators of the event's hosts and staff may; for anybody else it is NotFound.
func (s *Store) RevokeHelperLink(
	ctx context.Context, actor account.Actor, linkID int64, now time.Time,
) (eventID int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var revoked *time.Time
		err := tx.QueryRow(ctx, `select d.event_id, d.revoked_at from door_link d join event e on e.id = d.event_id
			where d.id = @id and `+event.Managing+` for no key update of d`,
			event.Manager(actor, linkID)).Scan(&eventID, &revoked)
		if err != nil || revoked != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update door_link set revoked_at = $2, revoked_by = $3 where id = $1`,
			linkID, now, actor.PersonID)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "door.close", Object: "door_link", ObjectID: linkID,
		})
	})
	return eventID, err
}

// hashed is a token as it is stored.
func hashed(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
