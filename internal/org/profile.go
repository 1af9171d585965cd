package org

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"time"

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

// Managed is an organisation as its coordinators edit it.
type Managed struct {
	Profile
	ID      int64
	Slug    string
	Kind    Kind
	Name    i18n.Text
	Version int
	Logo    string // hash; empty: none
}

// Stale is the key of the Conflict when a form was made from a version that is no longer current.
// Nothing is written then.
const Stale = "team.stale"

// Store reads and changes organisations, their profiles and their coordinators.
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

var managedColumns = `o.id, o.slug, o.kind, o.name, o.version, ` + ProfileFields.Select("o") + `,
	coalesce((select hash from logo where org_id = o.id), '') as logo`

// Managed is the organisation id with its profile. Its coordinators and staff may; NotFound otherwise.
func (s *Store) Managed(ctx context.Context, actor account.Actor, id int64) (Managed, error) {
	return loadManaged(ctx, s.db, actor, id, "")
}

func loadManaged(ctx context.Context, db postgres.DB, actor account.Actor, id int64, lock string) (Managed, error) {
	rows, _ := db.Query(ctx, `select `+managedColumns+` from org o where o.id = @id
		and `+acting+lock, actingFor(actor, id))
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Managed])
	return h, postgres.Fault(err)
}

func (p Profile) check() fault.Fields {
	f := fault.Fields{}
	ProfileFields.CheckLengths(&p, "team.error.long", f)
	if p.Email != "" {
		if _, ok := account.ParseEmail(p.Email); !ok {
			f.Add("email", "account.error.email")
		}
	}
	if len(p.Phone) > phoneMax {
		f.Add("phone", "account.error.phone")
	}
	if len(p.Links) > LinksMax {
		f.Add("links", "team.error.links")
	}
	for _, l := range p.Links {
		if u, err := url.Parse(l); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil ||
			len(l) > LinkMax {
			f.Add("links", "team.error.link")
		}
	}
	return f
}

// SaveProfile replaces an organisation's profile. version is the version that the form was made
// from: when it is no longer current, the error is a Conflict Stale and nothing is written.
// A profile without changes writes nothing.
//
// Its coordinators and staff may; NotFound otherwise. Invalid with the fields to correct.
func (s *Store) SaveProfile(
	ctx context.Context, actor account.Actor, id int64, version int, p Profile, now time.Time,
) error {
	if err := p.check().Err(); err != nil {
		return err
	}
	return s.locked(ctx, actor, id, func(tx pgx.Tx, h Managed) error {
		fields := ProfileFields.Diff(&p, &h.Profile)
		switch {
		case len(fields) == 0:
			return nil
		case h.Version != version:
			return fault.Conflict(Stale)
		}
		args := pgx.StrictNamedArgs(ProfileFields.Values(&p))
		args["id"] = id
		_, err := tx.Exec(ctx, `update org set `+ProfileFields.Set()+`, version = version + 1 where id = @id`, args)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.change", Object: "org", ObjectID: id, Fields: fields,
		})
	})
}

// locked runs do in a transaction with the row of the organisation locked. NotFound when the actor
// does not act for it.
func (s *Store) locked(ctx context.Context, actor account.Actor, id int64, do func(pgx.Tx, Managed) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		h, err := loadManaged(ctx, tx, actor, id, ` for no key update of o`)
		if err != nil {
			return err
		}
		return do(tx, h)
	})
}

// SetLogo sets an organisation's logo, a PNG that the portal encoded itself; nil removes it.
// A repeat changes nothing. Its coordinators and staff may; NotFound otherwise.
func (s *Store) SetLogo(ctx context.Context, actor account.Actor, id int64, png []byte, now time.Time) error {
	return s.locked(ctx, actor, id, func(tx pgx.Tx, h Managed) error {
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
				on conflict (org_id) do update set hash = excluded.hash, png = excluded.png,
				set_at = excluded.set_at`, id, hash, png, now)
		}
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org.change", Object: "org", ObjectID: id,
			Fields: []string{"logo"},
		})
	})
}

// Logo is a picture by its hash, as a PNG; NotFound for one that is no longer shown. Anyone may.
func Logo(ctx context.Context, db postgres.DB, hash string) (png []byte, err error) {
	err = db.QueryRow(ctx, `select png from logo where hash = $1`, hash).Scan(&png)
	return png, postgres.Fault(err)
}
