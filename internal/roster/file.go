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

// Export lists everybody who is signed up for e, by shift and name, for a file. The export is recorded in the
// audit.
func (s *Store) Export(ctx context.Context, actor account.Actor, e Event, now time.Time) ([]Person, error) {
	err := audit.Write(ctx, s.db, audit.Entry{
		At: now, ActorID: actor.PersonID, Verb: "roster.export", Object: "event", ObjectID: e.ID,
	})
	if err != nil {
		return nil, postgres.Fault(err)
	}
	return s.All(ctx, e, 0, signup.Confirmed, signup.Waitlisted, signup.AwaitingConsent)
}

// MaxFileChanges is the greatest number of changes that one file may ask for.
const MaxFileChanges = 100

// FileRow is a row of an uploaded file: the columns that are read.
type FileRow struct {
	Row    int    // its number in the spreadsheet, from 1
	Signup string // the sign-up's id; empty for somebody new
	Email  string // of somebody new
	Shift  string // its number in the event, from 1; of somebody new
	Remove string // any text: remove the person from the event
}

// Addition is somebody whom a file adds.
type Addition struct {
	Row   int
	Email string
	Shift int64
}

// Removal is somebody whom a file removes.
type Removal struct {
	Row      int
	SignupID int64
	Name     string
}

// Problem is a mistake in a file: its row, the name or the letter of its column, and the catalogue's key of what
// is wrong.
type Problem struct {
	Row    int
	Column string
	Key    string
}

// FileChanges is what a file asks for. Nothing of it has been done yet.
type FileChanges struct {
	Additions []Addition
	Removals  []Removal
	Same      int // rows that ask for no change
	Problems  []Problem
}

// Count is how many people c adds or removes.
func (c FileChanges) Count() int { return len(c.Additions) + len(c.Removals) }

// CompareFile compares the rows of a file with e: new e-mail addresses are additions, marked rows are removals, and
// an unchanged file asks for nothing. It changes nothing: signup.Add and signup.Remove do, by their rules. The
// number of its SQL statements does not depend on the file's length.
func (s *Store) CompareFile(ctx context.Context, e Event, file []FileRow) (c FileChanges, err error) {
	var ids []int64
	var emails []string
	for _, l := range file {
		if id, err := strconv.ParseInt(l.Signup, 10, 64); err == nil {
			ids = append(ids, id)
		} else if l.Email != "" {
			emails = append(emails, l.Email)
		}
	}
	known, in, err := s.known(ctx, e, ids)
	if err != nil {
		return FileChanges{}, err
	}
	people, wrong, err := account.FindAll(ctx, s.db, emails)
	if err != nil {
		return FileChanges{}, err
	}
	problem := func(l FileRow, column, key string) {
		c.Problems = append(c.Problems, Problem{l.Row, column, key})
	}
	type request struct{ person, shift int64 }
	seen := map[request]bool{}
	for _, l := range file {
		switch id, err := strconv.ParseInt(l.Signup, 10, 64); {
		case l.Signup == "" && l.Email == "":
			problem(l, "email", "roster.file.email_missing")
		case l.Signup == "" && wrong[l.Email] != "":
			problem(l, "email", wrong[l.Email])
		case l.Signup == "":
			shift, ok := e.numbered(l.Shift)
			req := request{people[l.Email], shift}
			switch {
			case !ok:
				problem(l, "shift_no", "roster.file.shift")
			case seen[req] || in[req.person] != nil && in[req.person][shift]:
				c.Same++
			default:
				seen[req] = true
				c.Additions = append(c.Additions, Addition{l.Row, l.Email, shift})
			}
		case err != nil || known[id].name == "":
			problem(l, "signup", "roster.file.signup")
		case l.Remove != "" && known[id].in:
			c.Removals = append(c.Removals, Removal{l.Row, id, known[id].name})
			known[id] = knownSignup{known[id].name, false} // once
		default:
			c.Same++
		}
		if c.Count() > MaxFileChanges {
			problem(l, "remove", "roster.file.limit")
			break
		}
	}
	return c, nil
}

// knownSignup is a sign-up of the event that a file refers to.
type knownSignup struct {
	name string
	in   bool
}

// known returns the sign-ups of e among ids, by id, and for each person the shifts of e in which they are.
func (s *Store) known(
	ctx context.Context, e Event, ids []int64,
) (known map[int64]knownSignup, in map[int64]map[int64]bool, err error) {
	known, in = map[int64]knownSignup{}, map[int64]map[int64]bool{}
	rows, _ := s.db.Query(ctx, `
		select g.id, g.person_id, g.shift_id, g.state <> 'cancelled', p.family_name || ' ' || p.given_name,
			g.id = any(@ids::bigint[])
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

// numbered is the id of the shift with a number of a file. In an event with one shift the number may be missing.
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

// Names is the names of the people of sign-ups of e, in the order of ids; NotFound when one is of another event.
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
