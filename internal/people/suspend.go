package people

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Suspend closes somebody's account for a reason in words: their sessions end at once, their places go
// to whoever waits, and they are told. A repeat changes nothing.
//
// It takes ManagePeople; for anybody else it is NotFound. An account with a privileged role takes
// ManageStaff too: a Conflict people.error.staff without it. Oneself is a Conflict people.error.own, the
// last person who can give roles people.error.last_admin. Invalid "words" without a reason.
func (s *Store) Suspend(ctx context.Context, actor account.Actor, id int64, words string, now time.Time) error {
	if !actor.Can(account.ManagePeople) {
		return fault.NotFound()
	}
	words, err := parseReason(words)
	switch {
	case err != nil:
		return err
	case id == actor.PersonID:
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var role account.Role
		var suspended bool
		err := tx.QueryRow(ctx, `select role, suspended_at is not null from person where id = $1 and erased_at is null
			and merged_into is null`, id).Scan(&role, &suspended)
		switch {
		case err != nil || suspended:
			return err
		case role.Privileged() && !actor.Can(account.ManageStaff):
			return fault.Conflict("people.error.staff")
		}
		// Shifts are locked before people: the places go first.
		if err := s.signups.ReleaseAll(ctx, tx, id, signup.ByOrganiser, now); err != nil {
			return err
		}
		if role.Can(account.ManageStaff) {
			managers, err := lockManagers(ctx, tx, id)
			if err != nil {
				return err
			}
			if slices.Equal(managers, []int64{id}) {
				return fault.Conflict("people.error.last_admin")
			}
		}
		st, err := lockPerson(ctx, tx, id)
		if err != nil || st.Suspended {
			return err
		}
		if st.Role != role {
			return fault.Conflict("people.error.changed")
		}
		if _, err := tx.Exec(ctx, `update person set suspended_at = $2, epoch = epoch + 1
			where id = $1`, id, now); err != nil {
			return err
		}
		if err := s.writeNote(ctx, tx, actor, id, "suspend", words, now); err != nil {
			return err
		}
		if err := writeAudit(ctx, tx, actor, "people.suspend", id, "suspended_at", now); err != nil {
			return err
		}
		return s.notify(ctx, tx, id, "suspended", 0, now)
	})
}

// Restore lifts a suspension; places do not come back. A repeat changes nothing. Who may, and the
// errors: as for Suspend.
func (s *Store) Restore(ctx context.Context, actor account.Actor, id int64, words string, now time.Time) error {
	if !actor.Can(account.ManagePeople) {
		return fault.NotFound()
	}
	words, err := parseReason(words)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		st, err := lockPerson(ctx, tx, id)
		switch {
		case err != nil || !st.Suspended:
			return err
		case st.Role.Privileged() && !actor.Can(account.ManageStaff):
			return fault.Conflict("people.error.staff")
		}
		if _, err := tx.Exec(ctx, `update person set suspended_at = null where id = $1`, id); err != nil {
			return err
		}
		if err := s.writeNote(ctx, tx, actor, id, "restore", words, now); err != nil {
			return err
		}
		if err := writeAudit(ctx, tx, actor, "people.restore", id, "suspended_at", now); err != nil {
			return err
		}
		return s.notify(ctx, tx, id, "restored", 0, now)
	})
}

// CorrectBirthDate sets another birth date for a reason in words; coming sign-ups are checked against it,
// and the person is told. It takes ManagePeople; for anybody else it is NotFound. Invalid with the fields
// birth_date and words.
func (s *Store) CorrectBirthDate(
	ctx context.Context, actor account.Actor, id int64, date, words string, now time.Time,
) error {
	if !actor.Can(account.ManagePeople) {
		return fault.NotFound()
	}
	words, err := parseReason(words)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		changed, err := s.accounts.CorrectBirthDate(ctx, tx, id, date, now)
		if err != nil || !changed {
			return err
		}
		if err := s.writeNote(ctx, tx, actor, id, "birth_date", words, now); err != nil {
			return err
		}
		if err := writeAudit(ctx, tx, actor, "people.birth_date", id, "birth_date", now); err != nil {
			return err
		}
		return s.notify(ctx, tx, id, "birth_date", 0, now)
	})
}
