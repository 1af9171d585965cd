package guardian

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Letter is what every mail to a guardian needs.
type Letter struct {
	outbox.Recipient        // Name is the guardian's own
	Child            string // given name and the first letter of the family name
	Token            string // 43 characters of a URL; kept only as its hash
	Questions        []Question
	Consent          *Consent // of a receipt
	Code             string   // of a code's mail
}

// AskLetter is the mail with a question and a new link. NoLonger when there is nothing to ask.
func (s *Store) AskLetter(ctx context.Context, guardianID, askID int64, now time.Time) (Letter, error) {
	l, v, about, err := s.askLetter(ctx, guardianID, askID, now, func(r signup.Row, _ int64) bool { return true })
	if err != nil {
		return l, err
	}
	asksNobody := event.AgeAt(v.BirthDate, now, s.city.Location()) >= s.city.Rules.GuardianAge()
	if len(l.Questions) == 0 && (about != 0 || asksNobody) {
		return l, outbox.NoLonger("there is nothing to ask")
	}
	l.Token, err = s.expiringLink(ctx, guardianID, now)
	return l, err
}

// ExpiredLetter is the news that a place is no longer held, with a link. NoLonger when it is held
// again, or the question is answered.
func (s *Store) ExpiredLetter(ctx context.Context, guardianID, askID int64, now time.Time) (Letter, error) {
	l, _, _, err := s.askLetter(ctx, guardianID, askID, now, func(r signup.Row, about int64) bool {
		return r.EventID == about && r.HoldUntil == nil
	})
	if err != nil {
		return l, err
	}
	if len(l.Questions) == 0 {
		return l, outbox.NoLonger("the question is answered, or the place is held again")
	}
	l.Token, err = s.expiringLink(ctx, guardianID, now)
	return l, err
}

// askLetter loads the open questions to a guardian that are within scope, and the event that one ask
// is about, 0 for none.
func (s *Store) askLetter(
	ctx context.Context, guardianID, askID int64, now time.Time, scope func(r signup.Row, about int64) bool,
) (l Letter, v bearer, about int64, err error) {
	if l, v, err = s.letter(ctx, guardianID, now); err != nil {
		return l, v, 0, err
	}
	asks, err := s.asks(ctx, guardianID)
	if err != nil {
		return l, v, 0, err
	}
	mine, err := s.signups.Mine(ctx, account.Actor{PersonID: v.PersonID}, now)
	if err != nil {
		return l, v, 0, err
	}
	err = s.db.QueryRow(ctx, `
		select coalesce(event_id, 0) from guardian_ask
		where id = $1 and guardian_id = $2 and refused_at is null`, askID, guardianID).Scan(&about)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, v, 0, outbox.NoLonger("the question is refused or gone")
	}
	if err != nil {
		return l, v, 0, postgres.Fault(err)
	}
	for _, r := range signup.Coming(mine, now) {
		if r.State == signup.AwaitingConsent && asks[r.EventID] == open && scope(r, about) {
			l.Questions = append(l.Questions, Question{Row: r, AlongOnly: s.alongOnly(v.BirthDate, r)})
		}
	}
	return l, v, about, nil
}

// CodeLetter is the mail with a code. NoLonger when the code has expired.
func (s *Store) CodeLetter(ctx context.Context, guardianID int64, now time.Time) (Letter, error) {
	l, _, err := s.letter(ctx, guardianID, now)
	if err != nil {
		return l, err
	}
	err = s.db.QueryRow(ctx, `select code from guardian_code where guardian_id = $1 and expires_at > $2`,
		guardianID, now).Scan(&l.Code)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the code has expired")
	}
	return l, postgres.Fault(err)
}

// ReceiptLetter is the mail that repeats what was agreed to, with a link to take it back, which
// lasts. NoLonger when it was taken back meanwhile.
func (s *Store) ReceiptLetter(ctx context.Context, guardianID, consentID int64, now time.Time) (Letter, error) {
	l, _, err := s.letter(ctx, guardianID, now)
	if err != nil {
		return l, err
	}
	given, err := s.consents(ctx, `c.id = $1`, consentID)
	if err != nil {
		return l, err
	}
	if len(given) == 0 {
		return l, outbox.NoLonger("the consent is taken back")
	}
	l.Consent = &given[0]
	l.Token, err = s.lastingLink(ctx, guardianID, now)
	return l, err
}

// CopyLetter is what the copy of a mail about a sign-up needs. NoLonger when the guardian wants none.
func (s *Store) CopyLetter(ctx context.Context, guardianID int64, now time.Time) (Letter, error) {
	l, b, err := s.letter(ctx, guardianID, now)
	if err != nil {
		return l, err
	}
	if !b.Copies {
		return l, outbox.NoLonger("the guardian wants no copies")
	}
	l.Token, err = s.expiringLink(ctx, guardianID, now)
	return l, err
}

// letter is the start of every mail. NoLonger when the guardian was forgotten or the volunteer is of
// age or erased by now.
func (s *Store) letter(ctx context.Context, guardianID int64, now time.Time) (Letter, bearer, error) {
	var b bearer
	err := s.db.QueryRow(ctx, `
		select g.id, g.person_id, g.name, g.email, g.lang, g.copies, p.given_name, p.family_name, p.birth_date
		from guardian g join person p on p.id = g.person_id
		where g.id = $1 and p.erased_at is null and p.birth_date is not null`, guardianID).
		Scan(&b.ID, &b.PersonID, &b.Name, &b.Email, &b.Lang, &b.Copies, &b.GivenName, &b.FamilyName, &b.BirthDate)
	if errors.Is(err, pgx.ErrNoRows) {
		return Letter{}, b, outbox.NoLonger("the guardian or the volunteer is gone")
	}
	if err != nil {
		return Letter{}, b, postgres.Fault(err)
	}
	if event.AgeAt(b.BirthDate, now, s.city.Location()) >= s.city.Rules.AdultAge {
		return Letter{}, b, outbox.NoLonger("the volunteer is of age")
	}
	to := outbox.Recipient{To: b.Email, Lang: b.Lang, Name: b.Name}
	return Letter{Recipient: to, Child: account.ShortName(b.GivenName, b.FamilyName)}, b, nil
}

// expiringLink makes a link for a mail, which ends after linkLife unless somebody answers through it. Earlier links
// keep working.
func (s *Store) expiringLink(ctx context.Context, guardianID int64, now time.Time) (string, error) {
	return s.createLink(ctx, guardianID, now, nil)
}

// lastingLink makes a link that does not expire, for a guardian who has answered: consent may be withdrawn at any
// time.
func (s *Store) lastingLink(ctx context.Context, guardianID int64, now time.Time) (string, error) {
	return s.createLink(ctx, guardianID, now, &now)
}

// createLink stores a link and returns its token, of which only the hash is stored.
func (s *Store) createLink(ctx context.Context, guardianID int64, now time.Time, usedAt *time.Time) (string, error) {
	var secret [32]byte
	rand.Read(secret[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(token))
	_, err := s.db.Exec(ctx, `
		insert into guardian_link (token_hash, guardian_id, sent_at, used_at) values ($1, $2, $3, $4)`,
		hash[:], guardianID, now, usedAt)
	return token, postgres.Fault(err)
}

// AskAgain asks the guardians who are known, when a volunteer is told that consent is needed: about a
// new event, or once more about one that the volunteer had given up. Like all that follows from a
// message it may be called twice for it: nobody is told twice.
func (s *Store) AskAgain(ctx context.Context, m outbox.Message) error {
	return s.tellGuardians(ctx, outbox.GuardianAsk, m, `
		insert into guardian_ask as a (guardian_id, event_id, asked_at)
		select g.id, s.event_id, @at
		from signup u join shift s on s.id = u.shift_id join guardian g on g.person_id = u.person_id
		where u.id = @signup and u.state = 'awaiting_consent'
		on conflict (guardian_id, coalesce(event_id, 0)) do update
		set asked_at = excluded.asked_at, expired_at = null, mails = a.mails + 1
		where a.asked_at < excluded.asked_at and a.refused_at is null and a.mails < @most
		returning guardian_id, id`,
		pgx.StrictNamedArgs{"signup": m.SubjectID, "at": time.UnixMicro(m.Seq), "most": askMails})
}

// TellExpired tells the guardians who did not answer in time that a place is no longer held, when the
// volunteer is told so.
func (s *Store) TellExpired(ctx context.Context, m outbox.Message, now time.Time) error {
	return s.tellGuardians(ctx, outbox.GuardianExpired, m, `
		update guardian_ask a set expired_at = @now
		from signup u join shift s on s.id = u.shift_id join guardian g on g.person_id = u.person_id
		where u.id = @signup and a.guardian_id = g.id and a.event_id = s.event_id
			and a.expired_at is null and a.refused_at is null
			and u.state = 'awaiting_consent' and u.hold_until is null
		returning a.guardian_id, a.id`, pgx.StrictNamedArgs{"signup": m.SubjectID, "now": now})
}

// tellGuardians sends a message to the guardians of the questions that sql writes.
func (s *Store) tellGuardians(
	ctx context.Context, kind outbox.Kind, m outbox.Message, sql string, args pgx.StrictNamedArgs,
) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, sql, args)
		messages, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (outbox.Message, error) {
			ask := outbox.Message{Kind: kind, Seq: m.Seq}
			return ask, row.Scan(&ask.GuardianID, &ask.SubjectID)
		})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, messages...)
	})
}

// TellCoordinators tells the event's coordinators that somebody no longer comes, when the volunteer is
// told that the sign-up is cancelled for want of consent.
func (s *Store) TellCoordinators(ctx context.Context, m outbox.Message) error {
	if m.Cause != string(signup.ByConsent) {
		return nil
	}
	return s.sendEach(ctx, `
		select distinct c.person_id from signup u join shift s on s.id = u.shift_id join event e on e.id = s.event_id
		join coordinator c on c.org_id = e.org_id
			or c.org_id in (select org_id from event_cohost where event_id = e.id)
		where u.id = $1`, m.SubjectID, func(id int64) outbox.Message {
		return outbox.Message{Kind: outbox.ConsentLost, PersonID: id, SubjectID: m.SubjectID, Seq: m.Seq}
	})
}

// SendCopies enqueues a copy of a message to a volunteer for each guardian who wants one.
func (s *Store) SendCopies(ctx context.Context, m outbox.Message) error {
	return s.sendEach(ctx, `select id from guardian where person_id = $1 and copies`, m.PersonID,
		func(id int64) outbox.Message {
			c := m
			c.GuardianID = id
			return c
		})
}

// sendEach enqueues a message for every id that sql finds, once.
func (s *Store) sendEach(ctx context.Context, sql string, arg int64, message func(int64) outbox.Message) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, sql, arg)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		messages := make([]outbox.Message, len(ids))
		for i, id := range ids {
			messages[i] = message(id)
		}
		return s.out.SendOnce(ctx, tx, messages...)
	})
}

// Sweep deletes expired links and codes, and guardians who have not answered for unansweredFor.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`delete from guardian_link where used_at is null and sent_at < $1`, now.Add(-linkLife))
	b.Queue(`delete from guardian_code where expires_at < $1`, now)
	b.Queue(`delete from guardian g where g.verified_at is null and g.created_at < $1
		and not exists (select from guardian_ask a where a.guardian_id = g.id and a.asked_at >= $1)`,
		now.Add(-unansweredFor))
	return postgres.Fault(s.db.SendBatch(ctx, b).Close())
}
