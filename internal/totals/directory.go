package totals

import (
	"context"

	"github.com/jackc/pgx/v5"

	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// directory is the names that campaigns and organisations have today, by id.
type directory struct {
	campaigns map[int64]i18n.Text
	orgs      map[int64]orgEntry
}

type orgEntry struct {
	name i18n.Text
	kind org.Kind
}

func (s *Store) directory(ctx context.Context) (n directory, err error) {
	n = directory{map[int64]i18n.Text{}, map[int64]orgEntry{}}
	rows, _ := s.db.Query(ctx, `select id, name, '' as kind from campaign union all select id, name, kind from org`)
	var id int64
	var o orgEntry
	_, err = pgx.ForEachRow(rows, []any{&id, &o.name, &o.kind}, func() error {
		if o.kind == "" {
			n.campaigns[id] = o.name
		} else {
			n.orgs[id] = o
		}
		o = orgEntry{}
		return nil
	})
	return n, postgres.Fault(err)
}

// ScopeNames is the names of a scope's campaign and organisation and of a kind of delivery; each is zero
// when it is not asked for.
type ScopeNames struct{ Campaign, Org, Delivery i18n.Text }

// ScopeNames looks up the names of a scope and of a part of rows.
func (s *Store) ScopeNames(ctx context.Context, scope Scope, kind RowKind, part string) (n ScopeNames, err error) {
	if scope.Campaign != 0 || scope.Org != 0 {
		names, err := s.directory(ctx)
		if err != nil {
			return n, err
		}
		n.Campaign, n.Org = names.campaigns[scope.Campaign], names.orgs[scope.Org].name
	}
	if kind == DeliveryRows {
		err = s.db.QueryRow(ctx, `select coalesce((select name from delivery_kind where slug = $1), '{}')`,
			part).Scan(&n.Delivery)
	}
	return n, postgres.Fault(err)
}

// KindCount is how many organisations of a kind had joined by a period's last day, and by that of the
// period to compare with.
type KindCount struct {
	Kind   org.Kind
	Now    int
	Before int
}

// organizationsIn counts the organisations by kind, in the order of the pages, without those that are
// only applied for or are closed today. Of a scope only the organisation and the kind apply.
func organizationsIn(ctx context.Context, db postgres.DB, q Query, before Period) ([]KindCount, error) {
	rows, _ := db.Query(ctx, `
		select k.kind, count(o.id)::int as now, count(o.id) filter (where o.joined_on < @before)::int as before
		from unnest(@kinds::text[]) with ordinality k (kind, position)
		left join org o on o.kind = k.kind and o.state not in ('applied', 'closed') and o.joined_on < @to
			and (@org = 0 or o.id = @org)
		where @kind = '' or k.kind = @kind
		group by k.kind, k.position order by k.position`,
		pgx.StrictNamedArgs{"kinds": org.Kinds, "to": q.To, "before": before.To, "org": q.Org, "kind": string(q.Kind)})
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[KindCount])
	return list, postgres.Fault(err)
}

// DeliveredAmount is how much of a kind of delivery was delivered in a period, and in the one to compare
// with.
type DeliveredAmount struct {
	Slug   string
	Name   i18n.Text
	Unit   i18n.Text
	Now    int `db:"-"`
	Before int `db:"-"`
}

// deliveredAmounts are all kinds of deliveries in the order of the pages.
func deliveredAmounts(ctx context.Context, db postgres.DB, now, before map[string]int) ([]DeliveredAmount, error) {
	rows, _ := db.Query(ctx, `select slug, name, unit from delivery_kind order by position`)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[DeliveredAmount])
	for i, d := range list {
		list[i].Now, list[i].Before = now[d.Slug], before[d.Slug]
	}
	return list, postgres.Fault(err)
}
