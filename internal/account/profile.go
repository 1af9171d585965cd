package account

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// Profile is what a person sees of their own data.
type Profile struct {
	Email              string
	GivenName          string
	FamilyName         string
	BirthDate          time.Time // midnight UTC; zero when none was given (accounts of the command line)
	BirthDateCorrected bool      // it cannot be corrected again
	Phone              string    // E.164, or empty
	Lang               i18n.Lang
	District           string // a slug of the city's, or empty
	CalendarToken      string // the secret of the private calendar feed
	JoinedAt           time.Time
	Register           bool // agreed to stand in the ministry's register of volunteers
}

// Profile is the actor's own. NotFound for a visitor or somebody erased.
func (s *Store) Profile(ctx context.Context, actor Actor) (Profile, error) {
	return profile(ctx, s.db, actor.PersonID, "")
}

// profile reads one, with a locking clause after it if given.
func profile(ctx context.Context, db postgres.DB, personID int64, lock string) (Profile, error) {
	rows, _ := db.Query(ctx, `
		select email, given_name, family_name, coalesce(birth_date, '0001-01-01') as birth_date,
			birth_date_corrected_at is not null as birth_date_corrected, coalesce(phone, '') as phone, lang,
			coalesce(district, '') as district, calendar_token, joined_at,
			exists (select from data_consent d where d.person_id = person.id and d.purpose = 'register'
				and d.withdrawn_at is null) as register
		from person where id = $1 and erased_at is null `+lock, personID)
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Profile])
	return p, postgres.Fault(err)
}

// ProfileForm is what a person may change of it, as typed.
type ProfileForm struct {
	GivenName  string
	FamilyName string
	BirthDate  string // YYYY-MM-DD; empty keeps one that cannot be corrected any more, or none
	Phone      string // may be empty
	Lang       i18n.Lang
	District   string // a slug of the city's, or empty
	Register   bool   // agrees to stand in the ministry's register; from the age of consent on
}

// UpdateProfile changes the actor's own profile. The birth date may be corrected once
// (giving it where there was none is no correction); OnBirthDate is told in the same transaction.
//
// Errors: Invalid with the fields given_name, family_name, birth_date, phone, lang, district.
func (s *Store) UpdateProfile(ctx context.Context, actor Actor, in ProfileForm, now time.Time) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		was, err := profile(ctx, tx, actor.PersonID, "for no key update")
		if err != nil {
			return err
		}
		f := fault.Fields{}
		given := ReadName(f, "given_name", in.GivenName)
		family := ReadName(f, "family_name", in.FamilyName)
		phone := readPhone(f, in.Phone)
		lang, ok := i18n.Parse(string(in.Lang))
		if !ok {
			f.Add("lang", "account.error.lang")
		}
		if _, ok := s.city.District(in.District); !ok && in.District != "" {
			f.Add("district", "account.error.district")
		}
		born := was.BirthDate
		if in.BirthDate != "" || !was.BirthDateCorrected && !was.BirthDate.IsZero() {
			born = readBirthDate(f, in.BirthDate, now, s.city.Location())
		}
		if was.BirthDateCorrected && !born.Equal(was.BirthDate) {
			f.Add("birth_date", "account.error.birth_date_once")
		}
		if err := f.Err(); err != nil {
			return err
		}

		var changed []string
		note := func(field string, differs bool) {
			if differs {
				changed = append(changed, field)
			}
		}
		note("given_name", given != was.GivenName)
		note("family_name", family != was.FamilyName)
		note("birth_date", !born.Equal(was.BirthDate))
		note("phone", phone != was.Phone)
		note("lang", lang != was.Lang)
		note("district", in.District != was.District)
		in.Register = in.Register && s.MayAgree(born, now)
		note("register", in.Register != was.Register)
		if len(changed) == 0 {
			return nil
		}
		_, err = tx.Exec(ctx, `
			update person set given_name = @given, family_name = @family, phone = @phone, lang = @lang,
				district = @district,
				birth_date_corrected_at = case
					when birth_date <> @born::date then @now else birth_date_corrected_at end,
				birth_date = @born
			where id = @id`,
			pgx.StrictNamedArgs{
				"id": actor.PersonID, "given": given, "family": family, "born": dateOrNull(born),
				"phone": orNull(phone),
				"lang":  lang, "district": orNull(in.District), "now": now,
			})
		if err != nil {
			return err
		}
		if in.Register != was.Register {
			if err := s.agreeToRegister(ctx, tx, actor.PersonID, in.Register, now); err != nil {
				return err
			}
		}
		if err := audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "account.update", Object: "person", ObjectID: actor.PersonID,
			Fields: changed,
		}); err != nil {
			return err
		}
		if !born.Equal(was.BirthDate) && s.OnBirthDate != nil {
			return s.OnBirthDate(ctx, tx, actor.PersonID)
		}
		return nil
	})
}

// CorrectBirthDate writes somebody's birth date over in the caller's transaction, also one that
// they cannot correct any more, and reports whether it was another. OnBirthDate is told. The
// caller sees to the permission and the audit. Invalid on birth_date; NotFound.
func (s *Store) CorrectBirthDate(ctx context.Context, tx pgx.Tx, personID int64, date string,
	now time.Time,
) (bool, error) {
	f := fault.Fields{}
	born := readBirthDate(f, date, now, s.city.Location())
	if err := f.Err(); err != nil {
		return false, err
	}
	was, err := profile(ctx, tx, personID, "for no key update")
	if err != nil || born.Equal(was.BirthDate) {
		return false, err
	}
	if _, err := tx.Exec(ctx, `update person set birth_date = $2 where id = $1`, personID, born); err != nil {
		return false, err
	}
	if s.OnBirthDate != nil {
		err = s.OnBirthDate(ctx, tx, personID)
	}
	return true, err
}

// MayAgree reports whether somebody born on a day may agree for themselves, without a guardian.
func (s *Store) MayAgree(born, now time.Time) bool {
	y, m, d := now.In(s.city.Location()).Date()
	return !born.IsZero() && !time.Date(y, m, d, 0, 0, 0, 0, time.UTC).
		Before(born.AddDate(s.city.Rules.GuardianAge(), 0, 0))
}

// agreeToRegister keeps, or withdraws, the agreement to stand in the ministry's register.
func (s *Store) agreeToRegister(ctx context.Context, tx pgx.Tx, personID int64, agrees bool, now time.Time) error {
	if !agrees {
		_, err := tx.Exec(ctx,
			`update data_consent set withdrawn_at = $2 where person_id = $1 and purpose = 'register'
				and withdrawn_at is null`, personID, now)
		return err
	}
	_, err := tx.Exec(ctx,
		`insert into data_consent (person_id, version, purpose, agreed_at) values ($1, $2, 'register', $3)
		on conflict (person_id, purpose, version) do update set agreed_at = excluded.agreed_at, withdrawn_at = null`,
		personID, s.city.Consent(config.Registration).Version, now)
	return err
}

// RenewCalendar gives the actor's private calendar feed another address; the old one ends. It
// returns the new secret. NotFound for a visitor.
func (s *Store) RenewCalendar(ctx context.Context, actor Actor, now time.Time) (token string, err error) {
	token = rand.Text()
	err = postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		done, err := tx.Exec(ctx, `update person set calendar_token = $2 where id = $1 and erased_at is null`,
			actor.PersonID, token)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return fault.NotFound()
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "account.renew_calendar", Object: "person",
			ObjectID: actor.PersonID, Fields: []string{"calendar_token"},
		})
	})
	if err != nil {
		return "", err
	}
	return token, nil
}
