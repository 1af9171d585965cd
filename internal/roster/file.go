package roster

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Export is everybody who is in e, shift by shift, for a file. That it was made stands in the
// audit.
func (s *Store) Export(ctx context.Context, actor account.Actor, e Event, now time.Time) ([]Person, error) {
	err := audit.Write(ctx, s.db, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "roster.export", Object: "event", ObjectID: e.ID})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return s.All(ctx, e, 0, signup.Confirmed, signup.Waitlisted, signup.AwaitingConsent)
}

// FileMost is how many changes one file may ask for.
const FileMost = 100

// Line is what a row of a file that came back says; the other columns are not read.
type Line struct {
	Row    int    // as the spreadsheet counts it
	Signup string // the sign-up's id; empty for somebody new
	Email  string // of somebody new
	Shift  string // its number in the event, from 1; of somebody new
	Remove string // anything: off the list
}

// Addition is somebody whom a file adds.
type Addition struct {
	Row   int
	Email string
	Shift int64
}

// Removal is somebody whom a file takes off.
type Removal struct {
	Row      int
	SignupID int64
	Name     string
}

// Problem is something in a file that cannot be: a row, the name or the letter of a column and a
// key of the catalogue.
type Problem struct {
	Row    int
	Column string
	Key    string
}

// Plan is what a file asks for. Nothing of it has been done.
type Plan struct {
	Additions []Addition
	Removals  []Removal
	Same      int // rows that ask for nothing
	Problems  []Problem
}

// Changes is how many people the plan touches.
func (p Plan) Changes() int { return len(p.Additions) + len(p.Removals) }

// Plan compares a file with e and says what differs: new e-mails are additions, marked rows
// removals; an unchanged file asks for nothing. Doing it is signup.Add's and signup.Remove's,
// with their rules. The number of statements does not depend on the file's length.
func (s *Store) Plan(ctx context.Context, e Event, lines []Line) (p Plan, err error) {
	var ids []int64
	var emails []string
	for _, l := range lines {
		if id, err := strconv.ParseInt(l.Signup, 10, 64); err == nil {
			ids = append(ids, id)
		} else if l.Email != "" {
			emails = append(emails, l.Email)
		}
	}
	known, in, err := s.known(ctx, e, ids)
	if err != nil {
		return Plan{}, err
	}
	people, wrong, err := account.FindAll(ctx, s.db, emails)
	if err != nil {
		return Plan{}, err
	}
	problem := func(l Line, column, key string) {
		p.Problems = append(p.Problems, Problem{l.Row, column, key})
	}
	type wish struct{ person, shift int64 }
	seen := map[wish]bool{}
	for _, l := range lines {
		switch id, err := strconv.ParseInt(l.Signup, 10, 64); {
		case l.Signup == "" && l.Email == "":
			problem(l, "email", "roster.file.email_missing")
		case l.Signup == "" && wrong[l.Email] != "":
			problem(l, "email", wrong[l.Email])
		case l.Signup == "":
			shift, ok := e.numbered(l.Shift)
			w := wish{people[l.Email], shift}
			switch {
			case !ok:
				problem(l, "shift_no", "roster.file.shift")
			case seen[w] || in[w.person] != nil && in[w.person][shift]:
				p.Same++
			default:
				seen[w] = true
				p.Additions = append(p.Additions, Addition{l.Row, l.Email, shift})
			}
		case err != nil || known[id].name == "":
			problem(l, "signup", "roster.file.signup")
		case l.Remove != "" && known[id].in:
			p.Removals = append(p.Removals, Removal{l.Row, id, known[id].name})
			known[id] = knownSignup{known[id].name, false} // once
		default:
			p.Same++
		}
		if p.Changes() > FileMost {
			problem(l, "remove", "roster.file.limit")
			break
		}
	}
	return p, nil
}

// knownSignup is a sign-up of the event that a file names.
type knownSignup struct {
	name string
	in   bool
}

// known is the sign-ups of e among ids, and in which shifts of e everybody is.
func (s *Store) known(ctx context.Context, e Event, ids []int64) (known map[int64]knownSignup, in map[int64]map[int64]bool, err error) {
	known, in = map[int64]knownSignup{}, map[int64]map[int64]bool{}
	rows, _ := s.db.Query(ctx, `
		select g.id, g.person_id, g.shift_id, g.state <> 'cancelled', p.family_name || ' ' || p.given_name, g.id = any(@ids::bigint[])
		from signup g join shift s on s.id = g.shift_id join person p on p.id = g.person_id
		where s.event_id = @event`, pgx.StrictNamedArgs{"event": e.ID, "ids": append([]int64{}, ids...)})
	var id, person, shift int64
	var isIn, named bool
	var name string
	_, err = pgx.ForEachRow(rows, []any{&id, &person, &shift, &isIn, &name, &named}, func() error {
		if named {
			known[id] = knownSignup{name, isIn}
		}
		if isIn {
			if in[person] == nil {
				in[person] = map[int64]bool{}
			}
			in[person][shift] = true
		}
		return nil
	})
	return known, in, postgres.Fault(err)
}

// numbered is the shift of a number as a file holds it; an event with one shift needs none.
func (e Event) numbered(s string) (int64, bool) {
	s = strings.TrimSuffix(s, ".0")
	if s == "" && len(e.Shifts) == 1 {
		return e.Shifts[0].ID, true
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > len(e.Shifts) {
		return 0, false
	}
	return e.Shifts[n-1].ID, true
}

// Number is the number of a shift in the event, from 1.
func (e Event) Number(shift int64) int {
	for i, s := range e.Shifts {
		if s.ID == shift {
			return i + 1
		}
	}
	return 0
}

// Names is the names of the people of some of e's sign-ups, in their order; NotFound when one is
// another event's.
func (s *Store) Names(ctx context.Context, e Event, ids []int64) ([]string, error) {
	known, _, err := s.known(ctx, e, ids)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(ids))
	for i, id := range ids {
		if names[i] = known[id].name; names[i] == "" {
			return nil, fault.NotFound()
		}
	}
	return names, nil
}
