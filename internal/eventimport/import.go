// Package eventimport makes events from a spreadsheet. A file is read whole and every problem in it
// is told, by row and column, before anything is kept; a clean one is kept for an hour, until its
// owner says that the events shall be made. What an event must be stands in event.
package eventimport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/campaign"
	"shtab/internal/config"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
	"shtab/internal/sheet"
)

const (
	// MaxEvents is how many events one file may hold.
	MaxEvents = 5000
	// maxProblems is how many problems are kept to be shown; all are counted.
	maxProblems = 500
	life        = time.Hour
)

// Problem is something to mend in the file. Key is a key of the catalogue.
type Problem struct {
	Sheet  string
	Row    int // from 1, the head included
	Column int // from 1; 0: the whole row
	Key    string
}

// ReadResult is what a dry run found: problems, or a file that is kept under ID.
type ReadResult struct {
	ID       int64
	Problems []Problem // at most 500 of Wrong
	Wrong    int
}

// Pending is a clean file that waits for its owner.
type Pending struct {
	ID      int64
	OrgID   int64
	Publish bool
	Events  []event.Imported
	Known   int // of Events: there already, and left as they are
	ReadAt  time.Time
	Done    bool
	Made    int // once done
}

// Store reads, keeps and imports files of events.
type Store struct {
	db     *pgxpool.Pool
	city   *config.City
	events *event.Store
	words  vocabulary
}

// NewStore makes one for a city. A file's words may be in any language of texts.
func NewStore(db *pgxpool.Pool, city *config.City, events *event.Store, texts *i18n.Catalogue) *Store {
	return &Store{db, city, events, wordsOf(texts)}
}

// Read reads a file of events for an organisation and changes nothing but keeping it, when it is
// clean: every problem is returned. publish is whether coming events shall be published.
//
// Coordinators of the organisation may, staff for any; NotFound otherwise.
func (s *Store) Read(ctx context.Context, actor account.Actor, orgID int64, file []byte, publish bool,
	now time.Time,
) (ReadResult, error) {
	if !actor.ActsFor(orgID) {
		return ReadResult{}, fault.NotFound()
	}
	var trusted bool
	if err := s.db.QueryRow(ctx, `select state = 'trusted' or $2 from org where id = $1`, orgID,
		actor.Can(account.RunAllEvents)).Scan(&trusted); err != nil {
		return ReadResult{}, postgres.Fault(err)
	}
	open, err := campaign.Choices(ctx, s.db, []int64{orgID}, false, 0)
	if err != nil {
		return ReadResult{}, err
	}
	p := parser{
		city: s.city, campaigns: open, org: orgID, trusted: trusted, now: now, words: s.words,
		seen: map[string]bool{},
	}
	err = sheet.Read(file, p.row)
	if broken, ok := errors.AsType[*sheet.Problem](err); ok {
		p.wrong(Problem{broken.Sheet, broken.Row, broken.Column, broken.Key})
	} else if err != nil {
		return ReadResult{}, err
	} else if len(p.events) == 0 && p.count == 0 {
		p.wrong(Problem{Key: "intake.error.nothing"})
	}
	if p.count > 0 {
		return ReadResult{Problems: p.problems, Wrong: p.count}, nil
	}
	plans, err := json.Marshal(p.events)
	if err != nil {
		return ReadResult{}, err
	}
	r := ReadResult{}
	err = s.db.QueryRow(ctx,
		`insert into intake (org_id, person_id, publish, plans, created_at) values ($1, $2, $3, $4, $5) returning id`,
		orgID, actor.PersonID, publish, string(plans), now).Scan(&r.ID)
	return r, postgres.Fault(err)
}

// Get is a clean file of the actor's own; NotFound for anybody else's, and after an hour.
func (s *Store) Get(ctx context.Context, actor account.Actor, id int64, now time.Time) (Pending, error) {
	k, err := s.get(ctx, s.db, actor, id, now, "")
	if err != nil || k.Done {
		return k, err
	}
	known, err := s.events.ImportedKeys(ctx, s.db, k.OrgID, k.Events)
	k.Known = len(known)
	return k, err
}

func (s *Store) get(ctx context.Context, db postgres.DB, actor account.Actor, id int64, now time.Time,
	lock string,
) (k Pending, err error) {
	var plans []byte
	err = db.QueryRow(ctx,
		`select id, org_id, publish, plans, done_at is not null, coalesce(made, 0), created_at from intake
		where id = @id and person_id = @person and created_at > @since
			and (@all::bool or org_id = any(@orgs::bigint[]))`+lock,
		pgx.StrictNamedArgs{
			"id": id, "person": actor.PersonID, "since": now.Add(-life), "all": actor.Can(account.RunAllEvents),
			"orgs": append([]int64{}, actor.Orgs...),
		}).Scan(&k.ID, &k.OrgID, &k.Publish, &plans, &k.Done, &k.Made, &k.ReadAt)
	if err == nil {
		err = json.Unmarshal(plans, &k.Events)
	}
	return k, postgres.Fault(err)
}

// Confirm makes the events of a clean file, all or none, and returns how many are new. A repeat
// changes nothing and gives the same answer.
//
// The errors are those of Get; a Conflict intake.error.changed when a campaign has closed or a
// day has passed meanwhile: the file is read anew then.
func (s *Store) Confirm(ctx context.Context, actor account.Actor, id int64, now time.Time) (made int, err error) {
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		k, err := s.get(ctx, tx, actor, id, now, ` for update`)
		if err != nil {
			return err
		}
		if k.Done {
			made = k.Made
			return nil
		}
		open, err := campaign.Choices(ctx, tx, []int64{k.OrgID}, false, 0)
		if err != nil {
			return err
		}
		for _, e := range k.Events {
			if !slices.ContainsFunc(open, func(c campaign.Choice) bool { return c.ID == e.Details.CampaignID }) {
				return fault.Conflict("intake.error.changed")
			}
			if from := e.Details.Shifts(s.city.Location())[0].StartsAt; from.After(k.ReadAt) && !from.After(now) {
				return fault.Conflict("intake.error.changed")
			}
		}
		made, err = s.events.Import(ctx, tx, actor, k.OrgID, k.Events, k.Publish, now)
		if fault.Of(err) == fault.KindForbidden || fault.Of(err) == fault.KindInvalid {
			return fault.Conflict("intake.error.changed")
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update intake set done_at = $2, made = $3, plans = '[]' where id = $1`, id, now,
			made); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "intake.confirm",
			Object: "org", ObjectID: k.OrgID,
		})
	})
	return made, err
}

// Sweep forgets files that have waited for more than an hour.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`delete from intake where created_at <= $1`, now.Add(-life))
	b.Queue(`delete from history_file where created_at <= $1`, now.Add(-life))
	return postgres.Fault(s.db.SendBatch(ctx, b).Close())
}

// keyOf tells an event from others of its host: by the number that the file gives it, or by what
// and when it is.
func keyOf(own string, p event.Details) string {
	if own != "" {
		return event.NumberKey + own
	}
	s := p.Slots[0]
	same := []string{p.Title.KK, p.Title.RU, s.Day, s.From}
	sum := sha256.Sum256([]byte(strings.ToLower(strings.Join(same, "\x00"))))
	return "is:" + hex.EncodeToString(sum[:16])
}
