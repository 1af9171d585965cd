package attendance

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// MaxExplanation is how many characters the explanation of a no-show has at most.
const MaxExplanation = 500

// Missed is the confirmed shifts that somebody missed.
type Missed struct {
	Rows    []MissedRow
	InRow   int  // no-shows since the last attendance
	Limited bool // so many that the number of coming sign-ups is limited
}

// MissedRow is one missed shift.
type MissedRow struct {
	SignupID    int64
	EventID     int64
	Title       i18n.Text // the event's
	StartsAt    time.Time // the shift's
	Explanation string
	Until       time.Time // until then it may be explained
}

// explainFor is how long a no-show may be explained after it was confirmed.
func (s *Store) explainFor() time.Duration {
	return time.Duration(s.city.Rules.ExplainDays) * 24 * time.Hour
}

// Missed loads the actor's no-shows: those since the last attendance and those of the last 90 days, the latest
// first, at most 20. Anyone signed in may, for themselves.
func (s *Store) Missed(ctx context.Context, actor account.Actor, now time.Time) (m Missed, err error) {
	rows, _ := s.db.Query(ctx, `
		with last as (
			select distinct on (l.signup_id) l.signup_id, l.event_id, l.outcome, l.recorded_at,
				lower(g.during) as starts_at
			from ledger l join signup g on g.id = l.signup_id
			where l.person_id = @me order by l.signup_id, l.id desc),
		came as (select max(starts_at) as at from last where outcome = 'attended')
		select l.signup_id, l.event_id, e.title, l.starts_at, coalesce(a.explanation, '') as explanation,
			l.recorded_at + @for::interval as until, came.at is null or l.starts_at > came.at as counts
		from last l
		join event e on e.id = l.event_id
		left join attendance a on a.signup_id = l.signup_id
		cross join came
		where l.outcome = 'no_show' and (came.at is null or l.starts_at > came.at or l.starts_at > @recent)
		order by l.starts_at desc, l.signup_id desc limit 20`,
		pgx.StrictNamedArgs{"me": actor.PersonID, "for": s.explainFor(), "recent": now.AddDate(0, 0, -90)})
	var r MissedRow
	var counts bool
	columns := []any{&r.SignupID, &r.EventID, &r.Title, &r.StartsAt, &r.Explanation, &r.Until, &counts}
	_, err = pgx.ForEachRow(rows, columns, func() error {
		m.Rows = append(m.Rows, r)
		r.Title = i18n.Text{}
		if counts {
			m.InRow++
		}
		return nil
	})
	rules := s.city.Rules
	m.Limited = rules.NoShows > 0 && m.InRow >= rules.NoShows
	return m, postgres.Fault(err)
}

// Explain saves the actor's explanation of a no-show for the event's coordinators. A later one replaces it.
//
// Somebody else's sign-up, or one that is not a no-show in the ledger, is NotFound. An empty explanation or one
// of more than MaxExplanation characters is Invalid on explanation. After the city's ExplainDays it is Gone.
func (s *Store) Explain(ctx context.Context, actor account.Actor, signupID int64, text string, now time.Time) error {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var outcome Outcome
		var at time.Time
		err := tx.QueryRow(ctx, `
			select l.outcome, l.recorded_at from ledger l join signup g on g.id = l.signup_id
			where l.signup_id = $1 and g.person_id = $2 order by l.id desc limit 1`,
			signupID, actor.PersonID).Scan(&outcome, &at)
		switch n := utf8.RuneCountInString(text); {
		case err != nil:
			return err
		case outcome != NoShow:
			return fault.NotFound()
		case !now.Before(at.Add(s.explainFor())):
			return fault.Gone("missed.late")
		case n == 0 || n > MaxExplanation:
			return fault.Invalid(map[string]string{"explanation": "missed.text"})
		}
		_, err = tx.Exec(ctx, `
			insert into attendance as a (signup_id, explanation, explained_at) values ($1, $2, $3)
			on conflict (signup_id) do update
				set explanation = excluded.explanation, explained_at = excluded.explained_at
			where a.explanation <> excluded.explanation`, signupID, text, now)
		return err
	})
}
