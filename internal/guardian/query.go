package guardian

import (
	"context"
	"crypto/sha256"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/event"
	"shtab/internal/fault"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

const guardianColumns = `g.id, g.person_id, g.name, g.relation, g.email, g.lang, g.copies, g.verified_at`

// consents loads consents in force. where is an SQL condition on guardian_consent c with the argument arg.
func (s *Store) consents(ctx context.Context, where string, arg int64) ([]Consent, error) {
	rows, _ := s.db.Query(ctx, `
		select c.id, coalesce(c.guardian_id, 0) as guardian_id, c.guardian_name as name, c.relation,
			coalesce(c.event_id, 0) as event_id, coalesce(e.title, '{}') as title, c.accompanied, c.agreed_at
		from guardian_consent c left join event e on e.id = c.event_id
		where c.withdrawn_at is null and `+where+`
		order by c.event_id nulls first, c.id`, arg)
	g, err := pgx.CollectRows(rows, pgx.RowToStructByName[Consent])
	return g, postgres.Fault(err)
}

// bearer is the guardian who holds a link, with the volunteer whom they answer for.
type bearer struct {
	Guardian
	GivenName  string
	FamilyName string
	BirthDate  time.Time
	hash       []byte
}

// findByToken is the bearer of a link. A wrong or expired token, and one of a volunteer who is of age by now, are all
// NotFound.
func (s *Store) findByToken(ctx context.Context, db postgres.DB, token string, now time.Time) (bearer, error) {
	hash := sha256.Sum256([]byte(token))
	type row struct {
		Guardian
		GivenName  string
		FamilyName string
		BirthDate  time.Time
	}
	rows, _ := db.Query(ctx, `
		select `+guardianColumns+`, p.given_name, p.family_name, p.birth_date
		from guardian_link l join guardian g on g.id = l.guardian_id join person p on p.id = g.person_id
		where l.token_hash = $1 and (l.used_at is not null or l.sent_at > $2)
			and p.erased_at is null and p.birth_date is not null`,
		hash[:], now.Add(-linkLife))
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if err != nil {
		return bearer{}, postgres.Fault(err)
	}
	if event.AgeAt(r.BirthDate, now, s.city.Location()) >= s.city.Rules.AdultAge {
		return bearer{}, fault.NotFound()
	}
	return bearer{r.Guardian, r.GivenName, r.FamilyName, r.BirthDate, hash[:]}, nil
}

// markUsed notes that an answer came through the bearer's link, which from then on does not expire.
func (b bearer) markUsed(ctx context.Context, tx pgx.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `update guardian_link set used_at = $2 where token_hash = $1 and used_at is null`, b.hash,
		now)
	return err
}

// PageData is what a guardian's page shows.
type PageData struct {
	Guardian
	Child           string // given name and the first letter of the family name
	UnderConsentAge bool   // the volunteer is so young today that every event takes consent
	Questions       []Question
	InAdvance       bool         // the guardian was asked about all events in advance
	Refused         bool         // the guardian has refused something
	Pending         *Answer      // the answer that waits for its code
	Consents        []Consent    // of this guardian, in force
	Coming          []signup.Row // the volunteer's sign-ups; only for a verified guardian
}

// Question is a coming event that the guardian is asked about.
type Question struct {
	signup.Row
	AlongOnly bool // at night, when a minor may come only beside a guardian
	Refused   bool // the guardian refused, and the volunteer has signed up again
}

// Answer is an answer that waits for its code.
type Answer struct {
	Scope     Scope
	EventID   int64
	Name      string
	ExpiresAt time.Time
}

// Open loads the guardian's page of a link. Whoever holds the link may; NotFound for any other.
func (s *Store) Open(ctx context.Context, token string, now time.Time) (v PageData, err error) {
	b, err := s.findByToken(ctx, s.db, token, now)
	if err != nil {
		return v, err
	}
	v.Guardian, v.Child = b.Guardian, account.ShortName(b.GivenName, b.FamilyName)
	v.UnderConsentAge = event.AgeAt(b.BirthDate, now, s.city.Location()) < s.city.Rules.GuardianAge()
	mine, err := s.signups.Mine(ctx, account.Actor{PersonID: b.PersonID}, now)
	if err != nil {
		return v, err
	}
	coming := signup.Coming(mine, now)

	asks, err := s.asks(ctx, b.ID)
	if err != nil {
		return v, err
	}
	v.InAdvance = asks[0] == open
	for _, a := range asks {
		v.Refused = v.Refused || a == refused
	}
	for _, r := range coming {
		if a := asks[r.EventID]; r.State == signup.AwaitingConsent && a != "" {
			v.Questions = append(v.Questions, Question{r, s.alongOnly(b.BirthDate, r), a == refused})
		}
	}
	if v.Verified() {
		v.Coming = coming
	}
	rows, _ := s.db.Query(ctx, `select scope, coalesce(event_id, 0) as event_id, name, expires_at from guardian_code
		where guardian_id = $1 and expires_at > $2 and attempts < $3`, b.ID, now, codeAttempts)
	pending, err := pgx.CollectRows(rows, pgx.RowToStructByName[Answer])
	if err != nil {
		return v, postgres.Fault(err)
	}
	for _, p := range pending {
		if v.offers(p.Scope, p.EventID) {
			v.Pending = &p
		}
	}
	v.Consents, err = s.consents(ctx, `c.guardian_id = $1`, b.ID)
	return v, err
}

// askState is the state of a question to a guardian.
type askState string

const (
	open    askState = "open"
	refused askState = "refused"
)

// asks is the states of the questions to a guardian, by event; the id 0 is all events in advance.
func (s *Store) asks(ctx context.Context, guardianID int64) (map[int64]askState, error) {
	rows, _ := s.db.Query(ctx,
		`select coalesce(event_id, 0), case when refused_at is null then 'open' else 'refused' end
		from guardian_ask where guardian_id = $1`, guardianID)
	asks := map[int64]askState{}
	var event int64
	var a askState
	_, err := pgx.ForEachRow(rows, []any{&event, &a}, func() error {
		asks[event] = a
		return nil
	})
	return asks, postgres.Fault(err)
}

// alongOnly reports whether somebody may come to a shift only beside a guardian: a minor at night.
func (s *Store) alongOnly(birth time.Time, r signup.Row) bool {
	return event.AgeAt(birth, r.StartsAt, s.city.Location()) < s.city.Rules.AdultAge &&
		event.AtNight(r.StartsAt, r.EndsAt, s.city.Rules, s.city.Location())
}

func id(n int64) string { return strconv.FormatInt(n, 10) }
