package people

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Person is somebody as staff see them.
type Person struct {
	Summary
	Lang             i18n.Lang
	District         string
	MergedInto       int64      // 0: it is its own
	HasMFA           bool       // has a second factor
	SignedIn         *time.Time // last, in a browser that is still theirs; nil: not known
	Minutes          int        // confirmed
	Years            []Year
	Orgs             []Organization
	Signups          []Signup // a page of them, the latest first
	SignupCount      int      // on all pages
	Consents         []Consent
	Guardians        []Guardian
	GuardianConsents []GuardianConsent
	Notes            []Note
}

// Year is what somebody did in a year.
type Year struct {
	Year, Events, Minutes int
}

// Organization is an organisation that somebody acts for.
type Organization struct {
	ID   int64
	Name i18n.Text
}

// Signup is one of a person's.
type Signup struct {
	ID       int64
	EventID  int64
	Title    i18n.Text
	StartsAt time.Time
	State    string
	Outcome  string // in the hours ledger; empty: not there
	Minutes  int
}

// SignupsPerPage is how many sign-ups a page of somebody holds.
const SignupsPerPage = 50

// Consent is a text of personal data that somebody agreed to.
type Consent struct {
	Purpose     string
	Version     string
	AgreedAt    time.Time
	WithdrawnAt *time.Time
}

// Guardian is somebody's parent or other representative.
type Guardian struct {
	Name       string
	Relation   string
	Email      string
	VerifiedAt *time.Time
}

// GuardianConsent is a guardian's consent.
type GuardianConsent struct {
	Name        string
	Relation    string
	Title       i18n.Text // of the event; zero: every event
	Accompanied bool
	Version     string
	AgreedAt    time.Time
	WithdrawnAt *time.Time
}

// Note is why staff did something, in words.
type Note struct {
	Kind  string
	Words string
	By    string
	At    time.Time
}

// Get is somebody's page, with the sign-ups of page, 0 the first. Every call is in the audit: the law wants to
// know who has looked. It takes the same number of statements for any number of rows.
//
// It takes ManagePeople; for anybody else, and for somebody erased, it is NotFound.
func (s *Store) Get(
	ctx context.Context, actor account.Actor, id int64, page int, now time.Time,
) (p Person, err error) {
	if !actor.Can(account.ManagePeople) {
		return p, fault.NotFound()
	}
	rows, _ := s.db.Query(ctx, `select `+lineColumns+`, p.lang, coalesce(p.district, '') as district,
		coalesce(p.merged_into, 0) as merged_into, p.factor_since is not null as has_mfa,
			(select max(began_at) from person_session b where b.person_id = p.id) as signed_in
		from person p where p.id = $1 and p.erased_at is null`, id)
	type row struct {
		Summary
		Lang       i18n.Lang
		District   string
		MergedInto int64
		HasMFA     bool
		SignedIn   *time.Time
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if err != nil {
		return p, postgres.Fault(err)
	}
	p = Person{
		Summary: r.Summary, Lang: r.Lang, District: r.District, MergedInto: r.MergedInto, HasMFA: r.HasMFA,
		SignedIn: r.SignedIn,
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if p.Years, err = list[Year](ctx, tx, `select extract(year from day)::int as year,
			sum(participations)::int as events, sum(minutes)::int as minutes
			from ledger where person_id = $1 group by 1 order by 1 desc`, id); err != nil {
			return err
		}
		for _, y := range p.Years {
			p.Minutes += y.Minutes
		}
		if p.Orgs, err = list[Organization](ctx, tx,
			`select o.id, o.name from coordinator c join org o on o.id = c.org_id
			where c.person_id = $1 order by o.id`, id); err != nil {
			return err
		}
		if p.Signups, err = list[Signup](ctx, tx, `select g.id, s.event_id, e.title, s.starts_at, g.state,
			coalesce(l.outcome, '') as outcome, coalesce(l.minutes, 0)::int as minutes
			from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
			left join lateral (select (array_agg(outcome order by id desc))[1] as outcome, sum(minutes) as minutes
				from ledger
			where signup_id = g.id) l on true
			where g.person_id = $1 order by s.starts_at desc, g.id desc
			limit $2 offset $3`, id, SignupsPerPage, page*SignupsPerPage); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select count(*)::int from signup
			where person_id = $1`, id).Scan(&p.SignupCount); err != nil {
			return err
		}
		if p.Consents, err = list[Consent](ctx, tx, `select purpose, version, agreed_at, withdrawn_at from data_consent
			where person_id = $1 order by agreed_at desc`, id); err != nil {
			return err
		}
		if p.Guardians, err = list[Guardian](ctx, tx, `select name, relation, email, verified_at from guardian
			where person_id = $1 order by id`, id); err != nil {
			return err
		}
		if p.GuardianConsents, err = list[GuardianConsent](ctx, tx, `select g.guardian_name as name, g.relation,
			coalesce(e.title, '{}') as title, g.accompanied, g.text_version as version, g.agreed_at, g.withdrawn_at
			from guardian_consent g left join event e on e.id = g.event_id where g.person_id = $1 order by g.id desc
			limit 100`, id); err != nil {
			return err
		}
		if p.Notes, err = list[Note](ctx, tx,
			`select n.kind, n.words, b.given_name || case when b.family_name = '' then ''
			else ' ' || left(b.family_name, 1) || '.' end as by, n.at
			from person_note n join person b on b.id = n.by_id where n.person_id = $1 order by n.id desc
			limit 100`, id); err != nil {
			return err
		}
		look := audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.look", Object: "person", ObjectID: id}
		return audit.Write(ctx, tx, look)
	})
	return p, postgres.Fault(err)
}
