package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Plan is what an organisation says of itself.
type Plan struct {
	Summary i18n.Text
	Body    i18n.Text // Markdown
	Email   string
	Phone   string
	Links   []string // https, at most three
}

// Held is an organisation as those who act for it hold it.
type Held struct {
	Plan
	ID      int64
	Slug    string
	Kind    Kind
	Name    i18n.Text
	Version int
	Logo    string // hash; empty: none
}

// Stale is the key of the Conflict when a form was made from a version that is no longer the
// current one: nothing is written.
const Stale = "team.stale"

// Store keeps what organisations say of themselves and who acts for them.
type Store struct {
	db   *pgxpool.Pool
	out  *outbox.Outbox
	city *config.City
}

// NewStore makes one.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, city *config.City) *Store {
	return &Store{db, out, city}
}

// acting is the condition on an organisation o under which an actor acts for it.
const acting = `(@all::bool or o.id = any(@orgs::bigint[]))`

func actingFor(actor account.Actor, id int64) pgx.StrictNamedArgs {
	args := actor.Scope(account.ManageOrganizations)
	args["id"] = id
	return args
}

const heldColumns = `o.id, o.slug, o.kind, o.name, o.version, o.summary, o.body, coalesce(o.contact_email, '') as email,
	coalesce(o.contact_phone, '') as phone, o.links, coalesce((select hash from logo where org_id = o.id), '') as logo`

// Get is an organisation to work on. Who acts for it may, and staff; NotFound otherwise.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64) (Held, error) {
	return held(ctx, s.db, actor, id, "")
}

func held(ctx context.Context, db postgres.DB, actor account.Actor, id int64, lock string) (Held, error) {
	rows, _ := db.Query(ctx, `select `+heldColumns+` from org o where o.id = @id and `+acting+lock, actingFor(actor, id))
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Held])
	return h, postgres.Fault(err)
}

// Bounds of texts, in characters.
const (
	summaryMax = 300
	bodyMax    = 6_000
	linkMax    = 200
	phoneMax   = 30
)

func (p Plan) check() fault.Fields {
	f := fault.Fields{}
	for _, l := range i18n.Langs {
		if utf8.RuneCountInString(p.Summary.Get(l)) > summaryMax {
			f.Add("summary_"+string(l), "team.error.long")
		}
		if utf8.RuneCountInString(p.Body.Get(l)) > bodyMax {
			f.Add("body_"+string(l), "team.error.long")
		}
	}
	if p.Email != "" {
		if _, ok := account.ParseEmail(p.Email); !ok {
			f.Add("email", "account.error.email")
		}
	}
	if len(p.Phone) > phoneMax {
		f.Add("phone", "account.error.phone")
	}
	if len(p.Links) > 3 {
		f.Add("links", "team.error.links")
	}
	for _, l := range p.Links {
		if u, err := url.Parse(l); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(l) > linkMax {
			f.Add("links", "team.error.link")
		}
	}
	return f
}

// differs names what p says otherwise than h.
func (h Held) differs(p Plan) (fields []string) {
	for _, f := range []struct {
		name string
		yes  bool
	}{
		{"summary", h.Summary != p.Summary},
		{"body", h.Body != p.Body},
		{"contact_email", h.Email != p.Email},
		{"contact_phone", h.Phone != p.Phone},
		{"links", !slices.Equal(h.Links, p.Links)},
	} {
		if f.yes {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// Save writes what an organisation says of itself. version is the one that the form was made
// from; when it is no longer the current one, that is a Conflict Stale and nothing is written.
// What stands there already changes nothing.
//
// Who acts for the organisation may, and staff; NotFound otherwise. Invalid with the fields to
// correct.
func (s *Store) Save(ctx context.Context, actor account.Actor, id int64, version int, p Plan, now time.Time) error {
	if err := p.check().Err(); err != nil {
		return err
	}
	if p.Links == nil {
		p.Links = []string{}
	}
	return s.locked(ctx, actor, id, func(tx pgx.Tx, h Held) error {
		fields := h.differs(p)
		switch {
		case len(fields) == 0:
			return nil
		case h.Version != version:
			return fault.Conflict(Stale)
		}
		_, err := tx.Exec(ctx, `update org set summary = @summary, body = @body, contact_email = nullif(@email, ''), contact_phone = nullif(@phone, ''),
			links = @links, version = version + 1 where id = @id`, pgx.StrictNamedArgs{
			"id": id, "summary": p.Summary, "body": p.Body, "email": p.Email, "phone": p.Phone, "links": p.Links,
		})
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "org.change", Object: "org", ObjectID: id, Fields: fields})
	})
}

// locked runs do on an organisation that the actor acts for, its row locked.
func (s *Store) locked(ctx context.Context, actor account.Actor, id int64, do func(pgx.Tx, Held) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		h, err := held(ctx, tx, actor, id, ` for no key update of o`)
		if err != nil {
			return err
		}
		return do(tx, h)
	})
}

// SetLogo shows a picture, a PNG that the portal has drawn, as the organisation's; nil takes it
// away. A repeat changes nothing. Who acts for the organisation may, and staff; NotFound otherwise.
func (s *Store) SetLogo(ctx context.Context, actor account.Actor, id int64, png []byte, now time.Time) error {
	return s.locked(ctx, actor, id, func(tx pgx.Tx, h Held) error {
		hash := ""
		if png != nil {
			sum := sha256.Sum256(append([]byte(h.Slug+"\x00"), png...)) // one picture may be two organisations'
			hash = hex.EncodeToString(sum[:12])
		}
		if hash == h.Logo {
			return nil
		}
		var err error
		if png == nil {
			_, err = tx.Exec(ctx, `delete from logo where org_id = $1`, id)
		} else {
			_, err = tx.Exec(ctx, `insert into logo (org_id, hash, png, set_at) values ($1, $2, $3, $4)
				on conflict (org_id) do update set hash = excluded.hash, png = excluded.png, set_at = excluded.set_at`, id, hash, png, now)
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "org.change", Object: "org", ObjectID: id, Fields: []string{"logo"}})
	})
}

// Logo is a picture by its hash, as a PNG; NotFound for one that is no longer shown. Anyone may.
func Logo(ctx context.Context, db postgres.DB, hash string) (png []byte, err error) {
	err = db.QueryRow(ctx, `select png from logo where hash = $1`, hash).Scan(&png)
	return png, postgres.Fault(err)
}

// Member is somebody who acts for an organisation.
type Member struct {
	PersonID   int64
	GivenName  string
	FamilyName string
	Email      string
	Since      *time.Time // nil: before this was written down
}

// Members are those who act for an organisation, and the open invitations. Who acts for it may,
// and staff; NotFound otherwise.
func (s *Store) Members(ctx context.Context, actor account.Actor, id int64, now time.Time) (h Held, members []Member, invited []Invitation, err error) {
	if h, err = s.Get(ctx, actor, id); err != nil {
		return h, nil, nil, err
	}
	rows, _ := s.db.Query(ctx, `select p.id as person_id, p.given_name, p.family_name, coalesce(p.email, '') as email, c.since
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

// AddMember lets somebody act for an organisation, in the caller's transaction, and reports whether
// they did not before. The caller sees to the permission and tells them. NotFound for an
// organisation that is none, an application, or closed.
func AddMember(ctx context.Context, tx pgx.Tx, actor account.Actor, id, personID int64, now time.Time) (bool, error) {
	var state State
	if err := tx.QueryRow(ctx, `select state from org where id = $1 for no key update`, id).Scan(&state); err != nil {
		return false, postgres.Fault(err)
	}
	if state == Applied || state == Closed {
		return false, fault.NotFound()
	}
	done, err := tx.Exec(ctx, `insert into coordinator (person_id, org_id, since) values ($1, $2, $3) on conflict do nothing`, personID, id, now)
	if err != nil || done.RowsAffected() == 0 {
		return false, err
	}
	for object, of := range map[string]int64{"person": personID, "org": id} {
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "org.add_coordinator", Object: object, ObjectID: of, Fields: []string{"coordinator"}}); err != nil {
			return false, err
		}
	}
	return true, nil
}

// RemoveMember takes the right to act for an organisation away; with the person's next request it
// is gone, and they are told. A repeat changes nothing.
//
// Who acts for the organisation may, and staff; NotFound otherwise. The last one is a Conflict
// team.error.last, except for staff.
func (s *Store) RemoveMember(ctx context.Context, actor account.Actor, id, personID int64, now time.Time) error {
	return s.locked(ctx, actor, id, func(tx pgx.Tx, _ Held) error {
		var all, theirs int
		if err := tx.QueryRow(ctx, `select count(*), count(*) filter (where person_id = $2) from coordinator where org_id = $1`, id, personID).Scan(&all, &theirs); err != nil {
			return err
		}
		switch {
		case theirs == 0:
			return nil
		case all == 1 && !actor.Can(account.ManageOrganizations):
			return fault.Conflict("team.error.last")
		}
		if _, err := tx.Exec(ctx, `delete from coordinator where org_id = $1 and person_id = $2`, id, personID); err != nil {
			return err
		}
		for object, of := range map[string]int64{"person": personID, "org": id} {
			if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "org.remove_coordinator", Object: object, ObjectID: of, Fields: []string{"coordinator"}}); err != nil {
				return err
			}
		}
		if personID == actor.PersonID {
			return nil // they know
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.CoordinatorRemoved, PersonID: personID, SubjectID: id, Seq: now.UnixMicro()})
	})
}
