package campaign

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// DeliveryKinds are the kinds of things that may be hoped for. Anyone may.
func DeliveryKinds(ctx context.Context, db postgres.DB) ([]DeliveryKind, error) {
	rows, _ := db.Query(ctx, `select slug, name, unit from delivery_kind order by position`)
	t, err := pgx.CollectRows(rows, pgx.RowToStructByName[DeliveryKind])
	return t, postgres.Fault(err)
}

// Stale is the key of the Conflict when a form was made from a version that is no longer the
// current one: nothing is written.
const Stale = "campaign_desk.stale"

// Store writes campaigns.
type Store struct{ db *pgxpool.Pool }

// NewStore makes one.
func NewStore(db *pgxpool.Pool) *Store { return &Store{db} }

// managing is the condition on a campaign c of an organisation o under which an actor manages it: the
// headquarters' own take RunAllEvents.
const managing = `(@all::bool or c.org_id = any(@orgs::bigint[]) and o.kind <> 'headquarters')`

// managerArgs are the arguments of managing, and the id that the statement asks for.
func managerArgs(actor account.Actor, id int64) pgx.StrictNamedArgs {
	args := actor.Scope(account.RunAllEvents)
	args["id"] = id
	return args
}

type managedRow struct {
	ManagedCampaign
	Kinds   []string
	Targets []int
}

func (r managedRow) campaign() ManagedCampaign {
	for i, k := range r.Kinds {
		r.Goals = append(r.Goals, Goal{GoalKind(k), r.Targets[i]})
	}
	slices.SortFunc(r.Goals, byKind)
	return r.ManagedCampaign
}

// byKind is the order of goals: those that every campaign has, then things by their slug.
func byKind(a, b Goal) int {
	at := func(k GoalKind) int {
		if k.IsDelivery() {
			return len(GoalKinds)
		}
		return slices.Index(GoalKinds, k)
	}
	return cmp.Or(at(a.Kind)-at(b.Kind), strings.Compare(string(a.Kind), string(b.Kind)))
}

var managedSelect = `
	select c.id, c.org_id, c.slug, c.state, c.version, ` + fields.Select("c") + `,
		o.name as org_name, o.kind = 'headquarters' as open,
		(select count(*) from event e where e.campaign_id = c.id)::int as events,
		array(select g.kind from campaign_goal g where g.campaign_id = c.id order by g.kind) as kinds,
		array(select g.target from campaign_goal g where g.campaign_id = c.id order by g.kind) as targets,
		array(select i.org_id from campaign_invite i where i.campaign_id = c.id order by i.org_id) as invited
	from campaign c join org o on o.id = c.org_id `

// ListManaged are the campaigns that the actor keeps, drafts and the published before the archived.
func (s *Store) ListManaged(ctx context.Context, actor account.Actor) ([]ManagedCampaign, error) {
	return s.list(ctx,
		managing+` order by array_position(array['draft', 'published', 'archived'], c.state), c.position, c.id`,
		actor.Scope(account.RunAllEvents))
}

func (s *Store) list(ctx context.Context, where string, args pgx.StrictNamedArgs) (held []ManagedCampaign, err error) {
	rows, _ := s.db.Query(ctx, managedSelect+`where `+where, args)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[managedRow])
	for _, r := range found {
		held = append(held, r.campaign())
	}
	return held, postgres.Fault(err)
}

// Get is a campaign to work on. Who keeps it may; for anybody else it is NotFound.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64) (ManagedCampaign, error) {
	found, err := s.list(ctx, `c.id = @id and `+managing, managerArgs(actor, id))
	if err == nil && len(found) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return ManagedCampaign{}, err
	}
	return found[0], nil
}

// Create makes a draft of an organisation's. formKey is the form's own: sent twice, it makes one.
//
// Coordinators of the organisation may, staff for any; for others the organisation is NotFound.
// Invalid as for Save.
func (s *Store) Create(ctx context.Context, actor account.Actor, p Details, formKey string,
	now time.Time,
) (id int64, err error) {
	if err := p.check(false).Err(); err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var may bool
		err := tx.QueryRow(ctx, `select @all::bool or o.id = any(@orgs::bigint[]) and o.kind <> 'headquarters'
			from org o where o.id = @id`, managerArgs(actor, p.OrgID)).Scan(&may)
		if err == nil && !may {
			err = fault.NotFound()
		}
		if err != nil {
			return err
		}
		// One campaign after the other takes its slug.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('campaign.slug'))`); err != nil {
			return err
		}
		args := actor.Scope(account.RunAllEvents)
		args["key"] = formKey
		err = tx.QueryRow(ctx,
			`select c.id from campaign c join org o on o.id = c.org_id where c.form_key = @key and `+managing, args).
			Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err // sent before, or an outage
		}
		slug, err := freeSlug(ctx, tx, p.Name)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
			insert into campaign (slug, org_id, state, form_key, `+strings.Join(fields.Columns(),
			", ")+`, updated_at, position)
			values (@slug, @org, 'draft', @key, `+fields.Params()+`, @now,
				(select coalesce(max(position), 0) + 1 from campaign)) returning id`,
			columnArgs(p, map[string]any{"slug": slug, "org": p.OrgID, "key": formKey, "now": now})).Scan(&id)
		if err != nil {
			return err
		}
		if err := writeLists(ctx, tx, id, p); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "campaign.create",
			Object: "campaign", ObjectID: id,
		})
	})
	return id, err
}

// columnArgs are the fields of d and what a statement asks for besides.
func columnArgs(d Details, more map[string]any) pgx.StrictNamedArgs {
	args := pgx.StrictNamedArgs(fields.Values(&d))
	maps.Copy(args, more)
	return args
}

// Save writes a campaign over. version is the one that the form was made from; when it is no
// longer the current one, that is a Conflict Stale and nothing is written. The organisation and
// the slug stay. What stands there already changes nothing.
//
// Who keeps the campaign may; NotFound otherwise. Invalid with the fields to correct: a published
// campaign needs its name and summary in Kazakh and Russian, a draft only a name.
func (s *Store) Save(ctx context.Context, actor account.Actor, id int64, version int, p Details, now time.Time) error {
	return s.change(ctx, actor, id, func(tx pgx.Tx, h ManagedCampaign) error {
		if err := p.check(h.State != StateDraft).Err(); err != nil {
			return err
		}
		changed := h.diff(p)
		switch {
		case len(changed) == 0:
			return nil
		case h.Version != version:
			return fault.Conflict(Stale)
		}
		_, err := tx.Exec(ctx, `update campaign set `+fields.Set()+
			`, updated_at = @now, version = version + 1 where id = @id`,
			columnArgs(p, map[string]any{"id": id, "now": now}))
		if err != nil {
			return err
		}
		if err := writeLists(ctx, tx, id, p); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "campaign.change",
			Object: "campaign", ObjectID: id, Fields: changed,
		})
	})
}

// SetState publishes a campaign, archives it, or takes it back from the archive. version is the
// one that was looked at; another is a Conflict Stale. A repeat changes nothing.
//
// Who keeps the campaign may; NotFound otherwise. Invalid with the fields that are missing for
// publication; a Conflict campaign_desk.error.state for a way that there is not: a published
// campaign does not become a draft again.
func (s *Store) SetState(ctx context.Context, actor account.Actor, id int64, version int, to State,
	now time.Time,
) error {
	return s.change(ctx, actor, id, func(tx pgx.Tx, h ManagedCampaign) error {
		switch {
		case h.State == to:
			return nil
		case h.Version != version:
			return fault.Conflict(Stale)
		case to == StatePublished:
			if err := h.check(true).Err(); err != nil {
				return err
			}
		case to != StateArchived || h.State == StateDraft:
			return fault.Conflict("campaign_desk.error.state")
		}
		if _, err := tx.Exec(ctx,
			`update campaign set state = $2, updated_at = $3, version = version + 1 where id = $1`, id, to,
			now); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "campaign." + string(to),
			Object: "campaign", ObjectID: id, Fields: []string{"state"},
		})
	})
}

// change runs do on a campaign that the actor keeps, its row locked.
func (s *Store) change(ctx context.Context, actor account.Actor, id int64,
	do func(pgx.Tx, ManagedCampaign) error,
) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, managedSelect+`where c.id = @id and `+managing+` for update of c`,
			managerArgs(actor, id))
		r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[managedRow])
		if err != nil {
			return err
		}
		return do(tx, r.campaign())
	})
}

// writeLists writes goals and invited organisations; an id that names none is NotFound.
func writeLists(ctx context.Context, tx pgx.Tx, id int64, p Details) error {
	invited := invitees(p.Invited, p.OrgID)
	var known int
	if err := tx.QueryRow(ctx, `select count(*) from org where id = any($1)`, invited).Scan(&known); err != nil {
		return err
	}
	if known != len(invited) {
		return fault.NotFound()
	}
	things := []string{}
	for _, g := range p.Goals {
		if g.Kind.IsDelivery() {
			things = append(things, string(g.Kind))
		}
	}
	if err := tx.QueryRow(ctx, `select count(*) from delivery_kind where slug = any($1)`, things).
		Scan(&known); err != nil {
		return err
	}
	if known != len(things) { // one that is none, or one twice
		return fault.Invalid(map[string]string{"things": "campaign_desk.error.things"})
	}
	kinds, targets := make([]string, len(p.Goals)), make([]int, len(p.Goals))
	for i, g := range p.Goals {
		kinds[i], targets[i] = string(g.Kind), g.Target
	}
	b := &pgx.Batch{}
	b.Queue(`delete from campaign_goal where campaign_id = $1`, id)
	b.Queue(
		`insert into campaign_goal (campaign_id, kind, target) select $1, * from unnest($2::text[], $3::int[])
			on conflict do nothing`, id, kinds, targets)
	b.Queue(`delete from campaign_invite where campaign_id = $1`, id)
	b.Queue(
		`insert into campaign_invite (campaign_id, org_id) select c.id, o.id from campaign c join org o
			on o.id = any($2::bigint[]) and o.id <> c.org_id where c.id = $1`, id, invited)
	return tx.SendBatch(ctx, b).Close()
}
