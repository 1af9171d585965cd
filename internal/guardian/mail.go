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
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Letter is what every mail to a guardian needs.
type Letter struct {
	To        string
	Lang      i18n.Lang
	Name      string
	Child     string // given name and the first letter of the family name
	Token     string // 43 characters of a URL; kept only as its hash
	Questions []Question
	Given     *Given // of a receipt
	Code      string // of a code's mail
}

// AskLetter is the mail of a question, or of the news that a place is no longer held, with a link
// of its own; the worker's. False when there is nothing to ask any more.
func (s *Store) AskLetter(ctx context.Context, m outbox.Message, now time.Time) (Letter, bool, error) {
	l, v, ok, err := s.letter(ctx, m.GuardianID, now)
	if err != nil || !ok {
		return l, false, err
	}
	asks, err := s.asks(ctx, m.GuardianID)
	if err != nil {
		return l, false, err
	}
	mine, err := s.signups.Mine(ctx, account.Actor{PersonID: v.PersonID}, now)
	if err != nil {
		return l, false, err
	}
	var about int64
	err = s.db.QueryRow(ctx, `select coalesce(event_id, 0) from guardian_ask where id = $1 and guardian_id = $2 and refused_at is null`, m.SubjectID, m.GuardianID).Scan(&about)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, false, nil
	}
	if err != nil {
		return l, false, postgres.Fault(err)
	}
	for _, r := range signup.Coming(mine, now) {
		if r.State == signup.AwaitingConsent && asks[r.EventID] == open && (m.Kind == outbox.GuardianAsk || r.EventID == about && r.HoldUntil == nil) {
			l.Questions = append(l.Questions, Question{Row: r, AlongOnly: s.alongOnly(v.BirthDate, r)})
		}
	}
	if len(l.Questions) == 0 && (about != 0 || m.Kind != outbox.GuardianAsk || event.AgeAt(v.BirthDate, now, s.city.Location()) >= s.city.Rules.AskAge()) {
		return l, false, nil
	}
	l.Token, err = s.link(ctx, m.GuardianID, now)
	return l, err == nil, err
}

// CodeLetter is the mail with a code; the worker's. False when the code is no longer good.
func (s *Store) CodeLetter(ctx context.Context, guardianID int64, now time.Time) (Letter, bool, error) {
	l, _, ok, err := s.letter(ctx, guardianID, now)
	if err != nil || !ok {
		return l, false, err
	}
	err = s.db.QueryRow(ctx, `select code from guardian_code where guardian_id = $1 and expires_at > $2`, guardianID, now).Scan(&l.Code)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, false, nil
	}
	return l, err == nil, postgres.Fault(err)
}

// ReceiptLetter is the mail that repeats what was agreed to, with a link to take it back, which
// lasts; the worker's. False when it was taken back meanwhile.
func (s *Store) ReceiptLetter(ctx context.Context, m outbox.Message, now time.Time) (Letter, bool, error) {
	l, _, ok, err := s.letter(ctx, m.GuardianID, now)
	if err != nil || !ok {
		return l, false, err
	}
	given, err := s.given(ctx, `c.id = $1`, m.SubjectID)
	if err != nil || len(given) == 0 {
		return l, false, err
	}
	l.Given = &given[0]
	l.Token, err = s.lastingLink(ctx, m.GuardianID, now)
	return l, err == nil, err
}

// CopyLetter is for the copy of a mail about a sign-up; the worker's. False when the guardian no
// longer wants copies.
func (s *Store) CopyLetter(ctx context.Context, guardianID int64, now time.Time) (Letter, bool, error) {
	l, b, ok, err := s.letter(ctx, guardianID, now)
	if err != nil || !ok || !b.Copies {
		return l, false, err
	}
	l.Token, err = s.link(ctx, guardianID, now)
	return l, err == nil, err
}

// letter is the start of every mail; false when the guardian was forgotten or the volunteer is
// of age or erased by now.
func (s *Store) letter(ctx context.Context, guardianID int64, now time.Time) (Letter, bearer, bool, error) {
	var b bearer
	err := s.db.QueryRow(ctx, `
		select g.id, g.person_id, g.name, g.email, g.lang, g.copies, p.given_name, p.family_name, p.birth_date
		from guardian g join person p on p.id = g.person_id
		where g.id = $1 and p.erased_at is null and p.birth_date is not null`, guardianID).
		Scan(&b.ID, &b.PersonID, &b.Name, &b.Email, &b.Lang, &b.Copies, &b.GivenName, &b.FamilyName, &b.BirthDate)
	if errors.Is(err, pgx.ErrNoRows) {
		return Letter{}, b, false, nil
	}
	if err != nil {
		return Letter{}, b, false, postgres.Fault(err)
	}
	minor := event.AgeAt(b.BirthDate, now, s.city.Location()) < s.city.Rules.AdultAge
	return Letter{To: b.Email, Lang: b.Lang, Name: b.Name, Child: account.ShortName(b.GivenName, b.FamilyName)}, b, minor, nil
}

// link draws a link for a mail. Earlier ones stay good.
func (s *Store) link(ctx context.Context, guardianID int64, now time.Time) (string, error) {
	return s.draw(ctx, guardianID, now, nil)
}

// lastingLink is link for a guardian who has answered: it does not expire, since consent may be
// taken back any time.
func (s *Store) lastingLink(ctx context.Context, guardianID int64, now time.Time) (string, error) {
	return s.draw(ctx, guardianID, now, &now)
}

func (s *Store) draw(ctx context.Context, guardianID int64, now time.Time, usedAt *time.Time) (string, error) {
	var secret [32]byte
	rand.Read(secret[:]) // never fails
	token := base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(token))
	_, err := s.db.Exec(ctx, `insert into guardian_link (token_hash, guardian_id, sent_at, used_at) values ($1, $2, $3, $4)`, hash[:], guardianID, now, usedAt)
	return token, postgres.Fault(err)
}

// Follow does for guardians and coordinators what follows from a mail about a sign-up to its
// volunteer: a guardian who is known is asked about a new event, or once more about one that the
// volunteer had given up, is told that a place is no longer held, gets a copy; coordinators learn
// that a consent has gone. The worker calls it for each mail, perhaps twice: nobody is told twice.
func (s *Store) Follow(ctx context.Context, m outbox.Message, now time.Time) error {
	switch m.Kind {
	case outbox.SignupAwaiting:
		return s.send(ctx, m.Kind, `
			insert into guardian_ask as a (guardian_id, event_id, asked_at)
			select g.id, s.event_id, @at
			from signup u join shift s on s.id = u.shift_id join guardian g on g.person_id = u.person_id
			where u.id = @signup and u.state = 'awaiting_consent'
			on conflict (guardian_id, coalesce(event_id, 0)) do update
			set asked_at = excluded.asked_at, expired_at = null, mails = a.mails + 1
			where a.asked_at < excluded.asked_at and a.refused_at is null and a.mails < @most
			returning guardian_id, id`, m, pgx.StrictNamedArgs{"signup": m.SubjectID, "at": time.UnixMicro(m.Seq), "most": askMails})
	case outbox.HoldExpired:
		return s.send(ctx, m.Kind, `
			update guardian_ask a set expired_at = @now
			from signup u join shift s on s.id = u.shift_id join guardian g on g.person_id = u.person_id
			where u.id = @signup and a.guardian_id = g.id and a.event_id = s.event_id and a.expired_at is null and a.refused_at is null
				and u.state = 'awaiting_consent' and u.hold_until is null
			returning a.guardian_id, a.id`, m, pgx.StrictNamedArgs{"signup": m.SubjectID, "now": now})
	case outbox.SignupCancelled:
		if err := s.copies(ctx, m); err != nil || m.Cause != string(signup.ByConsent) {
			return err
		}
		return s.each(ctx, `
			select distinct c.person_id from signup u join shift s on s.id = u.shift_id join event e on e.id = s.event_id
			join coordinator c on c.org_id = e.org_id or c.org_id in (select org_id from event_cohost where event_id = e.id)
			where u.id = $1`, m.SubjectID, func(id int64) outbox.Message {
			return outbox.Message{Kind: outbox.ConsentLost, PersonID: id, SubjectID: m.SubjectID, Seq: m.Seq}
		})
	case outbox.SignupConfirmed, outbox.SignupWaiting, outbox.SignupPromoted, outbox.EventChanged, outbox.EventCancelled, outbox.Reminder:
		return s.copies(ctx, m)
	}
	return nil
}

// copies enqueues a copy of m for each guardian who wants one.
func (s *Store) copies(ctx context.Context, m outbox.Message) error {
	return s.each(ctx, `select id from guardian where person_id = $1 and copies`, m.PersonID, func(id int64) outbox.Message {
		c := m
		c.GuardianID = id
		return c
	})
}

// each enqueues a mail for every id that sql finds, once.
func (s *Store) each(ctx context.Context, sql string, arg int64, mail func(int64) outbox.Message) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, sql, arg)
		ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		var mails []outbox.Message
		for _, id := range ids {
			mails = append(mails, mail(id))
		}
		return s.out.SendOnce(ctx, tx, mails...)
	})
}

// send mails the guardians of the questions that sql notes.
func (s *Store) send(ctx context.Context, kind outbox.Kind, sql string, m outbox.Message, args pgx.StrictNamedArgs) error {
	to := map[outbox.Kind]outbox.Kind{outbox.SignupAwaiting: outbox.GuardianAsk, outbox.HoldExpired: outbox.GuardianExpired}[kind]
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		rows, _ := tx.Query(ctx, sql, args)
		mails, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (outbox.Message, error) {
			l := outbox.Message{Kind: to, Seq: m.Seq}
			return l, row.Scan(&l.GuardianID, &l.SubjectID)
		})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, mails...)
	})
}

// Sweep forgets what has run out: links that nobody used, codes, and guardians who never answered.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	b.Queue(`delete from guardian_link where used_at is null and sent_at < $1`, now.Add(-linkLife))
	b.Queue(`delete from guardian_code where expires_at < $1`, now)
	b.Queue(`delete from guardian g where g.verified_at is null and g.created_at < $1
		and not exists (select from guardian_ask a where a.guardian_id = g.id and a.asked_at >= $1)`, now.Add(-unansweredFor))
	return postgres.Fault(s.db.SendBatch(ctx, b).Close())
}
