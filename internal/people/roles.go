package people

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/org"
	"shtab/internal/postgres"
)

// SetRole gives somebody a role, from their next request on; they are told. A repeat changes nothing.
//
// It takes ManageStaff; for anybody else it is NotFound. One's own role is a Conflict people.error.own;
// that of the last person who can give roles: people.error.last_admin.
func (s *Store) SetRole(ctx context.Context, actor account.Actor, id int64, role account.Role, now time.Time) error {
	switch {
	case !actor.Can(account.ManageStaff):
		return fault.NotFound()
	case !slices.Contains(account.Roles(), role):
		return fault.Invalid(map[string]string{"role": "fault.invalid"})
	case id == actor.PersonID:
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		managers, err := lockManagers(ctx, tx, id)
		if err != nil {
			return err
		}
		st, err := lockPerson(ctx, tx, id)
		switch {
		case err != nil || st.Role == role:
			return err
		case !slices.Contains(managers, actor.PersonID): // their own role was taken while this waited
			return fault.NotFound()
		case slices.Equal(managers, []int64{id}) && !role.Can(account.ManageStaff):
			return fault.Conflict("people.error.last_admin")
		}
		if _, err := tx.Exec(ctx, `update person set role = $2 where id = $1`, id, role); err != nil {
			return err
		}
		if err := writeAudit(ctx, tx, actor, "people.role", id, "role", now); err != nil {
			return err
		}
		return s.notify(ctx, tx, id, "role_"+string(role), 0, now)
	})
}

// lockManagers locks everybody who can give roles, and also somebody else, in one order: two who take each
// other's role meet here. It returns those who can.
func lockManagers(ctx context.Context, tx pgx.Tx, also int64) ([]int64, error) {
	rows, _ := tx.Query(ctx, `select id, role = any(@roles) and suspended_at is null and erased_at is null as manages
		from person
		where role = any(@roles) and suspended_at is null and erased_at is null or id = @also
			order by id for no key update`,
		pgx.StrictNamedArgs{"roles": account.RolesThatCan(account.ManageStaff), "also": also})
	var id int64
	var manages bool
	var managers []int64
	_, err := pgx.ForEachRow(rows, []any{&id, &manages}, func() error {
		if manages {
			managers = append(managers, id)
		}
		return nil
	})
	return managers, err
}

// AddOrg lets somebody act for an organisation, from their next request on; they are told. A
// repeat changes nothing.
//
// It takes ManageOrganizations; for oneself it takes ManageStaff too, and is a Conflict people.error.own
// without it. For anybody else it is NotFound, like an organisation that is none or closed.
func (s *Store) AddOrg(ctx context.Context, actor account.Actor, id, orgID int64, now time.Time) error {
	switch {
	case !actor.Can(account.ManageOrganizations):
		return fault.NotFound()
	case id == actor.PersonID && !actor.Can(account.ManageStaff):
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := lockPerson(ctx, tx, id); err != nil {
			return err
		}
		added, err := org.AddMember(ctx, tx, actor, orgID, id, now)
		if err != nil || !added {
			return err
		}
		return s.notify(ctx, tx, id, "coordinator", orgID, now)
	})
}
