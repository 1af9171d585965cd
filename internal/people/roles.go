package people

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// SetRole makes somebody a volunteer, staff or an administrator, from their next request on; they
// are told. A repeat changes nothing.
//
// Administrators may; for anybody else it is NotFound. One's own role is a Conflict
// people.error.own, the last administrator's people.error.last_admin.
func (s *Store) SetRole(ctx context.Context, actor account.Actor, id int64, role account.Role, now time.Time) error {
	switch {
	case !actor.IsAdmin():
		return fault.NotFound()
	case !slices.Contains([]account.Role{account.Volunteer, account.Staff, account.Admin}, role):
		return fault.Invalid(map[string]string{"role": "fault.invalid"})
	case id == actor.PersonID:
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// All administrators are locked, in one order: two who take each other's role meet here.
		rows, _ := tx.Query(ctx, `select id from person where (role = 'admin' and suspended_at is null and erased_at is null) or id = $1 order by id for no key update`, id)
		if _, err := pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
			return err
		}
		st, err := lock(ctx, tx, id)
		if err != nil || st.Role == role {
			return err
		}
		var admins int
		if err := tx.QueryRow(ctx, `select count(*) from person where role = 'admin' and suspended_at is null and erased_at is null and id <> $1`, id).Scan(&admins); err != nil {
			return err
		}
		var still bool // the actor's own role may have been taken while this waited
		if err := tx.QueryRow(ctx, `select role = 'admin' and suspended_at is null from person where id = $1`, actor.PersonID).Scan(&still); err != nil {
			return err
		}
		switch {
		case !still:
			return fault.NotFound()
		case st.Role == account.Admin && admins == 0:
			return fault.Conflict("people.error.last_admin")
		}
		if _, err := tx.Exec(ctx, `update person set role = $2 where id = $1`, id, role); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.role", Object: "person", ObjectID: id, Fields: []string{"role"}}); err != nil {
			return err
		}
		return s.tell(ctx, tx, id, "role_"+string(role), 0, now)
	})
}

// AddOrg lets somebody act for an organisation, from their next request on; they are told. A
// repeat changes nothing.
//
// Staff may, for others: for themselves it is a Conflict people.error.own, unless they are
// administrators. For anybody else it is NotFound, like an organisation that is none or closed.
func (s *Store) AddOrg(ctx context.Context, actor account.Actor, id, orgID int64, now time.Time) error {
	switch {
	case !actor.IsStaff():
		return fault.NotFound()
	case id == actor.PersonID && !actor.IsAdmin():
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		added, err := org.AddMember(ctx, tx, actor, orgID, id, now)
		if err != nil || !added {
			return err
		}
		return s.tell(ctx, tx, id, "coordinator", orgID, now)
	})
}
