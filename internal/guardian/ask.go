package guardian

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Status is what a volunteer's guardians were asked and have answered.
type Status struct {
	Needed    bool            // the volunteer is so young today that every event takes consent
	Minor     bool            // the volunteer is under age: at night a guardian must come along
	Awaiting  []signup.Row    // coming sign-ups that wait for a consent
	Guardians []AskedGuardian // who were asked, the latest first
	Consents  []Consent       // consents in force
}

// AskedGuardian is a guardian as the volunteer sees them.
type AskedGuardian struct {
	Guardian
	MailedAt *time.Time // of the last question; nil for none
	Refused  []int64    // ids of the events that they refused
	CanSend  bool       // another mail may go out
}

// HasRefused reports whether the guardian has refused an event.
func (a AskedGuardian) HasRefused(eventID int64) bool { return slices.Contains(a.Refused, eventID) }

// Status loads the actor's guardians and consents. Anyone signed in may, for themselves.
func (s *Store) Status(ctx context.Context, actor account.Actor, now time.Time) (a Status, err error) {
	var birth *time.Time
	if err := s.db.QueryRow(ctx, `select birth_date from person where id = $1`, actor.PersonID).
		Scan(&birth); err != nil {
		return a, postgres.Fault(err)
	}
	if birth != nil {
		age := event.AgeAt(*birth, now, s.city.Location())
		a.Needed, a.Minor = age < s.city.Rules.GuardianAge(), age < s.city.Rules.AdultAge
	}
	rows, err := s.signups.Mine(ctx, actor, now)
	if err != nil {
		return a, err
	}
	for _, r := range signup.Coming(rows, now) {
		if r.State == signup.AwaitingConsent {
			a.Awaiting = append(a.Awaiting, r)
		}
	}
	found, _ := s.db.Query(ctx, `
		select `+guardianColumns+`,
			(select max(l.sent_at) from guardian_link l where l.guardian_id = g.id) as mailed_at,
			array(
				select k.event_id from guardian_ask k
				where k.guardian_id = g.id and k.refused_at is not null and k.event_id is not null) as refused,
			exists (select from guardian_ask k where k.guardian_id = g.id and `+canSend+`) as can_send
		from guardian g where g.person_id = @person order by g.id desc`,
		pgx.StrictNamedArgs{"person": actor.PersonID, "most": askMails, "now": now})
	if a.Guardians, err = pgx.CollectRows(found, pgx.RowToStructByName[AskedGuardian]); err != nil {
		return a, postgres.Fault(err)
	}
	a.Consents, err = s.consents(ctx, `c.person_id = $1`, actor.PersonID)
	return a, err
}

// Names is the names of the actor's guardians who were asked about an event and have not refused, the latest first.
// Anyone signed in may, for themselves.
func (s *Store) Names(ctx context.Context, actor account.Actor, eventID int64) ([]string, error) {
	rows, _ := s.db.Query(ctx, `
		select g.name from guardian_ask k join guardian g on g.id = k.guardian_id
		where g.person_id = $1 and k.event_id = $2 and k.refused_at is null order by g.id desc`, actor.PersonID,
		eventID)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, postgres.Fault(err)
}

// Form is how a volunteer names a guardian.
type Form struct {
	Name     string
	Relation Relation
	Email    string
	Lang     i18n.Lang // of the mails to the guardian
}

// Ask names a guardian and asks them about every sign-up that waits for consent; when none waits, about all events
// in advance. A new address replaces a guardian who has not answered, and ends their links; a verified guardian
// stays. A repeat changes nothing and mails nobody.
//
// A minor may, for themselves; for anybody else it is a Conflict guardian.error.grown. Wrong values are Invalid on
// name, relation, email or lang. More questions or mails than askLimit, mailLimit and dayLimit allow are TooMany.
func (s *Store) Ask(ctx context.Context, actor account.Actor, in Form, now time.Time) error {
	f := fault.Fields{}
	in.Name = account.ReadName(f, "name", in.Name)
	if !slices.Contains(Relations, in.Relation) {
		f.Add("relation", "guardian.error.relation")
	}
	email, ok := account.ParseEmail(in.Email)
	switch {
	case !ok:
		f.Add("email", "account.error.email")
	case withoutTag(email) == withoutTag(actor.Email):
		f.Add("email", "guardian.error.own_email")
	}
	if _, ok := i18n.Parse(string(in.Lang)); !ok {
		f.Add("lang", "account.error.lang")
	}
	if err := f.Err(); err != nil {
		return err
	}
	known := false
	err := s.db.QueryRow(ctx, `select exists (select from guardian where person_id = $1 and email = $2)`,
		actor.PersonID, email).Scan(&known)
	if err != nil {
		return postgres.Fault(err)
	}
	if !known {
		if err := s.limit(ctx, actor.PersonID, email, now); err != nil {
			return err
		}
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.lockMinor(ctx, tx, actor.PersonID, now); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from guardian where person_id = $1 and email <> $2 and verified_at is null`,
			actor.PersonID, email)
		if err != nil {
			return err
		}
		var guardianID int64
		err = tx.QueryRow(ctx, `
			insert into guardian as g (person_id, name, relation, email, lang, created_at)
			values ($1, $2, $3, $4, $5, $6)
			on conflict (person_id, email) do update set
				name = case when g.verified_at is null then excluded.name else g.name end,
				relation = case when g.verified_at is null then excluded.relation else g.relation end,
				lang = case when g.verified_at is null then excluded.lang else g.lang end
			returning id`, actor.PersonID, in.Name, in.Relation, email, in.Lang, now).Scan(&guardianID)
		if err != nil {
			return err
		}
		asks, err := askAbout(ctx, tx, guardianID, now)
		if err != nil || len(asks) == 0 {
			return err
		}
		err = audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "guardian.ask", Object: "guardian", ObjectID: guardianID,
		})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{
			Kind: outbox.GuardianAsk, GuardianID: guardianID,
			SubjectID: asks[0],
		})
	})
}

// askAbout stores the questions to a guardian: one for each coming event with a sign-up that waits for consent, or,
// when none waits, one for all events. It returns the ids of the new questions, the soonest event's first.
func askAbout(ctx context.Context, tx pgx.Tx, guardianID int64, now time.Time) ([]int64, error) {
	rows, _ := tx.Query(ctx, `
		with waiting as (
			select s.event_id, min(s.starts_at) as starts_at
			from guardian p join signup g on g.person_id = p.person_id join shift s on s.id = g.shift_id
			where p.id = $1 and g.state = 'awaiting_consent' and s.ends_at > $2
			group by s.event_id),
		asked as (
			insert into guardian_ask (guardian_id, event_id, asked_at)
			select $1, w.event_id, $2 from waiting w
			union all
			select $1, null, $2 where not exists (select from waiting)
			on conflict do nothing
			returning id, event_id)
		select a.id from asked a left join waiting w using (event_id) order by w.starts_at, a.id`, guardianID, now)
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// canSend is the SQL condition under which another mail may go out about a question k to a guardian of @person: a
// sign-up still waits for the answer, the guardian has not refused, and fewer than @most mails were sent.
const canSend = `k.refused_at is null and k.mails < @most
	and (k.event_id is null or exists (
		select from signup u join shift h on h.id = u.shift_id
		where h.event_id = k.event_id and u.person_id = @person and u.state = 'awaiting_consent'
			and h.ends_at > @now))`

// Resend mails the question once more to a guardian of the actor.
//
// Somebody else's guardian is NotFound. More than askMails mails about one question, or more than the limits of Ask
// allow, are TooMany. For an actor who is of age it is a Conflict guardian.error.grown.
func (s *Store) Resend(ctx context.Context, actor account.Actor, guardianID int64, now time.Time) error {
	var email string
	err := s.db.QueryRow(ctx, `select email from guardian where id = $1 and person_id = $2`,
		guardianID, actor.PersonID).Scan(&email)
	if err != nil {
		return postgres.Fault(err)
	}
	if err := s.limit(ctx, actor.PersonID, email, now); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if err := s.lockMinor(ctx, tx, actor.PersonID, now); err != nil {
			return err
		}
		if _, err := askAbout(ctx, tx, guardianID, now); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `
			update guardian_ask k set mails = mails + 1
			where k.guardian_id = @guardian and `+canSend+`
			returning k.id`,
			pgx.StrictNamedArgs{"guardian": guardianID, "person": actor.PersonID, "most": askMails, "now": now})
		asks, err := pgx.CollectRows(rows, pgx.RowTo[int64])
		if err != nil {
			return err
		}
		if len(asks) == 0 {
			return fault.TooMany("guardian.error.too_many_mails")
		}
		return s.out.Send(ctx, tx, outbox.Message{
			Kind: outbox.GuardianAsk, GuardianID: guardianID, SubjectID: slices.Min(asks), Seq: now.UnixMicro(),
		})
	})
}

// lockMinor locks the volunteer's row, so that their questions wait for each other. It is a Conflict
// guardian.error.grown for a volunteer who is of age.
func (s *Store) lockMinor(ctx context.Context, tx pgx.Tx, personID int64, now time.Time) error {
	var birth time.Time
	err := tx.QueryRow(ctx,
		`select coalesce(birth_date, date '0001-01-01') from person where id = $1 for no key update`, personID).
		Scan(&birth)
	if err != nil {
		return err
	}
	if event.AgeAt(birth, now, s.city.Location()) >= s.city.Rules.AdultAge {
		return fault.Conflict("guardian.error.grown")
	}
	return nil
}

// limit limits the questions of one person, and the mails to one address within an hour and a day, whoever asks for
// them.
func (s *Store) limit(ctx context.Context, personID int64, email string, now time.Time) error {
	if err := s.accounts.Throttle(ctx, askLimit, id(personID), now); err != nil {
		return err
	}
	if err := s.accounts.Throttle(ctx, mailLimit, email, now); err != nil {
		return err
	}
	return s.accounts.Throttle(ctx, dayLimit, email, now)
}

// withoutTag is an address without the tag that many mail servers ignore: a+b@x is a@x.
func withoutTag(email string) string {
	local, domain, _ := strings.Cut(email, "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}
