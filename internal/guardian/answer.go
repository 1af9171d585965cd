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

// Choice is what a guardian picks on the page, as the form sends it.
type Choice struct {
	Scope string // "all", "event-12" or "along-12"
	Name  string // the guardian's, as they type it
}

// ScopeOf writes a scope as Choice has it.
func ScopeOf(s Scope, eventID int64) string {
	if s == All {
		return string(All)
	}
	return string(s) + "-" + id(eventID)
}

// Choose keeps what the guardian chose and mails them the code that makes it theirs; a choice
// made before it, and its code, are void. The same choice again within a minute mails nothing.
//
// Whoever holds the link may; NotFound otherwise. Invalid with the fields name and scope, which
// must be one that the page offers; Gone when nothing waits any more; TooMany beyond a few codes
// an hour.
func (s *Store) Choose(ctx context.Context, token string, in Choice, now time.Time) error {
	b, err := s.find(ctx, s.db, token, now)
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
	if !v.offers(Scope(scope), eventID) || in.Scope != ScopeOf(Scope(scope), eventID) {
		if eventID != 0 && len(v.Asked) == 0 {
			return fault.Gone("guardian.error.gone")
		}
		f.Add("scope", "guardian.error.scope")
	}
	if err := f.Err(); err != nil {
		return err
	}
	if p := v.Pending; p != nil && p.Scope == Scope(scope) && p.EventID == eventID && p.Name == name && p.ExpiresAt.Sub(now) > codeLife-time.Minute {
		return nil
	}
	if err := s.accounts.Throttle(ctx, codeLimit, id(b.ID), now); err != nil {
		return err
	}
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into guardian_code (guardian_id, scope, event_id, name, code, expires_at)
			values (@guardian, @scope, nullif(@event::bigint, 0), @name, @code, @expires)
			on conflict (guardian_id) do update set scope = excluded.scope, event_id = excluded.event_id, name = excluded.name,
				code = excluded.code, attempts = 0, expires_at = excluded.expires_at`,
			pgx.StrictNamedArgs{"guardian": b.ID, "scope": scope, "event": eventID, "name": name, "code": account.NewCode(), "expires": now.Add(codeLife)})
		if err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.GuardianCode, GuardianID: b.ID, Seq: now.UnixMicro()})
	})
}

// offers reports whether the page has such a choice.
func (v Visit) offers(scope Scope, eventID int64) bool {
	if scope == All {
		return v.ByAge && eventID == 0
	}
	return (scope == Event || scope == Along) && slices.ContainsFunc(v.Asked, func(q Question) bool {
		return q.EventID == eventID && (scope == Along || !q.AlongOnly)
	})
}

// Signed is how a request came: kept with what was agreed to.
type Signed struct {
	Address string    // of the network
	Lang    i18n.Lang // of the page that was read
}

// Agree makes the guardian's choice a consent, once its code is right: coming sign-ups are
// confirmed or take their place in the queue, everybody is told. A repeat changes nothing.
//
// Whoever holds the link may; NotFound otherwise. Invalid with the field code; Gone when the code
// has expired or was tried five times: then the guardian chooses again.
func (s *Store) Agree(ctx context.Context, token, code string, from Signed, now time.Time) error {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 || strings.Trim(code, "0123456789") != "" {
		return fault.Invalid(map[string]string{"code": "account.error.code_format"})
	}
	var refusal error // of a transaction that commits: the attempt counts
	err := postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		refusal = nil
		b, err := s.find(ctx, tx, token, now)
		if err != nil {
			return err
		}
		var right, name string
		var scope Scope
		var eventID int64
		err = tx.QueryRow(ctx, `
			update guardian_code set attempts = attempts + 1
			where guardian_id = $1 and expires_at > $2 and attempts < $3
			returning code, scope, coalesce(event_id, 0), name`, b.ID, now, codeAttempts).Scan(&right, &scope, &eventID, &name)
		if errors.Is(err, pgx.ErrNoRows) {
			return s.already(ctx, tx, b, now)
		}
		if err != nil {
			return err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(right)) != 1 {
			refusal = fault.Invalid(map[string]string{"code": "account.error.code_wrong"})
			return nil
		}
		return s.consent(ctx, tx, b, scope, eventID, name, from, now)
	})
	if err == nil {
		err = refusal
	}
	return err
}

// already is nil when the answer came twice: its code has done its work a moment ago.
func (s *Store) already(ctx context.Context, tx pgx.Tx, b bearer, now time.Time) error {
	var done bool
	err := tx.QueryRow(ctx, `select exists (select from guardian_consent where guardian_id = $1 and withdrawn_at is null and agreed_at > $2)
		and not exists (select from guardian_code where guardian_id = $1)`, b.ID, now.Add(-codeLife)).Scan(&done)
	if err == nil && !done {
		err = fault.Gone("guardian.error.code_expired")
	}
	return err
}

// consent writes what was agreed to and lets signup draw the consequences.
func (s *Store) consent(ctx context.Context, tx pgx.Tx, b bearer, scope Scope, eventID int64, name string, from Signed, now time.Time) error {
	var consentID int64
	err := tx.QueryRow(ctx, `
		with done as (delete from guardian_code where guardian_id = @guardian),
		seen as (update guardian set verified_at = coalesce(verified_at, @now) where id = @guardian),
		open as (update guardian_ask set refused_at = null, refused_from = null
			where guardian_id = @guardian and refused_at is not null and (@event::bigint = 0 or event_id = @event)),
		-- a second word about the same takes the first one's place
		before as (update guardian_consent set withdrawn_at = @now where guardian_id = @guardian and withdrawn_at is null
			and coalesce(event_id, 0) = @event)
		insert into guardian_consent (person_id, event_id, accompanied, guardian_name, relation, text_version, agreed_at, guardian_id, lang, agreed_from)
		values (@person, nullif(@event, 0), @along, @name, @relation, @version, @now, @guardian, @lang, @from)
		returning id`,
		pgx.StrictNamedArgs{
			"guardian": b.ID, "person": b.PersonID, "event": eventID, "along": scope == Along, "name": name, "relation": b.Relation,
			"version": s.city.Consent(config.Guardian).Version, "lang": i18n.ParseOr(string(from.Lang)), "from": from.Address, "now": now,
		}).Scan(&consentID)
	if err != nil {
		return err
	}
	if err := b.use(ctx, tx, now); err != nil {
		return err
	}
	if err := audit.Write(ctx, tx, audit.Entry{At: now, Verb: "guardian.agree", Object: "guardian_consent", ObjectID: consentID}); err != nil {
		return err
	}
	if err := s.signups.Recheck(ctx, tx, b.PersonID, now); err != nil {
		return err
	}
	return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.GuardianReceipt, GuardianID: b.ID, SubjectID: consentID})
}

// Refuse says no to one event, or, eventID 0, to all in advance: the bearer's consent to that
// event and the answer that waits for its code end, sign-ups that no other consent allows are
// cancelled and told. A repeat changes nothing.
//
// Whoever holds the link may; NotFound otherwise, and for an event that was not asked about. Who
// has agreed to every event has to take that back first: a Conflict guardian.error.agreed_all.
func (s *Store) Refuse(ctx context.Context, token string, eventID int64, from Signed, now time.Time) error {
	return s.deed(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		var askID int64
		err := tx.QueryRow(ctx, `
			update guardian_ask set refused_at = coalesce(refused_at, $3), refused_from = coalesce(refused_from, $4)
			where guardian_id = $1 and coalesce(event_id, 0) = $2 returning id`, b.ID, eventID, now, from.Address).Scan(&askID)
		if err != nil {
			return err
		}
		var all bool
		err = tx.QueryRow(ctx, `
			with void as (delete from guardian_code where guardian_id = @guardian and coalesce(event_id, 0) = @event),
			before as (update guardian_consent set withdrawn_at = @now, withdrawn_from = @from
				where guardian_id = @guardian and event_id = @event and withdrawn_at is null)
			select exists (select from guardian_consent where guardian_id = @guardian and event_id is null and withdrawn_at is null)`,
			pgx.StrictNamedArgs{"guardian": b.ID, "event": eventID, "now": now, "from": from.Address}).Scan(&all)
		if err != nil {
			return err
		}
		if all { // a page that was opened before
			return fault.Conflict("guardian.error.agreed_all")
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, Verb: "guardian.refuse", Object: "guardian_ask", ObjectID: askID}); err != nil {
			return err
		}
		if eventID == 0 {
			return nil // nothing waits for it
		}
		return s.signups.CancelUnconsented(ctx, tx, b.PersonID, eventID, now)
	})
}

// Withdraw takes a consent of the bearer's back: coming sign-ups that no other consent allows are
// cancelled and told. A repeat changes nothing.
//
// Whoever holds the link may; NotFound otherwise, and for a consent that is not this guardian's.
func (s *Store) Withdraw(ctx context.Context, token string, consentID int64, from Signed, now time.Time) error {
	return s.deed(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		var eventID int64
		var ended bool
		err := tx.QueryRow(ctx, `select coalesce(event_id, 0), withdrawn_at is not null from guardian_consent
			where id = $1 and guardian_id = $2 for update`, consentID, b.ID).Scan(&eventID, &ended)
		if err != nil || ended {
			return err
		}
		_, err = tx.Exec(ctx, `update guardian_consent set withdrawn_at = $2, withdrawn_from = $3 where id = $1`, consentID, now, from.Address)
		if err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, Verb: "guardian.withdraw", Object: "guardian_consent", ObjectID: consentID}); err != nil {
			return err
		}
		return s.signups.CancelUnconsented(ctx, tx, b.PersonID, eventID, now)
	})
}

// SetCopies says whether the guardian gets a copy of each mail about a sign-up. A repeat changes
// nothing. Whoever holds the link may, once the address has shown to be theirs; NotFound
// otherwise.
func (s *Store) SetCopies(ctx context.Context, token string, copies bool, now time.Time) error {
	return s.deed(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		if !b.Verified() {
			return fault.NotFound()
		}
		_, err := tx.Exec(ctx, `update guardian set copies = $2 where id = $1`, b.ID, copies)
		return err
	})
}

// Disown says that the address belongs to somebody who does not know the volunteer: it is
// forgotten with its links, and the volunteer is asked for another. Whoever holds the link may,
// as long as the address has not shown to be the guardian's; NotFound otherwise.
func (s *Store) Disown(ctx context.Context, token string, now time.Time) error {
	return s.deed(ctx, token, now, func(tx pgx.Tx, b bearer) error {
		gone, err := tx.Exec(ctx, `delete from guardian where id = $1 and verified_at is null`, b.ID)
		if err != nil {
			return err
		}
		if gone.RowsAffected() == 0 {
			return fault.NotFound()
		}
		if err := audit.Write(ctx, tx, audit.Entry{At: now, Verb: "guardian.disown", Object: "person", ObjectID: b.PersonID}); err != nil {
			return err
		}
		return s.out.Send(ctx, tx, outbox.Message{Kind: outbox.GuardianStranger, PersonID: b.PersonID})
	})
}

// deed runs do for the bearer of a link and notes that the link was used.
func (s *Store) deed(ctx context.Context, token string, now time.Time, do func(pgx.Tx, bearer) error) error {
	return postgres.InTx(ctx, s.db, func(tx pgx.Tx) error {
		b, err := s.find(ctx, tx, token, now)
		if err != nil {
			return err
		}
		if err := b.use(ctx, tx, now); err != nil {
			return err
		}
		return do(tx, b)
	})
}
