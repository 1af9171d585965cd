// Package people is the headquarters' register of people: finding them, their roles, suspending
// and merging accounts, correcting a birth date. What it writes of an account, a sign-up or an
// organisation it leaves to those rooms.
package people

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/org"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
	"shtab/internal/signup"
)

// Store is the room's use cases.
type Store struct {
	db       *pgxpool.Pool
	out      *outbox.Outbox
	accounts *account.Store
	signups  *signup.Store
}

// NewStore makes the room over db.
func NewStore(db *pgxpool.Pool, out *outbox.Outbox, accounts *account.Store, signups *signup.Store) *Store {
	return &Store{db, out, accounts, signups}
}

// Line is somebody in the register.
type Line struct {
	ID         int64
	GivenName  string
	FamilyName string
	Email      string
	Phone      string
	BirthDate  time.Time // zero: none
	Role       account.Role
	JoinedAt   time.Time
	Suspended  bool
	Orgs       int // organisations that they act for
}

// Search is what people are looked for; empty fields ask for nothing.
type Search struct {
	Text      string // of a name in whatever spelling, the beginning of an e-mail, or a phone
	Role      string // a role, or "coordinator"
	Suspended bool   // only those
}

// Page is how many people a page of the register holds.
const Page = 50

const lineColumns = `p.id, p.given_name, p.family_name, coalesce(p.email, '') as email, coalesce(p.phone, '') as phone,
	coalesce(p.birth_date, '0001-01-01') as birth_date, p.role, p.joined_at, p.suspended_at is not null as suspended,
	(select count(*)::int from coordinator c where c.person_id = p.id) as orgs`

// Find is a page of the register, 0 the first, and whether there are more. Names hold every word,
// in any order, those that begin with the first before others; where there is none, the names
// that come closest. Without a text: the newest. Staff may; for anybody else it is Forbidden.
func (s *Store) Find(ctx context.Context, actor account.Actor, q Search, page int) ([]Line, bool, error) {
	if !actor.IsStaff() {
		return nil, false, fault.Forbidden()
	}
	sql, args := q.statement(page)
	found, err := list[Line](ctx, s.db, sql, args)
	if err == nil && len(found) == 0 && args["w0"] != "" {
		found, err = list[Line](ctx, s.db, q.closest(), args)
	}
	if err != nil {
		return nil, false, postgres.Fault(err)
	}
	if len(found) > Page {
		return found[:Page], true, nil
	}
	return found, false, nil
}

// named is somebody's name as the index person_name has it.
const named = `fold(p.family_name || ' ' || p.given_name)`

// statement finds whom q means exactly. Each way has an index of its own.
func (q Search) statement(page int) (string, pgx.NamedArgs) {
	text := strings.TrimSpace(q.Text)
	args := pgx.NamedArgs{
		"role": q.Role, "suspended": q.Suspended, "limit": Page + 1, "offset": max(page, 0) * Page, "text": text,
		"email": likeLiteral(strings.ToLower(text)) + "%", "digits": "", "w0": "", "w1": "", "w2": "",
	}
	where, order := `true`, newest
	switch digits := phoneDigits(text); {
	case text == "":
	case strings.Contains(text, "@"):
		where = `p.email like @email`
	case digits != "":
		args["digits"] = likeLiteral(digits) + "%"
		where = `right(p.phone, 10) like @digits`
	default:
		words := strings.Fields(likeLiteral(text))
		for i, name := range []string{"w0", "w1", "w2"} { // a name has three words; the first stands for none
			args[name] = words[0]
			if i < len(words) {
				args[name] = words[i]
			}
		}
		where = `(` + named + ` like '%' || fold(@w0) || '%' and ` + named + ` like '%' || fold(@w1) || '%' and ` + named + ` like '%' || fold(@w2) || '%'
			or p.email like @email)`
		order = `' ' || ` + named + ` like '% ' || fold(@w0) || '%' desc, p.family_name, p.given_name, p.id`
	}
	return q.lines(where, order), args
}

// newest is the register's order without a search.
const newest = `p.joined_at desc, p.id desc`

// closest finds the names that are spelt most like what q looks for.
func (q Search) closest() string {
	return q.lines(named+` %> fold(@text)`, `word_similarity(fold(@text), `+named+`) desc, p.family_name, p.id`)
}

// lines is the statement of the register's page.
func (q Search) lines(where, order string) string {
	return `select ` + lineColumns + ` from person p
		where ` + where + ` and p.erased_at is null and p.merged_into is null
			and (@role = '' or p.role = @role or @role = 'coordinator' and exists (select from coordinator c where c.person_id = p.id))
			and (not @suspended or p.suspended_at is not null)
		order by ` + order + ` limit @limit offset @offset`
}

// phoneDigits are the digits of a phone as it is kept, without the country's; empty when the text
// is none.
func phoneDigits(s string) string {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !unicode.IsSpace(r) && !strings.ContainsRune("+-()", r):
			return ""
		}
	}
	d := digits.String()
	if len(d) == 11 && (d[0] == '7' || d[0] == '8') {
		d = d[1:]
	}
	if len(d) < 4 || len(d) > 10 {
		return ""
	}
	return d
}

func likeLiteral(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

// Person is somebody as staff see them.
type Person struct {
	Line
	Lang       i18n.Lang
	District   string
	MergedInto int64      // 0: it is its own
	SignedIn   *time.Time // last, in a browser that is still theirs; nil: not known
	Minutes    int        // confirmed
	Years      []Year
	Orgs       []OrgOf
	Signups    []Signup // the latest first, at most SignupsShown
	SignupN    int
	Agreed     []Agreed
	Guardians  []Guardian
	Given      []Given
	Notes      []Note
}

// Year is what somebody did in one.
type Year struct {
	Year, Events, Minutes int
}

// OrgOf is an organisation that somebody acts for.
type OrgOf struct {
	ID   int64
	Name i18n.Text
}

// Signup is one of somebody's.
type Signup struct {
	ID       int64
	EventID  int64
	Title    i18n.Text
	StartsAt time.Time
	State    string
	Outcome  string // in the hours ledger; empty: not there
	Minutes  int
}

// SignupsShown is how many of somebody's sign-ups their page holds.
const SignupsShown = 50

// Agreed is a text of personal data that somebody agreed to.
type Agreed struct {
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

// Given is a guardian's consent.
type Given struct {
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

// Show is somebody's page. Every look is in the audit: it is the one GET that writes, because the
// law wants to know who has looked. It takes ten statements whatever the number of rows.
//
// Staff may; for anybody else, and for somebody erased, it is NotFound.
func (s *Store) Show(ctx context.Context, actor account.Actor, id int64, now time.Time) (p Person, err error) {
	if !actor.IsStaff() {
		return p, fault.NotFound()
	}
	rows, _ := s.db.Query(ctx, `select `+lineColumns+`, p.lang, coalesce(p.district, '') as district, coalesce(p.merged_into, 0) as merged_into,
			(select max(began_at) from person_session b where b.person_id = p.id) as signed_in
		from person p where p.id = $1 and p.erased_at is null`, id)
	type row struct {
		Line
		Lang       i18n.Lang
		District   string
		MergedInto int64
		SignedIn   *time.Time
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[row])
	if err != nil {
		return p, postgres.Fault(err)
	}
	p = Person{Line: r.Line, Lang: r.Lang, District: r.District, MergedInto: r.MergedInto, SignedIn: r.SignedIn}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if p.Years, err = list[Year](ctx, tx, `select extract(year from day)::int as year, sum(participations)::int as events, sum(minutes)::int as minutes
			from ledger where person_id = $1 group by 1 order by 1 desc`, id); err != nil {
			return err
		}
		for _, y := range p.Years {
			p.Minutes += y.Minutes
		}
		if p.Orgs, err = list[OrgOf](ctx, tx, `select o.id, o.name from coordinator c join org o on o.id = c.org_id where c.person_id = $1 order by o.id`, id); err != nil {
			return err
		}
		if p.Signups, err = list[Signup](ctx, tx, `select g.id, s.event_id, e.title, s.starts_at, g.state, coalesce(l.outcome, '') as outcome, coalesce(l.minutes, 0)::int as minutes
			from signup g join shift s on s.id = g.shift_id join event e on e.id = s.event_id
			left join lateral (select (array_agg(outcome order by id desc))[1] as outcome, sum(minutes) as minutes from ledger where signup_id = g.id) l on true
			where g.person_id = $1 order by s.starts_at desc, g.id desc limit 50`, id); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `select count(*)::int from signup where person_id = $1`, id).Scan(&p.SignupN); err != nil {
			return err
		}
		if p.Agreed, err = list[Agreed](ctx, tx, `select purpose, version, agreed_at, withdrawn_at from data_consent where person_id = $1 order by agreed_at desc`, id); err != nil {
			return err
		}
		if p.Guardians, err = list[Guardian](ctx, tx, `select name, relation, email, verified_at from guardian where person_id = $1 order by id`, id); err != nil {
			return err
		}
		if p.Given, err = list[Given](ctx, tx, `select g.guardian_name as name, g.relation, coalesce(e.title, '{}') as title, g.accompanied, g.text_version as version, g.agreed_at, g.withdrawn_at
			from guardian_consent g left join event e on e.id = g.event_id where g.person_id = $1 order by g.id desc limit 100`, id); err != nil {
			return err
		}
		if p.Notes, err = list[Note](ctx, tx, `select n.kind, n.words, b.given_name || case when b.family_name = '' then '' else ' ' || left(b.family_name, 1) || '.' end as by, n.at
			from person_note n join person b on b.id = n.by_id where n.person_id = $1 order by n.id desc limit 100`, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.look", Object: "person", ObjectID: id})
	})
	return p, postgres.Fault(err)
}

func list[T any](ctx context.Context, db postgres.DB, sql string, args ...any) ([]T, error) {
	rows, _ := db.Query(ctx, sql, args...)
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// standing is what decides about somebody's account, its row locked.
type standing struct {
	ID         int64
	Role       account.Role
	Suspended  bool
	Erased     bool
	MergedInto int64
}

func lock(ctx context.Context, tx pgx.Tx, id int64) (st standing, err error) {
	err = tx.QueryRow(ctx, `select id, role, suspended_at is not null, erased_at is not null, coalesce(merged_into, 0) from person where id = $1 for no key update`, id).
		Scan(&st.ID, &st.Role, &st.Suspended, &st.Erased, &st.MergedInto)
	if err == nil && (st.Erased || st.MergedInto != 0) {
		err = fault.NotFound()
	}
	return st, err
}

// WordsMax is how long a reason may be, in characters.
const WordsMax = 1000

func reason(words string) (string, error) {
	words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
	if n := utf8.RuneCountInString(words); n == 0 || n > WordsMax {
		return "", fault.Invalid(map[string]string{"words": "people.error.words"})
	}
	return words, nil
}

func (s *Store) note(ctx context.Context, tx pgx.Tx, actor account.Actor, personID int64, kind, words string, now time.Time) error {
	_, err := tx.Exec(ctx, `insert into person_note (person_id, kind, words, by_id, at) values ($1, $2, $3, $4, $5)`, personID, kind, words, actor.PersonID, now)
	return err
}

func (s *Store) tell(ctx context.Context, tx pgx.Tx, personID int64, cause string, orgID int64, now time.Time) error {
	return s.out.Send(ctx, tx, outbox.Mail{Mail: outbox.AccountChanged, PersonID: personID, Cause: cause, OrgID: orgID, Seq: now.UnixMicro()})
}

// SetRole makes somebody a volunteer, staff or an administrator, from their next request on; they
// are told. A repeat changes nothing.
//
// Administrators may; for anybody else it is NotFound. One's own role is a Conflict
// people.error.own, the last administrator's people.error.last_admin.
func (s *Store) SetRole(ctx context.Context, actor account.Actor, id int64, role account.Role, now time.Time) error {
	switch {
	case !actor.IsAdmin():
		return fault.NotFound()
	case !slices.Contains([]account.Role{account.Volunteer, account.Staff, account.Admin}, role):
		return fault.Invalid(map[string]string{"role": "fault.invalid"})
	case id == actor.PersonID:
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		// All administrators are locked, in one order: two who take each other's role meet here.
		rows, _ := tx.Query(ctx, `select id from person where (role = 'admin' and suspended_at is null and erased_at is null) or id = $1 order by id for no key update`, id)
		if _, err := pgx.CollectRows(rows, pgx.RowTo[int64]); err != nil {
			return err
		}
		st, err := lock(ctx, tx, id)
		if err != nil || st.Role == role {
			return err
		}
		var admins int
		if err := tx.QueryRow(ctx, `select count(*) from person where role = 'admin' and suspended_at is null and erased_at is null and id <> $1`, id).Scan(&admins); err != nil {
			return err
		}
		var still bool // the actor's own role may have been taken while this waited
		if err := tx.QueryRow(ctx, `select role = 'admin' and suspended_at is null from person where id = $1`, actor.PersonID).Scan(&still); err != nil {
			return err
		}
		switch {
		case !still:
			return fault.NotFound()
		case st.Role == account.Admin && admins == 0:
			return fault.Conflict("people.error.last_admin")
		}
		if _, err := tx.Exec(ctx, `update person set role = $2 where id = $1`, id, role); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.role", Object: "person", ObjectID: id, Fields: []string{"role"}}); err != nil {
			return err
		}
		return s.tell(ctx, tx, id, "role_"+string(role), 0, now)
	})
}

// AddOrg lets somebody act for an organisation, from their next request on; they are told. A
// repeat changes nothing. Staff may; for anybody else it is NotFound, like an organisation that
// is none or closed.
func (s *Store) AddOrg(ctx context.Context, actor account.Actor, id, orgID int64, now time.Time) error {
	if !actor.IsStaff() {
		return fault.NotFound()
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := lock(ctx, tx, id); err != nil {
			return err
		}
		added, err := org.AddMember(ctx, tx, actor, orgID, id, now)
		if err != nil || !added {
			return err
		}
		return s.tell(ctx, tx, id, "coordinator", orgID, now)
	})
}

// Suspend closes somebody's account for a reason in words: their sessions end at once, the places
// that they hold go to whoever waits, and they are told. A repeat changes nothing.
//
// Staff may; for anybody else it is NotFound. Staff and administrators are suspended by
// administrators only: a Conflict people.error.staff; oneself: people.error.own; the last
// administrator: people.error.last_admin. Invalid "words" without a reason.
func (s *Store) Suspend(ctx context.Context, actor account.Actor, id int64, words string, now time.Time) error {
	if !actor.IsStaff() {
		return fault.NotFound()
	}
	words, err := reason(words)
	switch {
	case err != nil:
		return err
	case id == actor.PersonID:
		return fault.Conflict("people.error.own")
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var role account.Role
		var suspended bool
		err := tx.QueryRow(ctx, `select role, suspended_at is not null from person where id = $1 and erased_at is null and merged_into is null`, id).Scan(&role, &suspended)
		switch {
		case err != nil || suspended:
			return err
		case role != account.Volunteer && !actor.IsAdmin():
			return fault.Conflict("people.error.staff")
		}
		// Shifts are locked before people: the places go first.
		if err := s.signups.ReleaseAll(ctx, tx, id, signup.ByOrganiser, now); err != nil {
			return err
		}
		if role == account.Admin {
			rows, _ := tx.Query(ctx, `select id from person where role = 'admin' and suspended_at is null and erased_at is null order by id for no key update`)
			admins, err := pgx.CollectRows(rows, pgx.RowTo[int64])
			if err != nil {
				return err
			}
			if len(admins) == 1 && admins[0] == id {
				return fault.Conflict("people.error.last_admin")
			}
		}
		st, err := lock(ctx, tx, id)
		if err != nil || st.Suspended {
			return err
		}
		if st.Role != role {
			return fault.Conflict("people.error.changed")
		}
		if _, err := tx.Exec(ctx, `update person set suspended_at = $2, epoch = epoch + 1 where id = $1`, id, now); err != nil {
			return err
		}
		if err := s.note(ctx, tx, actor, id, "suspend", words, now); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.suspend", Object: "person", ObjectID: id, Fields: []string{"suspended_at"}}); err != nil {
			return err
		}
		return s.tell(ctx, tx, id, "suspended", 0, now)
	})
}

// Restore lifts a suspension; places do not come back. A repeat changes nothing. Who may, and the
// errors: as for Suspend.
func (s *Store) Restore(ctx context.Context, actor account.Actor, id int64, words string, now time.Time) error {
	if !actor.IsStaff() {
		return fault.NotFound()
	}
	words, err := reason(words)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		st, err := lock(ctx, tx, id)
		switch {
		case err != nil || !st.Suspended:
			return err
		case st.Role != account.Volunteer && !actor.IsAdmin():
			return fault.Conflict("people.error.staff")
		}
		if _, err := tx.Exec(ctx, `update person set suspended_at = null where id = $1`, id); err != nil {
			return err
		}
		if err := s.note(ctx, tx, actor, id, "restore", words, now); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.restore", Object: "person", ObjectID: id, Fields: []string{"suspended_at"}}); err != nil {
			return err
		}
		return s.tell(ctx, tx, id, "restored", 0, now)
	})
}

// CorrectBirthDate writes another birth date for a reason in words; coming sign-ups are held
// against the law again, and the person is told. Staff may; for anybody else it is NotFound.
// Invalid with the fields birth_date and words.
func (s *Store) CorrectBirthDate(ctx context.Context, actor account.Actor, id int64, date, words string, now time.Time) error {
	if !actor.IsStaff() {
		return fault.NotFound()
	}
	words, err := reason(words)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		changed, err := s.accounts.CorrectBirthDate(ctx, tx, id, date, now)
		if err != nil || !changed {
			return err
		}
		if err := s.note(ctx, tx, actor, id, "birth_date", words, now); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, ActorID: actor.PersonID, Verb: "people.birth_date", Object: "person", ObjectID: id, Fields: []string{"birth_date"}}); err != nil {
			return err
		}
		return s.tell(ctx, tx, id, "birth_date", 0, now)
	})
}

// Letter is what a mail about somebody's account needs.
type Letter struct {
	To        string
	Lang      i18n.Lang
	GivenName string
	Org       i18n.Text // the organisation of "coordinator"
	Words     string    // why, of a suspension
}

// Letter is for the worker; false when the reader is erased.
func (s *Store) Letter(ctx context.Context, personID, orgID int64) (Letter, bool, error) {
	rows, _ := s.db.Query(ctx, `select p.email as to, p.lang, p.given_name, coalesce((select name from org where id = $2), '{}') as org,
			case when p.suspended_at is not null then coalesce((select words from person_note where person_id = p.id and kind = 'suspend' order by id desc limit 1), '') else '' end as words
		from person p where p.id = $1 and p.email is not null and p.erased_at is null`, personID, orgID)
	l, err := pgx.CollectRows(rows, pgx.RowToStructByName[Letter])
	if err != nil || len(l) == 0 {
		return Letter{}, false, postgres.Fault(err)
	}
	return l[0], true, nil
}
