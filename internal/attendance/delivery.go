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

// MaxResult is the largest number that a result may have.
const MaxResult = 1_000_000

// Results is what an event achieved: the people served and the things delivered.
type Results struct {
	Served     int        // people
	Deliveries []Delivery // one for each kind, in the order of the list
}

// Delivery is how many things of one kind were delivered.
type Delivery struct {
	DeliveryKind
	Amount int
}

// DeliveryKind is a kind of thing that events deliver.
type DeliveryKind struct {
	Slug    string
	Name    i18n.Text
	Unit    i18n.Text
	Retired bool // no longer asked for; what was delivered stays
}

func results(ctx context.Context, db postgres.DB, eventID int64) (r Results, err error) {
	if err := db.QueryRow(ctx, `select people_served from event where id = $1`, eventID).Scan(&r.Served); err != nil {
		return r, postgres.Fault(err)
	}
	rows, _ := db.Query(ctx, `
		select k.slug, k.name, k.unit, k.retired_at is not null as retired, coalesce(d.amount, 0) as amount
		from delivery_kind k left join event_delivery d on d.kind = k.slug and d.event_id = $1
		where k.retired_at is null or d.amount > 0 order by k.position`, eventID)
	r.Deliveries, err = pgx.CollectRows(rows, pgx.RowToStructByName[Delivery])
	return r, postgres.Fault(err)
}

func (r Results) check(wrong fault.Fields) {
	if r.Served < 0 || r.Served > MaxResult {
		wrong.Add("served", "hours.result_range")
	}
	for _, d := range r.Deliveries {
		if d.Amount < 0 || d.Amount > MaxResult {
			wrong.Add("d_"+d.Slug, "hours.result_range")
		}
	}
}

// write saves r as the event's results. Kinds that r does not name stay as they are.
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
		select @event, k.slug, u.amount
		from unnest(@slugs::text[], @amounts::int[]) u (slug, amount) join delivery_kind k on k.slug = u.slug
		where u.amount > 0
		on conflict (event_id, kind) do update set amount = excluded.amount where d.amount <> excluded.amount`, args)
	return tx.SendBatch(ctx, &b).Close()
}

// SaveResults changes the results of an event, also after its hours are confirmed.
//
// Permissions and errors are those of SaveHours. A number out of range is Invalid on "served", or on "d_" and the
// kind's slug.
func (s *Store) SaveResults(ctx context.Context, actor account.Actor, eventID int64, r Results, now time.Time) error {
	return s.withSheet(ctx, actor, eventID, now, func(tx pgx.Tx, _ event.Head) error {
		wrong := fault.Fields{}
		r.check(wrong)
		if err := wrong.Err(); err != nil {
			return err
		}
		if err := r.write(ctx, tx, eventID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "results.save", Object: "event", ObjectID: eventID,
		})
	})
}

// DeliveryKinds lists the kinds of things that events deliver, including the retired ones. Anyone may.
func DeliveryKinds(ctx context.Context, db postgres.DB) ([]DeliveryKind, error) {
	rows, _ := db.Query(ctx,
		`select slug, name, unit, retired_at is not null as retired from delivery_kind order by position`)
	kinds, err := pgx.CollectRows(rows, pgx.RowToStructByName[DeliveryKind])
	return kinds, postgres.Fault(err)
}

// MaxName and MaxUnit are the greatest lengths of a kind's name and unit, in characters.
const MaxName, MaxUnit = 60, 20

// MaxKinds is the greatest number of kinds in the list, retired ones included.
const MaxKinds = 60

// AddKind adds a kind to the end of the list. It takes the capability ManageDeliveries; for anybody else it is
// Forbidden. A missing Kazakh or Russian name is Invalid, and so is a name that the list has already: a form sent
// twice adds one kind.
func (s *Store) AddKind(ctx context.Context, actor account.Actor, k DeliveryKind, now time.Time) error {
	if !actor.Can(account.ManageDeliveries) {
		return fault.Forbidden()
	}
	if err := k.check(); err != nil {
		return err
	}
	k.Name, k.Unit = trim(k.Name), trim(k.Unit)
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// one at a time
		if _, err := tx.Exec(ctx, `lock table delivery_kind in share row exclusive mode`); err != nil {
			return err
		}
		var last, n, same int
		err := tx.QueryRow(ctx, `
			select coalesce(max(position), 0), count(*),
				count(*) filter (where fold(name ->> 'kk') = fold($1) or fold(name ->> 'ru') = fold($2))
			from delivery_kind`, k.Name.KK, k.Name.RU).Scan(&last, &n, &same)
		switch {
		case err != nil:
			return err
		case same > 0:
			return fault.Invalid(map[string]string{"name_kk": "hours.kind_there"})
		case n >= MaxKinds:
			return fault.Invalid(map[string]string{"name_kk": "hours.kind_many"})
		}
		_, err = tx.Exec(ctx, `insert into delivery_kind (slug, name, unit, position) values ($1, $2, $3, $4)`,
			fmt.Sprintf("kind-%d", last+1), k.Name, k.Unit, last+1)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "delivery_kind.add", Object: "delivery_kind",
			ObjectID: int64(last + 1),
		})
	})
}

// check is Invalid on the fields that are missing or too long.
func (k DeliveryKind) check() error {
	wrong := fault.Fields{}
	for _, l := range i18n.Langs {
		for _, f := range []struct {
			field string
			text  string
			limit int
			need  bool
		}{{"name_", k.Name.Get(l), MaxName, l != i18n.EN}, {"unit_", k.Unit.Get(l), MaxUnit, false}} {
			if n := utf8.RuneCountInString(strings.TrimSpace(f.text)); n > f.limit || f.need && n == 0 {
				wrong.Add(f.field+string(l), "hours.kind_name")
			}
		}
	}
	return wrong.Err()
}

func trim(t i18n.Text) i18n.Text {
	return i18n.Text{KK: strings.TrimSpace(t.KK), RU: strings.TrimSpace(t.RU), EN: strings.TrimSpace(t.EN)}
}

// ChangeKind changes a kind's name and unit, and retires it or brings it back. It takes the capability
// ManageDeliveries; for anybody else it is Forbidden. Its other errors are those of AddKind; an unknown slug is
// NotFound.
func (s *Store) ChangeKind(ctx context.Context, actor account.Actor, k DeliveryKind, now time.Time) error {
	if !actor.Can(account.ManageDeliveries) {
		return fault.Forbidden()
	}
	if err := k.check(); err != nil {
		return err
	}
	k.Name, k.Unit = trim(k.Name), trim(k.Unit)
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var was DeliveryKind
		var position int64
		err := tx.QueryRow(ctx, `
			select slug, name, unit, retired_at is not null, position from delivery_kind
			where slug = $1 for update`, k.Slug).
			Scan(&was.Slug, &was.Name, &was.Unit, &was.Retired, &position)
		if err != nil || was == k {
			return err
		}
		_, err = tx.Exec(ctx, `
			update delivery_kind
			set name = $2, unit = $3, retired_at = case when $4 then coalesce(retired_at, $5) end
			where slug = $1`, k.Slug, k.Name, k.Unit, k.Retired, now)
		if err != nil {
			return err
		}
		var fields []string
		if was.Name != k.Name || was.Unit != k.Unit {
			fields = append(fields, "name")
		}
		if was.Retired != k.Retired {
			fields = append(fields, "retired")
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "delivery_kind.change", Object: "delivery_kind",
			ObjectID: position,
			Fields:   fields,
		})
	})
}
