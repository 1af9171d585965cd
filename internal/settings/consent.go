package settings

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/postgres"
)

// ConsentText is a text that people agree to, or have agreed to.
type ConsentText struct {
	Purpose     config.Purpose
	Version     string
	Body        i18n.Text
	PublishedAt time.Time
	Agreed      int // people whose consent names it
}

// ConsentTexts are all that were published, the latest first. It takes SetCity; for anybody else it is
// Forbidden.
func (s *Store) ConsentTexts(ctx context.Context, actor account.Actor) ([]ConsentText, error) {
	if !actor.Can(account.SetCity) {
		return nil, fault.Forbidden()
	}
	rows, _ := s.db.Query(ctx, `select t.purpose, t.version, t.body, t.published_at, case t.purpose
			when 'registration' then (select count(*) from data_consent d
				where d.purpose = 'registration' and d.version = t.version and d.withdrawn_at is null)
			else (select count(distinct g.person_id) from guardian_consent g
				where g.text_version = t.version and g.withdrawn_at is null) end::int as agreed
		from consent_text t order by t.id desc limit 100`)
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[ConsentText])
	return list, postgres.Fault(err)
}

// currentConsents are the texts that people are asked to agree to now, as far as one was published.
func currentConsents(ctx context.Context, db postgres.DB) (map[config.Purpose]config.Consent, error) {
	rows, _ := db.Query(ctx,
		`select distinct on (purpose) purpose, version, body from consent_text order by purpose, id desc`)
	texts := map[config.Purpose]config.Consent{}
	var p config.Purpose
	var t config.Consent
	_, err := pgx.ForEachRow(rows, []any{&p, &t.Version, &t.Body}, func() error {
		texts[p] = t
		t.Body = i18n.Text{}
		return nil
	})
	return texts, err
}

// PublishedConsent is a text that was published, also one that is no longer asked for. Anyone may; NotFound.
func PublishedConsent(ctx context.Context, db postgres.DB, p config.Purpose,
	version string,
) (t config.Consent, err error) {
	err = db.QueryRow(ctx, `select version, body from consent_text where purpose = $1 and version = $2`, p, version).
		Scan(&t.Version, &t.Body)
	return t, postgres.Fault(err)
}

// BodyMax is how long a text that people agree to may be, in letters.
const BodyMax = 20_000

// PublishConsent makes a text the one that people are asked to agree to from now on. Its version is the day,
// with a number from the day's second. The text that is asked for already publishes nothing.
//
// It takes SetCity; for anybody else it is Forbidden. All three languages are needed: Invalid with the fields
// to correct.
func (s *Store) PublishConsent(
	ctx context.Context, actor account.Actor, base *config.City, p config.Purpose, body i18n.Text, now time.Time,
) error {
	if !actor.Can(account.SetCity) {
		return fault.Forbidden()
	}
	wrong := fault.Fields{}
	for _, l := range i18n.Langs {
		if n := utf8.RuneCountInString(strings.TrimSpace(body.Get(l))); n == 0 || n > BodyMax {
			wrong.Add("body_"+string(l), "settings.error.text")
		}
	}
	if !slices.Contains(config.Purposes, p) {
		wrong.Add("purpose", "fault.invalid")
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table consent_text in share row exclusive mode`); err != nil {
			return err
		}
		rows, _ := tx.Query(ctx, `select version, body from consent_text where purpose = $1 order by id desc`, p)
		before, err := pgx.CollectRows(rows, pgx.RowToStructByPos[config.Consent])
		if err != nil {
			return err
		}
		if len(before) > 0 && before[0].Body == body {
			return nil
		}
		taken := map[string]bool{(&config.City{}).Consent(p).Version: true} // the catalogue's
		for _, t := range before {
			taken[t.Version] = true
		}
		version := unused(now.In(base.Location()).Format(time.DateOnly), "", taken)
		var id int64
		err = tx.QueryRow(ctx, `insert into consent_text (purpose, version, body, published_by, published_at)
			values ($1, $2, $3, $4, $5) returning id`, p, version, body, actor.PersonID, now).Scan(&id)
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{
			At: now, ActorID: actor.PersonID, Verb: "consent_text.publish", Object: "consent_text", ObjectID: id,
			Fields: []string{string(p)},
		})
	})
}
