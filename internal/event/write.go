package event

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/field"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// Store writes events up to their publication. What changes a published one stands in signup,
// because it concerns those who are in.
type Store struct {
	db   postgres.DB
	city *config.City
}

// NewStore makes one for a city.
func NewStore(db postgres.DB, city *config.City) *Store { return &Store{db, city} }

// Stale is the key of the Conflict when a form was made from a version that is no longer the
// current one: nothing is written, and the page shows what has changed.
const Stale = "publishing.stale"

// ManagedEvent is an event as those who run it see it: what is written, and how far it has come.
type ManagedEvent struct {
	Event
	Shifts      []Shift   `db:"-"` // once it is published; Slots are what they say then
	Host        org.State // as long as it is not Trusted, its events are reviewed first
	SubmittedAt *time.Time
	Returned    string // the headquarters' words when it came back
	ReturnedAt  *time.Time
	ClosedAt    *time.Time
	SeriesID    int64 // 0: none
	Changed     bool  // since the headquarters reviewed it, which does not trust the host yet
	Imported    bool  // from a file when it was over: nobody signed up
}

// ValidateToPublish is the problems of publishing the event at now: those of its Details, and
// those of its host.
func (h ManagedEvent) ValidateToPublish(city *config.City, now time.Time, existing []Shift) fault.Fields {
	wrong := h.Details.ValidateToPublish(city, now, existing)
	if !h.Host.Publishes() {
		wrong.Add("org", "publishing.problem.paused")
	}
	return wrong
}

// Get is an event to work on. Who runs it may; for anybody else it is NotFound.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64) (ManagedEvent, error) {
	return s.get(ctx, s.db, actor, id, "")
}

func (s *Store) get(ctx context.Context, db postgres.DB, actor account.Actor, id int64,
	lock string,
) (ManagedEvent, error) {
	list, err := s.managed(ctx, db, `e.id = @id and `+Managing+lock, Manager(actor, id))
	if err == nil && len(list) == 0 {
		err = fault.NotFound()
	}
	if err != nil {
		return ManagedEvent{}, err
	}
	return list[0], nil
}

// managed is the events of a condition, in two statements.
func (s *Store) managed(ctx context.Context, db postgres.DB, where string,
	args pgx.StrictNamedArgs,
) ([]ManagedEvent, error) {
	rows, _ := db.Query(ctx, `select `+eventColumns+`, o.state as host, e.submitted_at, e.returned, e.returned_at,
			e.closed_at, coalesce(e.series_id, 0) as series_id, e.changed_at is not null as changed, e.imported
		from event e join org o on o.id = e.org_id
		where `+where, args)
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[ManagedEvent])
	if err != nil {
		return nil, postgres.Fault(err)
	}
	ids := make([]int64, len(found))
	for i, e := range found {
		ids[i] = e.ID
	}
	rows, _ = db.Query(ctx, `select `+shiftColumns+` from shift s where s.event_id = any($1)
		order by s.starts_at, s.id`, ids)
	shifts, err := pgx.CollectRows(rows, pgx.RowToStructByName[Shift])
	if err != nil {
		return nil, postgres.Fault(err)
	}
	for i := range found {
		e := &found[i]
		for _, shift := range shifts {
			if shift.EventID == e.ID {
				e.Shifts = append(e.Shifts, shift)
			}
		}
		if len(e.Shifts) > 0 {
			e.Slots = nil
			for _, shift := range e.Shifts {
				e.Slots = append(e.Slots, SlotOf(shift, s.city.Location()))
			}
		}
	}
	return found, nil
}

// Create makes a draft of p and returns its id. The same formKey again returns the event that it
// made and writes nothing; an empty one is no form's.
//
// Coordinators of the host may, and staff; a host that is not the actor's, and a co-host that is
// none, are NotFound. A campaign that the host may not use and what is Wrong are Invalid. A
// draft needs no more than its host and campaign.
func (s *Store) Create(ctx context.Context, actor account.Actor, p Details, formKey string,
	now time.Time,
) (id int64, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) (err error) {
		id, err = s.CreateTx(ctx, tx, actor, p, formKey, now)
		return err
	})
	return id, err
}

// CreateTx is Create in the caller's transaction.
func (s *Store) CreateTx(ctx context.Context, tx pgx.Tx, actor account.Actor, p Details, formKey string,
	now time.Time,
) (id int64, err error) {
	if !actor.ActsFor(p.OrgID) {
		return 0, fault.NotFound()
	}
	if err := p.Validate().Err(); err != nil {
		return 0, err
	}
	if err := s.CheckReferences(ctx, tx, p, Details{}); err != nil {
		return 0, err
	}
	args, err := s.args(p, now)
	if err != nil {
		return 0, err
	}
	args["form_key"] = formKey
	rows, _ := tx.Query(ctx, `
		insert into event (`+columnsOf(allFields)+`, form_key, slots, starts_at, ends_at, created_at, updated_at)
		values (`+allFields.Params()+`, nullif(@form_key, ''), @slots, @starts_at, @ends_at, @now, @now)
		on conflict (form_key) do nothing returning id`, args)
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return 0, postgres.Fault(err)
	}
	if len(ids) == 0 { // the form was sent before
		args := actor.Scope(account.RunAllEvents)
		args["key"] = formKey
		rows, _ := tx.Query(ctx, `select e.id from event e where e.form_key = @key and `+Managing, args)
		id, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[int64])
		return id, postgres.Fault(err)
	}
	id = ids[0]
	if err := WriteCohosts(ctx, tx, id, p.Cohosts); err != nil {
		return 0, err
	}
	return id, audit.Write(ctx, tx, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: "event.create",
		Object: "event", ObjectID: id,
	})
}

// Save writes a draft over, or an event in review. version is the one that the form was made
// from; when it is no longer the current one, that is a Conflict Stale and nothing is written.
//
// Who runs the event may, with the errors of Create; for anybody else it is NotFound. What is
// published is changed by signup.ChangeEvent: here it is a Conflict Stale.
func (s *Store) Save(ctx context.Context, actor account.Actor, id int64, version int, p Details, now time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		was, err := s.get(ctx, tx, actor, id, ` for no key update of e`)
		if err != nil {
			return err
		}
		if was.State.Public() || was.Version != version {
			return fault.Conflict(Stale)
		}
		if p.OrgID != was.OrgID && !actor.ActsFor(p.OrgID) {
			return fault.NotFound()
		}
		if err := p.Validate().Err(); err != nil {
			return err
		}
		if err := s.CheckReferences(ctx, tx, p, was.Details); err != nil {
			return err
		}
		fields := p.Diff(was.Details)
		if len(fields) == 0 {
			return nil
		}
		args, err := s.args(p, now)
		if err != nil {
			return err
		}
		args["id"] = id
		// the slots say what they will be
		if _, err := tx.Exec(ctx, `delete from shift where event_id = $1`, id); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx,
			`update event set version = version + 1, import_key = case when org_id = @org_id then import_key end,
				`+allFields.Set()+`, slots = @slots, starts_at = @starts_at, ends_at = @ends_at, updated_at = @now
			where id = @id`, args); err != nil {
			return postgres.Fault(err)
		}
		if err := WriteCohosts(ctx, tx, id, p.Cohosts); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "event.save", Object: "event",
			ObjectID: id, Fields: fields,
		})
	})
}

// LastCampaign is the campaign of an organisation's latest event, as long as it goes on; 0 for
// none. A new event's form begins with it.
func LastCampaign(ctx context.Context, db postgres.DB, orgID int64) (id int64, err error) {
	err = db.QueryRow(ctx, `select coalesce((select c.id from event e join campaign c on c.id = e.campaign_id
		where e.org_id = $1 and c.state = 'published' order by e.starts_at desc nulls last, e.id desc limit 1), 0)`,
		orgID).Scan(&id)
	return id, postgres.Fault(err)
}

// CheckReferences checks p's campaign and co-hosts against what its host may use; what stood in was may stay.
// A co-host that is no organisation is NotFound, a campaign that the host may not use Invalid.
func (s *Store) CheckReferences(ctx context.Context, db postgres.DB, p, was Details) error {
	if p.CampaignID != was.CampaignID || p.OrgID != was.OrgID {
		may, err := campaign.MayUse(ctx, db, p.CampaignID, p.OrgID)
		if err != nil {
			return err
		}
		if !may {
			return fault.Invalid(map[string]string{"campaign": "publishing.problem.campaign"})
		}
	}
	var known int
	if err := db.QueryRow(ctx, `select count(*)::int from org where id = any($1::bigint[])`,
		append([]int64{}, p.Cohosts...)).Scan(&known); err != nil {
		return postgres.Fault(err)
	}
	if known != len(p.Cohosts) {
		return fault.NotFound()
	}
	return nil
}

// WriteCohosts makes cohosts the event's, in the caller's transaction; the caller sees to the
// permission and the audit.
func WriteCohosts(ctx context.Context, tx pgx.Tx, id int64, cohosts []int64) error {
	var b pgx.Batch
	b.Queue(`delete from event_cohost where event_id = $1 and org_id <> all($2::bigint[])`, id,
		append([]int64{}, cohosts...))
	b.Queue(`insert into event_cohost (event_id, org_id) select $1, unnest($2::bigint[]) on conflict do nothing`, id,
		append([]int64{}, cohosts...))
	return postgres.Fault(tx.SendBatch(ctx, &b).Close())
}

// args are the named arguments under which details are written.
func (s *Store) args(d Details, now time.Time) (pgx.StrictNamedArgs, error) {
	slots, err := json.Marshal(append([]Slot{}, d.Slots...))
	if err != nil {
		return nil, err
	}
	from, to := span(d.Shifts(s.city.Location()))
	args := pgx.StrictNamedArgs(allFields.Values(&d))
	args["slots"], args["starts_at"], args["ends_at"], args["now"] = string(slots), orNull(from), orNull(to), now
	return args, nil
}

// columnsOf is the columns of fields as an insert names them.
func columnsOf(l field.List[Details]) string { return strings.Join(l.Columns(), ", ") }
