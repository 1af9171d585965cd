package attendance

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
)

// MaxReason is the greatest length of the reason of a correction, in characters.
const MaxReason = 300

// CorrectHours corrects the hours of a sign-up by adding a row to the ledger with the difference, who made it and
// why. changed is false when the ledger said so already. It returns the event's id.
//
// Coordinators of the event's hosts and staff may; for anybody else, and for a sign-up that is not in the ledger,
// it is NotFound. Wrong values are Invalid on outcome, minutes or reason.
func (s *Store) CorrectHours(
	ctx context.Context, actor account.Actor, m HoursEntry, reason string, now time.Time,
) (eventID int64, changed bool, err error) {
	reason = strings.Join(strings.Fields(reason), " ")
	wrong := fault.Fields{}
	switch key := m.check(); key {
	case "":
	case "hours.outcome_missing":
		wrong.Add("outcome", key)
	default:
		wrong.Add("minutes", key)
	}
	if n := utf8.RuneCountInString(reason); n == 0 || n > MaxReason {
		wrong.Add("reason", "hours.reason_missing")
	}
	m = m.normalized()
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// Locking the event's row makes corrections of one event wait for each other.
		err := tx.QueryRow(ctx, `
			select e.id from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
			where g.id = @id and `+event.Managing+` for no key update of e`, event.Manager(actor, m.SignupID)).
			Scan(&eventID)
		if err != nil {
			return err
		}
		var was struct {
			outcome                          Outcome
			participations, noShows, minutes int
		}
		err = tx.QueryRow(ctx, `
			select (array_agg(outcome order by id desc))[1],
				sum(participations)::int, sum(no_shows)::int, sum(minutes)::int
			from ledger where signup_id = $1 having count(*) > 0`, m.SignupID).
			Scan(&was.outcome, &was.participations, &was.noShows, &was.minutes)
		if err != nil {
			return err
		}
		if changed = was.outcome != m.Outcome || was.minutes != m.Minutes; !changed {
			return nil
		}
		if err := wrong.Err(); err != nil {
			return err
		}
		present, absent := 0, 0
		switch m.Outcome {
		case Attended:
			present = 1
		case NoShow:
			absent = 1
		}
		args := pgx.StrictNamedArgs{
			"id": m.SignupID, "outcome": string(m.Outcome), "participations": present - was.participations,
			"no_shows": absent - was.noShows, "minutes": m.Minutes - was.minutes, "reason": reason,
			"by": actor.PersonID, "now": now,
		}
		_, err = tx.Exec(ctx, `
			insert into ledger (signup_id, person_id, event_id, campaign_id, org_id, day, age,
				outcome, participations, no_shows, minutes, reason, recorded_by, recorded_at)
			select l.signup_id, coalesce(p.merged_into, p.id), l.event_id, l.campaign_id, l.org_id, l.day, l.age,
				@outcome, @participations, @no_shows, @minutes, @reason, @by, @now
			from ledger l join person p on p.id = l.person_id where l.signup_id = @id order by l.id desc limit 1`,
			args)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into attendance (signup_id, outcome, minutes, recorded_at, recorded_by) values ($1, $2, $3, $4, $5)
			on conflict (signup_id) do update set outcome = excluded.outcome, minutes = excluded.minutes,
				recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`,
			m.SignupID, string(m.Outcome), m.Minutes, now, actor.PersonID)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "hours.correct", Object: "signup", ObjectID: m.SignupID,
			Fields: []string{"outcome", "minutes"},
		})
	})
	if err != nil {
		changed = false
	}
	return eventID, changed, err
}
