package guardian

import (
	"context"
	"crypto/subtle"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"shtab/internal/account"
	"shtab/internal/audit"
	"shtab/internal/config"
	"shtab/internal/fault"
	"shtab/internal/i18n"
	"shtab/internal/outbox"
	"shtab/internal/postgres"
)

// Choice is the form of a guardian's answer.
type Choice struct {
	Scope string // "all", "event-12" or "along-12"
	Name  string // the guardian's
}

// FormatScope writes a scope as Choice holds it.
func FormatScope(s Scope, eventID int64) string {
	if s == All {
		return string(All)
	}
	return string(s) + "-" + id(eventID)
}

// Choose stores the guardian's answer and mails them the code that confirms it. An earlier answer that waits for its
// code is replaced. The same answer again within a minute mails nothing.
//
// Whoever holds the link may; for anybody else it is NotFound. A wrong name, or a scope that the page does not offer,
// is Invalid on name or scope. When no question waits any more it is Gone; more codes than codeLimit allows are
// TooMany.
func (s *Store) Choose(ctx context.Context, token string, in Choice, now time.Time) error {
	b, err := s.findByToken(ctx, s.db, token, now)
	if err != nil {
		return err
	}
	v, err := s.Open(ctx, token, now)
	if err != nil {
		return err
	}
	f := fault.Fields{}
	name := account.ReadName(f, "name", in.Name)
	scope, number, _ := strings.Cut(in.Scope, "-")
	eventID, _ := strconv.ParseInt(number, 10, 64)
	if !v.offers(Scope(scope), eventID) || in.Scope != FormatScope(Scope(scope), eventID) {
		if eventID != 0 && len(v.Questions) == 0 {
			return fault.Gone("guardian.error.gone")
		}
		f.Add("scope", "guardian.error.scope")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if p := v.Pending; p != nil && p.Scope == Scope(scope) && p.EventID == eventID && p.Name == name &&
		p.ExpiresAt.Sub(now) > codeLife-time.Minute {
		return nil
	}
	if err := s.accounts.Throttle(ctx, codeLimit, id(b.ID), now); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into guardian_code (guardian_id, scope, event_id, name, code, expires_at)
			values (@guardian, @scope, nullif(@event::bigint, 0), @name, @code, @expires)
			on conflict (guardian_id) do update set scope = excluded.scope, event_id = excluded.event_id,
				name = excluded.name,
				code = excluded.code, attempts = 0, expires_at = excluded.expires_at`,
			pgx.StrictNamedArgs{
				"guardian": b.ID, "scope": scope, "event": eventID, "name": name,
				"code": account.NewCode(), "expires": now.Add(codeLife),
			})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.GuardianCode, GuardianID: b.ID, Seq: now.UnixMicro()})
	})
}

// offers reports whether the page offers an answer.
func (v PageData) offers(scope Scope, eventID int64) bool {
	if scope == All {
		return v.UnderConsentAge && eventID == 0
	}
	return (scope == Event || scope == Along) && slices.ContainsFunc(v.Questions, func(q Question) bool {
		return q.EventID == eventID && (scope == Along || !q.AlongOnly)
	})
}

// Origin is where an answer came from; it is stored with the answer.
type Origin struct {
	Address string    // the client's IP address
	Lang    i18n.Lang // of the page on which they answered
}

// Agree turns the guardian's answer into a consent when the code is right. Coming sign-ups are then confirmed or put
// on the waiting list, and everybody concerned gets a mail. A repeat changes nothing.
//
// Whoever holds the link may; for anybody else it is NotFound. A wrong code is Invalid on code. A code that has
// expired or was tried codeAttempts times is Gone: the guardian has to answer again.
func (s *Store) Agree(ctx context.Context, token, code string, from Origin, now time.Time) error {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return fault.Invalid(map[string]string{"code": "account.error.code_format"})
	}
	var refusal error // returned after the commit, because the attempt counts
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		refusal = nil
		b, err := s.findByToken(ctx, tx, token, now)
		if err != nil {
			return err
		}
		var right, name string
		var scope Scope
		var eventID int64
		err = tx.QueryRow(ctx, `
			update guardian_code set attempts = attempts + 1
			where guardian_id = $1 and expires_at > $2 and attempts < $3
			returning code, scope, coalesce(event_id, 0), name`, b.ID, now, codeAttempts).
			Scan(&right, &scope, &eventID, &name)
		if errors.Is(err, pgx.ErrNoRows) {
			return s.alreadyAgreed(ctx, tx, b, now)
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(right)) != 1 {
			refusal = fault.Invalid(map[string]string{"code": "account.error.code_wrong"})
			return nil
		}
		return s.recordConsent(ctx, tx, b, scope, eventID, name, from, now)
	})
	if err == nil {
		err = refusal
	}
	return err
}

// alreadyAgreed is nil when the same code has just made a consent, so that a repeated form is no error. Otherwise the
// code has expired: Gone.
func (s *Store) alreadyAgreed(ctx context.Context, tx pgx.Tx, b bearer, now time.Time) error {
	var done bool
	err := tx.QueryRow(ctx, `
		select exists (
			select from guardian_consent where guardian_id = $1 and withdrawn_at is null and agreed_at > $2)
		and not exists (select from guardian_code where guardian_id = $1)`, b.ID, now.Add(-codeLife)).Scan(&done)
	if err == nil && !done {
		err = fault.Gone("guardian.error.code_expired")
	}
	return err
}

// recordConsent stores a consent, has signup apply it to coming sign-ups and sends the receipt.
func (s *Store) recordConsent(
	ctx context.Context, tx pgx.Tx, b bearer, scope Scope, eventID int64, name string, from Origin, now time.Time,
) error {
	var consentID int64
	err := tx.QueryRow(ctx, `
		with done as (delete from guardian_code where guardian_id = @guardian),
		seen as (update guardian set verified_at = coalesce(verified_at, @now) where id = @guardian),
		open as (update guardian_ask set refused_at = null, refused_from = null
			where guardian_id = @guardian and refused_at is not null and (@event::bigint = 0 or event_id = @event)),
		-- a new consent to the same replaces the earlier one
		before as (update guardian_consent set withdrawn_at = @now where guardian_id = @guardian
			and withdrawn_at is null
			and coalesce(event_id, 0) = @event)
		insert into guardian_consent (person_id, event_id, accompanied, guardian_name, relation, text_version,
			agreed_at, guardian_id, lang, agreed_from)
		values (@person, nullif(@event, 0), @along, @name, @relation, @version, @now, @guardian, @lang, @from)
		returning id`,
		pgx.StrictNamedArgs{
			"guardian": b.ID, "person": b.PersonID, "event": eventID, "along": scope == Along, "name": name,
			"relation": b.Relation, "version": s.city.Consent(config.Guardian).Version,
			"lang": i18n.ParseOr(string(from.Lang)), "from": from.Address, "now": now,
		}).Scan(&consentID)
	if err != nil {
		return err
	}
	if err := b.markUsed(ctx, tx, now); err != nil {
		return err
	}
	err = audit.Write(ctx, tx, audit.Entry{
		At: now, Verb: "guardian.agree", Object: "guardian_consent", ObjectID: consentID,
	})
	if err != nil {
		return err
	}
	if err := s.signups.Recheck(ctx, tx, b.PersonID, now); err != nil {
		return err
	}
	return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.GuardianReceipt, GuardianID: b.ID, SubjectID: consentID})
}

// Refuse refuses one event, or, with eventID 0, all events in advance. The bearer's consent to that event ends, and so
// does an answer about it that waits for its code. Sign-ups that no other consent allows are cancelled, with a mail.
// A repeat changes nothing.
//
// Whoever holds the link may; for anybody else, and for an event that the guardian was not asked about, it is
// NotFound. A guardian who has agreed to every event has to withdraw that first: a Conflict
// guardian.error.agreed_all.
func (s *Store) Refuse(ctx context.Context, token string, eventID int64, from Origin, now time.Time) error {
	return s.withLink(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		var askID int64
		err := tx.QueryRow(ctx, `
			update guardian_ask set refused_at = coalesce(refused_at, $3), refused_from = coalesce(refused_from, $4)
			where guardian_id = $1 and coalesce(event_id, 0) = $2 returning id`, b.ID, eventID, now, from.Address).
			Scan(&askID)
		if err != nil {
			return err
		}
		var all bool
		err = tx.QueryRow(ctx, `
			with void as (delete from guardian_code where guardian_id = @guardian and coalesce(event_id, 0) = @event),
			before as (update guardian_consent set withdrawn_at = @now, withdrawn_from = @from
				where guardian_id = @guardian and event_id = @event and withdrawn_at is null)
			select exists (
				select from guardian_consent where guardian_id = @guardian and event_id is null
					and withdrawn_at is null)`,
			pgx.StrictNamedArgs{"guardian": b.ID, "event": eventID, "now": now, "from": from.Address}).Scan(&all)
		if err != nil {
			return err
		}
		if all { // answered from a page that was loaded before
			return fault.Conflict("guardian.error.agreed_all")
		}
		err = audit.Write(ctx, tx, audit.Entry{
			At: now, Verb: "guardian.refuse", Object: "guardian_ask",
			ObjectID: askID,
		})
		if err != nil {
			return err
		}
		if eventID == 0 {
			return nil // no sign-up depends on it
		}
		return s.signups.CancelUnconsented(ctx, tx, b.PersonID, eventID, now)
	})
}

// Withdraw withdraws a consent of the bearer's. Coming sign-ups that no other consent allows are cancelled, with a
// mail. A repeat changes nothing.
//
// Whoever holds the link may; for anybody else, and for another guardian's consent, it is NotFound.
func (s *Store) Withdraw(ctx context.Context, token string, consentID int64, from Origin, now time.Time) error {
	return s.withLink(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		var eventID int64
		var ended bool
		err := tx.QueryRow(ctx, `select coalesce(event_id, 0), withdrawn_at is not null from guardian_consent
			where id = $1 and guardian_id = $2 for update`, consentID, b.ID).Scan(&eventID, &ended)
		if err != nil || ended {
			return err
		}
		_, err = tx.Exec(ctx, `update guardian_consent set withdrawn_at = $2, withdrawn_from = $3 where id = $1`,
			consentID, now, from.Address)
		if err != nil {
			return err
		}
		err = audit.Write(ctx, tx, audit.Entry{
			At: now, Verb: "guardian.withdraw", Object: "guardian_consent", ObjectID: consentID,
		})
		if err != nil {
			return err
		}
		return s.signups.CancelUnconsented(ctx, tx, b.PersonID, eventID, now)
	})
}

// SetCopies sets whether the guardian gets a copy of each mail about a sign-up. A repeat changes nothing.
//
// Whoever holds the link of a verified guardian may; for anybody else it is NotFound.
func (s *Store) SetCopies(ctx context.Context, token string, copies bool, now time.Time) error {
	return s.withLink(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		if !b.Verified() {
			return fault.NotFound()
		}
		_, err := tx.Exec(ctx, `update guardian set copies = $2 where id = $1`, b.ID, copies)
		return err
	})
}

// Disown says that the address belongs to somebody who does not know the volunteer. The guardian is deleted with
// their links, and the volunteer is asked for another address.
//
// Whoever holds the link may, unless the guardian is verified; otherwise it is NotFound.
func (s *Store) Disown(ctx context.Context, token string, now time.Time) error {
	return s.withLink(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		deleted, err := tx.Exec(ctx, `delete from guardian where id = $1 and verified_at is null`, b.ID)
		if err != nil {
			return err
		}
		if deleted.RowsAffected() == 0 {
			return fault.NotFound()
		}
		err = audit.Write(ctx, tx, audit.Entry{
			At: now, Verb: "guardian.disown", Object: "person",
			ObjectID: b.PersonID,
		})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.GuardianStranger, PersonID: b.PersonID})
	})
}

// withLink runs do in a transaction for the bearer of a link and marks the link as used.
func (s *Store) withLink(ctx context.Context, token string, now time.Time, do func(pgx.Tx, bearer) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		b, err := s.findByToken(ctx, tx, token, now)
		if err != nil {
			return err
		}
		if err := b.markUsed(ctx, tx, now); err != nil {
			return err
		}
		return do(tx, b)
	})
}
