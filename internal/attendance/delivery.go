package attendance

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// ResultsMost is the largest figure of a result.
const ResultsMost = 1_000_000

// Results is what an event has brought.
type Results struct {
	Served     int        // people
	Deliveries []Delivery // every kind, in the order of the list
}

// Delivery is how many things of one kind were delivered.
type Delivery struct {
	Kind
	Amount int
}

// Kind is a kind of thing that events deliver.
type Kind struct {
	Slug    string
	Name    i18n.Text
	Unit    i18n.Text
	Retired bool // no longer asked for; what was delivered stays
}

func results(ctx context.Context, db postgres.DB, eventID int64) (r Results, err error) {
	if err := db.QueryRow(ctx, `select people_served from event where id = $1`, eventID).Scan(&r.Served); err != nil {
		return r, postgres.Fault(err)
	}
	rows, _ := db.Query(ctx, `select k.slug, k.name, k.unit, k.retired_at is not null as retired, coalesce(d.amount, 0) as amount
		from delivery_kind k left join event_delivery d on d.kind = k.slug and d.event_id = $1
		where k.retired_at is null or d.amount > 0 order by k.position`, eventID)
	r.Deliveries, err = pgx.CollectRows(rows, pgx.RowToStructByName[Delivery])
	return r, postgres.Fault(err)
}

func (r Results) check(wrong fault.Fields) {
	if r.Served < 0 || r.Served > ResultsMost {
		wrong.Add("served", "hours.result_range")
	}
	for _, d := range r.Deliveries {
		if d.Amount < 0 || d.Amount > ResultsMost {
			wrong.Add("d_"+d.Slug, "hours.result_range")
		}
	}
}

// write keeps r as the event's results; kinds that it does not name stay as they are.
func (r Results) write(ctx context.Context, tx pgx.Tx, eventID int64) error {
	slugs, amounts := make([]string, len(r.Deliveries)), make([]int, len(r.Deliveries))
	for i, d := range r.Deliveries {
		slugs[i], amounts[i] = d.Slug, d.Amount
	}
	args := pgx.StrictNamedArgs{"event": eventID, "slugs": slugs, "amounts": amounts}
	var b pgx.Batch
	b.Queue(`update event set people_served = $2 where id = $1 and people_served <> $2`, eventID, r.Served)
	b.Queue(`delete from event_delivery d using unnest(@slugs::text[], @amounts::int[]) u (slug, amount)
		where d.event_id = @event and d.kind = u.slug and u.amount = 0`, args)
	b.Queue(`insert into event_delivery as d (event_id, kind, amount)
		select @event, k.slug, u.amount from unnest(@slugs::text[], @amounts::int[]) u (slug, amount) join delivery_kind k on k.slug = u.slug
		where u.amount > 0
		on conflict (event_id, kind) do update set amount = excluded.amount where d.amount <> excluded.amount`, args)
	return tx.SendBatch(ctx, &b).Close()
}

// SaveResults changes the results of an event, also after its hours are confirmed. Who may, and
// the errors: as for SaveHours; a figure that cannot be is Invalid on "served" or "d_" and the
// kind.
func (s *Store) SaveResults(ctx context.Context, actor account.Actor, eventID int64, r Results, now time.Time) error {
	return s.onSheet(ctx, actor, eventID, now, func(tx pgx.Tx, _ event.Head) error {
		wrong := fault.Fields{}
		r.check(wrong)
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := r.write(ctx, tx, eventID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "results.save", Object: "event", ObjectID: eventID})
	})
}

// Kinds is the list of things that events deliver, the retired ones too. Anyone may.
func Kinds(ctx context.Context, db postgres.DB) ([]Kind, error) {
	rows, _ := db.Query(ctx, `select slug, name, unit, retired_at is not null as retired from delivery_kind order by position`)
	kinds, err := pgx.CollectRows(rows, pgx.RowToStructByName[Kind])
	return kinds, postgres.Fault(err)
}

// NameMax and UnitMax are how many characters a kind's name and unit have at most.
const NameMax, UnitMax = 60, 20

// KindsMost is how many kinds the list holds at most.
const KindsMost = 60

// AddKind puts a kind at the end of the list. It takes ManageDeliveries; for anybody else it is
// Forbidden. Kazakh and Russian are needed, and a name that the list has already is Invalid: a form sent
// twice adds one.
func (s *Store) AddKind(ctx context.Context, actor account.Actor, k Kind, now time.Time) error {
	if !actor.Can(account.ManageDeliveries) {
		return fault.Forbidden()
	}
	if err := k.check(); err != nil {
		return err
	}
	k.Name, k.Unit = trim(k.Name), trim(k.Unit)
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table delivery_kind in share row exclusive mode`); err != nil { // one at a time
			return err
		}
		var last, n, same int
		err := tx.QueryRow(ctx, `select coalesce(max(position), 0), count(*),
			count(*) filter (where fold(name ->> 'kk') = fold($1) or fold(name ->> 'ru') = fold($2)) from delivery_kind`, k.Name.KK, k.Name.RU).Scan(&last, &n, &same)
		switch {
		case err != nil:
			return err
		case same > 0:
			return fault.Invalid(map[string]string{"name_kk": "hours.kind_there"})
		case n >= KindsMost:
			return fault.Invalid(map[string]string{"name_kk": "hours.kind_many"})
		}
		if _, err := tx.Exec(ctx, `insert into delivery_kind (slug, name, unit, position) values ($1, $2, $3, $4)`, fmt.Sprintf("kind-%d", last+1), k.Name, k.Unit, last+1); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "delivery_kind.add", Object: "delivery_kind", ObjectID: int64(last + 1)})
	})
}

// check is Invalid with the fields to correct.
func (k Kind) check() error {
	wrong := fault.Fields{}
	for _, l := range i18n.Langs {
		for _, f := range []struct {
			field string
			text  string
			most  int
			need  bool
		}{{"name_", k.Name.Get(l), NameMax, l != i18n.EN}, {"unit_", k.Unit.Get(l), UnitMax, false}} {
			if n := utf8.RuneCountInString(strings.TrimSpace(f.text)); n > f.most || f.need && n == 0 {
				wrong.Add(f.field+string(l), "hours.kind_name")
			}
		}
	}
	return wrong.Err()
}

func trim(t i18n.Text) i18n.Text {
	return i18n.Text{KK: strings.TrimSpace(t.KK), RU: strings.TrimSpace(t.RU), EN: strings.TrimSpace(t.EN)}
}

// ChangeKind writes a kind's words over, and retires it or takes it back. It takes ManageDeliveries; for
// anybody else it is Forbidden. The errors are those of AddKind; a slug that is none is NotFound.
func (s *Store) ChangeKind(ctx context.Context, actor account.Actor, k Kind, now time.Time) error {
	if !actor.Can(account.ManageDeliveries) {
		return fault.Forbidden()
	}
	if err := k.check(); err != nil {
		return err
	}
	k.Name, k.Unit = trim(k.Name), trim(k.Unit)
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var was Kind
		var position int64
		err := tx.QueryRow(ctx, `select slug, name, unit, retired_at is not null, position from delivery_kind where slug = $1 for update`, k.Slug).
			Scan(&was.Slug, &was.Name, &was.Unit, &was.Retired, &position)
		if err != nil || was == k {
			return err
		}
		if _, err := tx.Exec(ctx, `update delivery_kind set name = $2, unit = $3, retired_at = case when $4 then coalesce(retired_at, $5) end where slug = $1`,
			k.Slug, k.Name, k.Unit, k.Retired, now); err != nil {
			return err
		}
		var fields []string
		if was.Name != k.Name || was.Unit != k.Unit {
			fields = append(fields, "name")
		}
		if was.Retired != k.Retired {
			fields = append(fields, "retired")
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "delivery_kind.change", Object: "delivery_kind", ObjectID: position, Fields: fields})
	})
}
