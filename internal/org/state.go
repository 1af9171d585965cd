package org

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// WordsMax is the maximum length of the headquarters' words to an organisation, in characters.
const WordsMax = 1000

// SetState makes an organisation active, trusted, paused or closed. A repeat changes nothing. Its
// coordinators get a mail when it is paused, closed or resumed; those of a closed one lose access.
// An application may only be closed.
//
// Staff may; NotFound otherwise. Pausing and closing need words: Invalid "words". Closing one that
// has published events which have not ended is a Conflict bodies.error.coming. Pausing or closing
// the headquarters is a Conflict bodies.error.headquarters, any other change of state
// bodies.error.state.
func (s *Store) SetState(
	ctx context.Context, actor account.Actor, id int64, to State, words string, now time.Time,
) error {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	return s.decide(ctx, actor, id, now, func(tx pgx.Tx, o Organization) error {
		n := utf8.RuneCountInString(words)
		switch {
		case to == o.State:
			return nil
		case to == Applied || o.State == Applied && to != Closed || o.MergedInto != 0:
			return fault.Conflict("bodies.error.state")
		case o.Kind == Headquarters && !to.Publishes():
			return fault.Conflict("bodies.error.headquarters")
		case !to.Publishes() && (n == 0 || n > WordsMax):
			return fault.Invalid(map[string]string{"words": "publishing.problem.words"})
		case to == Closed && o.Coming > 0:
			return fault.Conflict("bodies.error.coming")
		}
		if to.Publishes() {
			words = ""
		}
		if _, err := tx.Exec(ctx, `update org set state = $2, state_words = $3, version = version + 1
			where id = $1`, id, to, words); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "org." + verbs[to], Object: "org", ObjectID: id,
			Fields: []string{"state"},
		}); err != nil {
			return err
		}
		if o.State.Publishes() && to.Publishes() {
			return nil // no mail: only the review of their next events changes
		}
		return s.tellAll(ctx, tx, id, outbox.Message{
			Kind: outbox.OrgState, SubjectID: id, Cause: string(to), Seq: now.UnixMicro(),
		})
	})
}

var verbs = map[State]string{Active: "activate", Trusted: "trust", Paused: "pause", Closed: "close"}

// tellAll sends a mail to every coordinator of an organisation.
func (s *Store) tellAll(ctx context.Context, tx pgx.Tx, id int64, m outbox.Message) error {
	rows, _ := tx.Query(ctx, `select person_id from coordinator where org_id = $1 order by 1`, id)
	people, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	mails := make([]outbox.Message, len(people))
	for i, p := range people {
		m.PersonID = p
		mails[i] = m
	}
	return s.out.Send(ctx, tx, mails...)
}

// StateLetter is the data of a mail about an organisation's state.
type StateLetter struct {
	outbox.Recipient
	OrgID int64
	Org   i18n.Text
	State State
	Words string // of the headquarters
}

// StateLetter loads it; NoLonger when the recipient is erased.
func (s *Store) StateLetter(ctx context.Context, personID, orgID int64) (StateLetter, error) {
	rows, _ := s.db.Query(ctx, `select p.email as to, p.lang, p.given_name as name, o.id as org_id, o.name as org,
		o.state,
			case when o.state = 'applied' then o.returned else o.state_words end as words
		from person p join org o on o.id = $2 where p.id = $1 and p.email is not null
		and p.erased_at is null`, personID, orgID)
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[StateLetter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the recipient is erased")
	}
	return l, postgres.Fault(err)
}
