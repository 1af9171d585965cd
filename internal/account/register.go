package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// How long a code lives, how often it may be typed, and how often another may be asked for.
const (
	codeLife     = 15 * time.Minute
	codeAttempts = 5
	codeResends  = 3
)

// Registration is the form of a newcomer, as typed.
type Registration struct {
	Email      string
	Password   string
	GivenName  string
	FamilyName string
	BirthDate  string // YYYY-MM-DD
	Phone      string // may be empty
	Agree      bool   // to the personal-data text
	Lang       i18n.Lang
	Next       string // the page to go on to afterwards, a path of ours
}

// Register keeps a valid form until its code is typed, and has a mail sent: a code, or "you
// already have an account". What happens here does not depend on which. Open to everybody.
//
// Errors: Invalid with the fields email, password, given_name, family_name, birth_date, phone,
// agree; TooMany beyond five an hour for one e-mail; Unavailable.
func (s *Store) Register(ctx context.Context, in Registration, now time.Time) (registrationID int64, err error) {
	f := fault.Fields{}
	email := readEmail(f, in.Email)
	given := ReadName(f, "given_name", in.GivenName)
	family := ReadName(f, "family_name", in.FamilyName)
	born := readBirthDate(f, in.BirthDate, now, s.city.Location())
	phone := readPhone(f, in.Phone)
	checkPassword(f, "password", in.Password, email, given, family)
	if !in.Agree {
		f.Add("agree", "account.error.agree")
	}
	if err := f.Err(); err != nil {
		return 0, err
	}
	if err := s.Throttle(ctx, registerLimit, email, now); err != nil {
		return 0, err
	}
	hash, err := s.hasher.Hash(ctx, in.Password)
	if err != nil {
		return 0, err
	}
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			insert into registration (email, password_hash, given_name, family_name, birth_date, phone, lang,
				consent_version, next, code, created_at, expires_at)
			values (@email, @hash, @given, @family, @born, @phone, @lang, @version, @next, @code, @now, @expires)
			returning id`,
			pgx.StrictNamedArgs{
				"email": email, "hash": hash, "given": given, "family": family, "born": born, "phone": orNull(phone),
				"lang": i18n.ParseOr(string(in.Lang)), "version": s.city.Consent(config.Registration).
					Version, "next": ownPath(in.Next),
				"code": NewCode(), "now": now, "expires": now.Add(codeLife),
			}).Scan(&registrationID)
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.RegisterCode, SubjectID: registrationID})
	})
	return registrationID, err
}

// RegistrationLetter is what the mail of a registration needs. Its Name is the account's own, if there
// is one: not what a stranger has typed.
type RegistrationLetter struct {
	outbox.Recipient
	Code       string // empty when HasAccount
	HasAccount bool
	Next       string // the page to go on to, a path of ours
}

// RegistrationLetter loads the mail of a registration; NoLonger when it is over.
func (s *Store) RegistrationLetter(ctx context.Context, registrationID int64,
	now time.Time,
) (RegistrationLetter, error) {
	rows, _ := s.db.Query(ctx, `
		select r.email as to, r.lang, coalesce(p.given_name, r.given_name) as name,
			case when p.id is null then r.code else '' end as code, p.id is not null as has_account, r.next
		from registration r left join person p on p.email = r.email
		where r.id = $1 and r.expires_at > $2 and r.person_id is null`, registrationID, now)
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[RegistrationLetter])
	if errors.Is(err, pgx.ErrNoRows) {
		return l, outbox.NoLonger("the registration is over")
	}
	return l, postgres.Fault(err)
}

// Confirm makes the account of a registration whose code is right, and signs in. Of two that
// come at once one makes it, and both are told so. Open to whoever holds the registration's id in their session.
//
// Errors: Invalid with the field code, also when the e-mail has an account already, whatever the
// code; Gone when the code has expired, was tried five times, or the registration is over.
func (s *Store) Confirm(ctx context.Context, registrationID int64, code string, now time.Time) (SignedIn, error) {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return SignedIn{}, fault.Invalid(map[string]string{"code": "account.error.code_format"})
	}
	var in SignedIn
	var refusal error // of a transaction that commits: the attempt counts
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		in, refusal = SignedIn{}, nil
		var right string
		var done int64
		err := tx.QueryRow(ctx, `
			update registration set attempts = attempts + 1
			where id = $1 and expires_at > $2 and attempts < $3
			returning code, lang, next, coalesce(person_id, 0)`, registrationID, now, codeAttempts).
			Scan(&right, &in.Lang, &in.Next, &done)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Gone("account.error.code_expired")
		}
		if err != nil {
			return err
		}
		wrong := fault.Invalid(map[string]string{"code": "account.error.code_wrong"})
		if subtle.ConstantTimeCompare([]byte(code), []byte(right)) != 1 {
			refusal = wrong
			return nil
		}
		if done != 0 { // sent twice: the same answer
			in.PersonID = done
			return tx.QueryRow(ctx, `select epoch, factor_since is not null from person where id = $1 and epoch = 1`,
				done).Scan(&in.Epoch, &in.HasMFA)
		}
		err = tx.QueryRow(ctx, `
			insert into person (email, password_hash, given_name, family_name, birth_date, phone, lang,
				calendar_token, joined_at)
			select email, password_hash, given_name, family_name, birth_date, phone, lang, @calendar, @now
			from registration where id = @id
			on conflict (email) do nothing
			returning id, epoch`,
			pgx.StrictNamedArgs{"id": registrationID, "calendar": rand.Text(), "now": now}).
			Scan(&in.PersonID, &in.Epoch)
		if errors.Is(err, pgx.ErrNoRows) {
			refusal = wrong
			return nil
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			with done as (update registration set person_id = $2 where id = $1 returning consent_version, created_at)
			insert into data_consent (person_id, version, agreed_at) select $2, consent_version, created_at from done`,
			registrationID, in.PersonID)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: in.PersonID, Verb: "account.register",
			Object: "person", ObjectID: in.PersonID,
		})
	})
	if err == nil {
		err = refusal
	}
	if err != nil {
		return SignedIn{}, err
	}
	return in, nil
}

// Resend has another mail sent, with a new code that lives as long as the first; the attempts
// made so far stay counted. Open to whoever holds the registration's id in their session.
//
// Errors: Gone when the registration is over; TooMany after three.
func (s *Store) Resend(ctx context.Context, registrationID int64, now time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var created time.Time
		err := tx.QueryRow(ctx, `
			update registration set code = $4, expires_at = $5
			where id = $1 and expires_at > $2 and attempts < $3 and person_id is null
			returning created_at`, registrationID, now, codeAttempts, NewCode(), now.Add(codeLife)).Scan(&created)
		if errors.Is(err, pgx.ErrNoRows) {
			return fault.Gone("account.error.code_expired")
		}
		if err != nil {
			return err
		}
		n, err := count(ctx, tx, "resend:"+strconv.FormatInt(registrationID, 10), created)
		if err != nil {
			return err
		}
		if n > codeResends {
			return fault.TooMany("account.error.too_many_codes")
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.RegisterCode, SubjectID: registrationID})
	})
}

// NewCode draws six digits.
func NewCode() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%06d", n)
}

// CreateUser makes an account without registration, for the command line: the first staff, or
// an administrator.
//
// Errors: Invalid with the fields email, password, given_name, family_name, role; Conflict when
// the e-mail has an account.
func (s *Store) CreateUser(ctx context.Context, email, password, given, family string, role Role,
	now time.Time,
) error {
	f := fault.Fields{}
	email = readEmail(f, email)
	given = ReadName(f, "given_name", given)
	family = ReadName(f, "family_name", family)
	checkPassword(f, "password", password, email, given, family)
	if !slices.Contains(Roles(), role) {
		f.Add("role", "account.error.role")
	}
	if err := f.Err(); err != nil {
		return err
	}
	hash, err := s.hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		var id int64
		err := tx.QueryRow(ctx, `
			insert into person (email, password_hash, given_name, family_name, role, calendar_token, joined_at)
			values (@email, @hash, @given, @family, @role, @calendar, @now) returning id`,
			pgx.StrictNamedArgs{
				"email": email, "hash": hash, "given": given, "family": family, "role": role,
				"calendar": rand.Text(), "now": now,
			}).Scan(&id)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, Verb: "account.create", Object: "person", ObjectID: id,
			Fields: []string{"role"},
		})
	})
}
